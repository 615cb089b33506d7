import type { LineCondition } from './line-filter.ts'
import type { TextHead } from './text-head.ts'
import type { TextObject } from './text-reader.ts'
import type { TextWorkers, WorkerMessages } from './text-workers.ts'

export interface RestOptions {
  readonly workers: TextWorkers
  readonly lineConditions?: readonly LineCondition[] | undefined
}

/** What the head leaves, for a worker to read. */
export class RestOfObjects {
  readonly isEmpty: boolean
  readonly #head: TextHead
  readonly #workers: TextWorkers
  readonly #lineConditions: readonly LineCondition[]
  readonly #locate: () => Promise<readonly TextObject[]>
  #locating: Promise<void> | undefined
  #located: readonly TextObject[] | undefined
  #failure: { readonly error: unknown } | undefined
  #started: WorkerMessages | undefined

  constructor(
    locate: (() => Promise<readonly TextObject[]>) | undefined,
    head: TextHead,
    { workers, lineConditions = [] }: RestOptions,
  ) {
    this.isEmpty = locate === undefined
    this.#head = head
    this.#workers = workers
    this.#lineConditions = lineConditions
    this.#locate = locate ?? (async () => [])
  }

  /** Lets a worker begin for the first who reads. */
  async start(): Promise<void> {
    await this.#find()
    if (!this.isEmpty) this.#started = this.#read()
  }

  /** The messages of a worker; undefined as long as the objects are not all there. */
  read(): WorkerMessages | undefined {
    void this.#find()
    const started = this.#started ?? this.#read()
    this.#started = undefined
    return started
  }

  #find(): Promise<void> {
    this.#locating ??= this.#locate().then(
      (located) => {
        this.#located = located
      },
      (error: unknown) => {
        this.#failure = { error }
      },
    )
    return this.#locating
  }

  #read(): WorkerMessages | undefined {
    if (this.#failure) throw this.#failure.error
    const [first, ...others] = this.#located ?? []
    if (first === undefined) return undefined
    // Lines that were read already are left out like a header, so that faults keep their place.
    const resumed = this.#head.linesRead === 0 ? first : { ...first, headerLines: this.#head.linesRead }
    return this.#workers.read([resumed, ...others], this.#head.objectsRead, this.#lineConditions)
  }

  close(): void {
    this.#started?.close()
    this.#started = undefined
  }
}
