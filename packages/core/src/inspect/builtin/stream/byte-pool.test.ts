import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BytePool, type Slab } from './byte-pool.ts'

describe('BytePool', () => {
  it('gives pieces that nothing else writes to, in any order of taking and giving back', () => {
    const step = fc.record({
      size: fc.constantFrom(1, 64, 90, 1448, 20_000),
      giveBack: fc.nat(),
      isGiving: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const pool = new BytePool(2 ** 22)
        const pieces: { slab: Slab; start: number; size: number; mark: number }[] = []
        steps.forEach(({ size, giveBack, isGiving }, index) => {
          if (isGiving && pieces.length > 0) {
            const [piece] = pieces.splice(giveBack % pieces.length, 1)
            if (piece) pool.give(piece.slab, piece.start)
          } else {
            const slab = pool.take(size)
            if (!slab) return
            const { start } = pool
            expect(slab.capacity).toBeGreaterThanOrEqual(size)
            expect(start + slab.capacity).toBeLessThanOrEqual(slab.bytes.length)
            slab.bytes.fill((index % 255) + 1, start, start + size)
            pieces.push({ slab, start, size, mark: (index % 255) + 1 })
          }
          for (const { slab, start, size: length, mark } of pieces) {
            expect(slab.bytes[start]).toBe(mark)
            expect(slab.bytes[start + length - 1]).toBe(mark)
          }
        })
      }),
      { numRuns: 200 },
    )
  })

  it('holds no more than its bound, whatever sizes come after one another', () => {
    const limit = 2 ** 20
    const pool = new BytePool(limit)
    for (const size of [64, 100, 1448, 5000, 20_000]) {
      const arrays = new Set<Uint8Array>()
      const pieces: { slab: Slab; start: number }[] = []
      for (let slab = pool.take(size); slab; slab = pool.take(size)) {
        arrays.add(slab.bytes)
        pieces.push({ slab, start: pool.start })
      }
      const held = [...arrays].reduce((sum, bytes) => sum + bytes.length, 0)
      expect(held).toBeLessThanOrEqual(limit)
      expect(held).toBeGreaterThan(limit * 0.6)
      expect(pool.reserve(2 ** 17)).toBe(false)
      for (const { slab, start } of pieces) pool.give(slab, start)
    }
  })
})
