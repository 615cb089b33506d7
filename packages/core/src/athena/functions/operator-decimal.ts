import { decimalType } from '../types/resolve-type.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { evaluateOnce } from './emit-call.ts'
import { type ArithmeticOperator, isNonZeroConstant, operand, type ResolvedOperator } from './operator.ts'
import { guardDivision } from './operator-division.ts'

type Decimal = TrinoType & { readonly kind: 'decimal' }

const MAX_PRECISION = 38
/** Twice a number of fewer digits fits DuckDB's HUGEINT, which ends at 1.7 * 10^38. */
const HUGEINT_DIGITS = 38
const INTEGER_DIGITS: Readonly<Record<string, number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 }

/**
 * Decimal arithmetic with Trino's result types: nothing is rounded but quotients, and those half up.
 * Source: Trino documentation, "Decimal functions and operators", "Decimal type arithmetic".
 */
export function resolveDecimalArithmetic(
  operator: ArithmeticOperator,
  left: TrinoType,
  right: TrinoType,
): ResolvedOperator {
  const a = asDecimal(left)
  const b = asDecimal(right)
  const resultType = resultDecimal(operator, a, b)
  return {
    operandTypes: [a, b],
    resultType,
    emit: (args, context) => {
      const [x, y] = [operand(args, 0), operand(args, 1)]
      if (operator === '+' || operator === '-') return addition(operator, x, y, resultType)
      if (operator === '*') return `CAST(${x} * ${y} AS ${sqlType(resultType)})`
      const compute = operator === '/' ? division : remainder
      if (isNonZeroConstant(y)) return `(${compute(x, y, a, b, resultType)})`
      return evaluateOnce([x, y], context, ([dividend = x, divisor = y]) =>
        guardDivision(dividend, divisor, compute(dividend, divisor, a, b, resultType), resultType),
      )
    },
  }
}

function asDecimal(type: TrinoType): Decimal {
  if (type.kind === 'decimal') return type
  const precision = INTEGER_DIGITS[type.kind]
  if (precision === undefined) throw new Error(`${type.kind} is no exact number`)
  return { kind: 'decimal', precision, scale: 0 }
}

function resultDecimal(operator: ArithmeticOperator, a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  const integral = { a: a.precision - a.scale, b: b.precision - b.scale }
  const of = (precision: number, resultScale: number): Decimal =>
    decimalType(Math.min(MAX_PRECISION, precision), resultScale) as Decimal
  switch (operator) {
    case '+':
    case '-':
      return of(Math.max(integral.a, integral.b) + scale + 1, scale)
    case '*':
      return of(a.precision + b.precision, a.scale + b.scale)
    case '/':
      return of(a.precision + b.scale + Math.max(0, b.scale - a.scale), scale)
    case '%':
      return of(Math.min(integral.a, integral.b) + scale, scale)
  }
}

function sqlType(type: Decimal): string {
  return `DECIMAL(${type.precision},${type.scale})`
}

function addition(operator: '+' | '-', x: string, y: string, result: Decimal): string {
  return `CAST(CAST(${x} AS ${sqlType(result)}) ${operator} CAST(${y} AS ${sqlType(result)}) AS ${sqlType(result)})`
}

/** Exact long division of the values without their points, rounded half away from zero. */
function division(x: string, y: string, a: Decimal, b: Decimal, result: Decimal): string {
  const shift = result.scale + b.scale - a.scale
  const isNarrow =
    a.precision + shift < HUGEINT_DIGITS &&
    a.precision + a.scale < HUGEINT_DIGITS &&
    b.precision + b.scale < HUGEINT_DIGITS
  if (!isNarrow) {
    return `CAST(ft_decimal_divide(CAST(${x} AS VARCHAR), CAST(${y} AS VARCHAR), ${result.scale}) AS ${sqlType(result)})`
  }
  const dividend = `(${unscaled(x, a)} * ${powerOfTen(shift)})`
  const divisor = unscaled(y, b)
  const half = (sign: '+' | '-'): string => `(2 * ${dividend} ${sign} ${divisor}) // (2 * ${divisor})`
  return withScale(`CASE WHEN (${x} < 0) = (${y} < 0) THEN ${half('+')} ELSE ${half('-')} END`, result)
}

/** The dividend's sign, as in Java. Both sides get the same scale first. */
function remainder(x: string, y: string, a: Decimal, b: Decimal, result: Decimal): string {
  const digits = Math.max(a.precision - a.scale, b.precision - b.scale) + result.scale
  if (digits > MAX_PRECISION) {
    return `CAST(ft_decimal_remainder(CAST(${x} AS VARCHAR), CAST(${y} AS VARCHAR)) AS ${sqlType(result)})`
  }
  const common = `DECIMAL(${digits},${result.scale})`
  return `CAST(CAST(${x} AS ${common}) % CAST(${y} AS ${common}) AS ${sqlType(result)})`
}

/** The value as an integer of its last decimal place. */
function unscaled(sql: string, type: Decimal): string {
  if (type.scale === 0) return `CAST(${sql} AS HUGEINT)`
  return `CAST(${sql} * CAST(1${'0'.repeat(type.scale)} AS DECIMAL(${type.scale + 1},0)) AS HUGEINT)`
}

function powerOfTen(exponent: number): string {
  return `CAST(1${'0'.repeat(exponent)} AS HUGEINT)`
}

/** The reverse of `unscaled`. */
function withScale(sql: string, type: Decimal): string {
  if (type.scale === 0) return `CAST(${sql} AS ${sqlType(type)})`
  const unit = `CAST('0.${'0'.repeat(type.scale - 1)}1' AS DECIMAL(${type.scale},${type.scale}))`
  return `CAST(CAST(${sql} AS DECIMAL(38,0)) * ${unit} AS ${sqlType(type)})`
}

/** Digits up to which a sum times its scale's power of ten is sure to stay within HUGEINT. */
const NARROW_AVERAGE_DIGITS = 18

/** `sum / count` rounded half away from zero to the scale of the values; NULL for no values. */
export function averageOfDecimals(sum: string, count: string, type: Decimal): string {
  if (type.precision > NARROW_AVERAGE_DIGITS) {
    const quotient = `ft_decimal_divide(CAST(${sum} AS VARCHAR), CAST(nullif(${count}, 0) AS VARCHAR), ${type.scale})`
    return `CAST(${quotient} AS ${sqlType(type)})`
  }
  const total = unscaled(`CAST(${sum} AS DECIMAL(${MAX_PRECISION - type.scale - 1},${type.scale}))`, type)
  const half = (sign: '+' | '-'): string => `(2 * ${total} ${sign} ${count}) // (2 * ${count})`
  return withScale(`CASE WHEN ${count} = 0 THEN NULL WHEN ${sum} < 0 THEN ${half('-')} ELSE ${half('+')} END`, type)
}
