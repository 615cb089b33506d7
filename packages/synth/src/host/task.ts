import type { Random } from '../random.ts'
import type { SimClock } from '../sim-clock.ts'
import { NetworkError, type Process, type ProcessHandle, type Wait, type WaitingTask } from './process.ts'
import { Signal } from './signal.ts'

/** What a process holds and gives back when it ends: sockets, connections, listeners. */
export interface OwnedResource {
  /** Called once, when the process ends. */
  release(): void
}

/**
 * A running process: drives its generator from wait to wait, and ends what belongs to it when it ends. A process never runs inside of
 * another's step or of a packet's arrival: `resume` lets it run right after what happens now.
 */
export class Task<Result = unknown> implements ProcessHandle<Result>, WaitingTask {
  readonly name: string
  /** Label under which it acts, 0 for none. */
  activity: number
  readonly random: Random
  readonly #clock: SimClock
  #stackRandom: Random | undefined
  #generator: Process<Result> | undefined
  #state: ProcessHandle['state'] = 'waiting-to-start'
  #result: Result | undefined
  #failure: NetworkError | undefined
  #wait: Wait | undefined
  /** Steps so far: what resumes a process says which wait it ends, since a stopped process may have left that one. */
  #stepCount = 0
  #isStepping = false
  #isStopping = false
  #children: Set<Task> | undefined
  #resources: Set<OwnedResource> | undefined
  #childCounts: Map<string, number> | undefined
  #ended: Signal | undefined
  #onEnd: (() => void) | undefined

  constructor(clock: SimClock, name: string, random: Random, activity: number) {
    this.#clock = clock
    this.name = name
    this.random = random
    this.activity = activity
  }

  get state(): ProcessHandle['state'] {
    return this.#state
  }

  get failure(): NetworkError | undefined {
    return this.#failure
  }

  /** The stream from which the stack takes ports and sequence numbers for the process: apart from what the process itself draws. */
  get stackRandom(): Random {
    this.#stackRandom ??= this.random.stream('stack')
    return this.#stackRandom
  }

  /** Begins the process at a time. `onEnd` is called when it has ended. */
  start(timeMicroseconds: number, generator: Process<Result>, onEnd?: () => void): void {
    this.#generator = generator
    this.#onEnd = onEnd
    const timer = this.#clock.schedule(timeMicroseconds, stepTask, this, this.#stepCount)
    this.#wait = { begin: () => undefined, cancel: () => this.#clock.cancel(timer) }
  }

  resume(): void {
    this.#clock.soon(stepTask, this, this.#stepCount)
  }

  *join(): Process<Result> {
    this.#ended ??= new Signal(this.#clock)
    while (!this.#isOver()) yield this.#ended.wait()
    if (this.#failure) throw this.#failure
    if (this.#state === 'stopped') throw new NetworkError('ESTOPPED', `the process '${this.name}' was stopped`)
    return this.#result as Result
  }

  stop(): void {
    if (this.#isOver()) return
    this.#isStopping = true
    if (this.#isStepping) return
    this.#wait?.cancel()
    this.#wait = undefined
    if (this.#state === 'waiting-to-start') this.#end('stopped')
    else this.#step('return')
  }

  /** One more child of that name: gives the name that is its own. */
  nameOfChild(name: string): string {
    this.#childCounts ??= new Map()
    const count = (this.#childCounts.get(name) ?? 0) + 1
    this.#childCounts.set(name, count)
    return count === 1 ? name : `${name}#${count}`
  }

  /** The child is stopped when this process ends. */
  adopt(child: Task): void {
    if (this.#isOver()) child.stop()
    else {
      this.#children ??= new Set()
      this.#children.add(child)
    }
  }

  /** The child has ended. */
  disown(child: Task): void {
    this.#children?.delete(child)
  }

  /** The resource is released when this process ends, unless it is {@link Task.forget forgotten} before. */
  own(resource: OwnedResource): void {
    this.#resources ??= new Set()
    this.#resources.add(resource)
  }

  forget(resource: OwnedResource): void {
    this.#resources?.delete(resource)
  }

  /** For the scheduler alone: runs to the next wait, if it still stands where it was to be resumed. */
  step(stepCount: number): void {
    if (stepCount === this.#stepCount) this.#step('next')
  }

  #step(how: 'next' | 'return'): void {
    const generator = this.#generator
    if (!generator || this.#isOver()) return
    this.#wait = undefined
    this.#stepCount += 1
    this.#state = 'running'
    this.#clock.activity = this.activity
    let step: IteratorResult<Wait, Result>
    this.#isStepping = true
    try {
      step = how === 'next' ? generator.next() : generator.return(undefined as Result)
    } catch (error) {
      this.#isStepping = false
      this.#fail(error)
      return
    }
    this.#isStepping = false
    if (step.done) {
      this.#result = step.value
      this.#end(this.#isStopping ? 'stopped' : 'finished')
    } else if (this.#isStopping && how === 'next') {
      // It was stopped in its own step: what it would have waited for has not begun.
      this.#step('return')
    } else {
      this.#wait = step.value
      step.value.begin(this)
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof NetworkError)) {
      this.#end('failed')
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`process '${this.name}': ${reason}`, { cause: error })
    }
    this.#failure = error
    this.#end('failed')
  }

  #end(state: 'finished' | 'failed' | 'stopped'): void {
    this.#state = state
    this.#generator = undefined
    const children = this.#children
    this.#children = undefined
    for (const child of children ?? []) child.stop()
    const resources = this.#resources
    this.#resources = undefined
    for (const resource of resources ?? []) resource.release()
    this.#onEnd?.()
    this.#ended?.notify()
  }

  #isOver(): boolean {
    return this.#state === 'finished' || this.#state === 'failed' || this.#state === 'stopped'
  }
}

function stepTask(task: Task, stepCount: number): void {
  task.step(stepCount)
}
