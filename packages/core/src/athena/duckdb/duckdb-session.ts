import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  StatementType,
} from '@duckdb/node-api'
import { AthenaError } from '../errors.ts'
import { athenaErrorOf } from './duckdb-errors.ts'
import type { DuckDbDatabase, DuckDbInstances } from './duckdb-instances.ts'
import { nativeCall } from './native-calls.ts'
import { prepareConnection } from './scalar-functions.ts'

/**
 * A DuckDB database in memory for one query, which can reach nothing but the files it was given. Nothing one query leaves
 * behind is seen by another: a session without files can only read, one with files has a database of its own.
 */
export class DuckDbSession {
  readonly connection: DuckDBConnection
  readonly #database: DuckDbDatabase
  readonly #instances: DuckDbInstances
  #isClosed = false
  #hasFailed = false
  #resultsOpen = 0
  #callsUnderWay = 0

  private constructor(instances: DuckDbInstances, database: DuckDbDatabase, connection: DuckDBConnection) {
    this.#instances = instances
    this.#database = database
    this.connection = connection
  }

  /** A session that reaches no file. */
  static async openSealed(instances: DuckDbInstances): Promise<DuckDbSession> {
    return await DuckDbSession.#open(instances, () => instances.takeSealed())
  }

  /** A session for {@link allowOnly} and then {@link lock}. */
  static async open(instances: DuckDbInstances): Promise<DuckDbSession> {
    return await DuckDbSession.#open(instances, () => instances.takeOpen())
  }

  static async #open(instances: DuckDbInstances, take: () => Promise<DuckDbDatabase>): Promise<DuckDbSession> {
    try {
      const database = await take()
      return new DuckDbSession(instances, database, await database.instance.connect())
    } catch (error) {
      throw athenaErrorOf(error)
    }
  }

  /** From here on SQL can read these files and no other. To be called before anything else. A sealed session has none. */
  async allowOnly(paths: readonly string[]): Promise<void> {
    if (this.#database.isSealed && paths.length === 0) return
    await this.connection.run(`SET allowed_paths=[${paths.map(quote).join(', ')}];SET enable_external_access=false`)
  }

  /** Allows no change of settings any more. */
  async lock(): Promise<void> {
    if (this.#database.isSealed) return
    await this.connection.run('SET lock_configuration=true')
  }

  /** Calls `define` with the connection unless the database has what is called so. */
  defineOnce(name: string, define: (connection: DuckDBConnection) => void): void {
    if (this.#database.defined.has(name)) return
    define(this.connection)
    this.#database.defined.add(name)
  }

  /** Makes the functions and macros that an SQL text calls. */
  async prepareFor(sql: string): Promise<void> {
    await prepareConnection(this.connection, sql, this.#database.defined)
  }

  /** Plans one SELECT and runs it; chunks come as DuckDB makes them. */
  async select(sql: string): Promise<DuckDbRows> {
    return await (await this.prepare(sql)).run()
  }

  /** Plans one SELECT, which can be run once. */
  async prepare(sql: string): Promise<DuckDbSelect> {
    this.#resultsOpen += 1
    try {
      // It refuses a text of several statements.
      const statement = await this.connection.prepare(sql)
      if (statement.statementType !== StatementType.SELECT)
        throw notOneSelect(`statement type ${statement.statementType}`)
      return { run: () => this.#run(statement) }
    } catch (error) {
      throw athenaErrorOf(error)
    }
  }

  async #run(statement: DuckDBPreparedStatement): Promise<DuckDbRows> {
    try {
      const result = await this.#call(() => statement.stream())
      return new DuckDbRows(
        result,
        (call) => this.#call(call),
        () => {
          this.#resultsOpen -= 1
        },
      )
    } catch (error) {
      throw athenaErrorOf(error)
    }
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    return await nativeCall(async () => {
      if (this.#isClosed) throw new AthenaError('USER_CANCELED', 'Query was canceled')
      this.#callsUnderWay += 1
      try {
        return await call()
      } catch (error) {
        this.#hasFailed = true
        throw error
      } finally {
        this.#callsUnderWay -= 1
        if (this.#isClosed) this.#release()
      }
    })
  }

  /** Ends what is running. */
  interrupt(): void {
    if (this.#callsUnderWay > 0) this.connection.interrupt()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#callsUnderWay > 0) this.connection.interrupt()
    else this.#release()
  }

  #release(): void {
    if (this.#callsUnderWay > 0) return
    this.connection.closeSync()
    // What was given up half-way may still hold memory or work.
    if (this.#hasFailed || this.#resultsOpen > 0) this.#database.instance.closeSync()
    else this.#instances.giveBack(this.#database)
  }
}

/** A SELECT that was planned. */
export interface DuckDbSelect {
  run(): Promise<DuckDbRows>
}

/** Rows of a running query. */
export class DuckDbRows {
  readonly #result: DuckDBResult
  readonly #call: <T>(call: () => Promise<T>) => Promise<T>
  readonly #onEnd: () => void
  #isAtEnd = false

  constructor(result: DuckDBResult, call: <T>(call: () => Promise<T>) => Promise<T>, onEnd: () => void) {
    this.#result = result
    this.#call = call
    this.#onEnd = onEnd
  }

  get columnCount(): number {
    return this.#result.columnCount
  }

  /** The next rows; undefined at the end. */
  async next(): Promise<DuckDBDataChunk | undefined> {
    if (this.#isAtEnd) return undefined
    try {
      const chunk = await this.#call(() => this.#result.fetchChunk())
      if (chunk !== null && chunk.rowCount > 0) return chunk
      this.#isAtEnd = true
      this.#onEnd()
      return undefined
    } catch (error) {
      throw athenaErrorOf(error)
    }
  }
}

function notOneSelect(found: string): AthenaError {
  return new AthenaError('GENERIC_INTERNAL_ERROR', `The generated SQL is not one SELECT: ${found}`)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
