import { createWriteStream } from 'node:fs'
import { lstat, mkdir, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AthenaError } from '../errors.ts'
import {
  findFile,
  isMissing,
  isPlainKey,
  type LocalFile,
  listFiles,
  listFolders,
  listKeys,
  resolveInside,
} from './local-files.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'
import { formatS3Uri, parseS3Uri, requireS3Uri } from './s3-uri.ts'

/** Where a {@link FolderStore} has its buckets. */
export interface FolderStoreOptions {
  /** The folder whose folders are the buckets. */
  readonly root: string
}

/**
 * S3 in a folder: `s3://bucket/key` is the file `root/bucket/key`. Hidden files are objects like any other. Nothing outside
 * `root` is read or written: `..` names no object, and a symbolic link that leads out leads nowhere.
 */
export class FolderStore implements ObjectStore {
  readonly #root: string
  #realRoot: string | undefined

  constructor(options: FolderStoreOptions) {
    this.#root = resolve(options.root)
  }

  get readableDirectories(): readonly string[] {
    return [this.#root]
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    const location = parseS3Uri(prefix)
    if (location === undefined || !isBucketName(location.bucket)) return
    const { bucket, key } = location
    for await (const file of listFiles(join(this.#root, bucket), key, await this.#resolveRoot())) {
      yield storedObject(formatS3Uri(bucket, file.key), file)
    }
  }

  async *listUris(prefix: string): AsyncGenerator<readonly string[]> {
    const location = parseS3Uri(prefix)
    if (location === undefined || !isBucketName(location.bucket)) return
    const { bucket, key } = location
    for await (const keys of listKeys(join(this.#root, bucket), key, await this.#resolveRoot())) {
      yield keys.map((found) => formatS3Uri(bucket, found))
    }
  }

  async head(uri: string): Promise<StoredObject | undefined> {
    const location = parseS3Uri(uri)
    if (location === undefined || !isBucketName(location.bucket)) return undefined
    const file = await findFile(join(this.#root, location.bucket), location.key, await this.#resolveRoot())
    return file && storedObject(uri, file)
  }

  async *listPrefixes(prefix: string): AsyncGenerator<string> {
    const location = parseS3Uri(prefix)
    if (location === undefined || !isBucketName(location.bucket)) return
    const { bucket, key } = location
    for await (const folder of listFolders(join(this.#root, bucket), key, await this.#resolveRoot())) {
      yield formatS3Uri(bucket, folder)
    }
  }

  async localPath(object: StoredObject): Promise<string> {
    const path = await resolveInside(this.#pathOf(object.uri), await this.#resolveRoot())
    if (path === undefined) throw noSuchObject(object.uri)
    return path
  }

  /**
   * The object appears whole or not at all: it is written to a folder of its own below the root and moved to its place.
   * A folder cannot hold both `a` and `a/b`, as S3 can: the second of them is refused.
   */
  async put(uri: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.#pathOf(uri)
    await mkdir(this.#root, { recursive: true })
    await this.#requireInside(dirname(path), uri)
    await mkdir(dirname(path), { recursive: true })
    const parts = join(this.#root, PARTS_FOLDER)
    await mkdir(parts, { recursive: true })
    const part = join(parts, `${process.pid}-${++partCount}`)
    try {
      const source = content instanceof Uint8Array ? Readable.from([content]) : Readable.from(content)
      await pipeline(source, createWriteStream(part))
      await rename(part, path)
    } finally {
      await rm(part, { force: true })
    }
  }

  /** The nearest folder above that exists lies inside the root, so that no link leads a new folder out of it. */
  async #requireInside(folder: string, uri: string): Promise<void> {
    const realRoot = await this.#resolveRoot()
    for (let path = folder; path.startsWith(this.#root); path = dirname(path)) {
      if ((await resolveInside(path, realRoot)) !== undefined) return
      if (await exists(path)) break
    }
    throw noSuchObject(uri)
  }

  #pathOf(uri: string): string {
    const { bucket, key } = requireS3Uri(uri)
    if (!isBucketName(bucket) || key === '' || key.endsWith('/') || !isPlainKey(key)) throw noSuchObject(uri)
    return join(this.#root, bucket, key)
  }

  async #resolveRoot(): Promise<string> {
    if (this.#realRoot !== undefined) return this.#realRoot
    try {
      this.#realRoot = await realpath(this.#root)
      return this.#realRoot
    } catch (error) {
      if (isMissing(error)) return this.#root
      throw error
    }
  }
}

/** Where objects are written before they are moved; no bucket's name begins with a dot. */
const PARTS_FOLDER = '.parts'
let partCount = 0

function isBucketName(name: string): boolean {
  return !name.startsWith('.') && isPlainKey(name)
}

/** Whether something stands there, a dangling link included. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function storedObject(uri: string, file: LocalFile): StoredObject {
  return { uri, size: file.size, lastModifiedMillis: file.lastModifiedMillis, path: file.path }
}

function noSuchObject(uri: string): AthenaError {
  return new AthenaError('HIVE_CANNOT_OPEN_SPLIT', `Error opening Hive split ${uri}: The specified key does not exist.`)
}
