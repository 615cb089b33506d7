import type { IpAddress } from '../net/ip-address.ts'
import { fragmentPacket } from '../packet/fragment-packet.ts'
import type { Packet } from '../packet/packet.ts'
import type { InternetGateway, NetworkInterface } from '../topology/topology.ts'
import { BLOCKED, isEgressOnlyGatewayBlocked, isInternetGatewayBlocked } from './block-public-access.ts'
import { DROPPED } from './drop-verdicts.ts'
import type { BeyondGateway, EgressOnlyGatewayPath, InternetGatewayPath } from './egress-path.ts'
import { HOP_DELAY } from './hop-delays.ts'
import { IdleFlows } from './idle-flows.ts'
import { MTU } from './path-mtu.ts'
import type { ResourceNumbers } from './resource-numbers.ts'
import { isRunning } from './running.ts'
import type { Walk } from './walk.ts'

/** How long an egress-only internet gateway lets answers in after the last packet. Not documented; that of NAT gateways. */
export const EGRESS_ONLY_IDLE_SECONDS = 350

/**
 * Internet gateways and egress-only ones, in both directions. An internet gateway maps each private IPv4 address to its public one and
 * back, outside of all interfaces; IPv6 is not translated. It keeps no state; an egress-only gateway lets only answers in.
 * Source: VPC user guide, "Internet gateways", "Egress-only internet gateways", "Gateway route tables".
 */
export class InternetGateways {
  readonly #walk: Walk
  readonly #numbers: ResourceNumbers
  readonly #egressOnlyFlows = new IdleFlows(EGRESS_ONLY_IDLE_SECONDS)

  constructor(walk: Walk, numbers: ResourceNumbers) {
    this.#walk = walk
    this.#numbers = numbers
  }

  /** A packet from an interface to the internet. */
  send(sender: NetworkInterface, packet: Packet, timeMicroseconds: number, path: InternetGatewayPath): void {
    const walk = this.#walk
    // The gateway knows addresses of its own VPC alone: an appliance may forward for another interface, a transit gateway may not.
    const publicAddress = walk.map.addresses.inVpc(path.gateway.vpc, packet.source)?.publicAddress
    if (!publicAddress) {
      walk.drop(sender, packet, timeMicroseconds, DROPPED.noPublicAddress)
      return
    }
    this.#sendTranslated(sender, packet, timeMicroseconds, publicAddress, path.beyond)
  }

  /** A packet through an egress-only internet gateway, which carries IPv6 alone. */
  sendEgressOnly(
    sender: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    path: EgressOnlyGatewayPath,
  ): void {
    const walk = this.#walk
    const { vpc } = sender
    if (packet.source.version !== 6 || !walk.map.addresses.inVpc(vpc, packet.source)) {
      walk.drop(sender, packet, timeMicroseconds, DROPPED.noPublicAddress)
      return
    }
    this.#egressOnlyFlows.remember(this.#numbers.numberOf(vpc.id), packet, true, 0, timeMicroseconds)
    this.#sendTranslated(sender, packet, timeMicroseconds, packet.source, path.beyond)
  }

  /** A packet from the internet to a public IPv4 or an IPv6 address. */
  receive(packet: Packet, timeMicroseconds: number): void {
    const walk = this.#walk
    const { map } = walk
    const owner = map.addresses.onInternet(packet.destination)
    if (!owner) {
      walk.drop(undefined, packet, timeMicroseconds, DROPPED.noSuchAddress)
      return
    }
    const { networkInterface } = owner
    const { vpc } = networkInterface
    const isIpv6 = packet.destination.version === 6
    if (isIpv6 && map.routerOf(networkInterface).pathTo(packet.source).kind === 'egress-only-internet-gateway') {
      this.#receiveEgressOnly(networkInterface, packet, timeMicroseconds)
      return
    }
    const gateway = vpc.internetGateway
    if (!gateway) {
      walk.drop(undefined, packet, timeMicroseconds, DROPPED.noRoute)
      return
    }
    const inside = isIpv6 ? packet : withDestination(packet, owner.address)
    const receiver = behindGateway(gateway, inside.destination, networkInterface)
    if (!receiver) {
      walk.drop(undefined, inside, timeMicroseconds, DROPPED.noRoute)
      return
    }
    const timeAtInterface = timeMicroseconds + HOP_DELAY.internetGateway
    if (isInternetGatewayBlocked(receiver)) {
      this.#refuse(receiver, inside, timeAtInterface)
      return
    }
    walk.arrive(receiver, inside, timeAtInterface, map.origins.outside)
  }

  #receiveEgressOnly(receiver: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const walk = this.#walk
    const scope = this.#numbers.numberOf(receiver.vpc.id)
    if (this.#egressOnlyFlows.find(scope, packet, false, timeMicroseconds) < 0) {
      walk.drop(undefined, packet, timeMicroseconds, DROPPED.unsolicited)
      return
    }
    const timeAtInterface = timeMicroseconds + HOP_DELAY.internetGateway
    if (isEgressOnlyGatewayBlocked(receiver)) {
      this.#refuse(receiver, packet, timeAtInterface)
      return
    }
    walk.arrive(receiver, packet, timeAtInterface, walk.map.origins.outsideTracked)
  }

  #sendTranslated(
    sender: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    publicAddress: IpAddress,
    beyond: BeyondGateway,
  ): void {
    const walk = this.#walk
    if (beyond === 'nothing') {
      walk.drop(sender, packet, timeMicroseconds, DROPPED.noRoute)
    } else if (packet.length <= MTU.internetGateway) {
      this.#handOn(withSource(packet, publicAddress), timeMicroseconds, beyond)
    } else if (packet.dontFragment || packet.source.version === 6) {
      walk.drop(sender, packet, timeMicroseconds, DROPPED.tooBigForInternetGateway)
      walk.tellTooBig(sender, packet, timeMicroseconds, MTU.internetGateway)
    } else {
      for (const fragment of fragmentPacket(packet, MTU.internetGateway)) {
        this.#handOn(withSource(fragment, publicAddress), timeMicroseconds, beyond)
      }
    }
  }

  #handOn(packet: Packet, timeMicroseconds: number, beyond: BeyondGateway): void {
    const { observer, map } = this.#walk
    if (beyond === 'own-network') this.receive(packet, timeMicroseconds)
    else observer.deliver(map.receivers.internet, packet, timeMicroseconds)
  }

  #refuse(receiver: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const walk = this.#walk
    if (isRunning(receiver)) {
      walk.observer.capture(receiver, 'ingress', packet, timeMicroseconds, BLOCKED, walk.map.origins.outside.sender)
    }
    walk.drop(receiver, packet, timeMicroseconds, BLOCKED)
  }
}

/**
 * The interface that gets what comes in for an address: the owner, or the appliance that the gateway's own route table names;
 * undefined where that route has lost its target.
 */
export function behindGateway(
  gateway: InternetGateway,
  destination: IpAddress,
  owner: NetworkInterface,
): NetworkInterface | undefined {
  const target = gateway.routeTable?.routes.find((route) => route.destination.contains(destination))?.target
  if (target === undefined || target.kind === 'local') return owner
  return target.kind === 'network-interface' ? target.networkInterface : undefined
}

/** The packet from another address; an ICMP error's quoted packet went to the old one. */
function withSource(packet: Packet, source: IpAddress): Packet {
  if (packet.source === source) return packet
  return packet.quoted
    ? packet.with({ source, quoted: packet.quoted.with({ destination: source }) })
    : packet.translated(source, packet.sourcePort, packet.destination, packet.destinationPort)
}

/** The packet to another address; an ICMP error's quoted packet came from the old one. */
function withDestination(packet: Packet, destination: IpAddress): Packet {
  return packet.quoted
    ? packet.with({ destination, quoted: packet.quoted.with({ source: destination }) })
    : packet.translated(packet.source, packet.sourcePort, destination, packet.destinationPort)
}
