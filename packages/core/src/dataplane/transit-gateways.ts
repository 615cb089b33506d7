import type { IpAddress } from '../net/ip-address.ts'
import { fragmentPacket } from '../packet/fragment-packet.ts'
import type { Packet } from '../packet/packet.ts'
import type {
  NetworkInterface,
  TransitGateway,
  TransitGatewayAttachment,
  TransitGatewayRoute,
} from '../topology/topology.ts'
import { AddressCache } from './address-cache.ts'
import { hasAddress, primaryAddress } from './address-lookup.ts'
import { clampMss } from './clamp-mss.ts'
import { DROPPED } from './drop-verdicts.ts'
import { symmetricFlowHash } from './flow-hash.ts'
import type { GroupReferences } from './group-path.ts'
import { HOP_DELAY } from './hop-delays.ts'
import { makePacketTooBig, makeTimeExceeded } from './icmp-error.ts'
import type { Origin } from './origin.ts'
import { MTU, TRANSIT_GATEWAY_FRAGMENTS } from './path-mtu.ts'
import type { Walk } from './walk.ts'

/**
 * Whether a transit gateway answers a packet whose hop limit is used up. Its flow logs count such packets; AWS does not speak of an
 * answer, and none is seen in traceroutes.
 */
export const TRANSIT_GATEWAY_SENDS_TIME_EXCEEDED: boolean = false

type Routes = AddressCache<TransitGatewayRoute | undefined>

/**
 * Transit gateways, where packets have arrived at the interface of an attachment. The route table of that attachment tells the attachment
 * to leave by; there, the packet keeps to the zone it came from, or, where the attachment has none in that zone, to one that the flow's
 * hash chooses. In appliance mode a flow keeps one zone for both directions.
 * Source: transit gateway guide, "How transit gateways work" (Availability Zones, routing, appliance mode) and "Quotas" (MTU).
 */
export class TransitGateways {
  readonly #walk: Walk
  #routes: Map<TransitGatewayAttachment, Routes> = new Map()
  #zones: Map<TransitGateway, AddressCache<string | undefined>> = new Map()

  constructor(walk: Walk) {
    this.#walk = walk
  }

  /** Forgets what was looked up in the routes of an older topology. */
  update(): void {
    this.#routes = new Map()
    this.#zones = new Map()
  }

  receive(
    networkInterface: NetworkInterface,
    attachment: TransitGatewayAttachment,
    packet: Packet,
    timeMicroseconds: number,
    origin: Origin,
  ): void {
    const walk = this.#walk
    const time = timeMicroseconds + HOP_DELAY.transitGateway
    // The interfaces themselves are not hosts.
    if (hasAddress(networkInterface, packet.destination)) {
      walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.unsolicited)
      return
    }
    const { observer } = walk
    const route = this.#routesOf(attachment).get(packet.destination)
    const out = route?.attachment
    if (!out) {
      const loss = route ? 'blackhole' : 'no-route'
      observer.captureAtTransitGateway(attachment, networkInterface, undefined, undefined, packet, time, loss)
      walk.drop(networkInterface, packet, time, DROPPED.noRoute)
      return
    }
    if (packet.hopLimit <= 1) {
      observer.captureAtTransitGateway(attachment, networkInterface, undefined, undefined, packet, time, 'ttl-expired')
      walk.drop(networkInterface, packet, time, DROPPED.hopLimitExceeded)
      if (TRANSIT_GATEWAY_SENDS_TIME_EXCEEDED) this.#answer(networkInterface, packet, time, makeTimeExceeded)
      return
    }
    if (packet.length > MTU.transitGateway) {
      this.#tooBig(networkInterface, attachment, out, packet, time, origin)
      return
    }
    this.#forward(networkInterface, attachment, out, packet, time, origin)
  }

  #forward(
    networkInterface: NetworkInterface,
    attachment: TransitGatewayAttachment,
    out: TransitGatewayAttachment,
    packet: Packet,
    timeMicroseconds: number,
    origin: Origin,
  ): void {
    const walk = this.#walk
    const outInterface = this.#chooseInterface(networkInterface, out, packet)
    if (!outInterface) {
      const { observer } = walk
      observer.captureAtTransitGateway(
        attachment,
        networkInterface,
        undefined,
        undefined,
        packet,
        timeMicroseconds,
        'no-route',
      )
      walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.noRoute)
      return
    }
    const clamped = clampMss(packet, MTU.transitGateway)
    const onward = clamped.with({ hopLimit: packet.hopLimit - 1 })
    walk.observer.captureAtTransitGateway(
      attachment,
      networkInterface,
      out,
      outInterface,
      onward,
      timeMicroseconds,
      'none',
    )
    walk.leave(outInterface, onward, timeMicroseconds, this.#referencesAcross(attachment, out, packet, origin))
  }

  #tooBig(
    networkInterface: NetworkInterface,
    attachment: TransitGatewayAttachment,
    out: TransitGatewayAttachment,
    packet: Packet,
    timeMicroseconds: number,
    origin: Origin,
  ): void {
    const walk = this.#walk
    if (TRANSIT_GATEWAY_FRAGMENTS && packet.source.version === 4 && !packet.dontFragment) {
      for (const fragment of fragmentPacket(packet, MTU.transitGateway)) {
        this.#forward(networkInterface, attachment, out, fragment, timeMicroseconds, origin)
      }
      return
    }
    walk.observer.captureAtTransitGateway(
      attachment,
      networkInterface,
      undefined,
      undefined,
      packet,
      timeMicroseconds,
      'mtu-exceeded',
    )
    walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.tooBigForTransitGateway)
    this.#answer(networkInterface, packet, timeMicroseconds, makeTooBig)
  }

  /** From which address the gateway answers is not documented: here from the interface that the packet came in by. */
  #answer(
    networkInterface: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    makeError: (router: IpAddress, packet: Packet) => Packet | undefined,
  ): void {
    const router = primaryAddress(networkInterface, packet.source.version)
    const error = router && makeError(router, packet)
    if (error) this.#walk.leave(networkInterface, error, timeMicroseconds)
  }

  /** The references to groups that hold beyond the gateway: for what an ENI has sent straight to it, and not at interface endpoints. */
  #referencesAcross(
    from: TransitGatewayAttachment,
    to: TransitGatewayAttachment,
    packet: Packet,
    origin: Origin,
  ): GroupReferences {
    const isSupported =
      from.transitGateway.securityGroupReferencing && from.securityGroupReferencing && to.securityGroupReferencing
    if (!isSupported || origin.groupReferences !== 'all') return 'none'
    const receiver = this.#walk.map.addresses.inVpc(to.vpc, packet.destination)?.networkInterface
    return receiver?.attachment.kind === 'interface-endpoint' ? 'none' : from.vpc
  }

  /** The interface to leave by: one per zone. */
  #chooseInterface(
    from: NetworkInterface,
    out: TransitGatewayAttachment,
    packet: Packet,
  ): NetworkInterface | undefined {
    const { interfaces } = out
    const sourceZone = from.subnet.availabilityZone.name
    if (!out.applianceMode) return inZone(interfaces, sourceZone) ?? byHash(interfaces, packet)
    const zone = this.#zoneOf(packet.source, out)
    const isShared = zone !== undefined && zone === this.#zoneOf(packet.destination, out)
    return (isShared ? inZone(interfaces, sourceZone) : undefined) ?? byHash(interfaces, packet)
  }

  /** The zone of a host in any VPC of the same gateway, for appliance mode: whether source and destination share one. */
  #zoneOf(address: IpAddress, { transitGateway }: TransitGatewayAttachment): string | undefined {
    let zones = this.#zones.get(transitGateway)
    if (!zones) {
      zones = new AddressCache((host) => this.#findZone(host, transitGateway))
      this.#zones.set(transitGateway, zones)
    }
    return zones.get(address)
  }

  #findZone(address: IpAddress, { attachments }: TransitGateway): string | undefined {
    for (const { vpc } of attachments) {
      const owner = this.#walk.map.addresses.inVpc(vpc, address)
      if (owner) return owner.networkInterface.subnet.availabilityZone.name
    }
    return undefined
  }

  #routesOf(attachment: TransitGatewayAttachment): Routes {
    let routes = this.#routes.get(attachment)
    if (!routes) {
      routes = new AddressCache((address) => attachment.routes.find((route) => route.destination.contains(address)))
      this.#routes.set(attachment, routes)
    }
    return routes
  }
}

function makeTooBig(router: IpAddress, packet: Packet): Packet | undefined {
  return makePacketTooBig(router, packet, MTU.transitGateway)
}

function inZone(interfaces: readonly NetworkInterface[], zone: string): NetworkInterface | undefined {
  return interfaces.find(({ subnet }) => subnet.availabilityZone.name === zone)
}

/** The same interface for both directions of a flow. */
function byHash(interfaces: readonly NetworkInterface[], packet: Packet): NetworkInterface | undefined {
  return interfaces[symmetricFlowHash(packet) % interfaces.length]
}
