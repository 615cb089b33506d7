import { type BandwidthLimit, InstanceBandwidth } from '../mirror/instance-bandwidth.ts'
import type { MirroredCopy } from '../mirror/mirror-outcome.ts'
import { MirrorReordering, type MirrorReorderingOptions } from '../mirror/mirror-reordering.ts'
import { MIRRORED_FLOW_BITS_PER_SECOND, MirroredFlowLimit } from '../mirror/mirrored-flow-limit.ts'
import { type MirroredTopology, TrafficMirror } from '../mirror/traffic-mirror.ts'
import type { Packet } from '../packet/packet.ts'
import type { NetworkAcl, NetworkInterface, Topology } from '../topology/topology.ts'
import { ConnectionTracker } from './connection-tracker.ts'
import { DrainingAddresses } from './draining-addresses.ts'
import { DROPPED } from './drop-verdicts.ts'
import { MirroringObserver } from './mirroring-observer.ts'
import { NetworkMap } from './network-map.ts'
import type { NetworkObserver, Receiver } from './network-observer.ts'
import { PacketRate } from './packet-rate.ts'
import { PacketWalk } from './packet-walk.ts'
import { MTU } from './path-mtu.ts'
import type { RandomSource } from './random-source.ts'
import { ResourceNumbers } from './resource-numbers.ts'
import { isHost, isRunning } from './running.ts'
import { failsSourceCheck } from './source-destination-check.ts'
import type { Verdict } from './verdict.ts'

/**
 * How long a changed network ACL, or the change of a subnet's ACL, takes to act. AWS says "a short period".
 * Source: VPC user guide, "Network ACL rules".
 */
export const NETWORK_ACL_DELAY_MICROSECONDS = 5_000_000

/**
 * Fragments that leave an ENI of a host in a second; what is more is dropped before anything records it. Fragment proxy mode, which lifts
 * the limit, is off unless asked for in the instance, and not simulated. Source: EC2 user guide, "Nitro system considerations for
 * performance tuning".
 */
export const OUTBOUND_FRAGMENTS_PER_SECOND = 1024

/** What a network is made of. */
export interface NetworkOptions {
  readonly topology: Topology
  /** Seeded: decides NAT and balancer ports. */
  readonly random: RandomSource
  readonly observer: NetworkObserver
  /** Connections that the groups of an instance can track at a time; without a limit unless given. */
  readonly trackedConnectionsPerInstance?: number
  /**
   * Whether a packet is lost before it comes to an interface; `sender` is the interface that it comes from, where it comes from one. It is
   * captured at the sender alone. The answer may depend on nothing but the parameters.
   */
  readonly losesPacket?: PacketLossRule
  /** Whether the topology's mirror sessions mirror; true unless given. */
  readonly mirroring?: boolean
  /** Bits per second that an instance may send and receive: what is beyond is not mirrored. Without a limit unless given. */
  readonly instanceBandwidth?: BandwidthLimit
  /** Bits per second of each flow that are mirrored; {@link MIRRORED_FLOW_BITS_PER_SECOND} unless given, Infinity for no limit. */
  readonly mirroredFlowBandwidth?: number
  /** How copies behind balancers get out of order; a little unless given. */
  readonly mirrorReordering?: MirrorReorderingOptions
}

/** How long after the capture of a packet its copy leaves the source. Not documented; a capture at a target cannot show it. */
export const MIRROR_DELAY_MICROSECONDS = 0

/** What is mirrored of a topology whose mirror sessions do nothing. */
const WITHOUT_MIRRORING: MirroredTopology = { interfaces: [], mirrorTargets: [], mirrorSessions: [] }

/** Decides of a packet on its way from one interface to another whether it is lost. */
export type PacketLossRule = (
  receiver: NetworkInterface,
  sender: NetworkInterface | undefined,
  packet: Packet,
  timeMicroseconds: number,
) => boolean

/** ACLs by subnet id that come into force at a time. */
interface PendingAcls {
  readonly timeMicroseconds: number
  readonly networkAcls: ReadonlyMap<string, NetworkAcl>
}

/**
 * The data plane of a topology in simulated time. A packet that a host sends is walked to its end at once: routes, groups with connection
 * tracking, ACLs, gateways, balancers and endpoints, with small named delays per hop ({@link HOP_DELAY}), and with the ICMP errors and
 * RSTs that the network itself makes of it. The observer sees it at every interface and where it ends; hosts answer by calls of their own.
 * The copies that mirror sessions make of it are walked when its own walk has ended, before the call returns.
 *
 * Times are in microseconds; those of successive calls do not fall. Interfaces may be given as an older topology had them: what is gone by
 * then sends nothing. The observer is told while the call lasts, and must not call the network before it has returned.
 */
export class Network {
  readonly #walk: PacketWalk
  readonly #mirror: TrafficMirror
  readonly #mirroring: MirroringObserver
  readonly #isMirroring: boolean
  readonly #sendCopy = (copy: MirroredCopy): void => this.#walkCopy(copy)
  readonly #numbers = new ResourceNumbers()
  readonly #fragments = new PacketRate(OUTBOUND_FRAGMENTS_PER_SECOND)
  readonly #draining = new DrainingAddresses()
  #pendingAcls: PendingAcls[] = []

  constructor(options: NetworkOptions) {
    const { topology, random, observer, losesPacket, trackedConnectionsPerInstance, instanceBandwidth } = options
    const { mirroredFlowBandwidth = MIRRORED_FLOW_BITS_PER_SECOND, mirrorReordering } = options
    this.#isMirroring = options.mirroring ?? true
    this.#mirror = new TrafficMirror(
      this.#isMirroring ? topology : WITHOUT_MIRRORING,
      instanceBandwidth && new InstanceBandwidth(instanceBandwidth),
      new MirroredFlowLimit(mirroredFlowBandwidth),
    )
    this.#mirroring = new MirroringObserver(observer, this.#mirror)
    this.#walk = new PacketWalk({
      map: new NetworkMap(topology, this.#numbers),
      tracker: new ConnectionTracker(
        topology,
        trackedConnectionsPerInstance === undefined ? {} : { trackedConnectionsPerInstance },
      ),
      numbers: this.#numbers,
      random,
      observer: this.#mirroring,
      losesPacket,
      mirrorReordering: new MirrorReordering(mirrorReordering),
    })
  }

  /** The topology that packets are walked through. */
  get topology(): Topology {
    return this.#walk.map.topology
  }

  /**
   * The host behind an interface sends a packet. Nothing is recorded of what never gets out: from an instance that does not run, from an
   * address that is not the interface's while source/destination check is on, or larger than the interface's MTU.
   */
  send(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const sender = this.#admit(networkInterface, packet, timeMicroseconds)
    if (sender) this.#walk.leave(sender, packet, timeMicroseconds)
    this.#mirroring.flush(this.#sendCopy)
  }

  /** Something other than the design's mirror sessions sends the encapsulated copy of a packet from a source interface. */
  sendMirrored(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const sender = this.#admit(networkInterface, packet, timeMicroseconds)
    if (sender) this.#walk.leaveMirrored(sender, packet, timeMicroseconds)
    this.#mirroring.flush(this.#sendCopy)
  }

  /** A host on the internet, or an AWS service with public addresses, sends a packet to a public address. */
  sendFromInternet(packet: Packet, timeMicroseconds: number): void {
    this.#begin(timeMicroseconds)
    this.#walk.internetGateways.receive(packet, timeMicroseconds)
    this.#mirroring.flush(this.#sendCopy)
  }

  /** Who has received a packet sends one: a service answers by the way that it was asked, a host sends by its interface. */
  sendFromService(receiver: Receiver, packet: Packet, timeMicroseconds: number): void {
    const walk = this.#walk
    switch (receiver.kind) {
      case 'interface':
        this.send(receiver.networkInterface, packet, timeMicroseconds)
        return
      case 'internet':
        this.sendFromInternet(packet, timeMicroseconds)
        return
      case 'gateway-endpoint': {
        this.#begin(timeMicroseconds)
        const endpoint = walk.map.topology.gatewayEndpoints.find(({ id }) => id === receiver.endpoint.id)
        if (endpoint) walk.gatewayEndpoints.answer(endpoint, packet, timeMicroseconds)
        else walk.drop(undefined, packet, timeMicroseconds, DROPPED.noRoute)
        this.#mirroring.flush(this.#sendCopy)
        return
      }
      case 'endpoint-service':
      case 'link-local-service': {
        this.#begin(timeMicroseconds)
        const networkInterface = walk.map.current(receiver.networkInterface)
        const services = receiver.kind === 'endpoint-service' ? walk.interfaceEndpoints : walk.linkLocalServices
        if (networkInterface) services.answer(networkInterface, packet, timeMicroseconds)
        else walk.drop(undefined, packet, timeMicroseconds, DROPPED.noRoute)
        this.#mirroring.flush(this.#sendCopy)
        return
      }
    }
  }

  /**
   * The design changed: new routes, groups, interfaces, gateways at once, ACLs of subnets that were there before after
   * {@link NETWORK_ACL_DELAY_MICROSECONDS}. Addresses that a NAT gateway loses serve their connections for a while. State of connections stays with the ids of interfaces, NAT gateways and balancers: what a
   * change of rules cuts and what survives it is the tracker's to say.
   */
  update(topology: Topology, timeMicroseconds: number): void {
    this.#begin(timeMicroseconds)
    this.#draining.replace(this.topology, topology, timeMicroseconds)
    const inForce = this.#walk.map.networkAcls()
    const map = new NetworkMap(topology, this.#numbers, this.#draining.ownersIn(topology))
    this.#pendingAcls.push({
      timeMicroseconds: timeMicroseconds + NETWORK_ACL_DELAY_MICROSECONDS,
      networkAcls: map.networkAcls(),
    })
    map.enforce(inForce)
    this.#walk.update(map)
    if (this.#isMirroring) this.#mirror.update(topology)
  }

  #begin(timeMicroseconds: number): void {
    this.#walk.begin()
    if (this.#pendingAcls.length > 0) this.#enforceAcls(timeMicroseconds)
    if (this.#draining.expire(timeMicroseconds)) this.#endDrain()
  }

  #enforceAcls(timeMicroseconds: number): void {
    const due = this.#pendingAcls.filter((pending) => pending.timeMicroseconds <= timeMicroseconds)
    for (const { networkAcls } of due) this.#walk.map.enforce(networkAcls)
    this.#pendingAcls = this.#pendingAcls.filter((pending) => !due.includes(pending))
  }

  #endDrain(): void {
    const { topology } = this
    const inForce = this.#walk.map.networkAcls()
    const map = new NetworkMap(topology, this.#numbers, this.#draining.ownersIn(topology))
    map.enforce(inForce)
    this.#walk.update(map)
  }

  #walkCopy({ networkInterface, packet, timeMicroseconds }: MirroredCopy): void {
    this.#walk.begin()
    this.#walk.leaveMirrored(networkInterface, packet, timeMicroseconds + MIRROR_DELAY_MICROSECONDS)
  }

  /** The interface in today's topology, where the packet gets out of the host at all. */
  #admit(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): NetworkInterface | undefined {
    this.#begin(timeMicroseconds)
    const walk = this.#walk
    const sender = walk.map.current(networkInterface)
    const loss =
      !sender || !isRunning(sender) ? DROPPED.instanceNotRunning : this.#lossAtHost(sender, packet, timeMicroseconds)
    if (!loss) return sender
    walk.drop(sender, packet, timeMicroseconds, loss)
    return undefined
  }

  #lossAtHost(sender: NetworkInterface, packet: Packet, timeMicroseconds: number): Verdict | undefined {
    if (failsSourceCheck(sender, packet, this.#walk.map.routerOf(sender))) return DROPPED.sourceDestinationCheck
    if (packet.length > MTU.networkInterface) return DROPPED.tooBigForInterface
    const isFragment = packet.moreFragments || packet.fragmentOffset > 0
    if (!isFragment || !isHost(sender)) return undefined
    return this.#fragments.admit(this.#walk.map.scopeOf(sender), timeMicroseconds) ? undefined : DROPPED.fragmentRate
  }
}
