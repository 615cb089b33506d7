import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetSchema, type SchemaElement } from 'hyparquet'
import { flowLogField } from '../fields.ts'
import type { LogFormat } from '../log-format.ts'
import { fieldOfParquetColumn, parquetColumnOfField } from './column-name.ts'
import type { ParquetValue } from './column-type.ts'
import { decodeColumn } from './decode-column.ts'

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
  /** Bytes of text that the rows may become. */
  readonly maxDecompressedBytes: number
}

/** A Parquet file that decompresses to more than is allowed. */
export class ParquetLimitError extends Error {}

const ROWS_PER_CHUNK = 4_096

/**
 * Reads a Parquet flow log as the text file that AWS would have written of it, so that both kinds of file are judged by
 * one parser and give the same records.
 *
 * NULL and the empty text become `-`. White space and control characters in a text, which lines cannot carry, are
 * percent-encoded. A column may have any type that shows the value: INT64 for a port or a timestamp for `start` will do.
 * Nested columns are left out.
 *
 * @throws Error where the file is not Parquet, is damaged, or uses a codec other than none, snappy and gzip.
 */
export async function openParquet(file: AsyncBuffer, options: ParquetReadOptions): Promise<ParquetText> {
  const metadata = await parquetMetadataAsync(file, { geoparquet: false })
  const flat = parquetSchema(metadata).children.filter(
    ({ element, children }) => children.length === 0 && element.repetition_type !== 'REPEATED',
  )
  const wanted = options.fields?.map(parquetColumnOfField)
  const chosen = flat.filter(({ element }) => wanted?.includes(element.name) ?? true)
  // A projection that the file has nothing of still has as many records as the file.
  const columns = (chosen.length > 0 ? chosen : flat.slice(0, 1)).map(({ element }) => element)
  if (columns.length === 0) throw new Error('the file has no columns')
  const format = { fields: columns.map(({ name }) => fieldOfParquetColumn(name)) }
  return { format, lines: readLines(file, metadata, columns, options.maxDecompressedBytes) }
}

async function* readLines(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly SchemaElement[],
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let textBytes = 0
  for (const group of metadata.row_groups) {
    const cells = await Promise.all(columns.map((element) => openColumn(file, group, element)))
    for (let left = Number(group.num_rows); left > 0; ) {
      const rows = Math.min(left, ROWS_PER_CHUNK)
      const { text, fault } = linesOf(cells, rows)
      textBytes += text.length
      if (textBytes > maxBytes) {
        throw new ParquetLimitError(`Its rows are more than ${maxBytes} characters (limits.maxDecompressedBytes).`)
      }
      if (text !== '') yield Buffer.from(text)
      if (fault !== undefined) throw fault
      left -= rows
    }
    for (const { done } of cells.map((cell) => cell.next())) {
      if (done !== true) throw new Error('a column has more values than there are rows')
    }
  }
}

/** The next rows; with a fault, the rows before it. */
function linesOf(cells: readonly Iterator<string, void>[], rows: number): { text: string; fault?: unknown } {
  let text = ''
  try {
    for (let row = 0; row < rows; row += 1) text += lineOf(cells)
    return { text }
  } catch (fault) {
    return { text, fault }
  }
}

function lineOf(cells: readonly Iterator<string, void>[]): string {
  let line = ''
  for (const cell of cells) {
    const { value } = cell.next()
    if (value === undefined) throw new Error('a column has fewer values than there are rows')
    line = line === '' ? value : `${line} ${value}`
  }
  return `${line}\n`
}

/** The values of a column of a row group, one by one, as they stand in lines. */
async function openColumn(
  file: AsyncBuffer,
  group: FileMetaData['row_groups'][number],
  element: SchemaElement,
): Promise<Iterator<string, void>> {
  const chunk = group.columns.find(({ meta_data: data }) => data?.path_in_schema.join('.') === element.name)?.meta_data
  if (chunk === undefined) throw new Error(`a row group lacks the column ${element.name}`)
  const offsets = [chunk.dictionary_page_offset, chunk.data_page_offset].filter((offset) => offset !== undefined)
  // Some writers give 0 for a dictionary that is not there.
  const start = Math.min(...offsets.map(Number).filter((offset) => offset > 0))
  const end = start + Number(chunk.total_compressed_size)
  if (!(start >= 4 && end >= start && end <= file.byteLength))
    throw new Error(`column ${element.name} is not in the file`)
  const bytes = new Uint8Array(await file.slice(start, end))
  return cellsOf(
    decodeColumn(bytes, chunk, element),
    flowLogField(fieldOfParquetColumn(element.name))?.decoder === 'seconds',
  )
}

function* cellsOf(pages: Iterable<readonly (ParquetValue | undefined)[]>, isSeconds: boolean): Generator<string, void> {
  for (const page of pages) for (const value of page) yield cellText(value, isSeconds)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNWRITABLE = /[\u0000-\u0020]/g

/** A value as AWS would have written it in a text file. */
function cellText(value: ParquetValue | undefined, isSeconds: boolean): string {
  if (value === undefined || value === '') return '-'
  if (value instanceof Date) {
    if (isSeconds) return String(Math.floor(value.getTime() / 1_000))
    return Number.isNaN(value.getTime()) ? '-' : value.toISOString()
  }
  if (typeof value !== 'string' || value.search(UNWRITABLE) === -1) return String(value)
  return value.replace(UNWRITABLE, percentEncoded)
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
