import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latin1 } from '../testing/match-context-fixture.ts'
import { parsePcre } from './parse-pcre.ts'
import { PcreProgram } from './program.ts'

const PLAIN = {
  isNocase: false,
  isDotAll: false,
  isMultiline: false,
  isExtended: false,
  isUngreedy: false,
  isDollarEndOnly: false,
}

function found(pattern: string, text: string, options: Partial<typeof PLAIN> = {}): string | undefined {
  const bytes = latin1(text)
  const program = new PcreProgram(parsePcre(pattern, { ...PLAIN, ...options }), false)
  if (!program.search(bytes, 0, bytes.length, 0)) return undefined
  return text.slice(program.matchStart, program.matchEnd)
}

/** Assertions take no quantifier in JavaScript, and of turns that take nothing it thinks differently. */
function isRepeatable(item: string): boolean {
  return !/\\b|\^(?!a\])|\(\?(?!:)/.test(item) && !new RegExp(`^(?:${item})$`).test('')
}

/** Expressions of the part of the language that JavaScript reads the same way. */
const expression: fc.Arbitrary<string> = fc.letrec<{ one: string; item: string; sequence: string; whole: string }>(
  (tie) => ({
    one: fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom(
          'a',
          'b',
          'c',
          '.',
          '[ab]',
          '[^a]',
          '\\w',
          '\\d',
          '\\b',
          '^',
          '(?=b)',
          '(?!c)',
          '(?<=a)',
        ),
      },
      { weight: 2, arbitrary: tie('whole').map((inner) => `(?:${inner})`) },
      { weight: 1, arbitrary: tie('whole').map((inner) => `(${inner})`) },
    ),
    item: fc
      .tuple(tie('one'), fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '{2}', '{1,2}', '{1,}?'))
      .map(([one, quantifier]) => (isRepeatable(one) ? one + quantifier : one)),
    sequence: fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((items) => items.join('')),
    whole: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((options) => options.join('|')),
  }),
).whole

describe('PcreProgram', () => {
  it('finds what the engine of JavaScript finds', () => {
    let givenUp = 0
    fc.assert(
      fc.property(expression, fc.stringMatching(/^[abc1 \n]{0,12}$/), fc.boolean(), (pattern, text, isNocase) => {
        const theirs = new RegExp(pattern, isNocase ? 'i' : '').exec(text)
        const bytes = latin1(text)
        const program = new PcreProgram(parsePcre(pattern, { ...PLAIN, isNocase }), false)
        const isFound = program.search(bytes, 0, bytes.length, 0)
        if (program.wasGivenUp) {
          givenUp += 1
          return
        }
        const ours = isFound ? text.slice(program.matchStart, program.matchEnd) : undefined
        expect(ours, `/${pattern}/ on ${JSON.stringify(text)}`).toBe(theirs?.[0])
      }),
      { numRuns: 5000 },
    )
    expect(givenUp).toBeLessThan(100)
  })

  it.each([
    ['a++a', 'aaa', undefined],
    ['(?>a+)b', 'aab', 'aab'],
    ['(a)(b)\\2\\1', 'abba', 'abba'],
    ['(?<x>ab)\\k<x>', 'abab', 'abab'],
    ['(?P<x>ab)(?P=x)', 'abab', 'abab'],
    ['(?i)AbC', 'xabc', 'abc'],
    ['a(?i:B)c', 'abc', 'abc'],
    ['\\x61\\142\\x{63}', 'abc', 'abc'],
    ['[[:upper:]]+', 'abCDe', 'CD'],
    ['\\Qa.b\\E+', 'a.bb', 'a.bb'],
    ['a$', 'a\n', 'a'],
    ['a\\z', 'a\n', undefined],
    ['\\Ab', 'ab', undefined],
    ['(?<!a)b', 'abcb', 'b'],
    ['a\\Kb', 'ab', 'b'],
    ['\\h+\\R', 'x \t\r\ny', ' \t\r\n'],
    ['a{,3}', 'a{,3}', 'a{,3}'],
    ['(?x) a b # c\n c', 'abc', 'abc'],
  ])('/%s/ on %j: %j', (pattern, text, expected) => {
    expect(found(pattern, text)).toBe(expected)
  })

  it.each(['(a+)+$', '(a|aa)+$', '(?:a*)*b', '(.*)*x', '(a?){50}a{50}$', '(?:(?:a|a)*)*c'])(
    'gives up on /%s/ in bounded time',
    (pattern) => {
      const bytes = latin1(`${'a'.repeat(1400)}!`)
      const program = new PcreProgram(parsePcre(pattern, PLAIN), false)
      const before = process.cpuUsage().user
      expect(program.search(bytes, 0, bytes.length, 0)).toBe(false)
      expect(process.cpuUsage(process.cpuUsage()).user + (process.cpuUsage().user - before)).toBeLessThan(1_000_000)
    },
  )

  it.each([
    ['(abc', 'closing parenthesis'],
    ['a**', 'quantifier'],
    ['[z-a]', 'out of order'],
    ['(?<=a*)b', 'fixed length'],
    ['(?R)', 'recursion'],
    ['\\p{L}', 'Unicode'],
  ])('refuses /%s/ and says why', (pattern, why) => {
    expect(() => parsePcre(pattern, PLAIN)).toThrow(why)
  })
})
