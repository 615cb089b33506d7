import { readUint16, writeUint16 } from './byte-order.ts'
import { ICMP_CHECKSUM_OFFSET, ICMP_HEADER_LENGTH, writeIcmpHeader } from './icmp.ts'
import { type PacketIssue, truncatedIssue } from './packet-issue.ts'

//  Internet Control Message Protocol for IPv6 (RFC 4443 section 2.1; neighbour discovery RFC 4861 section 4):
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |     Type      |     Code      |          Checksum             |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |           Identifier          |        Sequence number        |  echo
//  |                            MTU                                |  packet too big
//  |          Unused, flags or pointer                             |  others
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |      Data, or the IPv6 packet that an error answers           |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** The header of an ICMPv6 message. */
export interface Icmpv6Layer {
  readonly kind: 'icmpv6'
  readonly type: number
  readonly code: number
  /** The first half of the header's second word: identifier of echo messages, high half of an MTU. */
  readonly identifier: number
  /** The other half: sequence number, low half of an MTU. */
  readonly sequence: number
  /** On encoding, computed unless given. */
  readonly checksum?: number
}

/** Message types (IANA, ICMPv6 type numbers). */
export const ICMPV6_TYPE = {
  destinationUnreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
} as const

/** Whether messages of the type are errors, which quote the packet that they answer (RFC 4443 section 2.1). */
export function isIcmpv6Error(type: number): boolean {
  return type < 128
}

/** The header from `start`, or where it is malformed. */
export function decodeIcmpv6(bytes: Uint8Array, start: number, end: number): Icmpv6Layer | PacketIssue {
  if (end - start < ICMP_HEADER_LENGTH) {
    return truncatedIssue('icmpv6', 'an ICMPv6 header', start, ICMP_HEADER_LENGTH, end - start)
  }
  return {
    kind: 'icmpv6',
    type: bytes[start] as number,
    code: bytes[start + 1] as number,
    identifier: readUint16(bytes, start + 4),
    sequence: readUint16(bytes, start + 6),
    checksum: readUint16(bytes, start + ICMP_CHECKSUM_OFFSET),
  }
}

/** Writes the header with the checksum field as given, or 0. */
export function encodeIcmpv6(layer: Icmpv6Layer, bytes: Uint8Array, at: number): void {
  writeIcmpHeader(bytes, at, layer.type, layer.code, layer.identifier, layer.sequence)
  writeUint16(bytes, at + ICMP_CHECKSUM_OFFSET, layer.checksum ?? 0)
}
