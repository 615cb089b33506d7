import type { QueryResult, ResultColumn, ResultText } from '@flowtap/core/athena'
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'

const ROW_GROUP_ROWS = 100_000

/** How a column is written: its Parquet type and the value of a text. */
interface ParquetColumnType {
  readonly schema: Partial<SchemaElement>
  readonly value: (text: string) => unknown
}

const INT32: ParquetColumnType = { schema: { type: 'INT32' }, value: Number }
const STRING: ParquetColumnType = { schema: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, value: (text) => text }

/** By Trino type kind. Everything that is not here is written as Athena's text. */
const PARQUET_TYPES: Readonly<Partial<Record<ResultColumn['trinoType']['kind'], ParquetColumnType>>> = {
  boolean: { schema: { type: 'BOOLEAN' }, value: (text) => text === 'true' },
  tinyint: INT32,
  smallint: INT32,
  integer: INT32,
  bigint: { schema: { type: 'INT64' }, value: BigInt },
  real: { schema: { type: 'FLOAT' }, value: Number },
  double: { schema: { type: 'DOUBLE' }, value: Number },
  date: { schema: { type: 'INT32', converted_type: 'DATE' }, value: (text) => new Date(`${text}T00:00:00Z`) },
  timestamp: {
    schema: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
    value: (text) => new Date(`${text.replace(' ', 'T')}Z`),
  },
}

/**
 * The rows as a Parquet file, a row group at a time. Numbers, booleans, dates and timestamps (in milliseconds) keep their
 * types; decimals, nested values and the other types are written in Athena's text form.
 */
export async function* writeParquet(result: QueryResult): AsyncIterable<Uint8Array> {
  const columns = result.columns.map((column) => ({
    name: column.name,
    data: [] as unknown[],
    ...(PARQUET_TYPES[column.trinoType.kind] ?? STRING),
  }))
  const writer = new ByteWriter()
  const file = new ParquetWriter({
    writer,
    schema: [
      { name: 'query_result', num_children: columns.length },
      ...columns.map(({ name, schema }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...schema })),
    ],
    createdBy: 'flowtap',
  })
  const writeRowGroup = async (): Promise<void> => {
    const rows = columns[0]?.data.length ?? 0
    if (rows === 0) return
    await file.write({
      columnData: columns.map(({ name, data }) => ({ name, data: data.splice(0) })),
      rowGroupSize: rows,
    })
  }
  for await (const batch of result.textBatches()) {
    for (const row of batch) {
      columns.forEach((column, index) => {
        const text: ResultText = row[index] ?? null
        column.data.push(text === null ? undefined : column.value(text))
      })
    }
    if ((columns[0]?.data.length ?? 0) < ROW_GROUP_ROWS) continue
    await writeRowGroup()
    yield takeBytes(writer)
  }
  await writeRowGroup()
  await file.finish()
  yield takeBytes(writer)
}

/** What was written since the last time. The writer's offsets go on counting. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice()
  writer.index = 0
  return bytes
}
