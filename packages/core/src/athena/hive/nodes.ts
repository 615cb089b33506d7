import type { SqlLocation } from '../errors.ts'
import type { HiveType } from './hive-type.ts'

/** A name with up to three parts; all in lower case, as Glue keeps names. */
export interface HiveTableName {
  readonly catalog: string | undefined
  readonly database: string | undefined
  readonly name: string
  readonly location: SqlLocation
}

export interface HiveColumn {
  readonly name: string
  readonly type: HiveType
  readonly comment: string | undefined
  readonly location: SqlLocation
}

/** Properties in the order of the statement; a key given twice keeps its last value. */
export type HiveProperties = Readonly<Record<string, string>>

/** `PARTITION (dt='2021-10-25', hour=3)`: values as text, undefined for a key named alone. */
export interface HivePartitionSpec {
  readonly entries: readonly HivePartitionEntry[]
  readonly location: SqlLocation
}
export interface HivePartitionEntry {
  readonly key: string
  readonly value: string | undefined
}

/** `ROW FORMAT DELIMITED …` or `ROW FORMAT SERDE '…'`. */
export type HiveRowFormat =
  | {
      readonly kind: 'delimited'
      readonly fields: string | undefined
      readonly escapedBy: string | undefined
      readonly collectionItems: string | undefined
      readonly mapKeys: string | undefined
      readonly lines: string | undefined
      readonly nullText: string | undefined
    }
  | { readonly kind: 'serde'; readonly serializationLibrary: string }

export type HiveStoredAs =
  | { readonly kind: 'named'; readonly format: string }
  | { readonly kind: 'classes'; readonly inputFormat: string; readonly outputFormat: string }

/** A statement of Athena's Hive family, one kind per form that Athena supports. */
export type HiveStatement =
  | CreateDatabaseStatement
  | DropDatabaseStatement
  | AlterDatabasePropertiesStatement
  | CreateTableStatement
  | DropTableStatement
  | AddPartitionsStatement
  | DropPartitionsStatement
  | RenamePartitionStatement
  | SetLocationStatement
  | SetTablePropertiesStatement
  | AddColumnsStatement
  | ReplaceColumnsStatement
  | ChangeColumnStatement
  | RepairTableStatement
  | ShowDatabasesStatement
  | ShowTablesStatement
  | ShowViewsStatement
  | ShowPartitionsStatement
  | ShowColumnsStatement
  | ShowCreateTableStatement
  | ShowTablePropertiesStatement
  | DescribeTableStatement

export type HiveStatementKind = HiveStatement['kind']

export interface CreateDatabaseStatement {
  readonly kind: 'create-database'
  readonly name: string
  readonly ifNotExists: boolean
  readonly comment: string | undefined
  readonly databaseLocation: string | undefined
  readonly properties: HiveProperties
}
export interface DropDatabaseStatement {
  readonly kind: 'drop-database'
  readonly name: string
  readonly ifExists: boolean
  readonly cascade: boolean
}
export interface AlterDatabasePropertiesStatement {
  readonly kind: 'alter-database-properties'
  readonly name: string
  readonly properties: HiveProperties
}
export interface CreateTableStatement {
  readonly kind: 'create-table'
  readonly table: HiveTableName
  readonly external: boolean
  readonly ifNotExists: boolean
  readonly columns: readonly HiveColumn[]
  readonly comment: string | undefined
  readonly partitionKeys: readonly HiveColumn[]
  /** Iceberg's partition transforms (`day(ts)`), as written; empty for a Hive table. */
  readonly partitionTransforms: readonly string[]
  readonly buckets: { readonly columns: readonly string[]; readonly count: number } | undefined
  readonly rowFormat: HiveRowFormat | undefined
  readonly serdeProperties: HiveProperties
  readonly storedAs: HiveStoredAs | undefined
  readonly tableLocation: string | undefined
  readonly properties: HiveProperties
}
export interface DropTableStatement {
  readonly kind: 'drop-table'
  readonly table: HiveTableName
  readonly ifExists: boolean
}
export interface AddPartitionsStatement {
  readonly kind: 'add-partitions'
  readonly table: HiveTableName
  readonly ifNotExists: boolean
  readonly partitions: readonly { readonly spec: HivePartitionSpec; readonly partitionLocation: string | undefined }[]
}
export interface DropPartitionsStatement {
  readonly kind: 'drop-partitions'
  readonly table: HiveTableName
  readonly ifExists: boolean
  readonly partitions: readonly HivePartitionSpec[]
}
export interface RenamePartitionStatement {
  readonly kind: 'rename-partition'
  readonly table: HiveTableName
  readonly from: HivePartitionSpec
  readonly to: HivePartitionSpec
}
export interface SetLocationStatement {
  readonly kind: 'set-location'
  readonly table: HiveTableName
  readonly partition: HivePartitionSpec | undefined
  readonly newLocation: string
}
export interface SetTablePropertiesStatement {
  readonly kind: 'set-table-properties'
  readonly table: HiveTableName
  readonly properties: HiveProperties
}
export interface AddColumnsStatement {
  readonly kind: 'add-columns'
  readonly table: HiveTableName
  readonly columns: readonly HiveColumn[]
}
export interface ReplaceColumnsStatement {
  readonly kind: 'replace-columns'
  readonly table: HiveTableName
  readonly columns: readonly HiveColumn[]
}
export interface ChangeColumnStatement {
  readonly kind: 'change-column'
  readonly table: HiveTableName
  readonly from: string
  readonly column: HiveColumn
  /** Where the column goes; undefined keeps its place. */
  readonly position: { readonly kind: 'first' } | { readonly kind: 'after'; readonly column: string } | undefined
}
export interface RepairTableStatement {
  readonly kind: 'repair-table'
  readonly table: HiveTableName
}
export interface ShowDatabasesStatement {
  readonly kind: 'show-databases'
  readonly pattern: string | undefined
}
export interface ShowTablesStatement {
  readonly kind: 'show-tables'
  readonly database: string | undefined
  readonly pattern: string | undefined
}
export interface ShowViewsStatement {
  readonly kind: 'show-views'
  readonly database: string | undefined
  readonly pattern: string | undefined
}
export interface ShowPartitionsStatement {
  readonly kind: 'show-partitions'
  readonly table: HiveTableName
  readonly partition: HivePartitionSpec | undefined
}
export interface ShowColumnsStatement {
  readonly kind: 'show-columns'
  readonly table: HiveTableName
}
export interface ShowCreateTableStatement {
  readonly kind: 'show-create-table'
  readonly table: HiveTableName
}
export interface ShowTablePropertiesStatement {
  readonly kind: 'show-table-properties'
  readonly table: HiveTableName
  readonly property: string | undefined
}
export interface DescribeTableStatement {
  readonly kind: 'describe-table'
  readonly table: HiveTableName
  readonly style: 'plain' | 'extended' | 'formatted'
  readonly partition: HivePartitionSpec | undefined
  readonly column: string | undefined
}
