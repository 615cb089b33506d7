import {
  BIGINT,
  BLOB,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBTableFunction,
  type DuckDBType,
  VARCHAR,
} from '@duckdb/node-api'
import type { CatalogTable } from '../catalog/catalog.ts'
import { quoteText } from '../functions/sql-text.ts'
import { hiveTypeToTrino } from '../types/hive-type.ts'
import { quoteName } from './column-sql.ts'
import { hiveTextValue, splitText } from './hive-text-column.ts'
import { lazySimpleSerDe } from './lazy-simple-serde.ts'
import type { ObjectColumn } from './object-column.ts'
import type { PartitionConstant, PartitionPredicate } from './partition-predicate.ts'
import type { TextSource } from './text-source.ts'

/**
 * DuckDB SQL that reads a text table's lines from the table function of that name: the columns asked for, by name.
 * The function gives pieces of text of many lines each, with what is the same for all rows of an object beside them.
 */
export function textScanSql(
  table: CatalogTable,
  columns: readonly string[],
  objectColumns: readonly ObjectColumn[],
  functionName: string,
  predicate: PartitionPredicate | undefined,
): string {
  const serde = lazySimpleSerDe(table)
  const constants = objectColumns.map((column) => `${column.sql(quoteName(column.name))} AS ${quoteName(column.name)}`)
  const names = objectColumns.map((column) => quoteName(column.name))
  const values = columns.flatMap((name) => {
    const index = table.storageDescriptor.columns.findIndex((column) => column.name.toLowerCase() === name)
    const type = table.storageDescriptor.columns[index]?.type
    if (type === undefined) return []
    return [`${hiveTextValue(`"field values"[${index + 1}]`, hiveTypeToTrino(type), serde)} AS ${quoteName(name)}`]
  })
  const list = (items: readonly string[]): string => items.map((item) => `${item}, `).join('')
  const lines = `SELECT ${list(constants)}unnest(string_split(decode(text), chr(10))) AS line FROM ${functionName}()`
  // The CASE changes nothing. It is volatile, so that DuckDB checks conditions behind it and not on the other side of unnest,
  // where it would gather hundreds of pieces before it goes on, nor right behind unnest, where it would copy the whole piece
  // along with each row that passes.
  const guarded = (column: string): string =>
    `CASE WHEN line IS NULL THEN error('no line') ELSE ${column} END AS ${column}`
  const guardedLines = `SELECT ${[...names, 'line'].map(guarded).join(', ')} FROM (${lines})`
  const conditions = serde.escapeCharacter === undefined ? lineConditions(table, predicate) : []
  const rows =
    conditions.length > 0 ? `SELECT * FROM (${guardedLines}) WHERE ${conditions.join(' AND ')}` : guardedLines
  if (values.length === 0) return `SELECT ${list(names)}line IS NULL AS "no values" FROM (${rows})`
  const fields = `SELECT ${list(names)}${splitText('line', serde.separators[0] as string, serde)} AS "field values" FROM (${rows})`
  return `SELECT ${[...names, ...values].join(', ')} FROM (${fields})`
}

/** More alternatives than this cost more than splitting the lines. */
const MOST_ALTERNATIVES = 4

/**
 * Conditions that lines meet whose rows can pass the predicate: a column that equals a text is a part of the line. Finding it
 * in the line is several times faster than splitting the line, which is then done for few.
 */
function lineConditions(table: CatalogTable, predicate: PartitionPredicate | undefined): readonly string[] {
  const isColumn = (name: string): boolean =>
    table.storageDescriptor.columns.some((column) => column.name.toLowerCase() === name)
  switch (predicate?.kind) {
    case 'and':
      return predicate.operands.flatMap((operand) => lineConditions(table, operand))
    case 'comparison':
      return predicate.operator === '=' && isColumn(predicate.column) ? containsAny([predicate.value]) : []
    case 'in':
      return isColumn(predicate.column) ? containsAny(predicate.values) : []
    default:
      return []
  }
}

function containsAny(texts: readonly PartitionConstant[]): readonly string[] {
  if (texts.length === 0 || texts.length > MOST_ALTERNATIVES) return []
  if (!texts.every((text): text is string => typeof text === 'string' && text !== '')) return []
  return [`(${texts.map((text) => `contains(line, ${quoteText(text)})`).join(' OR ')})`]
}

/** Makes the table function from which the SQL of {@link textScanSql} reads. */
export function registerTextFunction(
  connection: DuckDBConnection,
  name: string,
  open: () => TextSource,
  objectColumns: readonly ObjectColumn[],
  threads: number,
  storedBytes: number,
): void {
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name,
      bindFunction: (info) => {
        info.addResultColumn('text', BLOB)
        // Pieces are counted, but rows are what the order of joins is to be chosen by.
        info.setCardinality(Math.ceil(storedBytes / STORED_BYTES_PER_ROW) + 1, false)
        for (const column of objectColumns) info.addResultColumn(column.name, COLUMN_TYPES[column.carrier])
      },
      initFunction: (info) => {
        info.setInitData(open())
        info.setMaxThreads(threads)
      },
      mainFunction: (info, output) => {
        const piece = (info.initData as TextSource).take()
        if (piece === 'end') {
          output.rowCount = 0
          return
        }
        output.rowCount = 1
        const text = output.getColumnVector(0)
        text.setItem(0, piece === 'pending' ? null : new DuckDBBlobValue(piece.bytes))
        text.flush()
        for (const [index, column] of objectColumns.entries()) {
          const vector = output.getColumnVector(index + 1)
          vector.setItem(0, piece === 'pending' ? null : column.valueOf(piece.object))
          vector.flush()
        }
      },
    }),
  )
}

/** Of a compressed flow log, roughly. */
const STORED_BYTES_PER_ROW = 25

const COLUMN_TYPES: Readonly<Record<ObjectColumn['carrier'], DuckDBType>> = { VARCHAR, BIGINT }
