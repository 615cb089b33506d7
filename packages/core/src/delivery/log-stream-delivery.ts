import type { FlowCounts, FlowRowReceiver } from '../flow/flow-row.ts'
import { LineBuffer } from '../flow/line-buffer.ts'
import type { RecordFormat } from '../flow/record-format.ts'
import { textHash } from '../flow/seeded-hash.ts'
import type { FlowLog } from '../topology/topology.ts'
import { LOG_EVENT_JITTER_MICROSECONDS, LOG_EVENT_LAG_MICROSECONDS } from './delivery-assumptions.ts'
import type { DeliveryQueue } from './delivery-queue.ts'
import type { FlowLogEvent, LogEventSink } from './log-sinks.ts'

/** Limits of a call of PutLogEvents (CloudWatch Logs API reference, PutLogEvents); each event counts 26 bytes more than its message. */
export const LARGEST_BATCH_EVENTS = 10_000
export const LARGEST_BATCH_BYTES = 1_048_576
export const EVENT_OVERHEAD_BYTES = 26

const MICROSECONDS = 1_000_000
const MICROSECONDS_PER_MILLISECOND = 1000

/** The lines of a log stream in one aggregation interval. */
class PendingStream {
  readonly name: string
  readonly lines: LineBuffer = new LineBuffer()
  /** Where each line ends in `lines`. */
  readonly ends: number[] = []
  readonly starts: number[] = []

  constructor(name: string) {
    this.name = name
  }

  /** The events in order of their timestamps. */
  events(): FlowLogEvent[] {
    const bytes = Buffer.from(this.lines.bytes.buffer, this.lines.bytes.byteOffset, this.lines.length)
    return this.ends
      .map((end, line) => ({
        timestampMilliseconds: (this.starts[line] ?? 0) * 1000,
        message: bytes.toString('utf8', this.ends[line - 1] ?? 0, end - 1),
      }))
      .sort((a, b) => a.timestampMilliseconds - b.timestampMilliseconds)
  }
}

/**
 * Delivers a flow log's records to CloudWatch Logs: a stream for each ENI (or attachment of a transit gateway), an event for each record.
 * Source: VPC user guide, "Publish flow logs to CloudWatch Logs".
 */
export class LogStreamDelivery<Row extends FlowCounts> implements FlowRowReceiver<Row> {
  readonly #flowLogId: string
  readonly #logGroupName: string
  readonly #format: RecordFormat<Row>
  readonly #streamOf: (row: Row) => string
  readonly #sink: LogEventSink
  readonly #queue: DeliveryQueue
  readonly #seed: number
  readonly #pending = new Map<string, PendingStream>()
  #intervalEndSeconds = 0
  #sequence = 0

  /** @param streamOf The name of a row's log stream. */
  constructor(
    flowLog: FlowLog & { readonly destination: { readonly kind: 'cloud-watch-logs' } },
    format: RecordFormat<Row>,
    streamOf: (row: Row) => string,
    sink: LogEventSink,
    queue: DeliveryQueue,
    seed: number,
  ) {
    this.#flowLogId = flowLog.id
    this.#logGroupName = flowLog.destination.logGroupName
    this.#format = format
    this.#streamOf = streamOf
    this.#sink = sink
    this.#queue = queue
    this.#seed = seed
  }

  row(row: Row): void {
    const name = this.#streamOf(row)
    let stream = this.#pending.get(name)
    if (stream === undefined) {
      stream = new PendingStream(name)
      this.#pending.set(name, stream)
    }
    this.#format.write(row, stream.lines)
    stream.ends.push(stream.lines.length)
    stream.starts.push(row.startSeconds)
    this.#intervalEndSeconds = row.intervalStartSeconds + row.intervalSeconds
  }

  intervalClosed(): void {
    if (this.#pending.size === 0) return
    const streams = [...this.#pending.values()]
    this.#pending.clear()
    const windowSeconds = this.#intervalEndSeconds
    const jitter = textHash(`${this.#flowLogId} ${windowSeconds}`, this.#seed) % LOG_EVENT_JITTER_MICROSECONDS
    const due = windowSeconds * MICROSECONDS + LOG_EVENT_LAG_MICROSECONDS + jitter
    const sequence = this.#sequence
    this.#sequence += 1
    const planned = { flowLogId: this.#flowLogId, kind: 'cloud-watch-logs', windowSeconds, sequence } as const
    this.#queue.plan(planned, due, (at) => this.#handOver(streams, at))
  }

  close(): void {
    this.intervalClosed()
  }

  async #handOver(streams: readonly PendingStream[], atMicroseconds: number): Promise<void> {
    for (const stream of streams) {
      for (const events of batches(stream.events())) {
        await this.#sink.put({
          logGroupName: this.#logGroupName,
          logStreamName: stream.name,
          events,
          ingestionTimeMilliseconds: Math.floor(atMicroseconds / MICROSECONDS_PER_MILLISECOND),
          flowLogId: this.#flowLogId,
        })
      }
    }
  }
}

function* batches(events: readonly FlowLogEvent[]): Generator<FlowLogEvent[]> {
  let batch: FlowLogEvent[] = []
  let bytes = 0
  for (const event of events) {
    const size = Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES
    if (batch.length === LARGEST_BATCH_EVENTS || (batch.length > 0 && bytes + size > LARGEST_BATCH_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(event)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
