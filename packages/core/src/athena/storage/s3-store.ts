import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ObjectStore, StoredObject } from './object-store.ts'
import { locatedS3Error } from './s3-error.ts'
import { formatS3Uri, requireS3Uri } from './s3-uri.ts'

/**
 * The operations that the store needs. `new S3(…)` of @aws-sdk/client-s3 has them, for real S3 and for an emulator
 * (`endpoint`, `forcePathStyle`); it is given, not imported, so that nobody who stays local loads it. Retries are its own.
 */
export interface S3Operations {
  listObjectsV2(input: ListObjectsInput): Promise<ListObjectsOutput>
  getObject(
    input: { readonly Bucket: string; readonly Key: string; readonly IfMatch?: string },
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<{ readonly Body?: unknown }>
  putObject(input: { readonly Bucket: string; readonly Key: string; readonly Body: Uint8Array }): Promise<unknown>
}

/** What is used of ListObjectsV2's request. */
export interface ListObjectsInput {
  readonly Bucket: string
  readonly Prefix: string
  readonly Delimiter?: string
  readonly ContinuationToken?: string
}

/** What is used of ListObjectsV2's answer. */
export interface ListObjectsOutput {
  readonly Contents?:
    | readonly {
        readonly Key?: string | undefined
        readonly Size?: number | undefined
        readonly ETag?: string | undefined
        readonly LastModified?: Date | undefined
      }[]
    | undefined
  readonly CommonPrefixes?: readonly { readonly Prefix?: string | undefined }[] | undefined
  readonly NextContinuationToken?: string | undefined
  readonly IsTruncated?: boolean | undefined
}

/** What an {@link S3Store} works with. */
export interface S3StoreOptions {
  readonly client: S3Operations
}

/**
 * Objects in S3 or an emulator of it. Objects are downloaded to be read, each version once: the file is named after the
 * object's ETag and found again by the next query that uses the same directory.
 *
 * Throws AthenaError with the object's URI: PERMISSION_DENIED for AccessDenied, NOT_FOUND for NoSuchBucket,
 * HIVE_CANNOT_OPEN_SPLIT for an object that is gone or has changed since it was listed.
 */
export class S3Store implements ObjectStore {
  readonly readableDirectories: readonly string[] = []
  readonly #client: S3Operations
  /** Downloads under way, by the path they lead to. */
  readonly #downloads = new Map<string, Promise<void>>()

  constructor(options: S3StoreOptions) {
    this.#client = options.client
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    const { bucket } = requireS3Uri(prefix)
    for await (const page of this.#pages(prefix)) {
      for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
        if (Key === undefined) continue
        yield {
          uri: formatS3Uri(bucket, Key),
          size: Size ?? 0,
          ...(ETag === undefined ? {} : { etag: ETag }),
          ...(LastModified === undefined ? {} : { lastModifiedMillis: LastModified.getTime() }),
        }
      }
    }
  }

  async *listPrefixes(prefix: string): AsyncGenerator<string> {
    const { bucket } = requireS3Uri(prefix)
    for await (const page of this.#pages(prefix, '/')) {
      for (const { Prefix } of page.CommonPrefixes ?? []) {
        if (Prefix !== undefined) yield formatS3Uri(bucket, Prefix)
      }
    }
  }

  async localPath(object: StoredObject, directory: string, signal?: AbortSignal): Promise<string> {
    const path = join(directory, cacheName(object))
    if (await isThere(path)) return path
    const known = this.#downloads.get(path)
    if (known !== undefined) {
      await known
      return path
    }
    const download = this.#download(object, path, directory, signal)
    this.#downloads.set(path, download)
    try {
      await download
      return path
    } finally {
      this.#downloads.delete(path)
    }
  }

  /** One PutObject: a stream is gathered in memory first, as S3 wants to know its length. */
  async put(uri: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const { bucket, key } = requireS3Uri(uri)
    const body = content instanceof Uint8Array ? content : Buffer.concat(await gather(content))
    try {
      await this.#client.putObject({ Bucket: bucket, Key: key, Body: body })
    } catch (error) {
      throw locatedS3Error(error, uri)
    }
  }

  async *#pages(prefix: string, delimiter?: string): AsyncGenerator<ListObjectsOutput> {
    const { bucket, key } = requireS3Uri(prefix)
    let token: string | undefined
    do {
      const page: ListObjectsOutput = await this.#listPage(prefix, {
        Bucket: bucket,
        Prefix: key,
        ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      })
      yield page
      token = page.IsTruncated === false ? undefined : page.NextContinuationToken
    } while (token !== undefined)
  }

  async #listPage(uri: string, input: ListObjectsInput): Promise<ListObjectsOutput> {
    try {
      return await this.#client.listObjectsV2(input)
    } catch (error) {
      throw locatedS3Error(error, uri)
    }
  }

  /** The file appears whole or not at all. */
  async #download(object: StoredObject, path: string, directory: string, signal?: AbortSignal): Promise<void> {
    const { bucket, key } = requireS3Uri(object.uri)
    const part = `${path}.${process.pid}.part`
    try {
      await mkdir(directory, { recursive: true })
      const { Body } = await this.#client.getObject(
        { Bucket: bucket, Key: key, ...(object.etag === undefined ? {} : { IfMatch: object.etag }) },
        signal === undefined ? {} : { abortSignal: signal },
      )
      await pipeline(Readable.from(asByteStream(Body)), createWriteStream(part), signal === undefined ? {} : { signal })
      await rename(part, path)
    } catch (error) {
      await rm(part, { force: true })
      throw signal?.aborted ? error : locatedS3Error(error, object.uri)
    }
  }
}

/** A name for the object's version that keeps its ending, from which readers know the compression. */
function cacheName(object: StoredObject): string {
  const version = object.etag ?? `${object.size}-${object.lastModifiedMillis ?? ''}`
  const digest = createHash('sha256').update(`${object.uri}\0${version}`).digest('hex').slice(0, 32)
  const ending = /(?:\.[A-Za-z0-9]{1,10}){1,2}$/.exec(basename(object.uri))?.[0] ?? ''
  return `${digest}${ending}`
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

function asByteStream(body: unknown): AsyncIterable<Uint8Array> {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
    return body as AsyncIterable<Uint8Array>
  throw new TypeError('the S3 client gave no readable body')
}

async function gather(content: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return chunks
}
