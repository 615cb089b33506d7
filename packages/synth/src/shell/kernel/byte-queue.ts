import { joinBytes } from './bytes.ts'

/** Bytes on their way: written at one end, read at the other. */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#chunks.push(bytes)
    this.#length += bytes.length
  }

  /** Up to so many bytes, and with a delimiter none after its first occurrence. */
  shift(maximumBytes: number, delimiter?: number): Uint8Array {
    const taken: Uint8Array[] = []
    let left = maximumBytes
    while (left > 0) {
      const chunk = this.#chunks[0]
      if (!chunk) break
      const at = delimiter === undefined ? -1 : chunk.indexOf(delimiter)
      const count = Math.min(left, at < 0 ? chunk.length : at + 1)
      taken.push(chunk.subarray(0, count))
      if (count === chunk.length) this.#chunks.shift()
      else this.#chunks[0] = chunk.subarray(count)
      this.#length -= count
      left -= count
      if (at >= 0 && at < count) break
    }
    return joinBytes(taken)
  }
}
