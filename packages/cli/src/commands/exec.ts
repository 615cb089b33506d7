import { defineScenario, openShell, type ShellResult, simulate } from '@flowtap/synth'
import { loadDesign } from '../design-file.ts'
import { parseDuration } from '../duration.ts'
import { UsageError } from '../exit-code.ts'
import type { Streams } from '../streams.ts'

/** The options of `flowtap exec`, as commander gives them. */
export interface ExecOptions {
  readonly design: string
  readonly seed: number
  readonly duration: string
}

/**
 * Runs a shell command on a simulated instance and prints what it prints; gives the command's own exit code, and 124, as timeout does,
 * where simulated time is over before it. A shell that meets a limit says so itself.
 */
export async function runExec(
  instance: string,
  command: readonly string[],
  options: ExecOptions,
  streams: Streams,
): Promise<number> {
  const design = await loadDesign(options.design, streams.workingDirectory)
  if (!Object.hasOwn(design.instances ?? {}, instance)) {
    const names = Object.keys(design.instances ?? {})
    throw new UsageError(
      `the design has no instance "${instance}"; it has ${names.length > 0 ? names.join(', ') : 'none'}`,
    )
  }
  let result: ShellResult | undefined
  let failure: unknown
  const scenario = defineScenario({
    name: 'exec',
    durationMicroseconds: parseDuration(options.duration),
    setup(context) {
      const shell = openShell(context, instance, {
        isTerminal: streams.stdout.isTTY === true,
        onOutput: ({ stream, text }) => streams[stream].write(text),
      })
      shell.run(scriptOf(command)).then(
        (ended) => {
          result = ended
        },
        (error: unknown) => {
          failure = error
        },
      )
    },
  })
  await simulate(design, scenario, { seed: options.seed }).run()
  // The shell tells of its end in a promise of its own.
  await Promise.resolve()
  if (failure !== undefined) throw failure
  if (result === undefined) {
    streams.stderr.write(`flowtap: ended after ${options.duration} of simulated time; --duration gives it more\n`)
    return TIMED_OUT
  }
  return result.exitCode
}

const TIMED_OUT = 124

/** One argument is a script; several are a command and its arguments. */
function scriptOf(command: readonly string[]): string {
  const [first = '', ...others] = command
  return others.length === 0 ? first : command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
}
