import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Analysis } from '../analysis/analysis.ts'
import { DuckDbSession } from '../duckdb/duckdb-session.ts'
import { AthenaError } from '../errors.ts'
import { type GeneratedQuery, generateQuery } from '../generate/generate.ts'
import type { QueryIssue, QueryStatistics, ResultColumn } from '../result.ts'
import { quoteName } from '../scan/column-sql.ts'
import { openTableScan, type TableScan } from '../scan/table-scan.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import { evaluatePartitionExpressions } from './evaluate-partition-expressions.ts'
import type { StatementContext } from './query-session.ts'
import { SelectResult } from './select-result.ts'

const MICROS_PER_MILLI = 1000n

/** Generates the SQL of an analyzed query, finds its objects and starts it. */
export async function runQuery(analysis: Analysis, context: StatementContext): Promise<SelectResult> {
  const { session, signal } = context
  const query = generateQuery(analysis, { nowMicros: BigInt(context.nowMillis) * MICROS_PER_MILLI })
  const { sql, columns } = query
  const issues: QueryIssue[] = []
  const cleanup = new Cleanup()
  const failure = (error: unknown): unknown => abortError(signal) ?? error
  try {
    const workDirectory = await session.workDirectory()
    // DuckDB starts while the objects are looked for.
    const starting = startDuckDb(workDirectory, context, cleanup)
    const finding = openScans(query, workDirectory, context, issues, cleanup)
    await Promise.allSettled([starting, finding])
    const [duckDb, opened] = await Promise.all([starting, finding])
    const onAbort = (): void => duckDb.interrupt()
    await duckDb.allowOnly(opened.flatMap((scan) => scan.paths))
    for (const scan of opened) {
      const relation = await scan.attach(duckDb.connection)
      await duckDb.prepareFor(relation)
      await duckDb.connection.run(`CREATE TEMP VIEW ${quoteName(scan.name)} AS ${relation}`)
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
      finish: async () => {
        await Promise.all(opened.map((scan) => scan.finish()))
        context.onProgress?.(1)
      },
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

async function startDuckDb(workDirectory: string, context: StatementContext, cleanup: Cleanup): Promise<DuckDbSession> {
  const temporaryDirectory = await mkdtemp(join(workDirectory, 'temporary-'))
  cleanup.add(() => rm(temporaryDirectory, { recursive: true, force: true }))
  const { session } = context
  const instances = await session.duckDbInstances()
  const duckDb = await DuckDbSession.open({ instances, memoryLimit: session.memoryLimit, temporaryDirectory })
  cleanup.add(() => duckDb.close())
  return duckDb
}

async function openScans(
  query: GeneratedQuery,
  workDirectory: string,
  { session, nowMillis, signal }: StatementContext,
  issues: QueryIssue[],
  cleanup: Cleanup,
): Promise<readonly TableScan[]> {
  const { catalog, store, threads, strict } = session
  const downloadDirectory = join(workDirectory, 'downloads')
  const { partitionExpressions } = query
  const temporaryDirectory = join(workDirectory, 'temporary')
  const values = await evaluatePartitionExpressions(partitionExpressions, {
    instances: await session.duckDbInstances(),
    memoryLimit: session.memoryLimit,
    temporaryDirectory,
  })
  const opened: TableScan[] = []
  for (const scan of query.scansGiven(values)) {
    signal?.throwIfAborted()
    const context = { catalog, store, nowMillis, downloadDirectory, threads, strict, signal }
    const tableScan = await openTableScan(scan, context, issues)
    cleanup.add(() => tableScan.close())
    opened.push(tableScan)
  }
  return opened
}

/** What has to be given back, in reverse order, once. */
class Cleanup {
  readonly #steps: (() => unknown)[] = []

  add(step: () => unknown): void {
    this.#steps.push(step)
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

/** Of the objects that the query reads. */
function shareDone(scans: readonly TableScan[]): number {
  const all = scans.map((scan) => scan.shareRead())
  return all.length === 0 ? 1 : all.reduce((sum, share) => sum + share, 0) / all.length
}
