import type { AthenaErrorCode } from '../errors.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { ipAddressText } from './cast-binary.ts'
import { numberText } from './cast-number.ts'
import type { CastCall } from './cast-rule.ts'
import { decimalText } from './decimal-text.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { raiseTextSql } from './runtime-errors.ts'

/** To varchar and char. Text is cut to the length; any other value must fit. */
export function textCast(call: CastCall): string {
  const { sql, from, to, mode } = call
  if (from.kind === 'unknown') return `CAST(${sql} AS VARCHAR)`
  if (to.kind === 'char') return `rtrim(left(${sql}, ${to.length}), ' ')`
  const length = to.kind === 'varchar' ? to.length : undefined
  if (from.kind === 'varchar') return length === undefined ? sql : `left(${sql}, ${length})`
  if (from.kind === 'char') {
    const padded = `rpad(${sql}, ${from.length}, ' ')`
    return length === undefined || length >= from.length ? padded : `left(${padded}, ${length})`
  }
  const bound = longest(from)
  if (length === undefined || (bound !== undefined && bound <= length)) return textOf(sql, from, mode.context)
  return evaluateOnce([sql], mode.context, ([value = sql]) => {
    const text = textOf(value, from, mode.context)
    const failure = mode.safe ? 'NULL' : tooLong(value, text, from, to)
    return `(CASE WHEN length(${text}) <= ${length} THEN ${text} WHEN ${value} IS NOT NULL THEN ${failure} END)`
  })
}

/** Characters that the text of a type can have at most, where that is worth knowing. */
function longest(type: TrinoType): number | undefined {
  switch (type.kind) {
    case 'boolean':
      return 5
    case 'tinyint':
      return 4
    case 'smallint':
      return 6
    case 'integer':
      return 11
    case 'bigint':
      return 20
    case 'decimal':
      return type.precision + 3
    default:
      return undefined
  }
}

function tooLong(value: string, text: string, from: TrinoType, to: TrinoType): string {
  const target = to.kind === 'varchar' ? `varchar(${to.length})` : to.kind
  const fail = (code: AthenaErrorCode, message: string): string => raiseTextSql(code, message, to)
  switch (from.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'date':
      return fail('INVALID_CAST_ARGUMENT', `'Value ' || ${text} || ' cannot be represented as ${target}'`)
    case 'real':
    case 'double':
      return fail(
        'INVALID_CAST_ARGUMENT',
        `'Value ' || ${numberText(from.kind)}(${value}) || ' (' || ${text} || ') cannot be represented as ${target}'`,
      )
    default:
      return fail('GENERIC_INTERNAL_ERROR', `'Value [' || ${text} || '] does not fit in type ${target}'`)
  }
}

/** The text of a value, as CAST(value AS varchar) gives it. */
export function textOf(sql: string, type: TrinoType, context: EmitContext): string {
  switch (type.kind) {
    case 'real':
      return `ft_real_to_varchar(${sql})`
    case 'double':
      return `ft_double_to_varchar(${sql})`
    case 'date':
      return evaluateOnce(
        [sql],
        context,
        ([v = sql]) =>
          `(CASE WHEN ${v} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN CAST(${v} AS VARCHAR) ELSE ft_date_text(CAST(${v} - DATE '1970-01-01' AS INTEGER)) END)`,
      )
    case 'timestamp':
      return timestampText(sql, type.precision, context)
    case 'timestamp with time zone':
      return evaluateOnce(
        [sql],
        context,
        ([v = sql]) => `(${timestampText(`ft_local_time(${v})`, type.precision, context)} || ' ' || (${v}).z)`,
      )
    case 'time':
      return timeText(sql, type.precision)
    case 'time with time zone':
      return evaluateOnce([sql], context, ([v = sql]) => {
        const offset = `(${v}).o`
        return `(${timeText(`(${v}).t`, type.precision)} || CASE WHEN ${offset} < 0 THEN '-' ELSE '+' END || ${twoDigits(`abs(${offset}) // 60`)} || ':' || ${twoDigits(`abs(${offset}) % 60`)})`
      })
    case 'interval day to second':
      return evaluateOnce([sql], context, ([v = sql]) => {
        const part = (divisor: number, modulus: number): string => twoDigits(`abs(${v}) // ${divisor} % ${modulus}`)
        return `(CASE WHEN ${v} < 0 THEN '-' ELSE '' END || CAST(abs(${v}) // 86400000 AS VARCHAR) || ' ' || ${part(3_600_000, 24)} || ':' || ${part(60_000, 60)} || ':' || ${part(1000, 60)} || '.' || lpad(CAST(abs(${v}) % 1000 AS VARCHAR), 3, '0'))`
      })
    case 'interval year to month':
      return evaluateOnce(
        [sql],
        context,
        ([v = sql]) =>
          `(CASE WHEN ${v} < 0 THEN '-' ELSE '' END || CAST(abs(${v}) // 12 AS VARCHAR) || '-' || CAST(abs(${v}) % 12 AS VARCHAR))`,
      )
    case 'ipaddress':
      return ipAddressText(sql, context)
    case 'uuid':
      return evaluateOnce(
        [`lower(hex(${sql}))`],
        context,
        ([hex = '']) =>
          `(${[
            [1, 8],
            [9, 4],
            [13, 4],
            [17, 4],
            [21, 12],
          ]
            .map(([start, size]) => `substring(${hex}, ${start}, ${size})`)
            .join(" || '-' || ")})`,
      )
    case 'decimal':
      return decimalText(sql, type.precision, type.scale)
    case 'char':
      return `rpad(${sql}, ${type.length}, ' ')`
    case 'varchar':
    case 'json':
      return sql
    default:
      return `CAST(${sql} AS VARCHAR)`
  }
}

function twoDigits(sql: string): string {
  return `lpad(CAST(${sql} AS VARCHAR), 2, '0')`
}

function timestampText(sql: string, precision: number, context: EmitContext): string {
  return evaluateOnce([sql], context, ([v = sql]) => {
    const usual = `strftime(${v}, '%Y-%m-%d %H:%M:%S')${fraction(v, precision)}`
    return `(CASE WHEN ${v} BETWEEN TIMESTAMP '1000-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999' THEN ${usual} ELSE ft_timestamp_text(epoch_us(${v}), ${precision}) END)`
  })
}

function timeText(sql: string, precision: number): string {
  const instant = `(DATE '1970-01-01' + ${sql})`
  return `(strftime(${instant}, '%H:%M:%S')${fraction(instant, precision)})`
}

/** `|| '.345'`, or nothing. */
function fraction(instant: string, precision: number): string {
  if (precision === 0) return ''
  const micros = `strftime(${instant}, '.%f')`
  return ` || ${precision <= 6 ? `left(${micros}, ${precision + 1})` : `rpad(${micros}, ${precision + 1}, '0')`}`
}
