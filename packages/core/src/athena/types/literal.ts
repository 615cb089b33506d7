import { AthenaError } from '../errors.ts'
import type { SqlDialect } from '../functions/function-definition.ts'
import { dateSql, integerSql, quoteBytes, quoteText, timeSql, timestampSql } from '../functions/sql-text.ts'
import type {
  BinaryLiteral,
  BooleanLiteral,
  DecimalLiteral,
  DoubleLiteral,
  GenericLiteral,
  IntervalLiteral,
  LongLiteral,
  NullLiteral,
  StringLiteral,
} from '../trino/nodes.ts'
import { localToInstantMicros, parseDate, parseTime, parseTimestamp, type TimestampText } from './datetime-text.ts'
import { parseInterval } from './interval-text.ts'
import { formatIpAddress, parseIpAddress } from './ip-address.ts'
import { canonicalJson } from './json-text.ts'
import { resolveTypeNode } from './resolve-type.ts'
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  INTEGER,
  INTERVAL_DAY_TO_SECOND,
  INTERVAL_YEAR_TO_MONTH,
  type TrinoType,
  UNKNOWN,
  VARBINARY,
  VARCHAR,
  varcharOf,
} from './trino-type.ts'
import { parseUuid } from './uuid.ts'

export type LiteralNode =
  | NullLiteral
  | BooleanLiteral
  | LongLiteral
  | DecimalLiteral
  | DoubleLiteral
  | StringLiteral
  | BinaryLiteral
  | GenericLiteral
  | IntervalLiteral

/** A value known at compile time. */
export interface Literal {
  readonly type: TrinoType
  /** DuckDB SQL of exactly `physicalType(type)`. */
  readonly sql: string
  /**
   * The value: text for varchar, decimal (plain digits), date (`2021-10-25`), timestamps, time, ipaddress, uuid and json;
   * bigint for integers and intervals (months, milliseconds); number for real and double. null is SQL NULL.
   */
  readonly constant: string | number | bigint | boolean | null
}

/** Athena types `1.5` as double, Trino as decimal(2,1). Source: measured on Athena (facts of the athena-local project). */
const DECIMAL_LITERAL_TYPE: Readonly<Record<SqlDialect, 'double' | 'decimal'>> = { athena: 'double', trino: 'decimal' }

const MAX_INTEGER = 2_147_483_647n
const MIN_INTEGER = -2_147_483_648n
const MAX_DATETIME_PRECISION = 12
const MAX_DECIMAL_PRECISION = 38

/** The type alone. */
export function literalType(node: LiteralNode, dialect: SqlDialect): TrinoType {
  return parseLiteral(node, dialect).type
}

/** Type, SQL and value of a literal. Throws a located INVALID_LITERAL for a text that its type does not read. */
export function parseLiteral(node: LiteralNode, dialect: SqlDialect): Literal {
  switch (node.kind) {
    case 'null':
      return { type: UNKNOWN, sql: 'CAST(NULL AS INTEGER)', constant: null }
    case 'boolean':
      return { type: BOOLEAN, sql: String(node.value), constant: node.value }
    case 'long':
      return integerLiteral(node.value)
    case 'decimal':
      return DECIMAL_LITERAL_TYPE[dialect] === 'double'
        ? doubleLiteral(Number(node.text))
        : (decimalLiteral(node.text) ?? invalid(node, node.text, 'DECIMAL'))
    case 'double':
      return doubleLiteral(Number(node.text))
    case 'string':
      return { type: varcharOf([...node.value].length), sql: quoteText(node.value), constant: node.value }
    case 'binary': {
      const bytes = Uint8Array.from(node.hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
      return { type: VARBINARY, sql: quoteBytes(bytes), constant: node.hex }
    }
    case 'interval':
      return intervalLiteral(node)
    case 'generic-literal':
      return genericLiteral(node)
  }
}

function invalid(node: LiteralNode, text: string, type: string): never {
  throw new AthenaError('INVALID_LITERAL', `'${text}' is not a valid ${type} literal`, { location: node.location })
}

function integerLiteral(value: bigint): Literal {
  return value >= MIN_INTEGER && value <= MAX_INTEGER
    ? { type: INTEGER, sql: integerSql(value, 'INTEGER'), constant: value }
    : { type: BIGINT, sql: integerSql(value, 'BIGINT'), constant: value }
}

function doubleLiteral(value: number): Literal {
  return { type: DOUBLE, sql: `CAST('${numberText(value)}' AS DOUBLE)`, constant: value }
}

/** JavaScript's text of a number, with the sign of zero. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value)
}

/** Precision counts the digits without leading zeros, but never fewer than the scale. */
function decimalLiteral(text: string): Literal | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text)
  const [, sign = '', integral = '', fraction = ''] = match ?? []
  if (!match || integral + fraction === '') return undefined
  const whole = integral.replace(/^0+/, '')
  const precision = Math.max(1, whole.length + fraction.length)
  if (precision > MAX_DECIMAL_PRECISION) return undefined
  const constant = `${sign === '-' ? '-' : ''}${whole || '0'}${fraction === '' ? '' : `.${fraction}`}`
  const type = { kind: 'decimal', precision, scale: fraction.length } as const
  return { type, sql: `CAST('${constant}' AS DECIMAL(${precision},${type.scale}))`, constant }
}

function intervalLiteral(node: IntervalLiteral): Literal {
  const size = parseInterval(node.value, node.from, node.to)
  if (size === undefined) return invalid(node, node.value, 'INTERVAL')
  const constant = node.negative ? -size : size
  return node.from === 'year' || node.from === 'month'
    ? { type: INTERVAL_YEAR_TO_MONTH, sql: integerSql(constant, 'INTEGER'), constant }
    : { type: INTERVAL_DAY_TO_SECOND, sql: integerSql(constant, 'BIGINT'), constant }
}

/** TYPE 'text': dates and times have rules of their own, every other type reads its text as CAST does. */
function genericLiteral(node: GenericLiteral): Literal {
  const { value } = node
  const name = typeName(node)
  if (name === 'TIME') return timeLiteral(node)
  if (name === 'TIMESTAMP') return timestampLiteral(node)
  if (name === 'DECIMAL' && node.type.kind === 'generic-type' && node.type.arguments.length === 0) {
    return decimalLiteral(value) ?? invalid(node, value, name)
  }
  if (name === 'CHAR') {
    const type = { kind: 'char', length: [...value].length } as const
    const constant = value.replace(/ +$/, '')
    return { type, sql: quoteText(constant), constant }
  }
  const type = resolveTypeNode(node.type, node.location)
  return parseText(type, value) ?? invalid(node, value, name)
}

function typeName(node: GenericLiteral): string {
  const { type } = node
  if (type.kind === 'generic-type') return type.name.toUpperCase()
  return type.kind === 'datetime-type' ? type.type.toUpperCase() : type.kind
}

/** The value that `CAST('text' AS type)` has, for types without parameters; undefined where it fails. */
function parseText(type: TrinoType, text: string): Literal | undefined {
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return parseInteger(type, text)
    case 'real':
    case 'double':
      return parseFloating(type, text)
    case 'boolean':
      if (/^(?:true|t|1)$/i.test(text)) return { type, sql: 'true', constant: true }
      return /^(?:false|f|0)$/i.test(text) ? { type, sql: 'false', constant: false } : undefined
    case 'varchar':
      return { type: VARCHAR, sql: quoteText(text), constant: text }
    case 'varbinary':
      return { type, sql: quoteBytes(new TextEncoder().encode(text)), constant: text }
    case 'date': {
      const day = parseDate(text)
      return day === undefined
        ? undefined
        : { type, sql: dateSql(day), constant: text.trim() === isoText(day) ? text.trim() : isoText(day) }
    }
    case 'ipaddress': {
      const bytes = parseIpAddress(text)
      return bytes && { type, sql: quoteBytes(bytes), constant: formatIpAddress(bytes) }
    }
    case 'uuid': {
      const bytes = parseUuid(text)
      return bytes && { type, sql: quoteBytes(bytes), constant: text.toLowerCase() }
    }
    case 'json': {
      const json = canonicalJson(text)
      return json === undefined ? undefined : { type, sql: quoteText(json), constant: json }
    }
    default:
      return undefined
  }
}

function isoText(day: number): string {
  return new Date(day * 86_400_000)
    .toISOString()
    .replace(/T.*/, '')
    .replace(/^\+0*(?=\d{4})/, '')
}

const INTEGER_BITS = { tinyint: 8n, smallint: 16n, integer: 32n, bigint: 64n } as const
const INTEGER_SQL = { tinyint: 'TINYINT', smallint: 'SMALLINT', integer: 'INTEGER', bigint: 'BIGINT' } as const

function parseInteger(type: TrinoType & { kind: keyof typeof INTEGER_BITS }, text: string): Literal | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  if (BigInt.asIntN(Number(INTEGER_BITS[type.kind]), value) !== value) return undefined
  return { type, sql: integerSql(value, INTEGER_SQL[type.kind]), constant: value }
}

const FLOATING = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?)$/

function parseFloating(type: TrinoType & { kind: 'real' | 'double' }, text: string): Literal | undefined {
  const trimmed = text.trim()
  if (!FLOATING.test(trimmed)) return undefined
  const value = Number(trimmed.replace(/[dDfF]$/, ''))
  const constant = type.kind === 'real' ? Math.fround(value) : value
  return { type, sql: `CAST('${numberText(constant)}' AS ${type.kind === 'real' ? 'FLOAT' : 'DOUBLE'})`, constant }
}

function checkPrecision(node: GenericLiteral, name: string, fraction: string): void {
  if (fraction.length <= MAX_DATETIME_PRECISION) return
  const text = `${name} precision must be in range [0, ${MAX_DATETIME_PRECISION}]: ${fraction.length}`
  throw new AthenaError('NUMERIC_VALUE_OUT_OF_RANGE', text, { location: node.location })
}

function timeLiteral(node: GenericLiteral): Literal {
  const time = parseTime(node.value)
  if (!time) return invalid(node, node.value, 'TIME')
  checkPrecision(node, 'TIME', time.fraction)
  const precision = time.fraction.length
  const sql = timeSql(time.micros)
  if (time.offsetMinutes === undefined) return { type: { kind: 'time', precision }, sql, constant: node.value.trim() }
  return {
    type: { kind: 'time with time zone', precision },
    sql: `struct_pack(t := ${sql}, o := ${integerSql(time.offsetMinutes, 'INTEGER')})`,
    constant: node.value.trim(),
  }
}

function timestampLiteral(node: GenericLiteral): Literal {
  const timestamp = parseTimestamp(node.value)
  if (!timestamp) return invalid(node, node.value, 'TIMESTAMP')
  checkPrecision(node, 'TIMESTAMP', timestamp.fraction)
  const precision = timestamp.fraction.length
  const constant = timestampText(timestamp)
  if (timestamp.zone === undefined) {
    return { type: { kind: 'timestamp', precision }, sql: timestampSql(timestamp.localMicros), constant }
  }
  const instant = localToInstantMicros(timestamp.localMicros, timestamp.zone)
  return {
    type: { kind: 'timestamp with time zone', precision },
    sql: `struct_pack(t := ${timestampSql(instant)}, z := ${quoteText(timestamp.zone)})`,
    constant: `${constant} ${timestamp.zone}`,
  }
}

/** `2021-10-25 01:02:03.456` with the digits that were written. */
function timestampText({ localMicros, fraction }: TimestampText): string {
  const seconds = Number(localMicros / 1_000_000n) - (localMicros < 0n && localMicros % 1_000_000n !== 0n ? 1 : 0)
  const text = new Date(seconds * 1000)
    .toISOString()
    .replace(/^\+0*(?=\d{4})/, '')
    .replace('T', ' ')
    .replace('.000Z', '')
  return fraction === '' ? text : `${text}.${fraction}`
}
