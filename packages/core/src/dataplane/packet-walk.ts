import type { MirrorReordering } from '../mirror/mirror-reordering.ts'
import type { IpAddress } from '../net/ip-address.ts'
import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import { hasAddress } from './address-lookup.ts'
import type { ConnectionTracker } from './connection-tracker.ts'
import { DROPPED } from './drop-verdicts.ts'
import { type EgressPath, nextHopFor } from './egress-path.ts'
import { GatewayEndpoints } from './gateway-endpoints.ts'
import { GatewayLoadBalancers } from './gateway-load-balancers.ts'
import { type GroupReferences, referencesTo } from './group-path.ts'
import { HOP_DELAY } from './hop-delays.ts'
import { makePacketTooBig, makeTimeExceeded } from './icmp-error.ts'
import { InterfaceEndpoints } from './interface-endpoints.ts'
import { InterfaceVerdicts } from './interface-verdicts.ts'
import { InternetGateways } from './internet-gateways.ts'
import { LinkLocalServices } from './link-local-services.ts'
import { LoadBalancers } from './load-balancers.ts'
import { NatGateways } from './nat-gateways.ts'
import type { PacketLossRule } from './network.ts'
import { judgeNetworkAcl } from './network-acl-verdict.ts'
import type { NetworkMap } from './network-map.ts'
import type { NetworkObserver } from './network-observer.ts'
import type { Origin } from './origin.ts'
import { PeeringConnections } from './peering-connections.ts'
import type { RandomSource } from './random-source.ts'
import type { ResourceNumbers } from './resource-numbers.ts'
import { ReturnPaths } from './return-paths.ts'
import { isRunning } from './running.ts'
import { failsDestinationCheck } from './source-destination-check.ts'
import { TransitGateways } from './transit-gateways.ts'
import type { Verdict } from './verdict.ts'
import type { Walk } from './walk.ts'

const MIRRORED: Verdict = { action: 'ACCEPT', reason: { kind: 'mirrored-traffic' } }

/**
 * Whether the router of a subnet takes one off the hop limit of what leaves the subnet. Not documented: traceroutes between subnets do
 * not show it. Nor do internet gateways, peering, balancers and endpoints take any; NAT gateways and transit gateways do.
 */
export const VPC_ROUTER_IS_A_HOP: boolean = false

/** A way that comes to so many interfaces is a circle that no hop limit ends, such as a balancer that is its own target. */
const MOST_ARRIVALS = 300

/** What a walk needs to begin with. */
export interface PacketWalkOptions {
  readonly map: NetworkMap
  readonly tracker: ConnectionTracker
  readonly numbers: ResourceNumbers
  readonly random: RandomSource
  readonly observer: NetworkObserver
  readonly losesPacket: PacketLossRule | undefined
  readonly mirrorReordering: MirrorReordering
}

/**
 * Walks packets from hop to hop: routed and judged where they leave an interface, judged where they come to one, and handed to the
 * gateways in between. What is refused is captured there as REJECT and ends; what a route or gateway loses afterwards was captured as
 * ACCEPT. Sources: VPC user guide, "Flow log records"; re:Post, "Analyze inbound traffic of NAT gateways".
 */
export class PacketWalk implements Walk {
  map: NetworkMap
  readonly observer: NetworkObserver
  readonly internetGateways: InternetGateways
  readonly gatewayEndpoints: GatewayEndpoints
  readonly interfaceEndpoints: InterfaceEndpoints
  readonly linkLocalServices: LinkLocalServices
  readonly #losesPacket: PacketLossRule | undefined
  readonly #tracker: ConnectionTracker
  readonly #verdicts: InterfaceVerdicts
  readonly #natGateways: NatGateways
  readonly #transitGateways: TransitGateways
  readonly #peeringConnections: PeeringConnections
  readonly #loadBalancers: LoadBalancers
  readonly #gatewayLoadBalancers: GatewayLoadBalancers
  readonly #returnPaths = new ReturnPaths()
  /** Interfaces that the packet, with all that becomes of it, has come to. */
  #arrivals = 0

  constructor(options: PacketWalkOptions) {
    const { map, tracker, numbers, random, observer, losesPacket, mirrorReordering } = options
    this.map = map
    this.observer = observer
    this.#losesPacket = losesPacket
    this.#tracker = tracker
    this.#verdicts = new InterfaceVerdicts(tracker)
    this.internetGateways = new InternetGateways(this, numbers)
    this.gatewayEndpoints = new GatewayEndpoints(this)
    this.linkLocalServices = new LinkLocalServices(this)
    this.#natGateways = new NatGateways(this, random)
    this.#transitGateways = new TransitGateways(this)
    this.#peeringConnections = new PeeringConnections(this)
    const loadBalancers = new LoadBalancers(this, random, mirrorReordering)
    this.#loadBalancers = loadBalancers
    this.#gatewayLoadBalancers = new GatewayLoadBalancers(this, mirrorReordering)
    this.interfaceEndpoints = new InterfaceEndpoints(this, (networkInterface, loadBalancer, packet, time) =>
      loadBalancers.receiveFromEndpoint(networkInterface, loadBalancer, packet, time),
    )
  }

  /** Another topology from now on; state stays with the resources' ids. */
  update(map: NetworkMap): void {
    this.map = map
    this.#tracker.update(map.topology)
    this.#natGateways.update()
    this.#transitGateways.update()
    this.#loadBalancers.update()
  }

  leave(
    networkInterface: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    groupReferences: GroupReferences = referencesTo(networkInterface, packet),
  ): void {
    const { map } = this
    const path =
      this.#returnPaths.find(map, networkInterface, packet, timeMicroseconds) ??
      map.routerOf(networkInterface).pathTo(packet.destination)
    if (path.kind === 'link-local-service') {
      this.linkLocalServices.ask(networkInterface, packet, timeMicroseconds, path)
      return
    }
    if (path.kind === 'absent') {
      this.drop(networkInterface, packet, timeMicroseconds, DROPPED.noSuchAddress)
      return
    }
    const { networkAcl } = map.routerOf(networkInterface)
    const verdict = this.#verdicts.egress(networkInterface, packet, timeMicroseconds, path, networkAcl)
    const nextHop = nextHopFor(path, networkInterface)
    this.observer.capture(networkInterface, 'egress', packet, timeMicroseconds, verdict, nextHop)
    if (verdict.action === 'REJECT') {
      this.drop(networkInterface, packet, timeMicroseconds, verdict)
      return
    }
    this.#forward(networkInterface, packet, timeMicroseconds, path, groupReferences)
  }

  /**
   * The copy that a mirror session sends: no outbound group judges it and it is not logged at its source, but it takes the routes and
   * passes the ACLs of the source's subnet. Source: Traffic Mirroring guide, "Targets"; VPC user guide, "Flow log limitations".
   */
  leaveMirrored(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const router = this.map.routerOf(networkInterface)
    const path = router.pathTo(packet.destination)
    if (path.kind === 'absent') {
      this.drop(networkInterface, packet, timeMicroseconds, DROPPED.noSuchAddress)
      return
    }
    if (path.leavesSubnet) {
      const verdict = judgeNetworkAcl(router.networkAcl, 'egress', packet)
      if (verdict.action === 'REJECT') {
        this.drop(networkInterface, packet, timeMicroseconds, verdict)
        return
      }
    }
    const nextHop = nextHopFor(path, networkInterface)
    this.observer.capture(networkInterface, 'egress', packet, timeMicroseconds, MIRRORED, nextHop)
    this.#forward(networkInterface, packet, timeMicroseconds, path, 'all')
  }

  /** A new packet is walked. */
  begin(): void {
    this.#arrivals = 0
  }

  arrive(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number, origin: Origin): void {
    this.#arrivals += 1
    if (this.#arrivals > MOST_ARRIVALS) {
      this.drop(networkInterface, packet, timeMicroseconds, DROPPED.hopLimitExceeded)
      return
    }
    if (this.#losesPacket?.(networkInterface, origin.sender.networkInterface, packet, timeMicroseconds)) {
      this.drop(undefined, packet, timeMicroseconds, DROPPED.packetLoss)
      return
    }
    if (!isRunning(networkInterface)) {
      this.drop(networkInterface, packet, timeMicroseconds, DROPPED.instanceNotRunning)
      return
    }
    if (failsDestinationCheck(networkInterface, packet)) {
      this.drop(networkInterface, packet, timeMicroseconds, DROPPED.sourceDestinationCheck)
      return
    }
    const { networkAcl } = this.map.routerOf(networkInterface)
    const verdict = this.#verdicts.ingress(networkInterface, packet, timeMicroseconds, origin, networkAcl)
    this.observer.capture(networkInterface, 'ingress', packet, timeMicroseconds, verdict, origin.sender)
    if (verdict.action === 'REJECT') {
      this.drop(networkInterface, packet, timeMicroseconds, verdict)
      return
    }
    this.#receive(networkInterface, packet, timeMicroseconds, origin)
  }

  judgeUnseen(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): Verdict {
    return this.#verdicts.unseen(networkInterface, packet, timeMicroseconds)
  }

  drop(at: NetworkInterface | undefined, packet: Packet, timeMicroseconds: number, verdict: Verdict): void {
    this.observer.drop(at, packet, timeMicroseconds, verdict)
  }

  tellTooBig(sender: NetworkInterface, packet: Packet, timeMicroseconds: number, mtu: number): void {
    this.#tell(sender, packet, timeMicroseconds, (router) => makePacketTooBig(router, packet, mtu))
  }

  pinReturn(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number, to: NetworkInterface): void {
    this.#returnPaths.remember(this.map, networkInterface, packet, timeMicroseconds, to)
  }

  /** The router of the sender's subnet sends an ICMP error to whoever the packet is from. */
  #tell(
    sender: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    makeError: (router: IpAddress, packet: Packet) => Packet | undefined,
  ): void {
    const { subnet } = sender
    const router = packet.source.version === 4 ? subnet.routerAddress : subnet.routerIpv6Address
    const error = router && makeError(router, packet)
    if (!error) return
    const owner = this.map.addresses.inVpc(sender.vpc, packet.source)
    const receiver = owner?.networkInterface ?? sender
    this.arrive(receiver, error, timeMicroseconds + HOP_DELAY.router, this.map.origins.outside)
  }

  #forward(
    sender: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    path: EgressPath,
    groupReferences: GroupReferences,
  ): void {
    if (!VPC_ROUTER_IS_A_HOP || !path.leavesSubnet) {
      this.#hand(sender, packet, timeMicroseconds, path, groupReferences)
    } else if (packet.hopLimit > 1) {
      const onward = packet.with({ hopLimit: packet.hopLimit - 1 })
      this.#hand(sender, onward, timeMicroseconds, path, groupReferences)
    } else {
      this.drop(sender, packet, timeMicroseconds, DROPPED.hopLimitExceeded)
      this.#tell(sender, packet, timeMicroseconds, makeTimeExceeded)
    }
  }

  /** The packet goes to whatever its way leads to. */
  #hand(
    sender: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    path: EgressPath,
    groupReferences: GroupReferences,
  ): void {
    switch (path.kind) {
      case 'interface': {
        // A NAT gateway whose own subnet routes to it has no way out.
        if (path.networkInterface === sender && sender.attachment.kind === 'nat-gateway') {
          this.drop(sender, packet, timeMicroseconds, DROPPED.noRoute)
          return
        }
        const origin = this.map.origins.networkInterface(sender, path.leavesSubnet, groupReferences)
        this.arrive(path.networkInterface, packet, timeMicroseconds + path.delayMicroseconds, origin)
        return
      }
      case 'peering':
        this.#peeringConnections.send(sender, packet, timeMicroseconds, path)
        return
      case 'internet-gateway':
        this.internetGateways.send(sender, packet, timeMicroseconds + path.delayMicroseconds, path)
        return
      case 'egress-only-internet-gateway':
        this.internetGateways.sendEgressOnly(sender, packet, timeMicroseconds + path.delayMicroseconds, path)
        return
      case 'gateway-endpoint':
        this.gatewayEndpoints.send(sender, packet, timeMicroseconds, path)
        return
      case 'nowhere':
        this.drop(sender, packet, timeMicroseconds, path.verdict)
        return
      case 'link-local-service':
      case 'absent':
        this.drop(sender, packet, timeMicroseconds, DROPPED.noSuchAddress)
        return
    }
  }

  /** What the interface belongs to takes the packet. */
  #receive(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number, origin: Origin): void {
    const { attachment } = networkInterface
    switch (attachment.kind) {
      case 'instance':
      case 'none':
        if (origin.throughLoadBalancer !== false && hasAddress(networkInterface, packet.source)) {
          this.drop(networkInterface, packet, timeMicroseconds, DROPPED.hairpin)
          return
        }
        this.observer.deliver(this.map.receivers.networkInterface(networkInterface), packet, timeMicroseconds)
        return
      case 'nat-gateway':
        this.#natGateways.receive(networkInterface, attachment.gateway, packet, timeMicroseconds)
        return
      case 'transit-gateway':
        this.#transitGateways.receive(networkInterface, attachment.attachment, packet, timeMicroseconds, origin)
        return
      case 'interface-endpoint':
        this.interfaceEndpoints.receive(networkInterface, attachment.endpoint, packet, timeMicroseconds)
        return
      case 'load-balancer':
        this.#loadBalancers.receive(networkInterface, attachment.loadBalancer, packet, timeMicroseconds)
        return
      case 'gateway-load-balancer-endpoint':
        this.#gatewayLoadBalancers.receive(networkInterface, attachment.endpoint, packet, timeMicroseconds)
        return
      // Appliances that send packets back, as those in the way of ordinary traffic do, are not simulated.
      case 'gateway-load-balancer':
        this.drop(networkInterface, packet, timeMicroseconds, DROPPED.noListener)
        return
    }
  }
}
