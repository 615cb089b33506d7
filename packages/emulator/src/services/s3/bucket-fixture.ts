import { IdSource } from '../../identity/id-source.ts'
import type { Call } from '../../operation/operation.ts'
import { BlobReferences } from '../../state/blob-references.ts'
import { MemoryBlobStore } from '../../state/memory-blob-store.ts'
import { StateStore } from '../../state/state-store.ts'
import { BucketStore } from './bucket-store.ts'
import type { ObjectEvent } from './object-event.ts'
import { s3Service } from './s3-service.ts'

/** Buckets in memory for tests, without an endpoint. */
export interface BucketFixture {
  readonly buckets: BucketStore
  readonly events: ObjectEvent[]
  /** Calls an operation as a client would. */
  call(operation: string, input: object): Promise<Readonly<Record<string, unknown>>>
}

const CALL: Call = {
  requestId: 'request-1',
  region: 'eu-west-1',
  accountId: '111122223333',
  accessKeyId: 'test',
  nowMilliseconds: Date.parse('2026-03-01T00:00:00Z'),
  endpoint: 'http://127.0.0.1:1',
}

/** Buckets with nothing in them. */
export function emptyBuckets(): BucketFixture {
  const store = new StateStore()
  const blobs = new MemoryBlobStore()
  const references = new BlobReferences(store, blobs)
  const events: ObjectEvent[] = []
  const ids = new IdSource(1, store)
  const buckets = new BucketStore({
    store,
    ids,
    blobs,
    references,
    accountId: CALL.accountId,
    onObjectEvent: (event) => events.push(event),
  })
  const operations = s3Service(buckets)
  return {
    buckets,
    events,
    call: async (name, input) => {
      const operation = operations[name]
      if (!operation) throw new Error(`there is no operation ${name}`)
      const output =
        'handle' in operation
          ? store.transact(() => operation.handle(input as never, CALL))
          : await operation.handleAsync(input as never, CALL)
      return output as Readonly<Record<string, unknown>>
    },
  }
}

/** The content of a request. */
export function bodyOf(text: string): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text)
  const content = (async function* () {
    yield bytes
  })()
  return Object.assign(content, { length: bytes.length, trailers: new Map(), announced: [] })
}
