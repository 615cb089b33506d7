import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SortedKeys } from './sorted-keys.ts'

const bytewise = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))

it('keys are a sorted set, however many come and go', () => {
  const key = fc.integer({ min: 0, max: 3000 }).map((number) => `${number % 3 === 0 ? '😀' : '\uffee'}${number}`)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), key), { maxLength: 3000, size: 'max' }), (steps) => {
      const keys = new SortedKeys()
      const model = new Set<string>()
      for (const [kind, each] of steps) {
        if (kind === 0) {
          keys.delete(each)
          model.delete(each)
        } else {
          keys.add(each)
          model.add(each)
        }
      }
      const sorted = [...model].sort(bytewise)
      expect([...keys.from(() => true)]).toEqual(sorted)
      expect(keys.isEmpty).toBe(sorted.length === 0)
      const middle = sorted[sorted.length >> 1] ?? ''
      expect(keys.first((other) => bytewise(other, middle) >= 0)).toBe(sorted[sorted.length >> 1])
      expect([...keys.from((other) => bytewise(other, middle) > 0)]).toEqual(sorted.slice((sorted.length >> 1) + 1))
    }),
    { numRuns: 30 },
  )
})
