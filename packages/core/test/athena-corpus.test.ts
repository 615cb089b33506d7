import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { AthenaError } from '../src/athena/errors.ts'
import { QueryRunner, type RunnerTable } from './query-runner.ts'

const FOLDER = fileURLToPath(new URL('../../../../shared/athena-corpus/', import.meta.url))
const present = existsSync(FOLDER)

interface Statement {
  readonly name: string
  readonly kind: string
  readonly flavour?: string
  readonly sql: string
}
interface Answer {
  readonly name: string
  readonly types?: readonly string[]
  readonly cols?: readonly string[]
  readonly rows?: readonly (readonly (string | null)[])[]
  readonly error?: string
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8')) as T
}

/** Hive's names of the corpus table's types. */
const HIVE_TYPES: Readonly<Record<string, string>> = { integer: 'int', varchar: 'string' }

function corpusTable(): RunnerTable {
  const { cols, rows } = read<{ cols: [string, string][]; rows: (string | number | null)[][] }>('table.json')
  const duckType: Record<string, string> = { integer: 'INTEGER', bigint: 'BIGINT', varchar: 'VARCHAR', date: 'DATE' }
  const cell = (value: string | number | null, index: number): string => {
    const text = value === null ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`
    return `CAST(${text} AS ${duckType[cols[index]?.[1] ?? '']})`
  }
  return {
    name: 'vpc_flow_logs',
    columns: cols.map(([name, type]) => ({ name, type: HIVE_TYPES[type] ?? type })),
    valuesSql: `VALUES ${rows.map((row) => `(${row.map(cell).join(', ')})`).join(', ')}`,
  }
}

/** Answers that no second run gives again, and estimates: only columns and types are compared. */
const WITHOUT_ROWS = /^(?:current_stuff|int_division)/
/** ORDER BY leaves rows in any order that are equal by its keys. */
const WITH_TIES = new Set(['nat_pkt_addr'])
const ESTIMATES = /approx_pct|map_subscript_agg/

/** What differs from Trino's answer; undefined for nothing. */
async function difference(runner: QueryRunner, { name, sql }: Statement, answer: Answer): Promise<string | undefined> {
  try {
    const result = await runner.run(sql)
    if (name === 'path_pseudo') return undefined
    if (answer.error !== undefined) return `expected the error ${answer.error}`
    return compare(name, sql, result, answer)
  } catch (error) {
    if (!(error instanceof AthenaError)) return String(error)
    // Java's exception class comes before some texts.
    const expected = answer.error?.replace(/^[\w.]+Exception: /, '')
    const place = error.location ? `line ${error.location.line}:${error.location.column}: ` : ''
    const found = `${place}${error.detail}`
    return found === expected ? undefined : `failed with ${error.code}: ${found}; expected ${expected ?? 'rows'}`
  }
}

function compare(
  name: string,
  sql: string,
  result: Awaited<ReturnType<QueryRunner['run']>>,
  answer: Answer,
): string | undefined {
  if (result.columns.join() !== answer.cols?.join()) return `columns ${result.columns} instead of ${answer.cols}`
  if (result.types.join() !== answer.types?.join()) return `types ${result.types} instead of ${answer.types}`
  if (WITHOUT_ROWS.test(name)) return undefined
  const isOrdered = /\bORDER BY\b(?![^(]*\))/i.test(sql) && !WITH_TIES.has(name)
  const isFloating = answer.types?.map((type) => type === 'double' || type === 'real') ?? []
  const cell = (value: string | null, index: number): unknown => {
    if (value === null) return null
    if (ESTIMATES.test(name)) return true
    // The last digits of a floating-point sum depend on the order of its terms.
    return isFloating[index] ? Number(value).toPrecision(13) : value
  }
  const text = (rows: readonly (readonly (string | null)[])[]): readonly string[] => {
    const lines = rows.map((row) => JSON.stringify(row.map(cell)))
    return isOrdered ? lines : lines.toSorted()
  }
  const [found, expected] = [text(result.rows), text(answer.rows ?? [])]
  // A LIMIT without ORDER BY may take any rows.
  if (!isOrdered && /\bLIMIT\b/i.test(sql) && found.length === expected.length && found.length < 40) return undefined
  return found.join('\n') === expected.join('\n')
    ? undefined
    : `rows ${found.slice(0, 4).join(' ')} instead of ${expected.slice(0, 4).join(' ')}`
}

if (!present && process.env.FLOWTAP_REQUIRE_REAL === '1') {
  it('has the Athena corpus beside the project', () => {
    expect.fail(`${FOLDER} is missing`)
  })
}

describe.skipIf(!present)('answers of Trino 435 (skipped where the corpus is not beside the project)', () => {
  it.each([
    ['statements', 75],
    ['expressions', 203],
  ])(
    'over %s',
    async (file, floor) => {
      const answers = new Map(read<Answer[]>(`${file}.expected.json`).map((answer) => [answer.name, answer]))
      const queries = read<Statement[]>(`${file}.json`).filter(({ kind }) => kind === 'dml')
      const runner = await QueryRunner.create([corpusTable()], 'trino')
      const failures: string[] = []
      for (const query of queries) {
        const problem = await difference(runner, query, answers.get(query.name) ?? { name: query.name })
        if (problem !== undefined) failures.push(`${query.name}: ${problem}`)
      }
      const right = queries.length - failures.length
      console.log([`${file}: ${right} of ${queries.length} as Trino answers`, ...failures].join('\n  '))
      expect(right).toBeGreaterThanOrEqual(floor)
    },
    120_000,
  )
})
