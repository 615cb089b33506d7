import { isIPv4, isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBigInt, decodeNumber, isAddress, isIpv4Address, isIpv6Address } from './field-decoders.ts'

/** The text with other bytes around it, which a decoder must not look at. */
function within<Result>(text: string, decode: (bytes: Uint8Array, start: number, end: number) => Result): Result {
  const bytes = Buffer.from(`1:${text}:1`)
  return decode(bytes, 2, bytes.length - 2)
}

const hexGroup = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), maxLength: 5 })
const nearlyIpv4 = fc.array(fc.oneof(fc.nat({ max: 300 }).map(String), fc.constantFrom('', '00', '01', '1e1', '-1')), {
  minLength: 3,
  maxLength: 5,
}) // biome-ignore format: one thing
const nearlyIpv6 = fc
  .tuple(
    fc.array(hexGroup, { maxLength: 9 }),
    fc.constantFrom('', ':', '::'),
    fc.constantFrom('', ':', '::', ':1.2.3.4'),
  )
  .map(([groups, before, after]) => before + groups.join(':') + after)

describe('addresses', () => {
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4Extended(),
    nearlyIpv4.map((octets) => octets.join('.')),
    nearlyIpv6,
    fc.string({ unit: fc.constantFrom(...'0:.fg1'), maxLength: 12 }),
  )

  it('are what Node takes for addresses', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(within(text, isIpv4Address)).toBe(isIPv4(text))
        expect(within(text, isIpv6Address)).toBe(isIPv6(text))
      }),
      { numRuns: 5_000 },
    )
  })

  it.each([
    ['::', true],
    ['::1', true],
    ['1::', true],
    ['1:2:3:4:5:6:7:8', true],
    ['1:2:3:4:5:6:7::', true],
    ['::ffff:192.0.2.1', true],
    ['1:2:3:4:5:6:192.0.2.1', true],
    ['64:ff9b::192.0.2.33', true],
    ['1:2:3:4:5:6:7:8::', false],
    ['::1:2:3:4:5:6:7:8', false],
    ['1:2:3:4:5:6:7:192.0.2.1', false],
    ['::192.0.2.1:1', false],
    ['fe80::1%eth0', false],
    ['1::2::3', false],
    [':::', false],
    ['12345::', false],
    ['10.0.0.1', true],
    ['010.0.0.1', false],
    ['10.0.0.256', false],
    ['10.0.0', false],
    ['10.0.0.1.', false],
    ['', false],
  ])('%s: %s', (text, expected) => {
    expect(within(text, isAddress)).toBe(expected)
  })
})

describe('numbers', () => {
  const texts = fc.oneof(
    fc.bigInt({ min: 0n, max: 10n ** 21n }).map(String),
    fc.tuple(fc.nat({ max: 10 }), fc.nat()).map(([zeros, value]) => '0'.repeat(zeros) + value),
    fc.string({ unit: fc.constantFrom(...'0123456789-+.e/: '), maxLength: 22 }),
  )

  it('are 1 to 19 digits', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const expected = /^[0-9]{1,19}$/.test(text) ? BigInt(text) : undefined
        expect(within(text, decodeBigInt)).toBe(expected)
        expect(within(text, decodeNumber)).toBe(expected === undefined || text.length > 15 ? -1 : Number(expected))
      }),
      { numRuns: 2_000 },
    )
  })
})
