import type { IntervalSeconds, OpenIntervals } from './aggregation-interval.ts'
import type { CoveredInterface } from './flow-log-coverage.ts'
import type { FlowLogSubscription } from './flow-log-subscription.ts'
import { FlowRow } from './flow-row.ts'
import { readFlow } from './read-flow.ts'
import { STATUS_RECORDS_PASS_EVERY_TRAFFIC_TYPE } from './record-assumptions.ts'
import { statusWindow } from './status-window.ts'

/** What an {@link IntervalWriter} writes from and to. */
export interface IntervalWriterParts {
  /** By the number that flows have as their observer. */
  readonly interfaces: readonly CoveredInterface[]
  readonly short: OpenIntervals
  readonly long: OpenIntervals
  readonly onFlow: ((row: FlowRow) => void) | undefined
  /** From when on every ENI has NODATA rows; undefined: from its first traffic on. */
  readonly nodataFromMicroseconds: number | undefined
}

/**
 * Gives the rows of an interval that is over to the flow logs: flows in order of their first packets, then NODATA and SKIPDATA rows by ENI.
 * Flows of a short interval also go into the long one around it, for the flow logs that ask for that.
 */
export class IntervalWriter {
  readonly #parts: IntervalWriterParts
  #row: FlowRow | undefined

  constructor(parts: IntervalWriterParts) {
    this.#parts = parts
  }

  /** Writes the current interval; `nowMicroseconds` tells whether it is over, since no NODATA row speaks of one that is not. */
  write(intervals: OpenIntervals, nowMicroseconds: number): void {
    this.#writeFlows(intervals)
    const isOver = intervals.end <= nowMicroseconds
    if (isOver || intervals.current.skipped.size > 0) this.#writeStatus(intervals, isOver)
  }

  /** Gives a flow's row to who asked for flows, and to the flow logs that aggregate the ENI over intervals of this length. */
  give(covered: CoveredInterface, { seconds }: OpenIntervals, row: FlowRow): void {
    if (seconds === 60) this.#parts.onFlow?.(row)
    for (const subscription of subscriptionsOf(covered, seconds)) {
      const { trafficType } = subscription.flowLog
      if (trafficType !== 'ALL' && trafficType !== row.action) continue
      if (subscription.records(row.intervalStartSeconds)) giveTimed(subscription, covered, row)
    }
  }

  #writeFlows(intervals: OpenIntervals): void {
    const { flows } = intervals.current
    for (let slot = 0; slot < flows.count; slot += 1) {
      const covered = this.#parts.interfaces[flows.observer(slot)] as CoveredInterface
      const row = this.#rowOf(intervals, covered)
      readFlow(flows, slot, intervals.start, row)
      this.give(covered, intervals, row)
      if (intervals.seconds === 60 && covered.longSubscriptions.length > 0) this.#addToLong(slot, covered, row)
    }
  }

  /** Counts a flow of a short interval into the long one around it. */
  #addToLong(slot: number, { number }: CoveredInterface, { source, destination, nextHop }: FlowRow): void {
    const { short, long } = this.#parts
    const from = short.current.flows
    const interval = long.at(short.start)
    const offset = short.start - (interval === long.next ? long.end : long.start)
    const { flows } = interval
    const hash = from.hash(slot)
    const aspect = from.aspect(slot)
    const ports = from.ports(slot)
    const protocol = from.protocol(slot)
    let into = flows.find(hash, number, aspect, source, destination, ports, protocol)
    if (into < 0) into = flows.insert(hash, number, aspect, source, destination, ports, protocol, nextHop)
    interval.markTraffic(number)
    const first = from.first(slot) + offset
    flows.add(into, from.packets(slot), from.bytes(slot), first, from.last(slot) + offset, from.tcpFlags(slot))
  }

  /** NODATA rows of ENIs that were silent, SKIPDATA rows of those that lost packets. */
  #writeStatus(intervals: OpenIntervals, isOver: boolean): void {
    const { current, seconds, start } = intervals
    for (const covered of this.#parts.interfaces) {
      const isSkipped = current.skipped.has(covered.number)
      if (!isSkipped && !(isOver && this.#isSilent(covered, intervals))) continue
      const row = this.#rowOf(intervals, covered)
      row.logStatus = isSkipped ? 'SKIPDATA' : 'NODATA'
      const window = statusWindow(covered.hash, row.intervalStartSeconds, seconds)
      row.startSeconds = window.startSeconds
      row.endSeconds = window.endSeconds
      for (const subscription of subscriptionsOf(covered, seconds)) {
        if (!STATUS_RECORDS_PASS_EVERY_TRAFFIC_TYPE && subscription.flowLog.trafficType !== 'ALL') continue
        if (subscription.records(row.intervalStartSeconds)) giveTimed(subscription, covered, row)
      }
      if (isSkipped && seconds === 60) this.#parts.long.at(start).skipped.add(covered.number)
    }
  }

  #isSilent(covered: CoveredInterface, intervals: OpenIntervals): boolean {
    if (covered.isGone || intervals.current.hasTraffic(covered.number)) return false
    const { nodataFromMicroseconds } = this.#parts
    return nodataFromMicroseconds === undefined
      ? covered.firstTraffic < intervals.start
      : intervals.start >= nodataFromMicroseconds
  }

  #rowOf(intervals: OpenIntervals, { networkInterface }: CoveredInterface): FlowRow {
    this.#row ??= new FlowRow(networkInterface)
    this.#row.networkInterface = networkInterface
    this.#row.intervalStartSeconds = intervals.startSeconds
    this.#row.intervalSeconds = intervals.seconds
    return this.#row
  }
}

/** Gives a row with the times that the ENI's record clock shows. */
function giveTimed(
  { receiver }: FlowLogSubscription<FlowRow>,
  { recordClockSeconds }: CoveredInterface,
  row: FlowRow,
): void {
  row.startSeconds += recordClockSeconds
  row.endSeconds += recordClockSeconds
  receiver.row(row)
  row.startSeconds -= recordClockSeconds
  row.endSeconds -= recordClockSeconds
}

function subscriptionsOf(covered: CoveredInterface, seconds: IntervalSeconds): readonly FlowLogSubscription<FlowRow>[] {
  return seconds === 60 ? covered.shortSubscriptions : covered.longSubscriptions
}
