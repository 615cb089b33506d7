import { INSPECTION_LIMITS } from '../inspection-limits.ts'

const SMALLEST = 128
const KEPT_BYTES = 8 * 2 ** 20

/** Buffers of streams, used again: sizes go up by a quarter of the next smaller power of two. Together they stay below a bound. */
export class BytePool {
  readonly #free = new Map<number, Uint8Array[]>()
  #used = 0
  #kept = 0

  /** At least `size` bytes; undefined where all streams together would hold too much. */
  take(size: number): Uint8Array | undefined {
    let capacity = SMALLEST
    for (let step = SMALLEST / 4; capacity < size; capacity += step) {
      if (capacity >= step * 8) step *= 2
    }
    if (this.#used + capacity > INSPECTION_LIMITS.streamBytes) return undefined
    this.#used += capacity
    const buffer = this.#free.get(capacity)?.pop()
    if (!buffer) return new Uint8Array(capacity)
    this.#kept -= capacity
    return buffer
  }

  /** Counts bytes that are held besides the pool's buffers; false where that is too much. */
  reserve(bytes: number): boolean {
    if (this.#used + bytes > INSPECTION_LIMITS.streamBytes) return false
    this.#used += bytes
    return true
  }

  free(bytes: number): void {
    this.#used -= bytes
  }

  give(buffer: Uint8Array): void {
    this.#used -= buffer.length
    if (this.#kept + buffer.length > KEPT_BYTES) return
    this.#kept += buffer.length
    const list = this.#free.get(buffer.length)
    if (list) list.push(buffer)
    else this.#free.set(buffer.length, [buffer])
  }
}
