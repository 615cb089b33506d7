import type { DuckDBDataChunk } from '@duckdb/node-api'
import type { RecordBatch } from 'apache-arrow'
import type { DuckDbRows } from '../duckdb/duckdb-session.ts'
import { AthenaError } from '../errors.ts'
import { formatCsv } from '../format/csv.ts'
import { createValueFormatter, type ValueFormatter } from '../format/value-text.ts'
import type { SqlDialect } from '../functions/function-definition.ts'
import type { QueryIssue, QueryResult, QueryStatistics, ResultColumn, ResultText } from '../result.ts'

/** A query that runs: where its rows come from and what has to be given back at its end. */
export interface RunningSelect {
  readonly columns: readonly ResultColumn[]
  readonly dialect: SqlDialect
  readonly rows: DuckDbRows
  readonly issues: readonly QueryIssue[]
  scanStatistics(): Omit<QueryStatistics, 'rowsReturned'>
  reportProgress(): void
  /** Completes the statistics when all rows have been read. */
  finish(): Promise<void>
  /** Throws where the query was ended from outside. */
  throwIfAborted(): void
  /** The error of a query that was ended from outside. */
  failure(error: unknown): unknown
  close(): Promise<void>
}

/** The rows of a SELECT, read once as DuckDB makes them. */
export class SelectResult implements QueryResult {
  readonly statementType = 'DML'
  readonly substatementType = 'SELECT'
  readonly updateCount = 0
  readonly #select: RunningSelect
  #isRead = false
  #rowsReturned = 0

  constructor(select: RunningSelect) {
    this.#select = select
  }

  get columns(): readonly ResultColumn[] {
    return this.#select.columns
  }

  get issues(): readonly QueryIssue[] {
    return this.#select.issues
  }

  get statistics(): QueryStatistics {
    return { ...this.#select.scanStatistics(), rowsReturned: this.#rowsReturned }
  }

  async *#chunks(): AsyncGenerator<DuckDBDataChunk, void> {
    if (this.#isRead) throw new AthenaError('INVALID_INPUT', 'The rows of this result were read already')
    this.#isRead = true
    try {
      for (;;) {
        this.#select.throwIfAborted()
        const chunk = await this.#select.rows.next()
        if (chunk === undefined) break
        this.#rowsReturned += chunk.rowCount
        this.#select.reportProgress()
        yield chunk
      }
      await this.#select.finish()
    } catch (error) {
      throw this.#select.failure(error)
    } finally {
      await this.#select.close()
    }
  }

  async *textBatches(): AsyncGenerator<readonly (readonly ResultText[])[], void> {
    const formatters = this.columns.map((column) => createValueFormatter(column.trinoType, this.#select.dialect))
    for await (const chunk of this.#chunks()) yield textRows(chunk, formatters)
  }

  async rows(): Promise<readonly (readonly ResultText[])[]> {
    const rows: (readonly ResultText[])[] = []
    for await (const batch of this.textBatches()) for (const row of batch) rows.push(row)
    return rows
  }

  async *arrowBatches(): AsyncGenerator<RecordBatch, void> {
    const { arrowBatch, arrowSchema } = await import('../format/arrow.ts')
    const schema = arrowSchema(this.columns)
    for await (const chunk of this.#chunks()) yield arrowBatch(chunk, this.columns, schema, this.#select.dialect)
  }

  csv(): AsyncIterable<string> {
    return formatCsv(
      this.columns.map((column) => column.name),
      this.textBatches(),
    )
  }

  async close(): Promise<void> {
    this.#isRead = true
    await this.#select.close()
  }
}

/** By columns first: one formatter at a time over values of one type. */
function textRows(chunk: DuckDBDataChunk, formatters: readonly ValueFormatter[]): readonly (readonly ResultText[])[] {
  const rows: ResultText[][] = Array.from({ length: chunk.rowCount }, () => new Array<ResultText>(formatters.length))
  formatters.forEach((format, column) => {
    const vector = chunk.getColumnVector(column)
    for (let row = 0; row < rows.length; row++) (rows[row] as ResultText[])[column] = format(vector.getItem(row))
  })
  return rows
}
