import type {
  AddColumnsStatement,
  ChangeColumnStatement,
  DropTableStatement,
  ReplaceColumnsStatement,
  SetLocationStatement,
  SetTablePropertiesStatement,
} from '../hive/nodes.ts'
import type { CatalogColumn, CatalogTable } from './catalog.ts'
import { catalogColumn, LAST_DDL_TIME, requireDistinct, requireS3Location } from './create-table.ts'
import { invalidColumn, partitionKeyIsColumn, tableNotFound, viewIsNoTable } from './ddl-errors.ts'
import { type HiveContext, nowSeconds, requireDatabase, requireTable, resolveTableName } from './hive-context.ts'
import { type HiveOutcome, NO_ROWS } from './hive-result.ts'
import { setPartitionLocation } from './partition-statements.ts'

export async function dropTable(statement: DropTableStatement, context: HiveContext): Promise<HiveOutcome> {
  const { database, name } = resolveTableName(statement.table, context)
  const table = await context.catalog.getTable(database, name)
  if (table === undefined) {
    if (statement.ifExists) return NO_ROWS
    await requireDatabase(database, context)
    throw tableNotFound(name)
  }
  if (table.tableType === 'VIRTUAL_VIEW') throw viewIsNoTable(name)
  await context.catalog.dropTable(database, name)
  return NO_ROWS
}

export async function setTableProperties(
  statement: SetTablePropertiesStatement,
  context: HiveContext,
): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  await update({ ...table, parameters: { ...table.parameters, ...statement.properties } }, context)
  return NO_ROWS
}

export async function setLocation(statement: SetLocationStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  const { newLocation: location } = statement
  requireS3Location(location)
  if (statement.partition !== undefined) return setPartitionLocation(statement, table, context)
  await update({ ...table, storageDescriptor: { ...table.storageDescriptor, location } }, context)
  return NO_ROWS
}

export async function addColumns(statement: AddColumnsStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  const columns = [...table.storageDescriptor.columns, ...statement.columns.map(catalogColumn)]
  await updateColumns(table, columns, context)
  return NO_ROWS
}

export async function replaceColumns(statement: ReplaceColumnsStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  await updateColumns(table, statement.columns.map(catalogColumn), context)
  return NO_ROWS
}

export async function changeColumn(statement: ChangeColumnStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  const columns = [...table.storageDescriptor.columns]
  const index = indexOfColumn(columns, statement.from, table)
  const known = columns[index]
  const changed: CatalogColumn = {
    ...(known?.comment === undefined ? {} : { comment: known.comment }),
    ...catalogColumn(statement.column),
  }
  if (statement.position === undefined) columns[index] = changed
  else {
    columns.splice(index, 1)
    const place = statement.position.kind === 'first' ? 0 : indexOfColumn(columns, statement.position.column, table) + 1
    columns.splice(place, 0, changed)
  }
  await updateColumns(table, columns, context)
  return NO_ROWS
}

function indexOfColumn(columns: readonly CatalogColumn[], name: string, table: CatalogTable): number {
  const index = columns.findIndex((column) => column.name === name)
  if (index === -1) throw invalidColumn(name, table.name)
  return index
}

async function updateColumns(
  table: CatalogTable,
  columns: readonly CatalogColumn[],
  context: HiveContext,
): Promise<void> {
  requireDistinct(columns)
  const keys = new Set(table.partitionKeys.map((key) => key.name))
  const repeated = columns.find((column) => keys.has(column.name))
  if (repeated !== undefined) throw partitionKeyIsColumn(repeated.name)
  await update({ ...table, storageDescriptor: { ...table.storageDescriptor, columns } }, context)
}

/** Every change of a table moves its time of change, as Hive's metastore does. */
async function update(table: CatalogTable, context: HiveContext): Promise<void> {
  const parameters = { ...table.parameters, [LAST_DDL_TIME]: String(nowSeconds(context)) }
  await context.catalog.updateTable({ ...table, parameters })
}
