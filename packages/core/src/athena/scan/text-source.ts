import type { LineCondition } from './line-filter.ts'
import { type LocateObjects, readTextHead, type UnlocatedTextObject } from './text-head.ts'
import type { TextFault, TextMessage } from './text-reader.ts'
import { RestOfObjects } from './text-rest.ts'
import type { TextWorkerMessage } from './text-worker.ts'
import type { TextWorkers, WorkerMessages } from './text-workers.ts'

/** A run of whole lines of one object, without the last line end. */
export interface TextPiece {
  readonly object: number
  readonly bytes: Uint8Array
}

/** Lines of a table's objects, in order, for a reader that cannot wait: DuckDB asks for them in a call that must answer. */
export interface TextSource {
  /** `pending`: nothing came within a short while, ask again. `end`: there is no more. */
  take(): TextPiece | 'pending' | 'end'
  /** Objects of which something was taken, or that turned out to hold nothing on the way. */
  readonly objectsOpened: number
  close(): void
}

/** Called once per fault, in the order of the objects. A throw ends the reading. */
export type OnTextFault = (fault: TextFault, object: number) => void

/**
 * About a vector of rows. DuckDB keeps a piece while it makes rows of it, so that large pieces cost more than they save.
 */
const PIECE_BYTES = 256 * 1024
/** Opens the same objects as often as a query reads the table: once, but for a self-join that DuckDB writes out. */
export interface TextSources {
  open(): TextSource
  close(): void
}

export interface TextSourceOptions {
  readonly workers: TextWorkers
  readonly onFault: OnTextFault
  /** Lines that meet these must be given, others may. */
  readonly lineConditions?: readonly LineCondition[] | undefined
  /** So many rows are enough for the query if all of them meet its conditions; undefined where it reads to the end. */
  readonly rowsEnough?: number | undefined
}

/**
 * Makes objects ready to be read. All of a small table is read at once. Of a larger one a worker reads, which starts right
 * away; but for a query that some rows are enough for, the beginning is read at once, and the worker starts when that was
 * used up.
 */
export async function openTextSources<T extends UnlocatedTextObject>(
  objects: readonly T[],
  locate: LocateObjects<T>,
  options: TextSourceOptions,
): Promise<TextSources> {
  const head = await readTextHead(objects, locate, options)
  const others = objects.slice(head.objectsRead)
  const rest = new RestOfObjects(others.length > 0 ? () => locate(others) : undefined, head, options)
  // Whoever reads to the end needs the worker anyway.
  if (options.rowsEnough === undefined) await rest.start()
  const opened: TextSource[] = []
  return {
    open: () => {
      const source = new PieceCutter(new HeadThenRest(head.messages, rest), options.onFault)
      opened.push(source)
      return source
    },
    close: () => {
      for (const source of opened) source.close()
      rest.close()
    },
  }
}

/** Where messages come from. */
interface MessageFeed {
  next(): TextWorkerMessage | undefined
  close(): void
}

/** What was read before the query started, then what a worker reads. */
class HeadThenRest implements MessageFeed {
  readonly #head: readonly TextMessage[]
  readonly #rest: RestOfObjects
  #next = 0
  #worker: WorkerMessages | undefined

  constructor(head: readonly TextMessage[], rest: RestOfObjects) {
    this.#head = head
    this.#rest = rest
  }

  next(): TextWorkerMessage | undefined {
    const message = this.#head[this.#next]
    if (message) {
      this.#next += 1
      return message
    }
    if (this.#rest.isEmpty) return { kind: 'done' }
    this.#worker ??= this.#rest.read()
    return this.#worker?.next()
  }

  close(): void {
    this.#worker?.close()
  }
}

const NEWLINE = 10

/** Cuts blocks to pieces. */
class PieceCutter implements TextSource {
  readonly #feed: MessageFeed
  readonly #onFault: OnTextFault
  #block: { readonly object: number; readonly bytes: Uint8Array } | undefined
  #offset = 0
  #objectsOpened = 0
  #isOver = false

  constructor(feed: MessageFeed, onFault: OnTextFault) {
    this.#feed = feed
    this.#onFault = onFault
  }

  get objectsOpened(): number {
    return this.#objectsOpened
  }

  take(): TextPiece | 'pending' | 'end' {
    while (!this.#isOver) {
      if (this.#block) return this.#cut(this.#block)
      const message = this.#feed.next()
      if (message === undefined) return 'pending'
      switch (message.kind) {
        case 'block':
          this.#block = message
          this.#offset = 0
          this.#objectsOpened = Math.max(this.#objectsOpened, message.object + 1)
          break
        case 'end':
          this.#objectsOpened = Math.max(this.#objectsOpened, message.object + 1)
          for (const fault of message.faults) this.#onFault(fault, message.object)
          break
        case 'done':
          this.close()
          break
        case 'failed':
          throw new Error(message.message)
      }
    }
    return 'end'
  }

  #cut({ object, bytes }: { readonly object: number; readonly bytes: Uint8Array }): TextPiece {
    const start = this.#offset
    let end = bytes.lastIndexOf(NEWLINE, start + PIECE_BYTES - 1)
    if (end < start) end = bytes.indexOf(NEWLINE, start)
    this.#offset = end + 1
    if (this.#offset >= bytes.length) this.#block = undefined
    return { object, bytes: bytes.subarray(start, end) }
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#block = undefined
    this.#feed.close()
  }
}
