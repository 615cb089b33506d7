import { readUint16, writeUint16 } from './byte-order.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  User Datagram Protocol (RFC 768):
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |          Source port          |       Destination port        |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |            Length             |           Checksum            |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** A UDP header. */
export interface UdpLayer {
  readonly kind: 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
  /** Bytes of header and payload. On encoding, counted unless given. */
  readonly length?: number
  /** 0: the sender computed none. On encoding, computed unless given. */
  readonly checksum?: number
}

/** Bytes of the header. */
export const UDP_HEADER_LENGTH = 8
/** Place of the checksum in the header. */
export const UDP_CHECKSUM_OFFSET = 6

/** The header alone: whether as many bytes follow as `length` says is for the caller to check. */
export function decodeUdp(bytes: Uint8Array, start: number, end: number): UdpLayer | PacketIssue {
  const available = end - start
  if (available < UDP_HEADER_LENGTH) return truncatedIssue('udp', 'a UDP header', start, UDP_HEADER_LENGTH, available)
  const length = readUint16(bytes, start + 4)
  if (length < UDP_HEADER_LENGTH) {
    return packetIssue('invalid-length', 'udp', start + 4, `a UDP length counts the header's 8 bytes, it is ${length}`)
  }
  return {
    kind: 'udp',
    sourcePort: readUint16(bytes, start),
    destinationPort: readUint16(bytes, start + 2),
    length,
    checksum: readUint16(bytes, start + UDP_CHECKSUM_OFFSET),
  }
}

/** Writes the header, with the checksum field as given, or 0, in front of a payload that ends at `end`. */
export function encodeUdp(layer: UdpLayer, bytes: Uint8Array, at: number, end: number): void {
  writeUdpHeader(bytes, at, layer.sourcePort, layer.destinationPort, layer.length ?? end - at)
  writeUint16(bytes, at + UDP_CHECKSUM_OFFSET, layer.checksum ?? 0)
}

/** Writes a header with checksum 0; returns its length. */
export function writeUdpHeader(
  bytes: Uint8Array,
  at: number,
  sourcePort: number,
  destinationPort: number,
  length: number,
): number {
  writeUint16(bytes, at, sourcePort)
  writeUint16(bytes, at + 2, destinationPort)
  writeUint16(bytes, at + 4, length)
  writeUint16(bytes, at + UDP_CHECKSUM_OFFSET, 0)
  return UDP_HEADER_LENGTH
}

/** The field for a computed checksum: 0 means none, so that a checksum of 0 is sent as 0xffff (RFC 768). */
export function udpChecksumField(checksum: number): number {
  return checksum === 0 ? 0xffff : checksum
}
