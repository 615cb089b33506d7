import type {
  ShowColumnsStatement,
  ShowCreateTableStatement,
  ShowTablePropertiesStatement,
  ShowTablesStatement,
  ShowViewsStatement,
} from '../hive/nodes.ts'
import { createTableText } from './create-table-text.ts'
import { padField } from './describe-field.ts'
import { type HiveContext, requireDatabase, requireTable } from './hive-context.ts'
import { matchHiveName } from './hive-name-pattern.ts'
import { type HiveOutcome, textOutcome } from './hive-result.ts'
import { createViewText, describeView } from './views.ts'

/** Tables and views. */
export async function showTables(statement: ShowTablesStatement, context: HiveContext): Promise<HiveOutcome> {
  return textOutcome(['tab_name'], await listNames(statement, context, () => true), 0)
}

export async function showViews(statement: ShowViewsStatement, context: HiveContext): Promise<HiveOutcome> {
  return textOutcome(['views'], await listNames(statement, context, (type) => type === 'VIRTUAL_VIEW'), 0)
}

async function listNames(
  statement: ShowTablesStatement | ShowViewsStatement,
  context: HiveContext,
  isListed: (tableType: string) => boolean,
): Promise<readonly string[]> {
  const database = statement.database ?? context.database
  await requireDatabase(database, context)
  const tables = await context.catalog.listTables(database)
  return tables
    .filter((table) => isListed(table.tableType))
    .map((table) => table.name)
    .filter(matchHiveName(statement.pattern))
}

export async function showColumns(statement: ShowColumnsStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  if (table.tableType === 'VIRTUAL_VIEW') return describeView(table)
  const columns = [...table.storageDescriptor.columns, ...table.partitionKeys]
  return textOutcome(
    ['field'],
    columns.map((column) => padField(column.name)),
    0,
  )
}

export async function showCreateTable(statement: ShowCreateTableStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  const text = table.tableType === 'VIRTUAL_VIEW' ? createViewText(table) : createTableText(table)
  return textOutcome(['createtab_stmt'], text.split('\n'))
}

export async function showTableProperties(
  statement: ShowTablePropertiesStatement,
  context: HiveContext,
): Promise<HiveOutcome> {
  const { name, parameters } = await requireTable(statement.table, context)
  const { property } = statement
  const rows =
    property === undefined
      ? Object.keys(parameters)
          .sort()
          .map((key) => [key, parameters[key] ?? ''])
      : [[parameters[property] ?? `Table ${name} does not have property: ${property}`]]
  return { ...textOutcome(['prpt_name', 'prpt_value'], [], 0), rows }
}
