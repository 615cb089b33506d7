/** Bytes that are appended to; the array is replaced by a longer one as needed. */
export class LineBuffer {
  bytes: Uint8Array
  length = 0

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity)
  }

  /** Makes room for so many more bytes. */
  reserve(count: number): Uint8Array {
    if (this.length + count > this.bytes.length) {
      const longer = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count))
      longer.set(this.bytes.subarray(0, this.length))
      this.bytes = longer
    }
    return this.bytes
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.length)
    this.length += bytes.length
  }

  /** What was written; a view until the next change. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }
}
