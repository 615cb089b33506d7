import { FLOW_LOG_FIELDS, flowLogField } from './fields.ts'
import { type LogFormat, logFormatFromHeader } from './log-format.ts'

/** Bytes of a line's first word that decide whether the line may be a header. */
export const HEADER_KEY_BYTES = 8

/**
 * How the first word of a header line can begin: the names of all fields that are known or in the format, cut to
 * {@link HEADER_KEY_BYTES}. A line whose first word is not among them is a record without a closer look.
 */
export function headerKeys(format: LogFormat): ReadonlySet<string> {
  const names = [...FLOW_LOG_FIELDS.map((field) => field.name as string), ...format.fields]
  return new Set(names.map((name) => name.slice(0, HEADER_KEY_BYTES)))
}

/** Fields that a header in the middle of the input has at least, unless it repeats the header before it. */
const FEWEST_FIELDS_OF_ANOTHER_HEADER = 3

/**
 * The format that a line after the first one brings, or undefined where it is no header. Files put one after another have
 * several headers. A header of one or two words must equal the format before it, as a record could look the same; any
 * other begins with a field that is known or in that format.
 */
export function laterHeader(line: string, format: LogFormat): LogFormat | undefined {
  const header = logFormatFromHeader(line)
  if (header === undefined) return undefined
  if (header.fields.length >= FEWEST_FIELDS_OF_ANOTHER_HEADER) {
    const first = header.fields[0] ?? ''
    return flowLogField(first) !== undefined || format.fields.includes(first) ? header : undefined
  }
  return header.fields.join(' ') === format.fields.join(' ') ? header : undefined
}
