import type { Task, Wait, WaitingTask } from '../task.ts'

/** A virtual clock for tests: a list of events, the first of equal times being the one that was asked for first. */
export class FakeClock {
  nowMicroseconds: number
  #events: { readonly at: number; readonly order: number; readonly run: () => void }[] = []
  #order = 0

  constructor(startMicroseconds: number) {
    this.nowMicroseconds = startMicroseconds
  }

  /** Calls a function at a time; gives what takes that back. */
  callAt(at: number, run: () => void): () => void {
    const event = { at: Math.max(at, this.nowMicroseconds), order: this.#order, run }
    this.#order += 1
    let place = this.#events.length
    while (place > 0 && isBefore(event, this.#events[place - 1])) place -= 1
    this.#events.splice(place, 0, event)
    return () => {
      this.#events = this.#events.filter((other) => other !== event)
    }
  }

  /** Lets the next event happen; false where there is none. */
  step(): boolean {
    const event = this.#events.shift()
    if (!event) return false
    this.nowMicroseconds = event.at
    event.run()
    return true
  }

  *sleepUntil(at: number): Task {
    let cancel: (() => void) | undefined
    const wait: Wait = {
      begin: (task: WaitingTask) => {
        cancel = this.callAt(at, () => task.resume())
      },
      cancel: () => cancel?.(),
    }
    yield wait
  }
}

function isBefore(a: { readonly at: number; readonly order: number }, b: typeof a | undefined): boolean {
  return b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order))
}
