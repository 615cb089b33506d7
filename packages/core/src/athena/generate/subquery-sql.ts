import { comparisonKey } from '../functions/operators.ts'
import type { Expression, InSubquery, QuantifiedComparison, Query, ScalarSubquery } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import type { ExpressionEmitter } from './expression-emitter.ts'
import { rowSql } from './row-sql.ts'

/** A subquery as a value. More than one row is an error that DuckDB raises. */
export function scalarSubquerySql(node: ScalarSubquery, { generator }: ExpressionEmitter): string {
  const width = generator.analysis.queries.outputs.get(node.query)?.length ?? 1
  const columns = generator.freshColumns(width)
  const sql = generator.querySql(node.query, columns)
  return width === 1 ? `(${sql})` : `(SELECT ${rowSql(columns)} FROM (${sql}) AS ${generator.fresh('q')})`
}

export function inSubquerySql(node: InSubquery, emitter: ExpressionEmitter): string {
  const type = emitter.typeOf(node.value)
  if (!isPlain(type)) return comparedSql(node, node.value, node.query, 'any', emitter)
  const { value, query } = keyedOperands(node.value, node.query, type, emitter)
  return `(${value} IN (${query}))`
}

export function quantifiedSql(node: QuantifiedComparison, emitter: ExpressionEmitter): string {
  const type = emitter.typeOf(node.value)
  if (!isPlain(type)) return comparedSql(node, node.value, node.query, node.quantifier, emitter)
  const { value, query } = keyedOperands(node.value, node.query, type, emitter)
  return `(${value} ${node.operator} ${node.quantifier.toUpperCase()} (${query}))`
}

/** Types that DuckDB compares as Trino does, or does so by their key. */
function isPlain(type: TrinoType): boolean {
  switch (type.kind) {
    case 'array':
    case 'map':
    case 'row':
    case 'char':
    case 'real':
    case 'double':
      return false
    default:
      return true
  }
}

function keyedOperands(
  value: Expression,
  query: Query,
  type: TrinoType,
  emitter: ExpressionEmitter,
): { readonly value: string; readonly query: string } {
  const { generator } = emitter
  const [column = 's'] = generator.freshColumns(1)
  const sql = generator.querySql(query, [column], generator.analysis.queries.outputCoercions.get(query))
  const key = comparisonKey(type, column)
  return {
    value: comparisonKey(type, emitter.emit(value)),
    query: key === column ? sql : `SELECT ${key} FROM (${sql}) AS ${generator.fresh('q')}`,
  }
}

/** IN and quantified comparison by their definition: what the comparisons with all rows answer together. */
function comparedSql(
  node: Expression,
  value: Expression,
  query: Query,
  quantifier: 'all' | 'any',
  emitter: ExpressionEmitter,
): string {
  const { generator } = emitter
  const width = generator.analysis.queries.outputs.get(query)?.length ?? 1
  const columns = generator.freshColumns(width)
  const sql = generator.querySql(query, columns, generator.analysis.queries.outputCoercions.get(query))
  const isSpread = emitter.typeOf(value).kind === 'row' && !(width === 1 && emitsRow(query, emitter))
  const right = isSpread ? rowSql(columns) : (columns[0] ?? 'NULL')
  const compared = emitter.operator(node).emit([emitter.emit(value), right], emitter.context)
  const [decisive, otherwise] = quantifier === 'any' ? ['outcome', 'true'] : ['NOT outcome', 'false']
  const rest = quantifier === 'any' ? 'false' : 'true'
  const verdict = `CASE WHEN count(*) FILTER (WHERE ${decisive}) > 0 THEN ${otherwise} WHEN count(*) > count(outcome) THEN NULL ELSE ${rest} END`
  return `(SELECT ${verdict} FROM (SELECT ${compared} AS outcome FROM (${sql}) AS ${generator.fresh('q')}) AS ${generator.fresh('q')})`
}

function emitsRow(query: Query, { generator }: ExpressionEmitter): boolean {
  return generator.analysis.queries.outputs.get(query)?.[0]?.type.kind === 'row'
}
