import type { FlowLog, NetworkInterface } from '../topology/topology.ts'
import { FlowSlots } from './flow-slots.ts'
import { INTERFACE_WITHOUT_INSTANCE_IS_NITRO, INTERVAL_GRACE_MICROSECONDS } from './record-assumptions.ts'

/** Longest time that one record speaks of: `MaxAggregationInterval` of CreateFlowLogs. */
export type IntervalSeconds = 60 | 600

const MICROSECONDS = 1_000_000

/**
 * The aggregation interval of an ENI in a flow log: what the flow log asks for, but at most a minute for ENIs of Nitro instances
 * (VPC user guide, "Flow logs basics", maximum aggregation interval).
 */
export function aggregationInterval(
  flowLog: Pick<FlowLog, 'maxAggregationIntervalSeconds'>,
  networkInterface: NetworkInterface,
): IntervalSeconds {
  const { attachment } = networkInterface
  const isNitro = attachment.kind === 'instance' ? attachment.instance.isNitro : INTERFACE_WITHOUT_INSTANCE_IS_NITRO
  return isNitro ? 60 : flowLog.maxAggregationIntervalSeconds
}

/**
 * The two intervals of one length that are open at a time: the current one, and the next, whose first packets come while late ones of the
 * current one are still awaited.
 */
export class OpenIntervals {
  readonly seconds: IntervalSeconds
  /** Where the current interval begins and ends, in microseconds. */
  start: number
  end: number
  /** When the current interval is complete. */
  closesAt: number
  current: OpenInterval
  next: OpenInterval

  readonly #phaseMicroseconds: number

  /** @param phaseSeconds When intervals begin, after whole multiples of their length since 1970. */
  constructor(seconds: IntervalSeconds, startMicroseconds: number, phaseSeconds: number, extraCounters = 0) {
    this.seconds = seconds
    this.#phaseMicroseconds = phaseSeconds * MICROSECONDS
    this.start = this.#startOf(startMicroseconds)
    this.end = this.start + seconds * MICROSECONDS
    this.closesAt = this.end + INTERVAL_GRACE_MICROSECONDS
    this.current = new OpenInterval(extraCounters)
    this.next = new OpenInterval(extraCounters)
  }

  get startSeconds(): number {
    return this.start / MICROSECONDS
  }

  get endSeconds(): number {
    return this.end / MICROSECONDS
  }

  get isEmpty(): boolean {
    return this.current.isEmpty && this.next.isEmpty
  }

  get flowCount(): number {
    return this.current.flows.count + this.next.flows.count
  }

  /** The open interval of a time; one before the current interval belongs to that. */
  at(timeMicroseconds: number): OpenInterval {
    return timeMicroseconds >= this.end ? this.next : this.current
  }

  /** Drops the current interval; the next one becomes current. */
  advance(): void {
    const done = this.current
    done.clear()
    this.current = this.next
    this.next = done
    this.#moveTo(this.end)
  }

  /** Goes on to the interval that is current at a time, over intervals in which nothing happened. */
  skipTo(timeMicroseconds: number): void {
    const start = this.#startOf(timeMicroseconds - INTERVAL_GRACE_MICROSECONDS)
    if (start > this.start) this.#moveTo(start)
  }

  #startOf(timeMicroseconds: number): number {
    const length = this.seconds * MICROSECONDS
    return Math.floor((timeMicroseconds - this.#phaseMicroseconds) / length) * length + this.#phaseMicroseconds
  }

  #moveTo(start: number): void {
    this.start = start
    this.end = start + this.seconds * MICROSECONDS
    this.closesAt = this.end + INTERVAL_GRACE_MICROSECONDS
  }
}

/** The flows of one interval, with what its status records need; used again for later intervals. */
export class OpenInterval {
  readonly flows: FlowSlots
  /** Observers of which packets were lost before they were counted. */
  readonly skipped: Set<number> = new Set()
  #hasTraffic: Uint8Array = new Uint8Array(64)

  constructor(extraCounters: number) {
    this.flows = new FlowSlots(extraCounters)
  }

  /** Whether an observer had logged traffic. */
  hasTraffic(observer: number): boolean {
    return this.#hasTraffic[observer] === 1
  }

  get isEmpty(): boolean {
    return this.flows.count === 0 && this.skipped.size === 0
  }

  markTraffic(observer: number): void {
    if (observer >= this.#hasTraffic.length) {
      const wider = new Uint8Array(Math.max(this.#hasTraffic.length, observer) * 2)
      wider.set(this.#hasTraffic)
      this.#hasTraffic = wider
    }
    this.#hasTraffic[observer] = 1
  }

  clear(): void {
    this.flows.clear()
    this.skipped.clear()
    this.#hasTraffic.fill(0)
  }
}
