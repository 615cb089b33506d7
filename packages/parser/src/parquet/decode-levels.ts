import type { ByteCursor } from './byte-cursor.ts'

/**
 * Reads `count` numbers of `bitWidth` bits in the hybrid of runs and bit-packed groups (Parquet's "RLE / Bit-Packing
 * Hybrid"). It ends with the count, whatever lengths the runs claim.
 */
export function decodeHybrid(cursor: ByteCursor, bitWidth: number, count: number): Int32Array {
  if (bitWidth > 32) throw new Error(`indices of ${bitWidth} bits`)
  const values = new Int32Array(count)
  const valueBytes = (bitWidth + 7) >> 3
  for (let filled = 0; filled < count; ) {
    const header = cursor.length()
    const length = header >>> 1
    if (length === 0) throw new Error('a run of no values')
    if ((header & 1) === 0) {
      let value = 0
      for (let index = 0; index < valueBytes; index += 1) value |= cursor.uint8() << (8 * index)
      const end = Math.min(filled + length, count)
      values.fill(value, filled, end)
      filled = end
    } else {
      filled = unpack(cursor, bitWidth, length, values, filled)
    }
  }
  return values
}

/** Unpacks groups of eight values each; the last group may have more than are wanted. */
function unpack(cursor: ByteCursor, bitWidth: number, groups: number, values: Int32Array, from: number): number {
  const wanted = Math.min(groups * 8, values.length - from)
  // Some writers leave out the bytes of the values that are not wanted.
  const packed = cursor.take(Math.min(groups * bitWidth, Math.max(cursor.left, Math.ceil((wanted * bitWidth) / 8))))
  let bit = 0
  for (let index = 0; index < wanted; index += 1) {
    let value = 0
    for (let taken = 0; taken < bitWidth; ) {
      const inByte = bit & 7
      const part = Math.min(8 - inByte, bitWidth - taken)
      value |= (((packed[bit >> 3] ?? 0) >> inByte) & ((1 << part) - 1)) << taken
      taken += part
      bit += part
    }
    values[from + index] = value
  }
  return from + wanted
}
