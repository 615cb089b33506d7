import type {
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBValue,
} from '@duckdb/node-api'
import { type Data, Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow'
import type { SqlDialect } from '../functions/function-definition.ts'
import type { ResultColumn } from '../result.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { arrowType } from './arrow-type.ts'
import { createValueFormatter } from './value-text.ts'

/** The schema of a result; every column can be null. */
export function arrowSchema(columns: readonly ResultColumn[]): Schema {
  return new Schema(columns.map((column) => new Field(column.name, arrowType(column.trinoType), true)))
}

/** A chunk of rows as a record batch, column by column. */
export function arrowBatch(
  chunk: DuckDBDataChunk,
  columns: readonly ResultColumn[],
  schema: Schema,
  dialect: SqlDialect,
): RecordBatch {
  const children = columns.map((column, index) => arrowData(chunk.getColumnValues(index), column.trinoType, dialect))
  return recordBatch(schema, children, chunk.rowCount)
}

/** A record batch of rows of text. */
export function textArrowBatch(rows: readonly (readonly (string | null)[])[], schema: Schema): RecordBatch {
  const children = schema.fields.map((_, index) => textData(rows.map((row) => row[index] ?? null)))
  return recordBatch(schema, children, rows.length)
}

function recordBatch(schema: Schema, children: Data[], length: number): RecordBatch {
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }))
}

/** Values of one type as Arrow data. Nested NULLs are kept. */
function arrowData(values: readonly DuckDBValue[], type: TrinoType, dialect: SqlDialect): Data {
  switch (type.kind) {
    case 'boolean':
      return booleanData(values as readonly (boolean | null)[])
    case 'tinyint':
      return numberData(values, type, new Int8Array(values.length), Number)
    case 'smallint':
      return numberData(values, type, new Int16Array(values.length), Number)
    case 'integer':
      return numberData(values, type, new Int32Array(values.length), Number)
    case 'bigint':
      return numberData(values, type, new BigInt64Array(values.length), BigInt as (value: never) => bigint)
    case 'real':
      return numberData(values, type, new Float32Array(values.length), Number)
    case 'double':
      return numberData(values, type, new Float64Array(values.length), Number)
    case 'date':
      return numberData(values, type, new Int32Array(values.length), (value: DuckDBDateValue) => value.days)
    case 'time':
      return numberData(values, type, new BigInt64Array(values.length), (value: DuckDBTimeValue) => value.micros)
    case 'timestamp':
      return numberData(values, type, new BigInt64Array(values.length), (value: DuckDBTimestampValue) => value.micros)
    case 'timestamp with time zone':
      return numberData(
        values,
        type,
        new BigInt64Array(values.length),
        (value: DuckDBStructValue) => (value.entries.t as DuckDBTimestampValue).micros,
      )
    case 'decimal':
      return decimalData(values as readonly (DuckDBDecimalValue | null)[], type)
    case 'varbinary':
      return bytesData(
        values.map((value) => (value === null ? null : (value as DuckDBBlobValue).bytes)),
        type,
      )
    case 'array':
      return listData(values as readonly (DuckDBListValue | null)[], type, dialect)
    case 'map':
      return mapData(values as readonly (DuckDBMapValue | null)[], type, dialect)
    case 'row':
      return rowData(values as readonly (DuckDBStructValue | null)[], type, dialect)
    case 'unknown':
    case 'varchar':
    case 'char':
    case 'json':
    case 'time with time zone':
    case 'interval day to second':
    case 'interval year to month':
    case 'ipaddress':
    case 'uuid':
    case 'function':
      return textData(values.map(createValueFormatter(type, dialect)))
  }
}

interface Validity {
  readonly nullCount: number
  readonly nullBitmap: Uint8Array
}

const BITS = 8

function validityOf(values: readonly unknown[]): Validity {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / BITS))
  let nullCount = 0
  values.forEach((value, index) => {
    if (value === null) nullCount += 1
    else nullBitmap[index >> 3] = (nullBitmap[index >> 3] as number) | (1 << (index & 7))
  })
  return { nullCount, nullBitmap }
}

type NumberArray = Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array

function numberData<A extends NumberArray>(
  values: readonly DuckDBValue[],
  type: TrinoType,
  data: A,
  convert: (value: never) => A[number],
): Data {
  values.forEach((value, index) => {
    if (value !== null) data[index] = convert(value as never)
  })
  return makeData({ type: arrowType(type), length: values.length, ...validityOf(values), data } as never)
}

function booleanData(values: readonly (boolean | null)[]): Data {
  const data = validityOf(values.map((value) => value || null)).nullBitmap
  return makeData({ type: arrowType({ kind: 'boolean' }), length: values.length, ...validityOf(values), data } as never)
}

const WORDS_PER_DECIMAL = 4
const WORD_BITS = 32n

function decimalData(values: readonly (DuckDBDecimalValue | null)[], type: TrinoType): Data {
  const data = new Uint32Array(values.length * WORDS_PER_DECIMAL)
  values.forEach((decimal, index) => {
    let rest = BigInt.asUintN(128, decimal?.value ?? 0n)
    for (let word = 0; word < WORDS_PER_DECIMAL; word++) {
      data[index * WORDS_PER_DECIMAL + word] = Number(BigInt.asUintN(32, rest))
      rest >>= WORD_BITS
    }
  })
  return makeData({ type: arrowType(type), length: values.length, ...validityOf(values), data } as never)
}

function textData(values: readonly (string | null)[]): Data {
  return bytesData(
    values.map((value) => (value === null ? null : Buffer.from(value, 'utf8'))),
    { kind: 'varchar' },
  )
}

function bytesData(values: readonly (Uint8Array | null)[], type: TrinoType): Data {
  const data = Buffer.concat(values.filter((value) => value !== null))
  const valueOffsets = offsetsOf(values.map((value) => value?.length ?? 0))
  return makeData({ type: arrowType(type), length: values.length, ...validityOf(values), valueOffsets, data } as never)
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1)
  lengths.forEach((length, index) => {
    offsets[index + 1] = (offsets[index] as number) + length
  })
  return offsets
}

function listData(
  values: readonly (DuckDBListValue | null)[],
  type: Extract<TrinoType, { kind: 'array' }>,
  dialect: SqlDialect,
): Data {
  const child = arrowData(
    values.flatMap((value) => value?.items ?? []),
    type.element,
    dialect,
  )
  const valueOffsets = offsetsOf(values.map((value) => value?.items.length ?? 0))
  return makeData({ type: arrowType(type), length: values.length, ...validityOf(values), valueOffsets, child } as never)
}

function mapData(
  values: readonly (DuckDBMapValue | null)[],
  type: Extract<TrinoType, { kind: 'map' }>,
  dialect: SqlDialect,
): Data {
  const entries = values.flatMap((value) => value?.entries ?? [])
  const arrow = arrowType(type)
  const keys = arrowData(
    entries.map(({ key }) => key),
    type.key,
    dialect,
  )
  const items = arrowData(
    entries.map(({ value }) => value),
    type.value,
    dialect,
  )
  const entryType = (arrow.children as Field[])[0]?.type
  const child = makeData({ type: entryType, length: entries.length, nullCount: 0, children: [keys, items] } as never)
  const valueOffsets = offsetsOf(values.map((value) => value?.entries.length ?? 0))
  return makeData({ type: arrow, length: values.length, ...validityOf(values), valueOffsets, child } as never)
}

function rowData(
  values: readonly (DuckDBStructValue | null)[],
  type: Extract<TrinoType, { kind: 'row' }>,
  dialect: SqlDialect,
): Data {
  const children = type.fields.map((field, index) =>
    arrowData(
      values.map((value) => value?.entries[`f${index}`] ?? null),
      field.type,
      dialect,
    ),
  )
  return makeData({ type: arrowType(type), length: values.length, ...validityOf(values), children } as never)
}
