import {
  type FlowDirection,
  type FlowLogPipeline,
  MirrorCounters,
  type MirroredCopy,
  type MirrorOutcome,
  type MirrorSession,
  type NetworkInterface,
  type NetworkObserver,
  type NextHop,
  type Packet,
  type Receiver,
  type Verdict,
} from '@flowtap/core'
import type { PacketLosses } from './faults.ts'
import type { HostDirectory } from './host/host-directory.ts'
import type { SimulatedHost } from './host/simulated-host.ts'
import type { ActivityLog } from './labels.ts'
import { MirrorBrokers } from './mirror-brokers.ts'
import { MirroredArrivals } from './mirrored-arrivals.ts'
import type { SimClock } from './sim-clock.ts'

/** A packet as it passes an ENI, or as it is refused there. Copies of mirror sessions pass the ENI of the target, not that of the source. */
export interface CapturedPacket {
  readonly networkInterface: NetworkInterface
  readonly direction: FlowDirection
  readonly packet: Packet
  readonly timeMicroseconds: number
  readonly verdict: Verdict
}

/**
 * The copy of a packet that a mirror session sends, as it comes to the sensor: the target itself, or a target of its balancer. They are told
 * in the order in which they come.
 */
export interface MirroredPacket {
  readonly session: MirrorSession
  /** Where it has come to. */
  readonly networkInterface: NetworkInterface
  /** VXLAN over UDP; behind a Gateway Load Balancer in GENEVE over UDP. */
  readonly packet: Packet
  readonly timeMicroseconds: number
  /** The packet that was mirrored, where, in which direction and when. */
  readonly original: CapturedOriginal
}

/** What was mirrored. */
export interface CapturedOriginal {
  readonly networkInterface: NetworkInterface
  readonly direction: FlowDirection
  readonly packet: Packet
  readonly timeMicroseconds: number
}

/**
 * Whether the host behind a mirror target takes copies in without an answer, as one with a VXLAN interface does; one without would answer
 * that the port is closed. A broker has the port open, and gets them.
 */
const SENSORS_TAKE_COPIES: boolean = true

/** What a simulation does with what happens in its network: counts flows, hands packets to hosts, labels and taps. */
export class SimulationObserver implements NetworkObserver {
  readonly #clock: SimClock
  readonly #hosts: () => HostDirectory
  readonly #losses: PacketLosses
  readonly #activities: ActivityLog
  pipeline: FlowLogPipeline | undefined
  readonly #others: readonly Partial<NetworkObserver>[]
  readonly #arrivals = new MirroredArrivals((mirrored) => this.onMirroredPacket?.(mirrored))
  /** Called with the packets of the ENIs of `tapped`; all where that is undefined. */
  onPacket: ((captured: CapturedPacket) => void) | undefined
  tapped: ReadonlySet<string> | undefined
  /** Called with each copy that comes to a sensor. */
  onMirroredPacket: ((mirrored: MirroredPacket) => void) | undefined
  packetCount = 0
  readonly mirrorCounters: MirrorCounters = new MirrorCounters()
  readonly brokers: MirrorBrokers = new MirrorBrokers()

  constructor(
    clock: SimClock,
    hosts: () => HostDirectory,
    losses: PacketLosses,
    activities: ActivityLog,
    others: readonly Partial<NetworkObserver>[],
  ) {
    this.#clock = clock
    this.#hosts = hosts
    this.#losses = losses
    this.#activities = activities
    this.#others = others
  }

  capture(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
    nextHop: NextHop,
  ): void {
    this.packetCount += 1
    this.pipeline?.capture(networkInterface, direction, packet, timeMicroseconds, verdict, nextHop)
    this.arrive(this.#clock.nowMicroseconds)
    const { activity } = this.#clock
    // Copies leave behind the ENI of the mirror source, where no host and no flow log sees them.
    const isSeen = verdict.reason.kind !== 'mirrored-traffic'
    if (isSeen && activity !== 0 && this.#activities.onRecord) {
      this.#activities.count(activity, networkInterface, direction, packet, timeMicroseconds)
    }
    if (isSeen && this.onPacket && (this.tapped === undefined || this.tapped.has(networkInterface.id))) {
      this.onPacket({ networkInterface, direction, packet, timeMicroseconds, verdict })
    }
    for (const other of this.#others) {
      other.capture?.(networkInterface, direction, packet, timeMicroseconds, verdict, nextHop)
    }
  }

  deliver(receiver: Receiver, packet: Packet, timeMicroseconds: number): void {
    const hosts = this.#hosts()
    const host = hosts.receiverOf(receiver, packet)
    const isTaken = packet.tunnel && SENSORS_TAKE_COPIES && !host?.stack.udp.isOpen(packet.destinationPort)
    if (host && !isTaken && (this.#losses.isEmpty || !this.#losses.loses(host.name, packet, timeMicroseconds))) {
      this.#clock.schedule(timeMicroseconds + hosts.latencyOf(host), receive, host, packet)
    }
    for (const other of this.#others) other.deliver?.(receiver, packet, timeMicroseconds)
  }

  drop(at: NetworkInterface | undefined, packet: Packet, timeMicroseconds: number, verdict: Verdict): void {
    this.brokers.drop(packet, verdict)
    for (const other of this.#others) other.drop?.(at, packet, timeMicroseconds, verdict)
  }

  mirror(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    outcome: MirrorOutcome,
    copy: MirroredCopy | undefined,
  ): void {
    if (this.onMirroredPacket && copy?.arrival) {
      const { session, arrival } = copy
      this.#arrivals.add({
        session,
        networkInterface: arrival.networkInterface,
        packet: arrival.packet,
        timeMicroseconds: arrival.timeMicroseconds,
        original: { networkInterface, direction, packet, timeMicroseconds },
      })
      this.arrive(this.#clock.nowMicroseconds)
    }
    this.mirrorCounters.mirror(networkInterface, direction, packet, timeMicroseconds, outcome)
    for (const other of this.#others)
      other.mirror?.(networkInterface, direction, packet, timeMicroseconds, outcome, copy)
  }

  /** Tells of the copies that have come to sensors by a time. */
  arrive(timeMicroseconds: number): void {
    if (this.#arrivals.nextMicroseconds <= timeMicroseconds) this.#arrivals.advance(timeMicroseconds)
  }

  captureAtTransitGateway(...passage: Parameters<NetworkObserver['captureAtTransitGateway']>): void {
    this.pipeline?.captureAtTransitGateway(...passage)
    for (const other of this.#others) other.captureAtTransitGateway?.(...passage)
  }
}

function receive(host: SimulatedHost, packet: Packet): void {
  host.stack.receive(packet)
}
