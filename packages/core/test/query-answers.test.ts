import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { AthenaError } from '../src/athena/errors.ts'
import { QueryRunner, type RunnerTable } from './query-runner.ts'

/**
 * Queries with what a real Trino 435 answered to each: columns, types and rows, or the exact text, code and place of its
 * error. The first line of the file is the table that they read.
 */
interface TableLine {
  readonly table: string
  readonly columns: readonly (readonly [name: string, type: string])[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}
interface QueryLine {
  readonly sql: string
  readonly syntaxError?: string
  readonly code?: string
  readonly error?: string
  readonly columns?: readonly string[]
  readonly types?: readonly string[]
  readonly rows?: readonly (readonly (string | null)[])[]
}

const FILE = fileURLToPath(new URL('./fixtures/trino-435-query-answers.jsonl', import.meta.url))
const [tableLine = '', ...lines] = readFileSync(FILE, 'utf8').trim().split('\n')
const queries = lines
  .map((line) => JSON.parse(line) as QueryLine)
  .filter(({ syntaxError }) => syntaxError === undefined)

/** Where this engine answers otherwise, and why. */
const CORRELATED = 'Trino cannot take every correlated subquery apart; DuckDB can'
const DEVIATIONS: ReadonlyMap<string, string> = new Map([
  ['SELECT * FROM (VALUES 1,2) t(x) LEFT JOIN LATERAL (SELECT x + 1 WHERE x > 1) u(y) ON true', CORRELATED],
  [
    'SELECT t.x FROM (VALUES 1, 2) t(x) WHERE EXISTS (WITH q AS (SELECT t.x AS y) SELECT 1 FROM q a, q b WHERE a.y = 2)',
    CORRELATED,
  ],
  ['SELECT t.x, (SELECT count(t.x + u.y) FROM (VALUES 1) u(y)) FROM (VALUES 1) t(x)', CORRELATED],
  ['SELECT (SELECT sum(t.x) FROM (VALUES 1) u(y)) FROM (VALUES 1) t(x)', CORRELATED],
  [
    'SELECT * FROM (VALUES 1) t(x) WHERE x = (SELECT max(y) FROM (VALUES 1) u(y) WHERE u.y = t.x GROUP BY t.x)',
    'an internal error of Trino 435',
  ],
  [
    'SELECT * FROM (VALUES 1, 2) t(x) LEFT JOIN (VALUES 2, 3) u(y) ON NULL ORDER BY x, y',
    'an internal error of Trino 435',
  ],
  [
    "SELECT a.x, b.x FROM (VALUES TIMESTAMP '2021-01-01 00:00:00 UTC') a(x) JOIN (VALUES TIMESTAMP '2021-01-01 09:00:00 Asia/Tokyo') b(x) ON a.x = b.x",
    'Trino shows the value of one side for both, as its optimizer takes equal for identical',
  ],
  ['SELECT approx_set(1)', 'sketches are not supported'],
  ['SELECT DISTINCT approx_set(1)', 'sketches are not supported'],
  [
    "SELECT sum(a) OVER (ORDER BY a, b RANGE 1 PRECEDING) FROM (VALUES (1, 'x')) t(a, b)",
    'the place is that of the first sort key, as the tree does not keep that of ORDER BY',
  ],
  ['SELECT approx_percentile(bytes, packets) FROM vpc_flow_logs', 'percentages in columns are not checked'],
  ["SELECT format('%s', ROW(1,2))", 'the place is that of the call, not of the argument'],
  ['SELECT 1 + NULL, NULL || NULL, -NULL', 'the text does not list the candidates'],
  ['SELECT abs(NULL), length(NULL), NULL[1]', 'a bare NULL has no subscript'],
])

const HIVE_TYPES: Readonly<Record<string, string>> = { integer: 'int', varchar: 'string' }

function flowLogs(): RunnerTable {
  const { table, columns, rows } = JSON.parse(tableLine) as TableLine
  const cell = (value: string | number | null, index: number): string => {
    const text = value === null ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`
    return `CAST(${text} AS ${columns[index]?.[1]})`
  }
  return {
    name: table,
    columns: columns.map(([name, type]) => ({ name, type: HIVE_TYPES[type] ?? type })),
    valuesSql: `VALUES ${rows.map((row) => `(${row.map(cell).join(', ')})`).join(', ')}`,
  }
}

let shared: Promise<QueryRunner> | undefined
const runner = (): Promise<QueryRunner> => {
  shared ??= QueryRunner.create([flowLogs()], 'trino')
  return shared
}

/** What an answer is compared by: without ORDER BY at the end the order of rows says nothing. */
function comparable(sql: string, { columns, types, rows }: Pick<QueryLine, 'columns' | 'types' | 'rows'>): unknown {
  const isOrdered = /\bORDER BY\b(?![^(]*\))/i.test(sql)
  const isCut = /\b(?:LIMIT|FETCH)\b/i.test(sql) && !isOrdered
  const texts = (rows ?? []).map((row) => JSON.stringify(row))
  return { columns, types, rows: isCut ? texts.length : isOrdered ? texts : texts.toSorted() }
}

async function answerTo(sql: string): Promise<unknown> {
  try {
    return comparable(sql, await (await runner()).run(sql))
  } catch (error) {
    if (!(error instanceof AthenaError)) throw error
    const place = error.location ? `line ${error.location.line}:${error.location.column}: ` : ''
    return { code: error.code, error: `${place}${error.detail}` }
  }
}

describe('queries as Trino 435 answers them', () => {
  it.each(queries.map((query) => [query.sql, query] as const))('%s', async (_, query) => {
    const expected = query.error === undefined ? comparable(query.sql, query) : { code: query.code, error: query.error }
    const deviation = DEVIATIONS.get(query.sql)
    const found = await answerTo(query.sql)
    if (deviation === undefined) expect(found).toEqual(expected)
    else expect(found, `no longer deviates: ${deviation}`).not.toEqual(expected)
  })
})
