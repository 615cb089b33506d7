import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TextInterner } from './text-interner.ts'

it('gives each text the index of its first use, batch after batch', () => {
  const texts = fc.array(fc.oneof(fc.string(), fc.nat({ max: 2_000 }).map(String)), { maxLength: 3_000 })
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 3 }), (batches) => {
      const interner = new TextInterner()
      for (const batch of batches) {
        const expected = [...new Set(batch)]
        const indices = batch.map((text) => {
          const bytes = Buffer.from(`x${text}x`)
          const found = interner.find(bytes, 1, bytes.length - 1)
          return found >= 0 ? found : interner.add(bytes, 1, bytes.length - 1)
        })
        expect(indices).toEqual(batch.map((text) => expected.indexOf(text)))
        const dictionary = interner.take()
        expect(expected.map((_text, index) => dictionary.text(index))).toEqual(
          expected.map((text) => Buffer.from(text).toString()),
        )
      }
    }),
    { numRuns: 30 },
  )
})
