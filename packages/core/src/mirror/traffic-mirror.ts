import type { Verdict } from '../dataplane/verdict.ts'
import { MacAddress } from '../net/mac-address.ts'
import type { EthernetAddresses } from '../packet/ethernet.ts'
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
import { MirrorClassifier } from './mirror-exclusion.ts'
import { CompiledMirrorFilter } from './mirror-filter.ts'
import { MIRROR_EXCLUDED, MIRROR_OUTCOME, type MirroredCopy, type MirrorOutcome } from './mirror-outcome.ts'

/**
 * Whether a mirror target goes on with the interfaces that its balancer had when the target was made: then the targets of a zone that is
 * added later get nothing without cross-zone balancing. Source: Traffic Mirroring guide, "Traffic mirror targets", which says the latter.
 */
export const MIRROR_TARGET_KEEPS_BALANCER_ZONES: boolean = true

/** What of a topology mirroring is about. */
export type MirroredTopology = Pick<Topology, 'interfaces' | 'mirrorTargets' | 'mirrorSessions'>

/** A session, ready for many packets. */
interface MirrorLane {
  readonly session: MirrorSession
  readonly filter: CompiledMirrorFilter
  /** undefined where source and target share no IP version. */
  readonly encapsulation: MirrorEncapsulation | undefined
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
  /** Ids of the balancers' interfaces by target id. */
  readonly #balancerInterfaces: Map<string, ReadonlySet<string>> = new Map()
  /** By the ENI's index. */
  #sources: readonly (MirrorSource | undefined)[] = []

  constructor(topology: MirroredTopology, bandwidth?: InstanceBandwidth) {
    this.#bandwidth = bandwidth
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
    const isDns = mirrorClass === 'amazon-dns'
    if (!isDns && mirrorClass !== 'ordinary') return MIRROR_EXCLUDED[mirrorClass]
    for (const { session, filter, encapsulation } of source.lanes) {
      if (isDns ? !filter.mirrorsAmazonDns : !filter.accepts(direction, packet)) continue
      if (!encapsulation) return MIRROR_OUTCOME.noAddress
      const isEgress = direction === 'egress'
      const port = isDns && !isEgress ? MIRROR_SOURCE_PORTS.first : mirrorSourcePort(packet)
      const copy = encapsulation.wrap(packet, isEgress ? source.egressMacs : source.ingressMacs, port, isEgress)
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
    return MIRROR_OUTCOME.filtered
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
          session,
          filter: new CompiledMirrorFilter(session.filter),
          encapsulation: this.#encapsulationOf(session),
        })),
      classifier: new MirrorClassifier(networkInterface.subnet),
      ingressMacs: { source: router, destination: own },
      egressMacs: { source: own, destination: router },
    }
  }

  #encapsulationOf(session: MirrorSession): MirrorEncapsulation | undefined {
    const { source, target, virtualNetworkId } = session
    const receiver = this.#receiverOf(source, target)
    const addresses = receiver && outerAddresses(source, receiver)
    if (!addresses) return undefined
    return new MirrorEncapsulation({
      ...addresses,
      virtualNetworkId,
      packetLength: carriedLength(session, addresses.destination.version),
    })
  }

  /**
   * The ENI that copies are sent to. Of a balancer it is the one in the source's zone, else its first; which one AWS takes is not
   * documented.
   */
  #receiverOf(source: NetworkInterface, { id, target }: MirrorTarget): NetworkInterface | undefined {
    if (target.kind === 'network-interface') return target.networkInterface
    const known = this.#balancerInterfaces.get(id)
    const interfaces = target.loadBalancer.interfaces.filter((one) => known?.has(one.id))
    const zone = source.subnet.availabilityZone.name
    return interfaces.find(({ subnet }) => subnet.availabilityZone.name === zone) ?? interfaces[0]
  }
}

/** Bytes of each frame that a session carries: as it says, as a balancer takes, as an ENI's MTU allows. */
function carriedLength({ packetLength, target }: MirrorSession, version: 4 | 6): number {
  switch (target.target.kind) {
    case 'network-interface':
      return Math.min(packetLength ?? Number.POSITIVE_INFINITY, longestFrame(version))
    case 'load-balancer':
      return Math.min(packetLength ?? MIRROR_BALANCED_LENGTH, MIRROR_BALANCED_LENGTH)
  }
}
