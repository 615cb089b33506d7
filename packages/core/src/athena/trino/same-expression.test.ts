import { describe, expect, it } from 'vitest'
import { parseExpression } from './parse.ts'
import { sameExpression } from './same-expression.ts'

const same = (a: string, b: string): boolean => sameExpression(parseExpression(a), parseExpression(b))

describe('sameExpression', () => {
  it.each([
    ['a + 1', 'A\n +   1'],
    ['"srcaddr"', 'SRCADDR'],
    ['f(a, b)', 'F ( A , B )'],
    ["date_trunc('hour', ts)", "DATE_TRUNC('hour',ts)"],
    ['(a)', 'a'],
    ['1_000', '1000'],
  ])('%s is %s', (a, b) => {
    expect(same(a, b)).toBe(true)
    expect(same(b, a)).toBe(true)
  })

  it.each([
    ['a + 1', '1 + a'],
    ['a', 't.a'],
    ["'a'", "'A'"],
    ['1', '1.0'],
    ['f(a)', 'f(DISTINCT a)'],
    ['f(a)', 'f(a, a)'],
    ['CAST(a AS int)', 'TRY_CAST(a AS int)'],
    ['f(a)', 'f(a) OVER ()'],
  ])('%s is not %s', (a, b) => {
    expect(same(a, b)).toBe(false)
    expect(same(b, a)).toBe(false)
  })

  it('needs no stack', () => {
    const sum = `a${' + 1'.repeat(50_000)}`
    expect(same(sum, sum)).toBe(true)
    expect(same(sum, `b${sum.slice(1)}`)).toBe(false)
  })
})
