import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Catalog } from './catalog/catalog.ts'
import { DEFAULT_DATABASE, InMemoryCatalog } from './catalog/in-memory-catalog.ts'
import { classifyStatement } from './dispatch.ts'
import type { DuckDbInstances } from './duckdb/duckdb-instances.ts'
import { AthenaError } from './errors.ts'
import type { EngineSession, PreparedStatement, StatementContext } from './execution/query-session.ts'
import type { SqlDialect } from './functions/function-definition.ts'
import type { ExecuteOptions, QueryEngine, QueryResult } from './result.ts'
import { TextWorkers } from './scan/text-workers.ts'
import { NoStore } from './storage/no-store.ts'
import type { ObjectStore } from './storage/object-store.ts'

/** How an {@link EmbeddedEngine} is set up; everything has a default. */
export interface EmbeddedEngineOptions {
  /** Databases and tables; a new catalogue in memory unless given. */
  readonly catalog?: Catalog | undefined
  /** Where `s3://` leads; without it no table can be read. */
  readonly store?: ObjectStore | undefined
  /** Milliseconds since 1970-01-01 UTC: what now() and NOW in partition projection mean. The machine's clock unless given. */
  readonly clock?: (() => number) | undefined
  /** `athena` unless given; `trino` gives the answers of plain Trino where the two differ. */
  readonly dialect?: SqlDialect | undefined
  /** The database of unqualified names: `default` unless given. */
  readonly database?: string | undefined
  /** Memory that a query's sorting, grouping and joining may take before it moves to disk: `4GB`. 80 % of the machine's unless given. */
  readonly memoryLimit?: string | undefined
  /** Threads of a query; as many as the machine has unless given. */
  readonly threads?: number | undefined
  /**
   * A damaged object fails the query, as it does on Athena. Unless set, the whole lines before the damage are read and the
   * result's `issues` name the object and the line.
   */
  readonly strict?: boolean | undefined
  /** The folder for what does not fit in memory and for downloads; the system's one for temporary files unless given. */
  readonly temporaryDirectory?: string | undefined
}

/**
 * Athena SQL in this process, on DuckDB: both of Athena's families of statements, over any {@link Catalog} and
 * {@link ObjectStore}. Statements may run at the same time. Nothing is written outside of a temporary folder.
 *
 * ```ts
 * const engine = new EmbeddedEngine({ store: new FolderStore({ root: 'data' }) })
 * const result = await engine.execute('SELECT action, sum(bytes) FROM vpc_flow_logs GROUP BY 1')
 * console.log(await result.rows())
 * await engine.close()
 * ```
 */
export class EmbeddedEngine implements QueryEngine {
  readonly #options: EmbeddedEngineOptions
  readonly #session: EngineSession
  #workDirectory: Promise<string> | undefined
  #duckDbInstances: Promise<DuckDbInstances> | undefined
  #isClosed = false

  constructor(options: EmbeddedEngineOptions = {}) {
    const { threads = availableParallelism() } = options
    if (!Number.isInteger(threads) || threads < 1) {
      throw new AthenaError('INVALID_INPUT', `threads is ${threads}: give a whole number from 1 on`)
    }
    this.#options = options
    this.#session = {
      catalog: options.catalog ?? new InMemoryCatalog(),
      store: options.store ?? new NoStore(),
      clock: options.clock ?? Date.now,
      dialect: options.dialect ?? 'athena',
      threads,
      strict: options.strict ?? false,
      preparedStatements: new Map<string, PreparedStatement>(),
      duckDbInstances: () => this.#openDuckDbInstances(threads),
      textWorkers: new TextWorkers(),
      workDirectory: () => this.#openWorkDirectory(),
      openResults: new Set(),
    }
  }

  /**
   * Runs one statement. The promise resolves when the first rows can be read; errors that show later come from the reading.
   *
   * @throws AthenaError with Athena's code and text.
   */
  async execute(sql: string, options: ExecuteOptions = {}): Promise<QueryResult> {
    if (this.#isClosed) throw new AthenaError('INVALID_INPUT', 'The engine is closed')
    const { family, sql: statement } = classifyStatement(sql)
    const context: StatementContext = {
      session: this.#session,
      database: (options.database ?? this.#options.database ?? DEFAULT_DATABASE).toLowerCase(),
      parameters: options.parameters ?? [],
      signal: options.signal,
      onProgress: options.onProgress,
      nowMillis: this.#session.clock(),
    }
    // Each family is loaded when it is first asked for: nobody who only creates tables waits for DuckDB.
    if (family === 'hive') {
      const { runHiveStatement } = await import('./execution/run-hive-statement.ts')
      return await runHiveStatement(statement, context)
    }
    const { runTrinoStatement } = await import('./execution/run-trino-statement.ts')
    return await runTrinoStatement(statement, context)
  }

  /** Ends what is running and removes temporary files. The engine cannot be used any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#session.openResults].map((result) => result.close()))
    this.#session.textWorkers.close()
    await (await this.#duckDbInstances)?.close()
    const directory = await this.#workDirectory
    this.#workDirectory = undefined
    if (directory !== undefined) await rm(directory, { recursive: true, force: true })
  }

  #openDuckDbInstances(threads: number): Promise<DuckDbInstances> {
    this.#duckDbInstances ??= this.#makeDuckDbInstances(threads)
    return this.#duckDbInstances
  }

  async #makeDuckDbInstances(threads: number): Promise<DuckDbInstances> {
    const { DuckDbInstances } = await import('./duckdb/duckdb-instances.ts')
    const temporaryDirectory = await this.#openWorkDirectory()
    return new DuckDbInstances({ threads, memoryLimit: this.#options.memoryLimit, temporaryDirectory })
  }

  #openWorkDirectory(): Promise<string> {
    this.#workDirectory ??= mkdtemp(join(this.#options.temporaryDirectory ?? tmpdir(), 'flowtap-'))
    return this.#workDirectory
  }
}
