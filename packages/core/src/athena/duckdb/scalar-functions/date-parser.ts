import type { DateElement, NumberField } from '../../functions/date-pattern.ts'
import { formatOffset, normalizeTimeZone } from '../../types/time-zone.ts'
import {
  calendarDay,
  DAYS,
  dayStart,
  daysInMonth,
  daysInYear,
  floorDiv,
  isoWeek,
  MILLIS_PER_DAY,
  MONTHS,
  weeksInWeekyear,
  weekyearStart,
} from './date-parts.ts'
import { numberOf } from './date-text.ts'
import { invalidArgument } from './scalar-function.ts'

/** Dates read from text as Joda-Time's DateTimeFormatter reads them; its error texts are Trino's. */
export interface ParsedDate {
  /** Milliseconds of the local time. */
  readonly localMillis: number
  /** The zone that the text names; undefined where it names none. */
  readonly zone: string | undefined
}

type Field = NumberField | 'era' | 'halfdayOfDay' | 'millisOfSecond'
interface Saved {
  readonly field: Field
  readonly value: number
}
interface State {
  readonly text: string
  at: number
  readonly saved: Saved[]
  zone: string | undefined
}

/** `nowYear` is the year of the query, about which Joda-Time reads two digits. */
export function parseDateText(elements: readonly DateElement[], text: string, nowYear: number): ParsedDate {
  const state: State = { text, at: 0, saved: [], zone: undefined }
  for (const element of elements) {
    if (!parseElement(element, state, nowYear)) throw invalidArgument(malformed(text, state.at))
  }
  if (state.at < text.length) throw invalidArgument(malformed(text, state.at))
  return { localMillis: localMillis(state.saved, text), zone: state.zone }
}

/** Joda-Time's FormatUtils.createErrorMessage. */
export function malformed(text: string, at: number): string {
  const end = at + 32
  const sample = text.length <= end + 3 ? text : `${text.slice(0, end)}...`
  if (at <= 0) return `Invalid format: "${sample}"`
  if (at >= text.length) return `Invalid format: "${sample}" is too short`
  return `Invalid format: "${sample}" is malformed at "${sample.slice(at)}"`
}

function parseElement(element: DateElement, state: State, nowYear: number): boolean {
  switch (element.kind) {
    case 'literal':
      return accept(state, element.text)
    case 'number': {
      const isSigned = element.field === 'year' || element.field === 'weekyear'
      const value = readNumber(state, element.maxDigits, isSigned)
      if (value === undefined) return false
      state.saved.push({ field: element.field, value })
      return true
    }
    case 'two-digit-year': {
      const pivot = element.pivot.kind === 'fixed' ? element.pivot.year : nowYear - element.pivot.yearsBefore
      const value = readTwoDigitYear(state, pivot, element.lenient)
      if (value === undefined) return false
      state.saved.push({ field: element.field, value })
      return true
    }
    case 'text':
      return parseText(element.field, state)
    case 'fraction':
      return parseFraction(state, element.maxDigits)
    case 'offset':
      return parseOffset(state)
    case 'zone-id':
      return parseZoneId(state)
    case 'zone-name':
      return parseZoneName(state)
  }
}

function accept(state: State, literal: string): boolean {
  const part = state.text.slice(state.at, state.at + literal.length)
  if (part.toLowerCase() !== literal.toLowerCase()) return false
  state.at += literal.length
  return true
}

function readNumber(state: State, maxDigits: number, isSigned: boolean): number | undefined {
  const pattern = isSigned ? /^[+-]?\d+/ : /^\d+/
  const match = pattern.exec(state.text.slice(state.at, state.at + maxDigits + 1))
  if (!match) return undefined
  const sign = /^[+-]/.test(match[0]) ? 1 : 0
  const digits = match[0].slice(0, maxDigits + sign)
  state.at += digits.length
  return Number(digits)
}

function readTwoDigitYear(state: State, pivot: number, isLenient: boolean): number | undefined {
  const rest = state.text.slice(state.at)
  const match = isLenient ? /^[+-]?\d{1,9}/.exec(rest) : /^\d\d/.exec(rest)
  if (!match) return undefined
  state.at += match[0].length
  if (!/^\d\d$/.test(match[0])) return Number(match[0])
  const low = pivot - 50
  const base = low >= 0 ? low % 100 : 99 + ((low + 1) % 100)
  const year = Number(match[0])
  return year + low + (year < base ? 100 : 0) - base
}

const TEXTS: Readonly<Record<'era' | 'monthOfYear' | 'dayOfWeek' | 'halfday', readonly (readonly string[])[]>> = {
  era: [
    ['BC', 'BCE'],
    ['AD', 'CE'],
  ],
  monthOfYear: MONTHS.map((name) => [name, name.slice(0, 3)]),
  dayOfWeek: DAYS.map((name) => [name, name.slice(0, 3)]),
  halfday: [['AM'], ['PM']],
}
const FIRST_VALUE = { era: 0, monthOfYear: 1, dayOfWeek: 1, halfday: 0 } as const
const TEXT_FIELDS = { era: 'era', monthOfYear: 'monthOfYear', dayOfWeek: 'dayOfWeek', halfday: 'halfdayOfDay' } as const

/** A name in full or short, as printed or all in one case; the longest that fits. */
function parseText(field: keyof typeof TEXTS, state: State): boolean {
  let best: { readonly value: number; readonly length: number } | undefined
  for (const [index, names] of TEXTS[field].entries()) {
    for (const name of names) {
      const part = state.text.slice(state.at, state.at + name.length)
      const isSame = part === name || part === name.toLowerCase() || part === name.toUpperCase()
      if (isSame && name.length > (best?.length ?? 0)) best = { value: index + FIRST_VALUE[field], length: name.length }
    }
  }
  if (!best) return false
  state.at += best.length
  state.saved.push({ field: TEXT_FIELDS[field], value: best.value })
  return true
}

function parseFraction(state: State, maxDigits: number): boolean {
  const digits = /^\d+/.exec(state.text.slice(state.at, state.at + maxDigits))?.[0] ?? ''
  if (digits === '') return false
  state.at += digits.length
  state.saved.push({ field: 'millisOfSecond', value: Number(digits.padEnd(3, '0').slice(0, 3)) })
  return true
}

/** `Z`, `+05`, `+0530`, `+05:30`, and with seconds. */
function parseOffset(state: State): boolean {
  const rest = state.text.slice(state.at)
  const match = /^(?:[Zz]|([+-])(\d\d)(?::?([0-5]\d)(?::?([0-5]\d))?)?)/.exec(rest)
  if (!match) return false
  state.at += match[0].length
  const [, sign, hours = '0', minutes = '0'] = match
  const total = Number(hours) * 60 + Number(minutes)
  state.zone = formatOffset(sign === '-' ? -total : total)
  return true
}

function parseZoneId(state: State): boolean {
  const candidate = /^[A-Za-z0-9_+:/-]+/.exec(state.text.slice(state.at))?.[0] ?? ''
  for (let length = candidate.length; length > 0; length--) {
    const zone = normalizeTimeZone(candidate.slice(0, length))
    if (zone === undefined) continue
    state.at += length
    state.zone = zone
    return true
  }
  return false
}

/** Only the names that mean the same everywhere. Source: Joda-Time's DateTimeUtils.getDefaultTimeZoneNames. */
const ZONE_NAMES: Readonly<Record<string, string>> = {
  UT: 'UTC',
  UTC: 'UTC',
  GMT: 'UTC',
  EST: 'America/New_York',
  EDT: 'America/New_York',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
}

function parseZoneName(state: State): boolean {
  const name = /^[A-Z]+/.exec(state.text.slice(state.at))?.[0] ?? ''
  const zone = ZONE_NAMES[name]
  if (zone === undefined) return false
  state.at += name.length
  state.zone = zone
  return true
}

/** Where a field repeats (an hour does in the day) and then how long it lasts: coarser fields are set first, equals as they stand. */
const RANK: Readonly<Record<Field, number>> = {
  era: 0,
  century: 1,
  yearOfEra: 2,
  year: 2,
  weekyear: 2,
  monthOfYear: 3,
  weekOfWeekyear: 4,
  dayOfYear: 5,
  dayOfMonth: 6,
  dayOfWeek: 7,
  halfdayOfDay: 8,
  hourOfDay: 9,
  clockhourOfDay: 9,
  hourOfHalfday: 10,
  clockhourOfHalfday: 10,
  minuteOfHour: 11,
  secondOfMinute: 12,
  millisOfSecond: 13,
}
/** The year of a text that starts at the month or the day. */
const DEFAULT_YEAR = 2000
const WITHIN_YEAR: ReadonlySet<Field> = new Set([
  'monthOfYear',
  'weekOfWeekyear',
  'dayOfYear',
  'dayOfMonth',
  'dayOfWeek',
])

/** Joda-Time's two passes: the first starts each field's span anew, the second sets the fields again without. */
function localMillis(saved: readonly Saved[], text: string): number {
  const sorted = saved.toSorted((a, b) => RANK[a.field] - RANK[b.field])
  const [first] = sorted
  if (first && WITHIN_YEAR.has(first.field)) sorted.unshift({ field: 'year', value: DEFAULT_YEAR })
  let millis = 0
  for (const { field, value } of sorted) millis = startOf(field, withField(millis, field, value, text))
  for (const { field, value } of sorted) millis = withField(millis, field, value, text)
  const last = sorted.at(-1)
  return last ? startOf(last.field, millis) : millis
}

const MILLIS_PER_HOUR = 3_600_000
const SPANS: Partial<Readonly<Record<Field, number>>> = {
  dayOfYear: MILLIS_PER_DAY,
  dayOfMonth: MILLIS_PER_DAY,
  dayOfWeek: MILLIS_PER_DAY,
  halfdayOfDay: 12 * MILLIS_PER_HOUR,
  hourOfDay: MILLIS_PER_HOUR,
  clockhourOfDay: MILLIS_PER_HOUR,
  hourOfHalfday: MILLIS_PER_HOUR,
  clockhourOfHalfday: MILLIS_PER_HOUR,
  minuteOfHour: 60_000,
  secondOfMinute: 1000,
  millisOfSecond: 1,
}

/** The start of a field's span. */
function startOf(field: Field, millis: number): number {
  const { year, month } = calendarDay(millis)
  switch (field) {
    case 'era':
      return year > 0 ? dayStart(1, 1, 1) : millis
    case 'century':
      return dayStart(Math.floor(year / 100) * 100, 1, 1)
    case 'year':
    case 'yearOfEra':
      return dayStart(year, 1, 1)
    case 'weekyear':
      return weekyearStart(isoWeek(millis).weekyear)
    case 'monthOfYear':
      return dayStart(year, month, 1)
    case 'weekOfWeekyear': {
      const { weekyear, week } = isoWeek(millis)
      return weekStart(weekyear, week)
    }
    default: {
      const span = SPANS[field] ?? 1
      return floorDiv(millis, span) * span
    }
  }
}

function weekStart(weekyear: number, week: number): number {
  return weekyearStart(weekyear) + (week - 1) * 7 * MILLIS_PER_DAY
}

/** Another year, all else as it was; 29 February becomes the 28th, and later days keep their date. */
function withYear(millis: number, year: number): number {
  const { year: from, month, day } = calendarDay(millis)
  const time = millis - dayStart(from, month, day)
  return dayStart(year, month, Math.min(day, daysInMonth(year, month))) + time
}

/** One field set and all others kept, as far as they can be. */
function withField(millis: number, field: Field, value: number, text: string): number {
  const check = (low: number, high: number): void => {
    if (value >= low && value <= high) return
    throw invalidArgument(`Cannot parse "${text}": Value ${value} for ${field} must be in the range [${low},${high}]`)
  }
  const { year, month, day, dayOfWeek, dayOfYear } = calendarDay(millis)
  const hour = floorDiv(millis - startOf('dayOfMonth', millis), MILLIS_PER_HOUR)
  const moved = (count: number, span: number): number => millis + count * span
  switch (field) {
    case 'era':
      return (value === 1) === year > 0 ? millis : withYear(millis, -year)
    case 'century':
      check(0, 2922789)
      return withYear(millis, value * 100 + (((year % 100) + 100) % 100))
    case 'year':
      check(-292275054, 292278993)
      return withYear(millis, value)
    case 'yearOfEra':
      check(1, 292278993)
      return withYear(millis, year > 0 ? value : 1 - value)
    case 'weekyear': {
      check(-292275054, 292278993)
      const { week } = isoWeek(millis)
      const time = millis - startOf('dayOfWeek', millis)
      return weekStart(value, Math.min(week, weeksInWeekyear(value))) + (dayOfWeek - 1) * MILLIS_PER_DAY + time
    }
    case 'monthOfYear':
      check(1, 12)
      return moved(dayStart(year, value, Math.min(day, daysInMonth(year, value))) - dayStart(year, month, day), 1)
    case 'weekOfWeekyear': {
      const { weekyear, week } = isoWeek(millis)
      check(1, weeksInWeekyear(weekyear))
      return moved(value - week, 7 * MILLIS_PER_DAY)
    }
    case 'dayOfYear':
      check(1, daysInYear(year))
      return moved(value - dayOfYear, MILLIS_PER_DAY)
    case 'dayOfMonth':
      check(1, daysInMonth(year, month))
      return moved(value - day, MILLIS_PER_DAY)
    case 'dayOfWeek':
      check(1, 7)
      return moved(value - dayOfWeek, MILLIS_PER_DAY)
    case 'halfdayOfDay':
      return moved(value - floorDiv(hour, 12), 12 * MILLIS_PER_HOUR)
    case 'hourOfDay':
      check(0, 23)
      return moved(value - hour, MILLIS_PER_HOUR)
    case 'clockhourOfDay':
      check(1, 24)
      return moved((value % 24) - hour, MILLIS_PER_HOUR)
    case 'hourOfHalfday':
      check(0, 11)
      return moved(value - (hour % 12), MILLIS_PER_HOUR)
    case 'clockhourOfHalfday':
      check(1, 12)
      return moved((value % 12) - (hour % 12), MILLIS_PER_HOUR)
    case 'minuteOfHour':
      check(0, 59)
      return moved(value - numberOf('minuteOfHour', millis), 60_000)
    case 'secondOfMinute':
      check(0, 59)
      return moved(value - numberOf('secondOfMinute', millis), 1000)
    case 'millisOfSecond':
      return floorDiv(millis, 1000) * 1000 + value
  }
}
