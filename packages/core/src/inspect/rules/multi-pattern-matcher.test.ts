import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CandidateSet } from './candidate-set.ts'
import { MultiPatternMatcher } from './multi-pattern-matcher.ts'

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

describe('MultiPatternMatcher', () => {
  it('finds patterns at every place of long buffers, which it looks at in parts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-cA-C]{1,32}$/), { minLength: 1, maxLength: 6 }),
        fc.array(fc.record({ which: fc.nat(5), gap: fc.nat(400) }), { maxLength: 6 }),
        fc.nat(300),
        (patterns, places, tail) => {
          // Patterns among bytes of none, wherever the parts begin.
          const text = `${places.map(({ which, gap }) => '-'.repeat(gap) + (patterns[which % patterns.length] ?? '')).join('')}${'-'.repeat(tail)}`
          const matcher = new MultiPatternMatcher(patterns.map((each, number) => ({ bytes: latin1(each), number })))
          const candidates = new CandidateSet(patterns.length)
          matcher.scan(latin1(text), candidates)
          const found = [...candidates.sorted().subarray(0, candidates.count)]
          const folded = text.toLowerCase()
          expect(found).toEqual(
            patterns.flatMap((each, number) => (folded.includes(each.toLowerCase()) ? [number] : [])),
          )
        },
      ),
      { numRuns: 3000 },
    )
  })
})
