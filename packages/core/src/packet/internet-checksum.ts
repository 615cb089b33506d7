import type { IpAddress } from '../net/ip-address.ts'

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
/** Below so many bytes the loop over 32-bit words does not pay. */
const SHORT = 48
/** A view is kept for buffers up to this size, so that the checksums of a stream allocate nothing and no large file is held. */
const LARGEST_KEPT_VIEW = 1 << 24

let viewed: Uint8Array | undefined
let view: Int32Array = new Int32Array(0)
let viewOffset = 0

/**
 * The one's complement sum of RFC 1071 over `bytes[start]` to `bytes[end - 1]`, folded to 16 bits and added to `initial`. The first
 * byte counts as the high byte of a 16-bit word wherever it stands in memory. Up to 256 KiB, four times what a packet can have.
 */
export function onesComplementSum(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  if (end - start < SHORT) return fold(initial + sumOfBytes(bytes, start, end))
  const isViewed = bytes === viewed
  const words = isViewed ? view : lookAt(bytes)
  const byteOffset = isViewed ? viewOffset : bytes.byteOffset
  const lead = (4 - ((byteOffset + start) & 3)) & 3
  const first = (byteOffset + start + lead) >>> 2
  const last = (byteOffset + end) >>> 2
  if (last > words.length) return fold(initial + sumOfBytes(bytes, start, end))

  // The sum of the high halves, and that of whole words without its carries, of which the sum of the low halves follows: neither half's
  // sum leaves 32 bits in 256 KiB. Four words at a time, which is twice as fast as one.
  let sum = 0
  let high = 0
  let index = first
  for (const stop = last - 3; index < stop; index += 4) {
    const word0 = words[index] as number
    const word1 = words[index + 1] as number
    const word2 = words[index + 2] as number
    const word3 = words[index + 3] as number
    sum = (sum + word0 + word1 + word2 + word3) | 0
    high = (high + (word0 >>> 16) + (word1 >>> 16) + (word2 >>> 16) + (word3 >>> 16)) | 0
  }
  for (; index < last; index += 1) {
    const word = words[index] as number
    sum = (sum + word) | 0
    high = (high + (word >>> 16)) | 0
  }
  const low = (sum - (high << 16)) >>> 0
  // RFC 1071, 2(B): a sum over swapped bytes is the swapped sum. An odd lead and the machine's own order each swap once.
  const middle = fold(low + (high >>> 0))
  const isSwapped = ((lead & 1) === 1) !== IS_LITTLE_ENDIAN
  const rest = last * 4 - byteOffset
  return fold(
    initial +
      sumOfBytes(bytes, start, start + lead) +
      (isSwapped ? swap(middle) : middle) +
      (((rest - start) & 1) === 0 ? sumOfBytes(bytes, rest, end) : swap(fold(sumOfBytes(bytes, rest, end)))),
  )
}

/** The 16-bit checksum field of a sum: its complement. */
export function checksumOf(sum: number): number {
  return ~fold(sum) & 0xffff
}

/** A sum of 16-bit words with the carries added back in, at most 0xffff. The sum may be any integer below 2^53. */
export function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff_ffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16)
  return folded
}

/**
 * Sum of the pseudo-header of TCP, UDP (RFC 9293 section 3.1, RFC 768) and, over IPv6, ICMPv6 (RFC 8200 section 8.1): addresses,
 * protocol and length of the transport header and its payload. Not folded.
 */
export function pseudoHeaderSum(source: IpAddress, destination: IpAddress, protocol: number, length: number): number {
  const sum =
    (source.word3 >>> 16) +
    (source.word3 & 0xffff) +
    (destination.word3 >>> 16) +
    (destination.word3 & 0xffff) +
    protocol +
    (length >>> 16) +
    (length & 0xffff)
  if (source.version === 4) return sum
  return sum + upperWords(source) + upperWords(destination)
}

function upperWords({ word0, word1, word2 }: IpAddress): number {
  return (word0 >>> 16) + (word0 & 0xffff) + (word1 >>> 16) + (word1 & 0xffff) + (word2 >>> 16) + (word2 & 0xffff)
}

function sumOfBytes(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0
  let at = start
  for (; at + 1 < end; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  return at < end ? sum + ((bytes[at] as number) << 8) : sum
}

function swap(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8)
}

/** Looks at the bytes as words. Which bytes were looked at last is remembered by the array itself: its `buffer` costs a call. */
function lookAt(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset } = bytes
  const words = new Int32Array(buffer, 0, buffer.byteLength >>> 2)
  if (buffer.byteLength <= LARGEST_KEPT_VIEW) {
    viewed = bytes
    view = words
    viewOffset = byteOffset
  }
  return words
}
