import { AthenaError } from '../../errors.ts'
import {
  compileJodaPattern,
  compileMySqlPattern,
  type DateElement,
  NO_ZONE_TO_FORMAT,
  namesZone,
} from '../../functions/date-pattern.ts'
import { formatDate as formatEpochDay } from '../../types/datetime-format.ts'
import { epochDay, floorDivide, localToInstantMicros } from '../../types/datetime-text.ts'
import { formatDouble } from '../../types/java-number.ts'
import { formatOffset, normalizeTimeZone, zoneOffsetSeconds } from '../../types/time-zone.ts'
import { malformed, type ParsedDate, parseDateText } from './date-parser.ts'
import {
  dayStart,
  daysInMonth,
  daysInYear,
  MILLIS_PER_DAY,
  MONTHS,
  weeksInWeekyear,
  weekyearStart,
} from './date-parts.ts'
import { formatDate } from './date-text.ts'
import { invalidArgument, memoize, type ScalarFunction, scalarFunction, TrinoRuntimeError } from './scalar-function.ts'

// ---------------------------------------------------------------- patterns

const COMPILERS: Readonly<Record<string, (pattern: string) => readonly DateElement[]>> = {
  mysql: memoize((pattern) => compiled(compileMySqlPattern, pattern)),
  joda: memoize((pattern) => compiled(compileJodaPattern, pattern)),
}

/** A pattern that is not known at compile time fails like any other error at run time. */
function compiled(compile: (pattern: string) => readonly DateElement[], pattern: string): readonly DateElement[] {
  try {
    return compile(pattern)
  } catch (error) {
    throw error instanceof AthenaError ? new TrinoRuntimeError(error.code, error.detail) : error
  }
}

function elementsOf(pattern: string, language: string): readonly DateElement[] {
  const compiler = COMPILERS[language]
  if (!compiler) throw new Error(`no patterns of "${language}"`)
  return compiler(pattern)
}

/** An empty zone is that of a timestamp without. */
function formatMicros(micros: bigint, valueZone: string, pattern: string, language: string): string {
  if (valueZone === '' && language === 'joda' && namesZone(pattern)) throw invalidArgument(NO_ZONE_TO_FORMAT)
  const zone = valueZone === '' ? 'UTC' : valueZone
  const millis = Number(floorDivide(micros, 1000n))
  const offset = zoneOffsetSeconds(zone, Math.floor(millis / 1000))
  return formatDate(elementsOf(pattern, language), millis + offset * 1000, zone, offset)
}

/** The texts of a column of dates repeat: a few thousand of them are kept per pattern. */
const parsers = memoize((key) => {
  const [language = '', year = '', ...rest] = key.split('\u0000')
  const elements = elementsOf(rest.join('\u0000'), language)
  return memoize((text): ParsedDate => parseDateText(elements, text, Number(year)), 4096)
})

/** Trino reads this pattern with java.time, whose error texts are others. */
const ISO_PATTERN = '%Y-%m-%d'
/** As java.time names them in errors. */
const JAVA_MONTHS: readonly string[] = MONTHS.map((name) => name.toUpperCase())

function checkIsoDate(text: string): void {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (!match) return
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  if (month < 1 || month > 12) throw invalidArgument(`Invalid value for MonthOfYear (valid values 1 - 12): ${month}`)
  if (day < 1 || day > 31) throw invalidArgument(`Invalid value for DayOfMonth (valid values 1 - 28/31): ${day}`)
  if (day <= daysInMonth(year, month)) return
  if (day === 29) throw invalidArgument(`Invalid date 'February 29' as '${year}' is not a leap year`)
  throw invalidArgument(`Invalid date '${JAVA_MONTHS[month - 1]} ${day}'`)
}

function parseDate(text: string, pattern: string, language: string, year: number): ParsedDate {
  if (pattern === ISO_PATTERN && language === 'mysql') checkIsoDate(text)
  return parsers(`${language}\u0000${year}\u0000${pattern}`)(text)
}

// ---------------------------------------------------------------- ISO 8601

const DATE_TEXT = /^([+-]?\d{1,9})(?:-(\d{3})(?!\d)|-(\d{1,2})(?:-(\d{1,2}))?|-W(\d{1,2})(?:-(\d))?)?/
const TIME_TEXT = /^(\d{1,2})(?:[.,](\d+)|:(\d{1,2})(?:[.,](\d+)|:(\d{1,2})(?:[.,](\d+))?)?)?/
const OFFSET_TEXT = /^(?:[Zz]|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)$/

interface IsoTimestamp {
  readonly localMillis: number
  /** Undefined where the text has no offset. */
  readonly offsetMinutes: number | undefined
}

/** Beyond, days and milliseconds are too many for JavaScript's dates. */
const MAX_YEAR = 270_000

function isoDate(text: string): { readonly millis: number; readonly length: number } | undefined {
  const match = DATE_TEXT.exec(text)
  if (!match) return undefined
  const [all, yearText, dayOfYear, month, day, week, dayOfWeek] = match
  const year = Number(yearText)
  const length = all.length
  if (Math.abs(year) > MAX_YEAR) throw new TrinoRuntimeError('GENERIC_INTERNAL_ERROR', 'integer overflow')
  const check = (value: number, high: number, field: string): void => {
    if (value >= 1 && value <= high) return
    throw invalidArgument(`Cannot parse "${text}": Value ${value} for ${field} must be in the range [1,${high}]`)
  }
  if (dayOfYear !== undefined) {
    check(Number(dayOfYear), daysInYear(year), 'dayOfYear')
    return { millis: dayStart(year, 1, Number(dayOfYear)), length }
  }
  if (week !== undefined) {
    check(Number(week), weeksInWeekyear(year), 'weekOfWeekyear')
    check(Number(dayOfWeek ?? 1), 7, 'dayOfWeek')
    return {
      millis: weekyearStart(year) + ((Number(week) - 1) * 7 + Number(dayOfWeek ?? 1) - 1) * MILLIS_PER_DAY,
      length,
    }
  }
  check(Number(month ?? 1), 12, 'monthOfYear')
  check(Number(day ?? 1), daysInMonth(year, Number(month ?? 1)), 'dayOfMonth')
  return { millis: dayStart(year, Number(month ?? 1), Number(day ?? 1)), length }
}

function isoTime(text: string, whole: string): { readonly millis: number; readonly length: number } | undefined {
  const match = TIME_TEXT.exec(text)
  if (!match) return undefined
  const [all, hour, hourFraction, minute = '0', minuteFraction, second = '0', secondFraction] = match
  const check = (value: string, high: number, field: string): void => {
    if (Number(value) <= high) return
    throw invalidArgument(
      `Cannot parse "${whole}": Value ${Number(value)} for ${field} must be in the range [0,${high}]`,
    )
  }
  check(hour as string, 23, 'hourOfDay')
  check(minute, 59, 'minuteOfHour')
  check(second, 59, 'secondOfMinute')
  const fraction = (digits: string | undefined, unit: number): number =>
    digits ? Math.floor(Number(`0.${digits}`) * unit) : 0
  const finer = fraction(hourFraction, 3_600_000) + fraction(minuteFraction, 60_000)
  const millis = Number((secondFraction ?? '').padEnd(3, '0').slice(0, 3))
  return {
    millis: Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000 + finer + millis,
    length: all.length,
  }
}

/** Joda-Time's ISODateTimeFormat.dateTimeParser: a date, a time after `T`, or both, with an offset or without. */
const parseIso = memoize((text): IsoTimestamp => {
  const date = text.startsWith('T') ? { millis: 0, length: 0 } : isoDate(text)
  if (!date) throw invalidArgument(malformed(text, 0))
  let at = date.length
  let { millis } = date
  if (at === text.length) return { localMillis: millis, offsetMinutes: undefined }
  if (text[at] !== 'T') throw invalidArgument(malformed(text, at))
  at += 1
  const time = isoTime(text.slice(at), text)
  if (time) {
    millis += time.millis
    at += time.length
  }
  if (at === text.length) return { localMillis: millis, offsetMinutes: undefined }
  const offset = OFFSET_TEXT.exec(text.slice(at))
  if (!offset) throw invalidArgument(malformed(text, at))
  const size = Number(offset[2] ?? 0) * 60 + Number(offset[3] ?? 0)
  return { localMillis: millis, offsetMinutes: offset[1] === '-' ? -size : size }
}, 4096)

function parseIsoDate(text: string): bigint {
  const date = isoDate(text)
  if (!date) throw invalidArgument(malformed(text, 0))
  if (date.length < text.length) throw invalidArgument(malformed(text, date.length))
  return BigInt(date.millis) * 1000n
}

interface StrictIsoTimestamp {
  readonly localMicros: bigint
  /** Undefined where the text has neither offset nor zone. */
  readonly zone: string | undefined
}

/** The parts of java.time's ISO_DATE_TIME in their order, each with its number of the match; where one fails its place is told. */
const STRICT_PARTS: readonly (readonly [pattern: RegExp, isOptional: boolean])[] = [
  [/([+-]\d{5,9}|-?\d{4})/y, false],
  [/-/y, false],
  [/(\d\d)/y, false],
  [/-/y, false],
  [/(\d\d)/y, false],
  [/T/iy, false],
  [/(\d\d)/y, false],
  [/:/y, false],
  [/(\d\d)/y, false],
  [/:(\d\d)(?:\.(\d{0,9}))?/y, true],
  [/(Z|[+-]\d\d:\d\d(?::\d\d)?)/iy, true],
  [/\[([^\]]+)\]/y, true],
]

/** Text as java.time's ISO_DATE_TIME takes it: from_iso8601_timestamp_nanos is stricter than from_iso8601_timestamp. */
const parseStrictIso = memoize((text): StrictIsoTimestamp => {
  const refuse = (reason: string): Error => invalidArgument(`Text '${text}' could not be parsed${reason}`)
  const parts: (string | undefined)[] = []
  let at = 0
  for (const [pattern, isOptional] of STRICT_PARTS) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match && !isOptional) throw refuse(` at index ${at}`)
    const groups = pattern.source.match(/\((?!\?)/g)?.length ?? 0
    for (let group = 1; group <= groups; group++) parts.push(match?.[group])
    at += match?.[0].length ?? 0
  }
  if (at < text.length) throw refuse(`, unparsed text found at index ${at}`)
  const [year = '', month = '', day = '', hour = '', minute = '', second = '0', fraction = '', offset, region] = parts
  const check = (value: string, low: number, high: number, field: string): number => {
    if (Number(value) >= low && Number(value) <= high) return Number(value)
    throw refuse(`: Invalid value for ${field} (valid values ${low} - ${high}): ${Number(value)}`)
  }
  const monthOfYear = check(month, 1, 12, 'MonthOfYear')
  const dayOfMonth = check(day, 1, 31, 'DayOfMonth')
  const seconds =
    check(hour, 0, 23, 'HourOfDay') * 3600 +
    check(minute, 0, 59, 'MinuteOfHour') * 60 +
    check(second, 0, 59, 'SecondOfMinute')
  const days = epochDay(Number(year), monthOfYear, dayOfMonth)
  if (days === undefined) {
    const isLeapDay = monthOfYear === 2 && dayOfMonth === 29
    const name = `${JAVA_MONTHS[monthOfYear - 1]} ${dayOfMonth}`
    throw refuse(
      isLeapDay ? `: Invalid date 'February 29' as '${Number(year)}' is not a leap year` : `: Invalid date '${name}'`,
    )
  }
  const zone = normalizeTimeZone(region ?? offset?.toUpperCase() ?? 'UTC')
  if (zone === undefined)
    throw refuse(` at index ${text.length - (region === undefined ? (offset ?? '').length : region.length + 1)}`)
  const micros = BigInt(days * 86_400 + seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
  return { localMicros: micros, zone: region === undefined && offset === undefined ? undefined : zone }
}, 4096)

// --------------------------------------------------------------- durations

/** Java's names of the units, and how many milliseconds they last. */
const UNITS: Readonly<Record<string, readonly [name: string, millis: number]>> = {
  ns: ['NANOSECONDS', 1e-6],
  us: ['MICROSECONDS', 1e-3],
  ms: ['MILLISECONDS', 1],
  s: ['SECONDS', 1000],
  m: ['MINUTES', 60_000],
  h: ['HOURS', 3_600_000],
  d: ['DAYS', 86_400_000],
}

function parseDuration(text: string): bigint {
  if (text === '') throw invalidArgument('duration is empty')
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*$/.exec(text)
  if (!match) throw invalidArgument(`duration is not a valid data duration string: ${text}`)
  const unit = UNITS[match[2] as string]
  if (unit === undefined) throw invalidArgument(`Unknown time unit: ${match[2]}`)
  const [name, unitMillis] = unit
  const value = Number(match[1])
  const millis = Math.floor(value * unitMillis + 0.5)
  if (millis < 2 ** 63) return BigInt(millis)
  throw invalidArgument(
    `value ${formatDouble(value)} ${name} is too large to be represented in requested unit MILLISECONDS as a long`,
  )
}

const SPANS: readonly (readonly [name: string, seconds: number])[] = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

const MAX_BIGINT = 2n ** 63n - 1n

function humanReadableSeconds(value: number): string {
  if (!Number.isFinite(value)) throw invalidArgument(`Invalid argument found: ${value}`)
  const rounded = BigInt(Math.floor(Math.abs(value) + 0.5))
  let rest = rounded > MAX_BIGINT ? MAX_BIGINT : rounded
  const parts: string[] = []
  for (const [name, size] of SPANS) {
    const count = rest / BigInt(size)
    rest -= count * BigInt(size)
    if (count > 0n || (name === 'second' && parts.length === 0))
      parts.push(`${count} ${name}${count === 1n ? '' : 's'}`)
  }
  return parts.join(', ')
}

// ------------------------------------------------------------------- zones

const MAX_OFFSET_MINUTES = 14n * 60n

function zoneOffsetMicros(micros: bigint, zone: string): bigint {
  return BigInt(zoneOffsetSeconds(zone, Number(floorDivide(micros, 1_000_000n)))) * 1_000_000n
}

function offsetText(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n)
  const pad = (part: number): string => String(part).padStart(2, '0')
  const size = Math.abs(seconds)
  return `${seconds < 0 ? '-' : '+'}${pad(Math.floor(size / 3600))}:${pad(Math.floor(size / 60) % 60)}`
}

/** Where a local time comes twice, the offset of an instant close by decides. */
function localToInstantNear(localMicros: bigint, zone: string, nearMicros: bigint): bigint {
  const offset = zoneOffsetMicros(nearMicros, zone)
  const instant = localMicros - offset
  return zoneOffsetMicros(instant, zone) === offset ? instant : localToInstantMicros(localMicros, zone)
}

export const DATETIME_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_iso_date: scalarFunction(['BIGINT'], 'VARCHAR', (micros) =>
    formatEpochDay(Number(floorDivide(micros, 86_400_000_000n))),
  ),
  ft_format_date: scalarFunction(['BIGINT', 'VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', formatMicros),
  ft_human_readable_seconds: scalarFunction(['DOUBLE'], 'VARCHAR', humanReadableSeconds),
  ft_local_to_instant_near: scalarFunction(['BIGINT', 'VARCHAR', 'BIGINT'], 'BIGINT', localToInstantNear),
  ft_offset_text: scalarFunction(['BIGINT'], 'VARCHAR', offsetText),
  ft_parse_date: scalarFunction(
    ['VARCHAR', 'VARCHAR', 'VARCHAR', 'INTEGER'],
    'BIGINT',
    (text, pattern, language, year) => BigInt(parseDate(text, pattern, language, year).localMillis) * 1000n,
  ),
  ft_parse_date_zone: scalarFunction(
    ['VARCHAR', 'VARCHAR', 'VARCHAR', 'VARCHAR'],
    'VARCHAR',
    (text, pattern, language, session) => parseDate(text, pattern, language, 2000).zone ?? session,
  ),
  ft_parse_duration: scalarFunction(['VARCHAR'], 'BIGINT', parseDuration),
  ft_parse_iso_date: scalarFunction(['VARCHAR'], 'BIGINT', parseIsoDate),
  ft_parse_iso_timestamp: scalarFunction(['VARCHAR'], 'BIGINT', (text) => BigInt(parseIso(text).localMillis) * 1000n),
  ft_parse_iso_zone: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, session) => {
    const { offsetMinutes } = parseIso(text)
    return offsetMinutes === undefined
      ? session
      : offsetMinutes === 0
        ? 'UTC'
        : offsetText(BigInt(offsetMinutes) * 60_000_000n)
  }),
  ft_supported_zone: scalarFunction(['VARCHAR'], 'VARCHAR', (name) => {
    const zone = normalizeTimeZone(name)
    if (zone === undefined) throw new TrinoRuntimeError('NOT_SUPPORTED', `Time zone not supported: ${name}`)
    return zone
  }),
  ft_parse_iso_instant: scalarFunction(['VARCHAR', 'VARCHAR'], 'BIGINT', (text, session) => {
    const { localMicros, zone } = parseStrictIso(text)
    return localToInstantMicros(localMicros, zone ?? session)
  }),
  ft_parse_iso_instant_zone: scalarFunction(
    ['VARCHAR', 'VARCHAR'],
    'VARCHAR',
    (text, session) => parseStrictIso(text).zone ?? session,
  ),
  ft_zone_at: scalarFunction(['BIGINT', 'BIGINT'], 'VARCHAR', (hours, minutes) => {
    const total = hours * 60n + minutes
    if (total < -MAX_OFFSET_MINUTES || total > MAX_OFFSET_MINUTES)
      throw invalidArgument(`Invalid offset minutes ${total}`)
    return formatOffset(Number(total))
  }),
}
