import { open } from 'node:fs/promises'
import { constants, gunzipSync } from 'node:zlib'
import { type LogFormat, logFormatFromHeader } from '@flowtap/parser'

/** What the first bytes of a flow-log file say about the rest. */
export type FileFormat =
  | { readonly kind: 'text'; readonly format: LogFormat; readonly headerLines: 0 | 1 }
  | { readonly kind: 'parquet' }
  /** No bytes, or nothing behind the compression: a file without rows. */
  | { readonly kind: 'empty' }

/** A header line is under 2 KiB even with all fields; gzip needs no more than this to give it. */
const HEAD_BYTES = 65_536

/**
 * Tells text (plain or gzip) from Parquet by the file's first bytes, and reads the header line of a text file. A text
 * file that begins with a record has the default format (CloudWatch Logs exports, hand-made cuts) or `fallback`.
 *
 * @throws the error of the file system where the file cannot be read.
 */
export async function readFileFormat(path: string, fallback: LogFormat): Promise<FileFormat> {
  const head = await readHead(path)
  if (head.length === 0) return { kind: 'empty' }
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { kind: 'parquet' }
  const text = isGzip(head) ? gunzipHead(head) : head
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

function gunzipHead(head: Buffer): Buffer {
  try {
    // SYNC_FLUSH gives what there is although the stream goes on behind the head.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 16 * 1024 * 1024 })
  } catch {
    // Damaged in its first bytes, or a bomb: the scan reports it, with its place.
    return Buffer.alloc(0)
  }
}
