import { normalizeTimeZone, zoneOffsetSeconds } from '../types/time-zone.ts'
import { INTERVAL_DAY_TO_SECOND, type TrinoType } from '../types/trino-type.ts'
import { emitCast } from './cast.ts'
import { instantOfUtc, localTimeOf, zonedIn, zonedUtc } from './datetime-sql.ts'
import { evaluateOnce, raise, raiseText } from './emit-call.ts'
import { resolveAtTimeZone, resolveExtract } from './operators.ts'
import {
  approximate,
  define,
  type Emit,
  type EmitCall,
  type FunctionDefinition,
  type NumberVariables,
} from './signature.ts'
import { dateSql, quoteText, timestampSql } from './sql-text.ts'

/** Date and time functions of Trino. Formats by a pattern stand in date-format-functions.ts. */

type Entry = readonly [signature: string, emit: Emit, computed?: (numbers: NumberVariables) => NumberVariables]

function datetime(name: string, overloads: readonly Entry[]): FunctionDefinition {
  return define('date-time', 'scalar', name, overloads)
}

// ------------------------------------------------------------------ parts

const DATES = ['date', 'timestamp(p)', 'timestamp(p) with time zone']
const TIMES = ['time(p)', 'time(p) with time zone', 'timestamp(p)', 'timestamp(p) with time zone']
const DAY_TIME = 'interval day to second'
const YEAR_MONTH = 'interval year to month'

/** year(x) and its kin: EXTRACT under another name. */
function part(name: string, field: string, types: readonly string[]): FunctionDefinition {
  const emit = ([value = '']: readonly string[], call: EmitCall): string => {
    const instant = instantOfUtc(value)
    if (instant === undefined) return resolveExtract(field, call.types[0] as TrinoType).emit([value], call.context)
    return resolveExtract(field, { kind: 'timestamp', precision: 3 }).emit([instant], call.context)
  }
  return datetime(
    name,
    types.map((type) => [`(${type}) -> bigint`, emit]),
  )
}

function millisecond([value = '']: readonly string[], call: EmitCall): string {
  const [type] = call.types
  switch (type?.kind) {
    case 'interval day to second':
      return `(${value} % 1000)`
    case 'timestamp with time zone':
    case 'time with time zone':
      return `CAST(millisecond((${value}).t) % 1000 AS BIGINT)`
    default:
      return `CAST(millisecond(${value}) % 1000 AS BIGINT)`
  }
}

// ------------------------------------------------------------------ units

const TIME_UNITS = ['millisecond', 'second', 'minute', 'hour']
const DATE_UNITS = ['day', 'week', 'month', 'quarter', 'year']

interface UnitTarget {
  /** As Trino's error texts name the type. */
  readonly label: 'DATE' | 'TIME' | 'TIMESTAMP'
  readonly units: readonly string[]
}

function unitTarget(type: TrinoType | undefined): UnitTarget {
  switch (type?.kind) {
    case 'date':
      return { label: 'DATE', units: DATE_UNITS }
    case 'time':
    case 'time with time zone':
      return { label: 'TIME', units: TIME_UNITS }
    default:
      return { label: 'TIMESTAMP', units: [...TIME_UNITS, ...DATE_UNITS] }
  }
}

/** SQL for the unit that the first argument names: one branch per unit where it is not a constant. */
function byUnit(call: EmitCall, unitSql: string, value: TrinoType | undefined, emit: (unit: string) => string): string {
  const { label, units } = unitTarget(value)
  const constant = call.args[0]?.constant
  if (typeof constant === 'string') {
    const unit = constant.toLowerCase()
    if (units.includes(unit)) return emit(unit)
    return raise(call, 'INVALID_FUNCTION_ARGUMENT', `'${constant}' is not a valid ${label} field`)
  }
  const branches = units.map((unit) => `WHEN '${unit}' THEN ${emit(unit)}`)
  const text = `'''' || ${unitSql} || ''' is not a valid ${label} field'`
  return `(CASE WHEN ${unitSql} IS NULL THEN NULL ELSE CASE lower(${unitSql}) ${branches.join(' ')} ELSE ${raiseText(call, 'INVALID_FUNCTION_ARGUMENT', text)} END END)`
}

function isDateUnit(unit: string): boolean {
  return DATE_UNITS.includes(unit)
}

function dateTrunc(args: readonly string[], call: EmitCall): string {
  const [unitSql = '', value = ''] = args
  const type = call.types[1]
  const whole = instantOfUtc(value)
  const truncate = (unit: string, v: string): string => {
    switch (type?.kind) {
      case 'date':
        return `CAST(date_trunc('${unit}', ${v}) AS DATE)`
      case 'time':
        return truncatedTime(unit, v)
      case 'time with time zone':
        return `struct_pack(t := ${truncatedTime(unit, `(${v}).t`)}, o := (${v}).o)`
      case 'timestamp with time zone':
        // Hours are cut on the zone's clock too: some are off by half an hour.
        return `(CASE WHEN ${v} IS NOT NULL THEN ft_zoned_near(date_trunc('${unit}', ft_local_time(${v})), ${v}) END)`
      default:
        return `date_trunc('${unit}', ${v})`
    }
  }
  if (whole !== undefined) return byUnit(call, unitSql, type, (unit) => zonedUtc(`date_trunc('${unit}', ${whole})`))
  return evaluateOnce([unitSql, value], call.context, ([u = '', v = '']) =>
    byUnit(call, u, type, (unit) => truncate(unit, v)),
  )
}

function truncatedTime(unit: string, value: string): string {
  return `CAST(date_trunc('${unit}', DATE '1970-01-01' + ${value}) AS TIME)`
}

const INTERVALS: Readonly<Record<string, (count: string) => string>> = {
  millisecond: (count) => `to_microseconds(${count} * 1000)`,
  second: (count) => `to_microseconds(${count} * 1000000)`,
  minute: (count) => `to_microseconds(${count} * 60000000)`,
  hour: (count) => `to_microseconds(${count} * 3600000000)`,
  day: (count) => `to_days(CAST(${count} AS INTEGER))`,
  week: (count) => `to_days(CAST(${count} * 7 AS INTEGER))`,
  month: (count) => `to_months(CAST(${count} AS INTEGER))`,
  quarter: (count) => `to_months(CAST(${count} * 3 AS INTEGER))`,
  year: (count) => `to_months(CAST(${count} * 12 AS INTEGER))`,
}

function interval(unit: string, count: string): string {
  const sql = INTERVALS[unit]
  if (!sql) throw new Error(`no interval of ${unit}`)
  return sql(count)
}

function dateAdd(args: readonly string[], call: EmitCall): string {
  const type = call.types[2]
  const add = (unit: string, count: string, v: string): string => {
    switch (type?.kind) {
      case 'date':
        return `CAST(${v} + ${interval(unit, count)} AS DATE)`
      case 'time':
        return addToTime(unit, count, v)
      case 'time with time zone':
        return `struct_pack(t := ${addToTime(unit, count, `(${v}).t`)}, o := (${v}).o)`
      case 'timestamp with time zone': {
        // Days and longer units count on the zone's own calendar.
        const sum = isDateUnit(unit)
          ? `ft_zoned_near(ft_local_time(${v}) + ${interval(unit, count)}, ${v})`
          : `struct_pack(t := (${v}).t + ${interval(unit, count)}, z := (${v}).z)`
        return `(CASE WHEN ${v} IS NOT NULL AND ${count} IS NOT NULL THEN ${sum} END)`
      }
      default:
        return `(${v} + ${interval(unit, count)})`
    }
  }
  // A sum finer than its type is rounded to it.
  const rounded = (unit: string, sum: string): string => {
    const isFiner =
      unit === 'millisecond' && type !== undefined && type.kind !== 'date' && 'precision' in type && type.precision < 3
    return isFiner ? emitCast(sum, { ...type, precision: 3 } as TrinoType, type, { safe: false }, call.context) : sum
  }
  return evaluateOnce(args, call.context, ([u = '', count = '', v = '']) =>
    byUnit(call, u, type, (unit) => rounded(unit, add(unit, count, v))),
  )
}

/** Wraps around midnight. */
function addToTime(unit: string, count: string, value: string): string {
  return `(${value} + ${interval(unit, `(${count} % 86400000)`)})`
}

/** Complete units between two values, as date_sub() of DuckDB counts them; of timestamps Trino looks at milliseconds only. */
function dateDiff(args: readonly string[], call: EmitCall): string {
  const type = call.types[1]
  const isFine = (type?.kind === 'timestamp' || type?.kind === 'timestamp with time zone') && type.precision > 3
  const millis = (timestamp: string): string => (isFine ? `date_trunc('millisecond', ${timestamp})` : timestamp)
  const difference = (unit: string, a: string, b: string): string => {
    switch (type?.kind) {
      case 'timestamp with time zone': {
        if (!isDateUnit(unit)) return `date_sub('${unit}', ${millis(`(${a}).t`)}, ${millis(`(${b}).t`)})`
        // Both on the first one's clock.
        const second = `ft_local_time(struct_pack(t := (${b}).t, z := (${a}).z))`
        return `date_sub('${unit}', ${millis(`ft_local_time(${a})`)}, ${millis(second)})`
      }
      case 'time with time zone': {
        // In UTC, wrapped around midnight.
        const utc = (v: string): string =>
          `(DATE '1970-01-01' + CAST(DATE '1970-01-01' + (${v}).t - to_minutes((${v}).o) AS TIME))`
        return `date_sub('${unit}', ${utc(a)}, ${utc(b)})`
      }
      case 'time':
        return `date_sub('${unit}', DATE '1970-01-01' + ${a}, DATE '1970-01-01' + ${b})`
      default:
        return `date_sub('${unit}', ${millis(a)}, ${millis(b)})`
    }
  }
  const [unitSql = '', a = '', b = ''] = args
  const [first, second] = [instantOfUtc(a), instantOfUtc(b)]
  if (first !== undefined && second !== undefined) {
    return byUnit(call, unitSql, type, (unit) => `date_sub('${unit}', ${millis(first)}, ${millis(second)})`)
  }
  return evaluateOnce(args, call.context, ([u = '', x = '', y = '']) =>
    byUnit(call, u, type, (unit) => difference(unit, x, y)),
  )
}

// ---------------------------------------------------------------- instants

/** Java's Math.round of seconds in thousandths, as microseconds. */
const micros = (seconds: string): string => `make_timestamp(CAST(floor(${seconds} * 1000 + 0.5) AS BIGINT) * 1000)`

function fromUnixtime([seconds = '', zone]: readonly string[], call: EmitCall): string {
  const { sessionTimeZone } = call.context
  if (zone === undefined)
    return zonedAt(micros(seconds), sessionTimeZone === 'UTC' ? undefined : quoteText(sessionTimeZone))
  const name = call.args[1]?.constant
  if (typeof name !== 'string') return zonedAt(micros(seconds), `ft_supported_zone(${zone})`)
  const normal = normalizeTimeZone(name)
  if (normal === undefined) return raise(call, 'NOT_SUPPORTED', `Time zone not supported: ${name}`)
  return zonedAt(micros(seconds), normal === 'UTC' ? undefined : quoteText(normal))
}

function zonedAt(instant: string, zone: string | undefined): string {
  return zone === undefined ? zonedUtc(instant) : `ft_at_zone(${instant}, ${zone})`
}

function atZone(zoned: string, zone: string, call: EmitCall): string {
  const type: TrinoType = { kind: 'timestamp with time zone', precision: 3 }
  return resolveAtTimeZone(type, { kind: 'varchar' }).emit([zoned, zone], call.context)
}

/** Hours and minutes east of Greenwich. */
function fromUnixtimeAtOffset(args: readonly string[]): string {
  const [seconds = '', hours, minutes] = args
  return zonedAt(micros(seconds), `ft_zone_at(${hours}, ${minutes})`)
}

function withTimezone(args: readonly string[], call: EmitCall): string {
  const zone = call.args[1]?.constant
  const normal = typeof zone === 'string' ? normalizeTimeZone(zone) : undefined
  if (normal !== undefined) return zonedIn(args[0] ?? '', normal)
  if (typeof zone === 'string') return raise(call, 'INVALID_FUNCTION_ARGUMENT', `'${zone}' is not a valid time zone`)
  return `ft_zoned(${args[0]}, ft_zone_name(${args[1]}))`
}

/** Text of a timestamp in ISO 8601 with as many digits of the second as its type has. */
function isoText(local: string, precision: number, suffix: string): string {
  // strftime() differs outside of years 1 to 9999.
  const seconds = `(CASE WHEN year(${local}) BETWEEN 1 AND 9999 THEN strftime(${local}, '%Y-%m-%dT%H:%M:%S')
    ELSE ft_iso_date(epoch_us(${local})) || strftime(${local}, 'T%H:%M:%S') END)`
  if (precision === 0) return `(${seconds}${suffix})`
  const kept = Math.min(precision, 6)
  const fraction = `'.' || left(strftime(${local}, '%f'), ${kept})${precision > 6 ? ` || '${'0'.repeat(precision - 6)}'` : ''}`
  return `(${seconds} || ${fraction}${suffix})`
}

function toIso8601([value = '']: readonly string[], call: EmitCall): string {
  const [type] = call.types
  switch (type?.kind) {
    case 'timestamp':
      return evaluateOnce([value], call.context, ([v = '']) => isoText(v, type.precision, ''))
    case 'timestamp with time zone':
      return evaluateOnce([value], call.context, ([v = '']) =>
        isoText(`ft_local_time(${v})`, type.precision, ` || ft_iso_offset(${v})`),
      )
    default:
      return evaluateOnce(
        [value],
        call.context,
        ([v]) => `(CASE WHEN year(${v}) BETWEEN 1 AND 9999 THEN strftime(${v}, '%Y-%m-%d')
          ELSE ltrim(ft_iso_date(epoch_us(${v}::TIMESTAMP)), '+') END)`,
      )
  }
}

function lastDayOfMonth([value = '']: readonly string[], call: EmitCall): string {
  return call.types[0]?.kind === 'timestamp with time zone' ? `last_day(${localTimeOf(value)})` : `last_day(${value})`
}

function toDate([value = '']: readonly string[], call: EmitCall): string {
  const [type] = call.types
  const instant = instantOfUtc(value)
  if (instant !== undefined) return `CAST(${instant} AS DATE)`
  return emitCast(value, type as TrinoType, { kind: 'date' }, { safe: false }, call.context)
}

function toUnixtime([value = '']: readonly string[]): string {
  const instant = instantOfUtc(value)
  return `(CAST(epoch_us(${instant ?? `(${value}).t`}) AS DOUBLE) / 1000000)`
}

/** The query's start, cut to milliseconds. */
function now(_: readonly string[], call: EmitCall): string {
  const { nowMicros, sessionTimeZone } = call.context
  const instant = timestampSql(nowMicros - (nowMicros % 1000n))
  return zonedAt(instant, sessionTimeZone === 'UTC' ? undefined : call.context.quote(sessionTimeZone))
}

function currentDate(_: readonly string[], call: EmitCall): string {
  const seconds = Number(call.context.nowMicros / 1_000_000n)
  return dateSql(Math.floor((seconds + zoneOffsetSeconds(call.context.sessionTimeZone, seconds)) / 86_400))
}

function isoTimestamp([text = '']: readonly string[], call: EmitCall): string {
  const session = call.context.quote(call.context.sessionTimeZone)
  return evaluateOnce([text], call.context, ([value]) => {
    const parts = [`make_timestamp(ft_parse_iso_timestamp(${value}))`, `ft_parse_iso_zone(${value}, ${session})`]
    return evaluateOnce(parts, call.context, ([local, zone]) => `ft_zoned(${local}, ${zone})`)
  })
}

function strictIsoTimestamp([text = '']: readonly string[], call: EmitCall): string {
  const session = call.context.quote(call.context.sessionTimeZone)
  return evaluateOnce([text], call.context, ([value]) => {
    const parts = [
      `make_timestamp(ft_parse_iso_instant(${value}, ${session}))`,
      `ft_parse_iso_instant_zone(${value}, ${session})`,
    ]
    return evaluateOnce(parts, call.context, ([instant, zone]) => `ft_at_zone(${instant}, ${zone})`)
  })
}

const MICROSECONDS = approximate('cut to microseconds')

/** Trino reserves three characters more than years of four digits need. */
const isoTextLength =
  (suffix: number) =>
  ({ p = 0 }: NumberVariables): NumberVariables => ({ n: 22 + (p > 0 ? p + 1 : 0) + suffix })

const ANY = ['date', 'timestamp(p)', 'timestamp(p) with time zone', 'time(p)', 'time(p) with time zone'] as const
const WITH_DAY_TIME = [...TIMES, DAY_TIME]

export const DATETIME_FUNCTIONS: readonly FunctionDefinition[] = [
  datetime('at_timezone', [
    [
      '(timestamp(p) with time zone, interval day to second) -> timestamp(p) with time zone',
      ([value = '', offset = ''], call) =>
        resolveAtTimeZone(call.returnType, INTERVAL_DAY_TO_SECOND).emit([value, offset], call.context),
    ],
    [
      '(timestamp(p) with time zone, varchar(x)) -> timestamp(p) with time zone',
      ([value = '', zone = ''], call) => atZone(value, zone, call),
    ],
  ]),
  datetime('current_date', [['() -> date', currentDate]]),
  datetime('current_timezone', [['() -> varchar', (_, call) => call.context.quote(call.context.sessionTimeZone)]]),
  datetime('date', [
    ['(varchar(x)) -> date', toDate],
    ['(timestamp(p)) -> date', toDate],
    ['(timestamp(p) with time zone) -> date', toDate],
  ]),
  datetime(
    'date_add',
    ANY.map((type) => [`(varchar(x), bigint, ${type}) -> ${type}`, dateAdd]),
  ),
  datetime(
    'date_diff',
    ANY.map((type) => [`(varchar(x), ${type}, ${type}) -> bigint`, dateDiff]),
  ),
  datetime(
    'date_trunc',
    ANY.map((type) => [`(varchar(x), ${type}) -> ${type}`, dateTrunc]),
  ),
  part('day', 'day', [...DATES, DAY_TIME]),
  part('day_of_month', 'day', [...DATES, DAY_TIME]),
  part('day_of_week', 'day_of_week', DATES),
  part('day_of_year', 'day_of_year', DATES),
  part('dow', 'day_of_week', DATES),
  part('doy', 'day_of_year', DATES),
  datetime('from_iso8601_date', [['(varchar(x)) -> date', `CAST(make_timestamp(ft_parse_iso_date($1)) AS DATE)`]]),
  datetime('from_iso8601_timestamp', [['(varchar(x)) -> timestamp(3) with time zone', isoTimestamp]]),
  define(
    'date-time',
    'scalar',
    'from_iso8601_timestamp_nanos',
    [['(varchar(x)) -> timestamp(9) with time zone', strictIsoTimestamp]],
    { status: MICROSECONDS },
  ),
  datetime('from_unixtime', [
    ['(double) -> timestamp(3) with time zone', fromUnixtime],
    ['(double, varchar(x)) -> timestamp(3) with time zone', fromUnixtime],
    ['(double, bigint, bigint) -> timestamp(3) with time zone', fromUnixtimeAtOffset],
  ]),
  define(
    'date-time',
    'scalar',
    'from_unixtime_nanos',
    [
      ['(bigint) -> timestamp(9) with time zone', 'ft_utc(make_timestamp(ft_floor_div($1, 1000)))'],
      [
        '(decimal(p, s)) -> timestamp(9) with time zone',
        'ft_utc(make_timestamp(ft_floor_div(CAST($1 AS BIGINT), 1000)))',
      ],
    ],
    { status: MICROSECONDS },
  ),
  part('hour', 'hour', WITH_DAY_TIME),
  datetime('human_readable_seconds', [['(double) -> varchar', 'ft_human_readable_seconds($1)']]),
  datetime(
    'last_day_of_month',
    DATES.map((type) => [`(${type}) -> date`, lastDayOfMonth]),
  ),
  datetime(
    'millisecond',
    WITH_DAY_TIME.map((type) => [`(${type}) -> bigint`, millisecond]),
  ),
  part('minute', 'minute', WITH_DAY_TIME),
  part('month', 'month', [...DATES, YEAR_MONTH]),
  datetime('now', [['() -> timestamp(3) with time zone', now]]),
  datetime('parse_duration', [['(varchar(x)) -> interval day to second', 'ft_parse_duration($1)']]),
  part('quarter', 'quarter', DATES),
  part('second', 'second', WITH_DAY_TIME),
  part('timezone_hour', 'timezone_hour', ['timestamp(p) with time zone', 'time(p) with time zone']),
  part('timezone_minute', 'timezone_minute', ['timestamp(p) with time zone', 'time(p) with time zone']),
  datetime('to_iso8601', [
    ['(date) -> varchar(16)', toIso8601],
    ['(timestamp(p)) -> varchar(n)', toIso8601, isoTextLength(0)],
    ['(timestamp(p) with time zone) -> varchar(n)', toIso8601, isoTextLength(6)],
  ]),
  datetime('to_milliseconds', [['(interval day to second) -> bigint', '$1']]),
  datetime('to_unixtime', [['(timestamp(p) with time zone) -> double', toUnixtime]]),
  part('week', 'week', DATES),
  part('week_of_year', 'week', DATES),
  datetime('with_timezone', [['(timestamp(p), varchar(x)) -> timestamp(p) with time zone', withTimezone]]),
  part('year', 'year', [...DATES, YEAR_MONTH]),
  part('year_of_week', 'year_of_week', DATES),
  part('yow', 'year_of_week', DATES),
]
