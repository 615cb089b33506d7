import type { CatalogTable } from '../catalog/catalog.ts'
import { quoteText } from '../functions/sql-text.ts'
import { hiveTypeToTrino } from '../types/hive-type.ts'
import { quoteName } from './column-sql.ts'
import { hiveFieldValue, splitLine } from './hive-text-column.ts'
import { lazySimpleSerDe } from './lazy-simple-serde.ts'
import type { LineCondition } from './line-filter.ts'
import type { ObjectColumn } from './object-column.ts'

/**
 * DuckDB SQL that reads a text table's lines: the columns asked for, by name. `source` is a table expression that gives
 * pieces of text of many lines each, with what is the same for all rows of an object beside them.
 */
export function textScanSql(
  table: CatalogTable,
  columns: readonly string[],
  objectColumns: readonly ObjectColumn[],
  source: string,
  lineConditions: readonly LineCondition[],
): string {
  const serde = lazySimpleSerDe(table)
  const constants = objectColumns.map((column) => `${column.sql(quoteName(column.name))} AS ${quoteName(column.name)}`)
  const names = objectColumns.map((column) => quoteName(column.name))
  const fields = columns.flatMap((name) => {
    const index = table.storageDescriptor.columns.findIndex((column) => column.name.toLowerCase() === name)
    const type = table.storageDescriptor.columns[index]?.type
    return type === undefined
      ? []
      : [{ name, place: index + 1, type: hiveTypeToTrino(type), text: `"field ${index + 1}"` }]
  })
  const list = (items: readonly string[]): string => items.map((item) => `${item}, `).join('')
  const lines = `SELECT ${list(constants)}unnest(string_split(decode(text), chr(10))) AS line FROM ${source}`
  // The CASE changes nothing. It is volatile, so that DuckDB checks conditions behind it and not on the other side of unnest,
  // where it would gather hundreds of pieces before it goes on, nor right behind unnest, where it would copy the whole piece
  // along with each row that passes.
  const guarded = (column: string): string =>
    `CASE WHEN line IS NULL THEN error('no line') ELSE ${column} END AS ${column}`
  const guardedLines = `SELECT ${[...names, 'line'].map(guarded).join(', ')} FROM (${lines})`
  const conditions = lineConditions.map((texts) => {
    return `(${texts.map((text) => `contains(line, ${quoteText(text)})`).join(' OR ')})`
  })
  const rows =
    conditions.length > 0 ? `SELECT * FROM (${guardedLines}) WHERE ${conditions.join(' AND ')}` : guardedLines
  if (fields.length === 0) return `SELECT ${list(names)}line IS NULL AS "no values" FROM (${rows})`
  const lists = `SELECT ${list(names)}${splitLine('line', serde)} AS "field values" FROM (${rows})`
  // A step of its own: what reads a field names it several times, and each place would cost time to plan.
  const texts = fields.map(({ place, text }) => `"field values"[${place}] AS ${text}`)
  const values = fields.map(({ name, type, text }) => `${hiveFieldValue(text, type, serde)} AS ${quoteName(name)}`)
  return `SELECT ${[...names, ...values].join(', ')} FROM (SELECT ${[...names, ...texts].join(', ')} FROM (${lists}))`
}
