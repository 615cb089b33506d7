import { commonSuperType } from '../types/coercion.ts'
import { DOUBLE, formatTrinoType, type TrinoType, type TrinoTypeKind } from '../types/trino-type.ts'
import { DATETIME_KINDS, INTEGER_KINDS, INTERVAL_KINDS, NUMBER_KINDS } from '../types/type-families.ts'
import { evaluateOnce } from './emit-call.ts'
import {
  type ArithmeticOperator,
  ambiguousOperator,
  cannotApply,
  isNonZeroConstant,
  operand,
  type ResolvedOperator,
  typeMismatch,
} from './operator.ts'
import { resolveDatetimeArithmetic, resolveIntervalScaling } from './operator-datetime.ts'
import { resolveDecimalArithmetic } from './operator-decimal.ts'
import { guardDivision } from './operator-division.ts'
import { raiseSql } from './runtime-errors.ts'

/** What is added and subtracted by rules of its own. */
const TIMES: ReadonlySet<TrinoTypeKind> = new Set([...DATETIME_KINDS, ...INTERVAL_KINDS])

/**
 * `left + right` and its like. Source: Trino documentation, "Mathematical functions and operators", "Decimal functions and
 * operators", "Date and time functions and operators".
 */
export function resolveArithmetic(operator: ArithmeticOperator, left: TrinoType, right: TrinoType): ResolvedOperator {
  const [a, b] = giveNullAType(operator, left, right)
  const scaling = resolveIntervalScaling(operator, a, b)
  if (scaling) return scaling
  if (TIMES.has(a.kind) || TIMES.has(b.kind)) {
    const resolved = resolveDatetimeArithmetic(operator, a, b)
    if (resolved) return resolved
    throw cannotApply(operator, left, right)
  }
  if (!NUMBER_KINDS.has(a.kind) || !NUMBER_KINDS.has(b.kind)) throw cannotApply(operator, left, right)
  const common = commonSuperType(a, b)
  if (!common) throw cannotApply(operator, left, right)
  if (common.kind === 'decimal') return resolveDecimalArithmetic(operator, a, b)
  return INTEGER_KINDS.has(common.kind) ? integerArithmetic(operator, common) : floatingArithmetic(operator, common)
}

/** A bare NULL takes the other operand's type; where Trino finds several operators, it asks for a cast. */
function giveNullAType(
  operator: ArithmeticOperator,
  left: TrinoType,
  right: TrinoType,
): readonly [TrinoType, TrinoType] {
  if (left.kind !== 'unknown' && right.kind !== 'unknown') return [left, right]
  const known = left.kind === 'unknown' ? right : left
  if (known.kind === 'unknown') throw ambiguousOperator()
  if (!NUMBER_KINDS.has(known.kind) && !TIMES.has(known.kind)) throw cannotApply(operator, left, right)
  if (!TIMES.has(known.kind)) return giveNullANumberType(operator, left, known)
  const isInterval = known.kind.startsWith('interval')
  if (operator === '*' || operator === '/') return left.kind === 'unknown' ? [DOUBLE, known] : [known, DOUBLE]
  if (isInterval) {
    if (operator === '+') throw ambiguousOperator()
    return [known, known]
  }
  if (operator === '-' && known.kind !== 'date') throw ambiguousOperator()
  return left.kind === 'unknown'
    ? [{ kind: 'interval day to second' }, known]
    : [known, { kind: 'interval day to second' }]
}

/** NULL is the narrowest decimal beside a decimal; beside bigint and double it may as well be an interval. */
function giveNullANumberType(
  operator: ArithmeticOperator,
  left: TrinoType,
  known: TrinoType,
): readonly [TrinoType, TrinoType] {
  const isFirst = left.kind === 'unknown'
  const mayBeInterval = operator === '*' || (operator === '/' && isFirst)
  if (mayBeInterval && (known.kind === 'double' || (known.kind === 'bigint' && operator === '*')))
    throw ambiguousOperator()
  const other: TrinoType = known.kind === 'decimal' ? { kind: 'decimal', precision: 1, scale: 0 } : known
  return isFirst ? [other, known] : [known, other]
}

/** DuckDB's integer operators overflow with an error, as Trino's do; the text is mapped in runtime-errors.ts. */
function integerArithmetic(operator: ArithmeticOperator, type: TrinoType): ResolvedOperator {
  const operandTypes = [type, type]
  if (operator !== '/' && operator !== '%') {
    return { operandTypes, resultType: type, emit: (args) => `(${operand(args, 0)} ${operator} ${operand(args, 1)})` }
  }
  const compute = (a: string, b: string): string =>
    // The least integer % -1 overflows in DuckDB and is 0 in Trino.
    operator === '/' ? `${a} // ${b}` : `CASE WHEN ${b} = -1 THEN ${b} + 1 ELSE ${a} % ${b} END`
  return {
    operandTypes,
    resultType: type,
    emit: (args, context) => {
      const [a, b] = [operand(args, 0), operand(args, 1)]
      if (isNonZeroConstant(b) && !b.includes('-')) return operator === '/' ? `(${a} // ${b})` : `(${a} % ${b})`
      return evaluateOnce([a, b], context, ([x = a, y = b]) => guardDivision(x, y, compute(x, y), type))
    },
  }
}

/** IEEE 754 in both: division by zero gives Infinity or NaN. */
function floatingArithmetic(operator: ArithmeticOperator, type: TrinoType): ResolvedOperator {
  return {
    operandTypes: [type, type],
    resultType: type,
    emit: (args) => `(${operand(args, 0)} ${operator} ${operand(args, 1)})`,
  }
}

const NEGATABLE: ReadonlySet<TrinoTypeKind> = new Set([...NUMBER_KINDS, ...INTERVAL_KINDS])

/** `-operand`. */
export function resolveNegation(type: TrinoType): ResolvedOperator {
  if (type.kind === 'unknown') throw ambiguousOperator()
  if (!NEGATABLE.has(type.kind)) throw typeMismatch(`Cannot negate ${formatTrinoType(type)}`)
  if (type.kind === 'real' || type.kind === 'double') {
    // DuckDB's minus loses the sign of zero.
    const minusOne = `CAST(-1 AS ${type.kind === 'real' ? 'FLOAT' : 'DOUBLE'})`
    return { operandTypes: [type], resultType: type, emit: (args) => `(${operand(args, 0)} * ${minusOne})` }
  }
  if (!INTEGER_KINDS.has(type.kind)) {
    return { operandTypes: [type], resultType: type, emit: (args) => `(-${operand(args, 0)})` }
  }
  const minimum = LEAST[type.kind as keyof typeof LEAST]
  return {
    operandTypes: [type],
    resultType: type,
    emit: (args, context) =>
      evaluateOnce([operand(args, 0)], context, ([x = '']) => {
        const overflow = raiseSql('NUMERIC_VALUE_OUT_OF_RANGE', `${type.kind} negation overflow: ${minimum}`, type)
        return /^CAST\(\d+ AS [A-Z]+\)$/.test(x)
          ? `(-${x})`
          : `(CASE WHEN ${x} = ${minimum} THEN ${overflow} ELSE -${x} END)`
      }),
  }
}

const LEAST = {
  tinyint: '-128',
  smallint: '-32768',
  integer: '-2147483648',
  bigint: '-9223372036854775808',
} as const

/** `+operand`: Trino has it for numbers other than decimals. */
export function resolveUnaryPlus(type: TrinoType): ResolvedOperator {
  if (!NUMBER_KINDS.has(type.kind) || type.kind === 'decimal') {
    throw typeMismatch(`Unary '+' operator cannot by applied to ${formatTrinoType(type)} type`)
  }
  return { operandTypes: [type], resultType: type, emit: (args) => operand(args, 0) }
}
