import type { CidrBlock } from '../net/cidr-block.ts'
import type { IpAddress } from '../net/ip-address.ts'
import type {
  AvailabilityZone,
  NetworkAcl,
  NetworkInterface,
  PeeringConnection,
  Route,
  RouteTarget,
  Subnet,
  TransitGatewayAttachment,
} from '../topology/topology.ts'
import { AddressCache } from './address-cache.ts'
import { type AddressLookup, hasAddress } from './address-lookup.ts'
import { isAutomaticallyTracked, isAutomaticallyTrackedEndpoint, loadBalancerOf } from './automatic-tracking.ts'
import { beyondGateway } from './beyond-gateway.ts'
import {
  type BeyondGateway,
  type EgressPath,
  type InterfacePath,
  nowhere,
  type PeeringPath,
  pathFields,
} from './egress-path.ts'
import type { GroupReferences } from './group-path.ts'
import { HOP_DELAY } from './hop-delays.ts'
import { isUnroutable, linkLocalServiceAt } from './link-local-service.ts'
import type { NextHops } from './next-hops.ts'
import { gatewayTrafficPaths, TRAFFIC_PATH, TRANSIT_GATEWAY_TRAFFIC_PATH } from './traffic-path.ts'

/**
 * Whether the link answers ARP and neighbour discovery for addresses of the subnet that no interface has. AWS does not say; hosts there
 * report such neighbours as unreachable, so nothing leaves them and nothing is recorded.
 */
export const ABSENT_NEIGHBOURS_ANSWER_ARP: boolean = false

/** A route with its way to an address; ways are made once, not per address. */
interface CompiledRoute {
  readonly block: CidrBlock
  readonly pathTo: (destination: IpAddress) => EgressPath
}

type InternetTarget = Extract<RouteTarget, { kind: 'internet-gateway' | 'egress-only-internet-gateway' }>

/**
 * The router of a subnet: tells where packets to an address go. Inside the subnet, the link delivers; everything else follows the first
 * route of the subnet's table that has the address (longest prefix first, then AWS's priorities, as the topology orders them).
 * Source: VPC user guide, "Subnet route tables" and "Route priority".
 */
export class SubnetRouter {
  readonly subnet: Subnet
  /** The ACL in force: a changed one acts after a delay. */
  networkAcl: NetworkAcl
  readonly #addresses: AddressLookup
  readonly #hops: NextHops
  readonly #routes: readonly CompiledRoute[]
  readonly #paths: AddressCache<EgressPath> = new AddressCache((address) => this.#resolve(address))
  readonly #toInterface: InterfacePath[] = []
  readonly #throughInterface: InterfacePath[] = []
  /** VPCs are peered by one connection at most. */
  readonly #toPeerInterface: PeeringPath[] = []
  readonly #noRoute: EgressPath
  readonly #noSuchAddress: EgressPath
  readonly #absent: EgressPath

  constructor(subnet: Subnet, addresses: AddressLookup, hops: NextHops) {
    this.subnet = subnet
    this.networkAcl = subnet.networkAcl
    this.#addresses = addresses
    this.#hops = hops
    this.#noRoute = nowhere(hops.gateway(TRAFFIC_PATH.none), { kind: 'no-route' })
    this.#noSuchAddress = nowhere(hops.gateway(TRAFFIC_PATH.sameVpc), { kind: 'no-such-address' })
    this.#absent = { kind: 'absent', ...pathFields(hops.gateway(TRAFFIC_PATH.none), { leavesSubnet: false }) }
    this.#routes = subnet.routeTable.routes.map((route) => ({
      block: route.destination,
      pathTo: this.#follow(route),
    }))
  }

  pathTo(destination: IpAddress): EgressPath {
    return this.#paths.get(destination)
  }

  /** The way to an interface of the VPC, whatever the routes say, which the destination belongs to or which passes the packet on. */
  pathBy(target: NetworkInterface, destination: IpAddress): InterfacePath {
    const isReceiver = hasAddress(target, destination)
    const paths = isReceiver ? this.#toInterface : this.#throughInterface
    paths[target.index] ??= this.#makeInterfacePath(target, target.subnet !== this.subnet, isReceiver ? 'all' : 'none')
    return paths[target.index] as InterfacePath
  }

  /** The way over a peering connection to an interface of the other VPC. */
  pathToPeerInterface(peering: PeeringConnection, target: NetworkInterface): PeeringPath {
    this.#toPeerInterface[target.index] ??= this.#makePeeringPath(peering, target)
    return this.#toPeerInterface[target.index] as PeeringPath
  }

  #resolve(destination: IpAddress): EgressPath {
    const service = linkLocalServiceAt(this.subnet, destination)
    if (service === 'none') return this.#absent
    if (service !== undefined) {
      const fields = pathFields(this.#hops.gateway(TRAFFIC_PATH.none), {
        leavesSubnet: false,
        delayMicroseconds: HOP_DELAY.linkLocalService,
      })
      return { kind: 'link-local-service', ...fields, service }
    }
    const { subnet } = this
    if (subnet.cidrBlock?.contains(destination) || subnet.ipv6CidrBlock?.contains(destination)) {
      const owner = this.#addresses.inVpc(subnet.vpc, destination)
      if (owner) return this.pathBy(owner.networkInterface, destination)
      return ABSENT_NEIGHBOURS_ANSWER_ARP ? this.#noSuchAddress : this.#absent
    }
    const compiled = this.#routes.find(({ block }) => block.contains(destination))
    return compiled && !isUnroutable(destination) ? compiled.pathTo(destination) : this.#noRoute
  }

  #pathToOwner(destination: IpAddress): EgressPath {
    const owner = this.#addresses.inVpc(this.subnet.vpc, destination)
    return owner ? this.pathBy(owner.networkInterface, destination) : this.#noSuchAddress
  }

  /**
   * Peering reaches the peer's own addresses alone: neither what is peered with the peer nor the peer's gateways.
   * Source: VPC peering guide, "Unsupported VPC peering configurations".
   */
  #pathToPeer(peering: PeeringConnection, destination: IpAddress): EgressPath {
    const peer = peering.requester === this.subnet.vpc ? peering.accepter : peering.requester
    const trafficPath = peering.isInterRegion ? TRAFFIC_PATH.interRegionPeering : TRAFFIC_PATH.intraRegionPeering
    const owner = this.#addresses.inVpc(peer, destination)
    if (!owner) {
      const isPeers = [...peer.cidrBlocks, ...peer.ipv6CidrBlocks].some((block) => block.contains(destination))
      return nowhere(this.#hops.gateway(trafficPath), { kind: isPeers ? 'no-such-address' : 'not-transitive' })
    }
    return this.pathToPeerInterface(peering, owner.networkInterface)
  }

  /** Where packets by a route go: the way is made once, or looked up by the address. */
  #follow(route: Route): (destination: IpAddress) => EgressPath {
    const { target } = route
    const hops = this.#hops
    switch (target.kind) {
      case 'local':
        return (destination) => this.#pathToOwner(destination)
      case 'peering-connection':
        return (destination) => this.#pathToPeer(target.peering, destination)
      case 'internet-gateway':
      case 'egress-only-internet-gateway':
        return this.#followToInternet(target)
      case 'network-interface':
        return (destination) => this.pathBy(target.networkInterface, destination)
      case 'nat-gateway':
        return (destination) => this.pathBy(target.gateway.networkInterface, destination)
      case 'transit-gateway': {
        const path = this.#pathToTransitGateway(target.attachment)
        return () => path
      }
      case 'gateway-endpoint': {
        const fields = pathFields(hops.gateway(TRAFFIC_PATH.gateway), {
          nitroNextHop: hops.gateway(TRAFFIC_PATH.nitroGatewayEndpoint),
          automaticTracking: isAutomaticallyTrackedEndpoint(target.endpoint),
          delayMicroseconds: HOP_DELAY.endpoint,
        })
        const path: EgressPath = { kind: 'gateway-endpoint', ...fields, endpoint: target.endpoint }
        return () => path
      }
      case 'blackhole': {
        const path = nowhere(hops.gateway(TRAFFIC_PATH.none), { kind: 'blackhole', route })
        return () => path
      }
    }
  }

  #followToInternet(target: InternetTarget): (destination: IpAddress) => EgressPath {
    const trafficPaths = gatewayTrafficPaths(this.subnet.availabilityZone)
    const fields = pathFields(this.#hops.gateway(trafficPaths.internet), {
      nitroNextHop: this.#hops.gateway(trafficPaths.nitroInternet),
      automaticTracking: target.kind === 'egress-only-internet-gateway',
      delayMicroseconds: HOP_DELAY.internetGateway,
    })
    const pathBeyond = (beyond: BeyondGateway): EgressPath =>
      target.kind === 'internet-gateway'
        ? { kind: target.kind, ...fields, gateway: target.gateway, beyond }
        : { kind: target.kind, ...fields, beyond }
    const paths: Readonly<Record<BeyondGateway, EgressPath>> = {
      internet: pathBeyond('internet'),
      'own-network': pathBeyond('own-network'),
      nothing: pathBeyond('nothing'),
    }
    return (destination) => paths[beyondGateway(this.#addresses, destination)]
  }

  #pathToTransitGateway(attachment: TransitGatewayAttachment): EgressPath {
    const zone = this.subnet.availabilityZone.name
    const entry = attachment.interfaces.find(({ subnet }) => subnet.availabilityZone.name === zone)
    // Between a host and an attachment in its own subnet, the ACL judges as at a border (transit gateway guide, "Network ACLs").
    if (entry) return this.#makeInterfacePath(entry, true, 'none')
    return nowhere(this.#hops.gateway(TRANSIT_GATEWAY_TRAFFIC_PATH), { kind: 'no-transit-gateway-zone' })
  }

  #makePeeringPath(peering: PeeringConnection, networkInterface: NetworkInterface): PeeringPath {
    const trafficPath = peering.isInterRegion ? TRAFFIC_PATH.interRegionPeering : TRAFFIC_PATH.intraRegionPeering
    const fields = pathFields(this.#hops.networkInterface(networkInterface, trafficPath), {
      automaticTracking: isAutomaticallyTracked(networkInterface),
      throughLoadBalancer: loadBalancerOf(networkInterface),
      groupReferences: 'all',
      delayMicroseconds: peering.isInterRegion
        ? HOP_DELAY.betweenRegions
        : delayBetween(this.subnet.availabilityZone, networkInterface.subnet.availabilityZone),
    })
    return { kind: 'peering', ...fields, networkInterface, peering }
  }

  #makeInterfacePath(target: NetworkInterface, leavesSubnet: boolean, groupReferences: GroupReferences): InterfacePath {
    const isTransitGateway = target.attachment.kind === 'transit-gateway'
    const trafficPath = isTransitGateway ? TRANSIT_GATEWAY_TRAFFIC_PATH : TRAFFIC_PATH.sameVpc
    const fields = pathFields(this.#hops.networkInterface(target, trafficPath), {
      leavesSubnet,
      automaticTracking: isAutomaticallyTracked(target),
      throughLoadBalancer: loadBalancerOf(target),
      groupReferences,
      delayMicroseconds:
        target.subnet === this.subnet
          ? HOP_DELAY.sameSubnet
          : delayBetween(this.subnet.availabilityZone, target.subnet.availabilityZone),
    })
    return { kind: 'interface', ...fields, networkInterface: target }
  }
}

function delayBetween(from: AvailabilityZone, to: AvailabilityZone): number {
  return from.id === to.id ? HOP_DELAY.sameZone : HOP_DELAY.betweenZones
}
