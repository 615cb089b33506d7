import { gunzipSync } from 'node:zlib'
import type { ColumnMetaData, SchemaElement } from 'hyparquet'
import { ByteCursor } from './byte-cursor.ts'
import { bytesValue, decodePlain, int32Value, int64Value, type ParquetValue } from './column-type.ts'
import { decodeDelta } from './decode-delta.ts'
import { decodeHybrid } from './decode-levels.ts'
import { type PageHeader, readPageHeader } from './page-header.ts'
import { decompressSnappy } from './snappy.ts'

/** Values of one page at most, so that a few bytes that claim more take no memory. */
const MAX_PAGE_VALUES = 4_194_304
/** Bytes of one page at most. Writers make pages of about 1 MiB. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024

type PageValues = readonly (ParquetValue | undefined)[]

/**
 * Decodes a column chunk of a flat column, page by page; undefined where there is no value.
 *
 * hyparquet, which reads the footer, decodes pages too, but trusts them: a single wrong byte in a page makes it loop
 * without end or fill the memory. Here every length is checked before it is used.
 *
 * @throws Error for whatever does not fit.
 */
export function* decodeColumn(
  bytes: Uint8Array,
  chunk: ColumnMetaData,
  element: SchemaElement,
): Generator<PageValues, void> {
  const cursor = new ByteCursor(bytes)
  let dictionary: readonly ParquetValue[] | undefined
  let left = Number(chunk.num_values)
  while (left > 0) {
    const header = readPageHeader(cursor)
    const stored = cursor.take(header.compressedBytes)
    if (header.valueCount > MAX_PAGE_VALUES) throw new Error(`a page has ${header.valueCount} values`)
    if (header.uncompressedBytes > MAX_PAGE_BYTES) throw new Error(`a page has ${header.uncompressedBytes} bytes`)
    if (header.kind === 'dictionary') {
      const page = decompress(stored, header.uncompressedBytes, chunk.codec)
      dictionary = decodePlain(new ByteCursor(page), element, header.valueCount)
    } else if (header.kind !== 'other') {
      if (header.valueCount > left) throw new Error('the pages have more values than the column')
      left -= header.valueCount
      yield decodePage(stored, header, chunk, element, dictionary)
    }
  }
}

function decodePage(
  stored: Uint8Array,
  header: PageHeader,
  chunk: ColumnMetaData,
  element: SchemaElement,
  dictionary: readonly ParquetValue[] | undefined,
): PageValues {
  const { kind, valueCount, encoding, definitionLevelBytes, repetitionLevelBytes } = header
  const isOptional = element.repetition_type !== 'REQUIRED'
  let levels: Int32Array | undefined
  let values: ByteCursor
  if (kind === 'data-v2') {
    const parts = new ByteCursor(stored)
    parts.take(repetitionLevelBytes)
    const levelBytes = new ByteCursor(parts.take(definitionLevelBytes))
    if (isOptional && valueCount > 0) levels = decodeHybrid(levelBytes, 1, valueCount)
    const length = header.uncompressedBytes - definitionLevelBytes - repetitionLevelBytes
    const rest = parts.take(parts.left)
    values = new ByteCursor(header.isCompressed ? decompress(rest, length, chunk.codec) : rest)
  } else {
    values = new ByteCursor(decompress(stored, header.uncompressedBytes, chunk.codec))
    if (isOptional) levels = decodeHybrid(new ByteCursor(values.take(values.uint32())), 1, valueCount)
  }
  if (levels === undefined) return decodeValues(values, encoding, element, dictionary, valueCount)
  let count = 0
  for (const level of levels) count += level
  return spread(decodeValues(values, encoding, element, dictionary, count), levels)
}

/** Puts values where the levels say that there are some. */
function spread(values: PageValues, levels: Int32Array): PageValues {
  if (values.length === levels.length) return values
  const spaced: (ParquetValue | undefined)[] = []
  let next = 0
  for (const level of levels) spaced.push(level === 0 ? undefined : values[next++])
  return spaced
}

/** Decoders by the number of their `Encoding` in parquet.thrift. */
const DECODER_OF: Readonly<Record<number, typeof decodePlain>> = {
  0: decodePlain,
  3: (cursor, _, count) => Array.from(decodeHybrid(new ByteCursor(cursor.take(cursor.uint32())), 1, count), Boolean),
  5: (cursor, element, count) =>
    Array.from(decodeDelta(cursor, count), (value) =>
      element.type === 'INT32' ? int32Value(Number(BigInt.asIntN(32, value)), element) : int64Value(value, element),
    ),
  6: (cursor, element, count) =>
    Array.from(decodeDelta(cursor, count), Number).map((length) => bytesValue(cursor.take(length), element)),
  7: (cursor, element, count) => {
    const prefixes = Array.from(decodeDelta(cursor, count), Number)
    const suffixes = Array.from(decodeDelta(cursor, count), Number)
    let before: Uint8Array = new Uint8Array(0)
    return prefixes.map((prefix, index) => {
      if (prefix < 0 || prefix > before.length) throw new Error('a text shares more than there is with the one before')
      before = Buffer.concat([before.subarray(0, prefix), cursor.take(suffixes[index] ?? -1)])
      return bytesValue(before, element)
    })
  },
}

const DICTIONARY_ENCODINGS: readonly number[] = [2, 8]

function decodeValues(
  cursor: ByteCursor,
  encoding: number,
  element: SchemaElement,
  dictionary: readonly ParquetValue[] | undefined,
  count: number,
): PageValues {
  if (count === 0) return []
  if (!DICTIONARY_ENCODINGS.includes(encoding)) {
    const decoder = DECODER_OF[encoding]
    if (decoder === undefined)
      throw new Error(`column ${element.name} has the encoding ${encoding}, which is not supported`)
    const values = decoder(cursor, element, count)
    if (values.length !== count) throw new Error(`a page has ${values.length} values in place of ${count}`)
    return values
  }
  if (dictionary === undefined) throw new Error('a page needs a dictionary that is not there')
  const values: ParquetValue[] = []
  for (const index of decodeHybrid(cursor, cursor.uint8(), count)) {
    const value = dictionary[index]
    if (value === undefined) throw new Error(`a value has the number ${index} in a dictionary of ${dictionary.length}`)
    values.push(value)
  }
  return values
}

function decompress(bytes: Uint8Array, length: number, codec: ColumnMetaData['codec']): Uint8Array {
  if (length < 0) throw new Error('a page is shorter than its levels')
  const page = decompressAs(bytes, length, codec)
  if (page.length !== length) throw new Error(`a page has ${page.length} bytes in place of ${length}`)
  return page
}

function decompressAs(bytes: Uint8Array, length: number, codec: ColumnMetaData['codec']): Uint8Array {
  switch (codec) {
    case 'UNCOMPRESSED':
      return bytes
    case 'GZIP':
      return length === 0 ? bytes.subarray(0, 0) : gunzipSync(bytes, { maxOutputLength: length })
    case 'SNAPPY':
      return decompressSnappy(bytes, length)
    default:
      throw new Error(`the codec ${codec} is not supported; none, GZIP and SNAPPY are`)
  }
}
