import type { Catalog, CatalogDatabase, CatalogPartition, CatalogTable } from './catalog.ts'
import {
  databaseAlreadyExists,
  databaseNotFound,
  partitionAlreadyExists,
  partitionNotFound,
  tableAlreadyExists,
  tableNotFound,
} from './ddl-errors.ts'
import { formatPartitionSpec } from './partition-values.ts'

/** A whole catalogue as JSON-serialisable data, in the order of creation. */
export interface CatalogSnapshot {
  readonly databases: readonly CatalogDatabase[]
  readonly tables: readonly CatalogTable[]
  readonly partitions: readonly CatalogSnapshotPartitions[]
}

/** The partitions of one table in a snapshot. */
export interface CatalogSnapshotPartitions {
  readonly databaseName: string
  readonly tableName: string
  readonly partitions: readonly CatalogPartition[]
}

interface TableEntry {
  readonly table: CatalogTable
  /** By the partition's values as JSON, so that adding is one look-up. */
  readonly partitions: Map<string, CatalogPartition>
}

interface DatabaseEntry {
  readonly database: CatalogDatabase
  readonly tables: Map<string, TableEntry>
}

export const DEFAULT_DATABASE = 'default'

/**
 * The catalogue in this process. A new one has the database `default`. Lists are in the order of the names, partitions in
 * the order in which they were added. What is not there, or there already, is an AthenaError DDL_FAILED in Athena's words.
 */
export class InMemoryCatalog implements Catalog {
  readonly #databases = new Map<string, DatabaseEntry>()

  constructor(snapshot?: CatalogSnapshot) {
    if (snapshot === undefined) this.#addDatabase({ name: DEFAULT_DATABASE, parameters: {} })
    else this.#restore(snapshot)
  }

  /** What `new InMemoryCatalog(snapshot)` makes an equal catalogue of. */
  snapshot(): CatalogSnapshot {
    const entries = [...this.#databases.values()]
    const tables = entries.flatMap((entry) => [...entry.tables.values()])
    return {
      databases: entries.map((entry) => entry.database),
      tables: tables.map((entry) => entry.table),
      partitions: tables.filter((entry) => entry.partitions.size > 0).map(snapshotPartitions),
    }
  }

  async listDatabases(): Promise<readonly CatalogDatabase[]> {
    return [...this.#databases.values()].map((entry) => entry.database).sort(byName)
  }

  async getDatabase(name: string): Promise<CatalogDatabase | undefined> {
    return this.#databases.get(name)?.database
  }

  async createDatabase(database: CatalogDatabase): Promise<void> {
    if (this.#databases.has(database.name)) throw databaseAlreadyExists(database.name)
    this.#addDatabase(database)
  }

  async updateDatabase(database: CatalogDatabase): Promise<void> {
    const { tables } = this.#database(database.name)
    this.#databases.set(database.name, { database, tables })
  }

  async dropDatabase(name: string): Promise<void> {
    if (!this.#databases.delete(name)) throw databaseNotFound(name)
  }

  async listTables(database: string): Promise<readonly CatalogTable[]> {
    return [...this.#database(database).tables.values()].map((entry) => entry.table).sort(byName)
  }

  async getTable(database: string, name: string): Promise<CatalogTable | undefined> {
    return this.#databases.get(database)?.tables.get(name)?.table
  }

  async createTable(table: CatalogTable): Promise<void> {
    const { tables } = this.#database(table.databaseName)
    if (tables.has(table.name)) throw tableAlreadyExists(table.name)
    tables.set(table.name, { table, partitions: new Map() })
  }

  async updateTable(table: CatalogTable): Promise<void> {
    const { partitions } = this.#table(table.databaseName, table.name)
    this.#database(table.databaseName).tables.set(table.name, { table, partitions })
  }

  async dropTable(database: string, name: string): Promise<void> {
    if (!this.#database(database).tables.delete(name)) throw tableNotFound(name)
  }

  async listPartitions(database: string, table: string): Promise<readonly CatalogPartition[]> {
    return [...this.#table(database, table).partitions.values()]
  }

  /** All or none: a partition that is there already refuses the call. */
  async addPartitions(database: string, table: string, added: readonly CatalogPartition[]): Promise<void> {
    const entry = this.#table(database, table)
    const known = new Set(entry.partitions.keys())
    for (const partition of added) {
      const key = partitionId(partition.values)
      if (known.has(key)) throw partitionAlreadyExists(formatPartitionSpec(entry.table.partitionKeys, partition.values))
      known.add(key)
    }
    for (const partition of added) entry.partitions.set(partitionId(partition.values), partition)
  }

  async dropPartition(database: string, table: string, values: readonly string[]): Promise<void> {
    const entry = this.#table(database, table)
    if (!entry.partitions.delete(partitionId(values))) {
      throw partitionNotFound(formatPartitionSpec(entry.table.partitionKeys, values))
    }
  }

  #addDatabase(database: CatalogDatabase): void {
    this.#databases.set(database.name, { database, tables: new Map() })
  }

  #database(name: string): DatabaseEntry {
    const entry = this.#databases.get(name)
    if (entry === undefined) throw databaseNotFound(name)
    return entry
  }

  #table(database: string, name: string): TableEntry {
    const entry = this.#database(database).tables.get(name)
    if (entry === undefined) throw tableNotFound(name)
    return entry
  }

  #restore(snapshot: CatalogSnapshot): void {
    for (const database of snapshot.databases) this.#addDatabase(database)
    for (const table of snapshot.tables) {
      this.#database(table.databaseName).tables.set(table.name, { table, partitions: new Map() })
    }
    for (const { databaseName, tableName, partitions } of snapshot.partitions) {
      const entry = this.#table(databaseName, tableName)
      for (const partition of partitions) entry.partitions.set(partitionId(partition.values), partition)
    }
  }
}

function partitionId(values: readonly string[]): string {
  return JSON.stringify(values)
}

function snapshotPartitions({ table, partitions }: TableEntry): CatalogSnapshotPartitions {
  return { databaseName: table.databaseName, tableName: table.name, partitions: [...partitions.values()] }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1
}
