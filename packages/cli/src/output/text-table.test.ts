import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { fitWidths, renderTextTable } from './text-table.ts'

describe('renderTextTable', () => {
  it('aligns columns under their names and leaves NULL empty', () => {
    const table = renderTextTable(
      [
        { name: 'action', align: 'left' },
        { name: 'sum', align: 'right' },
      ],
      [
        ['ACCEPT', '8585'],
        [null, '4249'],
      ],
      80,
    )
    expect(table).toBe(['action   sum', '──────  ────', 'ACCEPT  8585', '        4249', ''].join('\n'))
  })

  it('never writes a line wider than the terminal when the columns can be narrowed', () => {
    const cell = fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }), { nil: null })
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 6 })
          .chain((count) =>
            fc.tuple(
              fc.constant(count),
              fc.array(fc.array(cell, { minLength: count, maxLength: count }), { maxLength: 8 }),
            ),
          ),
        fc.integer({ min: 60, max: 120 }),
        ([count, rows], width) => {
          const columns = Array.from({ length: count }, (_, index) => ({ name: `c${index}`, align: 'left' as const }))
          for (const line of renderTextTable(columns, rows, width).split('\n')) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width)
          }
        },
      ),
    )
  })

  it('writes a block per row where the columns do not fit', () => {
    const columns = Array.from({ length: 4 }, (_, index) => ({ name: `column_${index}`, align: 'left' as const }))
    expect(renderTextTable(columns, [['a', 'b'.repeat(30), null, 'd']], 20)).toBe(
      ['── row 1 ───────────', 'column_0  a', 'column_1  bbbbbbbbb…', 'column_2', 'column_3  d', ''].join('\n'),
    )
  })

  it('writes one line per row whatever the values hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
        const table = renderTextTable(
          [{ name: 'v', align: 'left' }],
          values.map((value) => [value]),
          80,
        )
        expect(table.split('\n')).toHaveLength(values.length + 3)
      }),
    )
  })
})

describe('fitWidths', () => {
  it('takes from the widest columns first and keeps narrow ones whole', () => {
    expect(fitWidths([4, 50, 10], 34)).toEqual([4, 20, 10])
  })

  it('never goes below the narrowest width, and gives all that fits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 300 }),
        (natural, available) => {
          const widths = fitWidths(natural, available)
          const sum = widths.reduce((a, b) => a + b, 0)
          const least = natural.reduce((total, cells) => total + Math.min(cells, 6), 0)
          expect(sum).toBeLessThanOrEqual(Math.max(available, least))
          expect(sum).toBeGreaterThanOrEqual(
            Math.min(
              available,
              natural.reduce((a, b) => a + b, 0),
            ),
          )
          widths.forEach((cells, index) => {
            expect(cells).toBeLessThanOrEqual(natural[index] as number)
          })
        },
      ),
    )
  })
})
