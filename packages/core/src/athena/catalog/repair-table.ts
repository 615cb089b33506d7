import type { RepairTableStatement } from '../hive/nodes.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { CatalogPartition, CatalogTable } from './catalog.ts'
import { noPathOfView } from './ddl-errors.ts'
import { type HiveContext, requireDatabase, resolveTableName } from './hive-context.ts'
import { type HiveOutcome, textOutcome } from './hive-result.ts'
import { asFolder, partitionName, unescapePathName } from './partition-values.ts'

/**
 * MSCK REPAIR TABLE: adds the partitions whose folders lie below the table's location in Hive's layout (`key=value/`, in the
 * order of the keys). It removes none, and passes over folders with another name, hidden ones, and those with a colon in
 * their name. The rows are Hive's report; without anything to report there is none.
 * Source: Amazon Athena User Guide, "MSCK REPAIR TABLE".
 */
export async function repairTable(statement: RepairTableStatement, context: HiveContext): Promise<HiveOutcome> {
  const { database, name } = resolveTableName(statement.table, context)
  await requireDatabase(database, context)
  const table = await context.catalog.getTable(database, name)
  if (table === undefined) return report([`Tables not in metastore:\t${name}`])
  if (table.tableType === 'VIRTUAL_VIEW') throw noPathOfView()
  if (!(await hasObjects(context.store, asFolder(table.storageDescriptor.location)))) {
    return report([`Tables missing on filesystem:\t${name}`])
  }
  if (table.partitionKeys.length === 0) return report([])
  return report(await repairPartitions(table, context))
}

async function repairPartitions(table: CatalogTable, context: HiveContext): Promise<readonly string[]> {
  const known = await context.catalog.listPartitions(table.databaseName, table.name)
  const knownValues = new Set(known.map((partition) => JSON.stringify(partition.values)))
  const found = await findPartitions(table, context.store)
  const added = found.filter((partition) => !knownValues.has(JSON.stringify(partition.values)))
  const missing: CatalogPartition[] = []
  for (const partition of known) {
    if (!(await hasObjects(context.store, asFolder(partition.location)))) missing.push(partition)
  }
  await context.catalog.addPartitions(table.databaseName, table.name, added)
  const names = (partitions: readonly CatalogPartition[]): readonly string[] =>
    partitions.map((partition) => `${table.name}:${partitionName(table.partitionKeys, partition.values)}`)
  return [
    ...summary('Partitions not in metastore:', names(added)),
    ...summary('Partitions missing from filesystem:', names(missing)),
    ...names(added).map((partition) => `Repair: Added partition to metastore ${partition}`),
  ]
}

function summary(title: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [[title, ...names].join('\t')]
}

function report(lines: readonly string[]): HiveOutcome {
  return textOutcome([], lines)
}

async function findPartitions(table: CatalogTable, store: ObjectStore): Promise<readonly CatalogPartition[]> {
  let level: readonly CatalogPartition[] = [{ values: [], location: asFolder(table.storageDescriptor.location) }]
  for (const key of table.partitionKeys) {
    const next: CatalogPartition[] = []
    for (const parent of level) {
      for await (const location of store.listPrefixes(parent.location)) {
        const value = folderValue(location.slice(parent.location.length, -1), key.name)
        if (value !== undefined) next.push({ values: [...parent.values, value], location })
      }
    }
    level = next
  }
  return level
}

function folderValue(folder: string, key: string): string | undefined {
  if (folder.includes(':') || !folder.startsWith(`${key}=`)) return undefined
  const value = folder.slice(key.length + 1)
  return value === '' ? undefined : unescapePathName(value)
}

async function hasObjects(store: ObjectStore, prefix: string): Promise<boolean> {
  for await (const _object of store.list(prefix)) return true
  return false
}
