import { readFileSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AthenaError } from '../../src/athena/errors.ts'
import type { Deviation } from './deviations.ts'
import { type Answer, evaluateQuery, type LiteralMode } from './evaluate-query.ts'

/** What a real Trino 435 answered: [group, SQL, types, rows] or [group, SQL, "CODE: text"]. */
export type RecordedLine = readonly [
  group: string,
  sql: string,
  typesOrError: readonly string[] | string,
  rows?: Answer['rows'],
]

export interface RecordedAnswers {
  /** The file in `fixtures`, one line of JSON per answer. */
  readonly fixture: string
  /** Groups that are looked at elsewhere. */
  readonly leaveOut?: readonly string[]
  readonly deviations: readonly Deviation[]
  /** Answers that count as the same although their text is another. */
  readonly isNear?: (actual: Answer, line: RecordedLine) => boolean
}

/** Defines the tests that compare the recorded answers with those of flowtap, literals as constants and as columns. */
export function compareWithTrino({ fixture, leaveOut = [], deviations, isNear }: RecordedAnswers): void {
  const lines = readLines(fixture)
  const groups = [...new Set(lines.map(([group]) => group))].filter((group) => !leaveOut.includes(group))
  let connection: DuckDBConnection
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run("SET default_null_order = 'NULLS_LAST'")
    await connection.run('SET threads = 1')
  })
  afterAll(() => connection.disconnectSync())

  describe.each(groups)('%s', (group) => {
    const own = lines.filter((line) => line[0] === group)

    test.each(['constants', 'columns'] as const)('as Trino 435 answers, literals as %s', async (mode) => {
      const wrong: string[] = []
      for (const line of own) {
        const actual = await answerTo(connection, line[1], mode)
        const isSame =
          show(actual) === recorded(line) || (typeof actual !== 'string' && isNear?.(actual, line) === true)
        // A line that no longer differs leaves the list of deviations.
        if (isSame === isDeviation(line, deviations)) {
          wrong.push(`${line[1]}\n  Trino   ${recorded(line)}\n  flowtap ${show(actual)}`)
        }
      }
      expect(wrong.join('\n')).toBe('')
    })
  })
}

function readLines(fixture: string): readonly RecordedLine[] {
  return readFileSync(new URL(`../fixtures/${fixture}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedLine)
}

async function answerTo(connection: DuckDBConnection, sql: string, mode: LiteralMode): Promise<string | Answer> {
  try {
    return await evaluateQuery(connection, sql, 'trino', mode)
  } catch (error) {
    return error instanceof AthenaError ? `${error.code}: ${error.detail.split('\n', 1)[0]}` : String(error)
  }
}

function isDeviation([group, sql]: RecordedLine, deviations: readonly Deviation[]): boolean {
  return deviations.some((deviation) => (deviation.group ?? group) === group && deviation.sql.test(sql))
}

function show(answer: string | Answer): string {
  return typeof answer === 'string' ? answer : JSON.stringify([answer.types, answer.rows])
}

function recorded([, , typesOrError, rows]: RecordedLine): string {
  return typeof typesOrError === 'string'
    ? (typesOrError.split('\n', 1)[0] as string)
    : JSON.stringify([typesOrError, rows])
}
