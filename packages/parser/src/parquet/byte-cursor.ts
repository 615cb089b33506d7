/** Reads numbers one after another; reading past the end throws a RangeError. */
export class ByteCursor {
  readonly bytes: Uint8Array
  readonly #view: DataView
  offset = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.offset
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true)
  }

  float32(): number {
    return this.#view.getFloat32(this.#advance(4), true)
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), true)
  }

  take(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.bytes.subarray(start, start + length)
  }

  /** Unsigned LEB128, at most 64 bits. */
  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.uint8()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new RangeError('a number has more than 64 bits')
  }

  /** Unsigned LEB128 that counts or measures something, so below 2^31. */
  length(): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = this.uint8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80 && value < 2 ** 31) return value
    }
    throw new RangeError('a length of more than 31 bits')
  }

  zigzag(): bigint {
    const value = this.varint()
    return (value >> 1n) ^ -(value & 1n)
  }

  #advance(length: number): number {
    const start = this.offset
    if (length < 0 || length > this.left) throw new RangeError(`${length} bytes are wanted where ${this.left} are left`)
    this.offset += length
    return start
  }
}
