import type { BlobStore } from './blob-store.ts'
import type { StateStore } from './state-store.ts'

/** The blobs that a row refers to. */
export type BlobsOfRow<Row extends object> = (row: Row) => readonly string[]

/**
 * Which blobs rows refer to; those that no row refers to any more are deleted, once it is durable that none does. It follows the tables'
 * changes, so that whoever changes rows need not think of it.
 */
export class BlobReferences {
  readonly #store: StateStore
  readonly #blobs: BlobStore
  readonly #watched = new Map<string, BlobsOfRow<object>>()
  /** By table and key. */
  readonly #ofRow = new Map<string, readonly string[]>()
  readonly #counts = new Map<string, number>()
  readonly #unused = new Set<string>()
  #deleting: Promise<void> | undefined

  constructor(store: StateStore, blobs: BlobStore) {
    this.#store = store
    this.#blobs = blobs
    store.onCommit((changes) => {
      for (const { table, key, row } of changes) {
        const blobsOf = this.#watched.get(table)
        if (blobsOf) this.#set(`${table}\0${key}`, row ? blobsOf(row) : [])
      }
      this.#deleteUnused()
    })
  }

  /** Minds the rows of a table, those that are there first. */
  watch<Row extends object>(table: string, blobsOf: BlobsOfRow<Row>): void {
    this.#watched.set(table, blobsOf as BlobsOfRow<object>)
    for (const [key, row] of this.#store.table<Row>(table).entries()) this.#set(`${table}\0${key}`, blobsOf(row))
  }

  /** Keeps blobs while they are read or copied; call what it gives when that is over. */
  hold(blobs: readonly string[]): () => void {
    for (const blob of blobs) this.#count(blob, 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      for (const blob of blobs) this.#count(blob, -1)
      this.#deleteUnused()
    }
  }

  /** Deletes a blob that was written and is not going to be referred to. */
  async discard(blob: string): Promise<void> {
    if (!this.#counts.has(blob)) await this.#blobs.delete([blob])
  }

  /** Deletes the blobs of writes that a crash cut short. Called once, when every table is watched and nothing is being written. */
  async removeUnreferenced(): Promise<void> {
    await this.#blobs.keepOnly(new Set(this.#counts.keys()))
  }

  /** Resolves when nothing is being deleted. */
  async settled(): Promise<void> {
    while (this.#deleting) await this.#deleting
  }

  #set(row: string, blobs: readonly string[]): void {
    const before = this.#ofRow.get(row) ?? []
    if (blobs.length > 0) this.#ofRow.set(row, blobs)
    else this.#ofRow.delete(row)
    for (const blob of blobs) this.#count(blob, 1)
    for (const blob of before) this.#count(blob, -1)
  }

  #count(blob: string, by: number): void {
    const count = (this.#counts.get(blob) ?? 0) + by
    if (count > 0) {
      this.#counts.set(blob, count)
      this.#unused.delete(blob)
    } else {
      this.#counts.delete(blob)
      this.#unused.add(blob)
    }
  }

  #deleteUnused(): void {
    if (this.#deleting || this.#unused.size === 0) return
    this.#deleting = (async () => {
      try {
        while (this.#unused.size > 0) {
          const candidates = [...this.#unused]
          await this.#store.durable()
          const unused = candidates.filter((blob) => this.#unused.delete(blob))
          await this.#blobs.delete(unused)
        }
      } catch {
        // Where the state can no longer be written, its blobs stay as they are; a file that cannot be removed is tried again at the next start.
      } finally {
        this.#deleting = undefined
      }
    })()
  }
}
