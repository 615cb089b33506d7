import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { asFolder } from '../catalog/partition-values.ts'
import { tablePartitions } from '../catalog/table-partitions.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { mapInOrder } from './map-in-order.ts'
import type { ScanObject } from './object-column.ts'
import type { PartitionPredicate } from './partition-predicate.ts'

/** Prefixes that are listed at the same time. */
const LISTINGS_AT_ONCE = 16

/**
 * The objects of a table in the partitions that the predicate leaves, in the order of partitions and keys. Folders below a
 * location are read too; names that begin with `_` or `.` are hidden.
 * Source: Amazon Athena User Guide, "Table location in Amazon S3"; Trino, hive connector.
 */
export async function tableObjects(
  catalog: Catalog,
  store: ObjectStore,
  table: CatalogTable,
  predicate: PartitionPredicate | undefined,
  nowMillis: number,
): Promise<readonly ScanObject[]> {
  const partitions = await tablePartitions(catalog, table, predicate, nowMillis)
  const listed = await mapInOrder(partitions, LISTINGS_AT_ONCE, async ({ values, location }) => {
    const prefix = asFolder(location)
    const objects: ScanObject[] = []
    for await (const object of store.list(prefix)) {
      if (!isHidden(object.uri.startsWith(prefix) ? object.uri.slice(prefix.length) : baseName(object.uri))) {
        objects.push({ object, partitionValues: values })
      }
    }
    return objects
  })
  return listed.flat()
}

/**
 * How many objects the whole table has, pruned partitions with it: those below the table's own location. Listing costs
 * little but in a remote store, where it costs requests: there the answer is 0, and what was listed for the query is all
 * that is known.
 */
export async function countTableObjects(store: ObjectStore, table: CatalogTable): Promise<number> {
  if (store.readableDirectories.length === 0) return 0
  const prefix = asFolder(table.storageDescriptor.location)
  let count = 0
  for await (const object of store.list(prefix)) {
    if (!isHidden(object.uri.startsWith(prefix) ? object.uri.slice(prefix.length) : baseName(object.uri))) count += 1
  }
  return count
}

/** A folder's own marker counts as hidden: it has no rows. */
function isHidden(path: string): boolean {
  return (
    path === '' || path.endsWith('/') || path.split('/').some((part) => part.startsWith('_') || part.startsWith('.'))
  )
}

function baseName(uri: string): string {
  return uri.slice(uri.lastIndexOf('/') + 1)
}
