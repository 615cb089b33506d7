import { calendarDay, DAYS, floorDiv, MONTHS } from './date-parts.ts'

/** A date or time as java.time knows it, for format(). */
export interface JavaTime {
  readonly javaClass: string
  /** What toString() gives. */
  readonly text: string
  /** Microseconds of the local time since 1970-01-01T00:00. */
  readonly localMicros: bigint
  readonly offsetSeconds: number
  readonly zone: string
}

const pad = (value: number | string, digits = 2): string => String(value).padStart(digits, '0')

/** `2021-10-25` */
export function dateText(millis: number): string {
  const { year, month, day } = calendarDay(millis)
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}`
}

/** java.time.LocalTime.toString(): no seconds where they are zero, fractions in threes. */
export function timeText(microsOfDay: number): string {
  const seconds = Math.floor(microsOfDay / 1_000_000)
  const fraction = pad(microsOfDay % 1_000_000, 6)
  const minutes = `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}`
  if (microsOfDay % 60_000_000 === 0) return minutes
  const whole = `${minutes}:${pad(seconds % 60)}`
  if (fraction === '000000') return whole
  return fraction.endsWith('000') ? `${whole}.${fraction.slice(0, 3)}` : `${whole}.${fraction}`
}

/** `Z`, `+09:00` */
export function offsetText(seconds: number, colon = ':'): string {
  if (seconds === 0 && colon === ':') return 'Z'
  const size = Math.abs(seconds)
  return `${seconds < 0 ? '-' : '+'}${pad(Math.floor(size / 3600))}${colon}${pad(Math.floor(size / 60) % 60)}`
}

interface Clock {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly micros: number
}

type Writer = (millis: number, clock: Clock, time: JavaTime) => string

const twelve = (hour: number): number => hour % 12 || 12

const WRITERS: Readonly<Record<string, Writer>> = {
  H: (_, { hour }) => pad(hour),
  I: (_, { hour }) => pad(twelve(hour)),
  k: (_, { hour }) => String(hour),
  l: (_, { hour }) => String(twelve(hour)),
  M: (_, { minute }) => pad(minute),
  S: (_, { second }) => pad(second),
  L: (_, { micros }) => pad(Math.floor(micros / 1000), 3),
  N: (_, { micros }) => `${pad(micros, 6)}000`,
  p: (_, { hour }) => (hour < 12 ? 'am' : 'pm'),
  z: (_, __, { offsetSeconds }) => offsetText(offsetSeconds, ''),
  Z: (_, __, { zone }) => zone,
  s: (millis, _, { offsetSeconds }) => String(floorDiv(millis, 1000) - offsetSeconds),
  Q: (millis, _, { offsetSeconds }) => String(millis - offsetSeconds * 1000),
  B: (millis) => MONTHS[calendarDay(millis).month - 1] ?? '',
  b: (millis) => (MONTHS[calendarDay(millis).month - 1] ?? '').slice(0, 3),
  h: (millis) => (MONTHS[calendarDay(millis).month - 1] ?? '').slice(0, 3),
  A: (millis) => DAYS[calendarDay(millis).dayOfWeek - 1] ?? '',
  a: (millis) => (DAYS[calendarDay(millis).dayOfWeek - 1] ?? '').slice(0, 3),
  C: (millis) => pad(Math.floor(calendarDay(millis).year / 100)),
  Y: (millis) => pad(calendarDay(millis).year, 4),
  y: (millis) => pad(calendarDay(millis).year % 100),
  j: (millis) => pad(calendarDay(millis).dayOfYear, 3),
  m: (millis) => pad(calendarDay(millis).month),
  d: (millis) => pad(calendarDay(millis).day),
  e: (millis) => String(calendarDay(millis).day),
}
/** Conversions that are several others. */
const COMPOSITES: Readonly<Record<string, string>> = {
  R: 'H:M',
  T: 'H:M:S',
  r: 'I:M:S p',
  D: 'm/d/y',
  F: 'Y-m-d',
  c: 'a b d T Z Y',
}

export function isTimeConversion(conversion: string): boolean {
  return conversion in WRITERS || conversion in COMPOSITES
}

/** One `%t` conversion, by its letter. */
export function formatJavaTime(conversion: string, time: JavaTime): string {
  const composite = COMPOSITES[conversion]
  if (composite !== undefined) {
    const text = composite.replaceAll(/[A-Za-z]/g, (letter) => formatJavaTime(letter, time))
    return conversion === 'r' ? text.toUpperCase() : text
  }
  if (MISSING[time.javaClass]?.includes(conversion)) throw new MissingTimeField(conversion)
  const millis = Number(floorBig(time.localMicros, 1000n))
  const seconds = floorDiv(millis, 1000)
  const ofDay = seconds - floorDiv(seconds, 86_400) * 86_400
  const clock: Clock = {
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor(ofDay / 60) % 60,
    second: ofDay % 60,
    micros: Number(time.localMicros - floorBig(time.localMicros, 1_000_000n) * 1_000_000n),
  }
  const write = WRITERS[conversion]
  if (!write) throw new Error(`no conversion t${conversion}`)
  return write(millis, clock, time)
}

/** Letters whose field is missing in a class; the classes are those of the arguments of format(). */
const MISSING: Readonly<Record<string, string>> = {
  'java.time.LocalDate': 'HIklMSLNpzZsQ',
  'java.time.LocalTime': 'zZsQBbhAaCYyjmde',
  'java.time.LocalDateTime': 'zZsQ',
}

/** A field that the argument has not. */
export class MissingTimeField extends Error {
  readonly letter: string

  constructor(letter: string) {
    super(`no field for ${letter}`)
    this.letter = letter
  }
}

function floorBig(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient
}
