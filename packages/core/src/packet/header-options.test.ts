import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes } from '../../test/pcap-arbitraries.ts'
import {
  decodeIpv4Options,
  decodeTcpOptions,
  encodeHeaderOptions,
  findHeaderOption,
  type HeaderOption,
  maximumSegmentSize,
  TCP_OPTION,
} from './header-options.ts'

const option: fc.Arbitrary<HeaderOption> = fc
  .tuple(fc.integer({ min: 1, max: 255 }), bytes(8))
  .map(([type, data]) => ({ type, data: type === 1 ? new Uint8Array(0) : data }))
const options = fc
  .array(option, { maxLength: 8 })
  .filter((list) => list.reduce((sum, { type, data }) => sum + (type === 1 ? 1 : data.length + 2), 0) <= 40)

describe('header options', () => {
  it('decode to what was encoded, and are padded to words', () => {
    fc.assert(
      fc.property(options, (list) => {
        const encoded = encodeHeaderOptions(list)
        expect(encoded.length % 4).toBe(0)
        const decoded = decodeTcpOptions(encoded) as readonly HeaderOption[]
        // Padding is one end of list, where there is any.
        expect(decoded.slice(0, list.length)).toEqual(list)
        expect(decoded.slice(list.length).every(({ type }) => type === 0)).toBe(true)
        expect(decodeIpv4Options(encoded)).toEqual(decoded)
      }),
    )
  })

  it('are found by type, the first of them', () => {
    fc.assert(
      fc.property(options, (list) => {
        const encoded = encodeHeaderOptions(list)
        for (const { type } of list) {
          if (type === 1) continue
          expect(findHeaderOption(encoded, type)).toEqual(list.find((other) => other.type === type)?.data)
        }
        expect(findHeaderOption(encoded, 1)).toBeUndefined()
      }),
    )
    expect(maximumSegmentSize(Uint8Array.of(1, 1, 2, 4, 0x05, 0xb4, 0, 0))).toBe(1460)
    expect(maximumSegmentSize(Uint8Array.of(2, 3, 5, 0))).toBeUndefined()
    expect(findHeaderOption(Uint8Array.of(0, 2, 4, 1), TCP_OPTION.maximumSegmentSize)).toBeUndefined()
  })

  it('say where they are malformed, at any bytes', () => {
    expect(decodeTcpOptions(Uint8Array.of(1, 2, 9, 0), 34)).toEqual({
      kind: 'issue',
      code: 'invalid-length',
      layer: 'tcp',
      offset: 35,
      message: 'option 2 has length 9; 2 to 3 bytes fit here',
    })
    expect(decodeIpv4Options(Uint8Array.of(1, 1, 1, 7))).toMatchObject({
      layer: 'ipv4',
      offset: 3,
      message: expect.stringContaining('missing'),
    })
    fc.assert(
      fc.property(bytes(40), (data) => {
        const result = decodeTcpOptions(data, 100)
        if ('kind' in result) expect(result.offset).toBeLessThan(100 + data.length)
        findHeaderOption(data, 8)
      }),
    )
  })

  it('are refused beyond 40 bytes', () => {
    expect(() => encodeHeaderOptions([{ type: 9, data: new Uint8Array(39) }])).toThrow('at most 40 bytes, not 41')
  })
})
