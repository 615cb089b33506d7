import {
  type Data,
  type DataType,
  Dictionary,
  Field,
  Int32,
  Int64,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import type { ColumnBatch, FlowLogColumn, TextColumn } from './column-batch.ts'

/**
 * A batch as an Arrow record batch over the same memory; nothing is copied.
 *
 * Columns are named as the fields are. int32 fields are Int32; int64 and seconds are Int64; text and addresses are Utf8,
 * dictionary-encoded with Int32 indices. Absent values are null. Each batch brings its own dictionaries, so a stream of
 * batches is written in Arrow's stream format with replaced dictionaries; the file format does not allow those.
 */
export function toArrowRecordBatch(batch: ColumnBatch): RecordBatch {
  const children = batch.columns.map((column, index) => arrowData(column, index, batch.rowCount))
  const fields = batch.columns.map((column, index) => new Field(column.name, typeOf(children[index]), true))
  const schema = new Schema(fields)
  const data = makeData({ type: new Struct(fields), length: batch.rowCount, nullCount: 0, children })
  return new RecordBatch(schema, data)
}

function typeOf(data: Data | undefined): DataType {
  if (data === undefined) throw new Error('A column without data')
  return data.type
}

function arrowData(column: FlowLogColumn, id: number, length: number): Data {
  const { nullCount } = column
  const nullBitmap = column.validity
  switch (column.kind) {
    case 'int32':
      return makeData({ type: new Int32(), length, nullCount, nullBitmap, data: column.values })
    case 'int64':
    case 'seconds':
      return makeData({ type: new Int64(), length, nullCount, nullBitmap, data: column.values })
    case 'string':
    case 'address':
      return textData(column, id, length)
  }
}

/** The id makes a column's dictionaries in one batch after another known as the same one, replaced. */
function textData(column: TextColumn, id: number, length: number): Data {
  const { offsets, bytes, size } = column.dictionary
  const texts = makeData({ type: new Utf8(), length: size, nullCount: 0, valueOffsets: offsets, data: bytes })
  return makeData({
    type: new Dictionary(new Utf8(), new Int32(), id),
    length,
    nullCount: column.nullCount,
    nullBitmap: column.validity,
    data: column.values,
    dictionary: makeVector(texts),
  })
}
