import type { Catalog, CatalogColumn, CatalogTable } from './catalog.ts'
import { tableIsNoView, tableNotFound } from './ddl-errors.ts'
import type { HiveOutcome } from './hive-result.ts'

export interface ViewDefinition {
  readonly databaseName: string
  readonly name: string
  /** The query's own text. */
  readonly viewText: string
  /** The columns that the analysis of the query gave, `type` in Trino's spelling. */
  readonly columns: readonly CatalogColumn[]
  readonly orReplace: boolean
  readonly nowMillis: number
}

/** CREATE [OR REPLACE] VIEW: keeps the query's text; a name that a table has is refused either way. */
export async function createView(catalog: Catalog, definition: ViewDefinition): Promise<void> {
  const view = viewTable(definition)
  const known = await catalog.getTable(view.databaseName, view.name)
  if (definition.orReplace && known?.tableType === 'VIRTUAL_VIEW') await catalog.updateTable(view)
  else await catalog.createTable(view)
}

/** DROP VIEW [IF EXISTS]. */
export async function dropView(catalog: Catalog, database: string, name: string, ifExists: boolean): Promise<void> {
  const known = await catalog.getTable(database, name)
  if (known === undefined) {
    if (ifExists) return
    throw tableNotFound(name)
  }
  if (known.tableType !== 'VIRTUAL_VIEW') throw tableIsNoView(name)
  await catalog.dropTable(database, name)
}

/** What SHOW CREATE VIEW prints. */
export function createViewText(view: CatalogTable): string {
  return `CREATE VIEW ${view.databaseName}.${view.name} AS\n${view.viewText ?? ''}`
}

/** DESCRIBE and SHOW COLUMNS of a view: name and Trino type with a tab between, as on real Athena. */
export function describeView(view: CatalogTable): HiveOutcome {
  return {
    substatementType: 'DESC_VIEW',
    columns: [
      { name: 'column', type: 'varchar' },
      { name: 'type', type: 'varchar' },
    ],
    rows: (view.viewColumns ?? []).map((column) => [`${column.name}\t${column.type}`]),
    updateCount: 0,
  }
}

function viewTable(definition: ViewDefinition): CatalogTable {
  return {
    databaseName: definition.databaseName,
    name: definition.name,
    tableType: 'VIRTUAL_VIEW',
    storageDescriptor: {
      columns: [],
      location: '',
      inputFormat: '',
      outputFormat: '',
      compressed: false,
      serDeInfo: { serializationLibrary: '', parameters: {} },
    },
    partitionKeys: [],
    parameters: {},
    viewText: definition.viewText,
    viewColumns: definition.columns,
    createTimeSeconds: Math.floor(definition.nowMillis / 1000),
  }
}
