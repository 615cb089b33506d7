import type { DuckDbSession } from '../duckdb/duckdb-session.ts'
import { AthenaError } from '../errors.ts'
import type { ScanRequest } from '../generate/scan-request.ts'
import type { QueryIssue } from '../result.ts'
import { objectColumns } from './object-column.ts'
import { type ParquetFile, type ParquetObject, parquetScanSql, readParquetColumns } from './parquet-scan.ts'
import type { ScanContext } from './scan-context.ts'
import { displayName, ScanObjects } from './scan-objects.ts'
import type { ScanStatistics, TableScan } from './table-scan.ts'

/** A Parquet table, whose objects DuckDB opens. */
export class ParquetTableScan implements TableScan {
  readonly name: string
  readonly #request: ScanRequest
  readonly #context: ScanContext
  readonly #issues: QueryIssue[]
  readonly #objects: ScanObjects
  #paths: readonly string[] = []

  constructor(request: ScanRequest, context: ScanContext, issues: QueryIssue[]) {
    this.name = request.placeholder
    this.#request = request
    this.#context = context
    this.#issues = issues
    this.#objects = new ScanObjects(request, context)
  }

  get paths(): readonly string[] {
    return this.#paths
  }

  async find(): Promise<void> {
    await this.#objects.find(false)
    const located = await this.#objects.locate([...this.#objects.all.keys()])
    this.#paths = located.map(({ path }) => path)
  }

  async attach({ connection }: DuckDbSession): Promise<string> {
    const { table, columns } = this.#request
    const files: ParquetFile[] = []
    for (const [index, { object: stored }] of this.#objects.all.entries()) {
      this.#context.signal?.throwIfAborted()
      const object: ParquetObject = { path: this.#paths[index] as string, uri: stored.uri, index }
      const found = await readParquetColumns(connection, object)
      if ('message' in found) {
        const message = found.message.replaceAll(object.path, displayName(stored.uri))
        if (this.#context.strict)
          throw new AthenaError(
            'HIVE_CANNOT_OPEN_SPLIT',
            `Error opening Hive split ${stored.uri} (offset=0, length=${stored.size}): ${message}`,
          )
        this.#issues.push({ code: 'invalid-parquet', message, object: displayName(stored.uri) })
        continue
      }
      files.push(found)
    }
    return parquetScanSql(table, columns, objectColumns(table, columns, this.#objects), files)
  }

  statistics(): ScanStatistics {
    return this.#objects.statistics(this.#objects.all.length)
  }

  async finish(): Promise<void> {
    await this.#objects.finish()
  }

  shareRead(): number {
    return 1
  }

  close(): void {}
}
