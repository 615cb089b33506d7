import type { HiveTableName } from '../hive/nodes.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { Catalog, CatalogTable } from './catalog.ts'
import { databaseNotFound, otherCatalog, tableNotFound } from './ddl-errors.ts'

/** What a statement of the Hive family runs on. */
export interface HiveContext {
  readonly catalog: Catalog
  /** Where MSCK REPAIR TABLE looks for partitions. */
  readonly store: ObjectStore
  /** The database of unqualified names. */
  readonly database: string
  /** The injected clock. */
  readonly nowMillis: () => number
}

const CATALOG_NAME = 'awsdatacatalog'

export interface ResolvedTableName {
  readonly database: string
  readonly name: string
}

export function resolveTableName(table: HiveTableName, context: HiveContext): ResolvedTableName {
  if (table.catalog !== undefined && table.catalog !== CATALOG_NAME) throw otherCatalog(table.catalog)
  return { database: table.database ?? context.database, name: table.name }
}

export async function requireDatabase(name: string, context: HiveContext): Promise<void> {
  if ((await context.catalog.getDatabase(name)) === undefined) throw databaseNotFound(name)
}

/** The table or view of that name. Throws DDL_FAILED with Athena's text where there is none, or no such database. */
export async function requireTable(name: HiveTableName, context: HiveContext): Promise<CatalogTable> {
  const resolved = resolveTableName(name, context)
  await requireDatabase(resolved.database, context)
  const table = await context.catalog.getTable(resolved.database, resolved.name)
  if (table === undefined) throw tableNotFound(resolved.name)
  return table
}

export function nowSeconds(context: HiveContext): number {
  return Math.floor(context.nowMillis() / 1000)
}
