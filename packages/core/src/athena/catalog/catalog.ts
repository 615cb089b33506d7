/**
 * The data catalogue: databases, tables, partitions and views as plain, JSON-serialisable data in AWS Glue's shape and
 * vocabulary, so that an emulated Glue can serve the same objects. Names are lower case, as Glue keeps them.
 * Source: AWS Glue API Reference, Table, StorageDescriptor, Partition.
 */
export interface CatalogDatabase {
  readonly name: string
  readonly description?: string | undefined
  readonly locationUri?: string | undefined
  readonly parameters: Readonly<Record<string, string>>
}

/** A column with its Hive type in text, as DDL gave it: `string`, `int`, `bigint`, `array<string>`, `struct<a:int>`. */
export interface CatalogColumn {
  readonly name: string
  readonly type: string
  readonly comment?: string | undefined
}

/** How rows are read out of files. */
export interface SerDeInfo {
  /** Java class name, as SHOW CREATE TABLE prints it: `org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe`. */
  readonly serializationLibrary: string
  /** `field.delim`, `serialization.format`, `escape.delim`, … */
  readonly parameters: Readonly<Record<string, string>>
}

/** Where a table's files lie and what is in them. */
export interface StorageDescriptor {
  readonly columns: readonly CatalogColumn[]
  /** `s3://bucket/prefix/` (or `file:///…` for the automatic table of the command). */
  readonly location: string
  readonly inputFormat: string
  readonly outputFormat: string
  readonly compressed: boolean
  readonly serDeInfo: SerDeInfo
  /** CLUSTERED BY; absent where the table has no buckets. */
  readonly bucketColumns?: readonly string[] | undefined
  readonly numberOfBuckets?: number | undefined
}

/** A table or a view. */
export interface CatalogTable {
  readonly databaseName: string
  readonly name: string
  readonly tableType: 'EXTERNAL_TABLE' | 'VIRTUAL_VIEW'
  readonly description?: string | undefined
  readonly storageDescriptor: StorageDescriptor
  readonly partitionKeys: readonly CatalogColumn[]
  /** TBLPROPERTIES, keys as written: `skip.header.line.count`, `projection.enabled`, `storage.location.template`. */
  readonly parameters: Readonly<Record<string, string>>
  /** For a view: the query's own text. */
  readonly viewText?: string | undefined
  /** For a view: the columns of its query, `type` in Trino's spelling (`varchar`, `timestamp(3) with time zone`). */
  readonly viewColumns?: readonly CatalogColumn[] | undefined
  /** Unix seconds, from the injected clock. */
  readonly createTimeSeconds: number
}

/** A registered partition of a table. */
export interface CatalogPartition {
  /** One text per partition key, in the order of `partitionKeys`. */
  readonly values: readonly string[]
  readonly location: string
}

/** Where tables are kept. Every operation may be remote: an emulated or a real Glue can stand behind it. */
export interface Catalog {
  listDatabases(): Promise<readonly CatalogDatabase[]>
  getDatabase(name: string): Promise<CatalogDatabase | undefined>
  createDatabase(database: CatalogDatabase): Promise<void>
  updateDatabase(database: CatalogDatabase): Promise<void>
  dropDatabase(name: string): Promise<void>
  listTables(database: string): Promise<readonly CatalogTable[]>
  getTable(database: string, name: string): Promise<CatalogTable | undefined>
  createTable(table: CatalogTable): Promise<void>
  updateTable(table: CatalogTable): Promise<void>
  dropTable(database: string, name: string): Promise<void>
  listPartitions(database: string, table: string): Promise<readonly CatalogPartition[]>
  addPartitions(database: string, table: string, partitions: readonly CatalogPartition[]): Promise<void>
  dropPartition(database: string, table: string, values: readonly string[]): Promise<void>
}
