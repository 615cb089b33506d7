import { LARGEST_VALUE } from './column-layout.ts'
import { isAddress } from './field-decoders.ts'
import { type FieldDecoder, flowLogField } from './fields.ts'
import { DEFAULT_LOG_FORMAT, formatHeader, type LogFormat } from './log-format.ts'
import type { FlowLogRecord, FlowLogValue } from './record.ts'
import { FlowLogWriteError } from './write-error.ts'

/** How AWS writes a value that does not apply or cannot be computed. */
const ABSENT = '-'

/**
 * A record as the line that AWS writes for it, without the line end.
 *
 * Fields that the format does not have are left out; fields that the record does not have become `-`. Numeric fields take
 * whole numbers or bigints. What `formatRecord` writes, the parser reads back as the same record.
 *
 * @throws FlowLogWriteError `UNWRITABLE_VALUE` for what a line cannot carry: a text that is empty or has a space, a
 *   control character or half a surrogate pair (AWS percent-encodes such characters in tag values: `%20`), a number that
 *   is negative, broken or too large, or a text that is no address in an address field.
 */
export function formatRecord(record: FlowLogRecord, format: LogFormat = DEFAULT_LOG_FORMAT): string {
  let line = ''
  for (const field of format.fields) {
    const text = formatValue(field, record[field])
    line = line === '' ? text : `${line} ${text}`
  }
  return line
}

/** One value of a record as it stands in a line. Throws as {@link formatRecord} does. */
function formatValue(field: string, value: FlowLogValue): string {
  if (value === undefined || value === ABSENT) return ABSENT
  checkWritable(field, value)
  return String(value)
}

/** Throws unless the field can hold the value; absent values are not asked about. */
export function checkWritable(field: string, value: number | bigint | string): void {
  const fault = FAULT_OF[flowLogField(field)?.decoder ?? 'string'](value)
  if (fault === undefined) return
  throw new FlowLogWriteError(
    'UNWRITABLE_VALUE',
    `${field} cannot be written: ${typeof value === 'string' ? JSON.stringify(value).slice(0, 100) : value} ${fault}`,
  )
}

type FaultOf = (value: number | bigint | string) => string | undefined

const FAULT_OF: Readonly<Record<FieldDecoder, FaultOf>> = {
  int32: (value) => numberFault(value, LARGEST_VALUE.int32),
  int64: (value) => numberFault(value, LARGEST_VALUE.int64),
  seconds: (value) => numberFault(value, LARGEST_VALUE.seconds),
  address: (value) => (isAddressText(value) ? undefined : 'is neither an IPv4 nor an IPv6 address.'),
  string: textFault,
}

function numberFault(value: number | bigint | string, largest: bigint): string | undefined {
  if (typeof value === 'number' && value >= 0 && value <= 0x7fff_ffff && Number.isInteger(value)) return undefined
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return 'is not a whole number that a JavaScript number holds exactly; give large values as bigint.'
  }
  if (typeof value === 'string') return 'is a text; the field takes a number, or a bigint.'
  return value >= 0 && value <= largest ? undefined : `is not between 0 and ${largest}.`
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

function isAddressText(value: number | bigint | string): boolean {
  if (typeof value !== 'string') return false
  if (IPV4.test(value)) return true
  const bytes = Buffer.from(value)
  return isAddress(bytes, 0, bytes.length)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNWRITABLE = /[\u0000-\u0020]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** What nearly all texts are made of; the test for the others is slower. */
const PLAIN = /^[!-~]+$/

function textFault(value: number | bigint | string): string | undefined {
  if (typeof value === 'string' && PLAIN.test(value)) return undefined
  if (typeof value !== 'string') return 'is a number; the field takes a text.'
  if (value === '') return 'is an empty text; leave the field undefined where there is no value.'
  if (!UNWRITABLE.test(value)) return undefined
  return 'has a character that would break the line; percent-encode it, as AWS does in tag values ("%20" for a space).'
}

/**
 * A whole log file as text: the header line, then a line per record, each ended by a newline, as AWS delivers to S3.
 * Events in CloudWatch Logs have no header: use {@link formatRecord} for these.
 */
export function formatRecords(records: Iterable<FlowLogRecord>, format: LogFormat = DEFAULT_LOG_FORMAT): string {
  const lines = [formatHeader(format)]
  for (const record of records) lines.push(formatRecord(record, format))
  return `${lines.join('\n')}\n`
}
