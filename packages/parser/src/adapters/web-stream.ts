import type { DestroyableChunks } from './node-stream.ts'

/** What this adapter needs of a web stream (WHATWG `ReadableStream`), such as the body of a `fetch`. */
export interface WebStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: unknown }>
    cancel(reason?: unknown): Promise<void>
    releaseLock(): void
  }
}

export function isWebStream(source: object): source is WebStream {
  return 'getReader' in source && typeof source.getReader === 'function'
}

/** The chunks of a web stream, which is cancelled when it is not read to its end. */
export function webStreamChunks(stream: WebStream): DestroyableChunks {
  const reader = stream.getReader()
  const cancel = (): void => {
    // A stream that failed refuses to be cancelled, which is then no news.
    reader.cancel().catch(() => {})
  }
  async function* read(): AsyncGenerator<unknown, void> {
    let ended = false
    try {
      for (;;) {
        const { done, value } = await reader.read()
        ended = done
        if (done) return
        yield value
      }
    } finally {
      if (ended) reader.releaseLock()
      else cancel()
    }
  }
  return { [Symbol.asyncIterator]: read, destroy: cancel }
}
