import type { Wait, WaitingTask } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import type { ScenarioContext } from '../scenario.ts'
import { createShell, type Shell, type ShellOptions } from './shell.ts'
import { ShellScheduler } from './shell-scheduler.ts'
import { SimulatedShellHost } from './simulated-shell-host.ts'

/** How a shell on a host of a scenario is opened. */
export interface OpenShellOptions extends Omit<ShellOptions, 'scheduler'> {
  /** What its packets count as in the ground truth; nothing unless given. */
  readonly label?: ActivityLabel
}

/**
 * Opens a shell on a host of a scenario; for its `setup`.
 *
 * ```ts
 * setup(context) {
 *   const shell = openShell(context, 'demo', { onOutput: ({ text }) => process.stdout.write(text) })
 *   void shell.run('while true; do curl google.com; sleep 30; done')
 * }
 * ```
 *
 * Throws a RangeError for a host that is not there.
 */
export function openShell(context: ScenarioContext, hostName: string, options: OpenShellOptions = {}): Shell {
  const { label, ...shellOptions } = options
  const host = context.host(hostName)
  const turn = new Turn()
  const scheduler = new ShellScheduler((run) => turn.ask(run))
  const shellHost = new SimulatedShellHost(host, scheduler)
  // The shell's tasks run in the steps of a process of its host, so that nothing of them happens inside of a packet's arrival.
  host.spawn(
    'shell',
    function* (own) {
      shellHost.runOn(own)
      for (;;) {
        turn.take()
        yield turn
      }
    },
    label === undefined ? {} : { label },
  )
  context.join(scheduler)
  return createShell(shellHost, { ...shellOptions, scheduler })
}

/** The wait of the shell's process for the scheduler to have something to do. */
class Turn implements Wait {
  #run: (() => void) | undefined
  #task: WaitingTask | undefined

  /** Has a function called in the process's next step. */
  ask(run: () => void): void {
    this.#run = run
    this.#wake()
  }

  /** Calls it. */
  take(): void {
    const run = this.#run
    this.#run = undefined
    run?.()
  }

  begin(task: WaitingTask): void {
    this.#task = task
    if (this.#run) this.#wake()
  }

  cancel(): void {
    this.#task = undefined
  }

  #wake(): void {
    const task = this.#task
    this.#task = undefined
    task?.resume()
  }
}
