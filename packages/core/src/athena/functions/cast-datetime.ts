import { physicalType } from '../types/physical-type.ts'
import { fixedOffsetMinutes, zoneOffsetSeconds } from '../types/time-zone.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { type CastCall, type CastMode, scalarCall } from './cast-rule.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { dateSql, integerSql, quoteText } from './sql-text.ts'

/** What a representation of microseconds can tell apart. */
const PHYSICAL_PRECISION = 6
const MICROS_PER_DAY = 86_400_000_000n

/** To date, time and timestamp, with zones and without. A value without zone is read in the session's; finer parts round half up. */
export function datetimeCast(call: CastCall): string {
  if (call.from.kind === 'unknown') return `CAST(NULL AS ${physicalType(call.to)})`
  if (call.from.kind === 'varchar') return fromText(call)
  const { sql, from, to, mode } = call
  const { context } = mode
  switch (to.kind) {
    case 'date':
      return `CAST(${localTimestamp(sql, from, context)} AS DATE)`
    case 'timestamp':
      return rounded(localTimestamp(sql, from, context), precisionOf(from), to.precision, context)
    case 'time':
      return roundedTime(localTime(sql, from), precisionOf(from), to.precision, context)
    case 'timestamp with time zone':
      return whenThere(sql, context, (value) => zonedTimestamp(value, from, to.precision, context))
    case 'time with time zone':
      return whenThere(sql, context, (value) => zonedTime(value, from, to.precision, context))
    default:
      throw new Error(`no cast to ${to.kind}`)
  }
}

function precisionOf(type: TrinoType): number {
  return 'precision' in type && type.kind !== 'decimal' ? type.precision : 0
}

function whenThere(sql: string, context: EmitContext, body: (value: string) => string): string {
  return evaluateOnce([sql], context, ([value = sql]) => `(CASE WHEN ${value} IS NOT NULL THEN ${body(value)} END)`)
}

/** The TIMESTAMP that a clock shows; a time alone belongs to the day of the query. */
function localTimestamp(sql: string, from: TrinoType, context: EmitContext): string {
  switch (from.kind) {
    case 'date':
      return `CAST(${sql} AS TIMESTAMP)`
    case 'time':
      return `(${today(context)} + ${sql})`
    case 'time with time zone':
      return `(${today(context)} + (${sql}).t)`
    case 'timestamp with time zone':
      return `ft_local_time(${sql})`
    default:
      return sql
  }
}

function today(context: EmitContext): string {
  const offset = BigInt(sessionOffsetSeconds(context)) * 1_000_000n
  return dateSql(Number((context.nowMicros + offset) / MICROS_PER_DAY))
}

function sessionOffsetSeconds({ sessionTimeZone, nowMicros }: EmitContext): number {
  return zoneOffsetSeconds(sessionTimeZone, Number(nowMicros / 1_000_000n))
}

function localTime(sql: string, from: TrinoType): string {
  switch (from.kind) {
    case 'timestamp':
      return `CAST(${sql} AS TIME)`
    case 'timestamp with time zone':
      return `CAST(ft_local_time(${sql}) AS TIME)`
    case 'time with time zone':
      return `(${sql}).t`
    default:
      return sql
  }
}

function zonedTimestamp(value: string, from: TrinoType, precision: number, context: EmitContext): string {
  const round = (sql: string): string => rounded(sql, precisionOf(from), precision, context)
  if (from.kind === 'timestamp with time zone') return `struct_pack(t := ${round(`(${value}).t`)}, z := (${value}).z)`
  if (from.kind === 'time with time zone') {
    const instant = `(${today(context)} + (${value}).t - to_minutes((${value}).o))`
    return `struct_pack(t := ${round(instant)}, z := ft_zone_of_minutes((${value}).o))`
  }
  return zoned(round(localTimestamp(value, from, context)), context.sessionTimeZone)
}

/** A local time in a zone that is known at compile time. */
function zoned(local: string, zone: string): string {
  const offset = fixedOffsetMinutes(zone)
  if (offset === undefined) return `ft_zoned(${local}, ${quoteText(zone)})`
  return `struct_pack(t := ${offset === 0 ? local : `(${local} - to_minutes(${offset}))`}, z := ${quoteText(zone)})`
}

function zonedTime(value: string, from: TrinoType, precision: number, context: EmitContext): string {
  const time = roundedTime(localTime(value, from), precisionOf(from), precision, context)
  if (from.kind === 'time with time zone') return `struct_pack(t := ${time}, o := (${value}).o)`
  const offset =
    from.kind === 'timestamp with time zone'
      ? `CAST((epoch_us(ft_local_time(${value})) - epoch_us((${value}).t)) // 60000000 AS INTEGER)`
      : integerSql(Math.trunc(sessionOffsetSeconds(context) / 60), 'INTEGER')
  return `struct_pack(t := ${time}, o := ${offset})`
}

/** Half up to a number of digits. */
function rounded(sql: string, from: number, to: number, context: EmitContext): string {
  if (to >= from || to >= PHYSICAL_PRECISION) return sql
  const unit = 10 ** (PHYSICAL_PRECISION - to)
  return evaluateOnce(
    [`(epoch_us(${sql}) + ${unit / 2})`],
    context,
    ([micros = '']) => `make_timestamp(${micros} - (${micros} % ${unit} + ${unit}) % ${unit})`,
  )
}

/** The same for a time of day: midnight follows its end. */
function roundedTime(sql: string, from: number, to: number, context: EmitContext): string {
  if (to >= from || to >= PHYSICAL_PRECISION) return sql
  return `CAST(${rounded(`(DATE '1970-01-01' + ${sql})`, from, to, context)} AS TIME)`
}

const DATE_TEXT = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
const TIME_TEXT = '[0-9]{2}:[0-9]{2}:[0-9]{2}'

/** The usual forms in SQL, all others that Trino reads in JavaScript, which also raises the error. */
function fromText({ sql, to, mode }: CastCall): string {
  return evaluateOnce([sql], mode.context, ([value = sql]) => {
    switch (to.kind) {
      case 'date':
        return usualOr(
          value,
          DATE_TEXT,
          `TRY_CAST(${value} AS DATE)`,
          `CAST(DATE '1970-01-01' + ${scalarCall(mode, 'ft_cast_date', value)} AS DATE)`,
        )
      case 'timestamp': {
        const digits = Math.min(to.precision, PHYSICAL_PRECISION)
        const fraction = digits === 0 ? '' : `([.][0-9]{1,${digits}})?`
        const other = `make_timestamp(${scalarCall(mode, 'ft_cast_timestamp', value, String(to.precision))})`
        return usualOr(value, `${DATE_TEXT} ${TIME_TEXT}${fraction}`, `TRY_CAST(${value} AS TIMESTAMP)`, other)
      }
      case 'time':
        return `CAST(make_timestamp(${scalarCall(mode, 'ft_cast_time', value, String(to.precision))}) AS TIME)`
      default:
        return withZone(value, to, mode)
    }
  })
}

function usualOr(value: string, pattern: string, usual: string, other: string): string {
  return `COALESCE(CASE WHEN regexp_full_match(${value}, '${pattern}') THEN ${usual} END, ${other})`
}

function withZone(value: string, to: TrinoType, mode: CastMode): string {
  const precision = String(precisionOf(to))
  const zone = quoteText(mode.context.sessionTimeZone)
  const call = (name: string): string => scalarCall(mode, name, value, zone, precision)
  const [time, place] =
    to.kind === 'timestamp with time zone'
      ? [`make_timestamp(${call('ft_cast_instant')})`, `z := ${scalarCall(mode, 'ft_zone_of_text', value, zone)}`]
      : [
          `CAST(make_timestamp(${call('ft_cast_zoned_time')}) AS TIME)`,
          `o := ${scalarCall(mode, 'ft_offset_of_text', value, zone)}`,
        ]
  return evaluateOnce(
    [time],
    mode.context,
    ([t = time]) => `(CASE WHEN ${t} IS NOT NULL THEN struct_pack(t := ${t}, ${place}) END)`,
  )
}
