import type { QueryResult } from '@flowtap/core/athena'
import { RecordBatchStreamWriter } from 'apache-arrow'

/** The rows as an Arrow IPC stream. */
export async function* writeArrow(result: QueryResult): AsyncIterable<Uint8Array> {
  yield* RecordBatchStreamWriter.writeAll(result.arrowBatches())
}
