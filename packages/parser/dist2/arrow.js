// src/arrow.ts
import {
  Dictionary,
  Field,
  Int32,
  Int64,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  Utf8
} from "apache-arrow";
function toArrowRecordBatch(batch) {
  const children = batch.columns.map((column, index) => arrowData(column, index, batch.rowCount));
  const fields = batch.columns.map((column, index) => new Field(column.name, typeOf(children[index]), true));
  const schema = new Schema(fields);
  const data = makeData({ type: new Struct(fields), length: batch.rowCount, nullCount: 0, children });
  return new RecordBatch(schema, data);
}
function typeOf(data) {
  if (data === void 0) throw new Error("A column without data");
  return data.type;
}
function arrowData(column, id, length) {
  const { nullCount } = column;
  const nullBitmap = column.validity;
  switch (column.kind) {
    case "int32":
      return makeData({ type: new Int32(), length, nullCount, nullBitmap, data: column.values });
    case "int64":
    case "seconds":
      return makeData({ type: new Int64(), length, nullCount, nullBitmap, data: column.values });
    case "string":
    case "address":
      return textData(column, id, length);
  }
}
function textData(column, id, length) {
  const { offsets, bytes, size } = column.dictionary;
  const texts = makeData({ type: new Utf8(), length: size, nullCount: 0, valueOffsets: offsets, data: bytes });
  return makeData({
    type: new Dictionary(new Utf8(), new Int32(), id),
    length,
    nullCount: column.nullCount,
    nullBitmap: column.validity,
    data: column.values,
    dictionary: makeVector(texts)
  });
}
export {
  toArrowRecordBatch
};
//# sourceMappingURL=arrow.js.map