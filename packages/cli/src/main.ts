import { Command, CommanderError } from 'commander'
import { EXIT_SUCCESS, EXIT_USAGE, exitCodeOf } from './exit-code.ts'
import { describeError } from './output/describe-error.ts'
import { addDemoCommand } from './program/demo-command.ts'
import { addExecCommand } from './program/exec-command.ts'
import { addFlowsCommand } from './program/flows-command.ts'
import { addInspectCommand } from './program/inspect-command.ts'
import { addParseCommand } from './program/parse-command.ts'
import { addQueryCommand } from './program/query-command.ts'
import { addSynthCommand } from './program/synth-command.ts'
import { processStreams, type Streams } from './streams.ts'
import { version } from './version.ts'

/**
 * Runs the command line and gives the exit code; nothing is thrown and the process is not ended.
 * Each command's code is loaded when it is called, so that `--help` is quick and a small query does not wait.
 */
export async function run(args: readonly string[], streams: Streams = processStreams()): Promise<number> {
  let exitCode = EXIT_SUCCESS
  const program = createProgram(streams, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_SUCCESS : EXIT_USAGE
    if (isBrokenPipe(error)) return EXIT_SUCCESS
    streams.stderr.write(`flowtap: ${describeError(error, args.includes('--debug'))}\n`)
    return exitCodeOf(error)
  }
}

function createProgram(streams: Streams, setExitCode: (code: number) => void): Command {
  const program = new Command('flowtap')
    .description('AWS VPC traffic inspection on your own machine')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .showHelpAfterError('(flowtap --help shows what there is)')

  const context = { streams, setExitCode }
  addQueryCommand(program, context)
  addParseCommand(program, context)
  addSynthCommand(program, context)
  addFlowsCommand(program, context)
  addInspectCommand(program, context)
  addExecCommand(program, context)
  addDemoCommand(program, context)
  return program
}

/** `flowtap query … | head` closes the pipe early: that is how pipes end, not a failure. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
