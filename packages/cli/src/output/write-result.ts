import type { QueryResult, ResultText } from '@flowtap/core/athena'
import { renderTextTable, type TextTableColumn } from './text-table.ts'

export type ResultFormat = 'table' | 'csv' | 'json' | 'parquet' | 'arrow'

/** A result as text or bytes, made while it is read; only a table for people is held whole. */
export function writeResult(
  result: QueryResult,
  format: ResultFormat,
  width: number,
): AsyncIterable<string | Uint8Array> {
  return WRITERS[format](result, width)
}

type Writer = (result: QueryResult, width: number) => AsyncIterable<string | Uint8Array>

const WRITERS: Readonly<Record<ResultFormat, Writer>> = {
  table: writeTable,
  csv: (result) => result.csv(),
  json: writeJson,
  parquet: async function* (result) {
    const { writeParquet } = await import('./write-parquet.ts')
    yield* writeParquet(result)
  },
  arrow: async function* (result) {
    const { arrowStream } = await import('./arrow-stream.ts')
    yield* arrowStream(result.arrowBatches())
  },
}

const NUMERIC = /^(tinyint|smallint|integer|bigint|real|double|decimal)/
/** More than a person will read; the other formats have no bound. */
const TABLE_ROWS = 10_000

async function* writeTable(result: QueryResult, width: number): AsyncIterable<string> {
  const rows: (readonly ResultText[])[] = []
  let total = 0
  for await (const batch of result.textBatches()) {
    total += batch.length
    if (rows.length < TABLE_ROWS) rows.push(...batch.slice(0, TABLE_ROWS - rows.length))
  }
  if (result.columns.length === 0) return
  const columns = result.columns.map(
    (column): TextTableColumn => ({ name: column.name, align: NUMERIC.test(column.type) ? 'right' : 'left' }),
  )
  yield renderTextTable(columns, rows, width)
  if (total > rows.length) yield `… ${total - rows.length} more rows; --format csv writes them all\n`
}

async function* writeJson(result: QueryResult): AsyncIterable<string> {
  const columns = result.columns.map(({ name, type }) => ({ name, type }))
  yield `{"columns":${JSON.stringify(columns)},"rows":[`
  let separator = ''
  for await (const batch of result.textBatches()) {
    if (batch.length === 0) continue
    yield separator + batch.map((row) => JSON.stringify(row)).join(',\n')
    separator = ',\n'
  }
  yield `],"bytesScanned":${result.statistics.bytesScanned}}\n`
}
