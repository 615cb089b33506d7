import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIRROR_REORDERING_MICROSECONDS, MirrorReordering } from './mirror-reordering.ts'

const delays = (reordering: MirrorReordering, count: number): readonly number[] =>
  Array.from({ length: count }, () => reordering.next())

describe('MirrorReordering', () => {
  it('delays by the seed, evenly, by no more than the most', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 50 }), (seed, maximumMicroseconds) => {
        const made = delays(new MirrorReordering({ seed, maximumMicroseconds }), 2_000)
        expect(made).toEqual(delays(new MirrorReordering({ seed, maximumMicroseconds }), 2_000))
        expect(Math.max(...made)).toBe(maximumMicroseconds)
        expect(Math.min(...made)).toBe(0)
        const mean = made.reduce((sum, one) => sum + one, 0) / made.length
        expect(Math.abs(mean - maximumMicroseconds / 2)).toBeLessThanOrEqual(maximumMicroseconds * 0.05)
      }),
      { numRuns: 40 },
    )
    expect(delays(new MirrorReordering({ seed: 1 }), 50)).not.toEqual(delays(new MirrorReordering({ seed: 2 }), 50))
    expect(Math.max(...delays(new MirrorReordering(), 2_000))).toBe(MIRROR_REORDERING_MICROSECONDS)
  })

  it.each([-1, 0.5, Number.NaN])('refuses %s', (maximumMicroseconds) => {
    expect(() => new MirrorReordering({ maximumMicroseconds })).toThrow(/natural number of microseconds/)
  })
})
