import { NO_ORDERING } from '../analysis/analysis.ts'
import type { Query, QueryBody } from '../trino/nodes.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { isTarget, retargetedSql } from './coerced-sql.ts'
import { ExpressionEmitter } from './expression-emitter.ts'
import type { EmittedQuery, Generator, Target } from './generator.ts'
import { isOrderingNeeded, orderingClauses, withTiesSql } from './ordered-sql.ts'
import { tableQuerySql } from './relation-sql.ts'
import { selectSql } from './select-sql.ts'
import { setOperationSql } from './set-operation-sql.ts'
import { sortItemSql } from './sort-item.ts'
import { valuesSql } from './values-sql.ts'

/** SQL of a query: its body, sorted and cut. WITH queries are generated where they are used. */
export function emitQuery(generator: Generator, query: Query, target: Target): EmittedQuery {
  const ordering = generator.analysis.queries.ordering.get(query) ?? NO_ORDERING
  const isResult = target.isResult ?? false
  const hasOrdering = ordering.keys.length > 0 || ordering.limit !== undefined || ordering.offset !== undefined
  if (!hasOrdering || !isOrderingNeeded(ordering, isResult)) return emitBody(generator, query.body, target)
  const types = outputTypes(generator, query.body)
  const columns = generator.freshColumns(types.length)
  const body = emitBody(generator, query.body, { columns })
  const fields = generator.analysis.queries.outputs.get(query.body) ?? []
  generator.bindAll(fields, columns)
  const emitter = new ExpressionEmitter(generator, generator.context)
  const terms = ordering.keys.map(({ item, key }) => {
    if (key.kind === 'expression')
      return sortItemSql(item, emitter.typeOf(key.expression), emitter.emit(key.expression))
    return sortItemSql(item, types[key.index] as TrinoType, columns[key.index] as string)
  })
  if (ordering.withTies) {
    const sql = withTiesSql(generator, body.sql, columns, terms, ordering)
    return { sql: retargetedSql(generator, sql, columns, types, target), origins: [] }
  }
  const sql = `${retargetedSql(generator, body.sql, columns, types, target)}${orderingClauses(ordering, terms)}`
  return { sql, origins: [] }
}

/** SQL of a term of a set operation, or of a query without order. */
export function emitBody(generator: Generator, body: QueryBody, target: Target): EmittedQuery {
  switch (body.kind) {
    case 'query-specification':
      return selectSql(generator, body, target)
    case 'subquery-body':
      return emitQuery(generator, body.query, target)
    case 'table-query':
      return tableQuerySql(generator, body, target)
    case 'set-operation':
    case 'values':
      break
  }
  const types = outputTypes(generator, body)
  const isDirect = isTarget(types, target)
  const columns = isDirect ? target.columns : generator.freshColumns(types.length)
  const sql =
    body.kind === 'values'
      ? valuesSql(generator, body, columns)
      : setOperationSql(generator, body, types, columns, emitBody)
  return { sql: isDirect ? sql : retargetedSql(generator, sql, columns, types, target), origins: [] }
}

function outputTypes(generator: Generator, body: QueryBody): readonly TrinoType[] {
  return (generator.analysis.queries.outputs.get(body) ?? []).map(({ type }) => type)
}
