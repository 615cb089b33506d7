import type { ComparisonOperator } from '../trino/nodes.ts'
import { commonSuperType, isComparable, isOrderable } from '../types/coercion.ts'
import { BOOLEAN, formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { cannotApply, operand, type ResolvedOperator, typeMismatch } from './operator.ts'
import { raiseSql } from './runtime-errors.ts'

/** Trino has no operator `>` or `<>`: it exchanges the sides or negates, and its errors name what is left. */
const NAMED_OPERATORS: Readonly<Record<ComparisonOperator, string>> = {
  '=': '=',
  '<>': '=',
  '<': '<',
  '<=': '<=',
  '>': '<',
  '>=': '<=',
}

/** `left = right` and its like, for all types that have a common one. */
export function resolveComparison(operator: ComparisonOperator, left: TrinoType, right: TrinoType): ResolvedOperator {
  const common = commonSuperType(left, right)
  const isEquality = operator === '=' || operator === '<>'
  if (!common || !(isEquality ? isComparable(common) : isOrderable(common))) {
    throw cannotApply(NAMED_OPERATORS[operator], left, right)
  }
  return {
    operandTypes: [common, common],
    resultType: BOOLEAN,
    emit: (args, context) => emitComparison(operator, common, operand(args, 0), operand(args, 1), context),
  }
}

/** `left IS DISTINCT FROM right`. */
export function resolveDistinctFrom(left: TrinoType, right: TrinoType): ResolvedOperator {
  const common = commonSuperType(left, right)
  if (!common || !isComparable(common)) throw cannotApply('IS DISTINCT FROM', left, right)
  return {
    operandTypes: [common, common],
    resultType: BOOLEAN,
    emit: (args) =>
      `(${comparisonKey(common, operand(args, 0))} IS DISTINCT FROM ${comparisonKey(common, operand(args, 1))})`,
  }
}

/** `value BETWEEN min AND max`: three operands of one type. */
export function resolveBetween(value: TrinoType, min: TrinoType, max: TrinoType): ResolvedOperator {
  const lower = commonSuperType(value, min)
  const common = lower && commonSuperType(lower, max)
  if (!common || !isOrderable(common)) {
    throw typeMismatch(
      `Cannot check if ${formatTrinoType(value)} is BETWEEN ${formatTrinoType(min)} and ${formatTrinoType(max)}`,
    )
  }
  return {
    operandTypes: [common, common, common],
    resultType: BOOLEAN,
    emit: (args, context) => {
      const [x, a, b] = [operand(args, 0), operand(args, 1), operand(args, 2)]
      if (isPlain(common)) return `(${x} BETWEEN ${a} AND ${b})`
      return evaluateOnce([x], context, ([v = x]) => {
        const parts = [emitComparison('>=', common, v, a, context), emitComparison('<=', common, v, b, context)]
        return `(${parts.join(' AND ')})`
      })
    },
  }
}

/** True where DuckDB's own operators compare the physical values as Trino does. */
function isPlain(type: TrinoType): boolean {
  switch (type.kind) {
    case 'real':
    case 'double':
    case 'time with time zone':
    case 'timestamp with time zone':
    case 'array':
    case 'map':
    case 'row':
      return false
    default:
      return true
  }
}

/** DuckDB SQL of a comparison of two values of one type. */
export function emitComparison(
  operator: ComparisonOperator,
  type: TrinoType,
  left: string,
  right: string,
  context: EmitContext,
): string {
  switch (type.kind) {
    case 'real':
    case 'double':
      return floatingComparison(operator, left, right, context)
    case 'array':
    case 'map':
    case 'row':
      return nestedComparison(operator, type, left, right, context)
    default:
      return `(${comparisonKey(type, left)} ${operator} ${comparisonKey(type, right)})`
  }
}

/** A value that DuckDB compares, groups and sorts as Trino does the value itself: NULLs count as equal to each other. */
export function comparisonKey(type: TrinoType, sql: string): string {
  switch (type.kind) {
    case 'timestamp with time zone':
      return `(${sql}).t`
    case 'time with time zone':
      return `(epoch_us(CAST((${sql}).t AS TIME)) - CAST((${sql}).o AS BIGINT) * 60000000)`
    case 'map':
      return `list_sort(map_entries(${sql}))`
    default:
      return sql
  }
}

const FINITE_CONSTANT =
  /^CAST\('-?[\d.e+-]+' AS (?:DOUBLE|FLOAT)\)$|^CAST\(CAST\(-?\d+ AS [A-Z]+\) AS (?:DOUBLE|FLOAT)\)$/

/** NaN equals nothing and is neither less nor more in Trino; in DuckDB it equals itself and is the greatest. */
function floatingComparison(operator: ComparisonOperator, left: string, right: string, context: EmitContext): string {
  return evaluateOnce([left, right], context, ([a = left, b = right]) => {
    const mayBeNaN = [a, b].filter((sql) => !FINITE_CONSTANT.test(sql))
    const plain = `${a} ${operator} ${b}`
    if (mayBeNaN.length === 0) return `(${plain})`
    if (operator === '<>') return mayBeNaN.length === 1 ? `(${plain})` : `(${plain} OR (isnan(${a}) AND isnan(${b})))`
    if (operator === '=') return mayBeNaN.length === 1 ? `(${plain})` : `(${plain} AND NOT isnan(${a}))`
    // Only the greater side can be NaN when DuckDB answers true, and both where the two may be equal.
    const greater = operator === '<' || operator === '<=' ? b : a
    return FINITE_CONSTANT.test(greater) ? `(${plain})` : `(${plain} AND NOT isnan(${greater}))`
  })
}

const NULL_ELEMENT: Readonly<Record<'array' | 'map' | 'row', string>> = {
  array: 'ARRAY comparison not supported for arrays with null elements',
  map: 'map value cannot be null or contain nulls',
  row: 'ROW comparison not supported for fields with null elements',
}

/**
 * Arrays, maps and rows compare element by element; an element that is NULL makes equality unknown unless another one differs,
 * and order an error.
 */
function nestedComparison(
  operator: ComparisonOperator,
  type: TrinoType & { kind: 'array' | 'map' | 'row' },
  left: string,
  right: string,
  context: EmitContext,
): string {
  return evaluateOnce([left, right], context, ([a = left, b = right]) => {
    if (operator === '=') return emitEquality(type, a, b, context)
    if (operator === '<>') return `(NOT ${emitEquality(type, a, b, context)})`
    const failure = raiseSql('NOT_SUPPORTED', NULL_ELEMENT[type.kind], BOOLEAN)
    const compared = `${a} ${operator} ${b}`
    const test = `${a} IS NOT NULL AND ${b} IS NOT NULL AND ${meetsNull(type, a, b, context)}`
    return `(CASE WHEN ${test} THEN ${failure} ELSE ${compared} END)`
  })
}

function emitEquality(type: TrinoType, a: string, b: string, context: EmitContext): string {
  switch (type.kind) {
    case 'row': {
      const fields = type.fields.map((field, index) =>
        emitEquality(field.type, `${a}.f${index}`, `${b}.f${index}`, context),
      )
      return `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE ${fields.length === 0 ? 'true' : fields.join(' AND ')} END)`
    }
    case 'array': {
      const [x, y] = [`${a}`, `${b}`]
      const index = context.freshName('i')
      const pair = emitEquality(type.element, `${x}[${index}]`, `${y}[${index}]`, context)
      const parts = `list_transform(range(1, len(${x}) + 1), lambda ${index}: ${pair})`
      return `(CASE WHEN len(${x}) <> len(${y}) THEN false ELSE ${allOf(parts, context)} END)`
    }
    case 'map': {
      const pair: TrinoType = { kind: 'row', fields: [{ type: type.key }, { type: type.value }] }
      const entries = (sql: string): string => {
        const entry = context.freshName('e')
        return `list_sort(list_transform(map_entries(${sql}), lambda ${entry}: struct_pack(f0 := ${entry}.key, f1 := ${entry}.value)))`
      }
      return emitEquality({ kind: 'array', element: pair }, entries(a), entries(b), context)
    }
    case 'real':
    case 'double':
      return floatingComparison('=', a, b, context)
    default:
      return `(${comparisonKey(type, a)} = ${comparisonKey(type, b)})`
  }
}

/** AND over a list of booleans with three-valued logic; true for none. */
function allOf(list: string, context: EmitContext): string {
  const item = context.freshName('b')
  return `(CASE WHEN list_contains(${list}, false) THEN false WHEN len(list_filter(${list}, lambda ${item}: ${item} IS NULL)) > 0 THEN NULL WHEN ${list} IS NULL THEN NULL ELSE true END)`
}

/** True where the first elements that differ are NULL on either side: these cannot be put in order. */
function meetsNull(type: TrinoType, a: string, b: string, context: EmitContext): string {
  switch (type.kind) {
    case 'array': {
      const at = context.freshName('i')
      const [x, y] = [`${a}[${at}]`, `${b}[${at}]`]
      const first = `list_filter(range(1, least(len(${a}), len(${b})) + 1), lambda ${at}: ${x} IS NULL OR ${y} IS NULL OR ${x} IS DISTINCT FROM ${y})[1]`
      return evaluateOnce([first], context, ([position = first]) => {
        const [left, right] = [`${a}[${position}]`, `${b}[${position}]`]
        const inner = isNested(type.element) ? ` OR ${meetsNull(type.element, left, right, context)}` : ''
        return `(${position} IS NOT NULL AND (${left} IS NULL OR ${right} IS NULL${inner}))`
      })
    }
    case 'row': {
      const tests = type.fields.map(({ type: field }, index) => {
        const [x, y] = [`(${a}).f${index}`, `(${b}).f${index}`]
        const inner = isNested(field) ? meetsNull(field, x, y, context) : 'false'
        return `WHEN ${x} IS NULL OR ${y} IS NULL THEN true WHEN ${x} IS DISTINCT FROM ${y} THEN ${inner}`
      })
      return tests.length === 0 ? 'false' : `(CASE ${tests.join(' ')} ELSE false END)`
    }
    default:
      return 'false'
  }
}

function isNested(type: TrinoType): boolean {
  return type.kind === 'array' || type.kind === 'row'
}
