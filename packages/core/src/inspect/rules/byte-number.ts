import { hexDigit } from './content-bytes.ts'

/** What stands behind a number in text: how many bytes it took, and its value. */
export interface TextNumber {
  readonly value: bigint
  readonly length: number
}

/** Up to eight bytes as an unsigned number. */
export function binaryNumber(bytes: Uint8Array, at: number, count: number, isLittleEndian: boolean): bigint {
  let value = 0n
  for (let index = 0; index < count; index += 1) {
    value = (value << 8n) | BigInt(bytes[isLittleEndian ? at + count - 1 - index : at + index] ?? 0)
  }
  return value
}

/**
 * A number written in text, as C's strtoull reads it: blanks before it are skipped, it ends at the first character that is no digit.
 * Base `any` takes 0x for hexadecimal and 0 for octal. Undefined where no digit stands there, or where it passes 64 bits.
 */
export function textNumber(
  bytes: Uint8Array,
  at: number,
  count: number,
  base: 'hex' | 'dec' | 'oct' | 'any',
): TextNumber | undefined {
  // Suricata reads up to the first byte that is no digit where the count is 0.
  const end = count === 0 ? bytes.length : at + count
  let place = at
  while (place < end && isBlank(bytes[place] ?? 0)) place += 1
  const isNegative = bytes[place] === 0x2d && place < end
  if (place < end && (isNegative || bytes[place] === 0x2b)) place += 1
  let radix = base === 'hex' ? 16 : base === 'oct' ? 8 : 10
  const isPrefixed =
    bytes[place] === 0x30 &&
    ((bytes[place + 1] ?? 0) | 0x20) === 0x78 &&
    place + 2 < end &&
    hexDigit(bytes[place + 2] ?? 0) >= 0
  if ((base === 'any' || base === 'hex') && isPrefixed) {
    radix = 16
    place += 2
  } else if (base === 'any' && bytes[place] === 0x30) radix = 8
  const start = place
  let value = 0n
  while (place < end) {
    const digit = hexDigit(bytes[place] ?? 0)
    if (digit < 0 || digit >= radix) break
    value = value * BigInt(radix) + BigInt(digit)
    place += 1
  }
  if (place === start || value > 0xffff_ffff_ffff_ffffn) return undefined
  return { value: isNegative ? BigInt.asUintN(64, -value) : value, length: place - at }
}

function isBlank(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13)
}
