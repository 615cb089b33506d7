import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { HIVE_DEFAULT_PARTITION } from '../catalog/partition-values.ts'
import { hiveTypeToTrino } from '../types/resolve-type.ts'
import { BIGINT, formatTrinoType, type TrinoType, VARCHAR } from '../types/trino-type.ts'

/** A table whose rows are the catalogue's own data. */
export interface VirtualTable {
  readonly columns: readonly { readonly name: string; readonly type: TrinoType }[]
  /** Values as texts that a cast to the column's type reads. */
  readonly rows: readonly (readonly (string | null)[])[]
}

export const INFORMATION_SCHEMA = 'information_schema'
const PARTITIONS_SUFFIX = '$partitions'

type MetadataCatalog = Pick<Catalog, 'getTable' | 'listDatabases' | 'listTables' | 'listPartitions'>

/**
 * `information_schema.tables` and its like, and `"table$partitions"`. Sources: Trino documentation, "Information schema" and
 * Hive connector, "Metadata tables"; Athena User Guide, "Query the AWS Glue Data Catalog".
 */
export async function virtualTable(
  catalog: MetadataCatalog,
  catalogName: string,
  database: string,
  name: string,
): Promise<VirtualTable | undefined> {
  if (database === INFORMATION_SCHEMA) {
    return Object.hasOwn(INFORMATION_TABLES, name) ? await INFORMATION_TABLES[name]?.(catalog, catalogName) : undefined
  }
  if (!name.endsWith(PARTITIONS_SUFFIX)) return undefined
  const table = await catalog.getTable(database, name.slice(0, -PARTITIONS_SUFFIX.length))
  return table && table.partitionKeys.length > 0 ? await partitionsOf(catalog, table) : undefined
}

async function partitionsOf(catalog: MetadataCatalog, table: CatalogTable): Promise<VirtualTable> {
  const partitions = await catalog.listPartitions(table.databaseName, table.name)
  return {
    columns: table.partitionKeys.map(({ name, type }) => ({ name, type: hiveTypeToTrino(type) })),
    rows: partitions.map(({ values }) => values.map((value) => (value === HIVE_DEFAULT_PARTITION ? null : value))),
  }
}

const INFORMATION_TABLES: Readonly<
  Record<string, (catalog: MetadataCatalog, catalogName: string) => Promise<VirtualTable>>
> = {
  async schemata(catalog, catalogName) {
    const databases = await catalog.listDatabases()
    return {
      columns: texts('catalog_name', 'schema_name'),
      rows: [...databases.map(({ name }) => name), INFORMATION_SCHEMA].map((name) => [catalogName, name]),
    }
  },
  async tables(catalog, catalogName) {
    const tables = await allTables(catalog)
    return {
      columns: texts('table_catalog', 'table_schema', 'table_name', 'table_type'),
      rows: tables.map((table) => [
        catalogName,
        table.databaseName,
        table.name,
        table.tableType === 'VIRTUAL_VIEW' ? 'VIEW' : 'BASE TABLE',
      ]),
    }
  },
  async views(catalog, catalogName) {
    const views = (await allTables(catalog)).filter(({ viewText }) => viewText !== undefined)
    return {
      columns: texts('table_catalog', 'table_schema', 'table_name', 'view_definition'),
      rows: views.map((view) => [catalogName, view.databaseName, view.name, view.viewText ?? null]),
    }
  },
  async columns(catalog, catalogName) {
    const tables = await allTables(catalog)
    return {
      columns: [
        ...texts('table_catalog', 'table_schema', 'table_name', 'column_name'),
        { name: 'ordinal_position', type: BIGINT },
        ...texts('column_default', 'is_nullable', 'data_type'),
      ],
      rows: tables.flatMap((table) =>
        columnTypes(table).map(({ name, type }, index) => {
          const place = [catalogName, table.databaseName, table.name, name]
          return [...place, String(index + 1), null, 'YES', type]
        }),
      ),
    }
  },
}

const texts = (...names: readonly string[]): VirtualTable['columns'] => names.map((name) => ({ name, type: VARCHAR }))

async function allTables(catalog: MetadataCatalog): Promise<readonly CatalogTable[]> {
  const tables: CatalogTable[] = []
  for (const { name } of await catalog.listDatabases()) tables.push(...(await catalog.listTables(name)))
  return tables
}

/** Columns with the names of their SQL types. Those of a view are kept with the view. */
function columnTypes(table: CatalogTable): readonly { readonly name: string; readonly type: string }[] {
  if (table.viewColumns) return table.viewColumns
  return [...table.storageDescriptor.columns, ...table.partitionKeys].map(({ name, type }) => ({
    name,
    type: formatTrinoType(hiveTypeToTrino(type)),
  }))
}
