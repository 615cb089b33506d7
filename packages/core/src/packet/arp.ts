import { IpAddress } from '../net/ip-address.ts'
import { MacAddress } from '../net/mac-address.ts'
import { readUint16, writeUint16 } from './byte-order.ts'
import { type PacketIssue, packetIssue, truncatedIssue } from './packet-issue.ts'

//  Address Resolution Protocol for IPv4 over Ethernet (RFC 826):
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |     Hardware type (1)         |     Protocol type (0x0800)    |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  | HW length (6) | PR length (4) |           Operation           |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |               Sender MAC address (6), IPv4 address (4)        |
//  |               Target MAC address (6), IPv4 address (4)        |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** An ARP message for IPv4 addresses over Ethernet. */
export interface ArpLayer {
  readonly kind: 'arp'
  /** 1 request, 2 reply. */
  readonly operation: number
  readonly senderMac: MacAddress
  readonly senderIp: IpAddress
  readonly targetMac: MacAddress
  readonly targetIp: IpAddress
}

/** Bytes of the message. */
export const ARP_LENGTH = 28

/** The message from `start`, or where it is malformed; bytes behind it are not looked at. */
export function decodeArp(bytes: Uint8Array, start: number, end: number): ArpLayer | PacketIssue {
  if (end - start < ARP_LENGTH) return truncatedIssue('arp', 'an ARP message', start, ARP_LENGTH, end - start)
  const [hardwareType, protocolType, lengths] = [0, 2, 4].map((at) => readUint16(bytes, start + at))
  if (hardwareType !== 1 || protocolType !== 0x0800 || lengths !== 0x0604) {
    return packetIssue(
      'unsupported',
      'arp',
      start,
      `ARP of hardware type ${hardwareType} and protocol 0x${protocolType?.toString(16)} is not decoded, only IPv4 over Ethernet`,
    )
  }
  return {
    kind: 'arp',
    operation: readUint16(bytes, start + 6),
    senderMac: MacAddress.fromBytes(bytes, start + 8),
    senderIp: IpAddress.fromBytes(bytes, start + 14, 4),
    targetMac: MacAddress.fromBytes(bytes, start + 18),
    targetIp: IpAddress.fromBytes(bytes, start + 24, 4),
  }
}

/** Writes the message, 28 bytes. */
export function encodeArp(layer: ArpLayer, bytes: Uint8Array, at: number): void {
  writeUint16(bytes, at, 1)
  writeUint16(bytes, at + 2, 0x0800)
  writeUint16(bytes, at + 4, 0x0604)
  writeUint16(bytes, at + 6, layer.operation)
  layer.senderMac.writeTo(bytes, at + 8)
  layer.senderIp.writeTo(bytes, at + 14)
  layer.targetMac.writeTo(bytes, at + 18)
  layer.targetIp.writeTo(bytes, at + 24)
}
