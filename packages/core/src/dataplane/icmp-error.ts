import type { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { Packet } from '../packet/packet.ts'

/** Hop limit that AWS's routers and gateways give their own messages. Not documented: the customary 64. */
const ROUTER_HOP_LIMIT = 64

/**
 * The message that a router sends when a packet is too large for the next link: ICMP "fragmentation needed" (RFC 1191) or ICMPv6
 * "packet too big" (RFC 4443, 3.2). Undefined where no error may be sent ({@link mayCauseError}).
 */
export function makePacketTooBig(router: IpAddress, packet: Packet, mtu: number): Packet | undefined {
  return makeError(router, packet, router.version === 4 ? 3 : 2, router.version === 4 ? 4 : 0, mtu)
}

/** The message that a router sends when a packet's hop limit is used up: ICMP 11/0 (RFC 792) or ICMPv6 3/0 (RFC 4443, 3.3). */
export function makeTimeExceeded(router: IpAddress, packet: Packet): Packet | undefined {
  return makeError(router, packet, router.version === 4 ? 11 : 3, 0, 0)
}

function makeError(router: IpAddress, packet: Packet, type: number, code: number, mtu: number): Packet | undefined {
  if (router.version !== packet.source.version || !mayCauseError(packet)) return undefined
  return new Packet({
    source: router,
    destination: packet.source,
    protocol: router.version === 4 ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6,
    hopLimit: ROUTER_HOP_LIMIT,
    icmpType: type,
    icmpCode: code,
    icmpMtu: mtu,
    quoted: packet,
  })
}

/**
 * Errors are not sent about ICMP errors nor about any fragment but the first (RFC 1122, section 3.2.2; RFC 4443, section 2.4). A
 * "packet too big" about an ICMPv6 error is left out as well, since no error here is as large.
 */
function mayCauseError(packet: Packet): boolean {
  return packet.quoted === undefined && packet.fragmentOffset === 0
}
