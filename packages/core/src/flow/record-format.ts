import { FLOW_LOG_FIELDS, type FlowLogFieldName, type FlowLogRecord, type FlowLogValue } from '@flowtap/parser'
import { IpAddress } from '../net/ip-address.ts'
import type { FlowLog, NetworkInterface } from '../topology/topology.ts'
import type { AddressWords } from './address-words.ts'
import type { FieldSource, RecordContext } from './field-source.ts'
import type { FlowCounts } from './flow-row.ts'
import type { LineBuffer } from './line-buffer.ts'
import { STATUS_RECORD_FIELDS } from './record-assumptions.ts'
import { LONGEST_ADDRESS, LONGEST_NUMBER, writeAddress, writeNumber } from './text-digits.ts'

const SPACE = 32
const NEWLINE = 10
const DASH = 45
/** Below this many bytes a loop copies faster than a call. */
const SHORT_TEXT = 24

const INT64_FIELDS: ReadonlySet<string> = new Set(
  FLOW_LOG_FIELDS.filter(({ decoder }) => decoder === 'int64').map(({ name }) => name),
)

/** The ENI whose records share text; transit-gateway rows have none. */
type Subject = NetworkInterface | undefined

/**
 * Writes rows in the format of one flow log: as text straight from the row's numbers, or as record objects. Both take their values from the
 * same {@link FieldSource}s. Fields that do not change between an ENI's records are put together once.
 */
export class RecordFormat<Row extends FlowCounts> {
  readonly fields: readonly string[]
  readonly #flowLog: FlowLog
  readonly #sources: readonly FieldSource<Row>[]
  readonly #subjectOf: (row: Row) => Subject
  readonly #context: () => RecordContext
  readonly #records: TextWriter<Row>
  readonly #statusRecords: TextWriter<Row>

  /**
   * @param fields The sources of the kind of flow log.
   * @param subjectOf The ENI of a row.
   * @param context Asked with every record; it may change with the design.
   * @throws RangeError where the flow log has a field that its kind of resource does not have.
   */
  constructor(
    flowLog: FlowLog,
    fields: Readonly<Record<string, FieldSource<Row>>>,
    subjectOf: (row: Row) => Subject,
    context: () => RecordContext,
  ) {
    this.fields = flowLog.logFormat
    this.#flowLog = flowLog
    this.#subjectOf = subjectOf
    this.#context = context
    this.#sources = this.fields.map((field) => {
      if (Object.hasOwn(fields, field)) return fields[field] as FieldSource<Row>
      throw new RangeError(
        `the log format of flow log ${flowLog.name} has the field "${field}", which records of a ${flowLog.resource.kind} ` +
          `do not have; they have ${Object.keys(fields).join(', ')}`,
      )
    })
    const status = this.#sources.map(
      (source, place): FieldSource<Row> => (isStatusField(this.fields[place]) ? source : { kind: 'absent' }),
    )
    this.#records = new TextWriter(flowLog, this.#sources, context)
    this.#statusRecords = new TextWriter(flowLog, status, context)
  }

  /** Appends a row as a line with its newline. */
  write(row: Row, buffer: LineBuffer): void {
    const writer = row.logStatus === 'OK' ? this.#records : this.#statusRecords
    writer.write(row, this.#subjectOf(row), buffer)
  }

  /** A row as a record object with the fields of the flow log. */
  record(row: Row): FlowLogRecord {
    const record: Record<string, FlowLogValue> = {}
    for (let place = 0; place < this.fields.length; place += 1) {
      const field = this.fields[place] as string
      const source = this.#sources[place] as FieldSource<Row>
      record[field] = row.logStatus === 'OK' || isStatusField(field) ? this.#value(field, source, row) : undefined
    }
    return record
  }

  #value(field: string, source: FieldSource<Row>, row: Row): FlowLogValue {
    switch (source.kind) {
      case 'fixed':
        return source.value(this.#flowLog, this.#context())
      case 'interface': {
        const subject = this.#subjectOf(row)
        return subject && source.value(subject, this.#flowLog)
      }
      case 'text':
        return source.value(row, this.#context())
      case 'number': {
        const value = source.value(row)
        return value < 0 ? undefined : INT64_FIELDS.has(field) ? BigInt(value) : value
      }
      case 'address':
        return addressText(source.value(row))
      case 'absent':
        return undefined
    }
  }
}

function isStatusField(field: string | undefined): boolean {
  return STATUS_RECORD_FIELDS.has(field as FlowLogFieldName)
}

function addressText({ version, word0, word1, word2, word3 }: AddressWords): string {
  const address = version === 4 ? IpAddress.fromIpv4Bits(word3) : IpAddress.fromIpv6Words(word0, word1, word2, word3)
  return address.toString()
}

/** A part of a line: fields that are the same in all lines of an ENI, together, or one field. */
type Part<Row extends FlowCounts> =
  | { readonly kind: 'kept'; readonly number: number }
  | Extract<FieldSource<Row>, { kind: 'text' | 'number' | 'address' }>

/** What is kept of an ENI: the text of each run of unchanging fields, spaces included. */
interface KeptText {
  readonly subject: Subject
  readonly runs: readonly Uint8Array[]
  readonly length: number
}

/** Writes lines in one order of fields. */
class TextWriter<Row extends FlowCounts> {
  readonly #flowLog: FlowLog
  readonly #context: () => RecordContext
  readonly #parts: Part<Row>[] = []
  readonly #runSources: FieldSource<Row>[][] = []
  readonly #kept: (KeptText | undefined)[] = []
  readonly #texts = new Map<string | undefined, Uint8Array>([[undefined, Buffer.from('- ')]])
  /** By part: the text of the line that is being written, and what it was made from. */
  readonly #lineTexts: Uint8Array[] = []
  readonly #lineValues: (string | undefined)[] = []
  /** Most bytes that the numbers and addresses of a line take. */
  #longestNumbers = 0

  constructor(flowLog: FlowLog, sources: readonly FieldSource<Row>[], context: () => RecordContext) {
    this.#flowLog = flowLog
    this.#context = context
    for (const source of sources) {
      if (source.kind === 'text' || source.kind === 'number' || source.kind === 'address') {
        this.#parts.push(source)
        this.#longestNumbers += Math.max(LONGEST_ADDRESS, LONGEST_NUMBER) + 1
        continue
      }
      if (this.#parts.at(-1)?.kind !== 'kept') {
        this.#parts.push({ kind: 'kept', number: this.#runSources.length })
        this.#runSources.push([])
      }
      this.#runSources.at(-1)?.push(source)
    }
  }

  write(row: Row, subject: Subject, buffer: LineBuffer): void {
    const place = subject === undefined ? 0 : subject.index + 1
    let kept = this.#kept[place]
    if (kept === undefined || kept.subject !== subject) {
      kept = this.#keep(subject)
      this.#kept[place] = kept
    }
    const parts = this.#parts
    const texts = this.#lineTexts
    const values = this.#lineValues
    let longest = this.#longestNumbers + kept.length
    for (let part = 0; part < parts.length; part += 1) {
      const source = parts[part] as Part<Row>
      if (source.kind !== 'text') continue
      const value = source.value(row, this.#context())
      let text = texts[part]
      if (text === undefined || value !== values[part]) {
        text = this.#textOf(value)
        texts[part] = text
        values[part] = value
      }
      longest += text.length
    }
    const bytes = buffer.reserve(longest)
    let at = buffer.length
    for (let part = 0; part < parts.length; part += 1) {
      const source = parts[part] as Part<Row>
      if (source.kind === 'number') {
        const value = source.value(row)
        if (value < 0) bytes[at++] = DASH
        else at = writeNumber(bytes, at, value)
        bytes[at++] = SPACE
      } else if (source.kind === 'address') {
        at = writeAddress(bytes, at, source.value(row))
        bytes[at++] = SPACE
      } else {
        const text = source.kind === 'kept' ? (kept.runs[source.number] as Uint8Array) : (texts[part] as Uint8Array)
        if (text.length < SHORT_TEXT) {
          for (let byte = 0; byte < text.length; byte += 1) bytes[at + byte] = text[byte] as number
        } else {
          bytes.set(text, at)
        }
        at += text.length
      }
    }
    bytes[at - 1] = NEWLINE
    buffer.length = at
  }

  #textOf(text: string | undefined): Uint8Array {
    let bytes = this.#texts.get(text)
    if (bytes === undefined) {
      bytes = Buffer.from(`${text} `)
      this.#texts.set(text, bytes)
    }
    return bytes
  }

  #keep(subject: Subject): KeptText {
    const runs = this.#runSources.map((sources) =>
      Buffer.from(sources.map((source) => `${this.#unchanging(source, subject) ?? '-'} `).join('')),
    )
    return { subject, runs, length: runs.reduce((sum, { length }) => sum + length, 0) }
  }

  #unchanging(source: FieldSource<Row>, subject: Subject): string | number | undefined {
    if (source.kind === 'fixed') return source.value(this.#flowLog, this.#context())
    return source.kind === 'interface' && subject ? source.value(subject, this.#flowLog) : undefined
  }
}
