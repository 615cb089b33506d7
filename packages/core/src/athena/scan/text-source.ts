import buffer from 'node:buffer'
import fs from 'node:fs'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import zlib from 'node:zlib'
import {
  createTextReader,
  TEXT_READER_LIMITS,
  type TextFault,
  type TextMessage,
  type TextObject,
} from './text-reader.ts'
import { runTextWorker, type TextWorkerData, type TextWorkerMessage } from './text-worker.ts'

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
/** Up to this size a scan is read before the query starts, and no worker has to be. */
const EAGER_STORED_BYTES = 4 * 1024 * 1024
/** Of a larger one, so many objects. */
const HEAD_STORED_BYTES = 512 * 1024
const EAGER_TEXT_BYTES = 96 * 1024 * 1024
const CREDIT_BYTES = 32 * 1024 * 1024
const WAIT_MILLIS = 50

/** An object that may have to be downloaded. */
export type UnlocatedTextObject = Omit<TextObject, 'path'>
/** Brings objects to the local file system. */
export type LocateObjects<T extends UnlocatedTextObject> = (objects: readonly T[]) => Promise<readonly TextObject[]>

/** Opens the same objects as often as a query reads the table: once, but for a self-join that DuckDB writes out. */
export interface TextSources {
  open(): TextSource
  close(): void
}

/**
 * Makes objects ready to be read. The first ones, or all of a small table, are read at once; the rest is read by a worker
 * that starts when more is asked for, so that LIMIT and small tables do not wait for it.
 */
export async function openTextSources<T extends UnlocatedTextObject>(
  objects: readonly T[],
  locate: LocateObjects<T>,
  onFault: OnTextFault,
): Promise<TextSources> {
  const headCount = headLength(objects)
  const head = await readEagerly(await locate(objects.slice(0, headCount)))
  const restFrom = head === undefined ? 0 : headCount
  const others = objects.slice(restFrom)
  const rest = new RestOfObjects(others.length > 0 ? locate(others) : undefined, restFrom)
  const opened: TextSource[] = []
  return {
    open: () => {
      const source = new PieceCutter(new HeadThenWorker(head ?? [], rest), onFault)
      opened.push(source)
      return source
    },
    close: () => {
      for (const source of opened) source.close()
    },
  }
}

/** How many objects are read before the query starts. */
function headLength(objects: readonly UnlocatedTextObject[]): number {
  const storedBytes = objects.reduce((sum, object) => sum + object.size, 0)
  if (storedBytes <= EAGER_STORED_BYTES) return objects.length
  let bytes = 0
  return Math.max(
    0,
    objects.findIndex((object) => {
      bytes += object.size
      return bytes > HEAD_STORED_BYTES
    }),
  )
}

/** Where messages come from. */
interface MessageFeed {
  next(): TextWorkerMessage | undefined
  close(): void
}

/** Everything, or undefined where the text is much longer than what is stored. */
async function readEagerly(objects: readonly TextObject[]): Promise<readonly TextMessage[] | undefined> {
  const messages: TextMessage[] = []
  let bytes = 0
  class TooLong extends Error {}
  try {
    await createTextReader({ fs, zlib, buffer }, TEXT_READER_LIMITS).readAll(objects, async (message) => {
      if (message.kind === 'block') bytes += message.bytes.length
      if (bytes > EAGER_TEXT_BYTES) throw new TooLong()
      messages.push(message)
    })
    return messages
  } catch (error) {
    if (error instanceof TooLong) return undefined
    throw error
  }
}

/** Objects that are brought to the local file system while the query begins. */
class RestOfObjects {
  readonly first: number
  readonly isEmpty: boolean
  #located: readonly TextObject[] | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(locating: Promise<readonly TextObject[]> | undefined, first: number) {
    this.first = first
    this.isEmpty = locating === undefined
    locating?.then(
      (located) => {
        this.#located = located
      },
      (error: unknown) => {
        this.#failure = { error }
      },
    )
  }

  /** Undefined as long as they are not all there. */
  get located(): readonly TextObject[] | undefined {
    if (this.#failure) throw this.#failure.error
    return this.#located
  }
}

/** What was read before the query started, then what a worker reads. */
class HeadThenWorker implements MessageFeed {
  readonly #head: readonly TextMessage[]
  readonly #rest: RestOfObjects
  #next = 0
  #worker: WorkerMessages | undefined

  constructor(head: readonly TextMessage[], rest: RestOfObjects) {
    this.#head = head
    this.#rest = rest
  }

  next(): TextWorkerMessage | undefined {
    const message = this.#head[this.#next++]
    if (this.#next > 1 || message === undefined) this.#startWorker()
    if (message) return message
    if (this.#rest.isEmpty) return { kind: 'done' }
    return this.#worker?.next()
  }

  #startWorker(): void {
    if (this.#worker || this.#rest.isEmpty) return
    const { located } = this.#rest
    if (located) this.#worker = new WorkerMessages(located, this.#rest.first)
  }

  close(): void {
    this.#worker?.close()
  }
}

/** Messages of a worker thread, received without the event loop: DuckDB's calls leave it no turn. */
class WorkerMessages implements MessageFeed {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #sent = new Int32Array(new SharedArrayBuffer(4))
  #failure: string | undefined

  readonly #firstObject: number

  /** `firstObject`: what the first of the objects is counted as. */
  constructor(objects: readonly TextObject[], firstObject: number) {
    this.#firstObject = firstObject
    const { port1, port2 } = new MessageChannel()
    const workerData: TextWorkerData = {
      objects,
      limits: TEXT_READER_LIMITS,
      port: port2,
      sent: this.#sent,
      creditBytes: CREDIT_BYTES,
    }
    // The functions' own text, so that no file of the package has to be found at run time, bundled or not.
    const code = `(${runTextWorker.toString()})(require, ${createTextReader.toString()}, require('node:worker_threads').workerData)`
    this.#worker = new Worker(code, { eval: true, workerData, transferList: [port2], execArgv: [] })
    this.#worker.on('error', (error: Error) => {
      this.#failure ??= error.message
    })
    this.#worker.on('exit', (status) => {
      this.#failure ??= `the reader stopped with status ${status}`
    })
    this.#worker.unref()
    this.#port = port1
    this.#port.unref()
  }

  next(): TextWorkerMessage | undefined {
    const seen = Atomics.load(this.#sent, 0)
    const message = this.#receive()
    if (message) return message
    Atomics.wait(this.#sent, 0, seen, WAIT_MILLIS)
    return this.#receive() ?? (this.#failure === undefined ? undefined : { kind: 'failed', message: this.#failure })
  }

  #receive(): TextWorkerMessage | undefined {
    const received: TextWorkerMessage | undefined = receiveMessageOnPort(this.#port)?.message
    if (received === undefined || !('object' in received)) return received
    if (received.kind === 'block') this.#port.postMessage({ bytes: received.bytes.length })
    return { ...received, object: received.object + this.#firstObject }
  }

  close(): void {
    this.#port.close()
    void this.#worker.terminate()
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
