import buffer from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineFilter, type LineCondition } from './line-filter.ts'

const blockOf = (lines: readonly string[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(lines.map((line) => `${line}\n`).join('')))
const linesOf = (block: Uint8Array): string[] => Buffer.from(block).toString().split('\n').slice(0, -1)

describe('a line filter', () => {
  it('keeps every line that meets all conditions, in order, and nothing that is no line', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' ', '1'), minLength: 1, maxLength: 3 })
    const line = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' ', '1', 'x', 'y', 'z'), maxLength: 12 })
    const conditions = fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 3 })
    let dropped = 0
    fc.assert(
      fc.property(fc.array(line, { maxLength: 200 }), conditions, (lines, wanted) => {
        const kept = linesOf(createLineFilter(buffer, wanted)(blockOf(lines)))
        const meets = (candidate: string): boolean =>
          wanted.every((texts) => texts.some((part) => candidate.includes(part)))
        expect(kept.filter(meets)).toEqual(lines.filter(meets))
        // Either it looked to the end, or it gave up and left the block whole.
        expect(kept).toEqual(kept.length === lines.length ? lines : lines.filter(meets))
        dropped += lines.length - kept.length
      }),
      { numRuns: 500 },
    )
    expect(dropped).toBeGreaterThan(0)
  })

  it('leaves a block whole where it would keep much of it', () => {
    const half = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? 'REJECT' : 'ACCEPT'))
    const few = Array.from({ length: 1000 }, (_, index) => (index % 50 === 0 ? 'REJECT' : 'ACCEPT'))
    const reject: readonly LineCondition[] = [['REJECT']]
    expect(linesOf(createLineFilter(buffer, reject)(blockOf(half)))).toEqual(half)
    expect(linesOf(createLineFilter(buffer, reject)(blockOf(few)))).toEqual(few.filter((line) => line === 'REJECT'))
  })

  it('finds each of several texts, and the last line too', () => {
    const lines = ['10.0.0.1', 'x', 'x', '10.0.0.2', 'x', '10.0.0.1 10.0.0.2', 'x', '10.0.0.2']
    expect(linesOf(createLineFilter(buffer, [['10.0.0.2', '10.0.0.1']])(blockOf(lines)))).toEqual(
      lines.filter((line) => line !== 'x'),
    )
  })
})
