import type { AsyncParticipant } from '../async-participant.ts'
import type { Task, Wait, WaitingTask } from './task.ts'
import { Settlement } from './task.ts'

/**
 * Promise continuations that are given the chance to start another command after one has ended, before time may move. A caller that
 * awaits a run through a few functions of its own needs a few of them.
 */
const CONTINUATIONS_AFTER_A_RUN = 64

/** How a fiber ended: with its task's result, by an error that the task threw, or stopped from outside. */
export type FiberEnd<Result> =
  | { readonly kind: 'returned'; readonly result: Result }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'stopped' }

/** A task under way. */
export interface Fiber {
  /** Ends it where it waits: its `finally` blocks run. A fiber that is running ends at its next wait. */
  stop(): void
}

/** A fiber that can be sent on another way. */
export interface RedirectableFiber<Result> extends Fiber {
  /** Ends what it does as {@link Fiber.stop} would, and goes on with another task. */
  redirect(task: Task<Result>): void
}

/**
 * Runs the tasks of shells one at a time and in the order in which they were woken, so that their order is a function of simulated time
 * alone.
 *
 * A task that needs something of the real world (a text program of just-bash, which is loaded from disk at its first use) keeps its turn
 * until it has it: no other task runs in between, and whoever drives the clock must not move it. So the driver does, after each event:
 *
 * ```ts
 * if (scheduler.isBusy) await scheduler.idle()
 * ```
 */
export class ShellScheduler implements AsyncParticipant {
  readonly #defer: (run: () => void) => void
  readonly #queue: FiberTask<unknown>[] = []
  #first = 0
  #isRunning = false
  #isAsked = false
  #holds = 0
  #isOutside = false
  readonly #idleWaiters: (() => void)[] = []

  /**
   * `defer` is told to call back at this moment of simulated time, but not inside of what happens now, where a task would run in the
   * middle of a packet's arrival. Without it tasks run at once.
   */
  constructor(defer: (run: () => void) => void = (run) => run()) {
    this.#defer = defer
  }

  /** Whether something of the real world is waited for, so that simulated time must not move. */
  get isBusy(): boolean {
    return this.#holds > 0 || this.#isOutside
  }

  /** Resolves as soon as every task waits for the clock or has ended. */
  async idle(): Promise<void> {
    while (this.isBusy) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /**
   * Starts a task; it runs when its turn comes, not before this returns if something else is running. `onEnd` is called as soon as it
   * has ended, before anything else happens.
   */
  spawn<Result>(task: Task<Result>, onEnd?: (end: FiberEnd<Result>) => void): RedirectableFiber<Result> {
    const fiber = new FiberTask<Result>(task, (woken) => this.#enqueue(woken), onEnd)
    this.#enqueue(fiber as FiberTask<unknown>)
    return fiber
  }

  /**
   * Waits for something outside of simulated time while nothing else may happen. A promise that is rejected throws its reason.
   */
  *outside<Value>(start: () => Promise<Value>): Task<Value> {
    const settlement = new Settlement<{ readonly value: Value } | { readonly reason: unknown }>()
    const wait: Wait = {
      begin: (task) => {
        this.#isOutside = true
        const finish = (end: { readonly value: Value } | { readonly reason: unknown }): void => {
          settlement.settle(end)
          this.#isOutside = false
          task.resume()
          this.#ask()
          this.#tellIdle()
        }
        Promise.resolve()
          .then(start)
          .then(
            (value) => finish({ value }),
            (reason) => finish({ reason }),
          )
      },
      // The turn is kept until the promise settles: what it does to files must not fall into another moment.
      cancel: () => {},
    }
    yield wait
    const end = yield* settlement.wait()
    if ('reason' in end) throw end.reason
    return end.value
  }

  /** Keeps time where it is until those who await a promise that has just been resolved have had their turn. */
  holdForContinuations(): void {
    this.#holds += 1
    let left = CONTINUATIONS_AFTER_A_RUN
    const next = (): void => {
      left -= 1
      if (left > 0) {
        Promise.resolve().then(next)
        return
      }
      this.#holds -= 1
      this.#tellIdle()
    }
    Promise.resolve().then(next)
  }

  /** Waits for the first of several tasks to end, stops the others, and gives its place and result. What a task throws is thrown. */
  *race<Result>(tasks: readonly Task<Result>[]): Task<{ readonly index: number; readonly result: Result }> {
    const first = new Settlement<{ readonly index: number; readonly end: FiberEnd<Result> }>()
    const fibers = tasks.map((task, index) => this.spawn(task, (end) => first.settle({ index, end })))
    try {
      const { index, end } = yield* first.wait()
      if (end.kind === 'threw') throw end.error
      if (end.kind === 'stopped') throw new Error('a task of a race was stopped from outside')
      return { index, result: end.result }
    } finally {
      for (const fiber of fibers) fiber.stop()
    }
  }

  /** Runs several tasks beside each other and waits for all; what one throws is thrown, and the others are stopped. */
  *all(tasks: readonly Task[]): Task {
    const ended = new Settlement<FiberEnd<void> | undefined>()
    let left = tasks.length
    if (left === 0) return
    const fibers = tasks.map((task) =>
      this.spawn(task, (end) => {
        left -= 1
        if (end.kind === 'threw') ended.settle(end)
        else if (left === 0) ended.settle(undefined)
      }),
    )
    try {
      const end = yield* ended.wait()
      if (end?.kind === 'threw') throw end.error
    } finally {
      for (const fiber of fibers) fiber.stop()
    }
  }

  #enqueue(fiber: FiberTask<unknown>): void {
    this.#queue.push(fiber)
    this.#ask()
  }

  #ask(): void {
    if (this.#isRunning || this.#isOutside || this.#isAsked || this.#first === this.#queue.length) return
    this.#isAsked = true
    this.#defer(() => {
      this.#isAsked = false
      this.#run()
    })
  }

  #run(): void {
    if (this.#isRunning || this.#isOutside) return
    this.#isRunning = true
    try {
      while (this.#first < this.#queue.length && !this.#isOutside) {
        const fiber = this.#queue[this.#first] as FiberTask<unknown>
        this.#first += 1
        if (this.#first === this.#queue.length) {
          this.#queue.length = 0
          this.#first = 0
        }
        fiber.step()
      }
    } finally {
      this.#isRunning = false
    }
    this.#tellIdle()
  }

  #tellIdle(): void {
    if (this.isBusy) return
    for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }
}

class FiberTask<Result> implements RedirectableFiber<Result>, WaitingTask {
  readonly #onEnd: ((end: FiberEnd<Result>) => void) | undefined
  #task: Task<Result>
  #next: Task<Result> | undefined
  readonly #wake: (fiber: FiberTask<unknown>) => void
  #wait: Wait | undefined
  #isQueued = true
  #isRunning = false
  #isStopping = false
  #hasEnded = false

  constructor(
    task: Task<Result>,
    wake: (fiber: FiberTask<unknown>) => void,
    onEnd: ((end: FiberEnd<Result>) => void) | undefined,
  ) {
    this.#task = task
    this.#wake = wake
    this.#onEnd = onEnd
  }

  resume(): void {
    if (this.#isQueued || this.#wait === undefined) return
    this.#wait = undefined
    this.#isQueued = true
    this.#wake(this as FiberTask<unknown>)
  }

  stop(): void {
    if (this.#hasEnded || this.#isStopping) return
    this.#isStopping = true
    this.#interrupt()
  }

  redirect(task: Task<Result>): void {
    if (this.#hasEnded || this.#isStopping) return
    this.#next = task
    this.#interrupt()
  }

  #interrupt(): void {
    if (this.#isRunning) return
    if (this.#wait) {
      this.#wait.cancel()
      this.#wait = undefined
    }
    if (!this.#isQueued) {
      this.#isQueued = true
      this.#wake(this as FiberTask<unknown>)
    }
  }

  /** Runs the task until its next wait or its end. */
  step(): void {
    if (this.#hasEnded) return
    this.#isQueued = false
    this.#isRunning = true
    try {
      do {
        if (this.#next && !this.#isStopping) {
          const previous = this.#task
          this.#task = this.#next
          this.#next = undefined
          previous.return(undefined as Result)
        }
        if (this.#isStopping) {
          this.#wait = undefined
          this.#task.return(undefined as Result)
          this.#finish({ kind: 'stopped' })
          return
        }
        const step = this.#task.next()
        if (step.done) {
          this.#finish({ kind: 'returned', result: step.value })
          return
        }
        this.#wait = step.value
      } while (this.#isStopping || this.#next)
    } catch (error) {
      this.#finish(this.#isStopping ? { kind: 'stopped' } : { kind: 'threw', error })
      return
    } finally {
      this.#isRunning = false
    }
    this.#wait?.begin(this)
  }

  #finish(end: FiberEnd<Result>): void {
    this.#hasEnded = true
    this.#onEnd?.(end)
  }
}
