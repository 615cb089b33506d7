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

/** Sets are searched as Trino's are: by identity, for which a NaN equals itself. */
export function inSubquerySql(node: InSubquery, emitter: ExpressionEmitter): string {
  const { value, query } = keyedOperands(node.value, node.query, emitter)
  return `(${value} IN (${query}))`
}

export function quantifiedSql(node: QuantifiedComparison, emitter: ExpressionEmitter): string {
  const { operator, quantifier } = node
  const isMembership = (operator === '=' && quantifier === 'any') || (operator === '<>' && quantifier === 'all')
  if (!isMembership && !isPlain(emitter.typeOf(node.value))) return comparedSql(node, emitter)
  const { value, query } = keyedOperands(node.value, node.query, emitter)
  return `(${value} ${operator} ${quantifier.toUpperCase()} (${query}))`
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

/** A subquery's SQL, and what of its rows is compared: the one column, or a row of all if the value is a row. */
function comparedRows(
  value: Expression,
  query: Query,
  emitter: ExpressionEmitter,
): { readonly sql: string; readonly row: string } {
  const { generator } = emitter
  const columns = generator.freshColumns(generator.analysis.queries.outputs.get(query)?.length ?? 1)
  const sql = generator.querySql(query, columns, generator.analysis.queries.outputCoercions.get(query))
  return { sql, row: emitter.typeOf(value).kind === 'row' ? rowSql(columns) : (columns[0] ?? 'NULL') }
}

function keyedOperands(
  value: Expression,
  query: Query,
  emitter: ExpressionEmitter,
): { readonly value: string; readonly query: string } {
  const type = emitter.typeOf(value)
  const { sql, row } = comparedRows(value, query, emitter)
  const key = comparisonKey(type, row)
  const isBare = key === row && type.kind !== 'row'
  return {
    value: comparisonKey(type, emitter.emit(value)),
    query: isBare ? sql : `SELECT ${key} FROM (${sql}) AS ${emitter.generator.fresh('q')}`,
  }
}

/** A quantified comparison by its definition: what the comparisons with all rows answer together. */
function comparedSql(node: QuantifiedComparison, emitter: ExpressionEmitter): string {
  const { generator } = emitter
  const { sql, row } = comparedRows(node.value, node.query, emitter)
  const compared = emitter.operator(node).emit([emitter.emit(node.value), row], emitter.context)
  const isAny = node.quantifier === 'any'
  const decides = isAny ? 'outcome' : 'NOT outcome'
  const verdict = `CASE WHEN count(*) FILTER (WHERE ${decides}) > 0 THEN ${isAny} WHEN count(*) > count(outcome) THEN NULL ELSE ${!isAny} END`
  const rows = `SELECT ${compared} AS outcome FROM (${sql}) AS ${generator.fresh('q')}`
  return `(SELECT ${verdict} FROM (${rows}) AS ${generator.fresh('q')})`
}
