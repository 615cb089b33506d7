import type { MessagePort } from 'node:worker_threads'
import type { lineAssemblers } from './line-assembler.ts'
import type { createLineFilter, LineCondition } from './line-filter.ts'
import type { createTextReader, TextMessage, TextObject, TextReaderLimits } from './text-reader.ts'

/** Objects for the worker to read. */
export interface TextWorkerJob {
  readonly objects: readonly TextObject[]
  readonly limits: TextReaderLimits
  /** Lines that do not meet them may be left out. */
  readonly lineConditions: readonly LineCondition[]
  /** Where messages go, and the credit for them comes from. */
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
 * What runs in the worker: takes one job after another, reads its objects ahead and posts them, never more than the credit
 * allows. Like `createTextReader` it uses nothing but its arguments.
 */
export function runTextWorker(
  requireModule: (name: string) => never,
  newTextReader: typeof createTextReader,
  newLineAssemblers: typeof lineAssemblers,
  newLineFilter: typeof createLineFilter,
): void {
  const { parentPort }: { parentPort: MessagePort } = requireModule('node:worker_threads')
  const modules: Parameters<typeof createTextReader>[0] = {
    fs: requireModule('node:fs'),
    zlib: requireModule('node:zlib'),
    buffer: requireModule('node:buffer'),
  }

  parentPort.on('message', ({ objects, limits, lineConditions, port, sent, creditBytes }: TextWorkerJob) => {
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
    const keep = lineConditions.length > 0 ? newLineFilter(modules.buffer, lineConditions) : undefined
    newTextReader(modules, limits, newLineAssemblers(modules.buffer, limits.lineBytes, keep))
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
  })
}
