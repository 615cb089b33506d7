import { fragmentPacket } from '../packet/fragment-packet.ts'
import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import { hasAddress } from './address-lookup.ts'
import { DROPPED } from './drop-verdicts.ts'
import type { PeeringPath } from './egress-path.ts'
import { referencesTo } from './group-path.ts'
import { INTER_REGION_PEERING_FRAGMENTS, MTU } from './path-mtu.ts'
import type { Walk } from './walk.ts'

/**
 * VPC peering: from addresses of one VPC to addresses of the other, nothing beyond (no transit, no gateways of the peer). Where a packet
 * comes from a NAT gateway, its answer finds back without a route.
 * Source: VPC peering guide, "Basics" and "Unsupported VPC peering configurations"; VPC user guide, "Troubleshoot NAT gateways".
 */
export class PeeringConnections {
  readonly #walk: Walk

  constructor(walk: Walk) {
    this.#walk = walk
  }

  send(sender: NetworkInterface, packet: Packet, timeMicroseconds: number, path: PeeringPath): void {
    const walk = this.#walk
    if (!isOfSendersVpc(sender, packet)) {
      walk.drop(sender, packet, timeMicroseconds, DROPPED.notTransitive)
      return
    }
    if (!path.peering.isInterRegion || packet.length <= MTU.interRegionPeering) {
      this.#cross(sender, packet, timeMicroseconds, path)
      return
    }
    if (!INTER_REGION_PEERING_FRAGMENTS || packet.dontFragment || packet.source.version === 6) {
      walk.drop(sender, packet, timeMicroseconds, DROPPED.tooBigForPeering)
      walk.tellTooBig(sender, packet, timeMicroseconds, MTU.interRegionPeering)
      return
    }
    for (const fragment of fragmentPacket(packet, MTU.interRegionPeering)) {
      this.#cross(sender, fragment, timeMicroseconds, path)
    }
  }

  #cross(sender: NetworkInterface, packet: Packet, timeMicroseconds: number, path: PeeringPath): void {
    const walk = this.#walk
    const time = timeMicroseconds + path.delayMicroseconds
    if (sender.attachment.kind === 'nat-gateway') walk.pinReturn(path.networkInterface, packet, time, sender)
    const origin = walk.map.origins.networkInterface(sender, true, referencesTo(sender, packet))
    walk.arrive(path.networkInterface, packet, time, origin)
  }
}

/** Appliances and transit gateways cannot pass foreign traffic on to a peer; balancers that keep client addresses do. */
function isOfSendersVpc(sender: NetworkInterface, packet: Packet): boolean {
  const { source } = packet
  if (hasAddress(sender, source) || sender.attachment.kind === 'load-balancer') return true
  const blocks = source.version === 4 ? sender.vpc.cidrBlocks : sender.vpc.ipv6CidrBlocks
  return blocks.some((block) => block.contains(source))
}
