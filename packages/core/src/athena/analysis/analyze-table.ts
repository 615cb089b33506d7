import type { CatalogTable } from '../catalog/catalog.ts'
import { AthenaError } from '../errors.ts'
import type { TableQuery, TableRelation } from '../trino/nodes.ts'
import { hiveTypeToTrino } from '../types/resolve-type.ts'
import { BIGINT, TIMESTAMP_MILLIS_TZ, type TrinoType, VARCHAR } from '../types/trino-type.ts'
import type { Analyzer } from './analyzer.ts'
import { type Field, findNamedQuery, type NamedQueryBinding, type Scope } from './scope.ts'
import { semanticError } from './semantic-error.ts'
import { type TableName, tableName } from './table-directory.ts'

/** Columns that every table has and `*` does not show. Source: Trino documentation, Hive connector, "Metadata columns". */
const HIDDEN_COLUMNS: readonly { readonly name: string; readonly type: TrinoType }[] = [
  { name: '$path', type: VARCHAR },
  { name: '$file_size', type: BIGINT },
  { name: '$file_modified_time', type: TIMESTAMP_MILLIS_TZ },
  { name: '$partition', type: VARCHAR },
]

/** What a table's name means, and its columns: a WITH query, a view or a table of the catalogue. */
export function analyzeTable(analyzer: Analyzer, node: TableRelation | TableQuery, scope: Scope): readonly Field[] {
  const alias = node.name.parts.map((part) => part.text.toLowerCase())
  const [only] = alias
  const named = only !== undefined && alias.length === 1 ? findNamedQuery(scope, only) : undefined
  if (named) return useNamedQuery(analyzer, node, named, alias)
  const name = tableName(node.name, analyzer.database)
  const virtual = isKnownCatalog(name.catalog, analyzer.settings.catalogName)
    ? analyzer.tables.virtualTable(name.database, name.table)
    : undefined
  if (virtual) {
    analyzer.notes.queries.tableBindings.set(node, { kind: 'virtual-table', table: virtual })
    return virtual.columns.map((column) => ({ ...column, relationAlias: alias, hidden: false }))
  }
  const table = findTable(analyzer, node, name)
  refuseVersion(node)
  if (table.viewText !== undefined) return useView(analyzer, node, name, table, alias)
  analyzer.notes.queries.tableBindings.set(node, { kind: 'table', table })
  return [
    ...tableColumns(table).map(({ name: column, type }) => ({
      name: column,
      type,
      relationAlias: alias,
      hidden: false,
    })),
    ...HIDDEN_COLUMNS.map((column) => ({ ...column, relationAlias: alias, hidden: true })),
  ]
}

/** A table's columns with their types in SQL, partition keys last. */
export function tableColumns(table: CatalogTable): readonly { readonly name: string; readonly type: TrinoType }[] {
  return [...table.storageDescriptor.columns, ...table.partitionKeys].map(({ name, type }) => ({
    name,
    type: hiveTypeToTrino(type),
  }))
}

function useNamedQuery(
  analyzer: Analyzer,
  node: TableRelation | TableQuery,
  { namedQuery, columns, recursive }: NamedQueryBinding,
  alias: readonly string[],
): readonly Field[] {
  const kind = recursive ? 'recursive-reference' : 'named-query'
  analyzer.notes.queries.tableBindings.set(node, { kind, namedQuery })
  return columns.map(({ name, type }) => ({ name, type, relationAlias: alias, hidden: false }))
}

function findTable(analyzer: Analyzer, node: TableRelation | TableQuery, name: TableName): CatalogTable {
  const { settings, tables } = analyzer
  const table = isKnownCatalog(name.catalog, settings.catalogName) ? tables.table(name.database, name.table) : undefined
  if (table) return table
  if (!isKnownCatalog(name.catalog, settings.catalogName)) {
    throw semanticError('CATALOG_NOT_FOUND', node, `Catalog '${name.catalog}' does not exist`)
  }
  if (!tables.hasDatabase(name.database)) {
    throw semanticError('SCHEMA_NOT_FOUND', node, `Schema '${name.database}' does not exist`)
  }
  throw semanticError('TABLE_NOT_FOUND', node, `Table '${qualified(name, settings.catalogName)}' does not exist`)
}

function isKnownCatalog(catalog: string | undefined, own: string): boolean {
  return catalog === undefined || catalog === own || catalog === 'awsdatacatalog'
}

const qualified = ({ catalog, database, table }: TableName, own: string): string =>
  `${catalog ?? own}.${database}.${table}`

function refuseVersion(node: TableRelation | TableQuery): void {
  if (node.kind === 'table' && node.queryPeriod) {
    throw new AthenaError('NOT_SUPPORTED', 'This connector does not support versioned tables')
  }
}

function useView(
  analyzer: Analyzer,
  node: TableRelation | TableQuery,
  name: TableName,
  view: CatalogTable,
  alias: readonly string[],
): readonly Field[] {
  const key = qualified({ ...name, catalog: undefined }, analyzer.settings.catalogName)
  if (analyzer.openViews.includes(key)) throw semanticError('INVALID_VIEW', node, 'Statement contains a recursive view')
  const inside: Analyzer = { ...analyzer, database: view.databaseName, openViews: [...analyzer.openViews, key] }
  const query = inViewErrors(node, key, () => analyzer.tables.viewQuery(view))
  const fields = inViewErrors(node, key, () => analyzer.analyzeQuery(inside, query, undefined))
  analyzer.notes.queries.tableBindings.set(node, { kind: 'view', table: view, query })
  const names = view.viewColumns?.length === fields.length ? view.viewColumns.map((column) => column.name) : undefined
  return fields.map(({ name: column, type }, index) => ({
    name: (names?.[index] ?? column)?.toLowerCase(),
    type,
    relationAlias: alias,
    hidden: false,
  }))
}

/** A fault of a view's own text is the view's, wherever it is. */
function inViewErrors<T>(node: TableRelation | TableQuery, view: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof AthenaError) || error.detail.startsWith('Statement contains')) throw error
    const place = error.location ? `line ${error.location.line}:${error.location.column}: ` : ''
    throw semanticError('INVALID_VIEW', node, `Failed analyzing stored view '${view}': ${place}${error.detail}`)
  }
}
