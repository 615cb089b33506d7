import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createValueFormatter } from '../format/value-text.ts'
import { parseExpression } from '../trino/parse.ts'
import { type Literal, type LiteralNode, literalType, parseLiteral } from './literal.ts'
import { physicalType } from './physical-type.ts'
import { formatTrinoType } from './trino-type.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})

function literal(text: string, dialect: 'athena' | 'trino' = 'athena'): Literal {
  return parseLiteral(parseExpression(text) as LiteralNode, dialect)
}

async function evaluated({ sql, type }: Literal): Promise<{ type: string; text: string | null }> {
  const result = await connection.run(`SELECT ${sql}`)
  const value = (await result.fetchChunk())?.getColumnValues(0)[0] ?? null
  return { type: String(result.columnType(0)).replaceAll('"', ''), text: createValueFormatter(type)(value) }
}

test('1.5 is a double in Athena and a decimal in Trino', () => {
  expect(formatTrinoType(literalType(parseExpression('1.5') as LiteralNode, 'athena'))).toBe('double')
  expect(formatTrinoType(literalType(parseExpression('1.50') as LiteralNode, 'trino'))).toBe('decimal(3,2)')
})

test.each([
  ['NULL', null],
  ['true', 'true'],
  ['2147483647', '2147483647'],
  ['2147483648', '2147483648'],
  ['1.5', '1.5'],
  ['1e-400', '0.0'],
  ["'it''s'", "it's"],
  ["X'0aFF'", '0a ff'],
  ["DATE '0001-1-5'", '0001-01-05'],
  ["DATE '-0044-03-15'", '-0044-03-15'],
  ["TIMESTAMP '1969-12-31 23:59:59.5'", '1969-12-31 23:59:59.5'],
  ["TIMESTAMP '12021-01-01 00:00:00'", '+12021-01-01 00:00:00'],
  ["TIMESTAMP '2021-07-01 00:00 America/New_York'", '2021-07-01 00:00:00 America/New_York'],
  ["TIME '1:2:3 -03:30'", '01:02:03-03:30'],
  ["IPADDRESS '::FFFF:10.0.0.1'", '10.0.0.1'],
  ['JSON \' {"b":1, "a":[]} \'', '{"a":[],"b":1}'],
  ["INTERVAL -'1-2' YEAR TO MONTH", '-1-2'],
  ["TINYINT '-128'", '-128'],
  ["CHAR 'a  '", 'a  '],
])('the SQL of %s is of the representation of its type and has the value %s', async (text, expected) => {
  const parsed = literal(text)
  const value = await evaluated(parsed)
  expect(value.text).toBe(expected)
  expect(value.type).toBe(physicalType(parsed.type))
})

test('any text comes through DuckDB as it is, with all that could end a literal', async () => {
  const hostile = fc.string({
    unit: fc.constantFrom("'", '"', '\\', '\0', '\n', ';', '--', '/*', '$$', 'é', '😀', 'a'),
    maxLength: 12,
  })
  await fc.assert(
    fc.asyncProperty(hostile, async (value) => {
      const node = { kind: 'string', value, location: { line: 1, column: 1 } } as const
      expect((await evaluated(parseLiteral(node, 'athena'))).text).toBe(value)
    }),
    { numRuns: 300 },
  )
})

test('a varchar literal counts code points', () => {
  expect(formatTrinoType(literal("'😀é'").type)).toBe('varchar(2)')
})

test.each(["DATE '2021-13-45'", "TIMESTAMP 'x'", "IPADDRESS '10.0.0'", "BIGINT '1.5'", "JSON '{'", "DECIMAL '1e3'"])(
  '%s is refused at its place',
  (text) => {
    const [type, value] = text.split(/ (?=')/)
    expect(() => literal(text)).toThrow(`INVALID_LITERAL: line 1:1: ${value} is not a valid ${type} literal`)
  },
)
