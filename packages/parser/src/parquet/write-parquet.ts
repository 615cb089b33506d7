import { gzipSync } from 'node:zlib'
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { flowLogField } from '../fields.ts'
import { checkWritable } from '../format-record.ts'
import { DEFAULT_LOG_FORMAT, type LogFormat } from '../log-format.ts'
import type { FlowLogRecord, FlowLogValue } from '../record.ts'
import { parquetColumnOfField } from './column-name.ts'

/** How a Parquet log file is written. */
export interface ParquetLogFileOptions {
  /** Which fields become columns, and their order. Default: the version 2 fields. */
  readonly format?: LogFormat
  /** Rows of a row group: so many records are held in memory. Default 100,000. */
  readonly rowGroupRows?: number
}

const DEFAULT_ROW_GROUP_ROWS = 100_000

type ColumnType = 'INT32' | 'INT64' | 'STRING'

/** Columns as AWS's page "Flow log records" types them: INT_32, INT_64, STRING; every column is optional. */
const SCHEMA_OF: Readonly<Record<ColumnType, Partial<SchemaElement>>> = {
  INT32: { type: 'INT32', converted_type: 'INT_32' },
  INT64: { type: 'INT64', converted_type: 'INT_64' },
  STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
}

/**
 * The bytes of a Parquet log file, a row group at a time, compressed with gzip as AWS's are.
 *
 * @throws FlowLogWriteError as `formatRecord` does: the text and the Parquet form of a flow log hold the same values.
 */
export async function* formatParquetLogFile(
  records: Iterable<FlowLogRecord> | AsyncIterable<FlowLogRecord>,
  { format = DEFAULT_LOG_FORMAT, rowGroupRows = DEFAULT_ROW_GROUP_ROWS }: ParquetLogFileOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const writer = new ByteWriter()
  const columns = format.fields.map((field) => new ParquetColumn(field))
  const file = new ParquetWriter({
    writer,
    schema: [{ name: 'flow_log', num_children: columns.length }, ...columns.map(({ schema }) => schema)],
    codec: 'GZIP',
    compressors: { GZIP: (bytes) => gzipSync(bytes) },
    createdBy: 'flowtap',
  })
  let rows = 0
  for await (const record of records) {
    for (const column of columns) column.add(record)
    rows += 1
    if (rows < rowGroupRows) continue
    await file.write({ columnData: columns.map((column) => column.take()), rowGroupSize: rows })
    rows = 0
    yield takeBytes(writer)
  }
  if (rows > 0) await file.write({ columnData: columns.map((column) => column.take()), rowGroupSize: rows })
  await file.finish()
  yield takeBytes(writer)
}

/** One column of the row group that is being collected. */
class ParquetColumn {
  readonly schema: SchemaElement
  readonly #field: string
  readonly #type: ColumnType
  #data: FlowLogValue[] = []

  constructor(field: string) {
    this.#field = field
    this.#type = flowLogField(field)?.parquetType ?? 'STRING'
    this.schema = { name: parquetColumnOfField(field), repetition_type: 'OPTIONAL', ...SCHEMA_OF[this.#type] }
  }

  add(record: FlowLogRecord): void {
    const value = record[this.#field]
    if (value === undefined || value === '-') {
      this.#data.push(undefined)
      return
    }
    checkWritable(this.#field, value)
    if (this.#type === 'INT64') this.#data.push(BigInt(value))
    else if (this.#type === 'INT32') this.#data.push(Number(value))
    else this.#data.push(value)
  }

  take(): { readonly name: string; readonly data: FlowLogValue[] } {
    const data = this.#data
    this.#data = []
    return { name: this.schema.name, data }
  }
}

/** What was written since the last time. The writer's offsets go on counting. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice()
  writer.index = 0
  return bytes
}
