import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classifyStatement } from '../dispatch.ts'
import { AthenaError } from '../errors.ts'
import { formatExpression } from './format-expression.ts'
import { parseExpression, parseStatement } from './parse.ts'
import { walkExpression } from './visit-expression.ts'

/** Accepted, or refused by an AthenaError: anything else escapes. */
function outcome(sql: string): string {
  try {
    classifyStatement(sql)
    parseStatement(sql)
    return 'accepted'
  } catch (error) {
    if (error instanceof AthenaError) return error.message
    throw error
  }
}
const TOO_LARGE = 'line 1:1: statement is too large (stack overflow while parsing)'

describe('deep nesting', () => {
  const levels = 10_000
  it.each([
    ['parentheses', `SELECT ${'('.repeat(levels)}1${')'.repeat(levels)}`],
    ['open parentheses', `SELECT ${'('.repeat(levels)}`],
    ['subqueries', `SELECT * FROM ${'(SELECT * FROM '.repeat(levels)}t${')'.repeat(levels)}`],
    ['NOT', `SELECT ${'NOT '.repeat(levels)}a`],
    ['signs', `SELECT ${'- '.repeat(levels)}a`],
    ['CASE', `SELECT ${'CASE WHEN a THEN '.repeat(levels)}1${' END'.repeat(levels)}`],
    ['calls', `SELECT ${'f('.repeat(levels)}1${')'.repeat(levels)}`],
    ['lambdas', `SELECT f(${'x -> '.repeat(levels)}1)`],
    ['arrays', `SELECT ${'ARRAY['.repeat(levels)}1${']'.repeat(levels)}`],
    ['subscripts', `SELECT a${'[1]'.repeat(levels)}`],
    ['fields', `SELECT a${'.b'.repeat(levels)}`],
    ['types', `SELECT CAST(a AS ${'array('.repeat(levels)}int${')'.repeat(levels)})`],
    ['array suffixes', `SELECT CAST(a AS int ${'array '.repeat(levels)})`],
    ['joins', `SELECT * FROM t${' JOIN t'.repeat(levels)}${' ON a'.repeat(levels)}`],
    ['EXPLAIN', `${'EXPLAIN '.repeat(levels)}SELECT 1`],
  ])('of %s is refused and does not overflow', (_, sql) => {
    expect(outcome(sql)).toBe(TOO_LARGE)
  })

  it('that people write is accepted', () => {
    expect(outcome(`SELECT ${'('.repeat(150)}1${')'.repeat(150)}`)).toBe('accepted')
    expect(outcome(`SELECT * FROM ${'(SELECT * FROM '.repeat(60)}t${')'.repeat(60)}`)).toBe('accepted')
  })

  it('with a choice at every level takes no more than a blink', () => {
    const started = performance.now()
    const depth = 60
    const hard = [
      `SELECT ${'('.repeat(depth)}SELECT 1)${'+1)'.repeat(depth - 1)}`,
      `SELECT ${'('.repeat(depth)}SELECT 1)${'+1)'.repeat(depth - 2)}+`,
      `SELECT * FROM ${'('.repeat(depth)}(SELECT 1) a${' JOIN b ON 1=1)'.repeat(depth)}`,
      `SELECT 1 FROM t GROUP BY ${'('.repeat(depth)}a${' + 1)'.repeat(depth)} + 1`,
      `SELECT a ${'IN (a '.repeat(depth)}`,
      `SELECT ${'JSON_OBJECT(KEY '.repeat(depth)}1${')'.repeat(depth)}`,
      `SELECT ${'try_cast('.repeat(depth)}1${')'.repeat(depth)}`,
      `SELECT ${'position('.repeat(depth)}1${')'.repeat(depth)}`,
      `SELECT CAST(a AS ${'row(x '.repeat(depth)}int${')'.repeat(depth)} y)`,
      `CREATE TABLE t AS ${'('.repeat(depth)}SELECT 1${')'.repeat(depth - 1)}`,
    ]
    for (const sql of hard) outcome(sql)
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})

describe('long text', () => {
  it.each([
    ['a sum', `SELECT 1${' + 1'.repeat(5_000)}`],
    ['a concatenation', `SELECT a${' || a'.repeat(5_000)}`],
    ['AND', `SELECT a${' AND a'.repeat(30_000)}`],
    ['OR of comparisons', `SELECT a = 1${' OR a = 1'.repeat(20_000)}`],
    ['an IN list', `SELECT a IN (1${', 1'.repeat(10_000)})`],
    ['parameters', `SELECT ?${', ?'.repeat(50_000)}`],
    ['set operations', `SELECT 1${' UNION SELECT 1'.repeat(5_000)}`],
    ['joins', `SELECT * FROM t${' JOIN t ON a'.repeat(5_000)}`],
    ['closed comments', `SELECT ${'/**/'.repeat(60_000)}1`],
  ])('of %s is read', (_, sql) => {
    expect(outcome(sql)).toBe('accepted')
  })

  it.each([
    ['open comments', `SELECT ${'/*'.repeat(100_000)}`],
    ['quotes', `SELECT ${"'".repeat(200_001)}`],
    ['double quotes', `SELECT ${'"'.repeat(200_001)}`],
    ['backquotes', `SELECT ${'`'.repeat(200_001)}`],
    ['a number', `SELECT ${'9'.repeat(200_000)}`],
  ])('of %s is refused quickly', (_, sql) => {
    const started = performance.now()
    expect(outcome(sql)).not.toBe('accepted')
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('beyond Athena’s length is refused by its length', () => {
    expect(outcome(`SELECT '${'é'.repeat(131_072)}'`)).toMatch(/^Query string is 262153 bytes long/)
    expect(outcome(`SELECT '${'x'.repeat(262_144 - 9)}'`)).toBe('accepted')
  })

  it('of operators is walked and printed without a stack', () => {
    const sum = parseExpression(`1${' + 1'.repeat(50_000)}`)
    expect([...walkExpression(sum)]).toHaveLength(100_001)
    expect(formatExpression(sum)).toHaveLength(50_001 + 50_000 * 5)
  })
})

describe('any text', () => {
  const tokens = fc.constantFrom(
    ..."SELECT FROM WHERE GROUP BY ORDER LIMIT WITH AS AND OR NOT IN IS NULL LIKE BETWEEN CASE WHEN THEN END CAST ROW ARRAY OVER PARTITION ROWS JOIN ON UNION VALUES TABLE EXISTS INTERVAL DATE ( ) [ ] , . * + - = <> < || -> ? ; : @ a b 1 1.5 1e5 1a 'x' \"y\" `z` ' \" /* */ -- \n { } | $ X'0' U&'\\'".split(
      ' ',
    ),
  )
  it('is accepted or refused, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(tokens, { maxLength: 40 }),
        fc.constantFrom('', 'SELECT ', 'SELECT a FROM t WHERE '),
        (words, start) => {
          const message = outcome(start + words.join(' '))
          expect(message).toMatch(/^(accepted$|line \d+:\d+: |Only one sql|Queries of this type)/)
          expect(message).not.toMatch(/Expecting: $/)
        },
      ),
      { numRuns: 3_000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        outcome(text)
      }),
      { numRuns: 2_000 },
    )
  })
})
