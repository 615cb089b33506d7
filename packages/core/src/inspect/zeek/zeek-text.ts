import { ZEEK_LOG_FIELDS, type ZeekLogName, type ZeekRecord, type ZeekType, type ZeekValue } from './zeek-log-fields.ts'

const EMPTY = '(empty)'
const UNSET = '-'
/** What would end a column or a line, or is no text: Zeek writes it as `\xHH`, and the backslash of such as well. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const ESCAPED = /[\u0000-\u001f\u007f]|\\(?=x[0-9a-fA-F]{2})/g

/** The header of a log in TSV (docs.zeek.org, "Zeek Log Formats and Inspection"), lines that begin with `#`. */
export function zeekHeader(log: ZeekLogName, openedMicroseconds: number): string {
  const fields = ZEEK_LOG_FIELDS[log]
  return [
    '#separator \\x09',
    '#set_separator\t,',
    `#empty_field\t${EMPTY}`,
    `#unset_field\t${UNSET}`,
    `#path\t${log}`,
    `#open\t${fileTime(openedMicroseconds)}`,
    `#fields\t${Object.keys(fields).join('\t')}`,
    `#types\t${Object.values(fields).join('\t')}`,
    '',
  ].join('\n')
}

/** The last line of a log in TSV. */
export function zeekFooter(closedMicroseconds: number): string {
  return `#close\t${fileTime(closedMicroseconds)}\n`
}

/** A record as a line of TSV. */
export function zeekTsvLine(log: ZeekLogName, record: ZeekRecord): string {
  const columns = Object.entries(ZEEK_LOG_FIELDS[log]).map(([name, type]) => columnText(type, record[name]))
  return `${columns.join('\t')}\n`
}

/** A record as a line of JSON, as Zeek writes with `LogAscii::use_json`: times in seconds, unset fields left out. */
export function zeekJsonLine(log: ZeekLogName, record: ZeekRecord): string {
  const members: string[] = []
  for (const [name, type] of Object.entries(ZEEK_LOG_FIELDS[log])) {
    const value = record[name]
    if (value !== undefined) members.push(`${JSON.stringify(name)}:${jsonText(type, value)}`)
  }
  return `{${members.join(',')}}\n`
}

function columnText(type: ZeekType, value: ZeekValue): string {
  if (value === undefined) return UNSET
  if (typeof value === 'object') {
    if (value.length === 0) return EMPTY
    return value.map((element) => scalarText(type, element).replaceAll(',', '\\x2c')).join(',')
  }
  return scalarText(type, value)
}

function scalarText(type: ZeekType, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (typeof value === 'number') return isTime(type) ? seconds(value) : String(value)
  if (value === '') return EMPTY
  // A text that looks like one of the two words is told apart from it by its first character.
  if (value === UNSET || value === EMPTY) return hexadecimal(value.slice(0, 1)) + value.slice(1)
  return value.replace(ESCAPED, hexadecimal)
}

function jsonText(type: ZeekType, value: Exclude<ZeekValue, undefined>): string {
  if (typeof value === 'object') return `[${value.map((element) => jsonText(type, element)).join(',')}]`
  return typeof value === 'number' && isTime(type) ? seconds(value) : JSON.stringify(value)
}

function isTime(type: ZeekType): boolean {
  return type === 'time' || type === 'interval' || type === 'vector[interval]'
}

/** Exact: microseconds are whole numbers. */
function seconds(microseconds: number): string {
  const whole = Math.floor(microseconds / 1e6)
  return `${whole}.${String(microseconds - whole * 1e6).padStart(6, '0')}`
}

function hexadecimal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** `2023-11-14-22-13-20`, in UTC. */
function fileTime(microseconds: number): string {
  return new Date(microseconds / 1000).toISOString().slice(0, 19).replace(/[T:]/g, '-')
}
