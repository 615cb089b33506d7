import type { AddressWords } from './address-words.ts'

const ZERO = 48
const DOT = 46
const COLON = 58
const BILLION = 1_000_000_000
const LARGEST_INT32 = 0x7fff_ffff

/** `00` to `99`. */
const PAIRS: Uint8Array = Uint8Array.from(
  { length: 200 },
  (_, at) => ZERO + (at & 1 ? (at >> 1) % 10 : Math.floor(at / 20)),
)

/** `0` to `255`: four bytes each, three of text and its length. */
const OCTETS: Uint8Array = new Uint8Array(256 * 4)
for (let octet = 0; octet < 256; octet += 1) {
  const text = String(octet)
  for (let at = 0; at < text.length; at += 1) OCTETS[octet * 4 + at] = text.charCodeAt(at)
  OCTETS[octet * 4 + 3] = text.length
}

const HEX_DIGITS: Uint8Array = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

/** Most bytes that a number or an address takes. */
export const LONGEST_NUMBER = 16
export const LONGEST_ADDRESS = 39

/** Writes a whole number from 0 to 2^53 - 1 in decimal; returns where it ends. */
export function writeNumber(bytes: Uint8Array, start: number, value: number): number {
  if (value < 10) {
    bytes[start] = ZERO + value
    return start + 1
  }
  if (value > LARGEST_INT32) {
    const high = Math.floor(value / BILLION)
    const at = writeNumber(bytes, start, high)
    writeDigits(bytes, at, value - high * BILLION, 9)
    return at + 9
  }
  const count = digitCount(value)
  writeDigits(bytes, start, value, count)
  return start + count
}

function digitCount(value: number): number {
  if (value < 10_000) return value < 100 ? 2 : value < 1000 ? 3 : 4
  if (value < 1_000_000) return value < 100_000 ? 5 : 6
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8
  return value < BILLION ? 9 : 10
}

/** Writes an int32 with so many digits, two at a time from the end. */
function writeDigits(bytes: Uint8Array, start: number, value: number, count: number): void {
  let rest = value | 0
  let at = start + count
  for (; at - start >= 2; at -= 2) {
    const hundredth = (rest / 100) | 0
    const pair = (rest - hundredth * 100) << 1
    bytes[at - 1] = PAIRS[pair + 1] as number
    bytes[at - 2] = PAIRS[pair] as number
    rest = hundredth
  }
  if (at > start) bytes[start] = ZERO + rest
}

/** Writes an address, dotted decimal or as RFC 5952 has it; returns where it ends. */
export function writeAddress(bytes: Uint8Array, start: number, address: AddressWords): number {
  return address.version === 4 ? writeIpv4(bytes, start, address.word3) : writeIpv6(bytes, start, address)
}

function writeIpv4(bytes: Uint8Array, start: number, bits: number): number {
  let at = writeOctet(bytes, start, bits >>> 24)
  bytes[at] = DOT
  at = writeOctet(bytes, at + 1, (bits >>> 16) & 255)
  bytes[at] = DOT
  at = writeOctet(bytes, at + 1, (bits >>> 8) & 255)
  bytes[at] = DOT
  return writeOctet(bytes, at + 1, bits & 255)
}

function writeOctet(bytes: Uint8Array, at: number, octet: number): number {
  const text = octet << 2
  bytes[at] = OCTETS[text] as number
  bytes[at + 1] = OCTETS[text + 1] as number
  bytes[at + 2] = OCTETS[text + 2] as number
  return at + (OCTETS[text + 3] as number)
}

/** RFC 5952, section 4: no leading zeros, lower case, `::` for the first of the longest runs of two or more zero groups. */
function writeIpv6(bytes: Uint8Array, start: number, address: AddressWords): number {
  let longestAt = 8
  let longest = 1
  let run = 0
  for (let group = 0; group < 8; group += 1) {
    run = groupOf(address, group) === 0 ? run + 1 : 0
    if (run > longest) {
      longest = run
      longestAt = group - run + 1
    }
  }
  let at = start
  for (let group = 0; group < 8; group += 1) {
    if (group === longestAt) {
      bytes[at] = COLON
      bytes[at + 1] = COLON
      at += 2
      group += longest - 1
      continue
    }
    if (group > 0 && group !== longestAt + longest) {
      bytes[at] = COLON
      at += 1
    }
    at = writeGroup(bytes, at, groupOf(address, group))
  }
  return at
}

function groupOf(address: AddressWords, group: number): number {
  const word = group < 2 ? address.word0 : group < 4 ? address.word1 : group < 6 ? address.word2 : address.word3
  return (group & 1) === 0 ? word >>> 16 : word & 0xffff
}

function writeGroup(bytes: Uint8Array, start: number, value: number): number {
  let at = start
  for (let shift = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0; shift >= 0; shift -= 4) {
    bytes[at] = HEX_DIGITS[(value >>> shift) & 15] as number
    at += 1
  }
  return at
}
