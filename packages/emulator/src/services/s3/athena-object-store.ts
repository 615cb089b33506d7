import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AthenaError, type ObjectStore, type StoredObject } from '@flowtap/core/athena'
import type { BucketStore } from './bucket-store.ts'
import { listEntries } from './key-listing.ts'
import { requestedAttributes } from './object-attributes.ts'
import { keeping } from './object-writes.ts'
import { streamBody } from './read-body.ts'
import { receiveBody } from './receive-body.ts'
import type { ObjectRow } from './s3-rows.ts'
import { compareKeys } from './sorted-keys.ts'

/** Who puts what queries write, as events name it. */
const ATHENA = 'athena.amazonaws.com'
/** URIs of a page. */
const URIS_AT_ONCE = 1000

/** The buckets as Athena's engine reads and writes them, without HTTP. */
export class AthenaObjectStore implements ObjectStore {
  /** Bodies have no names of their own that a query could tell apart: they are copied to where the engine may read. */
  readonly readableDirectories: readonly string[] = []
  readonly #buckets: BucketStore
  readonly #nowMilliseconds: () => number
  readonly #copies = new Map<string, Promise<void>>()

  constructor(buckets: BucketStore, nowMilliseconds: () => number) {
    this.#buckets = buckets
    this.#nowMilliseconds = nowMilliseconds
  }

  async *list(prefix: string): AsyncGenerator<StoredObject, void, void> {
    for (const row of this.#rows(prefix)) yield storedObject(row)
  }

  async *listUris(prefix: string): AsyncGenerator<readonly string[], void, void> {
    let page: string[] = []
    for (const { bucket, key } of this.#rows(prefix)) {
      page.push(uriOf(bucket, key))
      if (page.length < URIS_AT_ONCE) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }

  async head(uri: string): Promise<StoredObject | undefined> {
    const row = this.#find(uri)
    return row && storedObject(row)
  }

  async *listPrefixes(prefix: string): AsyncGenerator<string, void, void> {
    const { bucket, key } = this.#locate(prefix)
    const index = this.#buckets.objects(bucket)
    const range = { prefix: key, delimiter: '/', after: '' }
    const entries = [...listEntries(index.keys, range, (each) => index.current(each) !== undefined)]
    for (const entry of entries) if (entry.kind === 'prefix') yield uriOf(bucket, entry.prefix)
  }

  async localPath(object: StoredObject, directory: string, signal?: AbortSignal): Promise<string> {
    const row = this.#find(object.uri)
    if (!row) throw noSuchObject(object.uri)
    if (object.etag !== undefined && object.etag.replaceAll('"', '') !== row.etag) throw changed(object.uri)
    const path = join(directory, fileName(row))
    if (await exists(path)) return path
    let copy = this.#copies.get(path)
    if (!copy) {
      copy = this.#copy(row, directory, path, signal).finally(() => this.#copies.delete(path))
      this.#copies.set(path, copy)
    }
    await copy
    return path
  }

  async put(uri: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const buckets = this.#buckets
    const { bucket: name, key } = this.#locate(uri)
    const source = iterate(content instanceof Uint8Array ? [content] : content)
    const { piece, md5, checksum } = await receiveBody(buckets.blobs, source, {})
    await keeping(buckets, piece.blob, () => {
      this.#locate(uri)
      const bucket = buckets.requireBucket(name)
      const attributes = requestedAttributes({ ContentType: 'application/octet-stream' }, bucket, buckets)
      buckets.put(
        { bucket: name, key, size: piece.size, etag: md5, body: [piece], checksum, attributes },
        {
          requestId: createHash('sha256').update(uri).digest('hex').slice(0, 16).toUpperCase(),
          requester: ATHENA,
          nowMilliseconds: this.#nowMilliseconds(),
          reason: 'PutObject',
        },
      )
    })
    await buckets.store.durable()
  }

  /** Of one moment: what comes and goes while it is read changes nothing. */
  #rows(prefix: string): readonly ObjectRow[] {
    const { bucket, key } = this.#locate(prefix)
    const index = this.#buckets.objects(bucket)
    const rows: ObjectRow[] = []
    for (const each of index.keys.from((other) => compareKeys(other, key) >= 0)) {
      if (!each.startsWith(key)) break
      const row = index.current(each)
      if (row) rows.push(row)
    }
    return rows
  }

  #find(uri: string): ObjectRow | undefined {
    const { bucket, key } = this.#locate(uri)
    return this.#buckets.objects(bucket).current(key)
  }

  /** @throws AthenaError for what is no S3 URI, or of a bucket that there is not. */
  #locate(uri: string): { readonly bucket: string; readonly key: string } {
    const match = /^s3:\/\/([^/]+)(?:\/([\s\S]*))?$/.exec(uri)
    if (!match) {
      throw new AthenaError('INVALID_INPUT', `'${uri}' is not a valid S3 path.`, {
        remedy: 'An S3 path is written s3://bucket/prefix/.',
      })
    }
    const [, bucket = '', key = ''] = match
    if (this.#buckets.tables.buckets.has(bucket)) return { bucket, key }
    throw new AthenaError(
      'NOT_FOUND',
      `The specified bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket) (Path: ${uri})`,
    )
  }

  async #copy({ body, size }: ObjectRow, directory: string, path: string, signal?: AbortSignal): Promise<void> {
    await mkdir(directory, { recursive: true })
    const unfinished = `${path}.part`
    try {
      const { blobs, references } = this.#buckets
      const source = streamBody(blobs, references, body, { start: 0, end: size })
      await pipeline(source, createWriteStream(unfinished), { ...(signal && { signal }) })
      await rename(unfinished, path)
    } finally {
      await rm(unfinished, { force: true })
    }
  }
}

function storedObject({ bucket, key, size, etag, modifiedMilliseconds }: ObjectRow): StoredObject {
  return { uri: uriOf(bucket, key), size, etag: `"${etag}"`, lastModifiedMillis: modifiedMilliseconds }
}

function uriOf(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`
}

/** A name of the version's own that ends as its key does, as readers go by endings such as .gz. */
function fileName({ bucket, key, versionId, sequence, etag }: ObjectRow): string {
  const digest = createHash('sha256').update(`${bucket}/${key}\0${versionId}\0${sequence}\0${etag}`).digest('hex')
  return `${digest.slice(0, 32)}${/(?:\.[A-Za-z0-9]{1,10}){1,2}$/.exec(basename(key))?.[0] ?? ''}`
}

async function* iterate(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  yield* source
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

function noSuchObject(uri: string): AthenaError {
  return new AthenaError('HIVE_CANNOT_OPEN_SPLIT', `Error opening Hive split ${uri}: The specified key does not exist.`)
}

function changed(uri: string): AthenaError {
  return new AthenaError(
    'HIVE_CANNOT_OPEN_SPLIT',
    `Error opening Hive split ${uri}: the object has changed since it was listed`,
    { remedy: 'Run the query again.' },
  )
}
