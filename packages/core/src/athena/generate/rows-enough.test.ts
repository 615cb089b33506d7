import { beforeAll, describe, expect, it } from 'vitest'
import { QueryRunner } from '../../../test/query-runner.ts'

let runner: QueryRunner
beforeAll(async () => {
  const table = { name: 't', columns: [{ name: 'a', type: 'bigint' }], valuesSql: 'VALUES (1::BIGINT)' }
  runner = await QueryRunner.create([table], 'athena')
  await runner.createView('v', 'SELECT a + 1 AS b FROM t')
  await runner.createView('first', 'SELECT a FROM t LIMIT 5')
})

const rowsOf = async (sql: string): Promise<readonly (number | undefined)[]> =>
  (await runner.generate(sql)).scans.map((scan) => scan.rowsEnough)

describe('the rows that are enough', () => {
  it.each([
    ['SELECT * FROM t LIMIT 20', 20],
    ['SELECT a, upper(CAST(a AS varchar)) FROM t AS x WHERE a > 5 OFFSET 7 LIMIT 20', 27],
    ['SELECT * FROM t FETCH FIRST 3 ROWS ONLY', 3],
    ['SELECT b FROM v LIMIT 4', 4],
    ['SELECT * FROM first', 5],
    ['SELECT * FROM first LIMIT 9', 5],
    ['SELECT * FROM (SELECT a FROM t LIMIT 100) LIMIT 9', 9],
    ['WITH w AS (SELECT a FROM t) SELECT * FROM w LIMIT 2', 2],
    ['TABLE t LIMIT 8', 8],
    ['(SELECT a FROM t) LIMIT 6', 6],
    ['SELECT * FROM t LIMIT 0', 0],
  ])('of %s are %i', async (sql, rows) => {
    expect(await rowsOf(sql)).toEqual([rows])
  })

  it.each([
    'SELECT * FROM t',
    'SELECT * FROM t OFFSET 5',
    'SELECT * FROM t LIMIT ALL',
    'SELECT * FROM t ORDER BY a LIMIT 20',
    'SELECT * FROM (SELECT a FROM t ORDER BY a LIMIT 30) LIMIT 20',
    'SELECT DISTINCT a FROM t LIMIT 20',
    'SELECT count(*) FROM t LIMIT 20',
    'SELECT a FROM t GROUP BY a LIMIT 20',
    'SELECT sum(a) OVER () FROM t LIMIT 20',
    'SELECT * FROM t FETCH FIRST 3 ROWS WITH TIES',
    'SELECT * FROM t ORDER BY a FETCH FIRST 3 ROWS WITH TIES',
    'SELECT x.a FROM t x, UNNEST(ARRAY[1, 2]) LIMIT 20',
    'SELECT x.a FROM t x JOIN (VALUES 1) v(n) ON x.a = n LIMIT 20',
    '(SELECT a FROM t UNION ALL SELECT 1) LIMIT 20',
    'SELECT * FROM t TABLESAMPLE BERNOULLI (10) LIMIT 20',
  ])('of %s are not known', async (sql) => {
    const rows = await rowsOf(sql).catch(() => [undefined])
    expect(rows).toEqual([undefined])
  })

  it('are not known of two tables', async () => {
    expect(await rowsOf('SELECT * FROM t a, t b LIMIT 20')).toEqual([undefined, undefined])
    expect(await rowsOf('SELECT * FROM t WHERE a IN (SELECT a FROM t) LIMIT 20')).toEqual([undefined, undefined])
  })
})
