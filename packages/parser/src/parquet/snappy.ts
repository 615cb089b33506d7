import { ByteCursor } from './byte-cursor.ts'

/**
 * Decompresses the raw snappy format to exactly `length` bytes.
 *
 * Each element begins with a tag byte: the low two bits say whether bytes follow as they are (0) or are copied from what
 * is there already, with an offset of 11, 16 or 32 bits (1, 2, 3).
 *
 * @throws Error where the data does not fit.
 */
export function decompressSnappy(compressed: Uint8Array, length: number): Uint8Array {
  const cursor = new ByteCursor(compressed)
  if (cursor.length() !== length) throw new Error('snappy data of another length')
  const output = new Uint8Array(length)
  let filled = 0
  while (cursor.left > 0) {
    const tag = cursor.uint8()
    if ((tag & 3) === 0) {
      const size = literalLength(cursor, tag >> 2)
      if (size > length - filled) throw new Error('snappy data of another length')
      output.set(cursor.take(size), filled)
      filled += size
    } else {
      const size = (tag & 3) === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
      const offset = copyOffset(cursor, tag)
      if (offset === 0 || offset > filled || size > length - filled) throw new Error('a snappy copy from nowhere')
      // Byte by byte, as a copy may read what it has just written.
      for (const end = filled + size; filled < end; filled += 1) output[filled] = output[filled - offset] ?? 0
    }
  }
  if (filled !== length) throw new Error('snappy data of another length')
  return output
}

function literalLength(cursor: ByteCursor, tag: number): number {
  if (tag < 60) return tag + 1
  let length = 0
  for (let index = 0; index < tag - 59; index += 1) length += cursor.uint8() * 2 ** (8 * index)
  return length + 1
}

function copyOffset(cursor: ByteCursor, tag: number): number {
  if ((tag & 3) === 1) return ((tag >> 5) << 8) | cursor.uint8()
  const low = cursor.uint8() | (cursor.uint8() << 8)
  return (tag & 3) === 2 ? low : low + (cursor.uint8() | (cursor.uint8() << 8)) * 65_536
}
