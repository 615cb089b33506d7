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
  era: [['BC', 'BCE'], ['AD', 'CE']],
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

/** Coarser fields are set first, each starting its span anew. The span that a field repeats in comes second. */
const ORDER: readonly Field[] = [
  'era',
  'century',
  'yearOfEra',
  'year',
  'weekyear',
  'monthOfYear',
  'weekOfWeekyear',
  'dayOfYear',
  'dayOfMonth',
  'dayOfWeek',
  'halfdayOfDay',
  'hourOfDay',
  'clockhourOfDay',
  'hourOfHalfday',
  'clockhourOfHalfday',
  'minuteOfHour',
  'secondOfMinute',
  'millisOfSecond',
]
/** The year of a text that starts at the month or the day. */
const DEFAULT_YEAR = 2000
const WITHIN_YEAR: ReadonlySet<Field> = new Set(['monthOfYear', 'weekOfWeekyear', 'dayOfYear', 'dayOfMonth', 'dayOfWeek'])

function localMillis(saved: readonly Saved[], text: string): number {
  const sorted = saved.toSorted((a, b) => ORDER.indexOf(a.field) - ORDER.indexOf(b.field))
  const [first] = sorted
  if (first && WITHIN_YEAR.has(first.field)) sorted.unshift({ field: 'year', value: DEFAULT_YEAR })
  let millis = 0
  for (const { field, value } of sorted) millis = setField(millis, field, value, text)
  return millis
}

function setField(millis: number, field: Field, value: number, text: string): number {
  const check = (low: number, high: number): void => {
    if (value >= low && value <= high) return
    throw invalidArgument(`Cannot parse "${text}": Value ${value} for ${field} must be in the range [${low},${high}]`)
  }
  const { year, month } = calendarDay(millis)
  const day = floorDiv(millis, MILLIS_PER_DAY) * MILLIS_PER_DAY
  const hour = floorDiv(millis - day, 3_600_000)
  const at = (start: number, hours: number): number => start + hours * 3_600_000
  switch (field) {
    case 'era':
      return value === 1 ? millis : dayStart(1 - year, 1, 1)
    case 'century':
      check(0, 2922789)
      return dayStart(value * 100, 1, 1)
    case 'year':
      check(-292275054, 292278993)
      return dayStart(value, 1, 1)
    case 'yearOfEra':
      check(1, 292278993)
      return dayStart(year > 0 ? value : 1 - value, 1, 1)
    case 'weekyear':
      check(-292275054, 292278993)
      return weekyearStart(value)
    case 'monthOfYear':
      check(1, 12)
      return dayStart(year, value, 1)
    case 'weekOfWeekyear': {
      const { weekyear } = isoWeek(millis)
      check(1, weeksInWeekyear(weekyear))
      return weekyearStart(weekyear) + (value - 1) * 7 * MILLIS_PER_DAY
    }
    case 'dayOfYear':
      check(1, daysInYear(year))
      return dayStart(year, 1, value)
    case 'dayOfMonth':
      check(1, daysInMonth(year, month))
      return dayStart(year, month, value)
    case 'dayOfWeek':
      check(1, 7)
      return day + (value - numberOf('dayOfWeek', millis)) * MILLIS_PER_DAY
    case 'halfdayOfDay':
      return at(day, (hour % 12) + value * 12)
    case 'hourOfDay':
      check(0, 23)
      return at(day, value)
    case 'clockhourOfDay':
      check(1, 24)
      return at(day, value % 24)
    case 'hourOfHalfday':
      check(0, 11)
      return at(day, hour - (hour % 12) + value)
    case 'clockhourOfHalfday':
      check(1, 12)
      return at(day, hour - (hour % 12) + (value % 12))
    case 'minuteOfHour':
      check(0, 59)
      return floorDiv(millis, 3_600_000) * 3_600_000 + value * 60_000
    case 'secondOfMinute':
      check(0, 59)
      return floorDiv(millis, 60_000) * 60_000 + value * 1000
    case 'millisOfSecond':
      return floorDiv(millis, 1000) * 1000 + value
  }
}
