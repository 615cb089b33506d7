import { readUint32, writeUint32 } from './byte-order.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  BSD loopback (LINKTYPE_NULL, in the byte order of the machine that captured; LINKTYPE_LOOP, in network byte order):
//
//  +---------------------------------------------------------------+
//  |                        Address family                         |
//  +---------------------------------------------------------------+

/** The header of packets captured on a BSD loopback interface. */
export interface LoopbackLayer {
  readonly kind: 'loopback'
  /** The system's own number: 2 for IPv4; 10 (Linux), 24 (NetBSD, OpenBSD), 28 (FreeBSD) or 30 (macOS) for IPv6. */
  readonly family: number
  readonly isLittleEndian: boolean
}

/** Bytes of the header. */
export const LOOPBACK_HEADER_LENGTH = 4
const IPV4_FAMILY = 2
const IPV6_FAMILIES: ReadonlySet<number> = new Set([10, 24, 28, 30])

/** The IP version of the payload; `undefined` for other families. */
export function loopbackIpVersion({ family }: LoopbackLayer): 4 | 6 | undefined {
  return family === IPV4_FAMILY ? 4 : IPV6_FAMILIES.has(family) ? 6 : undefined
}

/** Families are small numbers, so the byte order shows. */
export function decodeLoopback(bytes: Uint8Array, start: number, end: number): LoopbackLayer | PacketIssue {
  if (end - start < LOOPBACK_HEADER_LENGTH) {
    return truncatedIssue('loopback', 'a loopback header', start, LOOPBACK_HEADER_LENGTH, end - start)
  }
  const family = readUint32(bytes, start)
  if (family < 0x1_0000) return { kind: 'loopback', family, isLittleEndian: false }
  const swapped = readUint32(Uint8Array.from(bytes.subarray(start, start + 4)).reverse(), 0)
  if (swapped < 0x1_0000) return { kind: 'loopback', family: swapped, isLittleEndian: true }
  return packetIssue(
    'invalid-value',
    'loopback',
    start,
    `the address family 0x${family.toString(16)} is too large in either byte order`,
  )
}

/** Writes the header. */
export function encodeLoopback(layer: LoopbackLayer, bytes: Uint8Array, at: number): void {
  writeUint32(bytes, at, layer.family)
  if (layer.isLittleEndian) bytes.subarray(at, at + LOOPBACK_HEADER_LENGTH).reverse()
}
