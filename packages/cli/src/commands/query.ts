import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ObjectStore, QueryResult } from '@flowtap/core/athena'
import {
  EmbeddedEngine,
  FolderStore,
  InMemoryCatalog,
  openFlowLogs,
  S3Store,
  splitStatements,
} from '@flowtap/core/athena'
import { EXIT_SUCCESS, UsageError } from '../exit-code.ts'
import { formatBytes, formatCount } from '../output/format-quantity.ts'
import { startProgress } from '../output/progress.ts'
import { type ResultFormat, writeResult } from '../output/write-result.ts'
import { type Streams, writeAll } from '../streams.ts'

/** The options of `flowtap query`, as commander gives them. */
export interface QueryOptions {
  readonly file?: string
  readonly logs?: readonly string[]
  readonly ddl?: readonly string[]
  readonly s3Root?: string
  readonly database: string
  readonly schema: 'aws' | 'article'
  readonly engine: 'duckdb'
  readonly dialect: 'athena' | 'trino'
  readonly format?: ResultFormat
  readonly json?: boolean
  readonly out?: string
  readonly parameter?: readonly string[]
  readonly strict?: boolean
  readonly threads?: number
  readonly memoryLimit?: string
}

/** Runs one statement and writes its rows; gives the exit code. Errors are thrown. */
export async function runQuery(
  sqlArgument: string | undefined,
  givenOptions: QueryOptions,
  streams: Streams,
): Promise<number> {
  const { statement, options } = separateStatement(sqlArgument, givenOptions)
  const startMillis = Date.now()
  const sql = await readStatement(statement, options, streams)
  const format = chooseFormat(options, streams)
  const catalog = new InMemoryCatalog()
  const bucketStore = await openBuckets(options, streams)
  const flowLogs =
    options.logs === undefined
      ? undefined
      : await openFlowLogs({
          paths: options.logs,
          schema: options.schema,
          database: options.database,
          workingDirectory: streams.workingDirectory,
          catalog,
          store: bucketStore,
        })
  const store = flowLogs?.store ?? bucketStore
  const engine = new EmbeddedEngine({
    catalog,
    ...(store === undefined ? {} : { store }),
    dialect: options.dialect,
    database: options.database,
    ...(options.strict ? { strict: true } : {}),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit }),
  })
  const progress = await startProgress('query', streams)
  try {
    for (const file of options.ddl ?? []) {
      for (const statement of splitStatements(await readText(file, streams))) {
        const result = await engine.execute(statement)
        await result.close()
      }
    }
    const result = await engine.execute(sql, {
      ...(options.parameter === undefined ? {} : { parameters: options.parameter }),
      onProgress: (share) => progress.update(share),
    })
    await write(result, format, options, streams, () => progress.stop())
    const issues = [...(flowLogs?.issues ?? []), ...result.issues]
    for (const issue of issues.slice(0, ISSUES_SHOWN)) {
      streams.stderr.write(
        `${issue.object}${issue.line === undefined ? '' : `:${issue.line}`}: ${issue.code}: ${issue.message}\n`,
      )
    }
    if (issues.length > ISSUES_SHOWN)
      streams.stderr.write(`… and ${formatCount(issues.length - ISSUES_SHOWN, 'more issue')}\n`)
    if (issues.length > 0)
      streams.stderr.write(`${formatCount(issues.length, 'issue')} in the input; the good rows are in the result\n`)
    if (streams.stderr.isTTY) streams.stderr.write(`${summary(result, Date.now() - startMillis)}\n`)
    return EXIT_SUCCESS
  } finally {
    progress.stop()
    await engine.close()
  }
}

/** `s3://` in a folder, or real S3 where a path or a table may name it; undefined where nothing does. */
async function openBuckets(options: QueryOptions, streams: Streams): Promise<ObjectStore | undefined> {
  if (options.s3Root !== undefined) return new FolderStore({ root: resolve(streams.workingDirectory, options.s3Root) })
  const isNamed = options.ddl !== undefined || options.logs?.some((path) => path.startsWith('s3://')) === true
  if (!isNamed) return undefined
  const { s3Client } = await import('../s3-client.ts')
  return new S3Store({ client: await s3Client() })
}

const ISSUES_SHOWN = 20
/** Columns of a table that goes to a pipe. */
const DEFAULT_WIDTH = 120

async function write(
  result: QueryResult,
  format: ResultFormat,
  options: QueryOptions,
  streams: Streams,
  beforeFirst: () => void,
): Promise<void> {
  const chunks = writeResult(result, format, streams.stdout.columns ?? DEFAULT_WIDTH)
  const destination =
    options.out === undefined ? streams.stdout : createWriteStream(resolve(streams.workingDirectory, options.out))
  await writeAll(destination, announceFirst(chunks, beforeFirst))
  if (options.out !== undefined) {
    await new Promise<void>((done, fail) => {
      destination.once('error', fail)
      destination.end(() => done())
    })
  }
}

async function* announceFirst<T>(chunks: AsyncIterable<T>, beforeFirst: () => void): AsyncIterable<T> {
  for await (const chunk of chunks) {
    beforeFirst()
    yield chunk
  }
}

/** `--logs` takes all that follows it, so in `--logs a b "SELECT …"` the statement is the last of its values. */
function separateStatement(
  argument: string | undefined,
  options: QueryOptions,
): { readonly statement: string | undefined; readonly options: QueryOptions } {
  const last = options.logs?.at(-1)
  if (argument !== undefined || options.file !== undefined || last === undefined || !/\s/.test(last)) {
    return { statement: argument, options }
  }
  const { logs: _all, ...rest } = options
  const logs = options.logs?.slice(0, -1) ?? []
  return { statement: last, options: logs.length === 0 ? rest : { ...rest, logs } }
}

async function readStatement(argument: string | undefined, options: QueryOptions, streams: Streams): Promise<string> {
  if (argument !== undefined && options.file !== undefined) {
    throw new UsageError('a statement and --file were both given; leave one of them out')
  }
  if (options.file !== undefined) return readText(options.file, streams)
  if (argument === undefined) {
    throw new UsageError('no statement given; write it in quotes behind the options or name a file with --file')
  }
  return argument
}

async function readText(file: string, streams: Streams): Promise<string> {
  if (file === '-') {
    const parts: Buffer[] = []
    for await (const part of streams.stdin) parts.push(Buffer.from(part))
    return Buffer.concat(parts).toString('utf8')
  }
  try {
    return await readFile(resolve(streams.workingDirectory, file), 'utf8')
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`)
  }
}

function chooseFormat(options: QueryOptions, streams: Streams): ResultFormat {
  const chosen = options.json ? 'json' : options.format
  const toTerminal = options.out === undefined && streams.stdout.isTTY === true
  if (toTerminal && (chosen === 'parquet' || chosen === 'arrow')) {
    throw new UsageError(`${chosen} is binary and would garble the terminal; add --out FILE or pipe it`)
  }
  return chosen ?? (toTerminal ? 'table' : 'csv')
}

function summary(result: QueryResult, millis: number): string {
  const { bytesScanned, objectsOpened, objectsTotal, rowsReturned } = result.statistics
  return [
    formatCount(rowsReturned, 'row'),
    `${objectsOpened} of ${formatCount(objectsTotal, 'object')} opened`,
    `${formatBytes(bytesScanned)} scanned`,
    `${(millis / 1000).toFixed(2)} s`,
  ].join(' · ')
}
