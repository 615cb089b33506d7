import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MacAddress } from './mac-address.ts'

const six = fc.uint8Array({ minLength: 6, maxLength: 6 })

describe('MacAddress', () => {
  it('is its six bytes, in text and back', () => {
    fc.assert(
      fc.property(six, fc.nat(3), (bytes, offset) => {
        const padded = new Uint8Array(12)
        padded.set(bytes, offset)
        const address = MacAddress.fromBytes(padded, offset)
        const text = Buffer.from(bytes)
          .toString('hex')
          .replaceAll(/..(?!$)/g, '$&:')
        expect([`${address}`, JSON.stringify(address)]).toEqual([text, `"${text}"`])
        expect(MacAddress.of(text.toUpperCase().replaceAll(':', '-')).equals(address)).toBe(true)
        const written = new Uint8Array(12)
        expect(address.writeTo(written, offset)).toBe(6)
        expect(written).toEqual(padded)
        expect(MacAddress.fromBits(address.high16, address.low32).equals(address)).toBe(true)
      }),
    )
  })

  it('tells addresses apart', () => {
    const address = MacAddress.of('02:00:00:00:00:01')
    expect(
      address.equals(MacAddress.of('02:00:00:00:00:02')) || address.equals(MacAddress.of('03:00:00:00:00:01')),
    ).toBe(false)
  })

  it('refuses what is no address', () => {
    for (const text of [
      '',
      '02:00:00:00:00',
      '02:00:00:00:00:0g',
      '02:00-00:00:00:01',
      '020000000001',
      '02:00:00:00:00:01:02',
    ]) {
      expect(MacAddress.parse(text), text).toBeUndefined()
      expect(() => MacAddress.of(text)).toThrow(`'${text}' is not a MAC address`)
    }
  })
})
