import {
  type FlowLogEvent,
  LogDeliveryError,
  type LogDeliveryErrorCode,
  type LogEventBatch,
  type LogEventSink,
  type LogObject,
  type LogObjectSink,
} from './log-sinks.ts'

/** Keeps log files in memory. Buckets exist unless a list of them is given. */
export class InMemoryLogObjectSink implements LogObjectSink {
  /** In order of delivery. */
  readonly objects: LogObject[] = []
  readonly #buckets: ReadonlySet<string> | undefined
  readonly #refusals = new Map<string, LogDeliveryErrorCode>()

  constructor(buckets?: Iterable<string>) {
    this.#buckets = buckets && new Set(buckets)
  }

  put(object: LogObject): void {
    const { bucket } = object
    if (this.#buckets?.has(bucket) === false) {
      throw new LogDeliveryError('no-such-destination', `the bucket ${bucket} does not exist`)
    }
    const refusal = this.#refusals.get(bucket)
    if (refusal) throw new LogDeliveryError(refusal, `the bucket ${bucket} refuses the log file: ${refusal}`)
    this.objects.push(object)
  }

  /** From now on a bucket refuses; undefined makes it take files again. */
  refuse(bucket: string, code: LogDeliveryErrorCode | undefined): void {
    if (code === undefined) this.#refusals.delete(bucket)
    else this.#refusals.set(bucket, code)
  }
}

/** Keeps log events in memory. Log groups exist unless a list of them is given. */
export class InMemoryLogEventSink implements LogEventSink {
  /** In order of delivery. */
  readonly batches: LogEventBatch[] = []
  readonly #logGroups: ReadonlySet<string> | undefined
  readonly #refusals = new Map<string, LogDeliveryErrorCode>()

  constructor(logGroups?: Iterable<string>) {
    this.#logGroups = logGroups && new Set(logGroups)
  }

  put(batch: LogEventBatch): void {
    const { logGroupName } = batch
    if (this.#logGroups?.has(logGroupName) === false) {
      throw new LogDeliveryError('no-such-destination', `the log group ${logGroupName} does not exist`)
    }
    const refusal = this.#refusals.get(logGroupName)
    if (refusal) throw new LogDeliveryError(refusal, `the log group ${logGroupName} refuses the events: ${refusal}`)
    this.batches.push(batch)
  }

  /** From now on a log group refuses; undefined makes it take events again. */
  refuse(logGroupName: string, code: LogDeliveryErrorCode | undefined): void {
    if (code === undefined) this.#refusals.delete(logGroupName)
    else this.#refusals.set(logGroupName, code)
  }

  /** The events of a stream in order of delivery. */
  events(logGroupName: string, logStreamName: string): FlowLogEvent[] {
    return this.batches
      .filter((batch) => batch.logGroupName === logGroupName && batch.logStreamName === logStreamName)
      .flatMap(({ events }) => events)
  }
}
