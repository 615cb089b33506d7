import type {
  FlowDirection,
  FlowLogPipeline,
  NetworkInterface,
  NetworkObserver,
  NextHop,
  Packet,
  Receiver,
  Verdict,
} from '@flowtap/core'
import type { PacketLosses } from './faults.ts'
import type { HostDirectory } from './host/host-directory.ts'
import type { SimulatedHost } from './host/simulated-host.ts'
import type { ActivityLog } from './labels.ts'
import type { SimClock } from './sim-clock.ts'

/** A packet as it passes an ENI, or as it is refused there. */
export interface CapturedPacket {
  readonly networkInterface: NetworkInterface
  readonly direction: FlowDirection
  readonly packet: Packet
  readonly timeMicroseconds: number
  readonly verdict: Verdict
}

/** What a simulation does with what happens in its network: counts flows, hands packets to hosts, labels and taps. */
export class SimulationObserver implements NetworkObserver {
  readonly #clock: SimClock
  readonly #hosts: () => HostDirectory
  readonly #losses: PacketLosses
  readonly #activities: ActivityLog
  pipeline: FlowLogPipeline | undefined
  readonly #others: readonly Partial<NetworkObserver>[]
  /** Called with the packets of the ENIs of `tapped`; all where that is undefined. */
  onPacket: ((captured: CapturedPacket) => void) | undefined
  tapped: ReadonlySet<string> | undefined
  packetCount = 0

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
    const { activity } = this.#clock
    if (activity !== 0 && this.#activities.onRecord) {
      this.#activities.count(activity, networkInterface, direction, packet, timeMicroseconds)
    }
    if (this.onPacket && (this.tapped === undefined || this.tapped.has(networkInterface.id))) {
      this.onPacket({ networkInterface, direction, packet, timeMicroseconds, verdict })
    }
    for (const other of this.#others) {
      other.capture?.(networkInterface, direction, packet, timeMicroseconds, verdict, nextHop)
    }
  }

  deliver(receiver: Receiver, packet: Packet, timeMicroseconds: number): void {
    const hosts = this.#hosts()
    const host = hosts.receiverOf(receiver, packet)
    if (host && (this.#losses.isEmpty || !this.#losses.loses(host.name, packet, timeMicroseconds))) {
      this.#clock.schedule(timeMicroseconds + hosts.latencyOf(host), receive, host, packet)
    }
    for (const other of this.#others) other.deliver?.(receiver, packet, timeMicroseconds)
  }

  drop(at: NetworkInterface | undefined, packet: Packet, timeMicroseconds: number, verdict: Verdict): void {
    for (const other of this.#others) other.drop?.(at, packet, timeMicroseconds, verdict)
  }

  captureAtTransitGateway(...passage: Parameters<NetworkObserver['captureAtTransitGateway']>): void {
    this.pipeline?.captureAtTransitGateway(...passage)
    for (const other of this.#others) other.captureAtTransitGateway?.(...passage)
  }
}

function receive(host: SimulatedHost, packet: Packet): void {
  host.stack.receive(packet)
}
