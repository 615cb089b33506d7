import type {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBValue,
} from '@duckdb/node-api'
import type { SqlDialect } from '../functions/function-definition.ts'
import {
  formatDate,
  formatDayToSecond,
  formatTimeOfDay,
  formatTimeOffset,
  formatTimestamp,
  formatYearToMonth,
} from '../types/datetime-format.ts'
import { formatIpAddress } from '../types/ip-address.ts'
import { formatDouble, formatReal } from '../types/java-number.ts'
import { zoneOffsetSeconds } from '../types/time-zone.ts'
import type { RowField, TrinoType } from '../types/trino-type.ts'
import { formatUuid } from '../types/uuid.ts'

/** Gives the text of a value as a DuckDB chunk holds it; null is SQL NULL. */
export type ValueFormatter = (value: DuckDBValue) => string | null

type Formatter = (value: never) => string

/**
 * A formatter of the values of one column in Athena's text form (what GetQueryResults gives as VarCharValue), or in the form of
 * Trino's own client with the dialect `trino`. The type is looked at once, so that a column's values cost no dispatch.
 *
 * Arrays `[1, 2]`, maps `{k=1}`, rows `{id=1, name=x}` (Trino: `[1, x]`), binary `65 68 3f`, doubles as Java prints them.
 * Source: Amazon Athena API, measured (facts of the athena-local project); nested NULL is `null`.
 */
export function createValueFormatter(type: TrinoType, dialect: SqlDialect = 'athena'): ValueFormatter {
  const format = formatterOf(type, dialect) as (value: DuckDBValue) => string
  return (value) => (value === null ? null : format(value))
}

function formatterOf(type: TrinoType, dialect: SqlDialect): Formatter {
  switch (type.kind) {
    case 'unknown':
      return () => 'null'
    case 'boolean':
      return (value: boolean) => (value ? 'true' : 'false')
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return (value: number | bigint) => String(value)
    case 'real':
      return formatReal
    case 'double':
      return formatDouble
    case 'decimal':
      return (value: DuckDBDecimalValue) => formatUnscaled(value.value, type.scale)
    case 'varchar':
    case 'json':
      return (value: string) => value
    case 'char':
      return (value: string) => padCharacters(value, type.length)
    case 'varbinary':
      return dialect === 'trino' ? formatGroupedBytes : formatBytes
    case 'uuid':
      return (value: DuckDBBlobValue) => formatUuid(value.bytes)
    case 'ipaddress':
      return (value: DuckDBBlobValue) => formatIpAddress(value.bytes)
    case 'interval day to second':
      return formatDayToSecond
    case 'interval year to month':
      return formatYearToMonth
    case 'array':
      return formatArray(type.element, dialect)
    case 'map':
      return formatMap(type.key, type.value, dialect)
    case 'row':
      return dialect === 'trino' ? formatPlainRow(type.fields) : formatNamedRow(type.fields)
    case 'function':
      throw new Error('a lambda is no value')
    default:
      return datetimeFormatter(type)
  }
}

type DatetimeType = Extract<
  TrinoType,
  { kind: 'date' | 'time' | 'time with time zone' | 'timestamp' | 'timestamp with time zone' }
>

function datetimeFormatter(type: DatetimeType): Formatter {
  switch (type.kind) {
    case 'date':
      return (value: DuckDBDateValue) => formatDate(value.days)
    case 'timestamp':
      return (value: DuckDBTimestampValue) => formatTimestamp(value.micros, type.precision)
    case 'timestamp with time zone':
      return (value: DuckDBStructValue) => {
        const micros = (value.entries.t as DuckDBTimestampValue).micros
        const zone = value.entries.z as string
        if (zone === 'UTC') return `${formatTimestamp(micros, type.precision)} UTC`
        const seconds = Number((micros - (((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n)
        const local = micros + BigInt(zoneOffsetSeconds(zone, seconds)) * 1_000_000n
        return `${formatTimestamp(local, type.precision)} ${zone}`
      }
    case 'time':
      return (value: DuckDBTimeValue) => formatTime(value, type.precision)
    case 'time with time zone':
      return (value: DuckDBStructValue) =>
        `${formatTime(value.entries.t as DuckDBTimeValue, type.precision)}${formatTimeOffset(Number(value.entries.o))}`
  }
}

function formatTime({ micros }: DuckDBTimeValue, precision: number): string {
  const size = Number(micros)
  const seconds = Math.floor(size / 1_000_000)
  return formatTimeOfDay(seconds, size - seconds * 1_000_000, precision)
}

/** A decimal from its digits without the point: `669456.00`, `-0.05`. */
function formatUnscaled(unscaled: bigint, scale: number): string {
  const text = String(unscaled)
  if (scale === 0) return text
  const sign = text.startsWith('-') ? '-' : ''
  const digits = text.slice(sign.length).padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Spaces up to a length in code points. */
function padCharacters(value: string, length: number): string {
  let count = 0
  for (const _ of value) count += 1
  return count < length ? value + ' '.repeat(length - count) : value
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function formatBytes({ bytes }: DuckDBBlobValue): string {
  return Array.from(bytes, (byte) => HEX[byte]).join(' ')
}

/** As Trino's client prints them: eight bytes and a wider space, 32 bytes to the line. */
function formatGroupedBytes({ bytes }: DuckDBBlobValue): string {
  let text = ''
  for (const [index, byte] of bytes.entries()) {
    if (index > 0) text += index % 32 === 0 ? '\n' : index % 8 === 0 ? '   ' : ' '
    text += HEX[byte]
  }
  return text
}

/** The formatter of a value inside of another. */
function partFormatter(type: TrinoType, dialect: SqlDialect): (value: DuckDBValue) => string {
  const format = formatterOf(type, dialect) as (value: DuckDBValue) => string
  return (value) => (value === null ? 'null' : format(value))
}

function formatArray(element: TrinoType, dialect: SqlDialect): Formatter {
  const format = partFormatter(element, dialect)
  return (value: DuckDBListValue) => `[${value.items.map(format).join(', ')}]`
}

function formatMap(key: TrinoType, value: TrinoType, dialect: SqlDialect): Formatter {
  const formatKey = partFormatter(key, dialect)
  const formatValue = partFormatter(value, dialect)
  return (map: DuckDBMapValue) =>
    `{${map.entries.map((entry) => `${formatKey(entry.key)}=${formatValue(entry.value)}`).join(', ')}}`
}

function fieldFormatters(
  fields: readonly RowField[],
  dialect: SqlDialect,
): readonly ((row: DuckDBStructValue) => string)[] {
  return fields.map((field, index) => {
    const format = partFormatter(field.type, dialect)
    const key = `f${index}`
    return (row) => format(row.entries[key] ?? null)
  })
}

function formatPlainRow(fields: readonly RowField[]): Formatter {
  const formatters = fieldFormatters(fields, 'trino')
  return (row: DuckDBStructValue) => `[${formatters.map((format) => format(row)).join(', ')}]`
}

/** A field without a name is called after its place: `field0`. */
function formatNamedRow(fields: readonly RowField[]): Formatter {
  const formatters = fieldFormatters(fields, 'athena')
  const names = fields.map((field, index) => field.name ?? `field${index}`)
  return (row: DuckDBStructValue) =>
    `{${formatters.map((format, index) => `${names[index]}=${format(row)}`).join(', ')}}`
}
