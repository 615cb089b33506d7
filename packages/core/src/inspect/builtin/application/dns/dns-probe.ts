import { readUint16 } from '../../../../packet/byte-order.ts'

const HEADER_LENGTH = 12
const OPCODES = 7
const LONGEST_NAME = 255
const LONGEST_LABEL = 63

/** Whether bytes look like a DNS message, by header and first question (RFC 1035 section 4.1), and which kind. */
export function dnsMessageKind(
  bytes: Uint8Array,
  start: number,
  end: number,
  mayBeCut: boolean,
): 'query' | 'response' | undefined {
  if (end - start < HEADER_LENGTH) return undefined
  const flags = readUint16(bytes, start + 2)
  if (((flags >>> 11) & 15) >= OPCODES) return undefined
  const questions = readUint16(bytes, start + 4)
  const records = readUint16(bytes, start + 6) + readUint16(bytes, start + 8) + readUint16(bytes, start + 10)
  if (questions + records === 0 || questions > 255) return undefined
  // A record takes 11 bytes at least.
  if (!mayBeCut && records * 11 > end - start - HEADER_LENGTH) return undefined
  if (questions > 0 && !isName(bytes, start + HEADER_LENGTH, end)) return undefined
  return (flags & 0x8000) === 0 ? 'query' : 'response'
}

/** Whether a name starts here; it may be cut. */
function isName(bytes: Uint8Array, start: number, end: number): boolean {
  let length = 0
  for (let at = start; at < end; ) {
    const label = bytes[at] as number
    if (label === 0) return true
    // A pointer leads back (RFC 1035 section 4.1.4), and the first name has no other before it.
    if (label >= 0xc0) return false
    if (label > LONGEST_LABEL) return false
    length += label + 1
    if (length > LONGEST_NAME) return false
    at += label + 1
  }
  return true
}
