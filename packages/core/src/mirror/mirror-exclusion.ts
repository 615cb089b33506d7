import { linkLocalServiceAt } from '../dataplane/link-local-service.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import { isDhcp, isNeighbourDiscovery } from '../flow/unlogged-traffic.ts'
import type { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, Subnet } from '../topology/topology.ts'
import type { MirrorExclusion } from './mirror-outcome.ts'

/** Whether what the source's own group refuses on its way out is mirrored. AWS speaks of inbound packets alone. */
export const MIRRORS_PACKETS_REFUSED_BY_OUTBOUND_GROUP: boolean = false

/**
 * Whether what the outbound network ACL of the source's subnet, or Block Public Access, refuses is mirrored: both act behind the ENI. AWS
 * speaks of inbound packets alone.
 */
export const MIRRORS_PACKETS_REFUSED_BY_OUTBOUND_ACL: boolean = true

/**
 * Whether a copy that comes to an ENI which is a source itself is mirrored again. An ENI that is a target cannot be a source; behind a
 * balancer that is a target one can, and its copies would go round for ever.
 */
export const MIRRORS_MIRRORED_COPIES: boolean = false

/** What traffic with the Amazon resolver counts as: filters have a word of their own for it. */
export type MirrorClass = 'ordinary' | 'amazon-dns' | MirrorExclusion

/** 169.254.0.0/16, fd00:ec2::/32, fe80::/10 and ff02::/16: what services on the link answer at. */
const LINK_LOCAL_IPV4 = 0xa9fe
const BROADCAST = 0xffff_ffff
const SERVICES_IPV6 = 0xfd00_0ec2
const FIRST_LINK_IPV6 = 0xfe80_0000
const RESOLVER_OFFSET = 2

/**
 * Tells what of a source ENI's traffic filters are asked about: not DHCP, instance metadata, Windows activation, nor AWS's own time
 * service (of which the guide says "NTP"; NTP with other hosts is mirrored, as a real capture shows). What a group or ACL refuses on its
 * way in is not mirrored. Sources: Traffic Mirroring guide, "Limitations" (traffic types) and "Targets".
 */
export class MirrorClassifier {
  readonly #subnet: Subnet
  readonly #resolver: number

  constructor(subnet: Subnet) {
    this.#subnet = subnet
    const base = subnet.vpc.cidrBlocks[0]?.network
    this.#resolver = base === undefined ? -1 : base.word3 + RESOLVER_OFFSET
  }

  classify(direction: FlowDirection, packet: Packet, verdict: Verdict): MirrorClass {
    if (packet.tunnel && !MIRRORS_MIRRORED_COPIES) return 'mirrored-copy'
    if (verdict.action === 'REJECT' && !isMirroredThough(direction, verdict)) return 'refused'
    if (packet.protocol === IP_PROTOCOL.udp && isDhcp(packet)) return 'dhcp'
    if (packet.protocol === IP_PROTOCOL.icmpv6 && isNeighbourDiscovery(packet)) return 'neighbour-discovery'
    const peer = direction === 'egress' ? packet.destination : packet.source
    return this.#mayBeService(peer) ? this.#serviceClass(peer) : 'ordinary'
  }

  #mayBeService({ version, word0, word3 }: IpAddress): boolean {
    return version === 4
      ? word3 >>> 16 === LINK_LOCAL_IPV4 || word3 === this.#resolver || word3 === BROADCAST
      : word0 === SERVICES_IPV6 || word0 >= FIRST_LINK_IPV6
  }

  #serviceClass(peer: IpAddress): MirrorClass {
    const service = linkLocalServiceAt(this.#subnet, peer)
    switch (service) {
      case 'amazon-dns':
      case 'instance-metadata':
      case 'time-sync':
      case 'windows-activation':
      case 'dhcp':
        return service
      case 'vpc-router':
      case 'none':
      case undefined:
        return 'ordinary'
    }
  }
}

function isMirroredThough(direction: FlowDirection, { reason }: Verdict): boolean {
  if (direction === 'ingress') return false
  return reason.kind === 'network-acl' || reason.kind === 'block-public-access'
    ? MIRRORS_PACKETS_REFUSED_BY_OUTBOUND_ACL
    : MIRRORS_PACKETS_REFUSED_BY_OUTBOUND_GROUP
}
