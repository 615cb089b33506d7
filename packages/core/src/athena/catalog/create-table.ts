import { formatHiveType } from '../hive/hive-type.ts'
import type { CreateTableStatement, HiveColumn } from '../hive/nodes.ts'
import { parseS3Uri } from '../storage/s3-uri.ts'
import type { CatalogColumn, CatalogTable } from './catalog.ts'
import {
  duplicateColumn,
  icebergNotSupported,
  invalidColumn,
  invalidLocation,
  noLocation,
  onlyExternalTables,
  partitionKeyIsColumn,
} from './ddl-errors.ts'
import { type HiveContext, nowSeconds, requireDatabase, resolveTableName } from './hive-context.ts'
import { type HiveOutcome, NO_ROWS } from './hive-result.ts'
import { property } from './projection-config.ts'
import { storageFormat } from './storage-format.ts'

export async function createTable(statement: CreateTableStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = tableOf(statement, context)
  await requireDatabase(table.databaseName, context)
  const known = await context.catalog.getTable(table.databaseName, table.name)
  if (known === undefined || !statement.ifNotExists) await context.catalog.createTable(table)
  return NO_ROWS
}

/** What Athena writes into a new table's properties, as SHOW TBLPROPERTIES shows on real Athena. */
const EXTERNAL = 'EXTERNAL'
export const LAST_DDL_TIME = 'transient_lastDdlTime'

function tableOf(statement: CreateTableStatement, context: HiveContext): CatalogTable {
  const { database, name } = resolveTableName(statement.table, context)
  const location = requireLocation(statement)
  checkColumns(statement)
  const createTimeSeconds = nowSeconds(context)
  const table: CatalogTable = {
    databaseName: database,
    name,
    tableType: 'EXTERNAL_TABLE',
    ...(statement.comment === undefined ? {} : { description: statement.comment }),
    storageDescriptor: {
      columns: statement.columns.map(catalogColumn),
      location,
      ...storageFormat(statement),
      compressed: false,
      ...bucketsOf(statement),
    },
    partitionKeys: statement.partitionKeys.map(catalogColumn),
    parameters: { ...statement.properties, [EXTERNAL]: 'TRUE', [LAST_DDL_TIME]: String(createTimeSeconds) },
    createTimeSeconds,
  }
  if (property(table, 'table_type')?.toUpperCase() === 'ICEBERG') throw icebergNotSupported()
  return table
}

function bucketsOf({ buckets }: CreateTableStatement): Partial<CatalogTable['storageDescriptor']> {
  return buckets === undefined ? {} : { bucketColumns: buckets.columns, numberOfBuckets: buckets.count }
}

function requireLocation(statement: CreateTableStatement): string {
  const { tableLocation, external } = statement
  if (tableLocation === undefined) throw noLocation()
  const isIceberg = statement.properties.table_type?.toUpperCase() === 'ICEBERG'
  if (isIceberg || statement.partitionTransforms.length > 0) throw icebergNotSupported()
  if (!external) throw onlyExternalTables()
  requireS3Location(tableLocation)
  return tableLocation
}

export function requireS3Location(location: string): void {
  if (parseS3Uri(location) === undefined) throw invalidLocation(location)
}

export function catalogColumn(column: HiveColumn): CatalogColumn {
  const type = formatHiveType(column.type)
  return column.comment === undefined
    ? { name: column.name, type }
    : { name: column.name, type, comment: column.comment }
}

/** No name twice, none in the columns and the partition keys, and buckets of columns that are there. */
function checkColumns(statement: CreateTableStatement): void {
  requireDistinct(statement.columns)
  requireDistinct(statement.partitionKeys)
  const names = new Set(statement.columns.map((column) => column.name))
  const repeated = statement.partitionKeys.find((key) => names.has(key.name))
  if (repeated !== undefined) throw partitionKeyIsColumn(repeated.name)
  const unknown = statement.buckets?.columns.find((name) => !names.has(name))
  if (unknown !== undefined) throw invalidColumn(unknown, statement.table.name)
}

export function requireDistinct(columns: readonly { readonly name: string }[]): void {
  const names = new Set<string>()
  for (const { name } of columns) {
    if (names.has(name)) throw duplicateColumn(name)
    names.add(name)
  }
}
