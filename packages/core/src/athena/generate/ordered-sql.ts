import type { OrderingAnalysis } from '../analysis/analysis.ts'
import type { Generator } from './generator.ts'

/** ORDER BY, OFFSET and LIMIT behind a SELECT; empty where there is none of them. */
export function orderingClauses(ordering: OrderingAnalysis, terms: readonly string[]): string {
  const parts: string[] = []
  if (terms.length > 0) parts.push(` ORDER BY ${terms.join(', ')}`)
  if (ordering.limit !== undefined) parts.push(` LIMIT ${ordering.limit}`)
  if (ordering.offset !== undefined && ordering.offset > 0n) parts.push(` OFFSET ${ordering.offset}`)
  return parts.join('')
}

/** True where a query's order shows: it is the result's, or it decides which rows LIMIT and OFFSET take. */
export function isOrderingNeeded(ordering: OrderingAnalysis, isResult: boolean): boolean {
  return isResult || ordering.limit !== undefined || ordering.offset !== undefined
}

/**
 * FETCH FIRST n ROWS WITH TIES: the rows whose rank is at most n, after OFFSET. `sql` gives the columns and the sort keys,
 * named; `terms` sort by these names.
 */
export function withTiesSql(
  generator: Generator,
  sql: string,
  columns: readonly string[],
  terms: readonly string[],
  ordering: OrderingAnalysis,
): string {
  const order = terms.join(', ')
  const rank = generator.fresh('s')
  const skipped = ordering.offset ? ` ORDER BY ${order} OFFSET ${ordering.offset}` : ''
  const rows = `SELECT * FROM (${sql}) AS ${generator.fresh('q')}${skipped}`
  const ranked = `SELECT *, rank() OVER (ORDER BY ${order}) AS ${rank} FROM (${rows}) AS ${generator.fresh('q')}`
  return `SELECT ${columns.join(', ')} FROM (${ranked}) AS ${generator.fresh('q')} WHERE ${rank} <= ${ordering.limit ?? 0n} ORDER BY ${order}`
}
