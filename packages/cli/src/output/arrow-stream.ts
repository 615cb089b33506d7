import { pipeline, Readable } from 'node:stream'
import { type RecordBatch, RecordBatchStreamWriter } from 'apache-arrow'

/** Record batches as an Arrow IPC stream, with back-pressure. An error of the batches is thrown while the bytes are read. */
export async function* arrowStream(batches: AsyncIterable<RecordBatch>): AsyncIterable<Uint8Array> {
  const bytes = RecordBatchStreamWriter.throughNode()
  pipeline(Readable.from(batches), bytes, () => undefined)
  yield* bytes as AsyncIterable<Uint8Array>
}
