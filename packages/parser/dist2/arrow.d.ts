import { RecordBatch } from 'apache-arrow';
import { C as ColumnBatch } from './column-batch-5mOi8Glg.js';

/**
 * A batch as an Arrow record batch over the same memory; nothing is copied.
 *
 * Columns are named as the fields are. int32 fields are Int32; int64 and seconds are Int64; text and addresses are Utf8,
 * dictionary-encoded with Int32 indices. Absent values are null. Each batch brings its own dictionaries, so a stream of
 * batches is written in Arrow's stream format with replaced dictionaries; the file format does not allow those.
 */
declare function toArrowRecordBatch(batch: ColumnBatch): RecordBatch;

export { toArrowRecordBatch };
