import type { EventId, SimClock } from '../sim-clock.ts'
import type { Wait, WaitingTask } from './process.ts'

/** A wait for a time. */
export class SleepWait implements Wait {
  readonly #clock: SimClock
  readonly #untilMicroseconds: number
  #timer: EventId = 0

  constructor(clock: SimClock, untilMicroseconds: number) {
    this.#clock = clock
    this.#untilMicroseconds = untilMicroseconds
  }

  begin(task: WaitingTask): void {
    this.#timer = this.#clock.schedule(this.#untilMicroseconds, resume, task, undefined)
  }

  cancel(): void {
    this.#clock.cancel(this.#timer)
  }
}

function resume(task: WaitingTask): void {
  task.resume()
}
