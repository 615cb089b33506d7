import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

/** What all databases of an engine have in common. */
export interface DuckDbSettings {
  readonly threads: number
  /** As DuckDB writes it: `4GB`. */
  readonly memoryLimit: string | undefined
  /** A folder in which each database makes a folder of its own once something does not fit in memory. */
  readonly temporaryDirectory: string
}

/** A database in memory, of one query at a time. */
export interface DuckDbDatabase {
  readonly instance: DuckDBInstance
  /** It can reach no file and change no setting, so that the next query finds it as the last one did. */
  readonly isSealed: boolean
  /** Names of the functions and macros that it has. They stay the same for good. */
  readonly defined: Set<string>
}

/** Sealed databases that are kept for the next query. Most queries run one after another. */
const MOST_IDLE = 2

/**
 * The databases of an engine. Making one takes as long as a small query (15 ms). So a sealed one is used again by the next
 * query, and of those that are given files, which end with their query, one is made ahead while the last query runs.
 */
export class DuckDbInstances {
  readonly #settings: DuckDbSettings
  readonly #idle: DuckDbDatabase[] = []
  #spare: Promise<DuckDBInstance> | undefined
  #made = 0
  #isClosed = false

  constructor(settings: DuckDbSettings) {
    this.#settings = settings
  }

  /** A database that reaches nothing but its own memory. */
  async takeSealed(): Promise<DuckDbDatabase> {
    const idle = this.#idle.pop()
    if (idle) return idle
    const instance = await this.#takeInstance()
    try {
      const connection = await instance.connect()
      await connection.run('SET enable_external_access=false;SET lock_configuration=true')
      connection.closeSync()
    } catch (error) {
      instance.closeSync()
      throw error
    }
    return { instance, isSealed: true, defined: new Set() }
  }

  /** A database that is still to be told which files it can reach. */
  async takeOpen(): Promise<DuckDbDatabase> {
    const instance = await this.#takeInstance()
    if (!this.#isClosed) {
      this.#spare ??= this.#create()
      // Its failure is that of the query that takes it.
      this.#spare.catch(() => undefined)
    }
    return { instance, isSealed: false, defined: new Set() }
  }

  /** Takes a database back after a query that ended well. */
  giveBack(database: DuckDbDatabase): void {
    if (database.isSealed && !this.#isClosed && this.#idle.length < MOST_IDLE) this.#idle.push(database)
    else database.instance.closeSync()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { instance } of this.#idle.splice(0)) instance.closeSync()
    const spare = this.#spare
    this.#spare = undefined
    const [outcome] = await Promise.allSettled([spare])
    if (outcome?.status === 'fulfilled') outcome.value?.closeSync()
  }

  async #takeInstance(): Promise<DuckDBInstance> {
    const taken = this.#spare ?? this.#create()
    this.#spare = undefined
    return await taken
  }

  async #create(): Promise<DuckDBInstance> {
    const { threads, memoryLimit, temporaryDirectory } = this.#settings
    this.#made += 1
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      ...(memoryLimit === undefined ? {} : { memory_limit: memoryLimit }),
      temp_directory: join(temporaryDirectory, `spill-${this.#made}`),
      default_null_order: 'NULLS_LAST',
      // Rows come in the order of the objects, so that LIMIT without ORDER BY gives the same rows every time.
      preserve_insertion_order: 'true',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    })
    try {
      const connection = await instance.connect()
      await connection.run("SET GLOBAL TimeZone='UTC'")
      connection.closeSync()
      return instance
    } catch (error) {
      instance.closeSync()
      throw error
    }
  }
}
