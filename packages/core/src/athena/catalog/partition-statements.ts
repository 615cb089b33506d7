import type {
  AddPartitionsStatement,
  DropPartitionsStatement,
  RenamePartitionStatement,
  SetLocationStatement,
  ShowPartitionsStatement,
} from '../hive/nodes.ts'
import type { CatalogPartition, CatalogTable } from './catalog.ts'
import { requireS3Location } from './create-table.ts'
import { notPartitioned, partitionAlreadyExists, partitionNotFound } from './ddl-errors.ts'
import { type HiveContext, requireTable } from './hive-context.ts'
import { type HiveOutcome, NO_ROWS, textOutcome } from './hive-result.ts'
import { formatSpec, partitionSelector, partitionValuesOf } from './partition-spec.ts'
import { asFolder, hivePartitionPath, partitionName } from './partition-values.ts'

export async function addPartitions(statement: AddPartitionsStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  const known = await context.catalog.listPartitions(table.databaseName, table.name)
  const added: CatalogPartition[] = []
  for (const { spec, partitionLocation } of statement.partitions) {
    const values = partitionValuesOf(table, spec)
    if (partitionLocation !== undefined) requireS3Location(partitionLocation)
    const isKnown = [...known, ...added].some(partitionSelector(table, spec))
    if (isKnown && statement.ifNotExists) continue
    if (isKnown) throw partitionAlreadyExists(formatSpec(spec))
    added.push({ values, location: partitionLocation ?? defaultLocation(table, values) })
  }
  await context.catalog.addPartitions(table.databaseName, table.name, added)
  return NO_ROWS
}

function defaultLocation(table: CatalogTable, values: readonly string[]): string {
  return asFolder(table.storageDescriptor.location) + hivePartitionPath(table.partitionKeys, values)
}

/** Nothing is dropped unless every clause names a partition that is there, or IF EXISTS was written. */
export async function dropPartitions(statement: DropPartitionsStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  const known = await context.catalog.listPartitions(table.databaseName, table.name)
  const dropped = new Set<CatalogPartition>()
  for (const spec of statement.partitions) {
    const selected = known.filter(partitionSelector(table, spec))
    if (selected.length === 0 && !statement.ifExists) throw partitionNotFound(formatSpec(spec))
    for (const partition of selected) dropped.add(partition)
  }
  for (const partition of dropped) {
    await context.catalog.dropPartition(table.databaseName, table.name, partition.values)
  }
  return NO_ROWS
}

export async function renamePartition(statement: RenamePartitionStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  partitionValuesOf(table, statement.from)
  const values = partitionValuesOf(table, statement.to)
  const known = await context.catalog.listPartitions(table.databaseName, table.name)
  const partition = known.find(partitionSelector(table, statement.from))
  if (partition === undefined) throw partitionNotFound(formatSpec(statement.from))
  await context.catalog.addPartitions(table.databaseName, table.name, [{ ...partition, values }])
  await context.catalog.dropPartition(table.databaseName, table.name, partition.values)
  return NO_ROWS
}

/** SET LOCATION of a partition; the one of a table is in table-statements. */
export async function setPartitionLocation(
  statement: SetLocationStatement,
  table: CatalogTable,
  context: HiveContext,
): Promise<HiveOutcome> {
  const { partition: spec, newLocation } = statement
  if (spec === undefined) return NO_ROWS
  partitionValuesOf(table, spec)
  const known = await context.catalog.listPartitions(table.databaseName, table.name)
  const partition = known.find(partitionSelector(table, spec))
  if (partition === undefined) throw partitionNotFound(formatSpec(spec))
  await context.catalog.dropPartition(table.databaseName, table.name, partition.values)
  await context.catalog.addPartitions(table.databaseName, table.name, [{ ...partition, location: newLocation }])
  return NO_ROWS
}

/** The registered partitions, in the order of their names; projected ones are not listed. */
export async function showPartitions(statement: ShowPartitionsStatement, context: HiveContext): Promise<HiveOutcome> {
  const table = await requireTable(statement.table, context)
  if (table.partitionKeys.length === 0) throw notPartitioned(table.name)
  const known = await context.catalog.listPartitions(table.databaseName, table.name)
  const selected =
    statement.partition === undefined ? known : known.filter(partitionSelector(table, statement.partition))
  const names = selected.map((partition) => partitionName(table.partitionKeys, partition.values)).sort()
  return textOutcome(['partition'], names, 0)
}
