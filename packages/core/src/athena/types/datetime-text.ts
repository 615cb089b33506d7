import { localToEpochSeconds, normalizeTimeZone } from './time-zone.ts'

/**
 * Dates, times and timestamps in text, as literals and CAST read them.
 * Source: Trino documentation, "Data types", date and time; strictness checked against Trino 435.
 * Fractions of a second finer than a microsecond are cut: this engine keeps microseconds.
 */

export const MICROS_PER_SECOND = 1_000_000n
const MICROS_PER_DAY = 86_400n * MICROS_PER_SECOND

export interface TimestampText {
  /** Microseconds of the local time since 1970-01-01T00:00. */
  readonly localMicros: bigint
  /** The digits after the decimal point, as many as were written. */
  readonly fraction: string
  /** The zone in its normal form; undefined where none was written. */
  readonly zone: string | undefined
}

export interface TimeText {
  /** Microseconds since midnight. */
  readonly micros: bigint
  readonly fraction: string
  /** Minutes east of Greenwich; undefined where none was written. */
  readonly offsetMinutes: number | undefined
}

/** Days since 1970-01-01 of `2021-1-5`, with white space around it; undefined where the text is no date. */
export function parseDate(text: string): number | undefined {
  const match = /^([+-]?)(\d{1,10})-(\d{1,2})-(\d{1,2})$/.exec(text.trim())
  if (!match) return undefined
  const [, sign, year, month, day] = match
  return epochDay(sign === '-' ? -Number(year) : Number(year), Number(month), Number(day))
}

/** Days since 1970-01-01 of a day of the proleptic Gregorian calendar; undefined where there is no such day. */
export function epochDay(year: number, month: number, day: number): number | undefined {
  if (Math.abs(year) > 200_000 || month < 1 || month > 12 || day < 1) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / 86_400_000 : undefined
}

const TIMESTAMP =
  /^([+-]?)(\d{1,10})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?\s*(\S.*)?$/

/** `2021-10-25`, `2021-10-25 1:2`, `2021-10-25 01:02:03.456`, each with a zone or without; undefined for any other text. */
export function parseTimestamp(text: string): TimestampText | undefined {
  const match = TIMESTAMP.exec(text.trim())
  if (!match) return undefined
  const [, sign, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zoneText] = match
  const days = epochDay(sign === '-' ? -Number(year) : Number(year), Number(month), Number(day))
  const zone = zoneText === undefined ? undefined : normalizeTimeZone(zoneText)
  if (days === undefined || (zoneText !== undefined && zone === undefined)) return undefined
  const micros = microsOfDay(hour, minute, second, fraction)
  if (micros === undefined) return undefined
  return { localMicros: BigInt(days) * MICROS_PER_DAY + micros, fraction, zone }
}

const TIME = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?(?:\s*([+-])(\d{1,2}):(\d{2}))?$/

/** `1:2`, `01:02:03.456`, `10:11:12 +09:00`; undefined for any other text. */
export function parseTime(text: string): TimeText | undefined {
  const match = TIME.exec(text.trim())
  if (!match) return undefined
  const [, hour = '0', minute = '0', second = '0', fraction = '', sign, offsetHour, offsetMinute] = match
  const micros = microsOfDay(hour, minute, second, fraction)
  if (micros === undefined) return undefined
  if (sign === undefined) return { micros, fraction, offsetMinutes: undefined }
  const size = Number(offsetHour) * 60 + Number(offsetMinute)
  if (size > 14 * 60 || Number(offsetMinute) > 59) return undefined
  return { micros, fraction, offsetMinutes: sign === '-' ? -size : size }
}

function microsOfDay(hour: string, minute: string, second: string, fraction: string): bigint | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return BigInt(seconds) * MICROS_PER_SECOND + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}

/** Microseconds rounded half up to a number of digits after the decimal point, the digits beyond microseconds counted in. */
export function roundMicros(micros: bigint, fraction: string, precision: number): bigint {
  if (precision >= fraction.length) return micros
  if (precision >= 6) return (fraction[6] ?? '0') >= '5' && precision === 6 ? micros + 1n : micros
  const unit = 10n ** BigInt(6 - precision)
  const doubled = micros * 2n + unit
  const divisor = unit * 2n
  const quotient = doubled / divisor
  const floor = doubled < 0n && quotient * divisor !== doubled ? quotient - 1n : quotient
  return floor * unit
}

/** The instant of a local time in a zone, in microseconds since 1970 UTC. */
export function localToInstantMicros(localMicros: bigint, zone: string): bigint {
  if (zone === 'UTC') return localMicros
  const seconds = floorDivide(localMicros, MICROS_PER_SECOND)
  const rest = localMicros - seconds * MICROS_PER_SECOND
  return BigInt(localToEpochSeconds(zone, Number(seconds))) * MICROS_PER_SECOND + rest
}

export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient
}
