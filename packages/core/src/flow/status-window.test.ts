import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { statusWindow } from './status-window.ts'

describe('the times of NODATA and SKIPDATA records', () => {
  it('lie inside their interval and leave 7 or 8 seconds of it out', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 0xffffffff }),
        fc.nat({ max: 30_000_000 }),
        fc.constantFrom(60, 600),
        (hash, interval, length) => {
          const start = interval * length
          const { startSeconds, endSeconds } = statusWindow(hash, start, length)
          expect(startSeconds).toBeGreaterThanOrEqual(start)
          expect(endSeconds).toBeLessThan(start + length)
          expect([length - 8, length - 7]).toContain(endSeconds - startSeconds)
        },
      ),
    )
  })

  it('differ from ENI to ENI, and by a second at most from interval to interval', () => {
    const placesOf = (hash: number): Set<number> =>
      new Set(Array.from({ length: 50 }, (_, interval) => statusWindow(hash, interval * 60, 60).startSeconds % 60))
    const all = new Set<number>()
    for (let hash = 0; hash < 50; hash += 1) {
      const places = [...placesOf(hash)]
      expect(Math.max(...places) - Math.min(...places)).toBeLessThanOrEqual(1)
      for (const place of places) all.add(place)
    }
    expect(all.size).toBeGreaterThan(4)
  })
})
