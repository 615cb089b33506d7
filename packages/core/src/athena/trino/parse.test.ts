import { describe, expect, it } from 'vitest'
import { AthenaError } from '../errors.ts'
import type { Expression, Query, QuerySpecification, Statement } from './nodes.ts'
import { parseExpression, parseStatement } from './parse.ts'

function queryOf(sql: string): Query {
  const statement = parseStatement(sql)
  if (statement.kind !== 'query-statement') throw new Error(`${statement.kind} is no query`)
  return statement.query
}
function selectOf(sql: string): QuerySpecification {
  const { body } = queryOf(sql)
  if (body.kind !== 'query-specification') throw new Error(`${body.kind} is no SELECT`)
  return body
}
function place(node: { readonly location: { readonly line: number; readonly column: number } } | undefined): string {
  return node ? `${node.location.line}:${node.location.column}` : 'none'
}
function isFrozenDeep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isFrozenDeep)
}

describe('the tree', () => {
  it('is frozen plain data throughout', () => {
    const statement = parseStatement(`
      WITH t (a) AS (VALUES 1, 2) SELECT DISTINCT f(x ORDER BY y) FILTER (WHERE z) OVER (PARTITION BY a ROWS 1 PRECEDING), t.*,
        CASE a WHEN 1 THEN ARRAY[ROW(1, 'x')] END, CAST(a AS row(x bigint, array(timestamp(3) with time zone)))
      FROM t JOIN u USING (a) CROSS JOIN UNNEST(b) WITH ORDINALITY AS v (c, d)
      WHERE a IN (1, 2) AND EXISTS (SELECT 1) GROUP BY GROUPING SETS ((a), ()), ROLLUP (b) ORDER BY 1 LIMIT 5`)
    expect(isFrozenDeep(statement)).toBe(true)
  })

  it('gives ORDER BY and LIMIT to the SELECT they follow, and to the query after a set operation', () => {
    const alone = queryOf('SELECT a FROM t ORDER BY a OFFSET 1 LIMIT 2')
    expect(alone).toMatchObject({ orderBy: [], offset: undefined, limit: undefined })
    expect(alone.body).toMatchObject({ offset: { value: 1n }, limit: { rowCount: { value: 2n }, withTies: false } })
    const union = queryOf('SELECT a UNION SELECT b ORDER BY a LIMIT ALL')
    expect(union.orderBy).toHaveLength(1)
    expect(union.limit).toMatchObject({ rowCount: undefined })
  })

  it('binds INTERSECT tighter than UNION and EXCEPT, and those from the left', () => {
    expect(queryOf('SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4').body).toMatchObject({
      operator: 'except',
      distinct: true,
      left: { operator: 'union', distinct: false, right: { operator: 'intersect' } },
    })
  })

  it('nests the right side of a join where its condition comes later', () => {
    expect(selectOf('SELECT 1 FROM a JOIN b JOIN c ON y ON x').from).toMatchObject({
      left: { kind: 'table' },
      right: { kind: 'join', criteria: { expression: { text: 'y' } } },
      criteria: { expression: { text: 'x' } },
    })
  })

  it('reads clause words as names where no clause fits', () => {
    const names = [
      'limit',
      'offset',
      'fetch',
      'window',
      'filter',
      'over',
      'date',
      'row',
      'interval',
      'user',
      'at',
      'all',
    ]
    for (const name of names) {
      expect(selectOf(`SELECT a ${name} FROM t`).items[0], name).toMatchObject({ alias: { text: name } })
      expect(selectOf(`SELECT ${name} FROM t`).items[0], name).toMatchObject({ expression: { text: name } })
    }
    expect(selectOf('SELECT a limit LIMIT 1')).toMatchObject({
      items: [{ alias: { text: 'limit' } }],
      limit: { rowCount: { value: 1n } },
    })
    expect(selectOf('SELECT a FROM t tablesample TABLESAMPLE SYSTEM (5)').from).toMatchObject({
      kind: 'sampled-relation',
      relation: { alias: { text: 'tablesample' } },
    })
    expect(selectOf('SELECT sum(a) OVER (rows) FROM t').items[0]).toMatchObject({
      expression: { window: { existingName: { text: 'rows' }, frame: undefined } },
    })
  })

  it('tells a list of grouping columns from an expression in parentheses', () => {
    expect(selectOf('SELECT 1 FROM t GROUP BY (a, b), (a), (a) + 1, (), (SELECT 1)').groupBy?.elements).toMatchObject([
      { expressions: [{ text: 'a' }, { text: 'b' }] },
      { expressions: [{ text: 'a' }] },
      { expressions: [{ kind: 'arithmetic' }] },
      { expressions: [] },
      { expressions: [{ kind: 'scalar-subquery' }] },
    ])
  })

  it('keeps the text of a view and of a prepared statement', () => {
    expect(parseStatement('CREATE OR REPLACE VIEW v AS SELECT a  -- c\n FROM t WHERE x ;')).toMatchObject({
      orReplace: true,
      queryText: 'SELECT a  -- c\n FROM t WHERE x',
    })
    expect(parseStatement('PREPARE p FROM SELECT ?, ?')).toMatchObject({ statementText: 'SELECT ?, ?' })
  })

  it('numbers parameters in the order of the text, however often a rule is tried', () => {
    const indexes = JSON.stringify(
      parseStatement('SELECT ((?) + ?), a IN (?, ?) FROM t GROUP BY (?) + 1 LIMIT ?'),
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    ).matchAll(/"index":(\d+)/g)
    expect([...indexes].map(([, index]) => Number(index))).toEqual([0, 1, 2, 3, 4, 5])
  })

  it.each<readonly [string, Partial<Statement>]>([
    ['INSERT INTO a.b (x, y) SELECT 1, 2', { kind: 'insert' }],
    ['INSERT INTO b (SELECT 1)', { kind: 'insert', columns: undefined }],
    [
      "CREATE TABLE IF NOT EXISTS t WITH (format = 'PARQUET', external_location = 's3://b/') AS SELECT 1",
      { kind: 'create-table-as', ifNotExists: true, withData: true },
    ],
    [
      'CREATE TABLE t AS (WITH a AS (SELECT 1) SELECT * FROM a) WITH NO DATA',
      { kind: 'create-table-as', withData: false },
    ],
    ['DROP VIEW IF EXISTS v', { kind: 'drop-view', ifExists: true }],
    ['DROP VIEW if', { kind: 'drop-view', ifExists: false }],
    ['EXPLAIN (FORMAT JSON, TYPE DISTRIBUTED) SELECT 1', { kind: 'explain', format: 'JSON', type: 'DISTRIBUTED' }],
    ['EXPLAIN ANALYZE VERBOSE SELECT 1', { kind: 'explain', analyze: true, verbose: true }],
    ['EXPLAIN (SELECT 1)', { kind: 'explain', analyze: false }],
    ["EXECUTE p USING 1, 'x'", { kind: 'execute' }],
    ['DEALLOCATE PREPARE p', { kind: 'deallocate' }],
    ["SHOW FUNCTIONS LIKE 'a%'", { kind: 'show-functions', like: 'a%' }],
    ['SHOW CREATE VIEW v', { kind: 'show-create-view' }],
    ["UNLOAD (SELECT 1) TO 's3://b/p/' WITH (format = 'JSON')", { kind: 'unload', location_: 's3://b/p/' }],
    ['MERGE INTO t USING u ON a WHEN MATCHED THEN DELETE', { kind: 'unsupported-statement', name: 'MERGE INTO' }],
    ['DELETE FROM t WHERE a = 1', { kind: 'unsupported-statement', name: 'DELETE' }],
    ['VACUUM t', { kind: 'unsupported-statement' }],
  ])('reads %s', (sql, expected) => {
    expect(parseStatement(sql)).toMatchObject(expected)
  })
})

describe('expressions', () => {
  const parse = (sql: string): Expression => parseExpression(sql)

  it('binds as Trino does: || loosest of the values, then + -, * / %, signs, AT TIME ZONE', () => {
    expect(parse("a || b + c * - d AT TIME ZONE 'x'")).toMatchObject({
      kind: 'concat',
      right: {
        operator: '+',
        right: { operator: '*', right: { kind: 'arithmetic-unary', operand: { kind: 'at-time-zone' } } },
      },
    })
    expect(parse('NOT a = 1 AND b OR c')).toMatchObject({
      operator: 'or',
      terms: [
        { operator: 'and', terms: [{ kind: 'not', operand: { kind: 'comparison' } }, { text: 'b' }] },
        { text: 'c' },
      ],
    })
  })

  it('makes one node of a chain of AND, but not across parentheses', () => {
    expect(parse('a AND b AND (c AND d)')).toMatchObject({ terms: [{}, {}, { kind: 'logical' }] })
  })

  it('takes a minus before a number into the literal, and not between operands', () => {
    expect(parse('-5')).toMatchObject({ kind: 'long', value: -5n })
    expect(parse('- 9223372036854775808')).toMatchObject({ kind: 'long', value: -(2n ** 63n) })
    expect(parse('a -5')).toMatchObject({ kind: 'arithmetic', operator: '-', right: { value: 5n } })
    expect(parse('-a')).toMatchObject({ kind: 'arithmetic-unary' })
    expect(parse('-1.5e3')).toMatchObject({ kind: 'double', text: '-1.5e3' })
  })

  it.each<readonly [string, Partial<Expression>]>([
    ['0x1F', { kind: 'long', value: 31n }],
    ['1_000', { kind: 'long', value: 1000n }],
    ['1_0.5_0', { kind: 'decimal', text: '10.50' }],
    ['.5', { kind: 'decimal', text: '.5' }],
    ['5.', { kind: 'decimal', text: '5.' }],
    ["'it''s'", { kind: 'string', value: "it's" }],
    ["U&'\\0041\\+01F600!'", { kind: 'string', value: 'A😀!' }],
    ["U&'x#0041##' UESCAPE '#'", { kind: 'string', value: 'xA#' }],
    ["X'65 68\n3f'", { kind: 'binary', hex: '65683F' }],
    ["INTERVAL -'3-2' YEAR TO MONTH", { kind: 'interval', value: '3-2', negative: true, from: 'year', to: 'month' }],
    ["interval 'x' foo", { kind: 'generic-literal' }],
    ['TRY_CAST(a AS decimal(10, 2))', { kind: 'cast', safe: true }],
    ['extract(DOW FROM a)', { kind: 'extract', field: 'dow' }],
    ['current_timestamp(6)', { kind: 'current-datetime', function: 'current_timestamp', precision: 6 }],
    ['() -> 1', { kind: 'lambda', parameters: [] }],
    ['a.b.c(1).d[2]', { kind: 'subscript' }],
    ['ROW()', { kind: 'function-call' }],
    ['position(a, b)', { kind: 'function-call' }],
    ['count(*)', { kind: 'function-call', star: true }],
    ['a = ANY (SELECT 1)', { kind: 'quantified-comparison', quantifier: 'any' }],
    ['a = all (1)', { kind: 'comparison' }],
    [
      "JSON_VALUE(a, 'lax $.b' PASSING c AS d RETURNING bigint DEFAULT 1 ON EMPTY ERROR ON ERROR)",
      { kind: 'json-function' },
    ],
  ])('reads %s', (sql, expected) => {
    const options: Record<string, unknown> = expected.kind === 'generic-literal' ? {} : expected
    if (expected.kind === 'generic-literal')
      expect(selectOf(`SELECT ${sql}`).items[0]).toMatchObject({ expression: expected })
    else expect(parse(sql)).toMatchObject(options)
  })

  it('writes calls with keywords as the functions that Trino makes of them', () => {
    const name = (sql: string): unknown => {
      const call = parse(sql)
      if (call.kind !== 'function-call') return call.kind
      return [
        call.name.parts[0]?.text,
        ...call.arguments.map((item) => (item.kind === 'identifier' ? item.text : item.kind)),
      ]
    }
    expect(name('position(a IN b)')).toEqual(['strpos', 'b', 'a'])
    expect(name('substring(a FROM b FOR c)')).toEqual(['substr', 'a', 'b', 'c'])
    expect(name('normalize(a)')).toEqual(['normalize', 'a', 'string'])
    expect(name("listagg(a, ',') WITHIN GROUP (ORDER BY b)")).toEqual(['listagg', 'a', 'string'])
  })

  it('makes row types with and without names', () => {
    expect(
      parse('CAST(a AS row(x bigint, double precision, y timestamp(3) with time zone, z int array))'),
    ).toMatchObject({
      type: {
        kind: 'row-type',
        fields: [
          { name: 'x', type: { name: 'bigint' } },
          { name: undefined, type: { name: 'double' } },
          { name: 'y', type: { kind: 'datetime-type', precision: 3, withTimeZone: true } },
          { name: 'z', type: { name: 'array', arguments: [{ name: 'int' }] } },
        ],
      },
    })
  })
})

describe('places', () => {
  it('are where Trino has them: starts, but signs of concatenation and words of predicates', () => {
    const at = (sql: string): string => place(parseExpression(sql))
    expect(at('  a + b')).toBe('1:3')
    expect(at('a || b')).toBe('1:3')
    expect(at('a BETWEEN 1 AND 2')).toBe('1:3')
    expect(at('a NOT IN (1)')).toBe('1:3')
    expect(at('a IS NULL')).toBe('1:3')
    expect(at("a LIKE 'x'")).toBe('1:3')
    expect(at("a AT TIME ZONE 'x'")).toBe('1:3')
    expect(at('(a).b')).toBe('1:1')
    expect(at('(a) + b')).toBe('1:1')
    expect(parseExpression('a\n  = b')).toMatchObject({ operatorLocation: { line: 2, column: 3 } })
    expect(parseExpression('a +\n\tb * c')).toMatchObject({ right: { operatorLocation: { line: 2, column: 4 } } })
  })

  it('count code points, and only line feeds as ends of lines', () => {
    expect(place(selectOf("SELECT '😀é', a").items[1])).toBe('1:14')
    expect(place(selectOf('SELECT\r\n a,\r b').items[0])).toBe('2:2')
    expect(place(selectOf('SELECT\r\n a,\r b').items[1])).toBe('2:6')
  })
})

describe('two statements', () => {
  it('are refused, and one with semicolon is not', () => {
    expect(() => parseStatement('SELECT 1; SELECT 2')).toThrow('Only one sql statement is allowed')
    expect(parseStatement('SELECT 1 ; ').kind).toBe('query-statement')
    expect(() => parseExpression('1, 2')).toThrow(AthenaError)
    expect(() => parseExpression('1;')).toThrow(AthenaError)
  })
})
