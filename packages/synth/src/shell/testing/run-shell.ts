import type { ShellOutput } from '../kernel/terminal.ts'
import { createShell, type RunOptions, type Shell, type ShellOptions, type ShellResult } from '../shell.ts'
import { ShellScheduler } from '../shell-scheduler.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeNetwork } from './fake-network.ts'
import { FakeShellHost } from './fake-shell-host.ts'

/** Monday, 1 November 2021, 12:00:00 UTC: the week of the reference article. */
export const START_MICROSECONDS: number = Date.UTC(2021, 10, 1, 12) * 1000

/** What a run in a test gives. */
export interface TestRun extends ShellResult {
  readonly stdout: string
  readonly stderr: string
  readonly outputs: readonly ShellOutput[]
  /** Simulated time that it took. */
  readonly seconds: number
  readonly network: FakeNetwork
}

/** Runs a script on the host of a network of tests, to the end of all its processes. */
export async function runInShell(
  script: string,
  options: Partial<ShellOptions> &
    RunOptions & { readonly network?: (network: FakeNetwork) => void; readonly address?: string } = {},
): Promise<TestRun> {
  const clock = new FakeClock(START_MICROSECONDS)
  const network = new FakeNetwork(clock)
  options.network?.(network)
  const host = new FakeShellHost(network, options.address ?? '10.0.1.101')
  const scheduler = new ShellScheduler()
  const outputs: ShellOutput[] = []
  const shell = createShell(host, { scheduler, ...options, onOutput: (output) => outputs.push(output) })
  const result = await drive(clock, scheduler, shell.run(script, options))
  const seconds = (clock.nowMicroseconds - START_MICROSECONDS) / 1_000_000
  await driveAll(clock, scheduler, shell)
  const text = (stream: ShellOutput['stream']): string =>
    outputs
      .filter((output) => output.stream === stream)
      .map((output) => output.text)
      .join('')
  return { ...result, stdout: text('stdout'), stderr: text('stderr'), outputs, seconds, network }
}

/** A test that takes longer than this of simulated time is lost in a loop. */
const LONGEST_TEST_MICROSECONDS = 2 * 86_400 * 1_000_000

/** Lets simulated time pass until a promise is settled. Throws where it cannot be any more. */
export async function drive<Result>(
  clock: FakeClock,
  scheduler: ShellScheduler,
  promise: Promise<Result>,
): Promise<Result> {
  let isSettled = false
  const settled = (): void => {
    isSettled = true
  }
  promise.then(settled, settled)
  for (;;) {
    if (scheduler.isBusy) await scheduler.idle()
    if (isSettled) return await promise
    if (clock.nowMicroseconds > START_MICROSECONDS + LONGEST_TEST_MICROSECONDS) {
      throw new Error('two days of simulated time have passed, and the promise is not settled')
    }
    if (!clock.step()) {
      await Promise.resolve()
      if (isSettled || scheduler.isBusy) continue
      throw new Error('nothing is left to happen, and the promise is not settled')
    }
  }
}

async function driveAll(clock: FakeClock, scheduler: ShellScheduler, shell: Shell): Promise<void> {
  await drive(clock, scheduler, shell.settled())
}
