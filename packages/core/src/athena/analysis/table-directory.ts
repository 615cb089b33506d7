import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { AthenaError } from '../errors.ts'
import type { QualifiedName, Query } from '../trino/nodes.ts'
import { parseStatement } from '../trino/parse.ts'
import { nodesBelow } from './nodes-below.ts'
import { INFORMATION_SCHEMA, type VirtualTable, virtualTable } from './virtual-table.ts'

/** What the analyzer asks of a catalogue. */
export type TableCatalog = Pick<Catalog, 'getDatabase' | 'getTable' | 'listDatabases' | 'listTables' | 'listPartitions'>

/** The tables that a query and its views may mean, fetched ahead: a catalogue may be remote, and analysis does not wait. */
export interface TableDirectory {
  hasDatabase(database: string): boolean
  table(database: string, name: string): CatalogTable | undefined
  /** A table of metadata: `information_schema.tables`, `"flows$partitions"`. */
  virtualTable(database: string, name: string): VirtualTable | undefined
  /** The parsed query of a view; throws what parsing it threw. */
  viewQuery(view: CatalogTable): Query
}

/** `catalog.database.table` in lower case, as far as the query says. */
export interface TableName {
  readonly catalog: string | undefined
  readonly database: string
  readonly table: string
}

const MAX_TABLE_NAME_PARTS = 3

/** The parts of a table's name, with the session's database for one that it leaves out. */
export function tableName(name: QualifiedName, database: string): TableName {
  const parts = name.parts.map((part) => part.text.toLowerCase())
  if (parts.length > MAX_TABLE_NAME_PARTS) {
    throw new AthenaError('SYNTAX_ERROR', `Too many dots in table name: ${parts.join('.')}`)
  }
  const [table = '', schema = database, catalog] = parts.toReversed()
  return { catalog, database: schema, table }
}

/** Looks up every table that a query names, and those that its views name. */
export async function fetchTables(
  query: Query,
  database: string,
  catalog: TableCatalog,
  catalogName: string,
): Promise<TableDirectory> {
  const databases = new Map<string, boolean>([[INFORMATION_SCHEMA, true]])
  const virtualTables = new Map<string, VirtualTable | undefined>()
  const tables = new Map<string, CatalogTable | undefined>()
  const views = new Map<CatalogTable, ParsedView>()
  const pending: { readonly query: Query; readonly database: string }[] = [{ query, database }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const name of namesIn(next.query, next.database)) {
      const key = keyOf(name.database, name.table)
      if (tables.has(key)) continue
      if (!databases.has(name.database)) {
        databases.set(name.database, (await catalog.getDatabase(name.database)) !== undefined)
      }
      const isStored = databases.get(name.database) && name.database !== INFORMATION_SCHEMA
      const table = isStored ? await catalog.getTable(name.database, name.table) : undefined
      if (!table) virtualTables.set(key, await virtualTable(catalog, catalogName, name.database, name.table))
      tables.set(key, table)
      if (table?.viewText === undefined) continue
      const view = parseView(table.viewText)
      views.set(table, view)
      if ('query' in view) pending.push({ query: view.query, database: table.databaseName })
    }
  }
  return {
    hasDatabase: (name) => databases.get(name) ?? false,
    table: (schema, name) => tables.get(keyOf(schema, name)),
    virtualTable: (schema, name) => virtualTables.get(keyOf(schema, name)),
    viewQuery(table) {
      const view = views.get(table)
      if (!view) throw new Error(`view ${table.name} was not fetched`)
      if ('failure' in view) throw view.failure
      return view.query
    },
  }
}

type ParsedView = { readonly query: Query } | { readonly failure: unknown }

function parseView(text: string): ParsedView {
  try {
    const statement = parseStatement(text)
    if (statement.kind === 'query-statement') return { query: statement.query }
    return { failure: new AthenaError('INVALID_VIEW', 'The text of the view is not a query') }
  } catch (failure) {
    return { failure }
  }
}

function* namesIn(query: Query, database: string): Generator<TableName> {
  for (const node of nodesBelow(query)) {
    if (node.kind !== 'table' && node.kind !== 'table-query') continue
    if (node.name.parts.length <= MAX_TABLE_NAME_PARTS) yield tableName(node.name, database)
  }
}

const keyOf = (database: string, table: string): string => JSON.stringify([database, table])
