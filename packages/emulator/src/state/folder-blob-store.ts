import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { BlobPiece, BlobStore, ByteSpan } from './blob-store.ts'
import { writeFailed } from './data-folder-error.ts'

/** How a folder of blobs is kept. */
export interface FolderBlobStoreOptions {
  /** Whether blobs survive the machine's end, too; true unless given. */
  readonly isDurable?: boolean
}

/** The end of the names of files that are being written. */
const UNFINISHED = '.part'
/** A span up to this many bytes is read at once. */
const LARGEST_AT_ONCE = 64 * 1024
/** Files that are removed at the same time. */
const REMOVALS_AT_ONCE = 16

/**
 * A folder with a file for each blob, named by a number. A blob is written under another name, made durable and renamed, so that a file
 * with a number for its name is whole.
 */
export class FolderBlobStore implements BlobStore {
  readonly #folder: string
  readonly #isDurable: boolean
  #last: number
  /** The folder's own synchronisation that has not begun yet: whoever renames meanwhile waits for the same one. */
  #waiting: Promise<void> | undefined
  #syncing: Promise<void> = Promise.resolve()

  private constructor(folder: string, isDurable: boolean, last: number) {
    this.#folder = folder
    this.#isDurable = isDurable
    this.#last = last
  }

  /** Opens a folder, which is made where there is none; what a crash has left unfinished in it is removed. */
  static async open(folder: string, { isDurable = true }: FolderBlobStoreOptions = {}): Promise<FolderBlobStore> {
    await mkdir(folder, { recursive: true })
    let last = 0
    for (const name of await readdir(folder)) {
      if (name.endsWith(UNFINISHED)) await rm(join(folder, name), { force: true })
      else if (/^\d+$/.test(name)) last = Math.max(last, Number(name))
    }
    return new FolderBlobStore(folder, isDurable, last)
  }

  async write(source: AsyncIterable<Uint8Array>): Promise<BlobPiece> {
    const blob = String(++this.#last)
    const path = join(this.#folder, blob)
    const unfinished = `${path}${UNFINISHED}`
    let size = 0
    let file: FileHandle | undefined
    try {
      file = await this.#onDisk(open(unfinished, 'wx'))
      for await (const piece of source) {
        await this.#onDisk(writeWhole(file, piece))
        size += piece.length
      }
      if (this.#isDurable) await this.#onDisk(file.datasync())
      await file.close()
      file = undefined
      await this.#onDisk(rename(unfinished, path))
    } catch (error) {
      await file?.close().catch(() => undefined)
      await rm(unfinished, { force: true })
      throw error
    }
    if (this.#isDurable) await this.#syncFolder()
    return { blob, size }
  }

  async read(blob: string, { start, end }: ByteSpan): Promise<Uint8Array | Readable> {
    const file = await open(join(this.#folder, requireName(blob)), 'r')
    if (end - start > LARGEST_AT_ONCE) return createReadStream('', { fd: file, start, end: end - 1 })
    try {
      const bytes = new Uint8Array(end - start)
      for (let offset = 0; offset < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, offset, bytes.length - offset, start + offset)
        if (bytesRead === 0) throw new Error(`the file of the blob ${blob} is too short`)
        offset += bytesRead
      }
      return bytes
    } finally {
      await file.close()
    }
  }

  path(blob: string): string {
    return join(this.#folder, requireName(blob))
  }

  async delete(blobs: Iterable<string>): Promise<void> {
    const names = [...blobs]
    const next = async (): Promise<void> => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        await rm(join(this.#folder, requireName(name)), { force: true })
      }
    }
    await Promise.all(Array.from({ length: Math.min(REMOVALS_AT_ONCE, names.length) }, next))
  }

  async keepOnly(blobs: ReadonlySet<string>): Promise<void> {
    await this.delete((await readdir(this.#folder)).filter((name) => /^\d+$/.test(name) && !blobs.has(name)))
  }

  async close(): Promise<void> {
    await this.#syncing.catch(() => undefined)
  }

  /** What the file system fails at, in the words of whoever gave the folder; a source's own failures are its own. */
  async #onDisk<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work
    } catch (error) {
      throw writeFailed(this.#folder, error)
    }
  }

  /** Makes the names that have been given durable. */
  #syncFolder(): Promise<void> {
    if (this.#waiting) return this.#waiting
    const before = this.#syncing
    const sync = (async () => {
      await before.catch(() => undefined)
      this.#waiting = undefined
      await syncFolder(this.#folder)
    })()
    this.#waiting = sync
    this.#syncing = sync
    return sync
  }
}

/** Makes the names of a folder's files durable, where the file system has a way to. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; its file system keeps names by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writeWhole(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let offset = 0; offset < piece.length; ) {
    const { bytesWritten } = await file.write(piece, offset)
    offset += bytesWritten
  }
}

/** Ids are numbers, and never paths. */
function requireName(blob: string): string {
  if (!/^\d+$/.test(blob)) throw new Error(`there is no blob ${blob}`)
  return blob
}
