import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDouble, formatDoubleAsVarchar, formatReal } from './java-number.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

test('a double reads back from its text, to the bit', () => {
  fc.assert(
    fc.property(finite, (value) => {
      expect(Number(formatDouble(value))).toBe(value)
    }),
    { numRuns: 5000 },
  )
})

test('a real reads back from its text', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Math.fround(Number(formatReal(value)))).toBe(value)
    }),
    { numRuns: 5000 },
  )
})

test('the form is that of java.lang.Double: plain from 0.001 to 10^7, else one digit before the point', () => {
  fc.assert(
    fc.property(finite, (value) => {
      const size = Math.abs(value)
      const isPlain = size === 0 || (size >= 1e-3 && size < 1e7)
      expect(formatDouble(value)).toMatch(isPlain ? /^-?\d+\.\d+$/ : /^-?[1-9]\.\d+E-?\d+$/)
    }),
    { numRuns: 5000 },
  )
})

test('no text with fewer digits reads back as the same number', () => {
  fc.assert(
    fc.property(finite, (value) => {
      const digits = formatDouble(value)
        .replace(/E.*/, '')
        .replace(/[-.]/g, '')
        .replace(/^0+|0+$/g, '').length
      if (digits > 2) expect(Number(value.toPrecision(digits - 1))).not.toBe(value)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  [1000, '1000.0'],
  [1e10, '1.0E10'],
  [1e-5, '1.0E-5'],
  [9999999, '9999999.0'],
  [1e7, '1.0E7'],
  [0.001, '0.001'],
  [-0, '-0.0'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.MIN_VALUE, '4.9E-324'],
  [Number.MAX_VALUE, '1.7976931348623157E308'],
  [123.456, '123.456'],
])('%d prints as %s', (value, text) => {
  expect(formatDouble(value)).toBe(text)
})

test('CAST(x AS varchar) always has an exponent', () => {
  expect([0, -0, 1, 12345.678].map(formatDoubleAsVarchar)).toEqual(['0E0', '-0E0', '1.0E0', '1.2345678E4'])
})
