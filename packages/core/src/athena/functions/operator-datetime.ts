import { commonSuperType } from '../types/coercion.ts'
import { INTERVAL_DAY_TO_SECOND, type TrinoType, type TrinoTypeKind } from '../types/trino-type.ts'
import { NUMBER_KINDS } from '../types/type-families.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { type ArithmeticOperator, operand, type ResolvedOperator } from './operator.ts'
import { raiseSql } from './runtime-errors.ts'

/** A day-to-second interval counts milliseconds, so its sums are no coarser than timestamp(3). */
const INTERVAL_PRECISION = 3
const MILLIS_PER_DAY = 86_400_000

/** `datetime ± interval`, `interval ± interval`, `datetime - datetime`; undefined where there is no such operator. */
export function resolveDatetimeArithmetic(
  operator: ArithmeticOperator,
  left: TrinoType,
  right: TrinoType,
): ResolvedOperator | undefined {
  if (operator !== '+' && operator !== '-') return undefined
  const isLeftInterval = isInterval(left)
  if (isLeftInterval && isInterval(right)) return intervalSum(operator, left, right)
  if (isInterval(right)) return shift(operator, left, right)
  if (isLeftInterval && operator === '+') return swapped(shift('+', right, left))
  return operator === '-' ? difference(left, right) : undefined
}

function isInterval(type: TrinoType): boolean {
  return type.kind === 'interval day to second' || type.kind === 'interval year to month'
}

function swapped(resolved: ResolvedOperator | undefined): ResolvedOperator | undefined {
  return (
    resolved && {
      operandTypes: [...resolved.operandTypes].reverse(),
      resultType: resolved.resultType,
      emit: (args, context) => resolved.emit([operand(args, 1), operand(args, 0)], context),
    }
  )
}

function intervalSum(operator: '+' | '-', left: TrinoType, right: TrinoType): ResolvedOperator | undefined {
  if (left.kind !== right.kind) return undefined
  return {
    operandTypes: [left, right],
    resultType: left,
    emit: (args) => `(${operand(args, 0)} ${operator} ${operand(args, 1)})`,
  }
}

type Shift = (value: string, interval: string, sign: '+' | '-', context: EmitContext) => string

function shift(operator: '+' | '-', base: TrinoType, interval: TrinoType): ResolvedOperator | undefined {
  const isMonths = interval.kind === 'interval year to month'
  const rule = isMonths ? MONTH_SHIFTS[base.kind] : MILLISECOND_SHIFTS[base.kind]
  if (!rule) return undefined
  const isExact = isMonths || base.kind === 'date' || !('precision' in base)
  const resultType: TrinoType = isExact
    ? base
    : ({ ...base, precision: Math.max(INTERVAL_PRECISION, base.precision) } as TrinoType)
  return {
    operandTypes: [base, interval],
    resultType,
    emit: (args, context) => rule(operand(args, 0), operand(args, 1), operator, context),
  }
}

const monthsOf = (months: string): string => `to_months(${months})`
/** Exact, unlike to_milliseconds, which takes a double. */
const microsOf = (millis: string): string => `to_microseconds(${millis} * 1000)`

/** A struct of NULLs would not be NULL. */
function whenBoth(
  value: string,
  interval: string,
  context: EmitContext,
  body: (value: string, interval: string) => string,
): string {
  return evaluateOnce(
    [value, interval],
    context,
    ([v = value, i = interval]) => `(CASE WHEN ${v} IS NOT NULL AND ${i} IS NOT NULL THEN ${body(v, i)} END)`,
  )
}

const MONTH_SHIFTS: Partial<Record<TrinoTypeKind, Shift>> = {
  date: (value, interval, sign) => `CAST(${value} ${sign} ${monthsOf(interval)} AS DATE)`,
  timestamp: (value, interval, sign) => `(${value} ${sign} ${monthsOf(interval)})`,
  // Months count on the zone's own calendar.
  'timestamp with time zone': (value, interval, sign, context) =>
    whenBoth(value, interval, context, (v, i) => `ft_zoned(ft_local_time(${v}) ${sign} ${monthsOf(i)}, (${v}).z)`),
}

const MILLISECOND_SHIFTS: Partial<Record<TrinoTypeKind, Shift>> = {
  date: (value, interval, sign, context) =>
    evaluateOnce([value, interval], context, ([v = value, i = interval]) => {
      const text =
        sign === '+'
          ? 'Cannot add hour, minutes or seconds to a date'
          : 'Cannot subtract hour, minutes or seconds from a date'
      const failure = raiseSql('INVALID_FUNCTION_ARGUMENT', text, { kind: 'date' })
      const shifted = `CAST(${v} ${sign} CAST(${i} // ${MILLIS_PER_DAY} AS INTEGER) AS DATE)`
      return `(CASE WHEN ${i} % ${MILLIS_PER_DAY} <> 0 THEN ${failure} ELSE ${shifted} END)`
    }),
  timestamp: (value, interval, sign) => `(${value} ${sign} ${microsOf(interval)})`,
  'timestamp with time zone': (value, interval, sign, context) =>
    whenBoth(value, interval, context, (v, i) => `struct_pack(t := (${v}).t ${sign} ${microsOf(i)}, z := (${v}).z)`),
  time: (value, interval, sign) => shiftTime(value, interval, sign),
  'time with time zone': (value, interval, sign, context) =>
    whenBoth(value, interval, context, (v, i) => `struct_pack(t := ${shiftTime(`(${v}).t`, i, sign)}, o := (${v}).o)`),
}

/** Wraps around midnight. */
function shiftTime(value: string, interval: string, sign: '+' | '-'): string {
  return `(${value} ${sign} ${microsOf(`(${interval} % ${MILLIS_PER_DAY})`)})`
}

/** `a - b` as an interval; the finer part of microseconds is rounded half up to milliseconds. */
function difference(left: TrinoType, right: TrinoType): ResolvedOperator | undefined {
  const common = commonSuperType(left, right)
  const micros = common && MICROS[common.kind]
  if (!common || !micros) return undefined
  return {
    operandTypes: [common, common],
    resultType: INTERVAL_DAY_TO_SECOND,
    emit: (args) => {
      const delta = `(${micros(operand(args, 0))} - ${micros(operand(args, 1))})`
      const isWhole = common.kind === 'date' || ('precision' in common && common.precision <= 3)
      return isWhole ? `(${delta} // 1000)` : `CAST(round(CAST(${delta} AS DECIMAL(18,0)) / 1000) AS BIGINT)`
    },
  }
}

const MICROS_PER_MINUTE = 60_000_000
const MICROS: Partial<Record<TrinoTypeKind, (value: string) => string>> = {
  date: (value) => `epoch_us(${value})`,
  timestamp: (value) => `epoch_us(${value})`,
  'timestamp with time zone': (value) => `epoch_us(CAST((${value}).t AS TIMESTAMP))`,
  time: (value) => `epoch_us(${value})`,
  'time with time zone': (value) =>
    `(epoch_us(CAST((${value}).t AS TIME)) - CAST((${value}).o AS BIGINT) * ${MICROS_PER_MINUTE})`,
}

/** `interval * number`, `number * interval`, `interval / number`; undefined where the operands are not of these kinds. */
export function resolveIntervalScaling(
  operator: ArithmeticOperator,
  left: TrinoType,
  right: TrinoType,
): ResolvedOperator | undefined {
  if (operator === '*' && NUMBER_KINDS.has(left.kind) && isInterval(right))
    return swapped(resolveIntervalScaling('*', right, left))
  if ((operator !== '*' && operator !== '/') || !isInterval(left) || !NUMBER_KINDS.has(right.kind)) return undefined
  const isInteger = right.kind !== 'real' && right.kind !== 'double' && right.kind !== 'decimal'
  const type = left.kind === 'interval day to second' ? 'BIGINT' : 'INTEGER'
  // Whole numbers multiply exactly; everything else goes through double and is cut, as in Trino.
  if (operator === '*' && isInteger) {
    const factor: TrinoType = { kind: 'bigint' }
    return {
      operandTypes: [left, factor],
      resultType: left,
      emit: (args) => `CAST(${operand(args, 0)} * ${operand(args, 1)} AS ${type})`,
    }
  }
  return {
    operandTypes: [left, { kind: 'double' }],
    resultType: left,
    emit: (args, context) =>
      evaluateOnce([operand(args, 0), operand(args, 1)], context, ([interval, number]) => {
        if (operator === '*') return `CAST(trunc(${interval} * ${number}) AS ${type})`
        const failure = raiseSql('INVALID_FUNCTION_ARGUMENT', 'Cannot divide by double 0.0', left)
        return `(CASE WHEN ${number} = 0 THEN ${failure} ELSE CAST(trunc(${interval} / ${number}) AS ${type}) END)`
      }),
  }
}
