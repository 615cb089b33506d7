import type { EventId, SimClock } from '../sim-clock.ts'
import type { Wait, WaitingTask } from './process.ts'

/** Something that processes wait for: each wait ends with the next {@link Signal.notify}, or at its deadline. */
export class Signal {
  readonly #clock: SimClock
  #waits: SignalWait[] | undefined

  constructor(clock: SimClock) {
    this.#clock = clock
  }

  /** Whether a process waits. */
  get isAwaited(): boolean {
    return this.#waits !== undefined
  }

  /** A wait for the next notification, or until a time. */
  wait(untilMicroseconds?: number): Wait {
    return new SignalWait(this, this.#clock, untilMicroseconds)
  }

  /** Lets everyone who waits go on, in the order of their waits. */
  notify(): void {
    const waits = this.#waits
    if (!waits) return
    this.#waits = undefined
    for (const wait of waits) wait.end()
  }

  /** For {@link SignalWait} alone. */
  add(wait: SignalWait): void {
    this.#waits ??= []
    this.#waits.push(wait)
  }

  /** For {@link SignalWait} alone. */
  remove(wait: SignalWait): void {
    const rest = this.#waits?.filter((other) => other !== wait)
    this.#waits = rest?.length === 0 ? undefined : rest
  }
}

class SignalWait implements Wait {
  readonly #signal: Signal
  readonly #clock: SimClock
  readonly #untilMicroseconds: number | undefined
  #task: WaitingTask | undefined
  #timer: EventId = 0

  constructor(signal: Signal, clock: SimClock, untilMicroseconds: number | undefined) {
    this.#signal = signal
    this.#clock = clock
    this.#untilMicroseconds = untilMicroseconds
  }

  begin(task: WaitingTask): void {
    this.#task = task
    this.#signal.add(this)
    if (this.#untilMicroseconds !== undefined) {
      this.#timer = this.#clock.schedule(
        Math.max(this.#untilMicroseconds, this.#clock.nowMicroseconds),
        endAtDeadline,
        this,
        undefined,
      )
    }
  }

  /** Ends the wait, once. */
  end(): void {
    const task = this.#task
    this.#task = undefined
    this.#clock.cancel(this.#timer)
    task?.resume()
  }

  cancel(): void {
    this.#task = undefined
    this.#clock.cancel(this.#timer)
    this.#signal.remove(this)
  }

  /** At the deadline: leaves the signal as well. */
  expire(): void {
    this.#signal.remove(this)
    this.end()
  }
}

function endAtDeadline(wait: SignalWait): void {
  wait.expire()
}
