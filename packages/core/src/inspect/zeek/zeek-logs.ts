import type { EveDnsEvent, EveEvent } from '../eve-event.ts'
import { microsecondsOf } from './eve-microseconds.ts'
import type { ZeekLogName, ZeekRecord } from './zeek-log-fields.ts'
import { connRecord, dnsRecord, httpRecord, sslRecord, type ZeekOptions } from './zeek-records.ts'
import { zeekFooter, zeekHeader, zeekJsonLine, zeekTsvLine } from './zeek-text.ts'

/** How logs are written. */
export interface ZeekLogsOptions extends ZeekOptions {
  readonly format: 'tsv' | 'json'
  /** Called with what is to be appended to a log, in order; TSV's header comes with a log's first line. */
  readonly onText: (log: ZeekLogName, text: string) => void
}

/** Questions that wait for their answers at most; the oldest flow's are written without. */
const WAITING_QUESTIONS_MAX = 10_000

/**
 * Zeek's conn, dns, http and ssl logs out of EVE events: their fields, types and text as docs.zeek.org documents them; nothing here was
 * compared with a running Zeek. What EVE does not tell is unset. Other events (alerts, files, …) have no place in these logs.
 */
export class ZeekLogs {
  readonly #options: ZeekLogsOptions
  readonly #open = new Set<ZeekLogName>()
  /** By flow. */
  readonly #questions = new Map<number | undefined, EveDnsEvent[]>()
  #questionCount = 0
  #lastMicroseconds = 0

  constructor(options: ZeekLogsOptions) {
    this.#options = options
  }

  push(event: EveEvent): void {
    const microseconds = microsecondsOf(event.timestamp)
    if (microseconds > this.#lastMicroseconds) this.#lastMicroseconds = microseconds
    switch (event.event_type) {
      case 'flow':
        this.#writeQuestions(event.flow_id)
        this.#write('conn', connRecord(event, this.#options))
        return
      case 'dns':
        this.#takeDns(event)
        return
      case 'http':
        this.#write('http', httpRecord(event))
        return
      case 'tls':
        this.#write('ssl', sslRecord(event))
        return
      case 'alert':
      case 'anomaly':
      case 'fileinfo':
      case 'ssh':
      case 'stats':
        return
    }
  }

  /** Writes the questions that were not answered, and in TSV the logs' last lines. */
  end(): void {
    for (const flow of [...this.#questions.keys()]) this.#writeQuestions(flow)
    if (this.#options.format === 'json') return
    for (const log of this.#open) this.#options.onText(log, zeekFooter(this.#lastMicroseconds))
  }

  #takeDns(event: EveDnsEvent): void {
    const waiting = this.#questions.get(event.flow_id)
    if (event.dns.type === 'query') {
      if (waiting) waiting.push(event)
      else this.#questions.set(event.flow_id, [event])
      this.#questionCount += 1
      if (this.#questionCount > WAITING_QUESTIONS_MAX) this.#writeQuestions(this.#questions.keys().next().value)
      return
    }
    const { id } = event.dns
    const place = waiting ? waiting.findIndex(({ dns }) => dns.id === id) : -1
    const [question] = waiting && place >= 0 ? waiting.splice(place, 1) : []
    if (question) this.#questionCount -= 1
    if (waiting?.length === 0) this.#questions.delete(event.flow_id)
    this.#writeDns(question, event)
  }

  #writeQuestions(flow: number | undefined): void {
    const waiting = this.#questions.get(flow)
    if (!waiting) return
    this.#questions.delete(flow)
    this.#questionCount -= waiting.length
    for (const question of waiting) this.#writeDns(question, undefined)
  }

  #writeDns(question: EveDnsEvent | undefined, answer: EveDnsEvent | undefined): void {
    const record = dnsRecord(question, answer)
    if (record) this.#write('dns', record)
  }

  #write(log: ZeekLogName, record: ZeekRecord): void {
    const { format, onText } = this.#options
    if (format === 'json') {
      onText(log, zeekJsonLine(log, record))
      return
    }
    if (!this.#open.has(log)) {
      this.#open.add(log)
      onText(log, zeekHeader(log, this.#lastMicroseconds))
    }
    onText(log, zeekTsvLine(log, record))
  }
}
