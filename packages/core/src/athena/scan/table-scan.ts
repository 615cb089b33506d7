import { LAZY_SIMPLE_SERDE, PARQUET_SERDE } from '../catalog/storage-format.ts'
import type { DuckDbSession } from '../duckdb/duckdb-session.ts'
import { AthenaError } from '../errors.ts'
import type { ScanRequest } from '../generate/scan-request.ts'
import type { QueryIssue, QueryStatistics } from '../result.ts'
import { ParquetTableScan } from './parquet-table-scan.ts'
import type { ScanContext } from './scan-context.ts'
import { TextTableScan } from './text-table-scan.ts'

export type ScanStatistics = Omit<QueryStatistics, 'rowsReturned'>

/** A table of a query: its objects, and the relation that a DuckDB session reads them through. */
export interface TableScan {
  /** Of the relation, as the query calls it. */
  readonly name: string
  /** Finds the objects and makes them ready to be read. Must have resolved before the query runs. */
  find(): Promise<void>
  /** Files that DuckDB itself opens, once they are found. */
  readonly paths: readonly string[]
  /** Prepares the session and gives the SQL of the relation. */
  attach(session: DuckDbSession): Promise<string>
  /** What was read so far; final when `finish` has resolved. */
  statistics(): ScanStatistics
  finish(): Promise<void>
  /** 0 to 1. */
  shareRead(): number
  close(): void
}

/** True for a scan whose objects DuckDB itself opens. */
export function opensFiles({ table }: ScanRequest): boolean {
  return table.storageDescriptor.serDeInfo.serializationLibrary === PARQUET_SERDE
}

/** The scan of a table. Issues are added as the rows are read. */
export function tableScan(request: ScanRequest, context: ScanContext, issues: QueryIssue[]): TableScan {
  const { table } = request
  const { serializationLibrary } = table.storageDescriptor.serDeInfo
  if (opensFiles(request)) return new ParquetTableScan(request, context, issues)
  if (serializationLibrary === LAZY_SIMPLE_SERDE) return new TextTableScan(request, context, issues)
  throw new AthenaError(
    'HIVE_UNSUPPORTED_FORMAT',
    `Unsupported SerDe of table ${table.databaseName}.${table.name}: ${serializationLibrary}`,
    { remedy: 'The embedded engine reads text tables (ROW FORMAT DELIMITED) and Parquet.' },
  )
}
