/**
 * What a task does between two moments of simulated time: a generator that is run by the {@link ShellScheduler}. Every operation that
 * waits is a task itself and is called with `yield*`. The shape is that of the processes of a simulated host, so that a host's
 * operations are tasks as they are.
 */
export type Task<Result = void> = Generator<Wait, Result, void>

/** What a task yields: something that happens later. Used once. */
export interface Wait {
  /** Called once when a task yields it; it arranges that `task.resume()` is called once, now or later. */
  begin(task: WaitingTask): void
  /** Called when the task is stopped while it waits: `resume` must not be called any more. */
  cancel(): void
}

/** The scheduler's side of a task that waits. */
export interface WaitingTask {
  resume(): void
}

/** A value that comes once, and those who wait for it. */
export class Settlement<Value> {
  #settled: { readonly value: Value } | undefined
  readonly #waiting = new Set<WaitingTask>()
  readonly #listeners: ((value: Value) => void)[] = []

  get isSettled(): boolean {
    return this.#settled !== undefined
  }

  /** Gives the value; later ones are ignored. */
  settle(value: Value): void {
    if (this.#settled) return
    this.#settled = { value }
    for (const listener of this.#listeners.splice(0)) listener(value)
    for (const task of this.#waiting) task.resume()
    this.#waiting.clear()
  }

  /** Calls a function as soon as there is the value, before any task that waits goes on. */
  onSettled(listener: (value: Value) => void): void {
    if (this.#settled) listener(this.#settled.value)
    else this.#listeners.push(listener)
  }

  *wait(): Task<Value> {
    while (!this.#settled) yield new Enrolment(this.#waiting)
    return this.#settled.value
  }
}

/** Something that changes again and again; those who wait look for themselves whether it is as they need it. */
export class Condition {
  readonly #waiting = new Set<WaitingTask>()

  /** Wakes all who wait. */
  notify(): void {
    if (this.#waiting.size === 0) return
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const task of waiting) task.resume()
  }

  /** Waits for the next {@link Condition.notify}. */
  *wait(): Task {
    yield new Enrolment(this.#waiting)
  }
}

/** Values on their way from callbacks to one task, in order. */
export class Mailbox<Value> {
  readonly #values: Value[] = []
  readonly #arrived = new Condition()

  put(value: Value): void {
    this.#values.push(value)
    this.#arrived.notify()
  }

  /** The oldest value that nobody has taken, or undefined. */
  poll(): Value | undefined {
    return this.#values.shift()
  }

  /** The oldest value, as soon as there is one. */
  *take(): Task<Value> {
    for (;;) {
      const value = this.#values.shift()
      if (value !== undefined) return value
      yield* this.#arrived.wait()
    }
  }
}

class Enrolment implements Wait {
  readonly #list: Set<WaitingTask>
  #task: WaitingTask | undefined

  constructor(list: Set<WaitingTask>) {
    this.#list = list
  }

  begin(task: WaitingTask): void {
    this.#task = task
    this.#list.add(task)
  }

  cancel(): void {
    if (this.#task) this.#list.delete(this.#task)
  }
}
