import { readUint16, writeUint16 } from './byte-order.ts'
import { type PacketIssue, truncatedIssue } from './packet-issue.ts'

//  Internet Control Message Protocol (RFC 792; RFC 1191 section 4 for the MTU, RFC 4884 for what may follow a quote):
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |     Type      |     Code      |          Checksum             |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |           Identifier          |        Sequence number        |  echo, timestamp
//  |            Unused             |         Next-hop MTU          |  destination unreachable, fragmentation needed
//  |                       Gateway address                         |  redirect
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |      Data, or the IP packet that an error answers             |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** The header of an ICMP message. */
export interface IcmpLayer {
  readonly kind: 'icmp'
  readonly type: number
  readonly code: number
  /** The first half of the header's second word: identifier of echo and timestamp messages. */
  readonly identifier: number
  /** The other half: sequence number, or the next-hop MTU of "fragmentation needed". */
  readonly sequence: number
  /** On encoding, computed unless given. */
  readonly checksum?: number
}

/** Message types (IANA, ICMP type numbers). */
export const ICMP_TYPE = {
  echoReply: 0,
  destinationUnreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
  timestampRequest: 13,
  timestampReply: 14,
} as const

/** Codes of destination unreachable (RFC 792, RFC 1812 section 5.2.7.1). */
export const ICMP_UNREACHABLE_CODE = {
  network: 0,
  host: 1,
  protocol: 2,
  port: 3,
  fragmentationNeeded: 4,
  administrativelyProhibited: 13,
} as const

/** In ICMPv6 too. */
export const ICMP_HEADER_LENGTH = 8
/** Place of the checksum in the header, in ICMPv6 too. */
export const ICMP_CHECKSUM_OFFSET = 2

const ERRORS: ReadonlySet<number> = new Set([
  ICMP_TYPE.destinationUnreachable,
  ICMP_TYPE.sourceQuench,
  ICMP_TYPE.redirect,
  ICMP_TYPE.timeExceeded,
  ICMP_TYPE.parameterProblem,
])

/** Whether messages of the type quote the packet that they answer (RFC 1122 section 3.2.2). */
export function isIcmpError(type: number): boolean {
  return ERRORS.has(type)
}

/** Whether the second half of the header's second word is an MTU (RFC 1191 section 4). */
export function isFragmentationNeeded(type: number, code: number): boolean {
  return type === ICMP_TYPE.destinationUnreachable && code === ICMP_UNREACHABLE_CODE.fragmentationNeeded
}

/** The header from `start`, or where it is malformed. */
export function decodeIcmp(bytes: Uint8Array, start: number, end: number): IcmpLayer | PacketIssue {
  if (end - start < ICMP_HEADER_LENGTH) {
    return truncatedIssue('icmp', 'an ICMP header', start, ICMP_HEADER_LENGTH, end - start)
  }
  return {
    kind: 'icmp',
    type: bytes[start] as number,
    code: bytes[start + 1] as number,
    identifier: readUint16(bytes, start + 4),
    sequence: readUint16(bytes, start + 6),
    checksum: readUint16(bytes, start + ICMP_CHECKSUM_OFFSET),
  }
}

/** Writes the header with the checksum field as given, or 0. */
export function encodeIcmp(layer: IcmpLayer, bytes: Uint8Array, at: number): void {
  writeIcmpHeader(bytes, at, layer.type, layer.code, layer.identifier, layer.sequence)
  writeUint16(bytes, at + ICMP_CHECKSUM_OFFSET, layer.checksum ?? 0)
}

/** Writes a header of ICMP or ICMPv6 with checksum 0; returns its length. */
export function writeIcmpHeader(
  bytes: Uint8Array,
  at: number,
  type: number,
  code: number,
  identifier: number,
  sequence: number,
): number {
  bytes[at] = type
  bytes[at + 1] = code
  writeUint16(bytes, at + ICMP_CHECKSUM_OFFSET, 0)
  writeUint16(bytes, at + 4, identifier)
  writeUint16(bytes, at + 6, sequence)
  return ICMP_HEADER_LENGTH
}
