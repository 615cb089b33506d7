import {
  DELIVERY_WINDOW_SECONDS,
  formatHeader,
  formatObjectKey,
  formatParquetLogFile,
  parseFlowLogs,
} from '@flowtap/parser'
import type { FlowCounts, FlowRowReceiver } from '../flow/flow-row.ts'
import type { RecordFormat } from '../flow/record-format.ts'
import { textHash } from '../flow/seeded-hash.ts'
import type { FlowLog, FlowLogDestination } from '../topology/topology.ts'
import {
  GZIP_LEVEL,
  LARGEST_LOG_FILE_BYTES,
  S3_DELIVERY_JITTER_MICROSECONDS,
  S3_DELIVERY_LAG_MICROSECONDS,
} from './delivery-assumptions.ts'
import type { DeliveryQueue } from './delivery-queue.ts'
import { LogFileWriter } from './log-file-writer.ts'
import type { LogObjectSink } from './log-sinks.ts'

/** How log files are made; everything has a default. */
export interface LogFileOptions {
  /** 0 (stored) to 9. Default {@link GZIP_LEVEL}. */
  readonly gzipLevel?: number
  /** Default {@link LARGEST_LOG_FILE_BYTES}; at least 4,096. */
  readonly largestFileBytes?: number
}

/** Whose log files they are. */
export interface LogFileOwner {
  readonly accountId: string
  readonly region: string
  /** For names and delivery times. */
  readonly seed: number
}

const SMALLEST_LARGEST_FILE_BYTES = 4096
const MICROSECONDS = 1_000_000
/** Odd, so that files of one window never have the same hash. */
const HASH_STEP = 0x9e3779b1

/**
 * Delivers a flow log's records to S3: a log file for every five minutes in which records end, or several where one would be too large.
 * Open files are kept compressed. Source: VPC user guide, "Flow log files", "Publish flow logs to Amazon S3".
 */
export class S3Delivery<Row extends FlowCounts> implements FlowRowReceiver<Row> {
  readonly #flowLog: FlowLog
  readonly #destination: Extract<FlowLogDestination, { kind: 's3' }>
  readonly #format: RecordFormat<Row>
  readonly #owner: LogFileOwner
  readonly #sink: LogObjectSink
  readonly #queue: DeliveryQueue
  readonly #level: number
  readonly #largestBytes: number
  readonly #header: string
  readonly #open = new Map<number, LogFileWriter>()
  #latest: LogFileWriter | undefined
  #sequence = 0

  /** @throws RangeError for an option out of its range. */
  constructor(
    flowLog: FlowLog & { readonly destination: { readonly kind: 's3' } },
    format: RecordFormat<Row>,
    owner: LogFileOwner,
    sink: LogObjectSink,
    queue: DeliveryQueue,
    { gzipLevel = GZIP_LEVEL, largestFileBytes = LARGEST_LOG_FILE_BYTES }: LogFileOptions = {},
  ) {
    if (!Number.isInteger(gzipLevel) || gzipLevel < 0 || gzipLevel > 9) {
      throw new RangeError(`gzipLevel is a whole number from 0 to 9, not ${gzipLevel}`)
    }
    if (!(largestFileBytes >= SMALLEST_LARGEST_FILE_BYTES)) {
      throw new RangeError(`largestFileBytes is at least ${SMALLEST_LARGEST_FILE_BYTES}, not ${largestFileBytes}`)
    }
    this.#flowLog = flowLog
    this.#destination = flowLog.destination
    this.#format = format
    this.#owner = owner
    this.#sink = sink
    this.#queue = queue
    this.#level = gzipLevel
    this.#largestBytes = largestFileBytes
    this.#header = formatHeader({ fields: format.fields })
  }

  row(row: Row): void {
    const windowStart = row.endSeconds - (row.endSeconds % DELIVERY_WINDOW_SECONDS)
    const file = this.#latest?.windowStartSeconds === windowStart ? this.#latest : this.#fileOf(windowStart)
    const intervalEnd = row.intervalStartSeconds + row.intervalSeconds
    if (intervalEnd > file.lastIntervalEndSeconds) file.lastIntervalEndSeconds = intervalEnd
    const lineStart = file.pending.length
    this.#format.write(row, file.pending)
    const overflow = file.lineAdded(lineStart)
    if (overflow === undefined) return
    this.#publish(file, intervalEnd)
    const next = this.#fileOf(windowStart)
    const nextStart = next.pending.length
    next.pending.append(overflow)
    next.lastIntervalEndSeconds = intervalEnd
    next.lineAdded(nextStart)
  }

  intervalClosed(_endSeconds: number, completeThroughSeconds: number): void {
    for (const file of [...this.#open.values()].sort((a, b) => a.windowStartSeconds - b.windowStartSeconds)) {
      if (file.windowStartSeconds + DELIVERY_WINDOW_SECONDS <= completeThroughSeconds) this.#publishComplete(file)
    }
  }

  close(): void {
    this.intervalClosed(0, Number.POSITIVE_INFINITY)
  }

  #fileOf(windowStartSeconds: number): LogFileWriter {
    let file = this.#open.get(windowStartSeconds)
    if (file === undefined) {
      file = new LogFileWriter(windowStartSeconds, this.#header, this.#level, this.#largestBytes)
      this.#open.set(windowStartSeconds, file)
    }
    this.#latest = file
    return file
  }

  /** Publishes a file to which no more records can come: the last aggregation interval that reaches into its window has ended. */
  #publishComplete(file: LogFileWriter): void {
    this.#publish(file, Math.max(file.windowStartSeconds + DELIVERY_WINDOW_SECONDS, file.lastIntervalEndSeconds))
  }

  #publish(file: LogFileWriter, completeAtSeconds: number): void {
    const { flowLogId, windowStartSeconds, sequence } = this.#leave(file)
    const hash = textHash(`${flowLogId} ${windowStartSeconds}`, this.#owner.seed)
    const jitter = textHash(`${flowLogId} ${windowStartSeconds} ${sequence}`, this.#owner.seed)
    const due =
      completeAtSeconds * MICROSECONDS + S3_DELIVERY_LAG_MICROSECONDS + (jitter % S3_DELIVERY_JITTER_MICROSECONDS)
    const { bucket } = this.#destination
    const { recordCount } = file
    const text = file.end()
    this.#queue.plan({ flowLogId, kind: 's3', windowSeconds: windowStartSeconds, sequence }, due, async (at, copy) =>
      this.#sink.put({
        bucket,
        key: this.#keyOf(windowStartSeconds, hash + Math.imul(2 * sequence + copy, HASH_STEP)),
        body: this.#destination.fileFormat === 'parquet' ? await this.#parquet(text) : text,
        deliveredAtMicroseconds: at,
        flowLogId,
        recordCount,
      }),
    )
  }

  #leave(file: LogFileWriter): { flowLogId: string; windowStartSeconds: number; sequence: number } {
    this.#open.delete(file.windowStartSeconds)
    this.#latest = undefined
    const sequence = this.#sequence
    this.#sequence += 1
    return { flowLogId: this.#flowLog.id, windowStartSeconds: file.windowStartSeconds, sequence }
  }

  #keyOf(windowStartSeconds: number, hash: number): string {
    const { prefix, fileFormat, hiveCompatiblePartitions, perHourPartition } = this.#destination
    return formatObjectKey({
      ...(prefix !== '' && { prefix }),
      accountId: this.#owner.accountId,
      region: this.#owner.region,
      flowLogId: this.#flowLog.id,
      windowStartSeconds,
      hash: (hash >>> 0).toString(16).padStart(8, '0'),
      fileFormat,
      hiveCompatible: hiveCompatiblePartitions,
      perHour: perHourPartition,
    })
  }

  /** The records of a compressed text file as Parquet. */
  async #parquet(text: Uint8Array): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    const records = parseFlowLogs(text, { strict: true })
    for await (const piece of formatParquetLogFile(records, { format: { fields: this.#format.fields } })) {
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  }
}
