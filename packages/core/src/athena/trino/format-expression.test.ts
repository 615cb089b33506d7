import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatExpression } from './format-expression.ts'
import type { Expression, ExpressionKind, Identifier, QualifiedName, Query, TypeNode } from './nodes.ts'
import { parseExpression } from './parse.ts'
import { sameExpression } from './same-expression.ts'

/** What Trino 435 printed in "'…' must be an aggregate expression or appear in GROUP BY clause". */
const TRINO_TEXTS: readonly (readonly [sql: string, text: string])[] = [
  ['"a"', '"a"'],
  ['A', 'A'],
  ['zz.a', 'zz.a'],
  ['a - -1', '(a - -1)'],
  ['- -a', '-(-(a))'],
  ['+a', '+a'],
  ['a * (b + 2) / 3 % 4', '(((a * (b + 2)) / 3) % 4)'],
  ["s || 'it''s' || 'y'", "concat(concat(s, 'it''s'), 'y')"],
  ['a = 1 AND b = 2 AND p', '((a = 1) AND (b = 2) AND p)'],
  ['a = 1 OR NOT p', '((a = 1) OR (NOT p))'],
  ['a != 1', '(a <> 1)'],
  ['a IS NOT NULL', '(a IS NOT NULL)'],
  ['NOT (a IS NULL)', '(NOT (a IS NULL))'],
  ['a IS NOT DISTINCT FROM b', '(NOT (a IS DISTINCT FROM b))'],
  ['a NOT BETWEEN 1 AND 2', '(NOT (a BETWEEN 1 AND 2))'],
  ['a NOT IN (1, 2)', '(NOT (a IN (1, 2)))'],
  ["s LIKE 'x%' ESCAPE '!'", "(s LIKE 'x%' ESCAPE '!')"],
  ['if(p, a)', 'IF(p, a)'],
  ['coalesce(a, b)', 'COALESCE(a, b)'],
  ['nullif(a, b)', 'NULLIF(a, b)'],
  ['try(a)', 'TRY(a)'],
  ['CASE a WHEN 1 THEN 2 ELSE 3 END', '(CASE a WHEN 1 THEN 2 ELSE 3 END)'],
  ['CAST(a AS VARCHAR(10))', 'CAST(a AS VARCHAR(10))'],
  ['cast(d AS timestamp(3) with time zone)', 'CAST(d AS timestamp(3) with time zone)'],
  ['CAST(a AS decimal(10,2))', 'CAST(a AS decimal(10, 2))'],
  ['CAST(r AS row(x bigint))', 'CAST(r AS ROW(x bigint))'],
  ['extract(dow FROM d)', 'EXTRACT(DOW FROM d)'],
  ["d + INTERVAL -'1' DAY", "(d + INTERVAL -'1' DAY)"],
  ["d + INTERVAL '1-2' YEAR TO MONTH", "(d + INTERVAL '1-2' YEAR TO MONTH)"],
  ["d > date '2021-01-01'", "(d > date '2021-01-01')"],
  ["ts AT TIME ZONE 'Asia/Tokyo'", "ts AT TIME ZONE 'Asia/Tokyo'"],
  ["m['k']", "m['k']"],
  ['ARRAY[a, b]', 'ARRAY[a,b]'],
  ['(a, b)', 'ROW (a, b)'],
  ['trim(s)', 'trim(BOTH FROM s)'],
  ["trim(LEADING 'x' FROM s)", "trim(LEADING 'x' FROM s)"],
  ['substring(s FROM 1 FOR 2)', 'substr(s, 1, 2)'],
  ["position('x' IN s)", "strpos(s, 'x')"],
  ['normalize(s)', '"normalize"(s, \'NFC\')'],
  ['reduce(arr, 0, (q, x) -> q + x, q -> q)', 'reduce(arr, 0, (q, x) -> (q + x), (q) -> q)'],
  ['a + 1.5', "(a + DECIMAL '1.5')"],
  ['a + 1.5e0', '(a + 1.5E0)'],
  ['a + 1e10', '(a + 1E10)'],
  ['a + 12345678e-3', '(a + 1.2345678E4)'],
  ["X'616263' = to_utf8(s)", "(X'616263' = to_utf8(s))"],
  ['ts < current_timestamp(3)', '(ts < current_timestamp(3))'],
  ['s = current_user', '(s = CURRENT_USER)'],
  ["json_value(s, 'lax $.a')", "JSON_VALUE(s FORMAT JSON, 'lax $.a' NULL ON EMPTY NULL ON ERROR)"],
  ["json_exists(s, 'lax $.a')", "JSON_EXISTS(s FORMAT JSON, 'lax $.a' FALSE ON ERROR)"],
  ["JSON_OBJECT('k' : a)", "JSON_OBJECT(KEY 'k' VALUE a NULL ON NULL WITHOUT UNIQUE KEYS)"],
  ['a = NULL', '(a = null)'],
]

describe('formatExpression', () => {
  it.each(TRINO_TEXTS)('prints %s as Trino does', (sql, text) => {
    expect(formatExpression(parseExpression(sql))).toBe(text)
  })

  it.each([
    'count(*)',
    'count(DISTINCT a)',
    'f(a ORDER BY b DESC NULLS FIRST, c ASC)',
    'f(a) FILTER (WHERE b)',
    'lag(a) IGNORE NULLS OVER (PARTITION BY b, c ORDER BY d ASC ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)',
    'f() OVER w',
    'f() OVER (w RANGE CURRENT ROW)',
    "listagg(DISTINCT a, ',' ON OVERFLOW TRUNCATE '...' WITH COUNT) WITHIN GROUP (ORDER BY b ASC)",
    '(a > ALL (SELECT x FROM t))',
    '(EXISTS (WITH RECURSIVE q (n) AS (VALUES 1) SELECT DISTINCT * FROM q, (t LEFT JOIN u ON (t.a = u.a)) WHERE b GROUP BY a, CUBE ((a), ()) HAVING c ORDER BY a ASC OFFSET 1 ROWS LIMIT 2))',
    '(SELECT t.* AS (x), a b FROM UNNEST(c) WITH ORDINALITY v (d, e) UNION ALL TABLE q)',
    'JSON_QUERY(a FORMAT JSON, \'lax $\' PASSING b AS "c" RETURNING varchar WITH CONDITIONAL ARRAY WRAPPER OMIT QUOTES EMPTY ARRAY ON EMPTY ERROR ON ERROR)',
    'JSON_ARRAY(a, b ABSENT ON NULL)',
    'GROUPING (a, t.b)',
  ])('keeps %s as it is', (text) => {
    expect(formatExpression(parseExpression(text))).toBe(text)
  })
})

// ------------------------------------------------------------ the law: what is printed parses to the same

const location = { line: 1, column: 1 }
const operatorLocation = location

const identifier: fc.Arbitrary<Identifier> = fc
  .oneof(
    fc.constantFrom('a', 'B', '_x1', 'date', 'limit', 'count').map((text) => ({ text, quoted: false })),
    fc.string({ minLength: 1, maxLength: 4 }).map((text) => ({ text, quoted: true })),
    fc.constantFrom('end', 'select', 'a"b').map((text) => ({ text, quoted: true })),
  )
  .map((name) => ({ kind: 'identifier', location, ...name }) as const)

const qualifiedName: fc.Arbitrary<QualifiedName> = fc
  .constantFrom('f', 'sum', 'my_function', 'date_trunc')
  .map((text) => ({
    kind: 'qualified-name',
    location,
    parts: [{ kind: 'identifier', location, text, quoted: false }],
  }))

const type: fc.Arbitrary<TypeNode> = fc.letrec<{ type: TypeNode }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3 },
    fc
      .constantFrom('bigint', 'varchar', 'ipaddress', 'double')
      .map((name): TypeNode => ({ kind: 'generic-type', location, name, arguments: [] })),
    fc
      .nat(38)
      .map((precision): TypeNode => ({ kind: 'generic-type', location, name: 'decimal', arguments: [precision, 0] })),
    fc.record({
      kind: fc.constant('datetime-type' as const),
      location: fc.constant(location),
      type: fc.constantFrom('time' as const, 'timestamp' as const),
      precision: fc.option(fc.nat(12), { nil: undefined }),
      withTimeZone: fc.boolean(),
    }),
    tie('type').map((element): TypeNode => ({ kind: 'generic-type', location, name: 'array', arguments: [element] })),
    fc
      .array(fc.record({ name: fc.constantFrom('x', 'end', 'a b'), type: tie('type') }), { minLength: 1, maxLength: 3 })
      .map((fields): TypeNode => ({ kind: 'row-type', location, fields })),
  ),
})).type

const query: Query = {
  kind: 'query',
  location,
  with: undefined,
  body: {
    kind: 'table-query',
    location,
    name: { kind: 'qualified-name', location, parts: [{ kind: 'identifier', location, text: 't', quoted: false }] },
  },
  orderBy: [],
  offset: undefined,
  limit: undefined,
}

/** Kinds that print as another node does: `||` as a call, 1.5 as DECIMAL '1.5'; or as what only its name tells. */
const NOT_ROUND: readonly ExpressionKind[] = ['concat', 'decimal', 'json-function', 'unsupported-expression']

const { expression } = fc.letrec<{ expression: Expression; operand: Expression }>((tie) => {
  const any = tie('expression')
  const some = fc.array(any, { minLength: 1, maxLength: 3 })
  const node = <K extends ExpressionKind>(
    kind: K,
    parts: { readonly [key: string]: fc.Arbitrary<unknown> },
  ): fc.Arbitrary<Expression> =>
    fc.record(parts).map((given) => ({ kind, location, ...given }) as unknown as Expression)
  const optional = fc.option(any, { nil: undefined })
  const when = fc.record({ condition: any, result: any }).map((given) => ({ kind: 'when', location, ...given }))
  const whens = fc.array(when, { minLength: 1, maxLength: 2 })
  const sortItem = fc
    .record({ key: any, descending: fc.boolean(), nulls: fc.constantFrom(undefined, 'first', 'last') })
    .map((given) => ({ kind: 'sort-item', location, ...given }))
  const comparison = fc.constantFrom('=', '<>', '<', '<=', '>', '>=')
  const call = fc
    .record({
      name: qualifiedName,
      distinct: fc.boolean(),
      arguments: some,
      orderBy: fc.array(sortItem, { maxLength: 2 }),
      filter: optional,
      window: fc.option(
        fc.record({ partitionBy: fc.array(any, { maxLength: 2 }), orderBy: fc.array(sortItem, { maxLength: 1 }) }),
        { nil: undefined },
      ),
      ignore: fc.boolean(),
    })
    .map(
      ({ window, ignore, ...given }) =>
        ({
          kind: 'function-call',
          location,
          star: false,
          nullTreatment: window && ignore ? 'ignore' : undefined,
          ...given,
          window: window && {
            kind: 'window-specification',
            location,
            existingName: undefined,
            frame: undefined,
            ...window,
          },
        }) as unknown as Expression,
    )
  /** What may stand before `.`, `[` and AT TIME ZONE without parentheses. */
  const operand = fc.oneof(
    { depthSize: 'small' },
    identifier as fc.Arbitrary<Expression>,
    call,
    node('array', { elements: some }),
    node('row', { items: some }),
  )
  const leaves: readonly fc.Arbitrary<Expression>[] = [
    identifier as fc.Arbitrary<Expression>,
    node('null', {}),
    node('boolean', { value: fc.boolean() }),
    node('long', { value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
    node('double', { text: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => printedDouble(value)) }),
    node('string', { value: fc.string({ unit: 'grapheme' }) }),
    node('binary', {
      hex: fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase()),
    }),
    node('generic-literal', {
      type: fc.constant({ kind: 'generic-type', location, name: 'DATE', arguments: [] }),
      value: fc.string(),
    }),
    node('interval', {
      value: fc.string(),
      negative: fc.boolean(),
      from: fc.constantFrom('year', 'day'),
      to: fc.constantFrom(undefined, 'month', 'second'),
    }),
    node('current-datetime', {
      function: fc.constantFrom('current_time', 'localtimestamp'),
      precision: fc.option(fc.nat(12), { nil: undefined }),
    }),
    node('current-datetime', { function: fc.constant('current_date'), precision: fc.constant(undefined) }),
    node('session-value', { function: fc.constantFrom('current_user', 'current_schema') }),
    node('grouping', { columns: fc.array(identifier, { maxLength: 2 }) }),
    node('exists', { query: fc.constant(query) }),
    node('scalar-subquery', { query: fc.constant(query) }),
  ]
  const branches: readonly fc.Arbitrary<Expression>[] = [
    node('arithmetic', {
      operator: fc.constantFrom('+', '-', '*', '/', '%'),
      left: any,
      right: any,
      operatorLocation: fc.constant(operatorLocation),
    }),
    // `-((SELECT …))` reads as a query in parentheses inside a subquery, which is the same query.
    node('arithmetic-unary', {
      operator: fc.constant('-'),
      operand: any.filter(({ kind }) => kind !== 'scalar-subquery'),
    }),
    node('arithmetic-unary', { operator: fc.constant('+'), operand }),
    node('comparison', {
      operator: comparison,
      left: any,
      right: any,
      operatorLocation: fc.constant(operatorLocation),
    }),
    node('quantified-comparison', {
      operator: comparison,
      quantifier: fc.constantFrom('all', 'any'),
      value: any,
      query: fc.constant(query),
    }),
    node('logical', { operator: fc.constantFrom('and', 'or'), terms: fc.array(any, { minLength: 2, maxLength: 3 }) }),
    node('not', { operand: any }),
    node('between', { value: any, min: any, max: any }),
    node('in-list', { value: any, items: some }),
    node('in-subquery', { value: any, query: fc.constant(query) }),
    node('like', { value: any, pattern: any, escape: optional }),
    node('is-null', { operand: any }),
    node('is-distinct-from', { left: any, right: any }),
    call,
    fc.record({ parameters: fc.array(identifier, { maxLength: 2 }), body: any }).map(
      ({ parameters, body }) =>
        ({
          kind: 'function-call',
          location,
          star: false,
          distinct: false,
          orderBy: [],
          filter: undefined,
          nullTreatment: undefined,
          window: undefined,
          name: {
            kind: 'qualified-name',
            location,
            parts: [{ kind: 'identifier', location, text: 'transform', quoted: false }],
          },
          arguments: [{ kind: 'lambda', location, parameters, body }],
        }) as Expression,
    ),
    node('cast', { operand: any, type, safe: fc.boolean() }),
    node('searched-case', { whens, default: optional }),
    node('simple-case', { operand: any, whens, default: optional }),
    // biome-ignore lint/suspicious/noThenProperty: Trino's name of the branch in the contract of nodes.ts
    node('if', { condition: any, then: any, else: optional }),
    node('coalesce', { operands: fc.array(any, { minLength: 2, maxLength: 3 }) }),
    node('nullif', { first: any, second: any }),
    node('try', { operand: any }),
    node('extract', { field: fc.constantFrom('year', 'doy', 'timezone_hour'), operand: any }),
    node('at-time-zone', { value: operand, timeZone: node('string', { value: fc.string() }) }),
    node('array', { elements: fc.array(any, { maxLength: 3 }) }),
    node('row', { items: some }),
    node('subscript', { base: operand, index: any }),
    node('dereference', { base: operand, field: identifier }),
    node('trim', { side: fc.constantFrom('both', 'leading', 'trailing'), value: any, characters: optional }),
  ]
  return {
    operand,
    expression: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      ...leaves.map((arbitrary) => ({ arbitrary, weight: 2 })),
      ...branches.map((arbitrary) => ({ arbitrary, weight: 1 })),
    ),
  }
})

function printedDouble(value: number): string {
  const [mantissa, exponent] = value.toExponential().split('e')
  return `${mantissa}E${Number(exponent)}`
}

describe('what formatExpression prints', () => {
  it('parses to the same expression', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(expression, (original) => {
        seen.add(original.kind)
        const text = formatExpression(original)
        const parsed = parseExpression(text)
        expect(sameExpression(parsed, original), text).toBe(true)
        expect(formatExpression(parsed)).toBe(text)
      }),
      { numRuns: 2_000 },
    )
    for (const kind of NOT_ROUND) expect(seen).not.toContain(kind)
    expect(seen.size).toBeGreaterThan(30)
  })
})
