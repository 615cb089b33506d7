import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBResult,
  StatementType,
} from '@duckdb/node-api'
import { AthenaError } from '../errors.ts'
import { athenaErrorOf } from './duckdb-errors.ts'
import { nativeCall } from './native-calls.ts'
import { prepareConnection } from './scalar-functions.ts'

export interface DuckDbSessionOptions {
  readonly instances: DuckDbInstances
  /** As DuckDB writes it: `4GB`. */
  readonly memoryLimit: string | undefined
  /** A folder of the session's own, for what does not fit in memory. */
  readonly temporaryDirectory: string
}

/**
 * DuckDB databases that nobody has used yet. Making one takes as long as a small query (15 ms), so one is made ahead while
 * the last query runs.
 */
export class DuckDbInstances {
  readonly #threads: number
  #spare: Promise<DuckDBInstance> | undefined
  #isClosed = false

  constructor(threads: number) {
    this.#threads = threads
  }

  async take(): Promise<DuckDBInstance> {
    const taken = this.#spare ?? this.#create()
    this.#spare = undefined
    const instance = await taken
    if (!this.#isClosed) {
      this.#spare ??= this.#create()
      // Its failure is that of the query that takes it.
      this.#spare.catch(() => undefined)
    }
    return instance
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const spare = this.#spare
    this.#spare = undefined
    const [outcome] = await Promise.allSettled([spare])
    if (outcome?.status === 'fulfilled') outcome.value?.closeSync()
  }

  #create(): Promise<DuckDBInstance> {
    return DuckDBInstance.create(':memory:', { threads: String(this.#threads) })
  }
}

/**
 * A DuckDB database in memory for one query, which can reach nothing but the files it was given. It is made for each query
 * (15 ms), so that nothing one query leaves behind is seen by another. Once {@link lock} was called no setting can change.
 */
export class DuckDbSession {
  readonly connection: DuckDBConnection
  readonly #instance: DuckDBInstance
  #isClosed = false
  #callsUnderWay = 0

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.connection = connection
  }

  static async open(options: DuckDbSessionOptions): Promise<DuckDbSession> {
    const instance = await options.instances.take()
    const connection = await instance.connect()
    const session = new DuckDbSession(instance, connection)
    try {
      const settings = [
        `SET temp_directory=${quote(options.temporaryDirectory)}`,
        ...(options.memoryLimit === undefined ? [] : [`SET memory_limit=${quote(options.memoryLimit)}`]),
        "SET TimeZone='UTC'",
        "SET default_null_order='NULLS_LAST'",
        // Rows come in the order of the objects, so that LIMIT without ORDER BY gives the same rows every time.
        'SET preserve_insertion_order=true',
        'SET autoinstall_known_extensions=false',
        'SET autoload_known_extensions=false',
        'SET allow_community_extensions=false',
      ]
      await connection.run(settings.join(';'))
      return session
    } catch (error) {
      session.close()
      throw athenaErrorOf(error)
    }
  }

  /** From here on SQL can read these files and no other. To be called before anything else. */
  async allowOnly(paths: readonly string[]): Promise<void> {
    await this.connection.run(`SET allowed_paths=[${paths.map(quote).join(', ')}];SET enable_external_access=false`)
  }

  /** Makes the functions and macros that an SQL text calls. */
  async prepareFor(sql: string): Promise<void> {
    await prepareConnection(this.connection, sql)
  }

  /** Allows no change of settings any more. */
  async lock(): Promise<void> {
    await this.connection.run('SET lock_configuration=true')
  }

  /**
   * Runs one SELECT; chunks come as DuckDB makes them. The session is closed when they have been read to the end, when
   * reading is given up and when it fails.
   */
  async select(sql: string): Promise<DuckDbRows> {
    try {
      const statements = await this.connection.extractStatements(sql)
      if (statements.count !== 1) throw notOneSelect(`${statements.count} statements`)
      const statement = await statements.prepare(0)
      if (statement.statementType !== StatementType.SELECT)
        throw notOneSelect(`statement type ${statement.statementType}`)
      const result = await this.#call(() => statement.stream())
      return new DuckDbRows(result, (call) => this.#call(call))
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
    this.#instance.closeSync()
  }
}

/** Rows of a running query. */
export class DuckDbRows {
  readonly #result: DuckDBResult
  readonly #call: <T>(call: () => Promise<T>) => Promise<T>

  constructor(result: DuckDBResult, call: <T>(call: () => Promise<T>) => Promise<T>) {
    this.#result = result
    this.#call = call
  }

  get columnCount(): number {
    return this.#result.columnCount
  }

  /** The next rows; undefined at the end. */
  async next(): Promise<DuckDBDataChunk | undefined> {
    try {
      const chunk = await this.#call(() => this.#result.fetchChunk())
      return chunk === null || chunk.rowCount === 0 ? undefined : chunk
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
