import type { ResolvedFunction, ResolveFunction, SqlDialect } from '../functions/function-definition.ts'
import { functionKind, resolveFunction } from '../functions/registry.ts'
import type { Expression, Query } from '../trino/nodes.ts'
import type { Analysis } from './analysis.ts'
import { analyzeExpression } from './analyze-expression.ts'
import { analyzeBody, analyzeQuery as analyzeQueryNode } from './analyze-query.ts'
import { type AnalysisNotes, type Analyzer, emptyNotes } from './analyzer.ts'
import { nodesBelow } from './nodes-below.ts'
import { refuseOverflow } from './refuse-overflow.ts'
import type { Field } from './scope.ts'
import { semanticError } from './semantic-error.ts'
import { fetchTables, type TableCatalog } from './table-directory.ts'

export interface AnalyzeOptions {
  readonly catalog: TableCatalog
  readonly dialect: SqlDialect
  /** The database of unqualified names. */
  readonly database: string
  /** As errors print it; Athena's is `awsdatacatalog`. */
  readonly catalogName?: string | undefined
  /** `current_user`. */
  readonly user?: string | undefined
  /** The values of `?`, in order. */
  readonly parameters?: readonly Expression[] | undefined
  readonly resolveFunction?: ResolveFunction | undefined
  readonly functionKind?: ((name: string) => ResolvedFunction['kind'] | undefined) | undefined
}

export const ATHENA_CATALOG_NAME = 'awsdatacatalog'

/**
 * Finds out what a query means: the tables, columns and functions that its names stand for, the type of every expression,
 * and the columns of its result.
 *
 * @throws AthenaError with Trino's code, text and place for a query that means nothing.
 */
export async function analyzeQuery(query: Query, options: AnalyzeOptions): Promise<Analysis> {
  const database = options.database.toLowerCase()
  const catalogName = options.catalogName ?? ATHENA_CATALOG_NAME
  const tables = await fetchTables(query, database, options.catalog, catalogName)
  const notes = emptyNotes()
  const analyzer: Analyzer = {
    settings: {
      dialect: options.dialect,
      catalogName,
      user: options.user ?? 'user',
      parameters: options.parameters ?? [],
      resolveFunction: options.resolveFunction ?? resolveFunction,
      functionKind: options.functionKind ?? functionKind,
    },
    tables,
    notes,
    openViews: [],
    database,
    analyzeQuery: analyzeQueryNode,
    analyzeBody,
    analyzeExpression,
  }
  checkParameters(query, options.parameters ?? [])
  const fields = refuseOverflow(() => analyzeQueryNode(analyzer, query, undefined))
  return { query, dialect: options.dialect, columns: outputColumns(fields), ...notes, tables: tablesOf(notes) }
}

/** Each `?` has one value, and there is a `?` for each value. */
function checkParameters(query: Query, values: readonly Expression[]): void {
  const count = [...nodesBelow(query)].filter(({ kind }) => kind === 'parameter').length
  if (count === values.length) return
  const text = `Incorrect number of parameters: expected ${count} but found ${values.length}`
  throw semanticError('INVALID_PARAMETER_USAGE', query, text)
}

/** A column without a name is called `_col` and its position, from 0. */
function outputColumns(fields: readonly Field[]): Analysis['columns'] {
  return fields.map(({ name, type }, index) => ({ name: name ?? `_col${index}`, type }))
}

function tablesOf(notes: AnalysisNotes): Analysis['tables'] {
  return new Set(
    [...notes.queries.tableBindings.values()].flatMap((binding) =>
      binding.kind === 'table' || binding.kind === 'view' ? [binding.table] : [],
    ),
  )
}
