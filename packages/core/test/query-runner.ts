import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { analyzeQuery } from '../src/athena/analysis/analyze.ts'
import { InMemoryCatalog } from '../src/athena/catalog/in-memory-catalog.ts'
import { prepareConnection } from '../src/athena/duckdb/scalar-functions.ts'
import { createValueFormatter } from '../src/athena/format/value-text.ts'
import type { SqlDialect } from '../src/athena/functions/function-definition.ts'
import { errorFromDuckDb } from '../src/athena/functions/runtime-errors.ts'
import { type GeneratedQuery, generateQuery } from '../src/athena/generate/generate.ts'
import { quoteName } from '../src/athena/generate/generator.ts'
import { parseStatement } from '../src/athena/trino/parse.ts'
import { formatTrinoType } from '../src/athena/types/trino-type.ts'
import { catalogTable, type TableShape } from './catalog-table.ts'

/** A table for the runner: columns with Hive types, rows as DuckDB SQL of VALUES. */
export interface RunnerTable {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly partitionKeys?: readonly { readonly name: string; readonly type: string }[] | undefined
  readonly valuesSql: string
}

export interface RunResult {
  readonly columns: readonly string[]
  readonly types: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

const NOW_MICROS = 1_795_416_582_251_000n

/** Parses, analyzes, generates and runs queries over tables in DuckDB: the engine without storage. */
export class QueryRunner {
  readonly #connection: DuckDBConnection
  readonly #catalog: InMemoryCatalog
  readonly #dialect: SqlDialect

  private constructor(connection: DuckDBConnection, catalog: InMemoryCatalog, dialect: SqlDialect) {
    this.#connection = connection
    this.#catalog = catalog
    this.#dialect = dialect
  }

  static async create(tables: readonly RunnerTable[], dialect: SqlDialect): Promise<QueryRunner> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
    const connection = await instance.connect()
    const catalog = new InMemoryCatalog()
    for (const table of tables) {
      const names = [...table.columns, ...(table.partitionKeys ?? [])].map(({ name }) => quoteName(name))
      await connection.run(
        `CREATE TABLE ${quoteName(table.name)} AS SELECT * FROM (${table.valuesSql}) AS v(${names.join(', ')})`,
      )
      await catalog.createTable(catalogTable(shapeOf(table)))
    }
    return new QueryRunner(connection, catalog, dialect)
  }

  async createView(name: string, sql: string): Promise<void> {
    const base = catalogTable({ name })
    await this.#catalog.createTable({ ...base, tableType: 'VIRTUAL_VIEW', viewText: sql })
  }

  async generate(sql: string): Promise<GeneratedQuery> {
    const statement = parseStatement(sql)
    if (statement.kind !== 'query-statement') throw new Error(`not a query: ${sql}`)
    const options = { catalog: this.#catalog, dialect: this.#dialect, database: 'default' }
    const analysis = await analyzeQuery(statement.query, options)
    return generateQuery(analysis, { nowMicros: NOW_MICROS })
  }

  async run(sql: string): Promise<RunResult> {
    const query = await this.generate(sql)
    for (const scan of query.scans) {
      await this.#connection.run(
        `CREATE OR REPLACE TEMP VIEW ${scan.placeholder} AS SELECT *, 's3://bucket/key' AS "$path" FROM ${quoteName(scan.table.name)}`,
      )
    }
    await prepareConnection(this.#connection, query.sql)
    try {
      const reader = await this.#connection.runAndReadAll(query.sql)
      const formatters = query.columns.map(({ type }) => createValueFormatter(type, this.#dialect))
      return {
        columns: query.columns.map(({ name }) => name),
        types: query.columns.map(({ type }) => formatTrinoType(type)),
        rows: reader.getRows().map((row) => row.map((value, index) => formatters[index]?.(value) ?? null)),
      }
    } catch (error) {
      const known = error instanceof Error ? errorFromDuckDb(error.message) : undefined
      if (known) throw known
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${query.sql}`, { cause: error })
    }
  }
}

function shapeOf({ name, columns, partitionKeys = [] }: RunnerTable): TableShape {
  return { name, columns, partitionKeys }
}
