import { readFileSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AthenaError } from '../../src/athena/errors.ts'
import { type Answer, evaluateQuery, type LiteralMode } from './evaluate-query.ts'

/**
 * Functions of text, numbers and bits, regular expressions and formats against what a real Trino 435 answered. Each line of the fixture is
 * [group, SQL, types, rows] or [group, SQL, "CODE: text"].
 */
type Line = readonly [group: string, sql: string, typesOrError: readonly string[] | string, rows?: Answer['rows']]

const fixture = new URL('../fixtures/trino-435-scalar-answers.jsonl', import.meta.url)
const lines = readFileSync(fixture, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)
const groups = [...new Set(lines.map(([group]) => group))]

/** Where the answer differs on purpose, and why. */
const DEVIATIONS: readonly (readonly [sql: RegExp, reason: string])[] = [
  [/concat_ws\(',', NULL\)$/, 'of two overloads that take a NULL Trino chooses neither'],
  [/concat_ws\(','\)$/, 'refused with another text'],
  [/^SELECT round\(decimal '-?\d{20,}[.\d]*', -40\)$/, 'Trino overflows on its way to zero'],
  [/to_base\(-9223372036854775808, 2\)/, 'Trino has no room for the minus sign'],
  [/format\('%tY', bigint/, 'a date of java.util.Date beyond those of JavaScript'],
  [/format\('%h', (?:DATE|TIME)/, 'hash codes of dates'],
  [/typeof\(CAST\(ROW\(1,2\)/, 'names that need quotes are shown with them'],
  [/'\\G'/, 'refused by name'],
  [/\(\?i\)SS/, 'letters that fold into two'],
]

/** Functions whose last digits are those of the C library: they agree with Java's to within a few units in the last place. */
const LIBRARY_FUNCTIONS =
  /^SELECT (?:a?(?:cos|sin|tan)h?|atan2|cbrt|degrees|exp|ln|log|log10|log2|normal_cdf|pow|power|radians|cosine_similarity|wilson_interval_\w+)\(/
const TOLERANCE = 4 * Number.EPSILON

function isAsExpected(line: Line, actual: string): boolean {
  if (actual === expected(line)) return true
  if (!LIBRARY_FUNCTIONS.test(line[1]) || !actual.startsWith('[')) return false
  const [types, rows] = JSON.parse(actual) as [string[], string[][]]
  const [value, other] = [Number(rows[0]?.[0]), Number(line[3]?.[0]?.[0])]
  return JSON.stringify(types) === JSON.stringify(line[2]) && Math.abs(value - other) <= TOLERANCE * Math.abs(other)
}

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run("SET default_null_order = 'NULLS_LAST'")
  await connection.run('SET threads = 1')
})
afterAll(() => connection.disconnectSync())

async function answer(sql: string, mode: LiteralMode): Promise<string> {
  try {
    const { types, rows } = await evaluateQuery(connection, sql, 'trino', mode)
    return JSON.stringify([types, rows])
  } catch (error) {
    if (error instanceof AthenaError) return `${error.code}: ${error.detail.split('\n', 1)[0]}`
    return String(error)
  }
}

function expected([, , typesOrError, rows]: Line): string {
  return typeof typesOrError === 'string'
    ? (typesOrError.split('\n', 1)[0] as string)
    : JSON.stringify([typesOrError, rows])
}

describe.each(groups)('%s', (group) => {
  const mine = lines.filter((line) => line[0] === group)

  test.each(['constants', 'columns'] as const)('as Trino 435 answers, literals as %s', async (mode) => {
    const wrong: string[] = []
    for (const line of mine) {
      const actual = await answer(line[1], mode)
      const isDeviation = DEVIATIONS.some(([sql]) => sql.test(line[1]))
      if (isAsExpected(line, actual) === isDeviation) {
        wrong.push(`${line[1]}\n  Trino   ${expected(line)}\n  flowtap ${actual}`)
      }
    }
    expect(wrong.join('\n')).toBe('')
  })
})
