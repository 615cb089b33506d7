import type { ByteCursor } from './byte-cursor.ts'

/** Reads at most `limit` numbers of Parquet's DELTA_BINARY_PACKED encoding, modulo 2^64. */
export function decodeDelta(cursor: ByteCursor, limit: number): BigInt64Array {
  const blockSize = cursor.length()
  const miniblocks = cursor.length()
  const count = cursor.length()
  const perMiniblock = blockSize / miniblocks
  if (count > limit || !Number.isInteger(perMiniblock) || perMiniblock === 0 || perMiniblock % 8 !== 0) {
    throw new Error('a delta encoding with sizes that do not fit')
  }
  const values = new BigInt64Array(count)
  let value = cursor.zigzag()
  let filled = 0
  if (count > 0) values[filled++] = value
  while (filled < count) {
    const least = cursor.zigzag()
    const widths = cursor.take(miniblocks)
    for (const width of widths) {
      if (filled >= count) break
      if (width > 64) throw new Error(`deltas of ${width} bits`)
      const packed = cursor.take((perMiniblock / 8) * width)
      const end = Math.min(filled + perMiniblock, count)
      for (let bit = 0; filled < end; bit += width) {
        value += least + bitsAt(packed, bit, width)
        values[filled++] = value
      }
    }
  }
  return values
}

function bitsAt(packed: Uint8Array, bit: number, width: number): bigint {
  let value = 0n
  for (let taken = 0; taken < width; ) {
    const inByte = (bit + taken) & 7
    const part = Math.min(8 - inByte, width - taken)
    const bits = ((packed[(bit + taken) >> 3] ?? 0) >> inByte) & ((1 << part) - 1)
    value |= BigInt(bits) << BigInt(taken)
    taken += part
  }
  return value
}
