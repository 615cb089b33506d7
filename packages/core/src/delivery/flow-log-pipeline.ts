import type { FlowLogRecord } from '@flowtap/parser'
import type { NetworkObserver } from '../dataplane/network-observer.ts'
import type { NextHop } from '../dataplane/next-hop.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import type { RecordContext } from '../flow/field-source.ts'
import type { FlowCounts, FlowRow, FlowRowReceiver, TransitGatewayRow } from '../flow/flow-row.ts'
import { FlowTable, type FlowTableOptions } from '../flow/flow-table.ts'
import type { RecordFormat } from '../flow/record-format.ts'
import { interfaceRecordFormat, recordContext, transitGatewayRecordFormat } from '../flow/record-formats.ts'
import { place } from '../flow/transit-gateway-fields.ts'
import { TransitGatewayFlowTable } from '../flow/transit-gateway-flow-table.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, FlowLog, NetworkInterface, Topology } from '../topology/topology.ts'
import type { DeliveryFaults } from './delivery-fault.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import type { FlowLogDeliveryStatus } from './delivery-status.ts'
import type { LogEventSink, LogObjectSink } from './log-sinks.ts'
import { LogStreamDelivery } from './log-stream-delivery.ts'
import { LogStreamNames } from './log-stream-names.ts'
import { type LogFileOptions, S3Delivery } from './s3-delivery.ts'

/** Where records go and how; everything has a default. */
export interface FlowLogPipelineOptions extends FlowTableOptions, LogFileOptions {
  /** Gets the log files of flow logs to S3. Without it they are not written. */
  readonly objectSink?: LogObjectSink
  /** Gets the events of flow logs to CloudWatch Logs. Without it they are not written. */
  readonly eventSink?: LogEventSink
  /** Called with every record of every flow log when its aggregation interval ends, before its delivery. */
  readonly onRecord?: (record: FlowLogRecord, flowLog: FlowLog) => void
  /** For file names and delivery times. Default 0. */
  readonly seed?: number
  /** What goes wrong with deliveries, on purpose. */
  readonly faults?: DeliveryFaults
}

/**
 * From packets to log files: a flow table for ENIs, one for transit gateways, and the delivery of every flow log of a topology. Give it to
 * the network as an observer, tell it the time with `advance`, and close it with `end`.
 */
export class FlowLogPipeline implements NetworkObserver {
  readonly #options: FlowLogPipelineOptions
  readonly #flows: FlowTable
  readonly #transitGatewayFlows: TransitGatewayFlowTable
  readonly #deliveries: DeliveryQueue
  #topology: Topology
  #context: RecordContext
  #streamNames: LogStreamNames

  /** @throws RangeError for an option out of its range, and for a flow log with a field that its kind of resource does not have. */
  constructor(topology: Topology, options: FlowLogPipelineOptions = {}) {
    this.#options = options
    this.#topology = topology
    this.#context = recordContext(topology)
    this.#streamNames = new LogStreamNames(topology)
    this.#deliveries = new DeliveryQueue(options.faults)
    this.#flows = new FlowTable(topology, (flowLog) => this.#openInterfaceReceiver(flowLog), options)
    this.#transitGatewayFlows = new TransitGatewayFlowTable(
      topology,
      (flowLog) => this.#openTransitGatewayReceiver(flowLog),
      options,
    )
  }

  capture(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    verdict: Verdict,
    nextHop: NextHop,
  ): void {
    this.#flows.capture(networkInterface, direction, packet, timeMicroseconds, verdict, nextHop)
  }

  captureAtTransitGateway(...passage: Parameters<NetworkObserver['captureAtTransitGateway']>): void {
    this.#transitGatewayFlows.captureAtTransitGateway(...passage)
  }

  /** Records come from captures alone. */
  deliver(): void {}

  /** Records come from captures alone. */
  drop(): void {}

  /** Takes in a whole flow of one aggregation interval in place of its packets, as {@link FlowTable.add} does. */
  addFlow(row: FlowRow): void {
    this.#flows.add(row)
  }

  /** Takes in a flow of which nothing else comes in its interval, as {@link FlowTable.write} does: faster. */
  writeFlow(row: FlowRow): void {
    this.#flows.write(row)
  }

  /** The interval that an ENI's packets are counted over, in seconds; undefined where no flow log covers it. */
  intervalOf(networkInterface: NetworkInterface): 60 | 600 | undefined {
    return this.#flows.intervalOf(networkInterface)
  }

  /**
   * Writes out the aggregation intervals that are over, then hands the deliveries that have arrived to the sinks. Packets may be captured
   * while it waits for a sink.
   *
   * @throws What a sink throws that is no LogDeliveryError.
   */
  advance(timeMicroseconds: number): Promise<void> {
    this.#flows.advance(timeMicroseconds)
    this.#transitGatewayFlows.advance(timeMicroseconds)
    return this.#deliveries.deliverThrough(timeMicroseconds)
  }

  /** Writes out everything, also the interval that is not over, and hands over all deliveries, also those that would arrive later. */
  end(timeMicroseconds: number): Promise<void> {
    this.#flows.end(timeMicroseconds)
    this.#transitGatewayFlows.end(timeMicroseconds)
    return this.#deliveries.deliverThrough(Number.POSITIVE_INFINITY)
  }

  /**
   * Goes on with another state of the design from a time on, the latest packet's unless given. A new flow log records from the next
   * aggregation interval on, a deleted one to the end of the current one.
   */
  update(topology: Topology, timeMicroseconds?: number): void {
    this.#topology = topology
    this.#context = recordContext(topology)
    this.#streamNames = new LogStreamNames(topology)
    this.#flows.update(topology, timeMicroseconds)
    this.#transitGatewayFlows.update(topology, timeMicroseconds)
  }

  /** Loses an ENI's packets to the flow logs between two times: SKIPDATA. */
  skipData(networkInterface: NetworkInterface, fromMicroseconds: number, toMicroseconds: number): void {
    this.#flows.skipData(networkInterface.id, fromMicroseconds, toMicroseconds)
  }

  /** Puts the clock off by which an ENI's records are timed, as {@link FlowTable.skewRecordClock} does. */
  skewRecordClock(networkInterface: NetworkInterface, seconds: number): void {
    this.#flows.skewRecordClock(networkInterface.id, seconds)
  }

  /** What DescribeFlowLogs would say of a flow log's deliveries. */
  deliveryStatus(flowLogId: string): FlowLogDeliveryStatus {
    return this.#deliveries.status(flowLogId)
  }

  /** Packets that came too late for their aggregation interval. */
  get lateCaptures(): number {
    return this.#flows.lateCaptures
  }

  /** Flows of the open aggregation intervals of ENIs. */
  get openFlows(): number {
    return this.#flows.openFlows
  }

  #openInterfaceReceiver(flowLog: FlowLog): FlowRowReceiver<FlowRow> | undefined {
    const format = interfaceRecordFormat(flowLog, () => this.#context)
    return this.#openReceiver(flowLog, format, (row) => this.#streamNames.of(flowLog, row.networkInterface))
  }

  #openTransitGatewayReceiver(flowLog: FlowLog): FlowRowReceiver<TransitGatewayRow> | undefined {
    const format = transitGatewayRecordFormat(flowLog, () => this.#context)
    return this.#openReceiver(
      flowLog,
      format,
      (row) => `${place(row).attachment?.id}-${flowLog.trafficType.toLowerCase()}`,
    )
  }

  #openReceiver<Row extends FlowCounts>(
    flowLog: FlowLog,
    format: RecordFormat<Row>,
    streamOf: (row: Row) => string,
  ): FlowRowReceiver<Row> | undefined {
    const { objectSink, eventSink, onRecord, seed = 0 } = this.#options
    const { destination } = flowLog
    const { accountId, region } = this.#topology
    const delivery =
      destination.kind === 's3'
        ? objectSink &&
          new S3Delivery(
            { ...flowLog, destination },
            format,
            { accountId, region, seed },
            objectSink,
            this.#deliveries,
            this.#options,
          )
        : eventSink &&
          new LogStreamDelivery({ ...flowLog, destination }, format, streamOf, eventSink, this.#deliveries, seed)
    return onRecord ? new RecordCallback(flowLog, format, onRecord, delivery) : delivery
  }
}

/** Calls a function with each record on its way to the delivery, if there is one. */
class RecordCallback<Row extends FlowCounts> implements FlowRowReceiver<Row> {
  readonly #flowLog: FlowLog
  readonly #format: RecordFormat<Row>
  readonly #onRecord: (record: FlowLogRecord, flowLog: FlowLog) => void
  readonly #delivery: FlowRowReceiver<Row> | undefined

  constructor(
    flowLog: FlowLog,
    format: RecordFormat<Row>,
    onRecord: (record: FlowLogRecord, flowLog: FlowLog) => void,
    delivery: FlowRowReceiver<Row> | undefined,
  ) {
    this.#flowLog = flowLog
    this.#format = format
    this.#onRecord = onRecord
    this.#delivery = delivery
  }

  row(row: Row): void {
    this.#onRecord(this.#format.record(row), this.#flowLog)
    this.#delivery?.row(row)
  }

  intervalClosed(endSeconds: number, completeThroughSeconds: number): void {
    this.#delivery?.intervalClosed(endSeconds, completeThroughSeconds)
  }

  close(): void {
    this.#delivery?.close()
  }
}
