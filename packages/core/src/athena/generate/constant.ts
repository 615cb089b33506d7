import type { Analysis } from '../analysis/analysis.ts'
import type { Expression, ExpressionKind } from '../trino/nodes.ts'
import { walkExpression } from '../trino/visit-expression.ts'
import { parseLiteral } from '../types/literal.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { INTEGER_KINDS } from '../types/type-families.ts'

export type ConstantValue = string | number | bigint | boolean | null

/** The value of a literal as it is after coercion; undefined for what is no literal, or changes its form in a coercion. */
export function constantOf(expression: Expression, analysis: Analysis): ConstantValue | undefined {
  const value = literalValue(expression, analysis)
  if (value === undefined || value === null) return value
  const from = analysis.expressions.types.get(expression)
  const to = analysis.expressions.coercions.get(expression)
  return to && from ? coerceConstant(value, from, to) : value
}

function literalValue(expression: Expression, analysis: Analysis): ConstantValue | undefined {
  switch (expression.kind) {
    case 'null':
    case 'boolean':
    case 'long':
    case 'decimal':
    case 'double':
    case 'string':
    case 'generic-literal':
    case 'interval':
      return parseLiteral(expression, analysis.dialect).constant
    case 'parameter': {
      const value = analysis.expressions.parameters.get(expression)
      return value && constantOf(value, analysis)
    }
    case 'arithmetic-unary': {
      const value = constantOf(expression.operand, analysis)
      if (expression.operator === '+') return value
      if (typeof value === 'bigint' || typeof value === 'number') return -value
      return undefined
    }
    default:
      return undefined
  }
}

/** Kinds of expressions that are no constants by themselves, or that DuckDB had better not evaluate ahead. */
const NEVER_CONSTANT: ReadonlySet<ExpressionKind> = new Set([
  'identifier',
  'dereference',
  'lambda',
  'grouping',
  'exists',
  'scalar-subquery',
  'in-subquery',
  'quantified-comparison',
])

/** True for an expression without columns and subqueries that always has one value: `concat('2021', '/10')`. */
export function isConstantExpression(expression: Expression, analysis: Analysis): boolean {
  for (const part of walkExpression(expression)) {
    if (NEVER_CONSTANT.has(part.kind)) return false
    const called = analysis.expressions.functions.get(part)
    if (called && (!called.deterministic || called.kind !== 'scalar')) return false
  }
  return true
}

function coerceConstant(value: NonNullable<ConstantValue>, from: TrinoType, to: TrinoType): ConstantValue | undefined {
  if (to.kind === 'varchar' && from.kind === 'varchar') return value
  if (INTEGER_KINDS.has(from.kind) && INTEGER_KINDS.has(to.kind)) return value
  if (to.kind === 'double' || to.kind === 'real') return typeof value === 'boolean' ? undefined : Number(value)
  if (to.kind === from.kind && to.kind !== 'decimal') return value
  return undefined
}
