import { type Analysis, NO_ORDERING } from '../analysis/analysis.ts'
import type { Query, QueryBody, Relation, TableQuery, TableRelation } from '../trino/nodes.ts'

/**
 * How many rows of its table are enough for a query that only picks, computes and cuts rows: LIMIT and OFFSET without an
 * order, groups or joins. It is a hint for who reads the table: conditions may ask for more. Undefined where rows have to
 * be seen to the end, or nothing is cut.
 */
export function rowsEnough(query: Query, analysis: Analysis): number | undefined {
  const rows = rowsOfQuery(query, analysis)
  return rows === undefined || rows === Number.POSITIVE_INFINITY ? undefined : rows
}

/** Infinity where nothing is cut; undefined for a query that does more. */
function rowsOfQuery(query: Query, analysis: Analysis): number | undefined {
  return cutTo(analysis.queries.ordering.get(query) ?? NO_ORDERING, rowsOfBody(query.body, analysis))
}

function cutTo({ keys, withTies, limit, offset }: typeof NO_ORDERING, rows: number | undefined): number | undefined {
  if (rows === undefined || keys.length > 0 || withTies) return undefined
  return limit === undefined ? rows : Math.min(rows, Number(limit + (offset ?? 0n)))
}

function rowsOfBody(body: QueryBody, analysis: Analysis): number | undefined {
  switch (body.kind) {
    case 'query-specification': {
      const select = analysis.queries.specifications.get(body)
      if (!select || !body.from || body.distinct || select.aggregation || select.windowCalls.length > 0)
        return undefined
      return cutTo(select.ordering, rowsOfRelation(body.from, analysis))
    }
    case 'subquery-body':
      return rowsOfQuery(body.query, analysis)
    case 'table-query':
      return rowsOfTable(body, analysis)
    case 'set-operation':
    case 'values':
      return undefined
  }
}

function rowsOfRelation(relation: Relation, analysis: Analysis): number | undefined {
  switch (relation.kind) {
    case 'table':
      return rowsOfTable(relation, analysis)
    case 'aliased-relation':
      return rowsOfRelation(relation.relation, analysis)
    case 'subquery-relation':
      return rowsOfQuery(relation.query, analysis)
    case 'join':
    case 'unnest':
    case 'lateral':
    case 'values-relation':
    case 'sampled-relation':
    case 'unsupported-relation':
      return undefined
  }
}

function rowsOfTable(node: TableRelation | TableQuery, analysis: Analysis): number | undefined {
  const binding = analysis.queries.tableBindings.get(node)
  switch (binding?.kind) {
    case 'table':
      return Number.POSITIVE_INFINITY
    case 'view':
      return rowsOfQuery(binding.query, analysis)
    case 'named-query':
      return rowsOfQuery(binding.namedQuery.query, analysis)
    case 'recursive-reference':
    case 'virtual-table':
    case undefined:
      return undefined
  }
}
