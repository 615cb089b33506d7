import type { TrinoType, TrinoTypeKind } from '../types/trino-type.ts'
import { type CastCall, castOrFail, plainCast, tryCast } from './cast-rule.ts'
import { decimalText } from './decimal-text.ts'
import { evaluateOnce } from './emit-call.ts'
import { raiseTextSql } from './runtime-errors.ts'

type Decimal = TrinoType & { readonly kind: 'decimal' }

/** How Trino calls the types in `Cannot cast 'x' to …` for varchar and decimal. */
const NAMES: Partial<Record<TrinoTypeKind, string>> = {
  boolean: 'BOOLEAN',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  integer: 'INT',
  bigint: 'BIGINT',
  real: 'REAL',
  double: 'DOUBLE',
}
const INTEGER_DIGITS: Partial<Record<TrinoTypeKind, number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 }

/** To boolean and to numbers, from those and from text. */
export function numberCast(call: CastCall): string {
  switch (call.from.kind) {
    case 'varchar':
      return fromText(call)
    case 'unknown':
      return plainCast(call.sql, call.to)
    case 'boolean':
      return call.to.kind === 'decimal'
        ? toDecimal({ ...call, sql: `CAST(${call.sql} AS INTEGER)`, from: { kind: 'integer' } })
        : plainCast(`CAST(${call.sql} AS INTEGER)`, call.to)
    case 'real':
    case 'double':
      return fromFloating(call, call.from.kind)
    case 'decimal':
      return fromDecimal(call, call.from)
    default:
      return fromInteger(call)
  }
}

const isThere = (value: string, pattern: string, attempt: string): string =>
  `CASE WHEN regexp_full_match(${value}, '${pattern}') THEN ${attempt} END`

const INTEGER_TEXT = '[+-]?[0-9]+'
const DECIMAL_TEXT = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?'
const FLOATING_TEXT = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|NaN|[+-]?Infinity'

function fromText(call: CastCall): string {
  const { to } = call
  switch (to.kind) {
    case 'boolean':
      return castOrFail(
        call,
        (value) =>
          `CASE WHEN lower(${value}) IN ('true', 't', '1') THEN true WHEN lower(${value}) IN ('false', 'f', '0') THEN false END`,
        (value) => cannotCast(value, 'BOOLEAN'),
      )
    case 'real':
    case 'double':
      // White space, hexadecimal numbers and Java's suffixes go the slow way.
      return castOrFail(
        call,
        (value) =>
          `COALESCE(${isThere(value, FLOATING_TEXT, tryCast(value, to))}, CAST(ft_parse_double(${value}) AS ${to.kind === 'real' ? 'FLOAT' : 'DOUBLE'}))`,
        (value) => cannotCast(value, NAMES[to.kind] ?? ''),
      )
    case 'decimal': {
      const target = `DECIMAL(${to.precision}, ${to.scale})`
      return castOrFail(
        call,
        (value) => isThere(value, DECIMAL_TEXT, tryCast(value, to)),
        (value) =>
          `'Cannot cast VARCHAR ''' || ${value} || ''' to ${target}. ' || CASE WHEN regexp_full_match(${value}, '${DECIMAL_TEXT}') THEN 'Value too large.' ELSE 'Value is not a number.' END`,
      )
    }
    default:
      return castOrFail(
        call,
        (value) => {
          const number = tryCast(value, to)
          // A text that the number prints as needs no pattern to be matched.
          return `CASE WHEN CAST(${number} AS VARCHAR) = ${value} OR regexp_full_match(${value}, '${INTEGER_TEXT}') THEN ${number} END`
        },
        (value) => cannotCast(value, NAMES[to.kind] ?? ''),
      )
  }
}

function cannotCast(value: string, name: string): string {
  return `'Cannot cast ''' || ${value} || ''' to ${name}'`
}

/** Narrowing integers fail in DuckDB itself; the text is mapped in runtime-errors.ts. */
function fromInteger(call: CastCall): string {
  const { sql, to, mode } = call
  if (to.kind === 'boolean') return `(${sql} <> 0)`
  if (to.kind === 'decimal') return toDecimal(call)
  return mode.safe ? tryCast(sql, to) : plainCast(sql, to)
}

function fromFloating(call: CastCall, source: 'real' | 'double'): string {
  const { sql, to, mode } = call
  switch (to.kind) {
    case 'boolean':
      return `(${sql} <> 0)`
    case 'double':
      return plainCast(sql, to)
    case 'real':
      // Too large for 32 bits is Infinity.
      return evaluateOnce(
        [sql],
        mode.context,
        ([value = sql]) =>
          `COALESCE(${tryCast(value, to)}, CASE WHEN ${value} > 0 THEN CAST('Infinity' AS FLOAT) WHEN ${value} < 0 THEN CAST('-Infinity' AS FLOAT) END)`,
      )
    case 'decimal':
      // By way of the text, as Trino rounds the number that is shown and not the binary one.
      return castOrFail(
        call,
        (value) => tryCast(`CAST(${value} AS VARCHAR)`, to),
        (value) =>
          `'Cannot cast ${source.toUpperCase()} ''' || ${numberText(source)}(${value}) || ''' to DECIMAL(${to.precision}, ${to.scale})'`,
      )
    default:
      return floatingToInteger(call, source)
  }
}

/** Rounded half away from zero. */
function floatingToInteger(call: CastCall, source: 'real' | 'double'): string {
  const { to, sql, mode } = call
  const attempt = (value: string): string => tryCast(`round(${value})`, to)
  if (to.kind === 'bigint' && source === 'double') {
    return castOrFail(call, attempt, (value) => `'Unable to cast ' || ft_double_text(${value}) || ' to bigint'`)
  }
  if (to.kind === 'bigint') return clampedToBigint(call, attempt)
  if (mode.safe) return evaluateOnce([sql], mode.context, ([value = sql]) => attempt(value))
  return evaluateOnce([sql], mode.context, ([value = sql]) => {
    const notANumber = raiseTextSql('INVALID_CAST_ARGUMENT', `'Cannot cast ${source} NaN to ${to.kind}'`, to)
    const outOfRange = raiseTextSql(
      'NUMERIC_VALUE_OUT_OF_RANGE',
      `'Out of range for ${to.kind}: ' || ${numberText(source)}(${value})`,
      to,
    )
    return `COALESCE(${attempt(value)}, CASE WHEN isnan(${value}) THEN ${notANumber} WHEN ${value} IS NOT NULL THEN ${outOfRange} END)`
  })
}

/** A real beyond the range of bigint becomes its nearest end. */
function clampedToBigint(call: CastCall, attempt: (value: string) => string): string {
  const [least, greatest] = ['-9223372036854775808', '9223372036854775807'].map((end) => `CAST(${end} AS BIGINT)`)
  return castOrFail(
    call,
    (value) =>
      `COALESCE(${attempt(value)}, CASE WHEN isnan(${value}) THEN NULL WHEN ${value} > 0 THEN ${greatest} WHEN ${value} < 0 THEN ${least} END)`,
    () => "'Cannot cast real NaN to bigint'",
  )
}

function fromDecimal(call: CastCall, from: Decimal): string {
  const { sql, to } = call
  switch (to.kind) {
    case 'boolean':
      return `(${sql} <> 0)`
    case 'real':
    case 'double':
      // DuckDB divides the unscaled integer, which is exact as long as that integer is.
      return from.precision <= (to.kind === 'real' ? 7 : 15)
        ? plainCast(sql, to)
        : plainCast(`CAST(${sql} AS VARCHAR)`, to)
    case 'decimal':
      return toDecimal(call)
    default: {
      const digits = INTEGER_DIGITS[to.kind] ?? 0
      if (from.precision - from.scale < digits - 1) return plainCast(sql, to)
      const name = to.kind === 'integer' ? 'INTEGER' : (NAMES[to.kind] ?? '')
      return castOrFail(
        call,
        (value) => tryCast(value, to),
        (value) => cannotCast(decimalText(value, from.precision, from.scale), name),
      )
    }
  }
}

/** From integers and decimals. */
function toDecimal(call: CastCall): string {
  const { sql, from } = call
  const to = call.to as Decimal
  const source: Decimal =
    from.kind === 'decimal' ? from : { kind: 'decimal', precision: INTEGER_DIGITS[from.kind] ?? 38, scale: 0 }
  const fits = to.scale >= source.scale && to.precision - to.scale >= source.precision - source.scale
  if (fits) return plainCast(sql, to)
  const name = from.kind === 'decimal' ? `DECIMAL(${from.precision}, ${from.scale})` : from.kind.toUpperCase()
  return castOrFail(
    call,
    (value) => tryCast(value, to),
    (value) =>
      `'Cannot cast ${name} ''' || ${from.kind === 'decimal' ? decimalText(value, from.precision, from.scale) : `CAST(${value} AS VARCHAR)`} || ''' to DECIMAL(${to.precision}, ${to.scale})'`,
  )
}

/** The function that gives a number's text as Java prints it. */
export function numberText(kind: 'real' | 'double'): string {
  return kind === 'real' ? 'ft_real_text' : 'ft_double_text'
}
