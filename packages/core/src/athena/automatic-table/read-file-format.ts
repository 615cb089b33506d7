import { open } from 'node:fs/promises'
import { constants, gunzipSync } from 'node:zlib'
import { flowLogField, type LogFormat, logFormatFromHeader } from '@flowtap/parser'

/** What the first bytes of a flow-log file say about the rest. */
export type FileFormat =
  | { readonly kind: 'text'; readonly format: LogFormat; readonly headerLines: 0 | 1 }
  | { readonly kind: 'parquet'; readonly format: LogFormat }
  /** No bytes, or nothing behind the compression: a file without rows. */
  | { readonly kind: 'empty' }
  /** Damaged where it begins: the scan says what is wrong with it. */
  | { readonly kind: 'damaged' }

/** A header line is under 2 KiB even with all fields; neither gzip nor plain text needs more than this to give it. */
const HEAD_BYTES = 4096

/**
 * Tells text (plain or gzip) from Parquet by the file's first bytes, and reads the header line of a text file. A text
 * file that begins with a record has the default format (CloudWatch Logs exports, hand-made cuts) or `fallback`.
 *
 * @throws the error of the file system where the file cannot be read.
 */
export async function readFileFormat(path: string, fallback: LogFormat): Promise<FileFormat> {
  const head = await readHead(path)
  if (head.length === 0) return { kind: 'empty' }
  if (head.subarray(0, 4).toString('latin1') === 'PAR1')
    return { kind: 'parquet', format: await readParquetFields(path) }
  const text = isGzip(head) ? gunzipHead(head) : head
  if (text === undefined) return { kind: 'damaged' }
  if (text.length === 0) return { kind: 'empty' }
  const firstLine = (text.toString('utf8').split(/\r?\n|\r/, 1)[0] ?? '').trimEnd()
  const format = logFormatFromHeader(firstLine)
  return format === undefined
    ? { kind: 'text', format: fallback, headerLines: 0 }
    : { kind: 'text', format, headerLines: 1 }
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function gunzipHead(head: Buffer): Buffer | undefined {
  try {
    // SYNC_FLUSH gives what there is although the stream goes on behind the head.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 16 * 1024 * 1024 })
  } catch {
    return undefined
  }
}

/** The columns of a Parquet file, in AWS's spelling of the fields: its files have `_` where the format has `-`. */
async function readParquetFields(path: string): Promise<LogFormat> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetSchema } = await import('hyparquet')
  const { children } = parquetSchema(await parquetMetadataAsync(await asyncBufferFromFile(path)))
  const fields = children.map(({ element: { name } }) => {
    const field = name.replaceAll('_', '-')
    return flowLogField(field) === undefined ? name : field
  })
  return { fields }
}
