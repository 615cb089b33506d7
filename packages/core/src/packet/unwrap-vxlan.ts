import { ETHER_TYPE } from './ether-type.ts'
import { decodeGeneve, GENEVE_PORT, geneveHeaderLength } from './geneve.ts'
import { IP_PROTOCOL } from './ip-protocol.ts'
import { LINK_TYPE } from './link-type.ts'
import { Packet } from './packet.ts'
import { readIpPacket, toPacket } from './to-packet.ts'
import { decodeVxlan, VXLAN_HEADER_LENGTH, VXLAN_PORT } from './vxlan.ts'

/** The frame in a VXLAN packet. */
export interface VxlanFrame {
  /** What carries it: from the mirror source to the mirror target. */
  readonly outer: Packet
  readonly virtualNetworkId: number
  /** The inner Ethernet frame, a view; the mirror session may have cut it. */
  readonly frame: Uint8Array
}

/**
 * The mirrored frame in a captured packet, where it is VXLAN (UDP to port 4789), also behind the GENEVE header of a Gateway Load Balancer.
 * `undefined` for other packets, fragments and malformed headers. Its cut frames are read by `toPacket(frame, LINK_TYPE.ethernet, Infinity)`.
 */
export function unwrapVxlan(bytes: Uint8Array, linkType: number = LINK_TYPE.ethernet): VxlanFrame | undefined {
  const reading = toPacket(bytes, linkType, Number.POSITIVE_INFINITY)
  return reading.kind === 'packet' ? unwrap(reading.packet) : undefined
}

function unwrap(outer: Packet): VxlanFrame | undefined {
  const { payload, payloadOffset, fragmentOffset, moreFragments } = outer
  if (outer.protocol !== IP_PROTOCOL.udp || !payload || fragmentOffset > 0 || moreFragments) return undefined
  const end = Math.min(payload.length, payloadOffset + outer.payloadLength)
  if (outer.destinationPort === VXLAN_PORT) {
    const header = decodeVxlan(payload, payloadOffset, end)
    if (header.kind === 'issue') return undefined
    const frame = payload.subarray(payloadOffset + VXLAN_HEADER_LENGTH, end)
    return { outer, virtualNetworkId: header.virtualNetworkId, frame }
  }
  const inner = packetInGeneve(outer)
  return inner?.destinationPort === VXLAN_PORT ? unwrap(inner) : undefined
}

/** The IP packet that a packet from a Gateway Load Balancer carries (UDP to port 6081); undefined for all others. */
export function packetInGeneve(outer: Packet): Packet | undefined {
  const { payload, payloadOffset, fragmentOffset, moreFragments, tunnel } = outer
  if (outer.protocol !== IP_PROTOCOL.udp || outer.destinationPort !== GENEVE_PORT) return undefined
  if (tunnel) return tunnel.macs ? undefined : tunnel.packet
  if (!payload || fragmentOffset > 0 || moreFragments) return undefined
  const end = Math.min(payload.length, payloadOffset + outer.payloadLength)
  const header = decodeGeneve(payload, payloadOffset, end)
  if (header.kind === 'issue') return undefined
  if (header.protocolType !== ETHER_TYPE.ipv4 && header.protocolType !== ETHER_TYPE.ipv6) return undefined
  const start = payloadOffset + geneveHeaderLength(header)
  const inner = readIpPacket(payload, start, end, Number.POSITIVE_INFINITY, false)
  return inner instanceof Packet ? inner : undefined
}
