import type { DeleteMarkerRow, ObjectRow, S3Tables } from './s3-rows.ts'
import { SortedKeys } from './sorted-keys.ts'

/** A version of an object, or a delete marker. */
export type Version = ObjectRow | DeleteMarkerRow

/** The keys of a bucket in order, and each key's versions, the latest first. */
export class ObjectIndex {
  readonly keys: SortedKeys = new SortedKeys()
  readonly #versions = new Map<string, readonly Version[]>()

  versions(key: string): readonly Version[] {
    return this.#versions.get(key) ?? []
  }

  /** The key's object as it is; undefined where it is deleted, or never was. */
  current(key: string): ObjectRow | undefined {
    const latest = this.#versions.get(key)?.[0]
    return latest?.isDeleteMarker ? undefined : latest
  }

  /** Takes a version up, in place of the one with its id. */
  put(version: Version): void {
    const others = (this.#versions.get(version.key) ?? []).filter(({ versionId }) => versionId !== version.versionId)
    if (others.length === 0) this.keys.add(version.key)
    const all = [...others, version]
    if (others.length > 0) all.sort((one, other) => other.sequence - one.sequence)
    this.#versions.set(version.key, all)
  }

  remove(key: string, id: string): void {
    const others = this.versions(key).filter(({ versionId }) => versionId !== id)
    if (others.length > 0) this.#versions.set(key, others)
    else if (this.#versions.delete(key)) this.keys.delete(key)
  }
}

/** The indexes of all buckets; they are made from the table of versions, and follow it. */
export class ObjectIndexes {
  readonly #buckets = new Map<string, ObjectIndex>()
  #lastSequence = 0

  constructor({ versions }: S3Tables) {
    for (const row of versions.values()) this.put(row)
  }

  /** A bucket's; empty where it has nothing in it. */
  of(bucket: string): ObjectIndex {
    return this.#buckets.get(bucket) ?? EMPTY
  }

  /** Larger than that of any version. */
  nextSequence(): number {
    return ++this.#lastSequence
  }

  put(version: Version): void {
    this.#lastSequence = Math.max(this.#lastSequence, version.sequence)
    let index = this.#buckets.get(version.bucket)
    if (!index) {
      index = new ObjectIndex()
      this.#buckets.set(version.bucket, index)
    }
    index.put(version)
  }

  /** Takes away the version whose row had that key. */
  removeRow(rowKey: string): void {
    const first = rowKey.indexOf('/')
    const second = rowKey.indexOf('/', first + 1)
    const bucket = rowKey.slice(0, first)
    const index = this.#buckets.get(bucket)
    index?.remove(rowKey.slice(second + 1), rowKey.slice(first + 1, second))
    if (index?.keys.isEmpty) this.#buckets.delete(bucket)
  }
}

const EMPTY = new ObjectIndex()
