/** A run of one pattern letter: how it is written, and what reading it settles. */
export interface DateTimeField {
  /** How much of an instant it settles: 0 year, 1 month, 2 day, 3 hour, 4 minute, 5 second, 6 fraction. */
  readonly rank: number
  /** Every text of it is of one length and grows with the instant. */
  readonly isFixedWidth: boolean
  readonly isDayOfYear: boolean
  /** The regular expression of its texts. */
  readonly source: string
  write(date: Date): string
  read(text: string, parts: DateParts): void
}

/** What a text says of an instant; unsaid parts keep the values of 1970-01-01T00:00Z. */
export interface DateParts {
  year: number
  month: number
  day: number
  dayOfYear?: number
  hour: number
  isAfternoon?: boolean
  minute: number
  second: number
  milli: number
}

/** undefined for a letter that is not supported, or not so many times in a row. */
export function dateTimeField(letter: string, width: number): DateTimeField | undefined {
  const numeric = NUMERIC_FIELDS[letter]
  if (numeric !== undefined && width <= numeric.maxWidth) return numericField(numeric, width)
  return OTHER_FIELDS[letter]?.(width)
}

export function utcMillis(year: number, month: number, day: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date.getTime()
}

interface NumericField {
  readonly rank: number
  readonly part: 'month' | 'day' | 'dayOfYear' | 'hour' | 'minute' | 'second'
  /** The number of digits of the greatest value. */
  readonly maxWidth: number
  get(date: Date): number
}

const NUMERIC_FIELDS: Readonly<Record<string, NumericField>> = {
  M: { rank: 1, part: 'month', maxWidth: 2, get: (date) => date.getUTCMonth() + 1 },
  L: { rank: 1, part: 'month', maxWidth: 2, get: (date) => date.getUTCMonth() + 1 },
  d: { rank: 2, part: 'day', maxWidth: 2, get: (date) => date.getUTCDate() },
  D: { rank: 2, part: 'dayOfYear', maxWidth: 3, get: dayOfYear },
  H: { rank: 3, part: 'hour', maxWidth: 2, get: (date) => date.getUTCHours() },
  h: { rank: 3, part: 'hour', maxWidth: 2, get: (date) => date.getUTCHours() % 12 || 12 },
  m: { rank: 4, part: 'minute', maxWidth: 2, get: (date) => date.getUTCMinutes() },
  s: { rank: 5, part: 'second', maxWidth: 2, get: (date) => date.getUTCSeconds() },
}

/** The hour of the half day, which starts again at noon. */
const isHalfDayHour = (field: NumericField): boolean => field === NUMERIC_FIELDS.h

function numericField(field: NumericField, width: number): DateTimeField {
  const { rank, part, maxWidth, get } = field
  return {
    rank,
    isFixedWidth: width === maxWidth && !isHalfDayHour(field),
    isDayOfYear: part === 'dayOfYear',
    source: `\\d{${width},${width === 1 || part === 'dayOfYear' ? maxWidth : width}}`,
    write: (date) => String(get(date)).padStart(width, '0'),
    read: (text, parts) => {
      parts[part] = Number(text)
    },
  }
}

const OTHER_FIELDS: Readonly<Record<string, (width: number) => DateTimeField | undefined>> = {
  y: yearField,
  u: yearField,
  M: monthNameField,
  L: monthNameField,
  a: (width) => (width === 1 ? AFTERNOON : undefined),
  S: fractionField,
}

function yearField(width: number): DateTimeField | undefined {
  if (width !== 1 && width !== 2 && width !== 4) return undefined
  const century = width === 2 ? 2000 : 0
  return {
    rank: 0,
    isFixedWidth: width === 4,
    isDayOfYear: false,
    source: width === 1 ? '\\d+' : `\\d{${width}}`,
    write: (date) => String(date.getUTCFullYear() % (width === 2 ? 100 : Number.MAX_SAFE_INTEGER)).padStart(width, '0'),
    read: (text, parts) => {
      parts.year = century + Number(text)
    },
  }
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

function monthNameField(width: number): DateTimeField | undefined {
  if (width !== 3 && width !== 4) return undefined
  const names = width === 3 ? MONTHS.map((name) => name.slice(0, 3)) : MONTHS
  return {
    rank: 1,
    isFixedWidth: false,
    isDayOfYear: false,
    source: names.join('|'),
    write: (date) => names[date.getUTCMonth()] ?? '',
    read: (text, parts) => {
      parts.month = names.findIndex((name) => name.toLowerCase() === text.toLowerCase()) + 1
    },
  }
}

const AFTERNOON: DateTimeField = {
  rank: 3,
  isFixedWidth: false,
  isDayOfYear: false,
  source: 'AM|PM',
  write: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  read: (text, parts) => {
    parts.isAfternoon = text.toUpperCase() === 'PM'
  },
}

function fractionField(width: number): DateTimeField | undefined {
  if (width > 9) return undefined
  return {
    rank: 6,
    isFixedWidth: true,
    isDayOfYear: false,
    source: `\\d{${width}}`,
    write: (date) => String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0').slice(0, width),
    read: (text, parts) => {
      parts.milli = Number(text.padEnd(3, '0').slice(0, 3))
    },
  }
}

function dayOfYear(date: Date): number {
  const midnight = utcMillis(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  return Math.round((midnight - utcMillis(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1
}
