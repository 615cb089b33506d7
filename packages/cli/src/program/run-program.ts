import { Command, CommanderError } from 'commander'
import { EXIT_SUCCESS, EXIT_USAGE, exitCodeOf } from '../exit-code.ts'
import { describeError } from '../output/describe-error.ts'
import type { Streams } from '../streams.ts'
import { version } from '../version.ts'
import type { CommandContext } from './command-context.ts'

/** Adds one command to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void

/** Runs a command line that has these commands, and gives the exit code; nothing is thrown and the process is not ended. */
export async function runProgram(
  args: readonly string[],
  streams: Streams,
  commands: readonly AddCommand[],
): Promise<number> {
  let exitCode = EXIT_SUCCESS
  const program = createProgram(streams, commands, (code) => {
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

function createProgram(
  streams: Streams,
  commands: readonly AddCommand[],
  setExitCode: (code: number) => void,
): Command {
  const program = new Command('flowtap')
    .description('AWS VPC traffic inspection on your own machine')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .showHelpAfterError('(flowtap --help shows what there is)')
  for (const add of commands) add(program, { streams, setExitCode })
  return program
}

/** `flowtap query … | head` closes the pipe early: that is how pipes end, not a failure. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
