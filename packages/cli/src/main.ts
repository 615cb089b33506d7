import { addDemoCommand } from './program/demo-command.ts'
import { addExecCommand } from './program/exec-command.ts'
import { addFlowsCommand } from './program/flows-command.ts'
import { addInspectCommand } from './program/inspect-command.ts'
import { addParseCommand } from './program/parse-command.ts'
import { addQueryCommand } from './program/query-command.ts'
import { runProgram } from './program/run-program.ts'
import { addSynthCommand } from './program/synth-command.ts'
import { processStreams, type Streams } from './streams.ts'

const COMMANDS = [
  addQueryCommand,
  addParseCommand,
  addSynthCommand,
  addFlowsCommand,
  addInspectCommand,
  addExecCommand,
  addDemoCommand,
] as const

/**
 * Runs the command line and gives the exit code; nothing is thrown and the process is not ended.
 * Each command's code is loaded when it is called, so that `--help` is quick and a small query does not wait.
 */
export function run(args: readonly string[], streams: Streams = processStreams()): Promise<number> {
  return runProgram(args, streams, COMMANDS)
}
