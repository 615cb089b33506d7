import type { NextHop } from '../dataplane/next-hop.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, FlowLog, NetworkInterface, Topology } from '../topology/topology.ts'
import { type IntervalSeconds, type OpenInterval, OpenIntervals } from './aggregation-interval.ts'
import { flowAspect, NEVER_LOGGED, outcomeOf, REJECTED_BY_BLOCK_PUBLIC_ACCESS, VerdictOutcomes } from './flow-aspect.ts'
import { flowHash } from './flow-hash.ts'
import { type CoveredInterface, FlowLogCoverage } from './flow-log-coverage.ts'
import { type FlowLogSubscription, FlowLogSubscriptions } from './flow-log-subscription.ts'
import type { FlowRow, FlowRowReceiver } from './flow-row.ts'
import { FragmentPorts } from './fragment-ports.ts'
import { IntervalWriter } from './interval-writer.ts'
import { INTERVAL_PHASE_SECONDS, NODATA_BEFORE_FIRST_TRAFFIC } from './record-assumptions.ts'
import { TCP_FLAGS_NOT_COMPUTABLE, tcpFlagsOf } from './tcp-flags.ts'
import { isUnloggedTraffic } from './unlogged-traffic.ts'

/** How a flow table works; everything has a default. */
export interface FlowTableOptions {
  /** Simulated time at the beginning, microseconds since 1970. Default 0. */
  readonly startMicroseconds?: number
  /**
   * Called with every flow of every ENI per minute, whether a flow log covers it or not, in the order in which they are written. The row
   * is not to be kept.
   */
  readonly onFlow?: (row: FlowRow) => void
  /** When aggregation intervals begin, in seconds after the full minute. Default {@link INTERVAL_PHASE_SECONDS}. */
  readonly intervalPhaseSeconds?: number
  /** Whether ENIs have NODATA records before their first traffic. Default {@link NODATA_BEFORE_FIRST_TRAFFIC}. */
  readonly nodataBeforeFirstTraffic?: boolean
}

const MICROSECONDS = 1_000_000

/**
 * Aggregates the packets that pass ENIs into flows per ENI, direction, 5-tuple of the packet, action and aggregation interval, and gives
 * the rows of each interval to the flow logs that cover the ENI once it is over. Packets come in about the order of their times; which
 * interval a packet belongs to is decided by its own time as long as that is not a grace behind the latest one.
 *
 * Rows come in a fixed order: interval by interval as they end, within one by their first packet, then NODATA and SKIPDATA rows by ENI.
 * Source: VPC user guide, "Flow logs basics", "Flow log records", "Flow log limitations".
 */
export class FlowTable {
  /** Packets that came too late for their interval, and were counted at the beginning of the earliest open one. */
  lateCaptures = 0
  readonly #subscriptions: FlowLogSubscriptions<FlowRow>
  readonly #coverage: FlowLogCoverage
  readonly #short: OpenIntervals
  readonly #long: OpenIntervals
  readonly #verdicts = new VerdictOutcomes()
  readonly #fragments = new FragmentPorts()
  readonly #nodataBeforeFirstTraffic: boolean
  readonly #writer: IntervalWriter
  #topology: Topology
  #now: number
  /** When the next interval is complete. */
  #closesAt: number
  #hasTraffic = false
  #hasEnded = false

  /**
   * @param openReceiver Who gets the rows of a flow log, asked once for each; undefined for nobody. Flow logs of transit gateways are not
   *   asked for.
   */
  constructor(
    topology: Topology,
    openReceiver: (flowLog: FlowLog) => FlowRowReceiver<FlowRow> | undefined,
    options: FlowTableOptions = {},
  ) {
    this.#topology = topology
    const { startMicroseconds = 0, intervalPhaseSeconds = INTERVAL_PHASE_SECONDS, onFlow } = options
    this.#now = startMicroseconds
    this.#nodataBeforeFirstTraffic = options.nodataBeforeFirstTraffic ?? NODATA_BEFORE_FIRST_TRAFFIC
    this.#subscriptions = new FlowLogSubscriptions(isInterfaceFlowLog, openReceiver)
    this.#coverage = new FlowLogCoverage(onFlow !== undefined)
    this.#short = new OpenIntervals(60, startMicroseconds, intervalPhaseSeconds)
    this.#long = new OpenIntervals(600, startMicroseconds, intervalPhaseSeconds)
    this.#writer = new IntervalWriter({
      interfaces: this.#coverage.interfaces,
      short: this.#short,
      long: this.#long,
      onFlow,
      nodataFromMicroseconds: this.#nodataBeforeFirstTraffic ? startMicroseconds : undefined,
    })
    this.#closesAt = Math.min(this.#short.closesAt, this.#long.closesAt)
    this.#subscriptions.update(topology.flowLogs, Number.NEGATIVE_INFINITY)
    this.#coverage.update(topology, this.#subscriptions.all)
  }

  /** Counts a packet that passes an ENI or is refused there; the parameters are those of NetworkObserver. */
  capture(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
    nextHop: NextHop,
  ): void {
    const covered = this.#coverage.of(networkInterface)
    if (covered === undefined) return
    const aspect = this.#verdicts.aspectOf(verdict, direction === 'egress')
    if (aspect === NEVER_LOGGED) return
    if (timeMicroseconds >= this.#closesAt) this.#closeThrough(timeMicroseconds)
    if (timeMicroseconds > this.#now) this.#now = timeMicroseconds

    const intervals = covered.usesShortInterval ? this.#short : this.#long
    const isNext = timeMicroseconds >= intervals.end
    const interval = isNext ? intervals.next : intervals.current
    let offset = timeMicroseconds - (isNext ? intervals.end : intervals.start)
    if (offset < 0) {
      this.lateCaptures += 1
      offset = 0
    }
    const { source, destination, protocol } = packet
    let ports = hasPorts(protocol) ? (packet.sourcePort << 16) | packet.destinationPort : 0
    if (packet.moreFragments || packet.fragmentOffset > 0) {
      ports = this.#fragments.portsOf(covered.number, direction, packet, ports, timeMicroseconds)
    }
    const hash = flowHash(covered.number, aspect, source, destination, ports, protocol)
    const { flows } = interval
    let slot = flows.find(hash, covered.number, aspect, source, destination, ports, protocol)
    if (slot < 0 && isUnloggedTraffic(networkInterface, direction, packet, nextHop)) return
    if (covered.skippedSpans.length > 0 && isSkipped(covered, timeMicroseconds)) {
      // AWS promises that Block Public Access never leads to SKIPDATA records.
      if (aspect >> 1 !== REJECTED_BY_BLOCK_PUBLIC_ACCESS) interval.skipped.add(covered.number)
      return
    }
    if (slot < 0) {
      slot = flows.insert(hash, covered.number, aspect, source, destination, ports, protocol, nextHop)
      this.#markTraffic(covered, interval, timeMicroseconds)
    }
    flows.add(slot, 1, packet.length, offset, offset, tcpFlagsOf(packet))
  }

  /**
   * Takes in a whole flow of one interval in place of its packets; its start and end lie in one interval of {@link FlowTable.intervalOf}.
   * Flows come in the order of their intervals. What AWS does not log is not left out here.
   */
  add(row: FlowRow): void {
    const covered = this.#coverage.of(row.networkInterface)
    if (covered === undefined) return
    const start = row.startSeconds * MICROSECONDS
    if (start >= this.#closesAt) this.#closeThrough(start)
    if (start > this.#now) this.#now = start
    const intervals = covered.usesShortInterval ? this.#short : this.#long
    const isNext = start >= intervals.end
    const { flows } = isNext ? intervals.next : intervals.current
    const offset = isNext ? intervals.end : intervals.start
    const aspect = flowAspect(outcomeOf(row.action, row.rejectReason === 'BPA'), row.direction === 'egress')
    const { source, destination, protocol, nextHop } = row
    const ports = (row.sourcePort << 16) | row.destinationPort
    const hash = flowHash(covered.number, aspect, source, destination, ports, protocol)
    let slot = flows.find(hash, covered.number, aspect, source, destination, ports, protocol)
    if (slot < 0) {
      slot = flows.insert(hash, covered.number, aspect, source, destination, ports, protocol, nextHop)
      this.#markTraffic(covered, isNext ? intervals.next : intervals.current, start)
    }
    const first = Math.max(0, start - offset)
    const last = Math.max(first, row.endSeconds * MICROSECONDS - offset)
    flows.add(slot, row.packets, row.bytes, first, last, row.tcpFlags < 0 ? TCP_FLAGS_NOT_COMPUTABLE : row.tcpFlags)
  }

  /**
   * As {@link FlowTable.add} for a flow of which nothing else comes in its interval: it is written at once, and only long intervals that are
   * put together from short ones keep it. For large amounts of flows.
   */
  write(row: FlowRow): void {
    const covered = this.#coverage.of(row.networkInterface)
    if (covered === undefined) return
    if (covered.usesShortInterval && covered.longSubscriptions.length > 0) {
      this.add(row)
      return
    }
    const start = row.startSeconds * MICROSECONDS
    this.advance(start)
    const intervals = covered.usesShortInterval ? this.#short : this.#long
    const isNext = start >= intervals.end
    row.intervalStartSeconds = isNext ? intervals.endSeconds : intervals.startSeconds
    row.intervalSeconds = intervals.seconds
    this.#markTraffic(covered, isNext ? intervals.next : intervals.current, start)
    this.#writer.give(covered, intervals, row)
  }

  /** The interval that an ENI's packets are counted over, in seconds; undefined where no flow log covers it. */
  intervalOf(networkInterface: NetworkInterface): IntervalSeconds | undefined {
    const covered = this.#coverage.of(networkInterface)
    return covered && (covered.usesShortInterval ? 60 : 600)
  }

  /** Writes out the intervals that are over at a time. */
  advance(timeMicroseconds: number): void {
    if (timeMicroseconds >= this.#closesAt) this.#closeThrough(timeMicroseconds)
    if (timeMicroseconds > this.#now) this.#now = timeMicroseconds
  }

  /** Writes out everything, the interval that is not over too, and closes the receivers. */
  end(timeMicroseconds: number): void {
    this.advance(timeMicroseconds)
    const isDue = (): boolean => !this.#isIdle() && Math.min(this.#short.end, this.#long.end) <= timeMicroseconds
    while (!this.#short.isEmpty || !this.#long.isEmpty || isDue()) this.#closeNext(timeMicroseconds)
    this.#hasEnded = true
    this.#closesAt = Number.NEGATIVE_INFINITY
    this.#subscriptions.close()
  }

  /** Goes on with another state of the design; resources are the same where their ids are. The time is that of the latest packet. */
  update(topology: Topology, timeMicroseconds: number = this.#now): void {
    this.advance(timeMicroseconds)
    this.#topology = topology
    this.#subscriptions.update(topology.flowLogs, timeMicroseconds / MICROSECONDS)
    this.#coverage.update(topology, this.#subscriptions.all)
  }

  /**
   * Loses an ENI's packets to the flow logs between two times, as AWS does when it runs short of capacity: the intervals in which packets
   * were lost have a SKIPDATA record.
   */
  skipData(networkInterfaceId: string, fromMicroseconds: number, toMicroseconds: number): void {
    this.#coverage.skip(networkInterfaceId, { fromMicroseconds, toMicroseconds })
  }

  /**
   * Puts the clock off by which an ENI's records are timed: `start` and `end` of its records, and with them where its aggregation intervals
   * begin, are so many seconds later. AWS says of both times that they may be up to 60 seconds after the packet was seen at the ENI (VPC
   * user guide, "Flow log records", start and end).
   *
   * @throws RangeError for a part of a second.
   */
  skewRecordClock(networkInterfaceId: string, seconds: number): void {
    if (!Number.isSafeInteger(seconds)) {
      throw new RangeError(`a record clock is off by whole seconds, since records have no others, not by ${seconds}`)
    }
    this.#coverage.skewRecordClock(networkInterfaceId, seconds)
  }

  /** Flows of the intervals that are open. */
  get openFlows(): number {
    return this.#short.flowCount + this.#long.flowCount
  }

  #markTraffic(covered: CoveredInterface, interval: OpenInterval, timeMicroseconds: number): void {
    interval.markTraffic(covered.number)
    if (timeMicroseconds < covered.firstTraffic) covered.firstTraffic = timeMicroseconds
    this.#hasTraffic = true
  }

  #closeThrough(timeMicroseconds: number): void {
    if (this.#hasEnded) throw new Error('the flow table has ended: it takes no packets after end()')
    while (timeMicroseconds >= this.#closesAt) {
      if (this.#isIdle()) {
        this.#short.skipTo(timeMicroseconds)
        this.#long.skipTo(timeMicroseconds)
        this.#tellClosed(this.#short)
        this.#tellClosed(this.#long)
      } else {
        this.#closeNext(timeMicroseconds)
      }
      this.#closesAt = Math.min(this.#short.closesAt, this.#long.closesAt)
    }
  }

  /** Whether intervals can be passed over, because nothing is in them and no ENI is due a NODATA record. */
  #isIdle(): boolean {
    return !this.#hasTraffic && !this.#nodataBeforeFirstTraffic && this.#short.isEmpty && this.#long.isEmpty
  }

  /** Writes out the interval that ends next; a short one before the long one that ends with it and is made of it. */
  #closeNext(nowMicroseconds: number): void {
    const intervals = this.#short.end <= this.#long.end ? this.#short : this.#long
    this.#writer.write(intervals, nowMicroseconds)
    intervals.advance()
    this.#tellClosed(intervals)
  }

  #tellClosed({ seconds, startSeconds }: OpenIntervals): void {
    for (const subscription of this.#subscriptions.all) {
      const isUsed = seconds === 60 ? subscription.usesShortInterval : subscription.usesLongInterval
      if (isUsed) subscription.receiver.intervalClosed(startSeconds, this.#completeThroughSeconds(subscription))
    }
    const isCompleteThrough = (subscription: FlowLogSubscription<FlowRow>): number =>
      this.#completeThroughSeconds(subscription)
    if (this.#subscriptions.closeDeleted(isCompleteThrough)) {
      this.#coverage.update(this.#topology, this.#subscriptions.all)
    }
  }

  /** Until when everything that a flow log records was written. */
  #completeThroughSeconds({ usesLongInterval }: FlowLogSubscription<FlowRow>): number {
    return usesLongInterval ? Math.min(this.#short.startSeconds, this.#long.startSeconds) : this.#short.startSeconds
  }
}

function isInterfaceFlowLog({ resource }: FlowLog): boolean {
  return resource.kind === 'vpc' || resource.kind === 'subnet' || resource.kind === 'network-interface'
}

function hasPorts(protocol: number): boolean {
  return protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp
}

function isSkipped(covered: CoveredInterface, timeMicroseconds: number): boolean {
  return covered.skippedSpans.some(
    ({ fromMicroseconds, toMicroseconds }) => timeMicroseconds >= fromMicroseconds && timeMicroseconds < toMicroseconds,
  )
}
