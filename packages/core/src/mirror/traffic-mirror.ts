import { MTU } from '../dataplane/path-mtu.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import { MacAddress } from '../net/mac-address.ts'
import { encodeIpPacket } from '../packet/encode-packet.ts'
import { ETHERNET_HEADER_LENGTH, type EthernetAddresses } from '../packet/ethernet.ts'
import type { Packet } from '../packet/packet.ts'
import { routerMacAddress } from '../topology/router-mac-address.ts'
import type { FlowDirection, MirrorSession, MirrorTarget, NetworkInterface, Topology } from '../topology/topology.ts'
import type { InstanceBandwidth } from './instance-bandwidth.ts'
import {
  longestFrame,
  MIRROR_BALANCED_LENGTH,
  MIRROR_SOURCE_PORTS,
  MirrorEncapsulation,
  mirrorSourcePort,
  outerAddresses,
} from './mirror-encapsulation.ts'
import { type MirrorClass, MirrorClassifier } from './mirror-exclusion.ts'
import { CompiledMirrorFilter } from './mirror-filter.ts'
import { MIRROR_EXCLUDED, MIRROR_OUTCOME, type MirroredCopy, type MirrorOutcome } from './mirror-outcome.ts'
import type { MirroredFlowLimit } from './mirrored-flow-limit.ts'

/**
 * Whether a mirror target goes on with the interfaces that its balancer had when the target was made: then the targets of a zone that is
 * added later get nothing without cross-zone balancing. Source: Traffic Mirroring guide, "Traffic mirror targets", which says the latter.
 */
export const MIRROR_TARGET_KEEPS_BALANCER_ZONES: boolean = true

/**
 * Whether copies for a Gateway Load Balancer endpoint are cut to what the endpoint takes. The guide speaks of a cut for standalone
 * instances alone, so that longer copies are lost. Source: Traffic Mirroring guide, "MTU and packet length limitations".
 */
export const MIRROR_CUTS_COPIES_FOR_ENDPOINTS: boolean = false

/** What of a topology mirroring is about. */
export type MirroredTopology = Pick<Topology, 'interfaces' | 'mirrorTargets' | 'mirrorSessions'>

/** A session, ready for many packets. */
interface MirrorLane {
  readonly kind: 'lane'
  readonly session: MirrorSession
  readonly filter: CompiledMirrorFilter
  /** undefined where source and target share no IP version. */
  readonly encapsulation: MirrorEncapsulation | undefined
  /** Frames whose copy has more bytes of them get lost. */
  readonly longestCarried: number
}

/** A source ENI. */
interface MirrorSource {
  readonly networkInterface: NetworkInterface
  /** In order of session numbers. */
  readonly lanes: readonly MirrorLane[]
  readonly classifier: MirrorClassifier
  readonly ingressMacs: EthernetAddresses
  readonly egressMacs: EthernetAddresses
}

/**
 * Traffic mirroring of a topology: for each packet of a source ENI, whether a session takes it, and its copy in VXLAN. Sessions are asked
 * in order of their numbers; the first whose filter accepts the packet mirrors it, so that it is mirrored once at the most.
 * Source: VPC Traffic Mirroring guide, "How Traffic Mirroring works", "Traffic mirror sessions".
 */
export class TrafficMirror {
  readonly #bandwidth: InstanceBandwidth | undefined
  readonly #flowLimit: MirroredFlowLimit | undefined
  /** Ids of the balancers' interfaces by target id. */
  readonly #balancerInterfaces: Map<string, ReadonlySet<string>> = new Map()
  /** By the ENI's index. */
  #sources: readonly (MirrorSource | undefined)[] = []

  /** Without limits to bandwidth unless given. */
  constructor(topology: MirroredTopology, bandwidth?: InstanceBandwidth, flowLimit?: MirroredFlowLimit) {
    this.#bandwidth = bandwidth
    this.#flowLimit = flowLimit
    this.update(topology)
  }

  /** Another topology from now on. */
  update(topology: MirroredTopology): void {
    this.#noteBalancers(topology.mirrorTargets)
    const sources: (MirrorSource | undefined)[] = new Array(topology.interfaces.length).fill(undefined)
    for (const networkInterface of topology.interfaces) {
      const sessions = topology.mirrorSessions.filter(({ source }) => source === networkInterface)
      if (sessions.length > 0) sources[networkInterface.index] = this.#prepare(networkInterface, sessions)
    }
    this.#sources = sources
  }

  /**
   * What becomes of a packet that passes an ENI: a copy to be sent, or an outcome without one. undefined for ENIs that are no source, and
   * for the copies that they send.
   */
  judge(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
  ): MirroredCopy | MirrorOutcome | undefined {
    if (this.#bandwidth && verdict.action === 'ACCEPT' && verdict.reason.kind !== 'mirrored-traffic') {
      this.#bandwidth.produce(networkInterface, packet, timeMicroseconds)
    }
    const source = this.#sources[networkInterface.index]
    if (source === undefined || verdict.reason.kind === 'mirrored-traffic') return undefined
    const mirrorClass = source.classifier.classify(direction, packet, verdict)
    const lane = laneFor(source, mirrorClass, direction, packet)
    if (lane.kind !== 'lane') return lane
    const { encapsulation, session } = lane
    if (!encapsulation) return MIRROR_OUTCOME.noAddress
    if (isTooLong(packet, lane)) return MIRROR_OUTCOME.tooLong
    if (this.#flowLimit && !this.#flowLimit.admit(networkInterface, packet, timeMicroseconds)) {
      return MIRROR_OUTCOME.flowBandwidth
    }
    const isEgress = direction === 'egress'
    const macs = isEgress ? source.egressMacs : source.ingressMacs
    const copy = encapsulation.wrap(packet, macs, sourcePortFor(mirrorClass, direction, packet), isEgress)
    if (this.#bandwidth && !this.#bandwidth.admit(networkInterface, copy, timeMicroseconds)) {
      return MIRROR_OUTCOME.congestion
    }
    return {
      kind: 'copy',
      session,
      networkInterface,
      direction,
      original: packet,
      packet: copy,
      timeMicroseconds,
      arrival: undefined,
    }
  }

  /**
   * Like {@link TrafficMirror.judge}, with the copy's bytes in the place of the copy: an IP packet at `at`. Gives how many there are. Without
   * limits to bandwidth nothing is made for a packet whose copy is not cut. RangeError where the bytes do not fit the buffer.
   */
  write(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
    into: Uint8Array,
    at: number,
  ): number | MirrorOutcome | undefined {
    if (this.#bandwidth || this.#flowLimit) {
      const judged = this.judge(networkInterface, direction, packet, timeMicroseconds, verdict)
      return judged?.kind === 'copy' ? encodeIpPacket(judged.packet, into, at) : judged
    }
    const source = this.#sources[networkInterface.index]
    if (source === undefined || verdict.reason.kind === 'mirrored-traffic') return undefined
    const mirrorClass = source.classifier.classify(direction, packet, verdict)
    const lane = laneFor(source, mirrorClass, direction, packet)
    if (lane.kind !== 'lane') return lane
    const { encapsulation } = lane
    if (!encapsulation) return MIRROR_OUTCOME.noAddress
    if (isTooLong(packet, lane)) return MIRROR_OUTCOME.tooLong
    const isEgress = direction === 'egress'
    const macs = isEgress ? source.egressMacs : source.ingressMacs
    return encapsulation.write(packet, macs, sourcePortFor(mirrorClass, direction, packet), isEgress, into, at)
  }

  #noteBalancers(targets: readonly MirrorTarget[]): void {
    for (const { id, target } of targets) {
      if (target.kind !== 'load-balancer') continue
      if (MIRROR_TARGET_KEEPS_BALANCER_ZONES && this.#balancerInterfaces.has(id)) continue
      this.#balancerInterfaces.set(id, new Set(target.loadBalancer.interfaces.map((one) => one.id)))
    }
  }

  #prepare(networkInterface: NetworkInterface, sessions: readonly MirrorSession[]): MirrorSource {
    const own = MacAddress.of(networkInterface.macAddress)
    const router = routerMacAddress(networkInterface.subnet)
    return {
      networkInterface,
      lanes: [...sessions]
        .sort((one, other) => one.sessionNumber - other.sessionNumber)
        .map((session) => ({
          kind: 'lane',
          session,
          filter: new CompiledMirrorFilter(session.filter),
          ...this.#tunnelOf(session),
        })),
      classifier: new MirrorClassifier(networkInterface.subnet),
      ingressMacs: { source: router, destination: own },
      egressMacs: { source: own, destination: router },
    }
  }

  #tunnelOf(session: MirrorSession): Pick<MirrorLane, 'encapsulation' | 'longestCarried'> {
    const { source, target, virtualNetworkId } = session
    const receiver = this.#receiverOf(source, target)
    const addresses = receiver && outerAddresses(source, receiver)
    if (!addresses) return { encapsulation: undefined, longestCarried: 0 }
    const { version } = addresses.destination
    const encapsulation = new MirrorEncapsulation({
      ...addresses,
      virtualNetworkId,
      packetLength: carriedLength(session, version),
    })
    return { encapsulation, longestCarried: longestCarried(session, version) }
  }

  /**
   * The ENI that copies are sent to. Of a balancer it is the one in the source's zone, else its first; which one AWS takes is not
   * documented.
   */
  #receiverOf(source: NetworkInterface, { id, target }: MirrorTarget): NetworkInterface | undefined {
    if (target.kind === 'network-interface') return target.networkInterface
    if (target.kind === 'gateway-load-balancer-endpoint') return target.endpoint.networkInterface
    const known = this.#balancerInterfaces.get(id)
    const interfaces = target.loadBalancer.interfaces.filter((one) => known?.has(one.id))
    const zone = source.subnet.availabilityZone.name
    return interfaces.find(({ subnet }) => subnet.availabilityZone.name === zone) ?? interfaces[0]
  }
}

/** The first session that takes a packet of a source, or why there is none. */
function laneFor(
  { lanes }: MirrorSource,
  mirrorClass: MirrorClass,
  direction: FlowDirection,
  packet: Packet,
): MirrorLane | MirrorOutcome {
  const isDns = mirrorClass === 'amazon-dns'
  if (!isDns && mirrorClass !== 'ordinary') return MIRROR_EXCLUDED[mirrorClass]
  for (const lane of lanes) {
    const { filter } = lane
    if (isDns ? filter.mirrorsAmazonDns : filter.accepts(direction, packet)) return lane
  }
  return MIRROR_OUTCOME.filtered
}

function sourcePortFor(mirrorClass: MirrorClass, direction: FlowDirection, packet: Packet): number {
  const isResolverAnswer = mirrorClass === 'amazon-dns' && direction === 'ingress'
  return isResolverAnswer ? MIRROR_SOURCE_PORTS.first : mirrorSourcePort(packet)
}

/** Bytes of each frame that a session carries: as it says, as a balancer takes, as an ENI's MTU allows. */
function carriedLength({ packetLength, target }: MirrorSession, version: 4 | 6): number {
  switch (target.target.kind) {
    case 'network-interface':
      return Math.min(packetLength ?? Number.POSITIVE_INFINITY, longestFrame(version))
    case 'load-balancer':
      return Math.min(packetLength ?? MIRROR_BALANCED_LENGTH, MIRROR_BALANCED_LENGTH)
    case 'gateway-load-balancer-endpoint': {
      const longest = MIRROR_CUTS_COPIES_FOR_ENDPOINTS
        ? longestFrame(version, MTU.gatewayLoadBalancerEndpoint)
        : undefined
      return Math.min(packetLength ?? Number.POSITIVE_INFINITY, longest ?? Number.POSITIVE_INFINITY)
    }
  }
}

/** An endpoint takes 8,500 bytes, with AWS's overhead for the tunnel: packets of 8,446 bytes, over IPv6 8,426. */
function longestCarried({ target }: MirrorSession, version: 4 | 6): number {
  return target.target.kind === 'gateway-load-balancer-endpoint'
    ? longestFrame(version, MTU.gatewayLoadBalancerEndpoint)
    : Number.POSITIVE_INFINITY
}

function isTooLong(packet: Packet, { encapsulation, longestCarried: longest }: MirrorLane): boolean {
  return Math.min(ETHERNET_HEADER_LENGTH + packet.length, encapsulation?.packetLength ?? 0) > longest
}
