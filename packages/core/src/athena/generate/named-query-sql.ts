import type { Analysis, RecursionAnalysis } from '../analysis/analysis.ts'
import { columnsIn } from '../analysis/expression-signature.ts'
import { nodesBelow } from '../analysis/nodes-below.ts'
import type { Field } from '../analysis/scope.ts'
import type { NamedQuery, Query } from '../trino/nodes.ts'
import type { CommonTable, Generator } from './generator.ts'

/**
 * The common table that a WITH query becomes; undefined for one that is better written out where it is used: used once,
 * conditions and limits reach its tables.
 */
export function namedQuerySql(generator: Generator, namedQuery: NamedQuery): CommonTable | undefined {
  const inRecursion = generator.recursionOf.get(namedQuery)
  if (inRecursion) return inRecursion
  const known = generator.commonTableOf.get(namedQuery)
  if (known) return known
  const recursion = generator.analysis.queries.recursions.get(namedQuery)
  if (recursion) return recursiveTable(generator, namedQuery, recursion)
  if (usesOf(namedQuery, generator.analysis) < 2 || namesOuterColumns(namedQuery.query, generator.analysis))
    return undefined
  const columns = generator.freshColumns(generator.analysis.queries.outputs.get(namedQuery.query)?.length ?? 0)
  const { sql } = generator.emitQuery(namedQuery.query, { columns })
  const common: CommonTable = { name: generator.fresh('w'), columns }
  generator.commonTables.push(`${common.name}(${columns.join(', ')}) AS (${sql})`)
  generator.commonTableOf.set(namedQuery, common)
  return common
}

function recursiveTable(generator: Generator, namedQuery: NamedQuery, recursion: RecursionAnalysis): CommonTable {
  const columns = generator.freshColumns(recursion.columns.length)
  const common: CommonTable = { name: generator.fresh('w'), columns }
  const types = recursion.columns.map(({ type }) => type)
  const anchor = generator.emitBody(recursion.anchor, { columns, types }).sql
  generator.recursionOf.set(namedQuery, common)
  const step = generator.emitBody(recursion.step, { columns: generator.freshColumns(columns.length), types }).sql
  generator.recursionOf.delete(namedQuery)
  generator.commonTableOf.set(namedQuery, common)
  generator.isRecursive = true
  const union = recursion.distinct ? 'UNION' : 'UNION ALL'
  generator.commonTables.push(`${common.name}(${columns.join(', ')}) AS ((${anchor}) ${union} (${step}))`)
  return common
}

function usesOf(namedQuery: NamedQuery, { queries }: Analysis): number {
  return [...queries.tableBindings.values()].filter(
    (binding) => binding.kind === 'named-query' && binding.namedQuery === namedQuery,
  ).length
}

/** True for a query that is correlated: it can only stand where the columns are that it names. */
function namesOuterColumns(query: Query, analysis: Analysis): boolean {
  const own = new Set<Field>()
  for (const node of nodesBelow(query)) {
    const fields =
      analysis.queries.relationFields.get(node as never) ?? analysis.queries.outputs.get(node as never) ?? []
    for (const field of fields) own.add(field)
  }
  for (const { field } of columnsIn(query, analysis)) {
    if (!own.has(field) && !field.isLambdaParameter) return true
  }
  return false
}
