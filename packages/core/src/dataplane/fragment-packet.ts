import type { Packet } from '../packet/packet.ts'

const IPV4_HEADER = 20

/**
 * The fragments of an IPv4 packet that is too large for a link: every one fits the MTU (68 bytes or more), all but the last carry a
 * multiple of 8 bytes, and a fragment of a fragment keeps its place in the datagram. Source: RFC 791, section 3.2.
 */
export function fragmentPacket(packet: Packet, mtu: number): readonly Packet[] {
  const transportHeader = packet.headerLength - IPV4_HEADER
  const total = transportHeader + packet.payloadLength + packet.quotedLength
  const step = (mtu - IPV4_HEADER) & ~7
  const fragments: Packet[] = []
  for (let at = 0; at < total; at += step) {
    const bytes = Math.min(step, total - at)
    const isLast = at + bytes === total
    fragments.push(
      packet.with({
        fragmentOffset: packet.fragmentOffset + at,
        moreFragments: isLast ? packet.moreFragments : true,
        payloadOffset: at === 0 ? packet.payloadOffset : packet.payloadOffset + at - transportHeader,
        payloadLength: at === 0 ? bytes - transportHeader : bytes,
      }),
    )
  }
  return fragments
}
