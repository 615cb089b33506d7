import { addInspectCommand } from './program/inspect-command.ts'
import { runProgram } from './program/run-program.ts'
import { processStreams } from './streams.ts'

/** The command line with `flowtap inspect` alone, which is built into one file, so that its code can be kept compiled. */
export function runInspectProgram(args: readonly string[]): Promise<number> {
  return runProgram(args, processStreams(), [addInspectCommand])
}
