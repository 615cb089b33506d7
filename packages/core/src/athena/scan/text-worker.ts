import type { MessagePort } from 'node:worker_threads'
import type { createTextReader, TextMessage, TextObject, TextReaderLimits } from './text-reader.ts'

/** What the worker is started with. */
export interface TextWorkerData {
  readonly objects: readonly TextObject[]
  readonly limits: TextReaderLimits
  readonly port: MessagePort
  /** One counter, raised with every message, for a reader that waits without an event loop. */
  readonly sent: Int32Array<SharedArrayBuffer>
  /** Bytes that may be under way. */
  readonly creditBytes: number
}

/** After the last object. */
export type TextWorkerMessage =
  | TextMessage
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string }

/** How many bytes of blocks were used up. */
export interface TextWorkerCredit {
  readonly bytes: number
}

/**
 * What runs in the worker: reads objects ahead and posts them, never more than the credit allows.
 * Like `createTextReader` it uses nothing but its arguments.
 */
export function runTextWorker(
  requireModule: (name: string) => never,
  newTextReader: typeof createTextReader,
  data: TextWorkerData,
): void {
  const { objects, limits, port, sent, creditBytes } = data
  let underWay = 0
  let wake: (() => void) | undefined
  const post = (message: TextWorkerMessage, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer)
    Atomics.add(sent, 0, 1)
    Atomics.notify(sent, 0)
  }
  port.on('message', ({ bytes }: TextWorkerCredit) => {
    underWay -= bytes
    if (underWay < creditBytes) wake?.()
  })
  const reader = newTextReader(
    { fs: requireModule('node:fs'), zlib: requireModule('node:zlib'), buffer: requireModule('node:buffer') },
    limits,
  )
  reader
    .readAll(objects, async (message) => {
      if (message.kind === 'end') {
        post(message)
        return
      }
      underWay += message.bytes.length
      post(message, [message.bytes.buffer])
      if (underWay >= creditBytes) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    })
    .then(
      () => post({ kind: 'done' }),
      (error: unknown) => post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    )
}
