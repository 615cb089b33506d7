import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonScanner, JsonSyntaxError } from './json-scanner.ts'

test('a copy means what the text means', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), fc.constantFrom(undefined, 1, '\t'), (json, space) => {
      const value: unknown = JSON.parse(json)
      const copy = new JsonScanner(JSON.stringify(value, null, space)).copy()
      expect(JSON.parse(copy)).toEqual(value)
      expect(copy).not.toMatch(/[\t\n]/)
    }),
  )
})

test('a whole text is taken where JSON.parse takes it', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '1',
    '-',
    '.',
    '0',
    'e',
    'true',
    'null',
    ' ',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      expect(isTaken(() => readWhole(text))).toBe(isTaken(() => JSON.parse(text)))
    }),
    { numRuns: 2000 },
  )
})

function readWhole(text: string): void {
  const scanner = new JsonScanner(text)
  scanner.skip()
  if (!scanner.atEnd()) throw new JsonSyntaxError('more text')
}

function isTaken(read: () => void): boolean {
  try {
    read()
    return true
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof SyntaxError) return false
    throw error
  }
}
