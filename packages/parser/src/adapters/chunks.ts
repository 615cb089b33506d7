import type { FlowLogFile } from './flow-log-file.ts'
import { isDestroyable } from './node-stream.ts'
import { isWebStream, type WebStream, webStreamChunks } from './web-stream.ts'

type Chunk = Uint8Array | string

/** Chunks that are one file: a Node or web stream, or any iterable of bytes or text. */
export type ChunkSource = AsyncIterable<Chunk> | Iterable<Chunk> | WebStream

export function isChunkSource(source: object): source is ChunkSource {
  return isWebStream(source) || Symbol.asyncIterator in source || Symbol.iterator in source
}

/** A stream, which can be read once. */
export function streamFile(source: ChunkSource): FlowLogFile {
  return {
    open: () => {
      if (isWebStream(source)) return webStreamChunks(source) as AsyncIterable<Chunk>
      return Symbol.asyncIterator in source ? source : fromIterable(source)
    },
  }
}

async function* fromIterable<T>(source: Iterable<T>): AsyncGenerator<T, void> {
  yield* source
}

/**
 * The chunks as bytes. An abort ends the wait for a chunk that never comes: it throws the signal's reason, and the source
 * is closed.
 */
export async function* byteChunks(
  chunks: AsyncIterable<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const iterator = chunks[Symbol.asyncIterator]()
  const abortion = new Abortion(signal)
  let ended = false
  try {
    for (;;) {
      const next = await abortion.race(iterator.next())
      ended = next.done === true
      if (ended) return
      yield toBytes(next.value)
    }
  } finally {
    abortion.forget()
    if (!ended) await close(chunks, iterator, signal?.aborted === true)
  }
}

async function close(
  chunks: AsyncIterable<unknown>,
  iterator: AsyncIterator<unknown>,
  isWaiting: boolean,
): Promise<void> {
  if (!isWaiting) {
    await iterator.return?.()
    return
  }
  // A generator that waits answers only after its wait, so nobody waits for its answer.
  if (isDestroyable(chunks)) chunks.destroy()
  iterator.return?.().then(undefined, () => {})
}

/** Rejects waiting promises when a signal aborts. */
class Abortion {
  readonly #signal: AbortSignal | undefined
  #reject: ((reason: unknown) => void) | undefined
  readonly #abort = (): void => this.#reject?.(this.#signal?.reason)

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort)
  }

  race<T>(waiting: Promise<T>): Promise<T> {
    const signal = this.#signal
    if (signal === undefined) return waiting
    return new Promise<T>((resolve, reject) => {
      this.#reject = reject
      waiting.then(resolve, reject)
      if (signal.aborted) reject(signal.reason)
    })
  }

  forget(): void {
    this.#signal?.removeEventListener('abort', this.#abort)
  }
}

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return Buffer.from(chunk)
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk)
  throw new TypeError(`a chunk is ${chunk === null ? 'null' : typeof chunk}; chunks are bytes (Uint8Array) or text`)
}
