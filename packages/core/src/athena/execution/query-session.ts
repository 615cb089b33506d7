import type { Catalog } from '../catalog/catalog.ts'
import type { DuckDbInstances } from '../duckdb/duckdb-instances.ts'
import type { SqlDialect } from '../functions/function-definition.ts'
import type { TextWorkers } from '../scan/text-workers.ts'
import type { ObjectStore } from '../storage/object-store.ts'
import type { Statement } from '../trino/nodes.ts'

/** What an engine's statements have in common. */
export interface EngineSession {
  readonly catalog: Catalog
  readonly store: ObjectStore
  /** Milliseconds since 1970-01-01 UTC. */
  readonly clock: () => number
  readonly dialect: SqlDialect
  readonly threads: number
  readonly strict: boolean
  /** By name: what PREPARE keeps. */
  readonly preparedStatements: Map<string, PreparedStatement>
  /** Loads DuckDB when it is first called. */
  duckDbInstances(): Promise<DuckDbInstances>
  readonly textWorkers: TextWorkers
  /** A folder of the engine's own; its folder `downloads` need not exist. */
  workDirectory(): Promise<string>
  /** Results that hold resources, to be closed with the engine. */
  readonly openResults: Set<{ close(): Promise<void> }>
}

export interface PreparedStatement {
  readonly statement: Statement
  readonly text: string
}

/** One call of `execute`. */
export interface StatementContext {
  readonly session: EngineSession
  readonly database: string
  readonly parameters: readonly string[]
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((share: number) => void) | undefined
  /** The statement's start. */
  readonly nowMillis: number
}
