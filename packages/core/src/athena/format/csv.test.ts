import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ResultText } from '../result.ts'
import { formatCsv } from './csv.ts'

async function csvOf(
  names: readonly string[],
  batches: readonly (readonly (readonly ResultText[])[])[],
): Promise<string> {
  let text = ''
  for await (const part of formatCsv(names, asyncOf(batches))) text += part
  return text
}

async function* asyncOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

/** A reader that knows Athena's two kinds of empty field: unquoted is NULL, quoted is a text. */
function parse(text: string): ResultText[][] {
  const rows: ResultText[][] = []
  let row: ResultText[] = []
  let at = 0
  while (at < text.length) {
    let value: ResultText = null
    if (text[at] === '"') {
      value = ''
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (text[at] === '"') at += 1
        value += text[at]
      }
      at += 1
    }
    row.push(value)
    if (text[at] === '\n') {
      rows.push(row)
      row = []
    } else expect(text[at]).toBe(',')
    at += 1
  }
  expect(row).toEqual([])
  return rows
}

describe('Athena’s CSV', () => {
  it('gives back every value, NULL and the empty text apart, whatever the batches', async () => {
    const value = fc.option(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '\0', "'") }))
    const rows = fc.integer({ min: 1, max: 5 }).chain((width) => {
      const row = fc.array(value, { minLength: width, maxLength: width })
      return fc.tuple(
        fc.array(fc.string(), { minLength: width, maxLength: width }),
        fc.array(fc.array(row, { maxLength: 4 }), { maxLength: 4 }),
      )
    })
    await fc.assert(
      fc.asyncProperty(rows, async ([names, batches]) => {
        expect(parse(await csvOf(names, batches))).toEqual([names, ...batches.flat()])
      }),
    )
  })

  it('is byte for byte as Athena writes it', async () => {
    expect(
      await csvOf(
        ['a', 'say "b"'],
        [
          [
            ['1', null],
            ['', 'x,"y"\nz'],
          ],
        ],
      ),
    ).toBe('"a","say ""b"""\n"1",\n"","x,""y""\nz"\n')
    expect(await csvOf(['a'], [])).toBe('"a"\n')
  })
})
