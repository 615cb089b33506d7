import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseRegexp, RegexpSyntaxError } from './regexp-pattern.ts'
import { toJavaScript } from './regexp-to-javascript.ts'
import { toRe2 } from './regexp-to-re2.ts'
import { quoteText } from './sql-text.ts'

/** Patterns of what both RE2 and JavaScript can express, over a small alphabet so that they often match. */
const { pattern: patterns } = fc.letrec<{ pattern: string; atom: string; piece: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'a',
      'b',
      '1',
      ' ',
      'é',
      '.',
      '\\.',
      '\\d',
      '\\w',
      '\\s',
      '\\S',
      '\\W',
      '[ab]',
      '[^a]',
      '[a-c1]',
      '[\\d.]',
    ),
    fc.constantFrom('^', '$', '\\b', '\\z', '(?s:.)', '\\x61', '\\u00e9', '[^\\s]', '\\Qa.b\\E'),
    tie('pattern').map((inner) => `(${inner})`),
    tie('pattern').map((inner) => `(?:${inner})`),
  ),
  piece: fc
    .tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '{1,2}', '{2}', '*?', '+?'))
    .map(([atom, repeat]) => (/^(?:[\^$]|\\[bz]|\(\?s)/.test(atom) ? atom : atom + repeat)),
  pattern: fc
    .array(
      fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
      { minLength: 1, maxLength: 2 },
    )
    .map((options) => options.join('|')),
}))
const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '1', '2', ' ', '.', '_', '\n', 'é', '😀'),
  maxLength: 12,
})

const instance = await DuckDBInstance.create(':memory:')
let connection: Awaited<ReturnType<typeof instance.connect>>
beforeAll(async () => {
  connection = await instance.connect()
})
afterAll(() => connection.disconnectSync())

describe('the two printers', () => {
  test('match the same part of every text on which RE2 may be used', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(patterns, fc.array(texts, { minLength: 1, maxLength: 8 }), async (pattern, samples) => {
        const parsed = parseRegexp(pattern)
        const re2 = toRe2(parsed)
        if (!re2) return
        const usable = samples.filter(
          (text) =>
            !(re2.needsSingleLine && text.includes('\n')) &&
            !(re2.needsAscii && [...text].some((point) => point > '\u007f')),
        )
        if (usable.length === 0) return
        const { source, flags } = toJavaScript(parsed)
        const expected = usable.map((text) => new RegExp(source, flags).exec(text)?.[0] ?? null)
        const reader = await connection.runAndReadAll(
          `SELECT CASE WHEN regexp_matches(t, $1) THEN regexp_extract(t, $1, 0) END FROM (SELECT unnest([${usable.map(quoteText)}]) t)`.replaceAll(
            '$1',
            () => quoteText(re2.source),
          ),
        )
        expect(reader.getRows().map(([value]) => value)).toEqual(expected)
        compared += usable.length
      }),
      { numRuns: 500 },
    )
    expect(compared).toBeGreaterThan(100)
  })
})

describe('parseRegexp', () => {
  test('reads any text, or refuses it as a pattern', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab1([{)]}*+?|\\^$.-&:<>=!#pPdkQEx,'.split('')), maxLength: 16 }),
        (text) => {
          try {
            const { source, flags } = toJavaScript(parseRegexp(text))
            expect(() => new RegExp(source, flags)).not.toThrow()
          } catch (error) {
            expect(error).toBeInstanceOf(RegexpSyntaxError)
          }
        },
      ),
      { numRuns: 5000 },
    )
  })

  test('takes quoted text for itself', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\\E')),
        (text) => {
          const { source, flags } = toJavaScript(parseRegexp(`^\\Q${text}\\E\\z`))
          expect(new RegExp(source, flags).test(text)).toBe(true)
          expect(new RegExp(source, flags).test(`${text}x`)).toBe(false)
        },
      ),
    )
  })
})

describe('toRe2', () => {
  test.each(['(?=a)', '(a)\\1', 'a++', '(?>a)', '(?m)^a', '[a&&b]', '[[:alpha:]]', '(a*)*', 'a{2000}', '(?i:a)b'])(
    'leaves %s to JavaScript',
    (pattern) => {
      expect(toRe2(parseRegexp(pattern))).toBeUndefined()
    },
  )
})
