import { constants, crc32, deflateRawSync } from 'node:zlib'

/** RFC 1952, 2.3: magic, deflate, no flags, no time, no extra flags, operating system unknown. */
const HEADER: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)
/** RFC 1951, 3.2.3: an empty last block with fixed codes. */
const LAST_BLOCK: Uint8Array = Uint8Array.of(3, 0)
const TRAILER_BYTES = 8
/** RFC 1951, 3.2.4: a block that is stored as it is has a byte for its kind, its length, and the length's complement. */
const STORED_HEADER_BYTES = 5
const LARGEST_STORED_BYTES = 65_535

/**
 * Writes one gzip member piece by piece, without waiting: each piece is a run of deflate blocks that ends on a byte. The header has no time
 * and no operating system, so that the same input gives the same bytes.
 */
export class GzipWriter {
  readonly #level: number
  readonly #pieces: Uint8Array[] = [HEADER]
  #length = HEADER.length
  #checksum = 0
  #inputLength = 0

  /** @param level 0 to 9, as zlib has them. */
  constructor(level: number) {
    this.#level = level
  }

  /** Bytes of the file if it ended now. */
  get length(): number {
    return this.#length + LAST_BLOCK.length + TRAILER_BYTES
  }

  /** Adds a piece of the input; it is not kept. */
  write(piece: Uint8Array): void {
    if (piece.length === 0) return
    const deflated =
      this.#level === 0
        ? stored(piece)
        : deflateRawSync(piece, {
            level: this.#level,
            finishFlush: constants.Z_SYNC_FLUSH,
            chunkSize: Math.max(1024, piece.length >> 1),
          })
    this.#pieces.push(deflated)
    this.#length += deflated.length
    this.#checksum = crc32(piece, this.#checksum)
    this.#inputLength += piece.length
  }

  /** The file. */
  end(): Uint8Array {
    const trailer = new DataView(new ArrayBuffer(TRAILER_BYTES))
    trailer.setUint32(0, this.#checksum, true)
    trailer.setUint32(4, this.#inputLength % 2 ** 32, true)
    return Buffer.concat([...this.#pieces, LAST_BLOCK, new Uint8Array(trailer.buffer)])
  }

  /** Most bytes that a piece of so many bytes adds: deflate stores what it cannot make smaller. */
  static largestPiece(bytes: number): number {
    return bytes + (bytes >> 10) + 32
  }
}

/** The piece in stored blocks. Zlib would do the same with three copies of it. */
function stored(piece: Uint8Array): Uint8Array {
  const blocks = Math.ceil(piece.length / LARGEST_STORED_BYTES)
  const bytes = Buffer.allocUnsafe(piece.length + blocks * STORED_HEADER_BYTES)
  let at = 0
  for (let from = 0; from < piece.length; from += LARGEST_STORED_BYTES) {
    const length = Math.min(LARGEST_STORED_BYTES, piece.length - from)
    bytes[at] = 0
    bytes.writeUInt16LE(length, at + 1)
    bytes.writeUInt16LE(length ^ 0xffff, at + 3)
    bytes.set(piece.subarray(from, from + length), at + STORED_HEADER_BYTES)
    at += STORED_HEADER_BYTES + length
  }
  return bytes
}
