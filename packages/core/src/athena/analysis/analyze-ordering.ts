import { formatExpression } from '../trino/format-expression.ts'
import type { Expression, Limit, Query, QuerySpecification, SortItem } from '../trino/nodes.ts'
import { isOrderable } from '../types/coercion.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import type { OrderingAnalysis, SortKey } from './analysis.ts'
import type { Analyzer } from './analyzer.ts'
import { EMPTY_SCOPE, type Field, type Scope } from './scope.ts'
import { semanticError } from './semantic-error.ts'

export interface Ordering {
  readonly node: Query | QuerySpecification
  readonly orderBy: readonly SortItem[]
  readonly offset: Expression | undefined
  readonly limit: Limit | undefined
}

/** ORDER BY, OFFSET and LIMIT. `scope` has the output's columns first, then for a SELECT those of FROM. */
export function analyzeOrdering(
  analyzer: Analyzer,
  ordering: Ordering,
  outputs: readonly Field[],
  scope: Scope,
): OrderingAnalysis {
  const keys = ordering.orderBy.map((item) => analyzeSortItem(analyzer, ordering.node, item, outputs, scope))
  const { limit } = ordering
  const offset = ordering.offset && rowCount(analyzer, ordering.offset, 'OFFSET')
  const count = limit?.rowCount && limitCount(analyzer, limit, limit.rowCount)
  if (limit?.withTies && keys.length === 0) {
    throw semanticError('MISSING_ORDER_BY', limit, 'FETCH FIRST WITH TIES clause requires ORDER BY')
  }
  return { keys, offset, limit: count, withTies: limit?.withTies ?? false }
}

function analyzeSortItem(
  analyzer: Analyzer,
  node: Query | QuerySpecification,
  item: SortItem,
  outputs: readonly Field[],
  scope: Scope,
): SortKey {
  const { key } = item
  if (key.kind === 'long') {
    const field = key.value >= 1n ? outputs[Number(key.value) - 1] : undefined
    if (!field) {
      throw semanticError('INVALID_COLUMN_REFERENCE', key, `ORDER BY position ${key.value} is not in select list`)
    }
    requireOrderable(node, field, `FieldReference (${Number(key.value) - 1})`)
    return { item, key: { kind: 'output', index: Number(key.value) - 1 } }
  }
  const type = analyzer.analyzeExpression(analyzer, key, scope)
  requireOrderable(node, { type }, formatExpression(key))
  const field = analyzer.notes.expressions.columns.get(key)
  const index = field ? outputs.indexOf(field) : -1
  return { item, key: index >= 0 ? { kind: 'output', index } : { kind: 'expression', expression: key } }
}

function requireOrderable(node: Query | QuerySpecification, { type }: Pick<Field, 'type'>, text: string): void {
  if (isOrderable(type)) return
  const message = `Type ${formatTrinoType(type)} is not orderable, and therefore cannot be used in ORDER BY: ${text}`
  throw semanticError('TYPE_MISMATCH', node, message)
}

function limitCount(analyzer: Analyzer, limit: Limit, count: Expression): bigint {
  const value = rowCount(analyzer, count, 'LIMIT')
  if (value > 0n || !limit.isFetch) return value
  throw semanticError(
    'NUMERIC_VALUE_OUT_OF_RANGE',
    limit,
    `FETCH FIRST row count must be positive (actual value: ${value})`,
  )
}

/** A row count: a number, or a `?` for one. */
function rowCount(analyzer: Analyzer, expression: Expression, clause: string): bigint {
  if (expression.kind === 'long') return expression.value
  if (expression.kind === 'parameter') {
    analyzer.analyzeExpression(analyzer, expression, EMPTY_SCOPE)
    const value = analyzer.notes.expressions.parameters.get(expression)
    if (value?.kind === 'long' && value.value >= 0n) return value.value
  }
  throw semanticError('TYPE_MISMATCH', expression, `${clause} row count must be a non-negative integer`)
}
