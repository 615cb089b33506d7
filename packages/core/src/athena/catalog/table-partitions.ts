import type { PartitionPredicate } from '../scan/partition-predicate.ts'
import type { Catalog, CatalogPartition, CatalogTable } from './catalog.ts'
import { projectPartitions } from './partition-projection.ts'
import { isProjected } from './projection-config.ts'
import { prunePartitions } from './prune-partitions.ts'

/**
 * Where a scan of the table has to look: the projected partitions, or the registered ones, that the predicate leaves; for a
 * table without partition keys one partition without values, which is the table's own location.
 */
export async function tablePartitions(
  catalog: Catalog,
  table: CatalogTable,
  predicate: PartitionPredicate | undefined,
  nowMillis: number,
): Promise<readonly CatalogPartition[]> {
  if (table.partitionKeys.length === 0) return [{ values: [], location: table.storageDescriptor.location }]
  if (isProjected(table)) return projectPartitions(table, predicate, nowMillis)
  return prunePartitions(table, await catalog.listPartitions(table.databaseName, table.name), predicate)
}
