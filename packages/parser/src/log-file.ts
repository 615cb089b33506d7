import { createGzip } from 'node:zlib'
import { formatRecord } from './format-record.ts'
import { DEFAULT_LOG_FORMAT, formatHeader, type LogFormat } from './log-format.ts'
import type { FlowLogRecord } from './record.ts'

/** Text is collected to pieces of about this size. */
const CHUNK_CHARACTERS = 256 * 1024

/** How a text log file is written. */
export interface TextLogFileOptions {
  /** Default: the version 2 fields, as for a flow log without a format of its own. */
  readonly format?: LogFormat
  /** Compress, as AWS does with all it delivers to S3. Default false. */
  readonly gzip?: boolean
  /** Begin with the header line, as AWS does in S3. Default true. */
  readonly header?: boolean
}

/**
 * The bytes of a text log file, piece by piece; memory does not grow with the number of records. To write them:
 * `await writeFile(path, formatTextLogFile(records, { gzip: true }))` with `writeFile` of `node:fs/promises`.
 *
 * @throws FlowLogWriteError as `formatRecord` does.
 */
export async function* formatTextLogFile(
  records: Iterable<FlowLogRecord> | AsyncIterable<FlowLogRecord>,
  options: TextLogFileOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const text = textChunks(records, options)
  if (options.gzip === true) yield* compress(text)
  else yield* text
}

async function* textChunks(
  records: Iterable<FlowLogRecord> | AsyncIterable<FlowLogRecord>,
  { format = DEFAULT_LOG_FORMAT, header = true }: TextLogFileOptions,
): AsyncGenerator<Uint8Array, void> {
  let text = header ? `${formatHeader(format)}\n` : ''
  for await (const record of records) {
    text += `${formatRecord(record, format)}\n`
    if (text.length >= CHUNK_CHARACTERS) {
      yield Buffer.from(text)
      text = ''
    }
  }
  if (text !== '') yield Buffer.from(text)
}

async function* compress(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const gzip = createGzip({ chunkSize: CHUNK_CHARACTERS })
  const compressed: Uint8Array[] = []
  gzip.on('data', (chunk: Uint8Array) => compressed.push(chunk))
  const done = new Promise<void>((resolve, reject) => {
    gzip.on('end', resolve)
    gzip.on('error', reject)
  })
  try {
    for await (const chunk of chunks) {
      await new Promise<void>((resolve, reject) => {
        gzip.write(chunk, (error) => (error ? reject(error) : resolve()))
      })
      yield* compressed.splice(0)
    }
    gzip.end()
    await done
    yield* compressed.splice(0)
  } finally {
    gzip.destroy()
  }
}
