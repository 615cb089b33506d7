import { join } from 'node:path'
import type { Analysis } from '../analysis/analysis.ts'
import { type DuckDbSelect, DuckDbSession } from '../duckdb/duckdb-session.ts'
import { AthenaError } from '../errors.ts'
import { type GeneratedQuery, generateQuery } from '../generate/generate.ts'
import type { QueryIssue, QueryStatistics, ResultColumn } from '../result.ts'
import { opensFiles, type TableScan, tableScan } from '../scan/table-scan.ts'
import { formatTrinoType } from '../types/trino-type.ts'
import { evaluatePartitionExpressions } from './evaluate-partition-expressions.ts'
import type { StatementContext } from './query-session.ts'
import { SelectResult } from './select-result.ts'

const MICROS_PER_MILLI = 1000n

/** Generates the SQL of an analyzed query, finds its objects and starts it. */
export async function runQuery(analysis: Analysis, context: StatementContext): Promise<SelectResult> {
  const { session, signal } = context
  const query = generateQuery(analysis, { nowMicros: BigInt(context.nowMillis) * MICROS_PER_MILLI })
  const { columns } = query
  const issues: QueryIssue[] = []
  const cleanup = new Cleanup()
  const failure = (error: unknown): unknown => abortError(signal) ?? error
  try {
    // DuckDB starts while the objects are looked for.
    const starting = startDuckDb(query, context, cleanup)
    const scanning = planScans(query, context, issues, cleanup)
    await Promise.allSettled([starting, scanning])
    const [duckDb, opened] = await Promise.all([starting, scanning])
    const finding = Promise.all(opened.map((scan) => scan.find()))
    const planning = planSelect(query, opened, finding, duckDb)
    await Promise.allSettled([finding, planning])
    const [, select] = await Promise.all([finding, planning])
    const onAbort = (): void => duckDb.interrupt()
    signal?.addEventListener('abort', onAbort, { once: true })
    cleanup.add(() => signal?.removeEventListener('abort', onAbort))
    signal?.throwIfAborted()
    const rows = await select.run()
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

async function startDuckDb(
  query: GeneratedQuery,
  { session }: StatementContext,
  cleanup: Cleanup,
): Promise<DuckDbSession> {
  const instances = await session.duckDbInstances()
  const duckDb = await (query.scans.some(opensFiles)
    ? DuckDbSession.open(instances)
    : DuckDbSession.openSealed(instances))
  cleanup.add(() => duckDb.close())
  return duckDb
}

async function planScans(
  query: GeneratedQuery,
  { session, nowMillis, signal }: StatementContext,
  issues: QueryIssue[],
  cleanup: Cleanup,
): Promise<readonly TableScan[]> {
  const { catalog, store, threads, strict, textWorkers } = session
  const downloadDirectory = join(await session.workDirectory(), 'downloads')
  const values = await evaluatePartitionExpressions(query.partitionExpressions, await session.duckDbInstances())
  const opened: TableScan[] = []
  for (const scan of query.scansGiven(values)) {
    signal?.throwIfAborted()
    const context = { catalog, store, nowMillis, downloadDirectory, threads, textWorkers, strict, signal }
    const planned = tableScan(scan, context, issues)
    cleanup.add(() => planned.close())
    opened.push(planned)
  }
  return opened
}

/**
 * Plans the query once the objects were found: how much is to be read of a table decides how it is joined, and Parquet files
 * are looked into first. Where a few rows of one text table are enough, that would be most of the query's time, and nothing
 * depends on it.
 */
async function planSelect(
  query: GeneratedQuery,
  scans: readonly TableScan[],
  finding: Promise<unknown>,
  duckDb: DuckDbSession,
): Promise<DuckDbSelect> {
  if (!query.scans.every((scan) => scan.rowsEnough !== undefined && !opensFiles(scan))) await finding
  await duckDb.allowOnly(scans.flatMap((scan) => scan.paths))
  const relations = new Map<string, string>()
  for (const scan of scans) relations.set(scan.name, await scan.attach(duckDb))
  const sql = query.sqlOver(relations)
  await duckDb.prepareFor(sql)
  await duckDb.lock()
  return await duckDb.prepare(sql)
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
