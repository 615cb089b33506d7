import type { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { LoadBalancerListener, NetworkInterface, NetworkLoadBalancer } from '../topology/topology.ts'
import { AddressCache } from './address-cache.ts'
import { isAutomaticallyTrackedEndpoint } from './automatic-tracking.ts'
import { isEgressOnlyGatewayBlocked, isInternetGatewayBlocked } from './block-public-access.ts'
import { referencesTo } from './group-path.ts'
import { behindGateway } from './internet-gateways.ts'
import { linkLocalServiceAt, serviceForPacket } from './link-local-service.ts'
import { PROTOCOLS } from './load-balancer-target.ts'
import type { NetworkMap } from './network-map.ts'
import type { Origin } from './origin.ts'
import { OriginProbe } from './origin-probe.ts'

/**
 * The way by which a packet has come to an interface: its origin; `link` for what a link-local service sends, which nothing judges; and
 * `blocked` for what VPC Block Public Access refuses.
 */
export type Arrival = Origin | 'link' | 'blocked'

/** What an interface knows of a packet's source, whatever else the packet says. */
interface Source {
  /** Of the link: Amazon DNS, instance metadata, the subnet's router. */
  readonly isOnLink: boolean
  /** Those that have the address, the one of the same VPC first. */
  readonly owners: readonly NetworkInterface[]
}

/** A target whose packets come from clients' own addresses. */
interface TransparentTarget {
  readonly address: IpAddress
  readonly port: number
  readonly protocols: readonly number[]
  readonly loadBalancer: NetworkLoadBalancer
}

/**
 * Finds out where a captured packet must have come from. Where an interface of the topology has its source address, the packet is followed
 * from there by the routes; what does not get here that way, or comes from outside, came by the way that answers would take.
 *
 * The capture does not tell everything. A target whose balancer keeps client addresses may be reached without the balancer as well: that
 * way is taken where there is one. The balancer's interface is taken to be that of the target's zone.
 */
export class OriginFinder {
  readonly #map: NetworkMap
  readonly #probe: OriginProbe
  readonly #sources: AddressCache<Source>[] = []
  readonly #transparentTargets: ReadonlyMap<NetworkInterface, readonly TransparentTarget[]>

  constructor(map: NetworkMap) {
    this.#map = map
    this.#probe = new OriginProbe(map)
    this.#transparentTargets = transparentTargets(map)
  }

  find(networkInterface: NetworkInterface, packet: Packet): Arrival {
    const { isOnLink, owners } = this.#sourceOf(networkInterface, packet.source)
    if (isOnLink) return this.#fromLink(networkInterface, packet)
    for (const owner of owners) {
      const origin = owner === networkInterface ? undefined : this.#probe.find(owner, networkInterface, packet)
      if (origin) return origin
    }
    const [neighbour] = owners
    if (neighbour && neighbour !== networkInterface && neighbour.vpc === networkInterface.vpc) {
      return this.#from(neighbour, networkInterface, packet)
    }
    const loadBalancer = this.#loadBalancerBefore(networkInterface, packet)
    if (loadBalancer) return this.#from(nodeBefore(loadBalancer, networkInterface), networkInterface, packet)
    return this.#byReturnPath(networkInterface, packet)
  }

  #sourceOf(networkInterface: NetworkInterface, source: IpAddress): Source {
    const { index } = networkInterface
    this.#sources[index] ??= new AddressCache((address) => this.#look(networkInterface, address))
    return (this.#sources[index] as AddressCache<Source>).get(source)
  }

  #look({ vpc, subnet }: NetworkInterface, address: IpAddress): Source {
    const { topology, addresses } = this.#map
    const vpcs = [vpc, ...topology.vpcs.filter((other) => other !== vpc)]
    return {
      isOnLink: linkLocalServiceAt(subnet, address) !== undefined,
      owners: vpcs.flatMap((one) => addresses.inVpc(one, address)?.networkInterface ?? []),
    }
  }

  /** The router's ICMP errors are judged; everything else from the link is not. */
  #fromLink({ subnet }: NetworkInterface, packet: Packet): Arrival {
    const service = linkLocalServiceAt(subnet, packet.source)
    const isRouter = service === 'vpc-router' && serviceForPacket(service, packet) === service
    const isIcmp = packet.protocol === IP_PROTOCOL.icmp || packet.protocol === IP_PROTOCOL.icmpv6
    return isRouter && isIcmp ? this.#map.origins.outside : 'link'
  }

  #from(sender: NetworkInterface, receiver: NetworkInterface, packet: Packet): Origin {
    const map = this.#map
    const path = map.routerOf(sender).pathTo(packet.destination)
    const leadsHere = path.kind === 'interface' && path.networkInterface === receiver
    const entersSubnet = leadsHere ? path.leavesSubnet : sender.subnet !== receiver.subnet
    return map.origins.networkInterface(sender, entersSubnet, referencesTo(sender, packet))
  }

  /** By the way that answers take: symmetric routing. */
  #byReturnPath(networkInterface: NetworkInterface, packet: Packet): Arrival {
    const { origins } = this.#map
    const path = this.#map.routerOf(networkInterface).pathTo(packet.source)
    switch (path.kind) {
      case 'interface':
        if (path.networkInterface === networkInterface) return origins.outside
        return (
          this.#overTransitGateway(path.networkInterface, networkInterface, packet) ??
          this.#from(path.networkInterface, networkInterface, packet)
        )
      case 'peering': {
        const { networkInterface: sender } = path
        return origins.networkInterface(sender, true, referencesTo(sender, packet))
      }
      case 'egress-only-internet-gateway':
        return isEgressOnlyGatewayBlocked(networkInterface) ? 'blocked' : origins.outsideTracked
      case 'gateway-endpoint':
        return isAutomaticallyTrackedEndpoint(path.endpoint) ? origins.outsideTracked : origins.outside
      case 'internet-gateway':
        return this.#fromInternet(networkInterface, packet)
      case 'nowhere':
      case 'absent':
      case 'link-local-service':
        return networkInterface.vpc.internetGateway ? this.#fromInternet(networkInterface, packet) : origins.outside
    }
  }

  /** Beyond a transit gateway: from the NAT gateway or appliance that answers go to, whose zone decides by which interface it comes. */
  #overTransitGateway(first: NetworkInterface, receiver: NetworkInterface, packet: Packet): Origin | undefined {
    if (first.attachment.kind !== 'transit-gateway') return undefined
    const answer = packet.with({
      source: packet.destination,
      destination: packet.source,
      sourcePort: packet.destinationPort,
      destinationPort: packet.sourcePort,
    })
    const end = this.#probe.endOf(receiver, answer)
    return end && this.#probe.find(end, receiver, packet)
  }

  /** Through the internet gateway, or through the appliance that its own route table names. */
  #fromInternet(networkInterface: NetworkInterface, packet: Packet): Arrival {
    const gateway = networkInterface.vpc.internetGateway
    const first = gateway && behindGateway(gateway, packet.destination, networkInterface)
    if (first && first !== networkInterface) return this.#from(first, networkInterface, packet)
    return isInternetGatewayBlocked(networkInterface) ? 'blocked' : this.#map.origins.outside
  }

  #loadBalancerBefore(networkInterface: NetworkInterface, packet: Packet): NetworkLoadBalancer | undefined {
    const targets = this.#transparentTargets.get(networkInterface)
    if (!targets) return undefined
    const isPublic = networkInterface.addresses.some(
      ({ address, publicAddress }) => publicAddress && address.equals(packet.destination),
    )
    if (isPublic) return undefined
    return targets.find(
      ({ address, port, protocols }) =>
        port === packet.destinationPort && protocols.includes(packet.protocol) && address.equals(packet.destination),
    )?.loadBalancer
  }
}

function transparentTargets({ topology }: NetworkMap): ReadonlyMap<NetworkInterface, readonly TransparentTarget[]> {
  const byInterface = new Map<NetworkInterface, TransparentTarget[]>()
  for (const loadBalancer of topology.loadBalancers) {
    for (const listener of loadBalancer.listeners) {
      for (const target of listenerTargets(listener, loadBalancer)) {
        const { networkInterface, ...rest } = target
        byInterface.set(networkInterface, [...(byInterface.get(networkInterface) ?? []), rest])
      }
    }
  }
  return byInterface
}

function listenerTargets(
  { protocol, targetGroup }: LoadBalancerListener,
  loadBalancer: NetworkLoadBalancer,
): (TransparentTarget & { readonly networkInterface: NetworkInterface })[] {
  if (!targetGroup.preserveClientIp) return []
  return targetGroup.targets.flatMap(({ address, port, networkInterface }) =>
    networkInterface ? [{ address, port, networkInterface, protocols: PROTOCOLS[protocol], loadBalancer }] : [],
  )
}

/** The balancer's interface in the target's zone, else its first. */
function nodeBefore({ interfaces }: NetworkLoadBalancer, target: NetworkInterface): NetworkInterface {
  const zone = target.subnet.availabilityZone.name
  return interfaces.find(({ subnet }) => subnet.availabilityZone.name === zone) ?? (interfaces[0] as NetworkInterface)
}
