import type { StatementType } from '../result.ts'

/**
 * What a statement of the Hive family gave.
 *
 * `rows` are cells of text. DESCRIBE has three columns and one cell per row, its fields joined by tabs, and MSCK REPAIR TABLE
 * has rows and no column: so does Athena (GetQueryResults gives exactly this).
 */
export interface HiveResult {
  readonly statementType: StatementType
  /** As in QueryExecution.SubstatementType. */
  readonly substatementType: string
  readonly columns: readonly HiveResultColumn[]
  readonly rows: readonly (readonly string[])[]
  /** 0 where Athena sends an UpdateCount, undefined where it sends none. */
  readonly updateCount: number | undefined
}

export interface HiveResultColumn {
  readonly name: string
  readonly type: 'string' | 'varchar'
}

/** What the execution of one kind of statement gives: everything but the names of its kind. */
export interface HiveOutcome {
  /** Where it is not the one of the statement's kind: a view is described as DESC_VIEW. */
  readonly substatementType?: string
  readonly columns: readonly HiveResultColumn[]
  readonly rows: readonly (readonly string[])[]
  readonly updateCount: number | undefined
}

/** DDL that only changes the catalogue. */
export const NO_ROWS: HiveOutcome = { columns: [], rows: [], updateCount: undefined }

/** One cell per line. */
export function textOutcome(
  columnNames: readonly string[],
  lines: readonly string[],
  updateCount?: number,
): HiveOutcome {
  return {
    columns: columnNames.map((name) => ({ name, type: 'string' })),
    rows: lines.map((line) => [line]),
    updateCount,
  }
}
