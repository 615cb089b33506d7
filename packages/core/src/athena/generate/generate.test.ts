import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QueryRunner } from '../../../test/query-runner.ts'
import type { GeneratedQuery } from './generate.ts'

const flows = {
  name: 'flows',
  columns: [
    { name: 'srcaddr', type: 'string' },
    { name: 'end', type: 'bigint' },
    { name: 'bytes', type: 'bigint' },
  ],
  partitionKeys: [
    { name: 'day', type: 'string' },
    { name: 'hour', type: 'int' },
  ],
  valuesSql: `VALUES ('10.0.0.1', 5::BIGINT, 100::BIGINT, '2021/10/25', 1), ('-', 7::BIGINT, NULL, '2021/10/26', 2)`,
} as const

let shared: Promise<QueryRunner> | undefined
const runner = (): Promise<QueryRunner> => {
  shared ??= QueryRunner.create([flows], 'athena')
  return shared
}
const generate = async (sql: string): Promise<GeneratedQuery> => (await runner()).generate(sql)
const predicateOf = async (sql: string): Promise<unknown> => (await generate(sql)).scans[0]?.partitionPredicate

describe('the SQL of a scan', () => {
  it('is flat, so that filters and limits reach the scan', async () => {
    const { sql } = await generate("SELECT * FROM flows WHERE day > '2021/10/25' LIMIT 20")
    expect(sql.match(/SELECT/g)).toHaveLength(1)
    expect(sql).toMatch(/FROM scan_0 AS t_0 WHERE .*LIMIT 20$/)
  })

  it('asks for the columns that are used, and no others', async () => {
    const columns = async (sql: string): Promise<readonly (readonly string[])[]> =>
      (await generate(sql)).scans.map((scan) => [...scan.columns].toSorted())
    expect(await columns('SELECT count(*) FROM flows')).toEqual([[]])
    expect(await columns('SELECT srcaddr FROM flows WHERE bytes > 1 ORDER BY "end"')).toEqual([
      ['bytes', 'end', 'srcaddr'],
    ])
    expect(await columns('SELECT srcaddr FROM flows a JOIN flows b USING (srcaddr) WHERE b."$path" <> \'\'')).toEqual([
      ['srcaddr'],
      ['$path', 'srcaddr'],
    ])
  })

  it('always says where NULLs go', async () => {
    const sqls = [
      'SELECT bytes FROM flows ORDER BY 1',
      'SELECT bytes FROM flows ORDER BY bytes DESC',
      'SELECT rank() OVER (ORDER BY bytes) FROM flows',
      'SELECT array_agg(bytes ORDER BY bytes) FROM flows',
      'SELECT bytes FROM flows ORDER BY bytes FETCH FIRST 1 ROW WITH TIES',
    ]
    for (const sql of sqls) {
      for (const [, clause = ''] of (await generate(sql)).sql.matchAll(/ORDER BY ([^)]*)/g)) {
        expect(clause, sql).toMatch(/(?:ASC|DESC) NULLS (?:FIRST|LAST)/)
      }
    }
  })

  it('leaves out the order of a subquery that nothing sees', async () => {
    expect((await generate('SELECT count(*) FROM (SELECT bytes FROM flows ORDER BY bytes)')).sql).not.toMatch(
      /ORDER BY/,
    )
    expect((await generate('SELECT * FROM (SELECT bytes FROM flows ORDER BY bytes LIMIT 1)')).sql).toMatch(/ORDER BY/)
  })

  it('reads a WITH query that is used twice once', async () => {
    const { sql, scans } = await generate('WITH f AS (SELECT bytes FROM flows) SELECT * FROM f a, f b')
    expect(scans).toHaveLength(1)
    expect(sql).toMatch(/^WITH w_0\(/)
    expect((await generate('WITH f AS (SELECT bytes FROM flows) SELECT * FROM f')).sql).not.toMatch(/^WITH/)
  })
})

describe('metadata', () => {
  it('is read from the catalogue', async () => {
    const run = await runner()
    const columns = await run.run(
      "SELECT column_name, ordinal_position, data_type FROM information_schema.columns WHERE table_name = 'flows' ORDER BY 2",
    )
    expect(columns.rows).toEqual([
      ['srcaddr', '1', 'varchar'],
      ['end', '2', 'bigint'],
      ['bytes', '3', 'bigint'],
      ['day', '4', 'varchar'],
      ['hour', '5', 'integer'],
    ])
    expect((await run.run('SELECT * FROM "flows$partitions"')).rows).toEqual([])
    expect((await run.run('SELECT schema_name FROM information_schema.schemata ORDER BY 1')).rows).toEqual([
      ['default'],
      ['information_schema'],
    ])
  })
})

/** Texts that break out of quotes in one language or another. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    '"',
    '""',
    "'",
    "'; DROP TABLE flows; --",
    '\\',
    '/*',
    '--',
    'a"b',
    '$1',
    "x' OR '1'='1",
    '\u0000',
    'ä"',
  ),
)
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

describe('what the query writes', () => {
  it('comes out as it went in, whatever it is made of', async () => {
    const run = await runner()
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (alias, column, value) => {
        const sql = `SELECT ${quoted(column)} AS ${quoted(alias)}, ${quoted(alias)}.* FROM (VALUES ${literal(value)}) AS ${quoted(alias)}(${quoted(column)})`
        const result = await run.run(sql)
        expect(result.columns).toEqual([alias, column])
        expect(result.rows).toEqual([[value, value]])
      }),
      { numRuns: 150 },
    )
  })
})

describe('partition predicates', () => {
  it('hold comparisons with constants, either way round', async () => {
    expect(await predicateOf("SELECT 1 FROM flows WHERE day > '2021/10/25' AND bytes > 5")).toEqual({
      kind: 'comparison',
      column: 'day',
      operator: '>',
      value: '2021/10/25',
    })
    expect(await predicateOf('SELECT 1 FROM flows WHERE 3 >= hour')).toEqual({
      kind: 'comparison',
      column: 'hour',
      operator: '<=',
      value: 3n,
    })
    expect(await predicateOf("SELECT 1 FROM flows WHERE day LIKE '2021/10/%'")).toEqual({
      kind: 'like',
      column: 'day',
      pattern: '2021/10/%',
    })
    expect(await predicateOf('SELECT 1 FROM flows WHERE bytes > 5')).toBeUndefined()
    expect(await predicateOf("SELECT 1 FROM flows WHERE day = '2021/10/25' OR bytes > 5")).toBeUndefined()
    expect(await predicateOf("SELECT 1 FROM flows WHERE day = 'a' OR bytes > 5 AND day = 'b'")).toMatchObject({
      kind: 'or',
    })
  })

  it('reach the scan through subqueries, views, groups and unions of WITH', async () => {
    const expected = { kind: 'comparison', column: 'day', operator: '=', value: 'x' }
    for (const sql of [
      "SELECT * FROM (SELECT day AS d, bytes FROM flows) WHERE d = 'x'",
      "WITH f AS (SELECT * FROM flows) SELECT * FROM f AS g(a, b, c, d, e) WHERE d = 'x'",
      "SELECT * FROM (SELECT day, sum(bytes) FROM flows GROUP BY day) WHERE day = 'x'",
      "SELECT * FROM flows a JOIN (VALUES 'q') b(q) ON a.day = 'x'",
      "SELECT * FROM (VALUES 'q') b(q) LEFT JOIN flows a ON a.day = 'x' AND q = srcaddr",
    ]) {
      expect(await predicateOf(sql), sql).toEqual(expected)
    }
  })

  it('stay above what they would change', async () => {
    for (const sql of [
      "SELECT * FROM (SELECT * FROM flows LIMIT 5) WHERE day = 'x'",
      "SELECT * FROM (SELECT day, count(*) OVER () FROM flows) WHERE day = 'x'",
      "SELECT * FROM flows a WHERE NOT EXISTS (SELECT 1 FROM (VALUES 1) b(q) WHERE a.day = 'x')",
      "SELECT * FROM flows a CROSS JOIN LATERAL (SELECT max(q) FROM (VALUES 1) b(q) WHERE a.day = 'x')",
      "SELECT * FROM (VALUES 'q') b(q) LEFT JOIN flows ON true WHERE day IS NULL",
      "SELECT * FROM flows a LEFT JOIN (VALUES 'q') b(q) ON a.day = 'x'",
      "SELECT * FROM (SELECT day, count(*) FROM flows GROUP BY ROLLUP (day)) WHERE day = 'x'",
      "WITH f AS (SELECT day FROM flows) SELECT * FROM f WHERE day = 'x' UNION ALL SELECT * FROM f",
    ]) {
      expect(await predicateOf(sql), sql).toBeUndefined()
    }
  })

  it('take the values of expressions without columns when they are known', async () => {
    const query = await generate("SELECT 1 FROM flows WHERE day = concat('2021', '/10/25') AND hour < 1 + 1")
    expect(query.scans[0]?.partitionPredicate).toBeUndefined()
    expect(query.partitionExpressions).toHaveLength(2)
    expect(query.scansGiven(['2021/10/25', 2n])[0]?.partitionPredicate).toEqual({
      kind: 'and',
      operands: [
        { kind: 'comparison', column: 'day', operator: '=', value: '2021/10/25' },
        { kind: 'comparison', column: 'hour', operator: '<', value: 2n },
      ],
    })
    expect((await generate('SELECT 1 FROM flows WHERE hour < random()')).partitionExpressions).toHaveLength(0)
  })
})
