import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeNtp, encodeNtp, type NtpMessage, ntpTimestamp, ntpUnixMicroseconds } from './ntp.ts'

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff })
const signed = fc.integer({ min: -128, max: 127 })
const timestamp = fc.record({ seconds: uint32, fraction: uint32 })
const message: fc.Arbitrary<NtpMessage> = fc.record({
  kind: fc.constant('ntp' as const),
  leapIndicator: fc.integer({ min: 0, max: 3 }),
  version: fc.integer({ min: 1, max: 4 }),
  mode: fc.integer({ min: 1, max: 5 }),
  stratum: fc.integer({ min: 0, max: 255 }),
  poll: signed,
  precision: signed,
  rootDelay: uint32,
  rootDispersion: uint32,
  referenceId: uint32,
  reference: timestamp,
  origin: timestamp,
  receive: timestamp,
  transmit: timestamp,
  extension: fc.uint8Array({ maxLength: 24 }),
})

describe('NTP messages', () => {
  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(decodeNtp(encodeNtp(value))).toEqual(value)
      }),
    )
  })

  it('are refused where they are too short or of another mode', () => {
    expect(decodeNtp(new Uint8Array(47))).toMatchObject({ kind: 'issue', code: 'truncated', offset: 47 })
    expect(decodeNtp(Uint8Array.of(0x16, ...new Uint8Array(60)))).toMatchObject({
      kind: 'issue',
      code: 'invalid-value',
    })
    expect(decodeNtp(Uint8Array.of(0x3b, ...new Uint8Array(60)))).toMatchObject({
      message: expect.stringContaining('version 7'),
    })
  })
})

describe('NTP timestamps', () => {
  it('have the seconds of known instants', () => {
    // RFC 5905 section 6, figure 4
    expect(ntpTimestamp(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 })
    expect(ntpTimestamp(Date.UTC(2000, 0, 1) * 1000)).toEqual({ seconds: 3_155_673_600, fraction: 0 })
    expect(ntpTimestamp(Date.UTC(2036, 1, 7, 6, 28, 16) * 1000)).toEqual({ seconds: 0, fraction: 0 })
    expect(ntpTimestamp(500_000)).toEqual({ seconds: 2_208_988_800, fraction: 0x8000_0000 })
  })

  it('keep the microsecond from 1970 to 2104', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2104, 0, 1) * 1000 }), (microseconds) => {
        expect(ntpUnixMicroseconds(ntpTimestamp(microseconds))).toBe(microseconds)
      }),
    )
  })
})
