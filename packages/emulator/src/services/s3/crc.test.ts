import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CRC32, CRC32C, CRC64NVME, Crc, type CrcKind, combineCrc } from './crc.ts'

const crcOf = (kind: CrcKind, ...pieces: readonly Uint8Array[]): bigint => {
  const crc = new Crc(kind)
  for (const piece of pieces) crc.update(piece)
  return BigInt(`0x${Buffer.from(crc.digest()).toString('hex')}`)
}
const bytes = fc.uint8Array({ maxLength: 100 })

describe('cyclic redundancy checks', () => {
  // The check values of the catalogue of parametrised CRC algorithms, of '123456789'.
  it.each([
    ['CRC-32/ISO-HDLC', CRC32, 0xcbf43926n],
    ['CRC-32/ISCSI', CRC32C, 0xe3069283n],
    ['CRC-64/NVME', CRC64NVME, 0xae8b14860a799888n],
  ])('have the published check value: %s', (_name, kind, value) => {
    expect(crcOf(kind, Buffer.from('123456789'))).toBe(value)
  })

  it('are zlib where zlib has them', () => {
    fc.assert(fc.property(bytes, (content) => crcOf(CRC32, content) === BigInt(crc32(content))))
  })

  it.each([
    ['CRC32', CRC32],
    ['CRC32C', CRC32C],
    ['CRC64NVME', CRC64NVME],
  ])('are the same however the bytes come, and of two stretches put together: %s', (_name, kind) => {
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const whole = crcOf(kind, Buffer.concat([first, second]))
        expect(crcOf(kind, first, second)).toBe(whole)
        expect(combineCrc(kind, crcOf(kind, first), crcOf(kind, second), second.length)).toBe(whole)
      }),
    )
  })
})
