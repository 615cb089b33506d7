import type { RecordBatch } from 'apache-arrow'
import { type ChunkSource, isChunkSource, streamFile } from './adapters/chunks.ts'
import { bytesFile, textFile } from './adapters/content.ts'
import { findFiles, type PathProblem } from './adapters/files.ts'
import type { FlowLogFile } from './adapters/flow-log-file.ts'
import type { ColumnBatch } from './column-batch.ts'
import type { ContentLimits } from './content-piece.ts'
import { FileRun } from './file-run.ts'
import type { FlowLogParserLimits } from './flow-log-parser.ts'
import type { LogFormat } from './log-format.ts'
import { FlowLogParseError, type ParseIssue } from './parse-issue.ts'
import type { FlowLogRecord } from './record.ts'

/**
 * Where flow logs come from:
 *
 * - a `string`: the text itself, not a path
 * - bytes (`Uint8Array`, so a `Buffer` too, or `ArrayBuffer`): a file's content, compressed or not
 * - a stream or iterable of bytes or text: the content of one file, in pieces
 * - `{ paths }`: files, folders and globs (`FLOW_LOG_FILE_SUFFIXES` says what counts in a folder)
 * - `{ files }`: anything that can be opened, such as what `s3Source` of `@flowtap/parser/s3` gives
 * - `{ event }`: the event of a Lambda function that CloudWatch Logs, Kinesis or Firehose calls, or an answer of
 *   FilterLogEvents, GetLogEvents or GetQueryResults
 */
export type FlowLogSource =
  | string
  | Uint8Array
  | ArrayBuffer
  | ChunkSource
  | { readonly paths: string | readonly string[] }
  | { readonly files: Iterable<FlowLogFile> | AsyncIterable<FlowLogFile> }
  | { readonly event: object }

/** What keeps hostile input from taking time and memory; each has a default. */
export interface ParseFlowLogsLimits extends Partial<ContentLimits>, FlowLogParserLimits {}

/** How to parse; everything has a default. */
export interface ParseFlowLogsOptions {
  /** The format of lines without a header, as in CloudWatch Logs. Default: the version 2 fields. */
  readonly format?: LogFormat
  /** The fields that are wanted; others are not looked at. Default: all that a file has. */
  readonly fields?: readonly string[]
  /** Called with every issue. Without it they are only counted. */
  readonly onIssue?: (issue: ParseIssue) => void
  /** Throw the first issue as a FlowLogParseError, after the records before it. */
  readonly strict?: boolean
  /** Ends the iteration with the signal's reason, even where the source never answers. */
  readonly signal?: AbortSignal
  readonly limits?: ParseFlowLogsLimits
}

/** What was read so far; complete once the iteration has ended. */
export interface ParseSummary {
  readonly files: number
  /** Bytes as they are stored, so before decompression. */
  readonly bytesRead: number
  /** Bytes of text that was parsed. */
  readonly textBytes: number
  readonly records: number
  /** Records that say that there was no traffic. */
  readonly nodata: number
  /** Records that say that records were left out. */
  readonly skipdata: number
  readonly issues: number
}

/** Records or batches, with the count of what was read. It can be iterated once. */
export interface FlowLogIterable<T> extends AsyncIterable<T> {
  readonly summary: ParseSummary
}

/**
 * Parses flow logs from anywhere, record by record. It reads on only as the records are taken, and memory does not grow
 * with the input.
 *
 * @throws FlowLogParseError with `strict`; the signal's reason. What is wrong with the input throws nothing else.
 */
export function parseFlowLogs(
  source: FlowLogSource,
  options: ParseFlowLogsOptions = {},
): FlowLogIterable<FlowLogRecord> {
  const summary = newSummary()
  return { summary, [Symbol.asyncIterator]: once(() => new RecordIterator(batchesOf(source, options, summary, true))) }
}

/**
 * Parses flow logs from anywhere into typed columns, batch by batch: the fastest way. A batch is of one file and one
 * format; `fields` makes them all alike.
 *
 * @throws as {@link parseFlowLogs} does.
 */
export function parseFlowLogColumns(
  source: FlowLogSource,
  options: ParseFlowLogsOptions = {},
): FlowLogIterable<ColumnBatch> {
  const summary = newSummary()
  return { summary, [Symbol.asyncIterator]: once(() => batchesOf(source, options, summary, false)) }
}

/**
 * Parses flow logs from anywhere into Arrow record batches. A batch is of one file and one format, so the schema may
 * change from batch to batch; `fields` makes them all alike.
 *
 * @throws as {@link parseFlowLogs} does.
 */
export function parseFlowLogBatches(
  source: FlowLogSource,
  options: ParseFlowLogsOptions = {},
): FlowLogIterable<RecordBatch> {
  const summary = newSummary()
  async function* batches(): AsyncGenerator<RecordBatch, void> {
    // Arrow is loaded by those alone who want it: it takes longer than all the rest of this package.
    const { toArrowRecordBatch } = await import('./arrow.ts')
    for await (const batch of batchesOf(source, options, summary, false)) yield toArrowRecordBatch(batch)
  }
  return { summary, [Symbol.asyncIterator]: once(batches) }
}

/** The records of batches one by one. An async generator does the same at half the speed. */
class RecordIterator implements AsyncIterator<FlowLogRecord> {
  readonly #batches: AsyncGenerator<ColumnBatch, void>
  #records: Iterator<FlowLogRecord> | undefined
  /** The call of `next` that waits for a batch; later calls queue behind it. */
  #waiting: Promise<unknown> | undefined

  constructor(batches: AsyncGenerator<ColumnBatch, void>) {
    this.#batches = batches
  }

  next(): Promise<IteratorResult<FlowLogRecord>> {
    if (this.#waiting === undefined) {
      const next = this.#records?.next()
      if (next !== undefined && next.done !== true) return Promise.resolve(next)
    }
    const waiting = (this.#waiting ?? Promise.resolve()).then(() => this.#nextOfBatches())
    this.#waiting = waiting
    const settle = (): void => {
      if (this.#waiting === waiting) this.#waiting = undefined
    }
    waiting.then(settle, settle)
    return waiting
  }

  async return(): Promise<IteratorResult<FlowLogRecord>> {
    this.#records = undefined
    await this.#batches.return()
    return { done: true, value: undefined }
  }

  async #nextOfBatches(): Promise<IteratorResult<FlowLogRecord>> {
    for (;;) {
      const next = this.#records?.next()
      if (next !== undefined && next.done !== true) return next
      const batch = await this.#batches.next()
      if (batch.done === true) return { done: true, value: undefined }
      this.#records = batch.value.records()
    }
  }
}

function once<T>(start: () => AsyncIterator<T>): () => AsyncIterator<T> {
  let iterator: AsyncIterator<T> | undefined
  return () => {
    iterator ??= start()
    return iterator
  }
}

type Counters = { -readonly [Name in keyof ParseSummary]: ParseSummary[Name] }

function newSummary(): Counters {
  return { files: 0, bytesRead: 0, textBytes: 0, records: 0, nodata: 0, skipdata: 0, issues: 0 }
}

async function* batchesOf(
  source: FlowLogSource,
  options: ParseFlowLogsOptions,
  summary: Counters,
  isPrompt: boolean,
): AsyncGenerator<ColumnBatch, void> {
  for await (const file of filesOf(source)) {
    options.signal?.throwIfAborted()
    if ('message' in file) {
      const issue: ParseIssue = { code: 'unreadable-file', message: file.message, file: file.path }
      summary.issues += 1
      if (options.strict === true) throw new FlowLogParseError(issue)
      options.onIssue?.(issue)
    } else {
      summary.files += 1
      yield* new FileRun(file, { ...options, isPrompt }, summary).batches()
    }
  }
}

async function* filesOf(source: FlowLogSource): AsyncGenerator<FlowLogFile | PathProblem, void> {
  if (typeof source === 'string') yield textFile(source)
  else if (source instanceof Uint8Array) yield bytesFile(source)
  else if (source instanceof ArrayBuffer) yield bytesFile(new Uint8Array(source))
  else if ('paths' in source) yield* findFiles(typeof source.paths === 'string' ? [source.paths] : source.paths)
  else if ('files' in source) yield* source.files
  else if ('event' in source) yield textFile(JSON.stringify(source.event))
  else if (isChunkSource(source)) yield streamFile(source)
  else throw new TypeError('The source is none that parseFlowLogs knows; a path is given as { paths: "…" }.')
}
