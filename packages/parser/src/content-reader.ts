import { ByteReader } from './adapters/byte-reader.ts'
import { byteChunks } from './adapters/chunks.ts'
import type { FlowLogFile } from './adapters/flow-log-file.ts'
import { gunzip } from './adapters/gunzip.ts'
import { isGzip } from './adapters/gzip-header.ts'
import { EXPORT_TIMESTAMP_FIELD, isBase64Gzip, isExportedLog, isLogPayload } from './cloudwatch-logs.ts'
import { ContentError, type ContentOptions, type ContentPiece, type ContentPieces } from './content-piece.ts'
import { DEFAULT_LOG_FORMAT } from './log-format.ts'
import { readParquetFile, readParquetStream } from './parquet/parquet-content.ts'
import { isParquet } from './parquet/read-parquet.ts'
import type { ParseIssueCode } from './parse-issue.ts'
import { readPayloads } from './payload-content.ts'

/** Bytes that decide what a file is. */
const START_BYTES = 64

/**
 * Reads a file of any kind. What it is, its first bytes say and not its name: gzip (of any other kind), Parquet, a payload
 * or an export of CloudWatch Logs, or lines of text. Nothing is thrown but the reason of an abort.
 */
export async function* readContent(file: FlowLogFile, options: ContentOptions): ContentPieces {
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

async function* readStored(file: FlowLogFile, options: ContentOptions): ContentPieces {
  const reader = new ByteReader(counted(byteChunks(file.open(), options.signal), options.onBytesRead))
  try {
    await reader.peek(START_BYTES)
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

async function* readGzip(file: FlowLogFile, stored: ByteReader, options: ContentOptions): ContentPieces {
  const problems: PlacedProblem[] = []
  let delivered = 0
  const decompressed = gunzip(stored.rest(), {
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
    await reader.peek(START_BYTES)
    yield* readPlain(reader, options, problems)
  } finally {
    await reader.close()
  }
}

/** A problem, and how many bytes were delivered before it. */
interface PlacedProblem {
  readonly at: number
  readonly piece: ContentPiece
}

/** Reads what is not compressed (any more). `problems` fills up while the bytes are read. */
async function* readPlain(reader: ByteReader, options: ContentOptions, problems: PlacedProblem[] = []): ContentPieces {
  const stored = Buffer.from(reader.available.subarray(0, START_BYTES)).toString()
  const start = stored.replace(/^\uFEFF/, '')
  if (isParquet(reader.available)) {
    yield* readParquetStream(reader, options)
  } else if (isLogPayload(start)) {
    if (start !== stored) yield MARKED_PAYLOAD
    yield* readPayloads(reader, isBase64Gzip(start), options)
  } else {
    if (isExportedLog(start)) yield exportFormat(options)
    yield* readText(reader, problems)
  }
  for (const { piece } of problems) yield piece
}

const MARKED_PAYLOAD: ContentPiece = {
  kind: 'problem',
  code: 'byte-order-mark',
  message: 'The payload begins with a byte order mark (EF BB BF), which is left out. CloudWatch Logs writes none.',
  isCut: false,
  place: { line: 1, column: 1 },
}

async function* readText(reader: ByteReader, problems: PlacedProblem[]): ContentPieces {
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
