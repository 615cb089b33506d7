const NO_BYTES = new Uint8Array(0)

/**
 * A window over bytes that come in chunks of any size. What lies within one chunk is shown without a copy; what spans chunks is put
 * together in a buffer of its own, which is never used again for other bytes.
 */
export class ChunkWindow {
  /** Bytes before the chunk, owned by the window. */
  #held: Uint8Array = NO_BYTES
  #heldLength = 0
  #chunk: Uint8Array = NO_BYTES
  #at = 0
  #offset = 0

  /** The place in the file of the first byte that is not consumed. */
  get offset(): number {
    return this.#offset
  }

  get available(): number {
    return this.#heldLength + this.#chunk.length - this.#at
  }

  /** Adds a chunk; the one before has been consumed or held. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#at = 0
  }

  /** The first `length` bytes, not consumed; `undefined` where there are fewer. */
  view(length: number): Uint8Array | undefined {
    if (this.available < length) return undefined
    if (this.#heldLength === 0) return this.#chunk.subarray(this.#at, this.#at + length)
    if (this.#heldLength < length) this.#hold(length - this.#heldLength)
    return this.#held.subarray(0, length)
  }

  /** The unsigned number of 32 bits behind `at` bytes, which has to be there. */
  uint32(at: number, littleEndian: boolean): number {
    const isHeld = this.#heldLength > 0
    if (isHeld && this.#heldLength < at + 4) this.#hold(at + 4 - this.#heldLength)
    const bytes = isHeld ? this.#held : this.#chunk
    const start = isHeld ? at : this.#at + at
    const byte0 = bytes[start] as number
    const byte1 = bytes[start + 1] as number
    const byte2 = bytes[start + 2] as number
    const byte3 = bytes[start + 3] as number
    const number = littleEndian
      ? (byte3 << 24) | (byte2 << 16) | (byte1 << 8) | byte0
      : (byte0 << 24) | (byte1 << 16) | (byte2 << 8) | byte3
    return number >>> 0
  }

  /** Consumes bytes, at most as many as there are; returns how many. */
  consume(length: number): number {
    const consumed = Math.min(length, this.available)
    const fromHeld = Math.min(consumed, this.#heldLength)
    if (fromHeld > 0) {
      this.#held = this.#held.subarray(fromHeld)
      this.#heldLength -= fromHeld
      // Views into the buffer may live on.
      if (this.#heldLength === 0) this.#held = NO_BYTES
    }
    this.#at += consumed - fromHeld
    this.#offset += consumed
    return consumed
  }

  /** Keeps what is left of the chunk, which may change after this. */
  keepRest(): void {
    this.#hold(this.#chunk.length - this.#at)
    this.#chunk = NO_BYTES
    this.#at = 0
  }

  #hold(length: number): void {
    if (length === 0) return
    const needed = this.#heldLength + length
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(needed, this.#heldLength * 2, 64))
      grown.set(this.#held.subarray(0, this.#heldLength))
      this.#held = grown
    }
    this.#held.set(this.#chunk.subarray(this.#at, this.#at + length), this.#heldLength)
    this.#heldLength = needed
    this.#at += length
  }
}
