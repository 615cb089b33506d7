import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from '../analysis/analysis.ts'
import { DuckDbSession } from '../duckdb/duckdb-session.ts'
import { AthenaError } from '../errors.ts'
import { generateQuery } from '../generate/generate.ts'
import type { QueryIssue, QueryStatistics, ResultColumn } from '../result.ts'
import { quoteName } from '../scan/column-sql.ts'
import { openTableScan, type TableScan } from '../scan/table-scan.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import type { StatementContext } from './query-session.ts'
import { SelectResult } from './select-result.ts'

const MICROS_PER_MILLI = 1000n

/** Generates the SQL of an analyzed query, finds its objects and starts it. */
export async function runQuery(analysis: Analysis, context: StatementContext): Promise<SelectResult> {
  const { session, signal } = context
  const { sql, columns, scans } = generateQuery(analysis, { nowMicros: BigInt(context.nowMillis) * MICROS_PER_MILLI })
  const workDirectory = await session.workDirectory()
  const issues: QueryIssue[] = []
  const cleanup = new Cleanup()
  const onAbort = (): void => cleanup.interrupt()
  const failure = (error: unknown): unknown => abortError(signal) ?? error
  try {
    const opened: TableScan[] = []
    for (const scan of scans) {
      const tableScan = await openTableScan(
        scan,
        {
          catalog: session.catalog,
          store: session.store,
          nowMillis: context.nowMillis,
          downloadDirectory: join(workDirectory, 'downloads'),
          threads: session.threads,
          strict: session.strict,
          signal,
        },
        issues,
      )
      cleanup.add(() => tableScan.close())
      opened.push(tableScan)
    }
    const temporaryDirectory = await mkdtemp(join(workDirectory, 'temporary-'))
    cleanup.add(() => rm(temporaryDirectory, { recursive: true, force: true }))
    signal?.throwIfAborted()
    const duckDb = await DuckDbSession.open({
      threads: session.threads,
      memoryLimit: session.memoryLimit,
      paths: opened.flatMap((scan) => scan.paths),
      temporaryDirectory,
    })
    cleanup.interrupts(duckDb)
    for (const [index, scan] of opened.entries()) {
      const relation = await scan.attach(duckDb.connection)
      await duckDb.prepareFor(relation)
      await duckDb.connection.run(`CREATE TEMP VIEW ${quoteName(scans[index]?.placeholder ?? '')} AS ${relation}`)
    }
    await duckDb.prepareFor(sql)
    await duckDb.lock()
    signal?.addEventListener('abort', onAbort, { once: true })
    cleanup.add(() => signal?.removeEventListener('abort', onAbort))
    signal?.throwIfAborted()
    const rows = await duckDb.select(sql)
    const result = new SelectResult({
      columns: columns.map(({ name, type }): ResultColumn => ({ name, type: formatTrinoType(type), trinoType: type })),
      dialect: session.dialect,
      rows,
      issues,
      scanStatistics: () => totalStatistics(opened),
      reportProgress: () => context.onProgress?.(shareDone(opened)),
      throwIfAborted: () => signal?.throwIfAborted(),
      failure,
      close: async () => {
        session.openResults.delete(result)
        await cleanup.run()
      },
    })
    session.openResults.add(result)
    return result
  } catch (error) {
    await cleanup.run()
    throw failure(error)
  }
}

/** What has to be given back, in reverse order, once. */
class Cleanup {
  readonly #steps: (() => unknown)[] = []
  #session: DuckDbSession | undefined

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  interrupts(session: DuckDbSession): void {
    this.#session = session
    this.add(() => session.close())
  }

  interrupt(): void {
    this.#session?.interrupt()
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) await step()
  }
}

/** Athena's words for a query that was stopped, and Trino's for one that took too long. */
function abortError(signal: AbortSignal | undefined): AthenaError | undefined {
  if (!signal?.aborted) return undefined
  const { reason } = signal
  if (reason instanceof AthenaError) return reason
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? new AthenaError('EXCEEDED_TIME_LIMIT', 'Query exceeded the maximum execution time limit', { cause: reason })
    : new AthenaError('USER_CANCELED', 'Query cancelled by user', { cause: reason })
}

function totalStatistics(scans: readonly TableScan[]): Omit<QueryStatistics, 'rowsReturned'> {
  const all = scans.map((scan) => scan.statistics())
  const sum = (pick: (statistics: (typeof all)[number]) => number): number =>
    all.reduce((total, statistics) => total + pick(statistics), 0)
  return {
    bytesScanned: sum((statistics) => statistics.bytesScanned),
    objectsOpened: sum((statistics) => statistics.objectsOpened),
    objectsTotal: sum((statistics) => statistics.objectsTotal),
  }
}

function shareDone(scans: readonly TableScan[]): number {
  const { objectsOpened, objectsTotal } = totalStatistics(scans)
  return objectsTotal === 0 ? 1 : objectsOpened / objectsTotal
}
