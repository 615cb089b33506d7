import { readFileSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { catalogTable } from '../../../test/catalog-table.ts'
import { prepareConnection } from '../duckdb/scalar-functions.ts'
import { createValueFormatter } from '../format/value-text.ts'
import { quoteText } from '../functions/sql-text.ts'
import { hiveTypeToTrino } from '../types/hive-type.ts'
import { formatDoubleAsVarchar, formatRealAsVarchar } from '../types/java-number.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { hiveFieldValue, hiveTextValue, splitLine } from './hive-text-column.ts'
import { lazySimpleSerDe } from './lazy-simple-serde.ts'

// What Trino 476 made of these texts in TEXTFILE tables of its hive connector, as `CAST(column AS varchar)`.
const fixture = (name: string): string =>
  readFileSync(new URL(`../../../test/fixtures/trino-476-text-${name}.json`, import.meta.url), 'utf8')
const VALUES = JSON.parse(fixture('values')) as { type: string; values: [string, string | null][] }[]
const LINES = JSON.parse(fixture('lines')) as { name: string; lines: string[]; rows: (string | null)[][] }[]

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})

const PLAIN = lazySimpleSerDe(catalogTable({ serDeParameters: { 'field.delim': '|' } }))

/** A value as Trino's CAST to varchar prints it. */
function castText(type: TrinoType): (value: never) => string | null {
  if (type.kind === 'double') return (value: number | null) => (value === null ? null : formatDoubleAsVarchar(value))
  if (type.kind === 'real') return (value: number | null) => (value === null ? null : formatRealAsVarchar(value))
  const format = createValueFormatter(type, 'trino') as (value: never) => string | null
  // A result has Java's plus sign before years of five digits, a cast has not.
  return type.kind === 'date' ? (value) => format(value)?.replace(/^\+/, '') ?? null : format
}

async function readValues(type: TrinoType, texts: readonly string[], serde = PLAIN): Promise<(string | null)[]> {
  const rows = texts.map((text, index) => `(${index}, ${quoteText(text)})`).join(', ')
  const sql = `SELECT ${hiveTextValue('x', type, serde)} FROM (VALUES ${rows}) AS v(i, x) ORDER BY i`
  await prepareConnection(connection, sql)
  const values = (await connection.runAndReadAll(sql)).getColumns()[0] ?? []
  return values.map(castText(type) as (value: unknown) => string | null)
}

describe('values of text tables are those of Trino', () => {
  for (const { type, values } of VALUES) {
    it(type, async () => {
      const read = await readValues(
        hiveTypeToTrino(type),
        values.map(([text]) => text),
      )
      expect(values.map(([text], index) => [text, read[index]])).toEqual(values)
    })
  }

  it('in one column of one chunk as in chunks of their own', async () => {
    // CASE is evaluated on part of a vector at a time.
    const { values } = VALUES.find(({ type }) => type === 'bigint') as (typeof VALUES)[number]
    const texts = values.map(([text]) => text)
    const single = await Promise.all(
      texts.slice(0, 20).map(async (text) => (await readValues({ kind: 'bigint' }, [text]))[0]),
    )
    expect(single).toEqual((await readValues({ kind: 'bigint' }, texts)).slice(0, 20))
  })

  it('for any text of digits, signs and points as the rule says', async () => {
    const texts = fc.array(
      fc.string({ unit: fc.constantFrom('0', '1', '9', '+', '-', '.', 'e', ' '), maxLength: 12 }),
      {
        minLength: 1,
        maxLength: 60,
      },
    )
    await fc.assert(
      fc.asyncProperty(texts, async (given) => {
        const expected = given.map((text) => {
          const match = /^([+-]?)(\d*)(?:\.\d*)?$/.exec(text)
          if (!match || !/[\d.]/.test(text)) return null
          const value = Number(`${match[1] === '-' ? '-' : ''}${match[2] === '' ? '0' : match[2]}`)
          return value >= -2_147_483_648 && value <= 2_147_483_647 ? String(value === 0 ? 0 : value) : null
        })
        expect(await readValues({ kind: 'integer' }, given)).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })
})

describe('lines of text tables are those of Trino', () => {
  const lines = (name: string): (typeof LINES)[number] => LINES.find((entry) => entry.name === name) as never

  async function readLines(name: string, types: readonly string[], parameters: Readonly<Record<string, string>>) {
    const serde = lazySimpleSerDe(catalogTable({ serDeParameters: { 'field.delim': '|', ...parameters } }))
    const columns = types.map((type, index) => hiveFieldValue(`f[${index + 1}]`, hiveTypeToTrino(type), serde))
    const rows = lines(name).lines.map((line, index) => `(${index}, ${quoteText(line)})`)
    const sql = `SELECT ${columns.join(', ')} FROM (SELECT i, ${splitLine('line', serde)} AS f FROM (VALUES ${rows.join(', ')}) AS v(i, line)) ORDER BY i`
    await prepareConnection(connection, sql)
    return (await connection.runAndReadAll(sql)).getRowsJson()
  }

  it('with escapes', async () => {
    const rows = await readLines('esc', ['string', 'string', 'int'], { 'escape.delim': '\\' })
    expect(rows.map((row) => row.map((value) => (value === null ? null : String(value))))).toEqual(lines('esc').rows)
  })

  it('with another text for NULL', async () => {
    const rows = await readLines('nullfmt', ['string', 'int', 'string'], { 'serialization.null.format': 'NULL' })
    expect(rows.map((row) => row.map((value) => (value === null ? null : String(value))))).toEqual(
      lines('nullfmt').rows,
    )
  })

  it('with arrays, maps and structs', async () => {
    const types = ['array<string>', 'map<string,int>', 'struct<x:int,y:string>', 'array<array<int>>']
    const rows = await readLines('nested', types, {})
    const [array, map, struct, nested] = [0, 1, 2, 3].map((index) => rows.map((row) => row[index]))
    const expected = (index: number): unknown[] =>
      lines('nested').rows.map((row) => (row[index] === null ? null : JSON.parse(row[index] as string)))
    expect(array).toEqual(expected(0))
    const entries = (value: unknown): unknown =>
      value === null
        ? null
        : Object.fromEntries((value as { key: string; value: number }[]).map(({ key, value: v }) => [key, v]))
    expect(map?.map(entries)).toEqual(expected(1))
    const fields = (value: unknown): unknown => {
      if (value === null) return null
      const { f0, f1 } = value as { f0: unknown; f1: unknown }
      return { x: f0, y: f1 }
    }
    expect(struct?.map(fields)).toEqual(expected(2))
    expect(nested).toEqual(expected(3))
  })
})
