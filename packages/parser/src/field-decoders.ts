/** Most digits that a number may have: every value up to 2^63-1 fits. */
export const MAX_DIGITS = 19

const DASH = 0x2d
const DOT = 0x2e
const COLON = 0x3a
const ZERO = 0x30

/** Whether a field is `-`: AWS's sign for "does not apply" and "cannot be computed". */
export function isAbsent(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 1 && bytes[start] === DASH
}

/** Whether a field is made of decimal digits alone, at least one. */
export function isDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (!isDigit(bytes[at])) return false
  }
  return end > start
}

/** The value of a field of digits that is below 2^53, or -1 for one that is not a number or needs {@link decodeBigInt}. */
export function decodeNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > 15) return -1
  let value = 0
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

/** The value of a field of at most {@link MAX_DIGITS} digits, or undefined for anything else. */
export function decodeBigInt(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  if (end - start > MAX_DIGITS || !isDigits(bytes, start, end)) return undefined
  return BigInt(String.fromCharCode(...bytes.subarray(start, end)))
}

/** Whether a field is an IPv4 address in strict dotted decimal, or an IPv6 address as RFC 4291 section 2.2 writes it. */
export function isAddress(bytes: Uint8Array, start: number, end: number): boolean {
  return isIpv4Address(bytes, start, end) || isIpv6Address(bytes, start, end)
}

/** Four numbers from 0 to 255 without leading zeros. */
export function isIpv4Address(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  for (let octets = 1; ; octets += 1) {
    const first = at
    let value = 0
    while (at < end && isDigit(bytes[at])) {
      value = value * 10 + ((bytes[at] ?? 0) - ZERO)
      at += 1
      if (at - first > 3) return false
    }
    const digits = at - first
    if (digits === 0 || value > 255 || (digits > 1 && bytes[first] === ZERO)) return false
    if (octets === 4) return at === end
    if (at === end || bytes[at] !== DOT) return false
    at += 1
  }
}

/** Eight groups of up to four hex digits, or fewer with one `::`; the last two groups may be an IPv4 address. */
export function isIpv6Address(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  let groups = 0
  let compressed = false
  if (end - start < 2) return false
  if (bytes[at] === COLON) {
    if (bytes[at + 1] !== COLON) return false
    compressed = true
    at += 2
    if (at === end) return true
  }
  while (groups < 8) {
    const first = at
    while (at < end && isHexDigit(bytes[at])) at += 1
    if (at < end && bytes[at] === DOT) {
      return isIpv4Address(bytes, first, end) && (compressed ? groups < 6 : groups === 6)
    }
    if (at === first || at - first > 4) return false
    groups += 1
    if (at === end) return compressed ? groups < 8 : groups === 8
    if (bytes[at] !== COLON) return false
    at += 1
    if (at === end) return false
    if (bytes[at] === COLON) {
      if (compressed) return false
      compressed = true
      at += 1
      if (at === end) return groups < 8
    }
  }
  return false
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39
}

function isHexDigit(byte: number | undefined): boolean {
  return isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}
