import { EndedBySignal } from '../kernel/process.ts'
import { SIGNAL_NUMBERS, type SignalName } from '../kernel/signal.ts'
import type { Task } from '../task.ts'
import { ExpansionFailure, FunctionReturn, LoopJump, ShellExit } from './flow.ts'
import type { ShellState } from './shell-state.ts'

/** Signals that end a shell; it runs its EXIT trap before. */
const ENDING_SIGNALS: readonly SignalName[] = ['HUP', 'INT', 'TERM']

/** Runs the body of a shell or subshell in its process, and its EXIT trap when that ends, however it does. */
export function* runShellProcess(shell: ShellState, body: Task<number>): Task<number> {
  shell.restoreSignals = () => handleSignals(shell)
  handleSignals(shell)
  return yield* exitWith(shell, yield* bodyStatus(body))
}

/** Lets a shell's traps, and otherwise Ctrl-C and its like, do what bash does. */
export function handleSignals(shell: ShellState): void {
  const { signalActions, kernel } = shell.process
  for (const signal of ENDING_SIGNALS) {
    if (signalActions.get(signal) === 'ignore' || shell.traps.has(signal)) continue
    signalActions.set(signal, () => {
      if (signal === 'INT' && shell.isWaitingForCommand) {
        // Whether Ctrl-C ends the shell depends on how the command takes it.
        shell.wasInterrupted = true
        return
      }
      if (shell.traps.has('EXIT')) {
        signalActions.delete(signal)
        kernel.redirect(shell.process, endBySignal(shell, signal))
        return
      }
      signalActions.delete(signal)
      kernel.signal(shell.process, signal)
    })
  }
}

/** Ends a shell by a signal, after its EXIT trap. */
export function* endBySignal(shell: ShellState, signal: SignalName): Task<number> {
  yield* exitWith(shell, 128 + SIGNAL_NUMBERS[signal])
  shell.process.fatalSignal = signal
  throw new EndedBySignal(signal)
}

/** Runs the EXIT trap, if there is one, and gives the status that the shell ends with. */
function* exitWith(shell: ShellState, status: number): Task<number> {
  const trap = shell.traps.get('EXIT')
  if (trap === undefined || trap === '') return status
  shell.traps.delete('EXIT')
  shell.status = status
  const ended = yield* bodyStatus(shell.executor.text(shell, trap), true)
  return ended ?? status
}

function bodyStatus(body: Task<number>): Task<number>
function bodyStatus(body: Task<number>, isTrap: true): Task<number | undefined>
function* bodyStatus(body: Task<number>, isTrap = false): Task<number | undefined> {
  try {
    const status = yield* body
    return isTrap ? undefined : status
  } catch (thrown) {
    if (isTrap && thrown instanceof ShellExit && thrown.isAbandoned) return undefined
    if (thrown instanceof ShellExit || thrown instanceof FunctionReturn) return thrown.status
    if (thrown instanceof LoopJump) return isTrap ? undefined : 0
    if (thrown instanceof ExpansionFailure) return isTrap ? undefined : thrown.status
    throw thrown
  }
}
