import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { QueryRunner } from '../../../test/query-runner.ts'

const ROWS: readonly (bigint | null)[] = [0n, 1n, 4n, -7n, 9_223_372_036_854_775_807n, null]
const TEXTS = ['a', '7', '', '-1', '99999999999', null]
const literal = (value: bigint | string | null): string =>
  value === null ? 'NULL' : typeof value === 'bigint' ? `${value}::BIGINT` : `'${value}'`

let runner: QueryRunner
beforeAll(async () => {
  const table = {
    name: 't',
    columns: [
      { name: 'n', type: 'int' },
      { name: 'x', type: 'bigint' },
      { name: 's', type: 'string' },
    ],
    valuesSql: `VALUES ${ROWS.map((x, n) => `(${n}, ${literal(x)}, ${literal(TEXTS[n] ?? null)})`).join(', ')}`,
  }
  runner = await QueryRunner.create([table], 'trino')
})

/** An expression in SQL and what it is in exact arithmetic: it throws where SQL fails. */
interface Term {
  readonly sql: string
  readonly of: (x: bigint | null, s: string | null) => bigint | null
}

class Failure extends Error {}

function checked(value: bigint): bigint {
  if (value !== BigInt.asIntN(64, value)) throw new Failure()
  return value
}

const OPERATORS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => {
    if (b === 0n) throw new Failure()
    return a / b
  },
  '%': (a, b) => {
    if (b === 0n) throw new Failure()
    return a % b
  },
}

const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small' },
    fc.constant<Term>({ sql: 'x', of: (x) => x }),
    fc.constantFrom(0n, 1n, 4n, 1000n).map((n): Term => ({ sql: `CAST(${n} AS bigint)`, of: () => n })),
    fc.constant<Term>({
      sql: 'CAST(CAST(s AS integer) AS bigint)',
      of: (_, s) => {
        if (s === null) return null
        if (!/^-?\d{1,9}$/.test(s)) throw new Failure()
        return BigInt(s)
      },
    }),
    fc.tuple(fc.constantFrom(...Object.keys(OPERATORS)), tie('term'), tie('term')).map(
      ([operator, a, b]): Term => ({
        sql: `(${a.sql} ${operator} ${b.sql})`,
        of: (x, s) => {
          const [left, right] = [a.of(x, s), b.of(x, s)]
          return left === null || right === null
            ? null
            : checked((OPERATORS[operator] as (l: bigint, r: bigint) => bigint)(left, right))
        },
      }),
    ),
  ),
}))

function tried({ of }: Term, row: number): bigint | null {
  try {
    return of(ROWS[row] ?? null, TEXTS[row] ?? null)
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}

const texts = async (sql: string): Promise<readonly (readonly (string | null)[])[]> => (await runner.run(sql)).rows

describe('TRY', () => {
  it('is NULL where its expression fails and only there, whatever parts it shares with others', async () => {
    let failed = 0
    await fc.assert(
      fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 3 }), async (terms) => {
        // Each by itself and with a part more, so that all of it comes twice.
        const items = terms.flatMap(({ sql }) => [`TRY(${sql})`, `TRY(${sql} + 0)`])
        const rows = await texts(`SELECT ${items.join(', ')} FROM t ORDER BY n`)
        const expected = ROWS.map((_, row) => terms.map((own) => tried(own, row)))
        failed += expected.flat().filter((value, index) => value === null && index % ROWS.length !== 5).length
        expect(rows).toEqual(
          expected.map((values) =>
            values.flatMap((value) => [value, value].map((v) => (v === null ? null : String(v)))),
          ),
        )
        const [first = ''] = items
        const kept = expected.flatMap(([value], n) => (value === null ? [[String(n)]] : []))
        expect(await texts(`SELECT n FROM t WHERE ${first} IS NULL ORDER BY n`)).toEqual(kept)
        expect(await texts(`SELECT n FROM t WHERE ${first} IS NULL OR ${items[1]} IS NULL ORDER BY n`)).toEqual(kept)
      }),
      { numRuns: 60 },
    )
    expect(failed).toBeGreaterThan(50)
  }, 60_000)

  it.each([
    ['TRY(from_unixtime(x)) IS NULL', ['false', 'false', 'false', 'false', 'true', 'true']],
    ['TRY(year(from_unixtime(x))) + TRY(month(from_unixtime(x)))', ['1971', '1971', '1971', '1981', null, null]],
    ['TRY(transform(ARRAY[x], e -> 4 / e))', ['null', '[4]', '[1]', '[0]', '[0]', '[null]']],
    [
      'transform(ARRAY[x, 1], e -> TRY(4 / e) + TRY(4 / e))',
      ['[null, 8]', '[8, 8]', '[2, 8]', '[0, 8]', '[0, 8]', '[null, 8]'],
    ],
    ['TRY(reduce(ARRAY[x, 2], 0, (a, e) -> a + 4 / e, a -> a))', [null, '6', '3', '2', '2', null]],
    ['TRY(4 / sum(x - x) OVER ())', [null, null, null, null, null, null]],
    ['TRY(sum(x) OVER (PARTITION BY n) / 2)', ['0', '0', '2', '-3', '4611686018427387903', null]],
    ['(SELECT TRY(4 / t.x))', [null, '4', '1', '0', '0', null]],
    ['(SELECT max(TRY(y / t.x)) FROM (VALUES 4, 8) v(y))', [null, '8', '2', '0', '0', null]],
    ['TRY(TRY(4 / x) + 9223372036854775807)', [null, null, null, '9223372036854775807', '9223372036854775807', null]],
    ['TRY(random() + 4 / x) IS NULL', ['true', 'false', 'false', 'false', 'false', 'true']],
    ['TRY(CASE WHEN x = 0 THEN 5 ELSE 4 / x END)', ['5', '4', '1', '0', '0', null]],
    ["CASE WHEN TRY(4 / x) IS NULL THEN 'none' ELSE CAST(4 / x AS varchar) END", ['none', '4', '1', '0', '0', 'none']],
  ])('%s', async (sql, expected) => {
    const rows = await texts(`SELECT ${sql}, ${sql} FROM t ORDER BY n`)
    expect(rows.map(([, again]) => again)).toEqual(rows.map(([value]) => value))
    expect(rows.map(([value]) => value)).toEqual(expected.map((value) => (value === 'null' ? null : value)))
  })

  it('works in every clause', async () => {
    expect(await texts('SELECT a.n FROM t a JOIN t b ON TRY(4 / a.x) = TRY(4 / b.x + 0) WHERE b.n = 2')).toEqual([
      ['2'],
    ])
    expect(await texts('SELECT TRY(4 / x), count(*) FROM t GROUP BY TRY(4 / x) ORDER BY TRY(4 / x)')).toEqual([
      ['0', '2'],
      ['1', '1'],
      ['4', '1'],
      [null, '2'],
    ])
    expect(await texts('SELECT max(n) FROM t GROUP BY n % 2 HAVING TRY(1 / (max(n) - 4)) IS NULL')).toEqual([['4']])
    expect(
      await texts(
        'SELECT n, a FROM t CROSS JOIN UNNEST(ARRAY[TRY(4 / x), TRY(4 / x + 1)]) u(a) WHERE n < 2 ORDER BY 1, 2',
      ),
    ).toEqual([
      ['0', null],
      ['0', null],
      ['1', '4'],
      ['1', '5'],
    ])
    expect(
      await texts(
        'SELECT sum(TRY(4 / x)), array_agg(n ORDER BY TRY(4 / x), n) FILTER (WHERE TRY(4 / x) IS NOT NULL) FROM t',
      ),
    ).toEqual([['5', '[3, 4, 2, 1]']])
  })

  it('does not swallow the errors of a subquery or an aggregate', async () => {
    await expect(texts('SELECT TRY((SELECT 1 / (x - x) FROM t WHERE n = 1))')).rejects.toThrow(/DIVISION_BY_ZERO/)
    await expect(texts('SELECT TRY(sum(4 / x)) FROM t')).rejects.toThrow(/DIVISION_BY_ZERO/)
  })
})

describe('COALESCE', () => {
  it('does not evaluate what stands behind a value, however often it comes', async () => {
    const value = 'CASE WHEN x = 0 THEN 7 END'
    const sql = `SELECT coalesce(${value}, 4 / x), coalesce(${value}, 4 / x + 1), coalesce(${value}, x, 4 / x), coalesce(x, 4 / x, 1) FROM t WHERE n < 3 ORDER BY n`
    expect(await texts(sql)).toEqual([
      ['7', '7', '7', '0'],
      ['4', '5', '1', '1'],
      ['1', '2', '4', '4'],
    ])
  })

  it('in COALESCE does not grow without end', async () => {
    let sql = '4 / x'
    for (let depth = 0; depth < 30; depth += 1) sql = `coalesce(${sql}, 4 / x)`
    expect(await texts(`SELECT ${sql} FROM t WHERE n = 2`)).toEqual([['1']])
  })
})
