import { AthenaError } from '../errors.ts'
import { addUnits, CALENDAR_UNITS, type CalendarUnit, calendarUnit, countSteps } from './calendar-unit.ts'
import type { CatalogColumn, CatalogTable } from './catalog.ts'
import { compileDateTimePattern, type DateTimePattern, type DateTimePrecision } from './date-time-pattern.ts'
import { enumDomain, integerDomain, type ProjectedDomain } from './projected-domain.ts'

/** A partition column's projection: the values it can have, or `injected`, which takes them from the query. */
export type ColumnProjection =
  | { readonly kind: 'domain'; readonly domain: ProjectedDomain }
  | { readonly kind: 'injected' }

/** Whether partitions of the table come from its properties instead of the catalogue. */
export function isProjected(table: CatalogTable): boolean {
  return table.partitionKeys.length > 0 && property(table, 'projection.enabled')?.trim().toLowerCase() === 'true'
}

/**
 * Reads the table's `projection.*` properties, one projection per partition key.
 * Throws HIVE_METASTORE_ERROR where a key has none, INVALID_TABLE_PROPERTY where one is wrong.
 * Source: Amazon Athena User Guide, "Supported types for partition projection".
 */
export function readProjection(table: CatalogTable, nowMillis: number): readonly ColumnProjection[] {
  const missing = table.partitionKeys.filter((key) => columnProperty(table, key, 'type') === undefined)
  if (missing.length > 0) throw missingConfiguration(table, missing)
  return table.partitionKeys.map((key) => readColumn(table, key, nowMillis))
}

function readColumn(table: CatalogTable, key: CatalogColumn, nowMillis: number): ColumnProjection {
  const type = columnProperty(table, key, 'type') ?? ''
  switch (type.trim().toLowerCase()) {
    case 'enum':
      return { kind: 'domain', domain: enumDomain(required(table, key, 'values').split(',')) }
    case 'integer':
      return { kind: 'domain', domain: readInteger(table, key) }
    case 'date':
      return { kind: 'domain', domain: readDate(table, key, nowMillis) }
    case 'injected':
      if (!isText(key)) throw invalid(key, 'type', type, 'injected needs a column of type string')
      return { kind: 'injected' }
    default:
      throw invalid(key, 'type', type, 'the types are enum, integer, date and injected')
  }
}

function readInteger(table: CatalogTable, key: CatalogColumn): ProjectedDomain {
  const range = required(table, key, 'range')
  const bounds = range.split(',').map((bound) => bound.trim())
  if (bounds.length !== 2) throw notAnInteger(bounds.length === 1 ? range.trim() : range)
  const [low, high] = bounds.map((bound) => parseInteger(bound))
  if (low === undefined || high === undefined) throw notAnInteger(range)
  if (low > high) throw invalid(key, 'range', range, 'the first number is the lesser one')
  const interval = parseInteger(columnProperty(table, key, 'interval')?.trim() ?? '1')
  if (interval < 1n) throw invalid(key, 'interval', String(interval), 'the interval is a positive whole number')
  return integerDomain({ low, high, interval, digits: readDigits(table, key), isNumeric: isInteger(key) })
}

function readDigits(table: CatalogTable, key: CatalogColumn): number | undefined {
  const text = columnProperty(table, key, 'digits')
  if (text === undefined) return undefined
  const digits = Number(parseInteger(text.trim()))
  if (digits < 1 || digits > 19) throw invalid(key, 'digits', text, 'the number of digits is 1 to 19')
  return digits
}

function parseInteger(text: string): bigint {
  if (!/^[+-]?\d{1,30}$/.test(text)) throw notAnInteger(text)
  return BigInt(text.replace('+', ''))
}

function readDate(table: CatalogTable, key: CatalogColumn, nowMillis: number): ProjectedDomain {
  const format = required(table, key, 'format')
  const pattern = compileDateTimePattern(format)
  if (pattern === undefined) {
    throw invalid(key, 'format', format, 'the letters y, u, M, L, d, D, H, h, a, m, s and S are supported')
  }
  const { low, high } = readDateRange(table, key, pattern, nowMillis)
  const { interval, unit } = readInterval(table, key, pattern)
  const iso = isoText(key)
  return {
    count: BigInt(countSteps(low, high, interval, unit) + 1),
    at: (index) => {
      const millis = addUnits(low, Number(index) * interval, unit)
      const pathText = pattern.format(millis)
      return { value: iso === undefined ? pathText : iso(millis), pathText }
    },
    isOrdered: iso !== undefined || pattern.isOrdered,
  }
}

interface DateRange {
  readonly low: number
  readonly high: number
}

function readDateRange(table: CatalogTable, key: CatalogColumn, pattern: DateTimePattern, now: number): DateRange {
  const text = required(table, key, 'range')
  const bounds = text.split(',')
  const [low, high] = bounds.map((bound) => readDateBound(bound, pattern, now))
  if (bounds.length !== 2 || low === undefined || high === undefined) {
    const format = columnProperty(table, key, 'format')
    throw invalid(key, 'range', text, `the range is two dates of format ${format}, or NOW, with a comma between`)
  }
  if (low > high) throw invalid(key, 'range', text, 'the first date is the earlier one')
  return { low, high }
}

const NOW = /^\s*NOW\s*(?:([+-])\s*(\d{1,9})\s*([A-Z]+)\s*)?$/i

/** A bound written as NOW is cut to what the format can say, as a written date is. */
function readDateBound(text: string, pattern: DateTimePattern, now: number): number | undefined {
  const match = NOW.exec(text)
  if (match === null) return pattern.parse(text.trim())
  const [, sign, count, unitText] = match
  if (count === undefined || unitText === undefined) return pattern.parse(pattern.format(now))
  const unit = calendarUnit(unitText)
  if (unit === undefined) return undefined
  return pattern.parse(pattern.format(addUnits(now, sign === '-' ? -Number(count) : Number(count), unit)))
}

/** What the interval is where none is given: one day or month, at those precisions alone. */
const DEFAULT_UNIT: Readonly<Record<DateTimePrecision, CalendarUnit | undefined>> = {
  year: 'YEARS',
  month: 'MONTHS',
  day: 'DAYS',
  hour: undefined,
  minute: undefined,
  second: undefined,
  milli: undefined,
}

function readInterval(
  table: CatalogTable,
  key: CatalogColumn,
  pattern: DateTimePattern,
): { readonly interval: number; readonly unit: CalendarUnit } {
  const intervalText = columnProperty(table, key, 'interval')
  const interval = Number(parseInteger(intervalText?.trim() ?? '1'))
  if (interval < 1 || interval > Number.MAX_SAFE_INTEGER) {
    throw invalid(key, 'interval', intervalText ?? '', 'the interval is a positive whole number')
  }
  const unitText = columnProperty(table, key, 'interval.unit')
  const unit = unitText === undefined ? DEFAULT_UNIT[pattern.precision] : calendarUnit(unitText)
  if (unit === undefined) {
    throw invalid(key, 'interval.unit', unitText ?? '', `the units are ${CALENDAR_UNITS.join(', ')}`)
  }
  return { interval, unit }
}

function isText(key: CatalogColumn): boolean {
  return /^(string|varchar|char)\b/i.test(key.type)
}

function isInteger(key: CatalogColumn): boolean {
  return /^(tinyint|smallint|int|integer|bigint)$/i.test(key.type)
}

/** How a value of the column's type is written, where that is not the projection's own format. */
function isoText(key: CatalogColumn): ((millis: number) => string) | undefined {
  switch (key.type.toLowerCase()) {
    case 'date':
      return (millis) => new Date(millis).toISOString().slice(0, 10)
    case 'timestamp':
      return (millis) => new Date(millis).toISOString().slice(0, 23).replace('T', ' ')
    default:
      return undefined
  }
}

/** Keys of properties are compared without regard to case. */
export function property(table: CatalogTable, name: string): string | undefined {
  const exact = table.parameters[name]
  if (exact !== undefined) return exact
  const lower = name.toLowerCase()
  return Object.entries(table.parameters).find(([key]) => key.toLowerCase() === lower)?.[1]
}

function columnProperty(table: CatalogTable, key: CatalogColumn, name: string): string | undefined {
  return property(table, `projection.${key.name}.${name}`)
}

function required(table: CatalogTable, key: CatalogColumn, name: string): string {
  const value = columnProperty(table, key, name)
  if (value === undefined) throw invalid(key, name, '', 'the property is missing')
  return value
}

/** Source: Amazon Athena User Guide, "Partition projection", the text of the note. */
function missingConfiguration(table: CatalogTable, missing: readonly CatalogColumn[]): AthenaError {
  const name = `${table.databaseName}.${table.name}`
  const columns = missing.map((key) => key.name).join(', ')
  return new AthenaError(
    'HIVE_METASTORE_ERROR',
    `Table ${name} is configured for partition projection, but the following partition columns are missing projection configuration: [${columns}] (table ${name})`,
    { remedy: `Set 'projection.${missing[0]?.name}.type' and what the type needs in TBLPROPERTIES.` },
  )
}

/** Source: Amazon Athena User Guide, "Troubleshooting", a range joined by a hyphen. */
function notAnInteger(text: string): AthenaError {
  return new AthenaError('INVALID_TABLE_PROPERTY', `For input string: "${text}"`, {
    remedy: 'An integer projection takes whole numbers; the two of a range stand with a comma between, as in 1,24.',
  })
}

/** Athena's own words for these are not known. */
function invalid(key: CatalogColumn, name: string, value: string, reason: string): AthenaError {
  return new AthenaError(
    'INVALID_TABLE_PROPERTY',
    `Column projection for column '${key.name}' failed. Property: 'projection.${key.name}.${name}' value '${value}' is invalid: ${reason}`,
  )
}
