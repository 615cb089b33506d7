import type { TrinoType } from './types/trino-type.ts'

/** A value in Athena's text form (what GetQueryResults gives as VarCharValue); null is SQL NULL. */
export type ResultText = string | null

/** A column of a result. */
export interface ResultColumn {
  readonly name: string
  /** Trino's display name: `bigint`, `varchar`, `timestamp(3) with time zone`, `array(varchar)`. */
  readonly type: string
  readonly trinoType: TrinoType
}

/** An object that could not be read whole: the good rows of it are in the result. */
export interface QueryIssue {
  readonly code: string
  readonly message: string
  /** `s3://…` or a file's path. */
  readonly object: string
  readonly line?: number | undefined
}

/** What a statement read. */
export interface QueryStatistics {
  /** Bytes of the objects opened, as stored (compressed), which is what Athena charges for. */
  readonly bytesScanned: number
  readonly objectsOpened: number
  /** Objects of the tables read, before partition pruning, as far as they were listed. */
  readonly objectsTotal: number
  /** Rows given out so far; final when the result has been read to its end. */
  readonly rowsReturned: number
}

/** DML, DDL and UTILITY as in QueryExecution.StatementType. */
export type StatementType = 'DML' | 'DDL' | 'UTILITY'

/**
 * What a statement gave. Rows come once, in batches, by columns (`batches`) or as text (`rows`).
 * Statistics and issues are final when the rows have been read to their end.
 */
export interface QueryResult {
  readonly statementType: StatementType
  /** QueryExecution.SubstatementType: SELECT, CREATE_TABLE, SHOW_PARTITIONS, … */
  readonly substatementType: string
  readonly columns: readonly ResultColumn[]
  /** Rows changed; undefined where Athena gives none. */
  readonly updateCount: number | undefined
  readonly statistics: QueryStatistics
  readonly issues: readonly QueryIssue[]
  /** Rows in Athena's text form, in arrays of up to some thousands. */
  textBatches(): AsyncIterable<readonly (readonly ResultText[])[]>
  /** All rows in Athena's text form; for results that fit in memory. */
  rows(): Promise<readonly (readonly ResultText[])[]>
  /** Apache Arrow record batches. */
  arrowBatches(): AsyncIterable<import('apache-arrow').RecordBatch>
  /** Athena's result CSV: every value double-quoted, NULL an empty field, `\n` line ends, header first. */
  csv(): AsyncIterable<string>
  /** Gives the engine's resources back; reading to the end does so too. */
  close(): Promise<void>
}

/** `EmbeddedEngine` (DuckDB in this process), `AwsAthenaEngine`, `TrinoEngine` have this in common. */
export interface QueryEngine {
  execute(sql: string, options?: ExecuteOptions): Promise<QueryResult>
  close(): Promise<void>
}

/** How one statement is run. */
export interface ExecuteOptions {
  /** The database (schema) of unqualified names; `default` unless given. */
  readonly database?: string | undefined
  /** Values of `?`, each an SQL expression text, as StartQueryExecution's ExecutionParameters. */
  readonly parameters?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
  /** Called now and then while rows are read: the share done, 0 to 1, as the engine estimates it. */
  readonly onProgress?: ((share: number) => void) | undefined
}
