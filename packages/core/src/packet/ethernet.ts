import { MacAddress } from '../net/mac-address.ts'
import { readUint16, writeUint16 } from './byte-order.ts'
import { ETHER_TYPE } from './ether-type.ts'
import { type PacketIssue, truncatedIssue } from './packet-issue.ts'

//  Ethernet II (IEEE 802.3 clause 3, RFC 894), with any number of VLAN tags (IEEE 802.1Q clause 9):
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                      Destination MAC address                  |
//  +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |                               |                               |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
//  |                        Source MAC address                     |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |  Tag protocol id 0x8100       | PCP |D|        VLAN id        |  (each tag)
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//  |          EtherType            |
//  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/** A VLAN tag. */
export interface VlanTag {
  /** 0x8100, 0x88a8 or 0x9100. */
  readonly tagProtocol: number
  /** 0 to 7. */
  readonly priority: number
  readonly dropEligible: boolean
  /** 0 to 4095. */
  readonly vlanId: number
}

/** An Ethernet header. */
export interface EthernetLayer {
  readonly kind: 'ethernet'
  readonly destination: MacAddress
  readonly source: MacAddress
  /** The outermost first. */
  readonly vlanTags: readonly VlanTag[]
  /** Of the payload; below 0x600 it is the payload's length (IEEE 802.3 with LLC). */
  readonly etherType: number
}

/** The MAC addresses of a frame. */
export interface EthernetAddresses {
  readonly source: MacAddress
  readonly destination: MacAddress
}

/** Without tags. */
export const ETHERNET_HEADER_LENGTH = 14
const TAG_LENGTH = 4

/** Bytes of the header with its tags. */
export function ethernetHeaderLength(layer: EthernetLayer): number {
  return ETHERNET_HEADER_LENGTH + layer.vlanTags.length * TAG_LENGTH
}

/** The header from `start`, or where it is malformed. */
export function decodeEthernet(bytes: Uint8Array, start: number, end: number): EthernetLayer | PacketIssue {
  const available = end - start
  if (available < ETHERNET_HEADER_LENGTH) {
    return truncatedIssue('ethernet', 'an Ethernet header', start, ETHERNET_HEADER_LENGTH, available)
  }
  const vlanTags: VlanTag[] = []
  let etherType = readUint16(bytes, start + 12)
  while (isVlanTag(etherType)) {
    const at = start + ETHERNET_HEADER_LENGTH + vlanTags.length * TAG_LENGTH
    if (end - at < TAG_LENGTH) return truncatedIssue('ethernet', 'a VLAN tag', at, TAG_LENGTH, end - at)
    const control = readUint16(bytes, at)
    vlanTags.push({
      tagProtocol: etherType,
      priority: control >>> 13,
      dropEligible: (control & 0x1000) !== 0,
      vlanId: control & 0xfff,
    })
    etherType = readUint16(bytes, at + 2)
  }
  return {
    kind: 'ethernet',
    destination: MacAddress.fromBytes(bytes, start),
    source: MacAddress.fromBytes(bytes, start + 6),
    vlanTags,
    etherType,
  }
}

/** Writes the header. RangeError where a tag has no tag protocol. */
export function encodeEthernet(layer: EthernetLayer, bytes: Uint8Array, at: number): void {
  layer.destination.writeTo(bytes, at)
  layer.source.writeTo(bytes, at + 6)
  let next = at + 12
  for (const { tagProtocol, priority, dropEligible, vlanId } of layer.vlanTags) {
    if (!isVlanTag(tagProtocol)) {
      throw new RangeError(`0x${tagProtocol.toString(16)} marks no VLAN tag; 0x8100, 0x88a8 and 0x9100 do`)
    }
    writeUint16(bytes, next, tagProtocol)
    writeUint16(bytes, next + 2, (priority << 13) | (dropEligible ? 0x1000 : 0) | (vlanId & 0xfff))
    next += TAG_LENGTH
  }
  writeUint16(bytes, next, layer.etherType)
}

/** Writes a header without tags; returns its length. */
export function writeEthernetHeader(
  bytes: Uint8Array,
  at: number,
  { source, destination }: EthernetAddresses,
  etherType: number,
): number {
  destination.writeTo(bytes, at)
  source.writeTo(bytes, at + 6)
  writeUint16(bytes, at + 12, etherType)
  return ETHERNET_HEADER_LENGTH
}

function isVlanTag(etherType: number): boolean {
  return (
    etherType === ETHER_TYPE.vlan || etherType === ETHER_TYPE.serviceVlan || etherType === ETHER_TYPE.oldServiceVlan
  )
}
