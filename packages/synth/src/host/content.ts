/** Data to send: bytes, text (as UTF-8), a number of bytes whose values do not matter, or {@link Content}. */
export type ContentLike = Content | Uint8Array | string | number

/** Bytes of the period of {@link fillerBytes}. */
const PERIOD = 65_536
/** Longest view that is ever taken at once: an IP packet's payload. */
const LONGEST_VIEW = 65_535

/**
 * Data of a stream or datagram: a row of pieces that are either bytes or repetitions of a shared block, so that gigabytes take no
 * memory. Immutable.
 */
export class Content {
  readonly length: number
  readonly #pieces: readonly Piece[]

  private constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
    let length = 0
    for (const piece of pieces) length += piece.length
    this.length = length
  }

  /** Content from anything that stands for content. Throws a RangeError for a size that is no natural number. */
  static from(content: ContentLike): Content {
    if (content instanceof Content) return content
    if (typeof content === 'number') return Content.filler(content)
    return Content.bytes(typeof content === 'string' ? new TextEncoder().encode(content) : content)
  }

  /** The bytes given; they are not to be written to any more. */
  static bytes(bytes: Uint8Array): Content {
    return bytes.length === 0
      ? EMPTY
      : new Content([{ block: bytes, period: bytes.length, start: 0, length: bytes.length }])
  }

  /** That many bytes without meaning: they look like compressed or encrypted data. */
  static filler(length: number): Content {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new RangeError(`a number of bytes must be a natural number, not ${length}`)
    }
    return length === 0 ? EMPTY : new Content([{ block: fillerBytes(), period: PERIOD, start: 0, length }])
  }

  /** A block of bytes again and again until `length`; views of up to 65,535 bytes are taken without copying. */
  static repeated(block: Uint8Array, length: number): Content {
    if (block.length === 0 || length === 0) return EMPTY
    return new Content([{ block: extend(block), period: block.length, start: 0, length }])
  }

  /** One after the other. */
  static join(parts: readonly ContentLike[]): Content {
    return new Content(parts.flatMap((part) => Content.from(part).#pieces))
  }

  /**
   * A view of `length` bytes (at most 65,535) from `offset` on, copied only where pieces meet. The bytes stand in `view.bytes` from
   * `view.offset` on; the view is the one given, filled in.
   */
  view(offset: number, length: number, view: ContentView): void {
    let start = offset
    for (const piece of this.#pieces) {
      if (start < piece.length) {
        if (start + length <= piece.length) {
          view.bytes = piece.block
          view.offset = (piece.start + start) % piece.period
          return
        }
        break
      }
      start -= piece.length
    }
    view.bytes = this.#copy(offset, length)
    view.offset = 0
  }

  /** A copy of all bytes. */
  toBytes(): Uint8Array {
    return this.#copy(0, this.length)
  }

  #copy(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(length, this.length - offset))
    let start = offset
    let written = 0
    for (const piece of this.#pieces) {
      while (start < piece.length && written < bytes.length) {
        const at = (piece.start + start) % piece.period
        const count = Math.min(piece.block.length - at, piece.length - start, bytes.length - written)
        bytes.set(piece.block.subarray(at, at + count), written)
        written += count
        start += count
      }
      start -= piece.length
    }
    return bytes
  }
}

/** A place for {@link Content.view} to put its answer. */
export interface ContentView {
  bytes: Uint8Array
  offset: number
}

interface Piece {
  readonly block: Uint8Array
  readonly period: number
  readonly start: number
  readonly length: number
}

const EMPTY: Content = Content.join([])

let filler: Uint8Array | undefined

/** Bytes of a small generator with a fixed seed: every run has the same. */
function fillerBytes(): Uint8Array {
  if (filler) return filler
  const block = new Uint8Array(PERIOD)
  let state = 0x2545f491
  for (let i = 0; i < PERIOD; i += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    block[i] = state
  }
  filler = extend(block)
  return filler
}

/** The block repeated until a view of the longest length fits from any place of the first period. */
function extend(block: Uint8Array): Uint8Array {
  const extended = new Uint8Array(block.length + LONGEST_VIEW)
  for (let at = 0; at < extended.length; at += block.length) {
    extended.set(block.subarray(0, Math.min(block.length, extended.length - at)), at)
  }
  return extended
}
