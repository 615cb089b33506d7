import type { LogObject, LogObjectSink } from '@flowtap/core'

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
