const SURROGATE = /[\ud800-\udfff]/
/** Keys of a chunk at the most. */
const LARGEST_CHUNK = 512

/** S3's order of keys: by their UTF-8 bytes. Source: S3 API reference, ListObjectsV2, "Sorting order of returned objects". */
export function compareKeys(left: string, right: string): number {
  // Code units have the order of the bytes as long as no character takes two of them.
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return left < right ? -1 : left > right ? 1 : 0
}

/** Keys in S3's order, in chunks, so that adding one to a million moves hundreds, not a million. */
export class SortedKeys {
  readonly #chunks: string[][] = [[]]

  /** Adds a key that is not there yet. */
  add(key: string): void {
    const index = this.#chunkOf(key)
    const chunk = this.#chunks[index] as string[]
    const place = firstIndex(chunk, (other) => compareKeys(other, key) >= 0)
    if (chunk[place] === key) return
    chunk.splice(place, 0, key)
    if (chunk.length > LARGEST_CHUNK) this.#chunks.splice(index + 1, 0, chunk.splice(LARGEST_CHUNK / 2))
  }

  /** Takes a key away, if it is there. */
  delete(key: string): void {
    const index = this.#chunkOf(key)
    const chunk = this.#chunks[index] as string[]
    const place = firstIndex(chunk, (other) => compareKeys(other, key) >= 0)
    if (chunk[place] !== key) return
    chunk.splice(place, 1)
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(index, 1)
  }

  get isEmpty(): boolean {
    return this.#chunks[0]?.length === 0
  }

  /** The first key that has a property which all keys after it have, too. */
  first(has: (key: string) => boolean): string | undefined {
    const index = firstIndex(this.#chunks, (chunk) => chunk.length > 0 && has(chunk.at(-1) as string))
    const chunk = this.#chunks[index]
    return chunk?.[firstIndex(chunk, has)]
  }

  /** The keys from the first that has a property which all after it have, too. Nothing is added or taken away meanwhile. */
  *from(has: (key: string) => boolean): Generator<string, void, void> {
    let index = firstIndex(this.#chunks, (chunk) => chunk.length > 0 && has(chunk.at(-1) as string))
    let place = firstIndex(this.#chunks[index] ?? [], has)
    for (; index < this.#chunks.length; index += 1, place = 0) {
      const chunk = this.#chunks[index] as string[]
      for (; place < chunk.length; place += 1) yield chunk[place] as string
    }
  }

  /** The chunk that a key is in, or would be. */
  #chunkOf(key: string): number {
    const index = firstIndex(this.#chunks, (chunk) => chunk.length > 0 && compareKeys(chunk.at(-1) as string, key) >= 0)
    return Math.min(index, this.#chunks.length - 1)
  }
}

function firstIndex<Value>(values: readonly Value[], has: (value: Value) => boolean): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (has(values[middle] as Value)) high = middle
    else low = middle + 1
  }
  return low
}
