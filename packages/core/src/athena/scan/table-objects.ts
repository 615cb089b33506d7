import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { asFolder } from '../catalog/partition-values.ts'
import { tablePartitions } from '../catalog/table-partitions.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import { compareKeys } from '../storage/s3-uri.ts'
import { mapInOrder } from './map-in-order.ts'
import type { ScanObject } from './object-column.ts'
import type { PartitionPredicate } from './partition-predicate.ts'

/** Where tables are, and when it is. */
export interface TableContext {
  readonly catalog: Catalog
  readonly store: ObjectStore
  readonly nowMillis: number
}

/** Prefixes that are listed at the same time. */
const LISTINGS_AT_ONCE = 16

/**
 * The objects of a table in the partitions that the predicate leaves, in the order of partitions and keys. Folders below a
 * location are read too; names that begin with `_` or `.` are hidden.
 * Source: Amazon Athena User Guide, "Table location in Amazon S3"; Trino, hive connector.
 */
export async function tableObjects(
  { catalog, store, nowMillis }: TableContext,
  table: CatalogTable,
  predicate: PartitionPredicate | undefined,
): Promise<readonly ScanObject[]> {
  const partitions = await tablePartitions(catalog, table, predicate, nowMillis)
  const listed = await mapInOrder(partitions, LISTINGS_AT_ONCE, async ({ values, location }) => {
    const prefix = asFolder(location)
    const objects: ScanObject[] = []
    for await (const object of store.list(prefix)) {
      if (!isHidden(object.uri, prefix)) objects.push({ object, partitionValues: values })
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
  return countVisible(await urisBelow(store, prefix), prefix)
}

/**
 * The same objects by their URIs alone, and the same count, both from one listing of the table's location. Undefined where
 * the store has no such listing, or partitions lie elsewhere.
 */
export async function tableUris(
  { catalog, store, nowMillis }: TableContext,
  table: CatalogTable,
  predicate: PartitionPredicate | undefined,
): Promise<{ readonly objects: readonly ScanObject[]; readonly objectsTotal: number } | undefined> {
  if (!store.listUris) return undefined
  const tablePrefix = asFolder(table.storageDescriptor.location)
  const partitions = await tablePartitions(catalog, table, predicate, nowMillis)
  if (!partitions.every(({ location }) => asFolder(location).startsWith(tablePrefix))) return undefined
  const uris = await urisBelow(store, tablePrefix)
  const objects: ScanObject[] = []
  for (const { values, location } of partitions) {
    const prefix = asFolder(location)
    for (let place = firstNotBelow(uris, prefix); uris[place]?.startsWith(prefix); place += 1) {
      const uri = uris[place] as string
      if (!isHidden(uri, prefix)) objects.push({ object: { uri }, partitionValues: values })
    }
  }
  return { objects, objectsTotal: countVisible(uris, tablePrefix) }
}

async function urisBelow(store: ObjectStore, prefix: string): Promise<readonly string[]> {
  const uris: string[] = []
  if (store.listUris) {
    for await (const page of store.listUris(prefix)) uris.push(...page)
  } else for await (const { uri } of store.list(prefix)) uris.push(uri)
  return uris
}

/** The place of the first of the sorted URIs that does not stand before a text. */
function firstNotBelow(uris: readonly string[], text: string): number {
  let low = 0
  let high = uris.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(uris[middle] as string, text) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function countVisible(uris: readonly string[], prefix: string): number {
  let count = 0
  for (const uri of uris) if (!isHidden(uri, prefix)) count += 1
  return count
}

/** Of a URI outside of the prefix, as files have that were named by their path, only the name counts. */
function isHidden(uri: string, prefix: string): boolean {
  const path = uri.startsWith(prefix) ? uri.slice(prefix.length) : uri.slice(uri.lastIndexOf('/') + 1)
  // A folder's own marker has no rows.
  return path === '' || path.endsWith('/') || HIDDEN_PART.test(path)
}

const HIDDEN_PART = /(?:^|\/)[_.]/
