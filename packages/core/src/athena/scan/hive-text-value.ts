/**
 * Values of text tables as Hive's LazySimpleSerDe and Trino read them, where SQL alone would not do. Every rule here was
 * measured against Trino 476 (TEXTFILE in the hive connector).
 */

const JAVA_NUMBER = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/
const JAVA_HEX_NUMBER = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)[fFdD]?$/
const BITS_PER_HEX_DIGIT = 4

/** Java's Double.parseDouble: blanks around it, a `d` or `f` behind it and hexadecimal are numbers; `nan` and `inf` are not. */
export function parseHiveDouble(text: string): number | null {
  const trimmed = text.replace(/^[\0- ]+|[\0- ]+$/g, '')
  if (JAVA_NUMBER.test(trimmed)) return Number(trimmed.replace(/(?<=[\d.])[fFdD]$/, '').replace(/^[+-]NaN$/, 'NaN'))
  const hex = JAVA_HEX_NUMBER.exec(trimmed)
  if (hex === null) return null
  const [, sign, whole = '', fraction = '', exponent] = hex
  if (whole === '' && fraction === '') return null
  const digits = Number(BigInt(`0x${whole}${fraction}`))
  const value = digits * 2 ** (Number(exponent) - BITS_PER_HEX_DIGIT * fraction.length)
  return sign === '-' ? -value : value
}

/** The same in 32 bits; what is too large is infinite. */
export function parseHiveReal(text: string): number | null {
  const value = parseHiveDouble(text)
  return value === null ? null : Math.fround(value)
}

const DATE = /^([+-]?\d{1,9})-(\d{1,2})-(\d{1,2})$/
const MILLIS_PER_DAY = 86_400_000
const MICROS_PER_DAY = 86_400_000_000n
const MICROS_PER_MILLI = 1000n

/** Days since 1970-01-01. What follows a blank is left out, and `2021-02-30` is the second of March. */
export function parseHiveDate(text: string): number | null {
  const parts = DATE.exec(text.trim().split(' ', 1)[0] ?? '')
  return parts ? daysOf(parts) : null
}

/** Lenient: a month or a day out of its range counts on. */
function daysOf([, year, month, day]: readonly (string | undefined)[]): number | null {
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const days = date.getTime() / MILLIS_PER_DAY
  return Number.isFinite(days) ? days : null
}

const TIMESTAMP = /^([+-]?\d{1,9})-(\d{1,2})-(\d{1,2})[ tT](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{0,9}))?$/

/** Microseconds since 1970-01-01 00:00:00, rounded to milliseconds as timestamp(3) has them. A date alone is none. */
export function parseHiveTimestamp(text: string): bigint | null {
  const parts = TIMESTAMP.exec(text.trim())
  if (parts === null) return null
  const days = daysOf(parts)
  if (days === null) return null
  const [hours, minutes, seconds] = parts.slice(4, 7).map(Number) as [number, number, number]
  const nanos = Number((parts[7] ?? '').padEnd(9, '0'))
  const millis = BigInt(((hours * 60 + minutes) * 60 + seconds) * 1000 + Math.round(nanos / 1_000_000))
  return BigInt(days) * MICROS_PER_DAY + millis * MICROS_PER_MILLI
}

/** Base64 where all characters are of its alphabet, else the bytes as they stand. */
export function parseHiveBinary(text: string): Uint8Array {
  return Buffer.from(text, /^[A-Za-z0-9+/_=\-\s]*$/.test(text) ? 'base64' : 'utf8')
}

/** Parts between separators that are not escaped; the escapes stay in. */
export function splitEscaped(text: string, separator: string, escapeCharacter: string): readonly string[] {
  const found: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === escapeCharacter && at + 1 < text.length) at += 1
    else if (text[at] === separator) {
      found.push(text.slice(start, at))
      start = at + 1
    }
  }
  found.push(text.slice(start))
  return found
}

/** Takes each escape character away and keeps the one behind it, whatever it is. */
export function unescapeHiveText(text: string, escapeCharacter: string): string {
  if (!text.includes(escapeCharacter)) return text
  let result = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] === escapeCharacter && at + 1 < text.length) at += 1
    result += text[at]
  }
  return result
}
