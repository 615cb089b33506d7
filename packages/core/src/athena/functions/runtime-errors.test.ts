import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { physicalType } from '../types/physical-type.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { errorFromDuckDb, raiseSql, raiseTextSql } from './runtime-errors.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run('CREATE TABLE t AS SELECT range::BIGINT AS x FROM range(3)')
})

async function failure(sql: string): Promise<string | undefined> {
  try {
    await connection.run(sql)
    return 'no error'
  } catch (error) {
    return errorFromDuckDb((error as Error).message)?.message
  }
}

const TYPES: readonly TrinoType[] = [
  { kind: 'integer' },
  { kind: 'bigint' },
  { kind: 'varchar' },
  { kind: 'varbinary' },
  { kind: 'date' },
  { kind: 'timestamp', precision: 3 },
  { kind: 'decimal', precision: 5, scale: 2 },
  { kind: 'timestamp with time zone', precision: 3 },
  { kind: 'array', element: { kind: 'varchar' } },
  { kind: 'map', key: { kind: 'integer' }, value: { kind: 'boolean' } },
]

test.each(TYPES)('an error of type $kind is raised where it is reached, and nowhere else', async (type) => {
  const raise = raiseSql('DIVISION_BY_ZERO', "Division by 'zero'", type)
  const branch = (test: string): string =>
    `SELECT CASE WHEN ${test} THEN ${raise} ELSE CAST(NULL AS ${physicalType(type)}) END FROM t`
  expect(await failure(branch('x = 1'))).toBe("DIVISION_BY_ZERO: Division by 'zero'")
  expect(await failure(branch('x = 7'))).toBe('no error')
  // What statistics rule out must not be computed ahead either.
  expect(await failure(branch('x < 0 AND x IS NOT NULL'))).toBe('no error')
})

test('TRY turns a raised error into NULL', async () => {
  const sql = `SELECT TRY(CASE WHEN x = 1 THEN ${raiseSql('DIVISION_BY_ZERO', 'x', { kind: 'bigint' })} ELSE x END) FROM t`
  expect((await connection.runAndReadAll(sql)).getRowsJson()).toEqual([['0'], [null], ['2']])
})

test('a text may hold anything', async () => {
  const value = "'a'' to INT32\nLINE 1: x'"
  const sql = `SELECT ${raiseTextSql('INVALID_CAST_ARGUMENT', `'Cannot cast ' || v`, { kind: 'integer' })} FROM (SELECT ${value} AS v)`
  expect(await failure(sql)).toBe("INVALID_CAST_ARGUMENT: Cannot cast a' to INT32\nLINE 1: x")
})

test.each([
  ['SELECT 2147483647::INTEGER + 1::INTEGER', 'NUMERIC_VALUE_OUT_OF_RANGE: integer addition overflow: 2147483647 + 1'],
  [
    'SELECT 9223372036854775807 * 2::BIGINT',
    'NUMERIC_VALUE_OUT_OF_RANGE: bigint multiplication overflow: 9223372036854775807 * 2',
  ],
  [
    'SELECT (-9223372036854775808)::BIGINT // (-1)::BIGINT',
    'NUMERIC_VALUE_OUT_OF_RANGE: bigint division overflow: -9223372036854775808 / -1',
  ],
  ['SELECT 300::INTEGER::TINYINT', 'NUMERIC_VALUE_OUT_OF_RANGE: Out of range for tinyint: 300'],
  [
    'SELECT CAST(sum(x) AS BIGINT) FROM (VALUES (9223372036854775807), (1)) v(x)',
    'NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow: 9223372036854775808',
  ],
  [
    "SELECT '99999999999999999999999999999999999999'::DECIMAL(38,0) + 1::DECIMAL(38,0)",
    'NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow',
  ],
  ['SELECT nonsense', undefined],
])('%s', async (sql, expected) => {
  expect(await failure(sql)).toBe(expected)
})
