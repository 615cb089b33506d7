import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, parseJson } from './json-text.ts'

test('takes what JSON.parse takes and means the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const canonical = canonicalJson(JSON.stringify(value, null, space))
      expect(JSON.parse(canonical ?? 'undefined')).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('refuses what JSON.parse refuses', () => {
  const text = fc.stringMatching(/^[[\]{}",:0-9.eE+\-ntrualsf \\]{0,12}$/)
  const isJson = (candidate: string): boolean => {
    try {
      JSON.parse(candidate)
      return true
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(text, (candidate) => {
      expect(parseJson(candidate) !== undefined).toBe(isJson(candidate))
    }),
    { numRuns: 5000 },
  )
})

test('is a normal form', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const canonical = canonicalJson(text)
      expect(canonicalJson(canonical ?? '')).toBe(canonical)
    }),
  )
})

test('sorts keys, keeps large integers and the point of a double', () => {
  expect(canonicalJson(' {"b": 1.0, "a": 123456789012345678901234567890, "b": 1e3} ')).toBe(
    '{"a":123456789012345678901234567890,"b":1000.0}',
  )
})

test('a text nested without end is refused and does not overflow the stack', () => {
  expect(parseJson('['.repeat(100_000))).toBeUndefined()
})
