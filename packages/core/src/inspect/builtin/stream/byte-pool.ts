import { INSPECTION_LIMITS } from '../inspection-limits.ts'

const SMALLEST = 64
/** Pieces up to this size share an array with others. */
const LARGEST_SHARED = 8192
const SHARED_BYTES = 65_536
/** Bytes of arrays that are kept for later though nothing stands in them. */
const KEPT_BYTES = 8 * 2 ** 20
const NO_PIECE = 0xffff

/** An array that is cut into pieces of one size, each of which holds the bytes of one stream. One large piece has an array of its own. */
export class Slab {
  readonly bytes: Uint8Array
  /** Bytes of a piece. */
  capacity = 0
  used = 0
  /** Pieces from here on were never given out. */
  fresh = 0
  /** The first piece that was given back; each tells the next one in its first two bytes. */
  firstFree: number = NO_PIECE
  /** Where it stands among those that have room; -1 where it is full. */
  place = -1

  constructor(length: number) {
    this.bytes = new Uint8Array(length)
  }
}

/**
 * Room for the bytes of streams, used again: sizes go up by a quarter of the next smaller power of two. Small pieces share an array, since an
 * array of their own would take as much again. All arrays together stay below a bound.
 */
export class BytePool {
  readonly #limit: number
  /** Slabs with room, by the size of their pieces. */
  readonly #roomy = new Map<number, Slab[]>()
  readonly #empty: Slab[] = []
  #held = 0
  /** Where the piece that was taken last starts in its slab. */
  start = 0

  constructor(limit: number = INSPECTION_LIMITS.streamBytes) {
    this.#limit = limit
  }

  /** A piece of at least `size` bytes, at {@link start} of the slab; undefined where all together would hold too much. */
  take(size: number): Slab | undefined {
    let capacity = SMALLEST
    for (let step = SMALLEST / 4; capacity < size; capacity += step) {
      if (capacity >= step * 8) step *= 2
    }
    if (capacity > LARGEST_SHARED) return this.#takeLarge(capacity)
    let slabs = this.#roomy.get(capacity)
    if (!slabs) {
      slabs = []
      this.#roomy.set(capacity, slabs)
    }
    let slab = slabs[slabs.length - 1]
    if (!slab) {
      slab = this.#shared(capacity)
      if (!slab) return undefined
      slab.place = 0
      slabs.push(slab)
    }
    slab.used += 1
    const { bytes, firstFree } = slab
    if (firstFree === NO_PIECE) {
      this.start = slab.fresh * capacity
      slab.fresh += 1
    } else {
      this.start = firstFree * capacity
      slab.firstFree = (bytes[this.start] as number) | ((bytes[this.start + 1] as number) << 8)
    }
    if (slab.firstFree === NO_PIECE && (slab.fresh + 1) * capacity > SHARED_BYTES) {
      slab.place = -1
      slabs.pop()
    }
    return slab
  }

  /** Counts bytes that are held besides the pool's arrays; false where that is too much. */
  reserve(bytes: number): boolean {
    if (this.#held + bytes > this.#limit) return false
    this.#held += bytes
    return true
  }

  free(bytes: number): void {
    this.#held -= bytes
  }

  give(slab: Slab, start: number): void {
    const { bytes, capacity } = slab
    slab.used -= 1
    if (capacity > LARGEST_SHARED) {
      this.#held -= capacity
      return
    }
    const piece = start / capacity
    bytes[start] = slab.firstFree & 0xff
    bytes[start + 1] = slab.firstFree >>> 8
    slab.firstFree = piece
    const slabs = this.#roomy.get(capacity)
    if (!slabs) return
    if (slab.place < 0) {
      slab.place = slabs.length
      slabs.push(slab)
    }
    // The last one stays: the next piece of this size is likely to follow soon.
    if (slab.used > 0 || slabs.length === 1) return
    const last = slabs.pop()
    if (last && last !== slab) {
      slabs[slab.place] = last
      last.place = slab.place
    }
    slab.place = -1
    this.#held -= SHARED_BYTES
    if ((this.#empty.length + 1) * SHARED_BYTES <= KEPT_BYTES) this.#empty.push(slab)
  }

  #takeLarge(capacity: number): Slab | undefined {
    if (!this.reserve(capacity)) return undefined
    const slab = new Slab(capacity)
    slab.capacity = capacity
    slab.used = 1
    this.start = 0
    return slab
  }

  #shared(capacity: number): Slab | undefined {
    if (!this.reserve(SHARED_BYTES)) return undefined
    const slab = this.#empty.pop() ?? new Slab(SHARED_BYTES)
    slab.capacity = capacity
    slab.fresh = 0
    slab.firstFree = NO_PIECE
    return slab
  }
}
