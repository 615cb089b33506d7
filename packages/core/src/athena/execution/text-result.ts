import type { RecordBatch } from 'apache-arrow'
import { formatCsv } from '../format/csv.ts'
import type { QueryIssue, QueryResult, QueryStatistics, ResultColumn, ResultText, StatementType } from '../result.ts'

/** What a statement is called in the Athena API. */
export interface StatementNames {
  readonly statementType: StatementType
  readonly substatementType: string
}

/** The result of a statement that only asks or changes the catalogue: rows of text in memory. */
export class TextResult implements QueryResult {
  readonly statementType: StatementType
  readonly substatementType: string
  readonly columns: readonly ResultColumn[]
  readonly updateCount: number | undefined
  readonly issues: readonly QueryIssue[] = []
  readonly #rows: readonly (readonly ResultText[])[]

  constructor(
    names: StatementNames,
    columns: readonly ResultColumn[],
    rows: readonly (readonly ResultText[])[],
    updateCount: number | undefined,
  ) {
    this.statementType = names.statementType
    this.substatementType = names.substatementType
    this.columns = columns
    this.#rows = rows
    this.updateCount = updateCount
  }

  get statistics(): QueryStatistics {
    return { bytesScanned: 0, objectsOpened: 0, objectsTotal: 0, rowsReturned: this.#rows.length }
  }

  async *textBatches(): AsyncGenerator<readonly (readonly ResultText[])[], void> {
    if (this.#rows.length > 0) yield this.#rows
  }

  async rows(): Promise<readonly (readonly ResultText[])[]> {
    return this.#rows
  }

  async *arrowBatches(): AsyncGenerator<RecordBatch, void> {
    const { arrowSchema, textArrowBatch } = await import('../format/arrow.ts')
    if (this.#rows.length > 0) yield textArrowBatch(this.#rows, arrowSchema(this.columns))
  }

  csv(): AsyncIterable<string> {
    return formatCsv(
      this.columns.map((column) => column.name),
      this.textBatches(),
    )
  }

  async close(): Promise<void> {}
}
