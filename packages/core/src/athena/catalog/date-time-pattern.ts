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

interface Field {
  /** How much of an instant it settles: 0 year … 6 fraction of a second; -1 nothing that parsing needs. */
  readonly rank: number
  readonly isFixedWidth: boolean
  readonly source: string
  write(date: Date): string
  read(text: string, parts: DateParts): void
}

interface DateParts {
  year: number
  month: number
  day: number
  dayOfYear: number | undefined
  hour: number
  isAfternoon: boolean | undefined
  minute: number
  second: number
  milli: number
}

const PRECISIONS: readonly DateTimePrecision[] = ['year', 'month', 'day', 'hour', 'minute', 'second', 'milli']

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

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
      const parts: DateParts = {
        year: 1970,
        month: 1,
        day: 1,
        dayOfYear: undefined,
        hour: 0,
        isAfternoon: undefined,
        minute: 0,
        second: 0,
        milli: 0,
      }
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
function isOrdered(fields: readonly Field[]): boolean {
  let settled = -1
  for (const field of fields) {
    if (!field.isFixedWidth) return false
    if (field.rank <= settled) continue
    const isDayOfYear = field.source === DAY_OF_YEAR_SOURCE && settled === 0
    if (field.rank !== settled + 1 && !isDayOfYear) return false
    settled = field.rank
  }
  return settled >= 0
}

function toMillis(parts: DateParts): number | undefined {
  const { year, month, day, dayOfYear, minute, second, milli } = parts
  const hour = parts.isAfternoon === undefined ? parts.hour : (parts.hour % 12) + (parts.isAfternoon ? 12 : 0)
  const millis = dayOfYear === undefined ? utc(year, month - 1, day) : utc(year, 0, dayOfYear)
  const date = new Date(millis)
  const isReal =
    dayOfYear === undefined
      ? date.getUTCMonth() === month - 1 && date.getUTCDate() === day
      : date.getUTCFullYear() === year && dayOfYear > 0
  if (!isReal || hour > 23 || minute > 59 || second > 59) return undefined
  return millis + hour * 3_600_000 + minute * 60_000 + second * 1000 + milli
}

function utc(year: number, month: number, day: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date.getTime()
}

type Element = string | Field

function parsePattern(pattern: string): readonly Element[] | undefined {
  const elements: Element[] = []
  const token = /'((?:[^']|'')*)'|(([A-Za-z])\3*)|([^A-Za-z'])/gy
  let end = 0
  for (let match = token.exec(pattern); match !== null; match = token.exec(pattern)) {
    end = token.lastIndex
    const [, quoted, letters, letter, other] = match
    if (letters !== undefined && letter !== undefined) {
      const field = FIELDS[letter]?.(letters.length)
      if (field === undefined) return undefined
      elements.push(field)
    } else elements.push(other ?? (quoted === '' ? "'" : (quoted ?? '').replaceAll("''", "'")))
  }
  return end === pattern.length ? elements : undefined
}

const DAY_OF_YEAR_SOURCE = '[0-3]\\d{2}'

/** Each letter of a pattern with the field that so many of it make. */
const FIELDS: Readonly<Record<string, (width: number) => Field | undefined>> = {
  y: yearField,
  u: yearField,
  M: monthField,
  L: monthField,
  d: (width) =>
    numberField(
      2,
      width,
      (date) => date.getUTCDate(),
      (value, parts) => {
        parts.day = value
      },
    ),
  D: (width) => ({
    ...numberField(
      2,
      width,
      dayOfYear,
      (value, parts) => {
        parts.dayOfYear = value
      },
      3,
    ),
    ...(width === 3 ? { source: DAY_OF_YEAR_SOURCE, isFixedWidth: true } : { source: '\\d{1,3}', isFixedWidth: false }),
  }),
  H: (width) =>
    numberField(
      3,
      width,
      (date) => date.getUTCHours(),
      (value, parts) => {
        parts.hour = value
      },
    ),
  h: (width) => ({
    ...numberField(
      3,
      width,
      (date) => date.getUTCHours() % 12 || 12,
      (value, parts) => {
        parts.hour = value
      },
    ),
    isFixedWidth: false,
  }),
  a: (width) => (width === 1 ? AFTERNOON : undefined),
  m: (width) =>
    numberField(
      4,
      width,
      (date) => date.getUTCMinutes(),
      (value, parts) => {
        parts.minute = value
      },
    ),
  s: (width) =>
    numberField(
      5,
      width,
      (date) => date.getUTCSeconds(),
      (value, parts) => {
        parts.second = value
      },
    ),
  S: fractionField,
}

function yearField(width: number): Field | undefined {
  if (width === 2) {
    return {
      ...numberField(
        0,
        2,
        (date) => date.getUTCFullYear() % 100,
        (value, parts) => {
          parts.year = 2000 + value
        },
      ),
      isFixedWidth: false,
    }
  }
  if (width !== 1 && width !== 4) return undefined
  return {
    rank: 0,
    isFixedWidth: width === 4,
    source: width === 4 ? '\\d{4}' : '\\d+',
    write: (date) => String(date.getUTCFullYear()).padStart(width, '0'),
    read: (text, parts) => {
      parts.year = Number(text)
    },
  }
}

function monthField(width: number): Field | undefined {
  if (width <= 2)
    return numberField(
      1,
      width,
      (date) => date.getUTCMonth() + 1,
      (value, parts) => {
        parts.month = value
      },
    )
  if (width > 4) return undefined
  const names = width === 3 ? MONTHS.map((name) => name.slice(0, 3)) : MONTHS
  return {
    rank: 1,
    isFixedWidth: false,
    source: names.join('|'),
    write: (date) => names[date.getUTCMonth()] ?? '',
    read: (text, parts) => {
      parts.month = names.findIndex((name) => name.toLowerCase() === text.toLowerCase()) + 1
    },
  }
}

function numberField(
  rank: number,
  width: number,
  get: (date: Date) => number,
  set: (value: number, parts: DateParts) => void,
  maxWidth = 2,
): Field {
  return {
    rank,
    isFixedWidth: width === 2,
    source: width === 1 ? `\\d{1,${maxWidth}}` : `\\d{${width}}`,
    write: (date) => String(get(date)).padStart(width, '0'),
    read: (text, parts) => set(Number(text), parts),
  }
}

const AFTERNOON: Field = {
  rank: 3,
  isFixedWidth: false,
  source: 'AM|PM',
  write: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  read: (text, parts) => {
    parts.isAfternoon = text.toUpperCase() === 'PM'
  },
}

function fractionField(width: number): Field | undefined {
  if (width > 9) return undefined
  return {
    rank: 6,
    isFixedWidth: true,
    source: `\\d{${width}}`,
    write: (date) => String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0').slice(0, width),
    read: (text, parts) => {
      parts.milli = Number(text.padEnd(3, '0').slice(0, 3))
    },
  }
}

function dayOfYear(date: Date): number {
  return (
    Math.round(
      (utc(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - utc(date.getUTCFullYear(), 0, 1)) /
        86_400_000,
    ) + 1
  )
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
