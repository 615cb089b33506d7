import { type DateParts, type DateTimeField, dateTimeField, utcMillis } from './date-time-field.ts'

/**
 * The part of Java's DateTimeFormatter patterns that name partitions: `yyyy/MM/dd`, `yyyy-MM-dd-HH`, `'dt='yyyyMMdd`.
 * Instants are UTC milliseconds. Source: Java API, java.time.format.DateTimeFormatter, "Patterns for Formatting and Parsing".
 */
export interface DateTimePattern {
  format(millis: number): string
  /** undefined where the text does not follow the pattern or names no real date. */
  parse(text: string): number | undefined
  /** Later instants never give a text that is less, so that ranges of text are ranges of time. */
  readonly isOrdered: boolean
  readonly precision: DateTimePrecision
}

/** The smallest unit that the pattern writes. */
export type DateTimePrecision = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'milli'

const PRECISIONS: readonly DateTimePrecision[] = ['year', 'month', 'day', 'hour', 'minute', 'second', 'milli']

/** undefined for a pattern with letters that are not supported. */
export function compileDateTimePattern(pattern: string): DateTimePattern | undefined {
  const elements = parsePattern(pattern)
  if (elements === undefined) return undefined
  const fields = elements.filter((element) => typeof element !== 'string')
  const ranks = fields.map((field) => field.rank)
  const matcher = new RegExp(
    `^${elements.map((element) => (typeof element === 'string' ? escapeRegExp(element) : `(${element.source})`)).join('')}$`,
    'i',
  )
  return {
    format: (millis) => {
      const date = new Date(millis)
      return elements.map((element) => (typeof element === 'string' ? element : element.write(date))).join('')
    },
    parse: (text) => {
      const match = matcher.exec(text)
      if (match === null) return undefined
      const parts: DateParts = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, milli: 0 }
      fields.forEach((field, index) => {
        field.read(match[index + 1] ?? '', parts)
      })
      return toMillis(parts)
    },
    isOrdered: isOrdered(fields),
    precision: PRECISIONS[Math.max(0, ...ranks)] ?? 'day',
  }
}

/** From the year downwards, no unit left out, each of a fixed width; a field that comes again changes nothing. */
function isOrdered(fields: readonly DateTimeField[]): boolean {
  let settled = -1
  for (const field of fields) {
    if (!field.isFixedWidth) return false
    if (field.rank <= settled) continue
    if (field.rank !== settled + 1 && !(field.isDayOfYear && settled === 0)) return false
    settled = field.rank
  }
  return settled >= 0
}

function toMillis(parts: DateParts): number | undefined {
  const { year, month, day, dayOfYear, minute, second, milli } = parts
  const hour = parts.isAfternoon === undefined ? parts.hour : (parts.hour % 12) + (parts.isAfternoon ? 12 : 0)
  const millis = dayOfYear === undefined ? utcMillis(year, month - 1, day) : utcMillis(year, 0, dayOfYear)
  const date = new Date(millis)
  const isReal =
    dayOfYear === undefined
      ? date.getUTCMonth() === month - 1 && date.getUTCDate() === day
      : date.getUTCFullYear() === year && dayOfYear > 0
  if (!isReal || hour > 23 || minute > 59 || second > 59) return undefined
  return millis + hour * 3_600_000 + minute * 60_000 + second * 1000 + milli
}

type Element = string | DateTimeField

function parsePattern(pattern: string): readonly Element[] | undefined {
  const elements: Element[] = []
  const token = /'((?:[^']|'')*)'|(([A-Za-z])\3*)|([^A-Za-z'])/gy
  let end = 0
  for (let match = token.exec(pattern); match !== null; match = token.exec(pattern)) {
    end = token.lastIndex
    const [, quoted, letters, letter, other] = match
    if (letters !== undefined && letter !== undefined) {
      const field = dateTimeField(letter, letters.length)
      if (field === undefined) return undefined
      elements.push(field)
    } else elements.push(other ?? (quoted === '' ? "'" : (quoted ?? '').replaceAll("''", "'")))
  }
  return end === pattern.length ? elements : undefined
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
