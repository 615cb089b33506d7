import type { FlowLog } from '../topology/topology.ts'
import type { FlowCounts, FlowRowReceiver } from './flow-row.ts'

/**
 * A flow log in the time of the simulation. One that is made later records from the first interval that begins after it was made, one that
 * is deleted until the end of the interval in which it was deleted; what is there from the start records all.
 */
export class FlowLogSubscription<Row extends FlowCounts> {
  readonly flowLog: FlowLog
  readonly receiver: FlowRowReceiver<Row>
  readonly activeFromSeconds: number
  activeUntilSeconds: number = Number.POSITIVE_INFINITY
  /** Whether any of its ENIs is aggregated over 60, and over 600 seconds. */
  usesShortInterval = false
  usesLongInterval = false

  constructor(flowLog: FlowLog, receiver: FlowRowReceiver<Row>, activeFromSeconds: number) {
    this.flowLog = flowLog
    this.receiver = receiver
    this.activeFromSeconds = activeFromSeconds
  }

  /** Whether it records rows of the interval that begins at this time. */
  records(intervalStartSeconds: number): boolean {
    return intervalStartSeconds >= this.activeFromSeconds && intervalStartSeconds < this.activeUntilSeconds
  }
}

/** The flow logs of one kind of resource, through changes of the design. */
export class FlowLogSubscriptions<Row extends FlowCounts> {
  /** Those that record, and those that were deleted and wait for the end of their interval. */
  readonly all: FlowLogSubscription<Row>[] = []
  readonly #accepts: (flowLog: FlowLog) => boolean
  readonly #openReceiver: (flowLog: FlowLog) => FlowRowReceiver<Row> | undefined

  /**
   * @param accepts Whether a flow log is of the kind.
   * @param openReceiver Who gets a flow log's rows; undefined for nobody.
   */
  constructor(
    accepts: (flowLog: FlowLog) => boolean,
    openReceiver: (flowLog: FlowLog) => FlowRowReceiver<Row> | undefined,
  ) {
    this.#accepts = accepts
    this.#openReceiver = openReceiver
  }

  /** Takes over the flow logs of a design. They cannot be modified on AWS: one with a known id is the same. */
  update(flowLogs: readonly FlowLog[], nowSeconds: number): void {
    const wanted = new Map(flowLogs.filter(this.#accepts).map((flowLog) => [flowLog.id, flowLog]))
    for (const subscription of this.all) {
      if (subscription.activeUntilSeconds !== Number.POSITIVE_INFINITY) continue
      if (!wanted.delete(subscription.flowLog.id)) subscription.activeUntilSeconds = nowSeconds
    }
    for (const flowLog of wanted.values()) {
      const receiver = this.#openReceiver(flowLog)
      if (receiver) this.all.push(new FlowLogSubscription(flowLog, receiver, nowSeconds))
    }
  }

  /** Closes the deleted ones whose last interval is over; tells whether there were any. */
  closeDeleted(completeThroughSeconds: (subscription: FlowLogSubscription<Row>) => number): boolean {
    const { length } = this.all
    for (let place = length - 1; place >= 0; place -= 1) {
      const subscription = this.all[place]
      if (!subscription || subscription.activeUntilSeconds > completeThroughSeconds(subscription)) continue
      subscription.receiver.close()
      this.all.splice(place, 1)
    }
    return this.all.length < length
  }

  /** Closes all. */
  close(): void {
    for (const subscription of this.all.splice(0)) subscription.receiver.close()
  }
}
