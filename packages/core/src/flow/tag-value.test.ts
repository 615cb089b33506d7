import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tagValue } from './tag-value.ts'

describe('tag values in records', () => {
  it('are read back by percent-decoding, and have nothing that breaks a line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        const text = tagValue({ Name: value }, 'Name') ?? ''
        expect(decodeURIComponent(text)).toBe(value)
        expect(text).toMatch(/^[!-~]+$/)
      }),
    )
  })

  it('are absent without the tag, without a key, and where they are empty', () => {
    expect(tagValue({ Name: 'a' }, 'Other')).toBeUndefined()
    expect(tagValue({ Name: 'a' }, 'toString')).toBeUndefined()
    expect(tagValue({ Name: 'a' }, undefined)).toBeUndefined()
    expect(tagValue(undefined, 'Name')).toBeUndefined()
    expect(tagValue({ Name: '' }, 'Name')).toBeUndefined()
  })

  it('take half a surrogate pair for an unknown character', () => {
    expect(tagValue({ Name: 'a\ud800b' }, 'Name')).toBe('a%EF%BF%BDb')
  })
})
