import type { ByteReader } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'

// The types at a name in NSEC and NSEC3 records (RFC 4034 section 4.1.2): windows of 256 types, each a number, a length of 1 to 32 and as
// many bytes of which the first bit is the window's first type.
//
//  +--------+--------+--------...
//  | Window | Length |  Bits
//  +--------+--------+--------...

/** The types to the end of the reader, ascending. */
export function readTypeBitmap(reader: ByteReader): readonly number[] {
  const types: number[] = []
  let last = -1
  while (!reader.isAtEnd) {
    const window = reader.uint8('a window of types')
    const length = reader.uint8('the length of a window of types')
    if (!reader.issue && (window <= last || length < 1 || length > 32)) {
      reader.fail('invalid-value', `window ${window} of ${length} bytes; windows ascend and have 1 to 32 bytes`)
    }
    last = window
    for (const [index, byte] of reader.take(length, 'a window of types').entries()) {
      for (let bit = 0; bit < 8; bit += 1) if (byte & (0x80 >> bit)) types.push(window * 256 + index * 8 + bit)
    }
  }
  return types
}

/** Writes types in any order, each once. */
export function writeTypeBitmap(writer: ByteWriter, types: readonly number[]): void {
  const sorted = types.toSorted((a, b) => a - b)
  for (let start = 0; start < sorted.length; ) {
    const window = (sorted[start] as number) >>> 8
    const bits = new Uint8Array(32)
    let length = 0
    for (; start < sorted.length && (sorted[start] as number) >>> 8 === window; start += 1) {
      const type = (sorted[start] as number) & 0xff
      length = (type >>> 3) + 1
      bits[type >>> 3] = (bits[type >>> 3] as number) | (0x80 >>> (type & 7))
    }
    writer.uint8(window).uint8(length).bytes(bits.subarray(0, length))
  }
}
