/** A log file as it comes to a bucket. */
export interface LogObject {
  readonly bucket: string
  readonly key: string
  readonly body: Uint8Array
  readonly contentType?: string
  /** When S3 has it, its LastModified: simulated time, microseconds since 1970. */
  readonly deliveredAtMicroseconds: number
  readonly flowLogId: string
  readonly recordCount: number
}

/** Where log files go to: S3, a folder, memory. */
export interface LogObjectSink {
  /** @throws LogDeliveryError where the bucket refuses the file. Any other error ends the simulation's step that delivers. */
  put(object: LogObject): void | Promise<void>
}

/** A record in CloudWatch Logs. */
export interface FlowLogEvent {
  /** When the record's first packet was seen. */
  readonly timestampMilliseconds: number
  /** The record's line; without a header anywhere. */
  readonly message: string
}

/** Events that come to a log stream together: at most 10,000 and 1 MiB as CloudWatch Logs counts, in order of their timestamps. */
export interface LogEventBatch {
  readonly logGroupName: string
  readonly logStreamName: string
  readonly events: readonly FlowLogEvent[]
  readonly ingestionTimeMilliseconds: number
  readonly flowLogId: string
}

/** Where log events go to: CloudWatch Logs, memory. */
export interface LogEventSink {
  /** @throws LogDeliveryError where the log group refuses the events. Any other error ends the simulation's step that delivers. */
  put(batch: LogEventBatch): void | Promise<void>
}

/** Why a destination refuses. */
export type LogDeliveryErrorCode = 'no-such-destination' | 'access-denied' | 'rate-limited' | 'unknown'

/** Thrown by a sink whose bucket or log group is missing or refuses: the flow log's delivery status becomes FAILED. */
export class LogDeliveryError extends Error {
  readonly code: LogDeliveryErrorCode

  constructor(code: LogDeliveryErrorCode, message: string) {
    super(message)
    this.name = 'LogDeliveryError'
    this.code = code
  }
}
