import { resolveComparison } from '../functions/operators.ts'
import type { Expression, InSubquery, QuantifiedComparison, Query, ScalarSubquery } from '../trino/nodes.ts'
import { commonSuperType, isComparable, isOrderable } from '../types/coercion.ts'
import { BOOLEAN, formatTrinoType, type RowField, type TrinoType } from '../types/trino-type.ts'
import type { ExpressionContext } from './expression-context.ts'
import { semanticError } from './semantic-error.ts'
import { coerce } from './type-unification.ts'

/** A subquery as a value: that of its one column, or a row of all of them. */
export function analyzeScalarSubquery(node: ScalarSubquery, { analyzer, scope }: ExpressionContext): TrinoType {
  const fields = analyzer.analyzeQuery(analyzer, node.query, scope)
  const [only] = fields
  if (only && fields.length === 1) return only.type
  return { kind: 'row', fields: fields.map(({ name, type }): RowField => ({ name: name?.toLowerCase(), type })) }
}

export function analyzeInSubquery(node: InSubquery, context: ExpressionContext): TrinoType {
  matchSubquery(node, node.value, node.query, context)
  return BOOLEAN
}

export function analyzeQuantified(node: QuantifiedComparison, context: ExpressionContext): TrinoType {
  const type = matchSubquery(node, node.value, node.query, context)
  const isEquality = node.operator === '=' || node.operator === '<>'
  const fits = isEquality ? isComparable(type) : isOrderable(type)
  if (!fits) {
    const what = isEquality ? 'comparable' : 'orderable'
    const text = `Type [${formatTrinoType(type)}] must be ${what} in order to be used in quantified comparison`
    throw semanticError('TYPE_MISMATCH', node, text)
  }
  context.analyzer.notes.expressions.operators.set(node, resolveComparison(node.operator, type, type))
  return BOOLEAN
}

/**
 * Unifies a value with the columns of a subquery: one column, or those of a row. Both sides are coerced; gives the type of
 * the value then.
 */
function matchSubquery(
  node: Expression,
  value: Expression,
  query: Query,
  { analyzer, scope, analyze }: ExpressionContext,
): TrinoType {
  const { notes } = analyzer
  const valueType = analyze(value)
  const fields = analyzer.analyzeQuery(analyzer, query, scope)
  // A row is compared to as many columns as it has fields.
  const isSpread = valueType.kind === 'row'
  const left: TrinoType = isSpread ? valueType : { kind: 'row', fields: [{ type: valueType }] }
  const right: TrinoType = { kind: 'row', fields: fields.map(({ type }) => ({ type })) }
  const common = commonSuperType(left, right)
  if (common?.kind !== 'row') {
    const text = `Value expression and result of subquery must be of the same type: ${formatTrinoType(left)} vs ${formatTrinoType(right)}`
    throw semanticError('TYPE_MISMATCH', node, text)
  }
  const types = common.fields.map(({ type }) => type)
  notes.queries.outputCoercions.set(query, types)
  const [first] = types
  const unified = isSpread || !first ? common : first
  coerce(notes, value, unified)
  if (node.kind === 'in-subquery') {
    if (!isComparable(unified)) {
      const text = `Type [${formatTrinoType(unified)}] must be comparable in order to be used in IN predicate`
      throw semanticError('TYPE_MISMATCH', node, text)
    }
    notes.expressions.operators.set(node, resolveComparison('=', unified, unified))
  }
  return unified
}
