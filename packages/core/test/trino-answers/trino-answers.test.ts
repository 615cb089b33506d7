import { readFileSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AthenaError } from '../../src/athena/errors.ts'
import { DEVIATIONS, type Deviation } from './deviations.ts'
import { type Answer, evaluateQuery, type LiteralMode } from './evaluate-query.ts'

/**
 * Literals, operators, casts, aggregates and window functions against what a real Trino 435 answered: its types, values in text form,
 * and errors. Each line of the fixture is [group, SQL, types, rows] or [group, SQL, "CODE: text"].
 */
type Line = readonly [group: string, sql: string, typesOrError: readonly string[] | string, rows?: Answer['rows']]

const fixture = new URL('../fixtures/trino-435-answers.jsonl', import.meta.url)
const lines = readFileSync(fixture, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)
const groups = [...new Set(lines.map(([group]) => group))]

/** Sums of floating-point numbers depend on the order of additions: the last digits may differ. */
const RELATIVE_TOLERANCE = 1e-12

let connection: DuckDBConnection
beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
  await connection.run("SET default_null_order = 'NULLS_LAST'")
  await connection.run('SET threads = 1')
})
afterAll(() => connection.disconnectSync())

async function answer(sql: string, mode: LiteralMode): Promise<string | Answer> {
  try {
    return await evaluateQuery(connection, sql, 'trino', mode)
  } catch (error) {
    if (error instanceof AthenaError) return `${error.code}: ${error.detail.split('\n', 1)[0]}`
    throw error
  }
}

function isSame(actual: string | Answer, line: Line): boolean {
  const [group, , expected, rows = []] = line
  if (typeof actual === 'string') return typeof expected === 'string' && actual === expected.split('\n', 1)[0]
  if (typeof expected === 'string' || actual.types.join() !== expected.join()) return false
  const isNear = group === 'aggregate' ? isNearText : Object.is
  return (
    actual.rows.length === rows.length &&
    actual.rows.every((row, index) => row.every((value, column) => isNear(value, rows[index]?.[column] ?? null)))
  )
}

function isNearText(actual: string | null, expected: string | null): boolean {
  if (actual === expected) return true
  const [a, b] = [Number(actual ?? 'none'), Number(expected ?? 'none')]
  return Math.abs(a - b) <= RELATIVE_TOLERANCE * Math.abs(b)
}

function deviationOf([group, sql]: Line): Deviation | undefined {
  return DEVIATIONS.find((deviation) => deviation.group === group && deviation.sql.test(sql))
}

function show(value: string | Answer): string {
  return typeof value === 'string' ? value : JSON.stringify([value.types, value.rows])
}

describe.each(groups)('%s', (group) => {
  const mine = lines.filter((line) => line[0] === group)

  test.each(['constants', 'columns'] as const)('as Trino 435 answers, literals as %s', async (mode) => {
    const wrong: string[] = []
    for (const line of mine) {
      if (deviationOf(line)) continue
      const actual = await answer(line[1], mode)
      const [, sql, expected, rows] = line
      if (!isSame(actual, line))
        wrong.push(`${sql}\n  Trino   ${rows ? JSON.stringify([expected, rows]) : expected}\n  flowtap ${show(actual)}`)
    }
    expect(wrong.join('\n')).toBe('')
  })
})

test('every deviation is one: a line that no longer differs leaves the list', async () => {
  const stale: string[] = []
  for (const line of lines) {
    if (!deviationOf(line)) continue
    const actual = await answer(line[1], 'constants')
    if (isSame(actual, line)) stale.push(line[1])
  }
  expect(stale).toEqual([])
})
