import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { containsPort, parsePorts } from './port-set.ts'
import { RuleFault } from './rule-fault.ts'

describe('parsePorts', () => {
  it('has the ports that are asked for and not negated, in sorted ranges that do not touch', () => {
    const port = fc.oneof(fc.nat(65_535), fc.nat(40), fc.constantFrom(0, 65_535))
    const item = fc.record({ one: port, other: port, isNegated: fc.boolean() })
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), (items) => {
        const text = `[${items.map(({ one, other, isNegated }) => `${isNegated ? '!' : ''}${Math.min(one, other)}:${Math.max(one, other)}`).join(',')}]`
        // Port by port, as the words of the list have it.
        const isIn = (place: number): boolean => {
          const hits = (list: typeof items): boolean =>
            list.some(({ one, other }) => place >= Math.min(one, other) && place <= Math.max(one, other))
          const asked = items.filter(({ isNegated }) => !isNegated)
          return (asked.length === 0 || hits(asked)) && !hits(items.filter(({ isNegated }) => isNegated))
        }
        const expected = Array.from({ length: 65_536 }, (_, place) => isIn(place))
        let ranges: ReturnType<typeof parsePorts>
        try {
          ranges = parsePorts(text, {})
        } catch (error) {
          expect(error).toBeInstanceOf(RuleFault)
          const negatesAll = items.some(({ one, other, isNegated }) => isNegated && Math.abs(one - other) === 65_535)
          expect(negatesAll || !expected.includes(true)).toBe(true)
          return
        }
        const own = new Array<boolean>(65_536).fill(ranges === undefined)
        for (const { low, high } of ranges ?? []) own.fill(true, low, high + 1)
        expect(own.findIndex((value, place) => value !== expected[place])).toBe(-1)
        for (const place of [0, 1, 40, 65_535]) expect(containsPort(ranges, place)).toBe(expected[place])
        ranges?.forEach(({ low }, place) => {
          if (place > 0) expect(low).toBeGreaterThan((ranges[place - 1]?.high ?? 0) + 1)
        })
      }),
      { numRuns: 150 },
    )
  })
})
