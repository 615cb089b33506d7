import type { NetworkInterface, Topology } from '../topology/topology.ts'
import { aggregationInterval, type IntervalSeconds } from './aggregation-interval.ts'
import type { FlowLogSubscription } from './flow-log-subscription.ts'
import type { FlowRow } from './flow-row.ts'
import { textHash } from './seeded-hash.ts'

/** A time span in which an ENI's packets are lost to the flow logs, in microseconds; the end does not belong to it. */
export interface SkippedSpan {
  readonly fromMicroseconds: number
  readonly toMicroseconds: number
}

/** An ENI that flow logs cover. It keeps its number through changes of the design, and until its last rows are written. */
export class CoveredInterface {
  readonly number: number
  networkInterface: NetworkInterface
  /** 60 where flow logs of 600 seconds are aggregated over 60 here too. Stays as it was when the ENI was first covered. */
  readonly longestInterval: IntervalSeconds
  /** Flow logs by the interval that they aggregate this ENI over. */
  shortSubscriptions: readonly FlowLogSubscription<FlowRow>[] = []
  longSubscriptions: readonly FlowLogSubscription<FlowRow>[] = []
  /** Whether packets are counted per 60 seconds; a long interval is then put together from short ones. */
  usesShortInterval = false
  /** Microseconds; where the ENI first had logged traffic. */
  firstTraffic: number = Number.POSITIVE_INFINITY
  /** The ENI was deleted: it has no more NODATA records. */
  isGone = false
  skippedSpans: readonly SkippedSpan[] = []
  /** How far the clock by which its records are timed is ahead. */
  recordClockSeconds = 0
  /** For what is to differ between ENIs. */
  readonly hash: number

  constructor(number: number, networkInterface: NetworkInterface) {
    this.number = number
    this.networkInterface = networkInterface
    this.hash = textHash(networkInterface.id)
    this.longestInterval = aggregationInterval({ maxAggregationIntervalSeconds: 600 }, networkInterface)
  }
}

/** Which ENIs are covered by which flow logs. A flow log of a VPC covers what the flow logs of all its ENIs would cover together. */
export class FlowLogCoverage {
  /** By number. */
  readonly interfaces: CoveredInterface[] = []
  #current: readonly NetworkInterface[] = []
  /** By place in the current topology; undefined where no flow log covers the ENI. */
  #byIndex: (CoveredInterface | undefined)[] = []
  readonly #byId = new Map<string, CoveredInterface>()
  readonly #skippedSpans = new Map<string, SkippedSpan[]>()
  readonly #recordClocks = new Map<string, number>()
  readonly #coversAll: boolean

  /** @param coversAll Counts every ENI per 60 seconds, flow log or not. */
  constructor(coversAll: boolean) {
    this.#coversAll = coversAll
  }

  /** What covers an ENI; undefined where no flow log does. An ENI of an earlier topology is found by its id. */
  of(networkInterface: NetworkInterface): CoveredInterface | undefined {
    const { index } = networkInterface
    if (this.#current[index] === networkInterface) return this.#byIndex[index]
    const found = this.#byId.get(networkInterface.id)
    return found && this.#byIndex[found.networkInterface.index]
  }

  /** Takes over a topology and its flow logs. */
  update(topology: Topology, subscriptions: readonly FlowLogSubscription<FlowRow>[]): void {
    const byResource = new Map<string, FlowLogSubscription<FlowRow>[]>()
    for (const subscription of subscriptions) {
      subscription.usesShortInterval = subscription.usesLongInterval = false
      const id = coveredResourceId(subscription)
      byResource.set(id, [...(byResource.get(id) ?? []), subscription])
    }
    const gone = new Set(this.#byId.keys())
    this.#current = topology.interfaces
    this.#byIndex = topology.interfaces.map((networkInterface) => {
      gone.delete(networkInterface.id)
      const { id, subnet, vpc } = networkInterface
      const own = [vpc.id, subnet.id, id].flatMap((resource) => byResource.get(resource) ?? [])
      return own.length > 0 || this.#coversAll ? this.#cover(networkInterface, own) : undefined
    })
    for (const id of gone) {
      const covered = this.#byId.get(id)
      if (covered) covered.isGone = true
      this.#byId.delete(id)
    }
  }

  /** Loses an ENI's packets in a span of time. */
  skip(networkInterfaceId: string, span: SkippedSpan): void {
    const spans = [...(this.#skippedSpans.get(networkInterfaceId) ?? []), span]
    this.#skippedSpans.set(networkInterfaceId, spans)
    const covered = this.#byId.get(networkInterfaceId)
    if (covered) covered.skippedSpans = spans
  }

  /** Puts the clock off by which an ENI's records are timed. */
  skewRecordClock(networkInterfaceId: string, seconds: number): void {
    this.#recordClocks.set(networkInterfaceId, seconds)
    const covered = this.#byId.get(networkInterfaceId)
    if (covered) covered.recordClockSeconds = seconds
  }

  #cover(networkInterface: NetworkInterface, own: readonly FlowLogSubscription<FlowRow>[]): CoveredInterface {
    let covered = this.#byId.get(networkInterface.id)
    if (!covered) {
      covered = new CoveredInterface(this.interfaces.length, networkInterface)
      covered.skippedSpans = this.#skippedSpans.get(networkInterface.id) ?? []
      covered.recordClockSeconds = this.#recordClocks.get(networkInterface.id) ?? 0
      this.interfaces.push(covered)
      this.#byId.set(networkInterface.id, covered)
    }
    const isShort = ({ flowLog }: FlowLogSubscription<FlowRow>): boolean =>
      covered.longestInterval === 60 || flowLog.maxAggregationIntervalSeconds === 60
    covered.networkInterface = networkInterface
    covered.shortSubscriptions = own.filter(isShort)
    covered.longSubscriptions = own.filter((subscription) => !isShort(subscription))
    covered.usesShortInterval = covered.shortSubscriptions.length > 0 || this.#coversAll
    for (const subscription of covered.shortSubscriptions) subscription.usesShortInterval = true
    for (const subscription of covered.longSubscriptions) subscription.usesLongInterval = true
    return covered
  }
}

function coveredResourceId({ flowLog: { resource } }: FlowLogSubscription<FlowRow>): string {
  switch (resource.kind) {
    case 'vpc':
      return resource.vpc.id
    case 'subnet':
      return resource.subnet.id
    case 'network-interface':
      return resource.networkInterface.id
    case 'transit-gateway':
      return resource.transitGateway.id
    case 'transit-gateway-attachment':
      return resource.attachment.id
  }
}
