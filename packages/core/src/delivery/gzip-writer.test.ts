import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GzipWriter } from './gzip-writer.ts'

describe('GzipWriter', () => {
  it('makes one member of any pieces, of which gunzip gives the input back', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 3000 }),
        fc.nat({ max: 200_000 }).map((length) => new Uint8Array(length).fill(length)),
        fc.string({ maxLength: 200 }).map((text) => Buffer.from(text.repeat(20))),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(pieces, fc.nat({ max: 9 }), (all, level) => {
        const writer = new GzipWriter(level)
        for (const piece of all) {
          const before = writer.length
          writer.write(piece)
          expect(writer.length - before).toBeLessThanOrEqual(GzipWriter.largestPiece(piece.length))
        }
        const { length } = writer
        const file = writer.end()
        expect(file.length).toBe(length)
        expect(Buffer.compare(gunzipSync(file), Buffer.concat(all))).toBe(0)
      }),
    )
  })

  it('writes no time and no operating system', () => {
    const writer = new GzipWriter(6)
    expect([...writer.end()]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  })
})
