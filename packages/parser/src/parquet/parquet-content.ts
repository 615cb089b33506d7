import type { ByteReader } from '../adapters/byte-reader.ts'
import type { FlowLogFile } from '../adapters/flow-log-file.ts'
import { ContentError, type ContentOptions, type ContentPieces } from '../content-piece.ts'
import { openParquet, ParquetLimitError } from './read-parquet.ts'

/** Reads a Parquet file that lies where any part of it can be read. */
export async function* readParquetFile(file: FlowLogFile, options: ContentOptions): ContentPieces {
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

/** Reads a Parquet file that comes as a stream, and so has to be in memory. */
export async function* readParquetStream(reader: ByteReader, options: ContentOptions): ContentPieces {
  const { maxBufferedParquetBytes } = options.limits
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of reader.rest()) {
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
): ContentPieces {
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
