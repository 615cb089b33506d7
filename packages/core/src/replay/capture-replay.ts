import { hasAddress } from '../dataplane/address-lookup.ts'
import { CapturedPacketJudge } from '../dataplane/captured-packet-judge.ts'
import type { NextHop } from '../dataplane/next-hop.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import { FlowLogPipeline } from '../delivery/flow-log-pipeline.ts'
import { GENEVE_PORT } from '../packet/geneve.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { LINK_TYPE } from '../packet/link-type.ts'
import type { Packet } from '../packet/packet.ts'
import { formatPacketIssue, type PacketIssue } from '../packet/packet-issue.ts'
import type { CapturePacket } from '../packet/pcap/capture-packet.ts'
import { toPacket } from '../packet/to-packet.ts'
import { unwrapVxlan, type VxlanFrame } from '../packet/unwrap-vxlan.ts'
import { VXLAN_PORT } from '../packet/vxlan.ts'
import type { FlowDirection, MirrorSession, NetworkInterface, Topology } from '../topology/topology.ts'
import { frameKind } from './frame-kind.ts'
import type { InterfaceDirectory } from './interface-directory.ts'
import { OffloadedSegments } from './offloaded-segments.ts'
import { type Misplacement, PacketPlacement } from './packet-placement.ts'
import type { ReplayOptions } from './replay-captures.ts'
import type { ReplayIssueCode } from './replay-issue.ts'
import { ReplayCounts, type ReplaySummary } from './replay-summary.ts'

/** A gap that no pause between captures explains: a clock that was not set. */
const LONGEST_GAP_MICROSECONDS: number = 366 * 86_400 * 1_000_000
/** How often log files and events that are due are handed over, in the time of the captures. */
const DELIVERY_STEP_MICROSECONDS = 60_000_000

/** What a packet is read from. */
interface Origin {
  readonly captured: CapturePacket
  /** The capture's name. */
  readonly capture: string
  readonly timeMicroseconds: number
}

/** Takes the packets of captures one by one: places each at its ENIs, has it judged there, and counts it in the flow logs. */
export class CaptureReplay {
  readonly #topology: Topology
  readonly #directory: InterfaceDirectory
  readonly #options: ReplayOptions
  readonly #counts: ReplayCounts
  readonly #judge: CapturedPacketJudge
  readonly #placement: PacketPlacement
  readonly #segments = new OffloadedSegments()
  readonly #sessions = new Map<number, MirrorSession[]>()
  /** ENIs with captures of their own: what mirror sessions copied from them is there already. */
  readonly #captured: ReadonlySet<NetworkInterface>
  #pipeline: FlowLogPipeline | undefined
  #now = 0
  #nextDelivery = 0

  constructor(
    topology: Topology,
    directory: InterfaceDirectory,
    options: ReplayOptions,
    captured: readonly (NetworkInterface | undefined)[],
  ) {
    this.#topology = topology
    this.#directory = directory
    this.#options = options
    this.#counts = new ReplayCounts(topology.interfaces)
    this.#placement = new PacketPlacement(directory)
    this.#captured = new Set(captured.filter((one) => one !== undefined))
    const { trackTcpFromMidstream = true } = options
    this.#judge = new CapturedPacketJudge(topology, this, { trackTcpFromMidstream })
    for (const session of topology.mirrorSessions) {
      const { virtualNetworkId } = session
      this.#sessions.set(virtualNetworkId, [...(this.#sessions.get(virtualNetworkId) ?? []), session])
    }
  }

  /** Takes a packet, of the ENI that its capture was taken at if there is one. True when {@link CaptureReplay.deliver} should be called. */
  take(captured: CapturePacket, capture: string, at: NetworkInterface | undefined, timeMicroseconds: number): boolean {
    const counts = this.#counts
    counts.packets += 1
    const reading = toPacket(captured.data, captured.linkType, captured.originalLength)
    const origin: Origin = { captured, capture, timeMicroseconds }
    if (reading.kind === 'not-ip') {
      counts.nonIp(frameKind(captured.data, captured.linkType))
      return false
    }
    if (reading.kind === 'issue') {
      this.#faultyPacket(origin, reading)
      return false
    }
    if (!this.#isPlausible(origin)) return false
    this.#now = timeMicroseconds
    counts.see(timeMicroseconds)
    const { packet } = reading
    const { interfaceName } = captured
    const place = at ?? (interfaceName === undefined ? undefined : this.#directory.named(interfaceName))
    const isTunnel =
      packet.protocol === IP_PROTOCOL.udp &&
      (packet.destinationPort === VXLAN_PORT || packet.destinationPort === GENEVE_PORT)
    if (!isTunnel || !this.#takeMirrored(origin, packet, place)) this.#takeOrdinary(origin, packet, place)
    return timeMicroseconds >= this.#nextDelivery
  }

  /** Hands over the log files and events that have arrived by now. */
  async deliver(): Promise<void> {
    this.#nextDelivery = this.#now + DELIVERY_STEP_MICROSECONDS
    await this.#pipeline?.advance(this.#now)
  }

  /** Writes out and hands over the rest. */
  async end(captures: ReplaySummary['captures']): Promise<ReplaySummary> {
    const last = Math.max(this.#options.endMicroseconds ?? 0, this.#counts.endMicroseconds ?? 0)
    await this.#pipeline?.end(last)
    return this.#counts.summary(captures, this.#pipeline?.lateCaptures ?? 0)
  }

  /** What the judge says of a packet. */
  capture(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
    nextHop: NextHop,
  ): void {
    const counts = this.#counts
    counts.capture(networkInterface, direction, verdict)
    this.#pipeline ??= new FlowLogPipeline(this.#topology, { startMicroseconds: timeMicroseconds, ...this.#options })
    const pipeline = this.#pipeline
    const segments = this.#segments.of(networkInterface, direction, packet, timeMicroseconds, nextHop)
    if (!segments) {
      pipeline.capture(networkInterface, direction, packet, timeMicroseconds, verdict, nextHop)
      return
    }
    counts.offloadedPackets += 1
    counts.offloadedSegments += segments.length
    for (const segment of segments) {
      pipeline.capture(networkInterface, direction, segment, timeMicroseconds, verdict, nextHop)
    }
  }

  /** What the judge says of a packet that leaves no record. */
  drop(_at: NetworkInterface | undefined, _packet: Packet, _timeMicroseconds: number, verdict: Verdict): void {
    this.#counts.drop(verdict)
  }

  #takeOrdinary(origin: Origin, packet: Packet, at: NetworkInterface | undefined): void {
    const { data, linkType } = origin.captured
    const misplacement = this.#place(packet, data, linkType, at)
    if (misplacement === undefined) this.#judgePlaced(packet, origin.timeMicroseconds)
    else this.#misplaced(origin, packet, misplacement, at)
  }

  #place(
    packet: Packet,
    frame: Uint8Array,
    linkType: number,
    at: NetworkInterface | undefined,
  ): Misplacement | undefined {
    return at
      ? this.#placement.atInterface(at, packet, frame, linkType)
      : this.#placement.byAddresses(packet, frame, linkType)
  }

  /** At both ENIs where only addresses tell; what the sender's ENI refuses never came to the other. */
  #judgePlaced(packet: Packet, timeMicroseconds: number): void {
    const { source, destination } = this.#placement
    const verdict = source && this.#judge.leave(source, packet, timeMicroseconds)
    if (destination && verdict?.action !== 'REJECT') this.#judge.arrive(destination, packet, timeMicroseconds)
  }

  /** A packet that a mirror session sends: its inner packet counts at the mirrored ENI, it itself at the target. False for others. */
  #takeMirrored(origin: Origin, packet: Packet, at: NetworkInterface | undefined): boolean {
    const { data, linkType } = origin.captured
    const wrapped = unwrapVxlan(data, linkType)
    if (!wrapped) return false
    const sessions = this.#sessions.get(wrapped.virtualNetworkId)
    const session = sessions?.find(({ source }) => hasAddress(source, wrapped.outer.source)) ?? sessions?.[0]
    // A source may be an appliance behind a Gateway Load Balancer as well, and get copies of its own packets from there.
    if (session && at === session.source && hasAddress(at, packet.source)) {
      this.#counts.drop(MIRRORED_AT_SOURCE)
      return true
    }
    if (!this.#takeInner(origin, wrapped, session)) return false
    if (this.#place(packet, data, linkType, at) !== undefined) return true
    const { source, destination } = this.#placement
    // On the way between source and target, such as at a balancer, copies leave like other packets.
    if (session && at && source === at) this.#judge.leave(source, packet, origin.timeMicroseconds)
    // In the capture of a session, at a target that has a capture of its own, they are there twice.
    const isThereTwice = at === undefined && destination !== undefined && this.#captured.has(destination)
    if (destination && !isThereTwice) this.#judge.arrive(destination, packet, origin.timeMicroseconds)
    return true
  }

  /** False where nothing says that the frame is a copy of an ENI's: neither a session nor its addresses. */
  #takeInner(origin: Origin, { frame }: VxlanFrame, session: MirrorSession | undefined): boolean {
    if (session && this.#captured.has(session.source)) return true
    const reading = toPacket(frame, LINK_TYPE.ethernet, Number.POSITIVE_INFINITY)
    if (reading.kind !== 'packet') {
      if (!session) return false
      if (reading.kind === 'not-ip') this.#counts.nonIp(frameKind(frame, LINK_TYPE.ethernet))
      else this.#faultyPacket(origin, reading, 'inside VXLAN, ')
      return true
    }
    const { packet } = reading
    const misplacement = this.#place(packet, frame, LINK_TYPE.ethernet, session?.source)
    if (misplacement !== undefined) {
      if (!session) return false
      this.#misplaced(origin, packet, misplacement, session.source)
      return true
    }
    this.#counts.mirroredPackets += 1
    this.#judgePlaced(packet, origin.timeMicroseconds)
    return true
  }

  #misplaced(
    origin: Origin,
    { source, destination }: Packet,
    misplacement: Misplacement,
    at: NetworkInterface | undefined,
  ): void {
    const counts = this.#counts
    switch (misplacement) {
      case 'link-only':
        counts.linkPackets += 1
        return
      case 'unknown-address': {
        counts.unknownAddressPackets += 1
        const { capture, captured } = origin
        counts.firstUnknownAddress ??= {
          capture,
          packetNumber: captured.number,
          source: `${source}`,
          destination: `${destination}`,
        }
        return
      }
      case 'not-at-interface': {
        const own = at ? [...at.addresses.map(({ address }) => address), ...at.ipv6Addresses].join(', ') : ''
        const text = `neither ${source} nor ${destination} is an address of ${at?.name} (${own})`
        this.#fault(origin, misplacement, text)
        return
      }
      case 'ambiguous-address': {
        const text = `several network interfaces have ${source} or ${destination}; say at which one the capture was taken`
        this.#fault(origin, misplacement, text)
        return
      }
    }
  }

  #isPlausible(origin: Origin): boolean {
    const { timeMicroseconds } = origin
    // Before the first records there is nothing that a gap would be filled with NODATA behind.
    const isFirst = this.#pipeline === undefined
    if (timeMicroseconds > 0 && (isFirst || timeMicroseconds - this.#now <= LONGEST_GAP_MICROSECONDS)) return true
    const text =
      timeMicroseconds > 0
        ? `its time, ${inWords(timeMicroseconds)}, is more than a year after that of the packet before it`
        : 'it has no time'
    this.#fault(origin, 'implausible-time', text)
    return false
  }

  #faultyPacket(origin: Origin, issue: PacketIssue, where = ''): void {
    this.#fault(origin, issue.code, `${where}${formatPacketIssue(issue)}`)
  }

  #fault({ captured, capture }: Origin, code: ReplayIssueCode, message: string): void {
    this.#counts.faultyPackets += 1
    this.#options.onIssue?.({ code, capture, packetNumber: captured.number, offset: captured.offset, message })
  }
}

const MIRRORED_AT_SOURCE: Verdict = { action: 'ACCEPT', reason: { kind: 'mirrored-traffic' } }

function inWords(timeMicroseconds: number): string {
  return new Date(timeMicroseconds / 1_000).toISOString()
}
