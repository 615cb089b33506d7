import type { CatalogTable } from '../catalog/catalog.ts'
import { HIVE_DEFAULT_PARTITION } from '../catalog/partition-values.ts'
import { quoteText } from '../functions/sql-text.ts'
import type { StoredObject } from '../storage/object-store.ts'
import { hiveTypeToTrino } from '../types/hive-type.ts'
import { physicalType } from '../types/physical-type.ts'

/** An object of which at least the URI is known. */
export type ListedObject = Pick<StoredObject, 'uri'> & Partial<StoredObject>

/** An object of a table with the partition that it lies in. */
export interface ScanObject {
  readonly object: ListedObject
  /** One per partition key. */
  readonly partitionValues: readonly string[]
}

/** The objects of a scan, once they are found. */
export interface FoundObjects {
  readonly all: readonly ScanObject[]
}

/** A column that is the same in all rows of an object: a partition key, or one of Trino's hidden columns. */
export interface ObjectColumn {
  readonly name: string
  /** How values travel to DuckDB. */
  readonly carrier: 'VARCHAR' | 'BIGINT'
  valueOf(object: number): string | bigint | null
  /** SQL of the column's own type from SQL of the carried value. */
  sql(carried: string): string
}

const MICROS_PER_MILLI = 1000

/** Source: Trino documentation, Hive connector, "Metadata columns"; Athena documents `"$path"`. */
const HIDDEN_COLUMNS: Readonly<Record<string, (objects: FoundObjects) => Omit<ObjectColumn, 'name'>>> = {
  $path: (objects) => ({
    carrier: 'VARCHAR',
    valueOf: (index) => objects.all[index]?.object.uri ?? null,
    sql: (carried) => carried,
  }),
  $file_size: (objects) => ({
    carrier: 'BIGINT',
    valueOf: (index) => BigInt(objects.all[index]?.object.size ?? 0),
    sql: (carried) => carried,
  }),
  $file_modified_time: (objects) => ({
    carrier: 'BIGINT',
    valueOf: (index) => {
      const millis = objects.all[index]?.object.lastModifiedMillis
      return millis === undefined ? null : BigInt(millis)
    },
    sql: (carried) =>
      `CASE WHEN ${carried} IS NOT NULL THEN struct_pack(t := make_timestamp(${carried} * ${MICROS_PER_MILLI}), z := 'UTC') END`,
  }),
}

/** True for a column that tells more of an object than its URI and partition. */
export function describesObject(name: string): boolean {
  return name === '$file_size' || name === '$file_modified_time'
}

/** Those of the wanted columns that are the same in all rows of an object. */
export function objectColumns(
  table: CatalogTable,
  wanted: readonly string[],
  objects: FoundObjects,
): readonly ObjectColumn[] {
  return wanted.flatMap((name): readonly ObjectColumn[] => {
    const hidden = Object.hasOwn(HIDDEN_COLUMNS, name) ? HIDDEN_COLUMNS[name] : undefined
    if (hidden) return [{ name, ...hidden(objects) }]
    const index = table.partitionKeys.findIndex((key) => key.name.toLowerCase() === name)
    const key = table.partitionKeys[index]
    return key ? [partitionColumn(table, name, key.type, index, objects)] : []
  })
}

function partitionColumn(
  table: CatalogTable,
  name: string,
  hiveType: string,
  index: number,
  objects: FoundObjects,
): ObjectColumn {
  const type = hiveTypeToTrino(hiveType)
  const isText = type.kind === 'varchar' && type.length === undefined
  const where = `HIVE_INVALID_PARTITION_VALUE: Invalid partition value for ${hiveType} partition key of ${table.databaseName}.${table.name}: ${name}=`
  return {
    name,
    carrier: 'VARCHAR',
    valueOf: (object) => {
      const value = objects.all[object]?.partitionValues[index]
      return value === undefined || value === HIVE_DEFAULT_PARTITION ? null : value
    },
    sql: (carried) => {
      if (isText) return carried
      const cast = `TRY_CAST(${carried} AS ${physicalType(type)})`
      return `CASE WHEN ${carried} IS NOT NULL AND ${cast} IS NULL THEN error(${quoteText(where)} || ${carried}) ELSE ${cast} END`
    },
  }
}
