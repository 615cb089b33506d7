import type { DuckDBConnection } from '@duckdb/node-api'
import type { CatalogTable } from '../catalog/catalog.ts'
import { AthenaError } from '../errors.ts'
import { quoteText } from '../functions/sql-text.ts'
import { hiveTypeToTrino } from '../types/hive-type.ts'
import { physicalType } from '../types/physical-type.ts'
import { formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import { quoteName } from './column-sql.ts'
import type { ObjectColumn } from './object-column.ts'

/** A Parquet object as DuckDB can open it. */
export interface ParquetObject {
  readonly path: string
  readonly uri: string
  /** Its place among the scan's objects. */
  readonly index: number
}

/** Lower-case column names of a file with their place and DuckDB type. */
type FileColumns = ReadonlyMap<string, { readonly name: string; readonly type: string }>

export interface ParquetFault {
  readonly object: ParquetObject
  readonly message: string
}

/** A file with its columns. */
export interface ParquetFile {
  readonly object: ParquetObject
  readonly columns: FileColumns
}

/** The columns of one file, or why it is no Parquet file. */
export async function readParquetColumns(
  connection: DuckDBConnection,
  object: ParquetObject,
): Promise<ParquetFile | ParquetFault> {
  try {
    const source = `read_parquet([${quoteText(object.path)}], hive_partitioning = false)`
    const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)
    const columns = new Map<string, { name: string; type: string }>()
    for (const [name, type] of reader.getRows() as [string, string][]) {
      // Hive compares without case, and the first column of a name wins.
      if (!columns.has(name.toLowerCase())) columns.set(name.toLowerCase(), { name, type })
    }
    return { object, columns }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // What follows is the SQL, with a path that is nobody's business.
    return { object, message: message.split('\n', 1)[0] ?? '' }
  }
}

/**
 * DuckDB SQL that reads Parquet objects by column name: what a file does not have is NULL. Files with the same columns are
 * read together.
 *
 * @throws AthenaError HIVE_BAD_DATA where a file's column is of a type that the table's column cannot take.
 */
export function parquetScanSql(
  table: CatalogTable,
  columns: readonly string[],
  objectColumns: readonly ObjectColumn[],
  files: readonly ParquetFile[],
): string {
  const wanted = columns.flatMap((name) => {
    const column = table.storageDescriptor.columns.find((candidate) => candidate.name.toLowerCase() === name)
    return column ? [{ name, type: hiveTypeToTrino(column.type) }] : []
  })
  const groups = new Map<string, { columns: FileColumns; objects: ParquetObject[] }>()
  for (const { object, columns: fileColumns } of files) {
    const signature = JSON.stringify(wanted.map(({ name }) => fileColumns.get(name) ?? null))
    const group = groups.get(signature)
    if (group) group.objects.push(object)
    else groups.set(signature, { columns: fileColumns, objects: [object] })
  }
  const selects = [...groups.values()].map((group) => groupSql(group.columns, group.objects, wanted, objectColumns))
  return selects.length > 0 ? selects.join(' UNION ALL ') : emptySql(wanted, objectColumns)
}

interface WantedColumn {
  readonly name: string
  readonly type: TrinoType
}

function groupSql(
  fileColumns: FileColumns,
  objects: readonly ParquetObject[],
  wanted: readonly WantedColumn[],
  objectColumns: readonly ObjectColumn[],
): string {
  const values = wanted.map(({ name, type }) => {
    const column = fileColumns.get(name)
    const sql = column ? parquetValue(column, type, objects[0] as ParquetObject) : `CAST(NULL AS ${physicalType(type)})`
    return `${sql} AS ${quoteName(name)}`
  })
  const constants = objectColumns.map(
    (column) => `${column.sql(`o.${quoteName(column.name)}`)} AS ${quoteName(column.name)}`,
  )
  const paths = objects.map((object) => quoteText(object.path)).join(', ')
  const names = objectColumns.length > 0 ? ', filename = "object path"' : ''
  const files = `read_parquet([${paths}], hive_partitioning = false, union_by_name = true${names})`
  const items = [...constants, ...values]
  const select = `SELECT ${items.length > 0 ? items.join(', ') : 'NULL AS "no values"'} FROM ${files} AS p`
  return objectColumns.length === 0
    ? select
    : `${select} JOIN ${objectRows(objects, objectColumns)} ON p."object path" = o."path of object"`
}

/** One row per object, for what DuckDB knows of the file alone. */
function objectRows(objects: readonly ParquetObject[], objectColumns: readonly ObjectColumn[]): string {
  const rows = objects.map(({ path, index }) => {
    const values = objectColumns.map((column) => literal(column.valueOf(index), column.carrier))
    return `(${[quoteText(path), ...values].join(', ')})`
  })
  const names = ['"path of object"', ...objectColumns.map((column) => quoteName(column.name))]
  return `(VALUES ${rows.join(', ')}) AS o(${names.join(', ')})`
}

function literal(value: string | bigint | null, carrier: ObjectColumn['carrier']): string {
  if (value === null) return `CAST(NULL AS ${carrier})`
  return typeof value === 'string' ? quoteText(value) : `CAST(${value} AS BIGINT)`
}

function emptySql(wanted: readonly WantedColumn[], objectColumns: readonly ObjectColumn[]): string {
  const values = wanted.map(({ name, type }) => `CAST(NULL AS ${physicalType(type)}) AS ${quoteName(name)}`)
  const constants = objectColumns.map(
    (column) => `${column.sql(`CAST(NULL AS ${column.carrier})`)} AS ${quoteName(column.name)}`,
  )
  const items = [...constants, ...values]
  return `SELECT ${items.length > 0 ? items.join(', ') : 'NULL AS "no values"'} WHERE false`
}

const INTEGER_TYPES = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT']
const UNSIGNED_TYPES = ['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT']

/** What Trino's Parquet reader makes of a file's column of another type than the table's. */
function parquetValue(
  column: { readonly name: string; readonly type: string },
  type: TrinoType,
  object: ParquetObject,
): string {
  const sql = `p.${quoteName(column.name)}`
  const target = physicalType(type)
  if (column.type === target) return sql
  if (!isReadable(column.type, type)) {
    throw new AthenaError(
      'HIVE_BAD_DATA',
      `Field ${column.name}'s type ${column.type} in parquet file ${object.uri} is incompatible with type ${formatTrinoType(type)} defined in table schema`,
      { remedy: 'Change the column type in the table, or leave the object out.' },
    )
  }
  return `CAST(${sql} AS ${target})`
}

function isReadable(fileType: string, type: TrinoType): boolean {
  const isInteger = INTEGER_TYPES.includes(fileType) || UNSIGNED_TYPES.includes(fileType)
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return isInteger
    case 'real':
      return fileType === 'FLOAT'
    case 'double':
      return fileType === 'FLOAT' || fileType === 'DOUBLE'
    case 'decimal':
      return isInteger || fileType.startsWith('DECIMAL')
    case 'varchar':
    case 'char':
      return fileType === 'VARCHAR' || fileType === 'BLOB' || fileType.startsWith('ENUM')
    case 'varbinary':
      return fileType === 'BLOB' || fileType === 'VARCHAR'
    case 'date':
      return fileType === 'DATE' || fileType.startsWith('TIMESTAMP')
    case 'timestamp':
      return fileType.startsWith('TIMESTAMP')
    case 'array':
      return fileType.endsWith('[]')
    case 'map':
      return fileType.startsWith('MAP(')
    case 'row':
      return fileType.startsWith('STRUCT(')
    default:
      return false
  }
}
