import { executeHiveStatement } from '../catalog/execute-hive-statement.ts'
import { parseHiveStatement } from '../hive/parse.ts'
import type { QueryResult } from '../result.ts'
import type { StatementContext } from './query-session.ts'
import { TextResult } from './text-result.ts'
import { utilityColumn } from './utility-columns.ts'

/** Runs a statement of the Hive family on the catalogue. */
export async function runHiveStatement(sql: string, context: StatementContext): Promise<QueryResult> {
  const { session, database, nowMillis } = context
  const result = await executeHiveStatement(parseHiveStatement(sql), {
    catalog: session.catalog,
    store: session.store,
    database,
    nowMillis: () => nowMillis,
  })
  const columns = result.columns.map(({ name, type }) => utilityColumn(name, type))
  return new TextResult(result, columns, result.rows, result.updateCount)
}
