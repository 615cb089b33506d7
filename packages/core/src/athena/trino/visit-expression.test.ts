import { describe, expect, it } from 'vitest'
import { parseExpression } from './parse.ts'
import { childrenOf, queriesOf, walkExpression } from './visit-expression.ts'

const names = (sql: string): readonly string[] =>
  [...walkExpression(parseExpression(sql))].flatMap((node) => (node.kind === 'identifier' ? [node.text] : []))

describe('walkExpression', () => {
  it.each([
    'a + b * c || d',
    'f(a, b ORDER BY c DESC) FILTER (WHERE d) OVER (PARTITION BY e ORDER BY f ROWS BETWEEN g PRECEDING AND h FOLLOWING)',
    'CASE WHEN a THEN b WHEN c THEN d ELSE e END',
    'CASE a WHEN b THEN c ELSE d END',
    'a BETWEEN b AND c AND d IN (e, f) AND g LIKE h ESCAPE i AND j IS NULL AND k IS DISTINCT FROM l',
    'IF(a, b, c) + COALESCE(d, e) + NULLIF(f, g) + TRY(h)',
    'CAST(a AS bigint) + EXTRACT(year FROM b)',
    'ARRAY[a, ROW(b, c)][d].x',
    "TRIM(a FROM b) || JSON_VALUE(c, 'lax $' PASSING d AS p DEFAULT e ON EMPTY DEFAULT f ON ERROR)",
    'JSON_OBJECT(KEY a VALUE b)',
    'GROUPING(a, b) + -c + (x -> d)',
    'NOT a AND b > ALL (SELECT z) AND c IN (SELECT z)',
    "a AT TIME ZONE 'x'",
  ])('finds the names of %s in the order of the text', (sql) => {
    const letters = names(sql)
    expect(letters).toEqual([...letters].sort())
    expect(letters).toHaveLength(new Set(letters).size)
    const last = letters.at(-1) ?? ''
    expect(letters).toHaveLength(last.charCodeAt(0) - 'a'.charCodeAt(0) + 1)
  })

  it('stops at subqueries, which queriesOf gives', () => {
    const exists = parseExpression('EXISTS (SELECT a FROM t)')
    expect(childrenOf(exists)).toEqual([])
    expect(queriesOf(exists)).toHaveLength(1)
    expect(queriesOf(parseExpression('a IN (SELECT b)'))).toHaveLength(1)
    expect(queriesOf(parseExpression('a'))).toEqual([])
  })
})
