import type { LogEventBatch, LogEventSink, LogObject, LogObjectSink } from '@flowtap/core'

/** Counts the log files that it hands on, their records and their bytes. */
export class CountingSink implements LogObjectSink {
  objects = 0
  records = 0
  bytes = 0
  readonly #sink: LogObjectSink

  constructor(sink: LogObjectSink) {
    this.#sink = sink
  }

  async put(object: LogObject): Promise<void> {
    await this.#sink.put(object)
    this.objects += 1
    this.records += object.recordCount
    this.bytes += object.body.length
  }
}

/** Counts the log events that it hands on. */
export class CountingEventSink implements LogEventSink {
  events = 0
  readonly #sink: LogEventSink

  constructor(sink: LogEventSink) {
    this.#sink = sink
  }

  async put(batch: LogEventBatch): Promise<void> {
    await this.#sink.put(batch)
    this.events += batch.events.length
  }
}
