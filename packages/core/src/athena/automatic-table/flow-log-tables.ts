import type { LogFormat } from '@flowtap/parser'
import { flowLogTable } from '../catalog/aws-tables.ts'
import type { Catalog, CatalogColumn, CatalogTable } from '../catalog/catalog.ts'
import { HIVE_DEFAULT_PARTITION, hivePartitionPath } from '../catalog/partition-values.ts'
import { createView } from '../catalog/views.ts'
import { hiveTypeToTrino } from '../types/hive-type.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import type { FlowLogFileEntry, OpenFlowLogsOptions } from './open-flow-logs.ts'
import { SELECTION_SCHEME, type SelectedFile } from './selected-files-store.ts'

/** Files of one format make one Hive table. */
interface FormatGroup {
  readonly fileFormat: 'plain-text' | 'parquet'
  readonly format: LogFormat
  readonly headerLines: 0 | 1
  readonly entries: FlowLogFileEntry[]
}

const PARTITION_KEYS: readonly CatalogColumn[] = [
  { name: 'aws_region', type: 'string' },
  { name: 'day', type: 'string' },
]

/** Registers a table per format, and a view over them where there are several; gives each file its place in them. */
export async function registerTables(
  entries: readonly FlowLogFileEntry[],
  fallback: LogFormat,
  options: OpenFlowLogsOptions,
): Promise<readonly SelectedFile[]> {
  const { catalog } = options
  const database = options.database ?? 'default'
  const tableName = options.tableName ?? 'vpc_flow_logs'
  if ((await catalog.getDatabase(database)) === undefined)
    await catalog.createDatabase({ name: database, parameters: {} })
  const groups = groupByFormat(entries, fallback)
  const isPartitioned = entries.some((entry) => entry.partition !== undefined)
  const tables = groups.map((group, index) => {
    const name = groups.length === 1 ? tableName : `${tableName}_${index + 1}`
    return { group, table: tableOf(group, name, database, isPartitioned, options) }
  })
  const files: SelectedFile[] = []
  for (const { group, table } of tables) {
    await catalog.createTable(table)
    files.push(...(await registerPartitions(catalog, table, group)))
  }
  if (tables.length > 1)
    await registerUnion(
      catalog,
      tables.map(({ table }) => table),
      tableName,
    )
  return files
}

function groupByFormat(entries: readonly FlowLogFileEntry[], fallback: LogFormat): readonly FormatGroup[] {
  const groups = new Map<string, FormatGroup>()
  const withoutFormat: FlowLogFileEntry[] = []
  for (const entry of entries) {
    const group = newGroup(entry)
    if (group === undefined) {
      withoutFormat.push(entry)
      continue
    }
    const id = `${group.fileFormat} ${group.headerLines} ${group.format.fields.join(' ')}`
    const known = groups.get(id) ?? group
    known.entries.push(entry)
    groups.set(id, known)
  }
  const ordered = [...groups.values()]
  const first = ordered[0] ?? { fileFormat: 'plain-text', format: fallback, headerLines: 1, entries: [] }
  first.entries.push(...withoutFormat)
  return ordered.length > 0 ? ordered : [first]
}

function newGroup({ fileFormat }: FlowLogFileEntry): FormatGroup | undefined {
  switch (fileFormat.kind) {
    case 'text':
      return { fileFormat: 'plain-text', format: fileFormat.format, headerLines: fileFormat.headerLines, entries: [] }
    case 'parquet':
      return { fileFormat: 'parquet', format: fileFormat.format, headerLines: 0, entries: [] }
    case 'empty':
    case 'damaged':
      return undefined
  }
}

function tableOf(
  group: FormatGroup,
  name: string,
  databaseName: string,
  isPartitioned: boolean,
  options: OpenFlowLogsOptions,
): CatalogTable {
  const table = flowLogTable({
    databaseName,
    name,
    format: group.format,
    schema: options.schema ?? 'aws',
    fileFormat: group.fileFormat,
    headerLines: group.headerLines,
    layout: { kind: 'flat' },
    location: `${SELECTION_SCHEME}${name}/`,
    createTimeSeconds: 0,
  })
  return isPartitioned ? { ...table, partitionKeys: PARTITION_KEYS } : table
}

async function registerPartitions(
  catalog: Catalog,
  table: CatalogTable,
  group: FormatGroup,
): Promise<readonly SelectedFile[]> {
  const { location } = table.storageDescriptor
  if (table.partitionKeys.length === 0) return group.entries.map(({ object }) => ({ location, object }))
  const partitions = new Map<string, { values: readonly string[]; location: string }>()
  const files = group.entries.map(({ object, partition }): SelectedFile => {
    const values = partition ? [partition.region, partition.day] : PARTITION_KEYS.map(() => HIVE_DEFAULT_PARTITION)
    const place = `${location}${hivePartitionPath(table.partitionKeys, values)}`
    partitions.set(place, { values, location: place })
    return { location: place, object }
  })
  await catalog.addPartitions(table.databaseName, table.name, [...partitions.values()])
  return files
}

/** `vpc_flow_logs` over tables of several formats, by column name. */
async function registerUnion(catalog: Catalog, tables: readonly CatalogTable[], name: string): Promise<void> {
  const columns = new Map<string, CatalogColumn>()
  const columnsOf = (table: CatalogTable): readonly CatalogColumn[] => [
    ...table.storageDescriptor.columns,
    ...table.partitionKeys,
  ]
  // Partition columns stand last, as in a table.
  for (const table of tables) for (const column of table.storageDescriptor.columns) columns.set(column.name, column)
  for (const table of tables) for (const column of table.partitionKeys) columns.set(column.name, column)
  const all = [...columns.values()]
  const selects = tables.map((table) => {
    const own = new Set(columnsOf(table).map((column) => column.name))
    const items = all.map(({ name: column, type }) =>
      own.has(column) ? quoted(column) : `CAST(NULL AS ${trinoName(type)}) AS ${quoted(column)}`,
    )
    return `SELECT ${items.join(', ')} FROM ${quoted(table.databaseName)}.${quoted(table.name)}`
  })
  await createView(catalog, {
    databaseName: (tables[0] as CatalogTable).databaseName,
    name,
    viewText: selects.join('\nUNION ALL\n'),
    columns: all.map((column) => ({ name: column.name, type: trinoName(column.type) })),
    orReplace: false,
    nowMillis: 0,
  })
}

function trinoName(hiveType: string): string {
  return formatTrinoType(hiveTypeToTrino(hiveType))
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
