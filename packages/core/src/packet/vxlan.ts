import { readUint24, writeUint24 } from './byte-order.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  Virtual eXtensible Local Area Network (RFC 7348 section 5), in UDP to port 4789; an Ethernet frame follows:
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |R|R|R|R|I|R|R|R|            Reserved                           |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                VXLAN network identifier (VNI) |   Reserved    |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** A VXLAN header. */
export interface VxlanLayer {
  readonly kind: 'vxlan'
  /** 24 bits; traffic mirroring's VirtualNetworkId. */
  readonly virtualNetworkId: number
}

/** Destination port (RFC 7348 section 5). */
export const VXLAN_PORT = 4789
/** Bytes of the header. */
export const VXLAN_HEADER_LENGTH = 8
const VNI_VALID = 0x08

/** The header from `start`, or where it is malformed. */
export function decodeVxlan(bytes: Uint8Array, start: number, end: number): VxlanLayer | PacketIssue {
  if (end - start < VXLAN_HEADER_LENGTH) {
    return truncatedIssue('vxlan', 'a VXLAN header', start, VXLAN_HEADER_LENGTH, end - start)
  }
  const flags = bytes[start] as number
  // Reserved bits are ignored on receipt.
  if ((flags & VNI_VALID) === 0) {
    return packetIssue(
      'invalid-value',
      'vxlan',
      start,
      `the I flag (0x08) of a VXLAN header is set; the flags are ${flags}`,
    )
  }
  return { kind: 'vxlan', virtualNetworkId: readUint24(bytes, start + 4) }
}

/** Writes the header; returns its length. RangeError where the VNI has more than 24 bits. */
export function encodeVxlan({ virtualNetworkId }: VxlanLayer, bytes: Uint8Array, at: number): number {
  if (!(virtualNetworkId >= 0 && virtualNetworkId <= 0xffffff)) {
    throw new RangeError(`a VXLAN network identifier is 0 to 16,777,215, not ${virtualNetworkId}`)
  }
  bytes.fill(0, at, at + VXLAN_HEADER_LENGTH)
  bytes[at] = VNI_VALID
  writeUint24(bytes, at + 4, virtualNetworkId)
  return VXLAN_HEADER_LENGTH
}
