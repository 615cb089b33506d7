import fc from 'fast-check'
import { expect, it } from 'vitest'

/**
 * The laws of every arbitrary: the same seed gives the same values, all values are valid, and so are all that shrinking tries.
 * `problemOf` says what is wrong with a value, or nothing; `numRuns` is how many values it is asked of.
 */
export function arbitraryLaws<T>(
  arbitrary: () => fc.Arbitrary<T>,
  problemOf: (value: T) => string | undefined,
  numRuns = 500,
): void {
  it('gives the same values for the same seed', () => {
    const sample = (seed: number): readonly T[] => fc.sample(arbitrary(), { seed, numRuns: 50 })
    expect(sample(7)).toEqual(sample(7))
    expect(sample(7)).not.toEqual(sample(8))
  })

  it('gives valid values only', () => {
    fc.assert(
      fc.property(arbitrary(), (value) => {
        expect(problemOf(value)).toBeUndefined()
      }),
      { numRuns },
    )
  })

  it('shrinks to valid values only', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const problems: string[] = []
      let tried = 0
      // Every value fails the property, so that shrinking goes on to the smallest.
      fc.check(
        fc.property(arbitrary(), (value) => {
          tried += 1
          const problem = problemOf(value)
          if (problem !== undefined) problems.push(`${problem}: ${fc.stringify(value)}`)
          return false
        }),
        { seed, numRuns: 1, interruptAfterTimeLimit: 1_000 },
      )
      expect(problems).toEqual([])
      expect(tried).toBeGreaterThan(0)
    }
  })
}
