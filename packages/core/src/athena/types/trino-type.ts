/**
 * The type of an SQL value as Trino has it: plain frozen data with a `kind`.
 * Source: Trino documentation, "Data types"; Athena's names in "Data types in Amazon Athena".
 *
 * | kind | DuckDB representation used by the generator (see `types/physical-type.ts`) |
 * |---|---|
 * | unknown | INTEGER, always NULL (the type of a bare NULL) |
 * | boolean, tinyint, smallint, integer, bigint, real, double, decimal, date | the type of the same name |
 * | varchar, char, json | VARCHAR (char is padded on output only) |
 * | varbinary, uuid | BLOB (uuid: 16 bytes) |
 * | ipaddress | BLOB of 16 bytes, IPv4 as ::ffff:a.b.c.d, so that memcmp order is Trino's order |
 * | time | TIME |
 * | timestamp | TIMESTAMP (microseconds) |
 * | timestamp with time zone | STRUCT(t TIMESTAMP, z VARCHAR): the instant in UTC and the zone's name |
 * | time with time zone | STRUCT(t TIME, o INTEGER): local time and offset in minutes |
 * | interval day to second | BIGINT milliseconds |
 * | interval year to month | INTEGER months |
 * | array | LIST |
 * | map | MAP |
 * | row | STRUCT with positional field names f0, f1, … (names live in the Trino type alone) |
 * | function | none: a lambda exists at compile time only |
 */
export type TrinoType =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'tinyint' }
  | { readonly kind: 'smallint' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'real' }
  | { readonly kind: 'double' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  /** `length` undefined: unbounded. */
  | { readonly kind: 'varchar'; readonly length?: number | undefined }
  | { readonly kind: 'char'; readonly length: number }
  | { readonly kind: 'varbinary' }
  | { readonly kind: 'json' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time'; readonly precision: number }
  | { readonly kind: 'time with time zone'; readonly precision: number }
  | { readonly kind: 'timestamp'; readonly precision: number }
  | { readonly kind: 'timestamp with time zone'; readonly precision: number }
  | { readonly kind: 'interval day to second' }
  | { readonly kind: 'interval year to month' }
  | { readonly kind: 'ipaddress' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'array'; readonly element: TrinoType }
  | { readonly kind: 'map'; readonly key: TrinoType; readonly value: TrinoType }
  | { readonly kind: 'row'; readonly fields: readonly RowField[] }
  | { readonly kind: 'function'; readonly parameters: readonly TrinoType[]; readonly result: TrinoType }

/** A field of a row type. */
export interface RowField {
  /** Lower case unless it was quoted; undefined for an anonymous field. */
  readonly name?: string | undefined
  readonly type: TrinoType
}

/** The name of a type without its parameters. */
export type TrinoTypeKind = TrinoType['kind']

const SIMPLE_NAMES = {
  unknown: 'unknown',
  boolean: 'boolean',
  tinyint: 'tinyint',
  smallint: 'smallint',
  integer: 'integer',
  bigint: 'bigint',
  real: 'real',
  double: 'double',
  varbinary: 'varbinary',
  json: 'json',
  date: 'date',
  'interval day to second': 'interval day to second',
  'interval year to month': 'interval year to month',
  ipaddress: 'ipaddress',
  uuid: 'uuid',
} as const

/** Trino's display name of a type, as error messages and `typeof` print it: `varchar(3)`, `array(bigint)`, `row(a integer)`. */
export function formatTrinoType(type: TrinoType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'varchar':
      return type.length === undefined ? 'varchar' : `varchar(${type.length})`
    case 'char':
      return `char(${type.length})`
    case 'time':
      return `time(${type.precision})`
    case 'time with time zone':
      return `time(${type.precision}) with time zone`
    case 'timestamp':
      return `timestamp(${type.precision})`
    case 'timestamp with time zone':
      return `timestamp(${type.precision}) with time zone`
    case 'array':
      return `array(${formatTrinoType(type.element)})`
    case 'map':
      return `map(${formatTrinoType(type.key)}, ${formatTrinoType(type.value)})`
    case 'row':
      return `row(${type.fields.map(formatRowField).join(', ')})`
    case 'function':
      return `function(${[...type.parameters, type.result].map(formatTrinoType).join(',')})`
    default:
      return SIMPLE_NAMES[type.kind]
  }
}

function formatRowField(field: RowField): string {
  const type = formatTrinoType(field.type)
  if (field.name === undefined) return type
  return /^[a-z_][a-z0-9_]*$/.test(field.name)
    ? `${field.name} ${type}`
    : `"${field.name.replaceAll('"', '""')}" ${type}`
}

/** True when both are the same type in every parameter; names of row fields do not count. */
export function sameType(a: TrinoType, b: TrinoType): boolean {
  if (a.kind !== b.kind) return false
  switch (a.kind) {
    case 'decimal': {
      const other = b as typeof a
      return a.precision === other.precision && a.scale === other.scale
    }
    case 'varchar':
    case 'char':
      return a.length === (b as typeof a).length
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
      return a.precision === (b as typeof a).precision
    case 'array':
      return sameType(a.element, (b as typeof a).element)
    case 'map':
      return sameType(a.key, (b as typeof a).key) && sameType(a.value, (b as typeof a).value)
    case 'row': {
      const other = b as typeof a
      return (
        a.fields.length === other.fields.length &&
        a.fields.every((field, index) => sameType(field.type, (other.fields[index] as RowField).type))
      )
    }
    case 'function': {
      const other = b as typeof a
      return (
        sameType(a.result, other.result) &&
        a.parameters.length === other.parameters.length &&
        a.parameters.every((parameter, index) => sameType(parameter, other.parameters[index] as TrinoType))
      )
    }
    default:
      return true
  }
}

export const UNKNOWN: TrinoType = { kind: 'unknown' }
export const BOOLEAN: TrinoType = { kind: 'boolean' }
export const INTEGER: TrinoType = { kind: 'integer' }
export const BIGINT: TrinoType = { kind: 'bigint' }
export const DOUBLE: TrinoType = { kind: 'double' }
export const VARCHAR: TrinoType = { kind: 'varchar' }
export const VARBINARY: TrinoType = { kind: 'varbinary' }
export const DATE: TrinoType = { kind: 'date' }
export const TIMESTAMP_MILLIS_TZ: TrinoType = { kind: 'timestamp with time zone', precision: 3 }
export const INTERVAL_DAY_TO_SECOND: TrinoType = { kind: 'interval day to second' }
export const INTERVAL_YEAR_TO_MONTH: TrinoType = { kind: 'interval year to month' }

export function arrayOf(element: TrinoType): TrinoType {
  return { kind: 'array', element }
}
export function varcharOf(length: number): TrinoType {
  return { kind: 'varchar', length }
}
