import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { checksumOf, fold, onesComplementSum, pseudoHeaderSum } from './internet-checksum.ts'

/** RFC 1071 section 4.1, with big integers and one step per carry. */
function reference(bytes: Uint8Array): number {
  let sum = 0n
  for (let at = 0; at < bytes.length; at += 2) sum += BigInt((bytes[at] as number) * 256 + (bytes[at + 1] ?? 0))
  while (sum > 0xffffn) sum = (sum & 0xffffn) + (sum >> 16n)
  return Number(sum)
}

describe('onesComplementSum', () => {
  it('is the sum of RFC 1071 section 3', () => {
    const bytes = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)
    expect(onesComplementSum(bytes, 0, 8)).toBe(0xddf2)
    expect(checksumOf(0xddf2)).toBe(0x220d)
  })

  it('is the sum of 16-bit words at any place of any length', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300, size: 'max' }),
        fc.nat(9),
        fc.nat(9),
        fc.nat(9),
        fc.nat(0xffff),
        (data, before, shift, behind, initial) => {
          // A view that starts anywhere in its buffer, with other bytes around the range.
          const buffer = new Uint8Array(before + shift + data.length + behind).fill(0xee)
          buffer.set(data, before + shift)
          const view = buffer.subarray(before)
          const expected = fold(reference(data) + initial)
          expect(onesComplementSum(view, shift, shift + data.length, initial)).toBe(expected)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('does not lose carries in the largest packets', () => {
    for (const length of [65_535, 65_534, 131_072]) {
      const bytes = new Uint8Array(length + 1).fill(0xff)
      for (const start of [0, 1])
        expect(onesComplementSum(bytes, start, length)).toBe(reference(bytes.subarray(start, length)))
    }
  })

  it('follows a buffer that is written to, and changes buffers', () => {
    const [a, b] = [new Uint8Array(64).fill(1), new Uint8Array(64).fill(2)]
    for (let round = 0; round < 3; round += 1) {
      a[round] = 0xaa
      expect(onesComplementSum(a, 0, 64)).toBe(reference(a))
      expect(onesComplementSum(b, 0, 64)).toBe(reference(b))
    }
  })
})

describe('pseudoHeaderSum', () => {
  it('is the sum over the pseudo-headers of RFC 9293 and RFC 8200', () => {
    const header4 = [10, 0, 1, 101, 93, 184, 216, 34, 0, 6, 0x12, 0x34]
    const sum4 = pseudoHeaderSum(IpAddress.of('10.0.1.101'), IpAddress.of('93.184.216.34'), 6, 0x1234)
    expect(fold(sum4)).toBe(reference(Uint8Array.from(header4)))
    const [source, destination] = [IpAddress.of('2001:db8::1:2'), IpAddress.of('fe80::ffff:1')]
    const header6 = [...source.toBytes(), ...destination.toBytes(), 0, 1, 0x12, 0x34, 0, 0, 0, 58]
    expect(fold(pseudoHeaderSum(source, destination, 58, 0x11234))).toBe(reference(Uint8Array.from(header6)))
  })
})
