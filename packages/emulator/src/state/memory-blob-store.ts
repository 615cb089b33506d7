import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { BlobPiece, BlobStore, ByteSpan } from './blob-store.ts'
import { FolderBlobStore } from './folder-blob-store.ts'

/** Bytes of a blob that stay in memory; of larger ones there may be too many. */
const LARGEST_IN_MEMORY = 1024 * 1024

/** Blobs that end with the process: short ones in memory, long ones in a temporary folder, which is made when there is one. */
export class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<string, Uint8Array>()
  #folder: Promise<FolderBlobStore> | undefined
  #opened: FolderBlobStore | undefined
  #path: string | undefined
  #count = 0

  async write(source: AsyncIterable<Uint8Array>): Promise<BlobPiece> {
    const pieces: Uint8Array[] = []
    let size = 0
    const iterator = source[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await iterator.next()
      if (done) break
      pieces.push(value)
      size += value.length
      if (size > LARGEST_IN_MEMORY) return await this.#writeLong(pieces, iterator)
    }
    const id = `m${++this.#count}`
    // A piece may be a view of a large buffer of the connection, which must not stay for its sake.
    this.#blobs.set(id, gathered(pieces, size))
    return { blob: id, size }
  }

  async read(blob: string, span: ByteSpan): Promise<Uint8Array | Readable> {
    const bytes = this.#blobs.get(blob)
    if (bytes) return bytes.subarray(span.start, span.end)
    if (!this.#folder) throw new Error(`there is no blob ${blob}`)
    return await (await this.#folder).read(blob, span)
  }

  path(blob: string): string | undefined {
    return this.#blobs.has(blob) ? undefined : this.#opened?.path(blob)
  }

  async delete(blobs: Iterable<string>): Promise<void> {
    const long = [...blobs].filter((blob) => !this.#blobs.delete(blob))
    if (long.length > 0 && this.#folder) await (await this.#folder).delete(long)
  }

  async keepOnly(blobs: ReadonlySet<string>): Promise<void> {
    for (const blob of this.#blobs.keys()) if (!blobs.has(blob)) this.#blobs.delete(blob)
    if (this.#folder) await (await this.#folder).keepOnly(blobs)
  }

  async close(): Promise<void> {
    this.#blobs.clear()
    const folder = await this.#folder?.catch(() => undefined)
    this.#folder = undefined
    await folder?.close()
    if (this.#path !== undefined) await rm(this.#path, { recursive: true, force: true })
  }

  async #writeLong(begun: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): Promise<BlobPiece> {
    this.#folder ??= this.#openFolder()
    const folder = await this.#folder
    return await folder.write(
      (async function* () {
        yield* begun
        for (;;) {
          const { done, value } = await rest.next()
          if (done) return
          yield value
        }
      })(),
    )
  }

  async #openFolder(): Promise<FolderBlobStore> {
    this.#path = await mkdtemp(join(tmpdir(), 'flowtap-blobs-'))
    this.#opened = await FolderBlobStore.open(this.#path, { isDurable: false })
    return this.#opened
  }
}

function gathered(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}
