import { ByteReader } from './adapters/byte-reader.ts'
import { byteChunks } from './adapters/chunks.ts'
import { DEFAULT_DECOMPRESSION_LIMITS, type DecompressionLimits } from './adapters/decompression-budget.ts'
import type { FlowLogFile } from './adapters/flow-log-file.ts'
import { gunzip } from './adapters/gunzip.ts'
import { isGzip } from './adapters/gzip-header.ts'
import { JsonDocumentLimitError, JsonDocuments } from './adapters/json-documents.ts'
import {
  DEFAULT_MAX_PAYLOAD_BYTES,
  EXPORT_TIMESTAMP_FIELD,
  isBase64Gzip,
  isExportedLog,
  isLogPayload,
  LogPayloadError,
  logEventsOf,
  messageLines,
  parseJson,
} from './cloudwatch-logs.ts'
import { DEFAULT_LOG_FORMAT, type LogFormat } from './log-format.ts'
import { isParquet, openParquet, ParquetLimitError } from './parquet-reader.ts'
import { cutRawText, type ParseIssueCode } from './parse-issue.ts'

/** What a file holds, as text for the parser. */
export type ContentPiece =
  /** The lines from here on have this format and these fields, in place of the caller's; before the first text only. */
  | { readonly kind: 'format'; readonly format: LogFormat; readonly fields?: readonly string[] }
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  /** `isCut`: the text before may have lost its end. */
  | {
      readonly kind: 'problem'
      readonly code: ParseIssueCode
      readonly message: string
      readonly isCut: boolean
      readonly raw?: string
      readonly cause?: unknown
    }
  /** The file is well, and may have no lines. */
  | { readonly kind: 'understood' }

export interface ContentLimits extends DecompressionLimits {
  /** Characters of one payload of CloudWatch Logs. Default 64 MiB. */
  readonly maxPayloadBytes: number
  /** Bytes of a Parquet file that comes as a stream, and so has to be held in memory. Default 256 MiB. */
  readonly maxBufferedParquetBytes: number
}

export const DEFAULT_CONTENT_LIMITS: ContentLimits = {
  ...DEFAULT_DECOMPRESSION_LIMITS,
  maxPayloadBytes: DEFAULT_MAX_PAYLOAD_BYTES,
  maxBufferedParquetBytes: 256 * 1024 * 1024,
}

export interface ContentOptions {
  readonly format?: LogFormat | undefined
  readonly fields?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
  readonly limits: ContentLimits
  /** Told of every piece that comes from the file, before decompression. */
  readonly onBytesRead: (count: number) => void
}

type Pieces = AsyncGenerator<ContentPiece, void>

/** Bytes that decide what a file is. */
const START_BYTES = 64

/**
 * Reads a file of any kind. What it is, its first bytes say and not its name: gzip (of any other kind), Parquet, a payload
 * or an export of CloudWatch Logs, or lines of text. Nothing is thrown but the reason of an abort.
 */
export async function* readContent(file: FlowLogFile, options: ContentOptions): Pieces {
  try {
    yield* readStored(file, options)
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason
    yield problemOf(error)
  }
}

function problemOf(error: unknown): ContentPiece {
  const code: ParseIssueCode = error instanceof ContentError ? error.code : 'unreadable-file'
  const text = error instanceof Error ? error.message : String(error)
  const message = code === 'unreadable-file' ? `The input cannot be read: ${text}` : text
  return { kind: 'problem', code, message, isCut: true, cause: error }
}

/** A fault of the content, not of its source. */
class ContentError extends Error {
  readonly code: ParseIssueCode

  constructor(code: ParseIssueCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

async function* readStored(file: FlowLogFile, options: ContentOptions): Pieces {
  const reader = new ByteReader(counted(byteChunks(file.open(), options.signal), options.onBytesRead))
  try {
    await reader.need(START_BYTES)
    const start = reader.available
    if (isGzip(start)) {
      yield* readGzip(file, reader, options)
    } else if (isParquet(start) && file.randomAccess !== undefined) {
      await reader.close()
      yield* readParquetFile(file, options)
    } else {
      yield* readPlain(reader, options)
    }
  } finally {
    await reader.close()
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onBytesRead: (count: number) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    onBytesRead(chunk.length)
    yield chunk
  }
}

async function* readGzip(file: FlowLogFile, stored: ByteReader, options: ContentOptions): Pieces {
  const problems: PlacedProblem[] = []
  let delivered = 0
  const decompressed = gunzip(rest(stored), {
    limits: options.limits,
    onProblem: ({ code, message, isCut }) => {
      problems.push({ at: delivered, piece: { kind: 'problem', code, message, isCut } })
    },
    ...(file.canReopen === true ? { reopen: () => byteChunks(file.open(), options.signal) } : {}),
  })
  const reader = new ByteReader(
    counted(decompressed, (count) => {
      delivered += count
    }),
  )
  try {
    await reader.need(START_BYTES)
    yield* readPlain(reader, options, problems)
  } finally {
    await reader.close()
  }
}

/** The bytes that a reader has not yet given. */
async function* rest(reader: ByteReader): AsyncGenerator<Uint8Array, void> {
  while (await reader.need(1)) yield reader.take(reader.available.length)
}

/** A problem, and how many bytes were delivered before it. */
interface PlacedProblem {
  readonly at: number
  readonly piece: ContentPiece
}

/** Reads what is not compressed (any more). `problems` fills up while the bytes are read. */
async function* readPlain(reader: ByteReader, options: ContentOptions, problems: PlacedProblem[] = []): Pieces {
  const start = Buffer.from(reader.available.subarray(0, START_BYTES))
    .toString()
    .replace(/^\uFEFF/, '')
  if (isParquet(reader.available)) {
    yield* readParquetStream(reader, options)
  } else if (isLogPayload(start)) {
    yield* readPayloads(reader, isBase64Gzip(start), options)
  } else {
    if (isExportedLog(start)) yield exportFormat(options)
    yield* readText(reader, problems)
  }
  for (const { piece } of problems) yield piece
}

async function* readText(reader: ByteReader, problems: PlacedProblem[]): Pieces {
  while (await reader.need(1)) {
    for (const { at, piece } of problems.splice(0)) {
      if (at > reader.offset) yield { kind: 'text', bytes: reader.take(at - reader.offset) }
      yield piece
    }
    if (reader.available.length > 0) yield { kind: 'text', bytes: reader.take(reader.available.length) }
  }
}

function exportFormat({ format = DEFAULT_LOG_FORMAT, fields = format.fields }: ContentOptions): ContentPiece {
  return { kind: 'format', format: { fields: [EXPORT_TIMESTAMP_FIELD, ...format.fields] }, fields }
}

async function* readParquetFile(file: FlowLogFile, options: ContentOptions): Pieces {
  const access = await file.randomAccess?.()
  if (access === undefined) return
  try {
    let failure: unknown
    const slice = async (start: number, end: number = access.byteLength): Promise<ArrayBuffer> => {
      options.signal?.throwIfAborted()
      try {
        const bytes = await access.read(start, end)
        options.onBytesRead(bytes.length)
        return exactBuffer(bytes)
      } catch (error) {
        failure = error
        throw error
      }
    }
    yield* readParquet({ byteLength: access.byteLength, slice }, options, () => failure)
  } finally {
    await access.close?.()
  }
}

async function* readParquetStream(reader: ByteReader, options: ContentOptions): Pieces {
  const { maxBufferedParquetBytes } = options.limits
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of rest(reader)) {
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBufferedParquetBytes) {
      const message = `The Parquet stream is longer than ${maxBufferedParquetBytes} bytes (limits.maxBufferedParquetBytes); read it from a file.`
      throw new ContentError('decompression-limit', message)
    }
  }
  const bytes = exactBuffer(Buffer.concat(chunks))
  const slice = (start: number, end?: number): ArrayBuffer => bytes.slice(start, end)
  yield* readParquet({ byteLength: length, slice }, options, () => undefined)
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

async function* readParquet(
  file: Parameters<typeof openParquet>[0],
  options: ContentOptions,
  failureOfSource: () => unknown,
): Pieces {
  try {
    const { fields, limits } = options
    const { format, lines } = await openParquet(file, { fields, maxDecompressedBytes: limits.maxDecompressedBytes })
    yield { kind: 'format', format, fields: fields ?? format.fields }
    for await (const bytes of lines) yield { kind: 'text', bytes }
    yield { kind: 'understood' }
  } catch (error) {
    const failure = failureOfSource()
    if (failure !== undefined) throw failure
    if (error instanceof ParquetLimitError) throw new ContentError('decompression-limit', error.message)
    throw new ContentError(
      'invalid-parquet',
      `Invalid Parquet file: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    )
  }
}

async function* readPayloads(reader: ByteReader, isBase64: boolean, options: ContentOptions): Pieces {
  const { maxPayloadBytes } = options.limits
  const documents = new JsonDocuments(maxPayloadBytes)
  const decoder = new TextDecoder()
  try {
    if (isBase64) {
      const data = await wholeText(reader, maxPayloadBytes)
      yield eventsPiece(() => ({ data }), data, maxPayloadBytes)
    } else {
      for await (const chunk of rest(reader)) {
        for (const text of documents.push(decoder.decode(chunk, { stream: true })))
          yield documentPiece(text, maxPayloadBytes)
      }
      for (const text of documents.end()) yield documentPiece(text, maxPayloadBytes)
    }
  } catch (error) {
    if (!(error instanceof JsonDocumentLimitError)) throw error
    throw new ContentError('decompression-limit', error.message)
  }
}

async function wholeText(reader: ByteReader, maxLength: number): Promise<string> {
  let text = ''
  for await (const chunk of rest(reader)) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.length > maxLength) {
      throw new JsonDocumentLimitError(`A payload is longer than ${maxLength} characters (limits.maxPayloadBytes).`)
    }
  }
  return text
}

function documentPiece(text: string, maxPayloadBytes: number): ContentPiece {
  return eventsPiece(() => parseJson(text), text, maxPayloadBytes)
}

function eventsPiece(payload: () => unknown, raw: string, maxPayloadBytes: number): ContentPiece {
  try {
    const lines = messageLines(logEventsOf(payload(), maxPayloadBytes))
    return lines === '' ? { kind: 'understood' } : { kind: 'text', bytes: Buffer.from(lines) }
  } catch (cause) {
    if (!(cause instanceof LogPayloadError)) throw cause
    const code = 'invalid-payload'
    return { kind: 'problem', code, message: cause.message, isCut: false, raw: cutRawText(raw), cause }
  }
}
