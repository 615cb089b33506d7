import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NumberRuns } from './number-runs.ts'

it('keeps the first value of every number', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 })), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (list) => {
      const runs = new NumberRuns()
      const known = new Map<number, number>()
      let number = 0
      for (const [step, value] of list) {
        number += step
        runs.add(number, value)
        if (!known.has(number)) known.set(number, value)
      }
      for (let asked = -1; asked <= number + 1; asked += 1) expect(runs.at(asked)).toBe(known.get(asked))
    }),
  )
})
