import { gunzipSync } from 'node:zlib'
import { type AsyncBuffer, type ParquetScan, parquetMetadataAsync, parquetScan, snappyUncompress } from 'hyparquet'
import { flowLogField } from './fields.ts'
import type { LogFormat } from './log-format.ts'
import { fieldOfParquetColumn, parquetColumnOfField } from './parquet-columns.ts'

/** A Parquet file begins (and ends) with these bytes, whatever its name. */
export function isParquet(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x41 && start[2] === 0x52 && start[3] === 0x31
}

export interface ParquetText {
  readonly format: LogFormat
  /** Lines of this format, without header; line `n` is row `n` of the file. */
  readonly lines: AsyncIterable<Uint8Array>
}

export interface ParquetReadOptions {
  /** The fields that are wanted; other columns are not read. */
  readonly fields?: readonly string[] | undefined
  readonly maxDecompressedBytes: number
}

/** A Parquet file that decompresses to more than is allowed. */
export class ParquetLimitError extends Error {}

/** Rows that are in memory at a time, at least; a column without page index is decoded anew for each of them. */
const ROWS_PER_READ = 262_144
const ROWS_PER_CHUNK = 4_096

/**
 * Reads a Parquet flow log as the text file that AWS would have written of it, so that both kinds of file are judged by
 * one parser and give the same records.
 *
 * NULL and the empty text become `-`. White space and control characters in a text, which lines cannot carry, are
 * percent-encoded. Columns may be of any type that shows the value: INT64 for a port is fine.
 *
 * @throws Error where the file is not Parquet, is damaged, or uses a codec other than none, snappy and gzip.
 */
export async function openParquet(file: AsyncBuffer, options: ParquetReadOptions): Promise<ParquetText> {
  const metadata = await parquetMetadataAsync(file, { geoparquet: false })
  const available = metadata.schema.slice(1).filter((element) => element.num_children === undefined)
  const wanted = options.fields?.map(parquetColumnOfField)
  const chosen = available.map(({ name }) => name).filter((name) => wanted?.includes(name) ?? true)
  // A projection that the file has nothing of still has as many records as the file.
  const columns = chosen.length > 0 ? chosen : available.slice(0, 1).map(({ name }) => name)
  if (columns.length === 0) throw new Error('the file has no columns')
  let decompressed = 0
  for (const group of metadata.row_groups) {
    for (const { meta_data: chunk } of group.columns) {
      if (chunk !== undefined && columns.includes(chunk.path_in_schema[0] ?? '')) {
        decompressed += Number(chunk.total_uncompressed_size)
      }
    }
  }
  if (decompressed > options.maxDecompressedBytes) {
    throw new ParquetLimitError(
      `Its columns decompress to ${decompressed} bytes; limits.maxDecompressedBytes allows ${options.maxDecompressedBytes}.`,
    )
  }
  const scan = await parquetScan({ file, metadata, columns, compressors: COMPRESSORS, geoparquet: false })
  return { format: { fields: columns.map(fieldOfParquetColumn) }, lines: readLines(scan, columns) }
}

const COMPRESSORS = {
  GZIP: (input: Uint8Array, length: number): Uint8Array => gunzipSync(input, { maxOutputLength: Math.max(length, 1) }),
  SNAPPY: (input: Uint8Array, length: number): Uint8Array => {
    const output = new Uint8Array(length)
    snappyUncompress(input, output)
    return output
  },
}

async function* readLines(scan: ParquetScan, columns: readonly string[]): AsyncGenerator<Uint8Array, void> {
  const seconds = columns.map((column) => flowLogField(fieldOfParquetColumn(column))?.decoder === 'seconds')
  for (const range of scan.ranges) {
    for (let rowStart = range.rowStart; rowStart < range.rowEnd; rowStart += ROWS_PER_READ) {
      const rowEnd = Math.min(rowStart + ROWS_PER_READ, range.rowEnd)
      const data = await Promise.all(columns.map((column) => scan.readColumn({ column, rowStart, rowEnd })))
      for (const [index, values] of data.entries()) {
        if (values.length !== rowEnd - rowStart) {
          throw new Error(`column ${columns[index]} has ${values.length} values for ${rowEnd - rowStart} rows`)
        }
      }
      for (let first = 0; first < rowEnd - rowStart; first += ROWS_PER_CHUNK) {
        const last = Math.min(first + ROWS_PER_CHUNK, rowEnd - rowStart)
        let text = ''
        for (let row = first; row < last; row += 1) {
          let separator = ''
          for (let index = 0; index < data.length; index += 1) {
            text += separator + valueText(data[index]?.[row], seconds[index] ?? false)
            separator = ' '
          }
          text += '\n'
        }
        yield Buffer.from(text)
      }
    }
  }
}

/** A value as AWS would have written it in a text file. */
function valueText(value: unknown, isSeconds: boolean): string {
  if (value === null || value === undefined || value === '') return '-'
  if (typeof value === 'string') return UNWRITABLE.test(value) ? percentEncode(value) : value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return isSeconds ? String(Math.floor(value.getTime() / 1000)) : value.toISOString()
  return percentEncode(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? '-')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNWRITABLE = /[\u0000-\u0020]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const EVERY_UNWRITABLE = /[\u0000-\u0020]/g

function percentEncode(text: string): string {
  return text.replace(
    EVERY_UNWRITABLE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
