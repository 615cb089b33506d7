import type { NextHop } from '../dataplane/next-hop.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import type { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, NetworkInterface } from '../topology/topology.ts'
import {
  MIRRORED_TRAFFIC_LOGGED_AT_TARGET,
  ROUTER_MESSAGES_LOGGED,
  UNTRACKABLE_CONNECTIONS_LOGGED,
} from './record-assumptions.ts'

/** 169.254.0.0/16: metadata, time, resolver, licence activation and task metadata answer there. */
const LINK_LOCAL_IPV4 = 0xa9fe
/** fd00:ec2::/32, the IPv6 addresses of the same services. */
const SERVICES_IPV6 = 0xfd00_0ec2
/** fe80::/10 (RFC 4291, 2.5.6). */
const LINK_LOCAL_IPV6 = 0xfe80
const LINK_LOCAL_IPV6_MASK = 0xffc0
/** Router solicitation to redirect (RFC 4861, section 4). */
const NEIGHBOUR_DISCOVERY_TYPES = { first: 133, last: 137 } as const

/** How a verdict bears on logging, whatever the packet. */
export type LoggedAs =
  | 'logged'
  /** Neither side is logged. */
  | 'never'
  /** Only ingress is logged: the copies of a mirror session. */
  | 'at-target'

/**
 * Whether packets with a verdict are logged at all. Never: what is never filtered, that is Amazon DNS, metadata, time sync, DHCP, licence
 * activation and the router's addresses, what of it is over the rate limit of link-local services, and (an assumption) what is dropped
 * because an instance tracks as many connections as it may.
 * Source: VPC user guide, "Flow log limitations".
 */
export function loggedAs(verdict: Verdict): LoggedAs {
  switch (verdict.reason.kind) {
    case 'not-filtered':
    case 'link-local-rate':
      return 'never'
    case 'connection-tracking-allowance':
      return UNTRACKABLE_CONNECTIONS_LOGGED ? 'logged' : 'never'
    case 'mirrored-traffic':
      return MIRRORED_TRAFFIC_LOGGED_AT_TARGET ? 'at-target' : 'never'
    default:
      return 'logged'
  }
}

/**
 * Whether a packet is of the traffic that AWS leaves out of flow logs by its addresses, ports and peers, whatever the verdict: link-local
 * services, the Amazon resolver, DHCP, neighbour discovery, the subnet's router, and traffic between an endpoint's ENI and a load
 * balancer's. Source: VPC user guide, "Flow log limitations".
 */
export function isUnloggedTraffic(
  networkInterface: NetworkInterface,
  direction: FlowDirection,
  packet: Packet,
  nextHop: NextHop,
): boolean {
  const peer = direction === 'egress' ? packet.destination : packet.source
  return (
    isServiceAddress(networkInterface, direction, peer) ||
    isDhcp(packet) ||
    isNeighbourDiscovery(packet) ||
    isBetweenEndpointAndBalancer(networkInterface, nextHop)
  )
}

function isServiceAddress(networkInterface: NetworkInterface, direction: FlowDirection, peer: IpAddress): boolean {
  const { subnet, vpc } = networkInterface
  const router = peer.version === 4 ? subnet.routerAddress : subnet.routerIpv6Address
  if (router?.equals(peer)) return direction === 'egress' || !ROUTER_MESSAGES_LOGGED
  if (peer.version === 6) {
    return peer.word0 === SERVICES_IPV6 || ((peer.word0 >>> 16) & LINK_LOCAL_IPV6_MASK) === LINK_LOCAL_IPV6
  }
  return peer.word3 >>> 16 === LINK_LOCAL_IPV4 || peer.word3 === resolverBits(vpc.cidrBlocks[0]?.network)
}

/** The Amazon resolver's address: base of the VPC's primary CIDR block + 2. */
function resolverBits(base: IpAddress | undefined): number | undefined {
  return base === undefined ? undefined : base.word3 + 2
}

/** DHCP of either IP version, both directions. */
export function isDhcp(packet: Packet): boolean {
  if (packet.protocol !== IP_PROTOCOL.udp) return false
  const [client, server] = packet.source.version === 4 ? [68, 67] : [546, 547]
  const { sourcePort, destinationPort } = packet
  return (sourcePort === client && destinationPort === server) || (sourcePort === server && destinationPort === client)
}

/** ICMPv6 as in RFC 4861, which stands in the place of ARP. */
export function isNeighbourDiscovery(packet: Packet): boolean {
  return (
    packet.protocol === IP_PROTOCOL.icmpv6 &&
    packet.icmpType >= NEIGHBOUR_DISCOVERY_TYPES.first &&
    packet.icmpType <= NEIGHBOUR_DISCOVERY_TYPES.last
  )
}

function isBetweenEndpointAndBalancer(networkInterface: NetworkInterface, nextHop: NextHop): boolean {
  const own = networkInterface.attachment.kind
  const other = nextHop.networkInterface?.attachment.kind
  return (
    (own === 'interface-endpoint' && other === 'load-balancer') ||
    (own === 'load-balancer' && other === 'interface-endpoint')
  )
}
