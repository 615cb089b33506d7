import { gunzipSync } from 'node:zlib'
import { JsonDocuments } from './adapters/json-documents.ts'

/** One event of a log group: for flow logs, its message is one record. */
export interface LogEvent {
  /** When the event happened, in milliseconds of Unix time, where the payload says so. */
  readonly timestampMilliseconds?: number
  readonly message: string
}

/** A payload that is none of the forms that CloudWatch Logs writes. */
export class LogPayloadError extends Error {
  readonly code = 'INVALID_LOG_PAYLOAD'
  override readonly name = 'LogPayloadError'
}

/** Bytes that a compressed payload may decompress to, unless the caller says otherwise; CloudWatch Logs sends 1 MB at most. */
export const DEFAULT_MAX_PAYLOAD_BYTES: number = 64 * 1024 * 1024

/** Payloads within payloads: no real one goes deeper than event, record, data. */
const MAX_DEPTH = 6

/**
 * The log events of a payload of CloudWatch Logs, in its order. Payloads are, as parsed JSON:
 *
 * - what a subscription filter sends: `{ messageType: 'DATA_MESSAGE', logEvents: [{ message }] }`; a CONTROL_MESSAGE has
 *   no events (CloudWatch Logs user guide, "Using subscription filters"),
 * - how that arrives: the event of a Lambda function `{ awslogs: { data } }`, of a Kinesis stream
 *   `{ Records: [{ kinesis: { data } }] }` or of a Firehose transformation `{ records: [{ data }] }`, with `data` in base64,
 *   compressed with gzip or not,
 * - the answers of FilterLogEvents and GetLogEvents `{ events: [{ message }] }` and of GetQueryResults
 *   `{ results: [[{ field: '@message', value }]] }`,
 * - one event `{ message }`, and an array of any of these.
 *
 * @throws LogPayloadError for anything else.
 */
export function logEventsOf(payload: unknown, maxPayloadBytes: number = DEFAULT_MAX_PAYLOAD_BYTES): LogEvent[] {
  const events: LogEvent[] = []
  collect(payload, events, { depth: 0, maxPayloadBytes })
  return events
}

interface Position {
  readonly depth: number
  readonly maxPayloadBytes: number
}

function collect(payload: unknown, events: LogEvent[], position: Position): void {
  if (position.depth > MAX_DEPTH)
    throw new LogPayloadError('The payload is nested more deeply than CloudWatch Logs does.')
  const below = { ...position, depth: position.depth + 1 }
  if (Array.isArray(payload)) {
    for (const part of payload) collect(part, events, below)
    return
  }
  if (!isObject(payload)) throw new LogPayloadError(`The payload holds ${describe(payload)} where an event should be.`)
  const data = dataOf(payload)
  if (data !== undefined) {
    for (const document of decodeData(data, position.maxPayloadBytes)) collect(document, events, below)
    return
  }
  const list = payload.Records ?? payload.records
  if (Array.isArray(list)) {
    for (const record of list) collect(record, events, below)
  } else if (payload.messageType === 'CONTROL_MESSAGE') {
    return
  } else if (Array.isArray(payload.logEvents)) {
    for (const event of payload.logEvents) events.push(eventOf(event))
  } else if (Array.isArray(payload.events)) {
    for (const event of payload.events) events.push(eventOf(event))
  } else if (Array.isArray(payload.results)) {
    for (const row of payload.results) events.push(eventOfResult(row))
  } else {
    events.push(eventOf(payload))
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(value: unknown): string {
  return `${JSON.stringify(value) ?? String(value)}`.slice(0, 80)
}

/** The base64 text of a Lambda event, or of a record of a Kinesis or Firehose event. */
function dataOf(payload: Readonly<Record<string, unknown>>): string | undefined {
  const holder = [payload.awslogs, payload.kinesis, payload].find(
    (part) => isObject(part) && typeof part.data === 'string',
  )
  return isObject(holder) && typeof holder.data === 'string' ? holder.data : undefined
}

function decodeData(data: string, maxPayloadBytes: number): unknown[] {
  const bytes = Buffer.from(data, 'base64')
  let text: string
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    text = (isGzip ? gunzipSync(bytes, { maxOutputLength: maxPayloadBytes }) : bytes).toString()
  } catch (cause) {
    throw new LogPayloadError(
      'The base64 data of the payload is no gzip that can be read within limits.maxPayloadBytes.',
      {
        cause,
      },
    )
  }
  const documents = new JsonDocuments(maxPayloadBytes)
  return [...documents.push(text), ...documents.end()].map(parseJson)
}

/** Parses the text of one JSON document. Throws LogPayloadError. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new LogPayloadError(`The payload is not JSON: ${cause instanceof Error ? cause.message : cause}.`, { cause })
  }
}

function eventOf(event: unknown): LogEvent {
  if (!isObject(event) || typeof event.message !== 'string') {
    throw new LogPayloadError(
      `The payload is none of CloudWatch Logs: no "message" in ${describe(event)}. ` +
        'A payload has logEvents, events, results, awslogs.data, Records, records, or is an event itself.',
    )
  }
  const { message, timestamp } = event
  return typeof timestamp === 'number' ? { timestampMilliseconds: timestamp, message } : { message }
}

function eventOfResult(row: unknown): LogEvent {
  const cells: readonly unknown[] = Array.isArray(row) ? row : []
  const cell = cells.find((part) => isObject(part) && part.field === '@message')
  if (isObject(cell) && typeof cell.value === 'string') return { message: cell.value }
  throw new LogPayloadError('A row of the query results has no field "@message"; add it to the query.')
}

/** The messages as lines, one each: line `n` is event `n`. Line ends within a message become a character no line may have. */
export function messageLines(events: readonly LogEvent[]): string {
  return events.map(({ message }) => `${message.replace(/\r?\n$/, '').replaceAll('\n', '\r')}\n`).join('')
}

/** The name that the time at the start of each line of an export has, if it is asked for as a field. */
export const EXPORT_TIMESTAMP_FIELD = '@timestamp'

/**
 * Whether a file is the work of an export task to S3: every line is `2021-10-25T00:00:00.000Z` and the message (CloudWatch
 * Logs user guide, "Export log data to Amazon S3").
 */
export function isExportedLog(start: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /.test(start)
}

/** Whether a text begins as a payload does: JSON, or gzip in base64. */
export function isLogPayload(start: string): boolean {
  return /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[{\]]|$))/.test(start) || isBase64Gzip(start)
}

/** Gzip in base64 always begins so: the data of a subscription, without what it came in. */
export function isBase64Gzip(start: string): boolean {
  return /^\s*H4sI/.test(start)
}
