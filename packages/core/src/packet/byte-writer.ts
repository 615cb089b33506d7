/**
 * Builds an application message front to back in a buffer that grows. Length fields that stand before what they count are filled in
 * afterwards ({@link ByteWriter.counted}).
 */
export class ByteWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  uint8(value: number): this {
    return this.#number(value, 1)
  }

  uint16(value: number): this {
    return this.#number(value, 2)
  }

  uint24(value: number): this {
    return this.#number(value, 3)
  }

  uint32(value: number): this {
    return this.#number(value, 4)
  }

  bytes(bytes: Uint8Array): this {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** Text whose characters are bytes; a character beyond U+00FF is a RangeError. */
  text(text: string): this {
    this.#reserve(text.length)
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code > 0xff) throw new RangeError(`'${text}' has a character that is not one byte: '${text[index]}'`)
      this.#bytes[this.#length + index] = code
    }
    this.#length += text.length
    return this
  }

  /**
   * A length field of 1, 2 or 3 bytes and then what `write` writes, whose length the field gets. RangeError, naming `what`, where the
   * length does not fit the field.
   */
  counted(fieldBytes: 1 | 2 | 3, what: string, write: () => void): this {
    const field = this.#length
    this.#number(0, fieldBytes)
    write()
    const length = this.#length - field - fieldBytes
    if (length >= 256 ** fieldBytes) {
      throw new RangeError(`${what} has ${length} bytes, at most ${256 ** fieldBytes - 1} are allowed`)
    }
    const end = this.#length
    this.#length = field
    this.#number(length, fieldBytes)
    this.#length = end
    return this
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #number(value: number, length: number): this {
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** length) {
      throw new RangeError(`${value} does not fit a field of ${length * 8} bits`)
    }
    this.#reserve(length)
    for (let index = length - 1, rest = value; index >= 0; index -= 1) {
      this.#bytes[this.#length + index] = rest % 256
      rest = Math.floor(rest / 256)
    }
    this.#length += length
    return this
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
