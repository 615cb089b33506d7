import type { Analysis, RecursionAnalysis } from '../analysis/analysis.ts'
import { columnsIn } from '../analysis/expression-signature.ts'
import { nodesBelow } from '../analysis/nodes-below.ts'
import type { Field } from '../analysis/scope.ts'
import { comparisonKey } from '../functions/operators.ts'
import { raiseTextSql } from '../functions/runtime-errors.ts'
import { quoteText } from '../functions/sql-text.ts'
import type { NamedQuery, Query, QueryBody } from '../trino/nodes.ts'
import { BOOLEAN } from '../types/trino-type.ts'
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
  const common = addCommonTable(generator, columns, sql)
  generator.commonTableOf.set(namedQuery, common)
  return common
}

/** How often the step is taken. Source: Trino, session property `max_recursion_depth`, which Athena does not let one set. */
const MAX_RECURSION_DEPTH = 10
const TOO_DEEP = `Recursion depth limit exceeded (${MAX_RECURSION_DEPTH}). Use 'max_recursion_depth' session property to modify the limit.`

/** Written out step by step, as Trino does it: so a step may be any query, and a recursion without end has one. */
function recursiveTable(generator: Generator, namedQuery: NamedQuery, recursion: RecursionAnalysis): CommonTable {
  const width = recursion.columns.length
  const types = recursion.columns.map(({ type }) => type)
  const addTable = (body: QueryBody): CommonTable => {
    const columns = generator.freshColumns(width)
    const { sql } = generator.emitBody(body, { columns, types })
    return addCommonTable(generator, columns, sql)
  }
  const levels = [addTable(recursion.anchor)]
  for (let depth = 0; depth <= MAX_RECURSION_DEPTH; depth += 1) {
    generator.recursionOf.set(namedQuery, levels[depth] as CommonTable)
    levels.push(addTable(recursion.step))
  }
  generator.recursionOf.delete(namedQuery)
  const tooDeep = levels.pop() as CommonTable
  const rows = levels.map(({ name }) => `SELECT * FROM ${name}`)
  // About a column, so that DuckDB cannot evaluate it where there is no row.
  const culprit = `left(coalesce(CAST(${tooDeep.columns[0]} AS VARCHAR), ''), 0)`
  const failure = raiseTextSql('NOT_SUPPORTED', `${quoteText(TOO_DEEP)} || ${culprit}`, BOOLEAN)
  const all = [...rows, `SELECT * FROM ${tooDeep.name} WHERE ${failure}`].join(' UNION ALL ')
  const columns = generator.freshColumns(width)
  const keys = types.map((type, index) => comparisonKey(type, columns[index] as string))
  const sql = recursion.distinct
    ? `SELECT DISTINCT ON (${keys.join(', ')}) * FROM (${all}) AS ${generator.fresh('q')}(${columns.join(', ')})`
    : all
  const common = addCommonTable(generator, columns, sql)
  generator.commonTableOf.set(namedQuery, common)
  return common
}

function addCommonTable(generator: Generator, columns: readonly string[], sql: string): CommonTable {
  const common: CommonTable = { name: generator.fresh('w'), columns }
  generator.commonTables.push(`${common.name}(${columns.join(', ')}) AS (${sql})`)
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
