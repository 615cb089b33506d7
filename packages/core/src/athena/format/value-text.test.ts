import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { physicalType } from '../types/physical-type.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { createValueFormatter } from './value-text.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})

async function show(sql: string, type: TrinoType, dialect?: 'trino'): Promise<string | null> {
  const result = await connection.run(`SELECT CAST(${sql} AS ${physicalType(type)})`)
  const chunk = await result.fetchChunk()
  return createValueFormatter(type, dialect)(chunk?.getColumnValues(0)[0] ?? null)
}

const VARCHAR: TrinoType = { kind: 'varchar' }
const INTEGER: TrinoType = { kind: 'integer' }

test.each<[string, TrinoType, string | null]>([
  ['NULL', INTEGER, null],
  ['true', { kind: 'boolean' }, 'true'],
  ['-128', { kind: 'tinyint' }, '-128'],
  ['9223372036854775807', { kind: 'bigint' }, '9223372036854775807'],
  ['1e10', { kind: 'double' }, '1.0E10'],
  ['0.1', { kind: 'real' }, '0.1'],
  ["'-0.05'", { kind: 'decimal', precision: 4, scale: 2 }, '-0.05'],
  ["'0.5'", { kind: 'decimal', precision: 1, scale: 1 }, '0.5'],
  [
    "'12345678901234567890123456789012345.678'",
    { kind: 'decimal', precision: 38, scale: 3 },
    '12345678901234567890123456789012345.678',
  ],
  ["''", VARCHAR, ''],
  ["'ab'", { kind: 'char', length: 4 }, 'ab  '],
  ["'😀'", { kind: 'char', length: 2 }, '😀 '],
  ["'\\x65\\x68\\x3F'", { kind: 'varbinary' }, '65 68 3f'],
  ["DATE '2021-10-25'", { kind: 'date' }, '2021-10-25'],
  ["DATE '0044-03-15 (BC)'", { kind: 'date' }, '-0043-03-15'],
  ["TIMESTAMP '1970-01-01 00:00:00'", { kind: 'timestamp', precision: 3 }, '1970-01-01 00:00:00.000'],
  ["TIMESTAMP '1969-12-31 23:59:59.999999'", { kind: 'timestamp', precision: 6 }, '1969-12-31 23:59:59.999999'],
  ["TIMESTAMP '2021-10-25 10:11:12.345678'", { kind: 'timestamp', precision: 0 }, '2021-10-25 10:11:12'],
  ["TIMESTAMP '2021-10-25 10:11:12.345678'", { kind: 'timestamp', precision: 9 }, '2021-10-25 10:11:12.345678000'],
  [
    "{'t': TIMESTAMP '2021-10-25 10:11:12.3', 'z': 'UTC'}",
    { kind: 'timestamp with time zone', precision: 3 },
    '2021-10-25 10:11:12.300 UTC',
  ],
  [
    "{'t': TIMESTAMP '2021-07-01 00:00:00', 'z': 'America/New_York'}",
    { kind: 'timestamp with time zone', precision: 0 },
    '2021-06-30 20:00:00 America/New_York',
  ],
  [
    "{'t': TIMESTAMP '2021-07-01 00:00:00', 'z': '+05:30'}",
    { kind: 'timestamp with time zone', precision: 0 },
    '2021-07-01 05:30:00 +05:30',
  ],
  ["TIME '10:11:12.345678'", { kind: 'time', precision: 3 }, '10:11:12.345'],
  ["{'t': TIME '10:11:12', 'o': -210}", { kind: 'time with time zone', precision: 0 }, '10:11:12-03:30'],
  ['172800000', { kind: 'interval day to second' }, '2 00:00:00.000'],
  ['-5400000', { kind: 'interval day to second' }, '-0 01:30:00.000'],
  ['38', { kind: 'interval year to month' }, '3-2'],
  [
    "'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xFF\\xFF\\x0A\\x00\\x00\\x01'",
    { kind: 'ipaddress' },
    '10.0.0.1',
  ],
  ["unhex('12151fd2758611e98f9e2a86e4085a59')", { kind: 'uuid' }, '12151fd2-7586-11e9-8f9e-2a86e4085a59'],
  ['[1, NULL, 2]', { kind: 'array', element: INTEGER }, '[1, null, 2]'],
  ['[]', { kind: 'array', element: INTEGER }, '[]'],
  ["MAP {'k': 1}", { kind: 'map', key: VARCHAR, value: INTEGER }, '{k=1}'],
  [
    "{'f0': 1, 'f1': 'x'}",
    {
      kind: 'row',
      fields: [
        { name: 'id', type: INTEGER },
        { name: 'name', type: VARCHAR },
      ],
    },
    '{id=1, name=x}',
  ],
  ["{'f0': 1, 'f1': NULL}", { kind: 'row', fields: [{ type: INTEGER }, { type: VARCHAR }] }, '{field0=1, field1=null}'],
  [
    "[{'f0': [1.5]}]",
    {
      kind: 'array',
      element: { kind: 'row', fields: [{ name: 'd', type: { kind: 'array', element: { kind: 'double' } } }] },
    },
    '[{d=[1.5]}]',
  ],
])('%s as %j', async (sql, type, expected) => {
  expect(await show(sql, type)).toBe(expected)
})

test("Trino's own client prints rows and binary another way", async () => {
  expect(
    await show(
      "{'f0': 1, 'f1': 'a'}",
      { kind: 'row', fields: [{ name: 'x', type: INTEGER }, { type: VARCHAR }] },
      'trino',
    ),
  ).toBe('[1, a]')
  expect(await show(`unhex('${'00'.repeat(34)}')`, { kind: 'varbinary' }, 'trino')).toBe(
    `${Array.from({ length: 4 }, () => Array(8).fill('00').join(' ')).join('   ')}\n00 00`,
  )
})
