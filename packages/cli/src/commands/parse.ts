import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import {
  type ColumnBatch,
  formatParquetLogFile,
  formatParseIssue,
  type LogFormat,
  type ParseIssue,
  type ParseSummary,
  parseFlowLogColumns,
  parseLogFormat,
  valueAt,
} from '@flowtap/parser'
import type { RecordBatch } from 'apache-arrow'
import { EXIT_SUCCESS, EXIT_USAGE, UsageError } from '../exit-code.ts'
import { flowLogSource } from '../flow-log-source.ts'
import { csvLine } from '../output/csv-line.ts'
import { formatCount } from '../output/format-quantity.ts'
import { startProgress } from '../output/progress.ts'
import { type Streams, writeAll } from '../streams.ts'

/** The options of `flowtap parse`, as commander gives them. */
export interface ParseOptions {
  readonly to: 'json' | 'csv' | 'arrow' | 'parquet'
  readonly json?: boolean
  readonly format?: string
  readonly fields?: string
  readonly out?: string
  readonly strict?: boolean
}

/** Streams records out of files; gives the exit code. Memory does not grow with the input. */
export async function runParse(paths: readonly string[], options: ParseOptions, streams: Streams): Promise<number> {
  const to = options.json ? 'json' : options.to
  if (options.out === undefined && streams.stdout.isTTY === true && (to === 'arrow' || to === 'parquet')) {
    throw new UsageError(`${to} is binary and would garble the terminal; add --out FILE or pipe it`)
  }
  const report = issueReport(streams)
  const { source, totalBytes } = await flowLogSource(paths, streams)
  const run = parseFlowLogColumns(source, {
    ...(options.format === undefined ? {} : { format: readFormat(options.format) }),
    ...(options.fields === undefined ? {} : { fields: options.fields.split(',').map((name) => name.trim()) }),
    ...(options.strict ? { strict: true } : {}),
    onIssue: report.add,
  })
  const progress = await startProgress('parse', streams)
  const batches = (async function* () {
    for await (const batch of run) {
      if (totalBytes !== undefined) progress.update(run.summary.bytesRead / totalBytes)
      yield batch
    }
  })()
  try {
    const chunks = WRITERS[to](to === 'json' ? batches : alike(batches))
    if (options.out === undefined) await writeAll(streams.stdout, chunks)
    else {
      const file = createWriteStream(resolve(streams.workingDirectory, options.out))
      await writeAll(file, chunks)
      file.end()
      await finished(file)
    }
  } finally {
    progress.stop()
  }
  report.finish()
  if (streams.stderr.isTTY) streams.stderr.write(`${describe(run.summary)}\n`)
  return run.summary.files === 0 && run.summary.issues > 0 ? EXIT_USAGE : EXIT_SUCCESS
}

type Writer = (batches: AsyncIterable<ColumnBatch>) => AsyncIterable<string | Uint8Array>

const WRITERS: Readonly<Record<ParseOptions['to'], Writer>> = {
  json: writeJsonLines,
  csv: writeCsv,
  arrow: async function* (batches) {
    const { arrowStream } = await import('../output/arrow-stream.ts')
    yield* arrowStream(arrowBatches(batches))
  },
  parquet: async function* (batches) {
    const iterator = batches[Symbol.asyncIterator]()
    const first = await iterator.next()
    if (first.done) return
    const format: LogFormat = { fields: first.value.columns.map((column) => column.name) }
    yield* formatParquetLogFile(
      (async function* () {
        for (let next: IteratorResult<ColumnBatch> = first; !next.done; next = await iterator.next()) {
          yield* next.value.records()
        }
      })(),
      { format },
    )
  },
}

async function* arrowBatches(batches: AsyncIterable<ColumnBatch>): AsyncIterable<RecordBatch> {
  const { toArrowRecordBatch } = await import('@flowtap/parser/arrow')
  for await (const batch of batches) yield toArrowRecordBatch(batch)
}

/** One JSON object per line; 64-bit counters as plain digits, absent fields left out. */
async function* writeJsonLines(batches: AsyncIterable<ColumnBatch>): AsyncIterable<string> {
  for await (const batch of batches) {
    const keys = batch.columns.map((column) => JSON.stringify(column.name))
    let text = ''
    for (let row = 0; row < batch.rowCount; row += 1) {
      let separator = '{'
      batch.columns.forEach((column, index) => {
        const value = valueAt(column, row)
        if (value === undefined) return
        text += `${separator}${keys[index]}:${typeof value === 'string' ? JSON.stringify(value) : value}`
        separator = ','
      })
      text += separator === '{' ? '{}\n' : '}\n'
    }
    yield text
  }
}

async function* writeCsv(batches: AsyncIterable<ColumnBatch>): AsyncIterable<string> {
  let isFirst = true
  for await (const batch of batches) {
    let text = isFirst ? csvLine(batch.columns.map((column) => column.name)) : ''
    isFirst = false
    for (let row = 0; row < batch.rowCount; row += 1) {
      text += csvLine(batch.columns.map((column) => valueAt(column, row)?.toString()))
    }
    yield text
  }
}

/** Formats with one set of columns cannot hold files of several; JSON can. */
async function* alike(batches: AsyncIterable<ColumnBatch>): AsyncIterable<ColumnBatch> {
  let first: string | undefined
  for await (const batch of batches) {
    const fields = batch.columns.map((column) => column.name).join(' ')
    first ??= fields
    if (fields !== first) {
      throw new UsageError(
        `the files have several log formats (“${first}”, then “${fields}”); name the wanted ones with --fields, or use --to json`,
      )
    }
    yield batch
  }
}

function readFormat(text: string): LogFormat {
  try {
    return parseLogFormat(text)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const ISSUES_SHOWN = 20

function issueReport(streams: Streams): { add(issue: ParseIssue): void; finish(): void } {
  let count = 0
  return {
    add(issue) {
      count += 1
      if (count <= ISSUES_SHOWN) streams.stderr.write(`${formatParseIssue(issue)} [${issue.code}]\n`)
    },
    finish() {
      if (count > ISSUES_SHOWN) streams.stderr.write(`… and ${formatCount(count - ISSUES_SHOWN, 'more issue')}\n`)
      if (count > 0)
        streams.stderr.write(`${formatCount(count, 'issue')} in the input; the good records were written\n`)
    },
  }
}

function describe(summary: ParseSummary): string {
  return [
    formatCount(summary.records, 'record'),
    `${summary.nodata} NODATA`,
    `${summary.skipdata} SKIPDATA`,
    formatCount(summary.files, 'file'),
  ].join(' · ')
}
