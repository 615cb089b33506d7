import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { writeAddress, writeNumber } from './text-digits.ts'

function text(write: (bytes: Uint8Array, at: number) => number): string {
  const bytes = new Uint8Array(64).fill(0x78)
  const end = write(bytes, 3)
  return Buffer.from(bytes.subarray(3, end)).toString()
}

describe('digits', () => {
  it('of numbers are those of String', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(), fc.nat({ max: 70_000 })), (value) => {
        expect(text((bytes, at) => writeNumber(bytes, at, value))).toBe(String(value))
      }),
      { numRuns: 2000 },
    )
    for (let power = 0; power < 16; power += 1) {
      for (const value of [10 ** power - 1, 10 ** power, 10 ** power + 1]) {
        expect(text((bytes, at) => writeNumber(bytes, at, value))).toBe(String(value))
      }
    }
  })

  it('of addresses are the canonical ones', () => {
    const word = fc.oneof(fc.constantFrom(0, 1, 0x10000, 0xffff, 0xffff0000), fc.nat({ max: 0xffffffff }))
    fc.assert(
      fc.property(word, word, word, word, fc.boolean(), (a, b, c, d, isIpv6) => {
        const address = isIpv6 ? IpAddress.fromIpv6Words(a, b, c, d) : IpAddress.fromIpv4Bits(d)
        expect(text((bytes, at) => writeAddress(bytes, at, address))).toBe(address.toString())
      }),
      { numRuns: 3000 },
    )
  })

  it.each(['::', '::1', '1::', '2001:db8::1:0:0:1', '1:0:0:2::3', '1:2:3:4:5:6:7:8', '0:1:0:1:0:1:0:1', 'fe80::'])(
    'writes %s',
    (canonical) => {
      expect(text((bytes, at) => writeAddress(bytes, at, IpAddress.of(canonical)))).toBe(canonical)
    },
  )
})
