import { FLOW_LOG_FIELDS, flowLogField } from './fields.ts'
import { type LogFormat, logFormatFromHeader } from './log-format.ts'

/** Bytes of a line's first word that decide whether the line may be a header. */
export const HEADER_KEY_BYTES = 8

const KNOWN_KEYS: ReadonlySet<string> = new Set(FLOW_LOG_FIELDS.map((field) => headerKey(field.name)))

/** The part of a field's name that is compared. */
export function headerKey(name: string): string {
  return name.slice(0, HEADER_KEY_BYTES)
}

/**
 * How the first word of a header line after the first line can begin: the names of all fields that are known or in the
 * format, cut to {@link HEADER_KEY_BYTES}. A line that begins otherwise is a record without a closer look.
 */
export function headerKeys(format: LogFormat): ReadonlySet<string> {
  const isComplete = format.fields.every((name) => KNOWN_KEYS.has(headerKey(name)))
  return isComplete ? KNOWN_KEYS : new Set([...KNOWN_KEYS, ...format.fields.map(headerKey)])
}

/** Fields that a header in the middle of the input has at least, unless it repeats the header before it. */
const FEWEST_FIELDS_OF_ANOTHER_HEADER = 3

/**
 * The format that a line after the first one brings, or undefined where it is no header. Files put one after another have
 * several headers. As a record could look the same, such a header is taken more strictly than one in the first line: it
 * begins with a field that is known or in the format before it, and one of one or two fields repeats that format.
 */
export function laterHeader(line: string, format: LogFormat): LogFormat | undefined {
  const header = logFormatFromHeader(line)
  const [first = ''] = header?.fields ?? []
  if (header === undefined || (flowLogField(first) === undefined && !format.fields.includes(first))) return undefined
  if (header.fields.length >= FEWEST_FIELDS_OF_ANOTHER_HEADER) return header
  return header.fields.join(' ') === format.fields.join(' ') ? header : undefined
}
