import type { PartitionPredicate } from '../scan/partition-predicate.ts'
import type { CatalogPartition, CatalogTable } from './catalog.ts'
import { lookupOf, partitionMatcher } from './evaluate-partition-predicate.ts'

/** The registered partitions of a table that rows passing the predicate can lie in. No predicate keeps all. */
export function prunePartitions(
  table: CatalogTable,
  partitions: readonly CatalogPartition[],
  predicate: PartitionPredicate | undefined,
): readonly CatalogPartition[] {
  const keys = table.partitionKeys
  const matches = partitionMatcher(predicate, keys)
  return partitions.filter((partition) => matches(lookupOf(keys, partition.values)))
}
