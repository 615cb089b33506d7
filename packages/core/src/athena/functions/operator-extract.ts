import { BIGINT, formatTrinoType, type TrinoType, type TrinoTypeKind } from '../types/trino-type.ts'
import { evaluateOnce } from './emit-call.ts'
import { operand, type ResolvedOperator, typeMismatch } from './operator.ts'

type Part = (value: string) => string

/** Fields of a calendar day, from a DATE or TIMESTAMP in DuckDB. Weeks are ISO 8601's. */
const DATE_PARTS: Readonly<Record<string, Part>> = {
  year: (v) => `year(${v})`,
  quarter: (v) => `quarter(${v})`,
  month: (v) => `month(${v})`,
  week: (v) => `weekofyear(${v})`,
  day: (v) => `day(${v})`,
  day_of_month: (v) => `day(${v})`,
  day_of_week: (v) => `isodow(${v})`,
  dow: (v) => `isodow(${v})`,
  day_of_year: (v) => `dayofyear(${v})`,
  doy: (v) => `dayofyear(${v})`,
  year_of_week: (v) => `isoyear(${v})`,
  yow: (v) => `isoyear(${v})`,
}

const TIME_PARTS: Readonly<Record<string, Part>> = {
  hour: (v) => `hour(${v})`,
  minute: (v) => `minute(${v})`,
  second: (v) => `second(${v})`,
}

const INTERVAL_PARTS: Readonly<Record<string, Part>> = {
  day: (v) => `(${v} // 86400000)`,
  hour: (v) => `((${v} % 86400000) // 3600000)`,
  minute: (v) => `((${v} % 3600000) // 60000)`,
  second: (v) => `((${v} % 60000) // 1000)`,
}

const MONTHS_PARTS: Readonly<Record<string, Part>> = {
  year: (v) => `(${v} // 12)`,
  month: (v) => `(${v} % 12)`,
}

const onLocalTime = (parts: Readonly<Record<string, Part>>): Readonly<Record<string, Part>> =>
  Object.fromEntries(Object.entries(parts).map(([field, part]) => [field, (v: string) => part(`ft_local_time(${v})`)]))

const onLocalPart = (parts: Readonly<Record<string, Part>>): Readonly<Record<string, Part>> =>
  Object.fromEntries(Object.entries(parts).map(([field, part]) => [field, (v: string) => part(`(${v}).t`)]))

const offsetMinutes = (v: string): string => `((epoch_us(ft_local_time(${v})) - epoch_us((${v}).t)) // 60000000)`

const PARTS: Partial<Record<TrinoTypeKind, Readonly<Record<string, Part>>>> = {
  date: DATE_PARTS,
  timestamp: { ...DATE_PARTS, ...TIME_PARTS },
  'timestamp with time zone': {
    ...onLocalTime({ ...DATE_PARTS, ...TIME_PARTS }),
    timezone_hour: (v) => `(${offsetMinutes(v)} // 60)`,
    timezone_minute: (v) => `(${offsetMinutes(v)} % 60)`,
  },
  time: TIME_PARTS,
  'time with time zone': {
    ...onLocalPart(TIME_PARTS),
    timezone_hour: (v) => `((${v}).o // 60)`,
    timezone_minute: (v) => `((${v}).o % 60)`,
  },
  'interval day to second': INTERVAL_PARTS,
  'interval year to month': MONTHS_PARTS,
}

/** `EXTRACT(field FROM value)`; `field` in lower case, one of those that the grammar has. The error belongs to the operand's place. */
export function resolveExtract(field: string, type: TrinoType): ResolvedOperator {
  const part = PARTS[type.kind]?.[field]
  if (!part) throw typeMismatch(`Cannot extract ${field.toUpperCase()} from ${formatTrinoType(type)}`)
  return {
    operandTypes: [type],
    resultType: BIGINT,
    emit: (args, context) => `CAST(${evaluateOnce([operand(args, 0)], context, ([v = '']) => part(v))} AS BIGINT)`,
  }
}
