import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MacAddress } from '../src/net/mac-address.ts'
import { decodePacket } from '../src/packet/decode-packet.ts'
import { encodeLayers } from '../src/packet/encode-layers.ts'
import { encodeIpPacket, encodePacket, frameLength } from '../src/packet/encode-packet.ts'
import { decodeChunkedBody } from '../src/packet/http/http-body.ts'
import { LINK_TYPE } from '../src/packet/link-type.ts'
import { CaptureReader } from '../src/packet/pcap/capture-reader.ts'
import { opensslClientHello } from '../src/packet/tls/openssl-hello.ts'
import { encodeTlsRecords, tlsHandshakeRecords } from '../src/packet/tls/tls-record.ts'
import { toPacket } from '../src/packet/to-packet.ts'
import { unwrapVxlan } from '../src/packet/unwrap-vxlan.ts'
import { bytes, packet, uint8 } from './pcap-arbitraries.ts'
import { fromHexdump, GOLDEN_PACKETS } from './pcap-golden-packets.ts'
import { requireSampleCaptures, SAMPLE_CAPTURES, sampleCapture } from './pcap-samples.ts'

// Damaged packets and files: nothing throws, hangs or reads beyond, and what is found wrong is located.

const MACS = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
const LINK_TYPES = [...Object.values(LINK_TYPE), 147]

const made = packet().map((value) => {
  const frame = new Uint8Array(frameLength(value))
  encodePacket(value, frame, 0, MACS)
  return frame
})
const golden = fc.constantFrom(...Object.values(GOLDEN_PACKETS).map(fromHexdump))
const hello = bytes(32, 32).map((random) => {
  const records = encodeTlsRecords(tlsHandshakeRecords([opensslClientHello({ server: 'example.com', protocols: ['h2'], random, sessionId: random, publicKey: random })])) // biome-ignore format: one hello
  const frame = fromHexdump(GOLDEN_PACKETS.http).slice(0, 54)
  const whole = Uint8Array.from([...frame, ...records])
  new DataView(whole.buffer).setUint16(16, whole.length - 14)
  return whole
})
const sampled = SAMPLE_CAPTURES.flatMap((name) => {
  const frames: Uint8Array[] = []
  const reader = new CaptureReader({ onPacket: ({ data }) => frames.push(data.slice()), onIssue: () => {} })
  reader.push(sampleCapture(name))
  return frames
})

type Change = (bytes: Uint8Array) => Uint8Array
/** What damages do: bytes that change, vanish, repeat or come from elsewhere, and a packet that ends early. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(), uint8).map(([at, value]) => (base: Uint8Array) => {
    const copy = base.slice()
    if (copy.length > 0) copy[at % copy.length] = value
    return copy
  }),
  fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0xc0)).map(([at, value]) => (base: Uint8Array) => {
    const copy = base.slice()
    copy.fill(value, at % (copy.length + 1), (at % (copy.length + 1)) + 2)
    return copy
  }),
  fc.nat().map((at) => (base: Uint8Array) => base.slice(0, at % (base.length + 1))),
  fc.tuple(fc.nat(), fc.nat(9)).map(([at, length]) => (base: Uint8Array) => {
    const start = at % (base.length + 1)
    return Uint8Array.from([...base.subarray(0, start), ...base.subarray(start + length)])
  }),
  fc.tuple(fc.nat(), bytes(9)).map(([at, more]) => (base: Uint8Array) => {
    const start = at % (base.length + 1)
    return Uint8Array.from([...base.subarray(0, start), ...more, ...base.subarray(start)])
  }),
)

function damaged(base: fc.Arbitrary<Uint8Array>, maxLength = 6): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(base, fc.array(change, { maxLength }))
    .map(([whole, changes]) => changes.reduce((data, apply) => apply(data), whole))
}

function takeApart(data: Uint8Array, linkType: number): void {
  const { layers, layerOffsets, payload, issues, quoted } = decodePacket(data, linkType)
  expect(layers.length).toBe(layerOffsets.length)
  for (const { offset } of [...issues, ...(quoted?.issues ?? [])]) {
    expect(offset).toBeGreaterThanOrEqual(0)
    expect(offset).toBeLessThanOrEqual(data.length)
  }
  expect(payload.byteOffset + payload.length).toBeLessThanOrEqual(data.byteOffset + data.length)
  // What decodes can be written, unless its lengths were changed so that it cannot be.
  try {
    encodeLayers(layers, payload)
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
  }
  for (const originalLength of [data.length, Number.POSITIVE_INFINITY]) {
    const reading = toPacket(data, linkType, originalLength)
    if (reading.kind !== 'packet' || reading.packet.length > 9000) continue
    const again = new Uint8Array(reading.packet.length)
    encodeIpPacket(reading.packet, again, 0)
    const second = toPacket(again, LINK_TYPE.raw)
    expect(second.kind).toBe('packet')
    if (second.kind === 'packet') expect(second.packet.length).toBe(reading.packet.length)
  }
  unwrapVxlan(data, linkType)
}

requireSampleCaptures()

describe('damaged packets', () => {
  const base = fc.oneof(made, golden, hello)

  it('are taken apart as far as it goes', () => {
    fc.assert(
      fc.property(
        damaged(base),
        fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.constantFrom(...LINK_TYPES)),
        takeApart,
      ),
      { numRuns: 4000 },
    )
  })

  it('of random bytes alone are, too', () => {
    fc.assert(
      fc.property(bytes(120), fc.constantFrom(...LINK_TYPES), (data, linkType) => {
        takeApart(data, linkType)
        decodeChunkedBody(data, 0, data.length)
      }),
      { numRuns: 2000 },
    )
  })

  it.skipIf(sampled.length === 0)('of real captures are, too (skipped where they are not beside the project)', () => {
    fc.assert(
      fc.property(damaged(fc.constantFrom(...sampled)), (data) => takeApart(data, 1)),
      { numRuns: 2000 },
    )
  })
})

describe.skipIf(SAMPLE_CAPTURES.length === 0)(
  'damaged captures (skipped where they are not beside the project)',
  () => {
    it.each(SAMPLE_CAPTURES)('%s with changed bytes is read up to the damage', (name) => {
      const whole = sampleCapture(name)
      fc.assert(
        fc.property(
          damaged(fc.constant(whole), 3),
          fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 20 }),
          (file, lengths) => {
            let packets = 0
            let issues = 0
            let at = 0
            const reader = new CaptureReader({
              onPacket: ({ data, offset }) => {
                packets += 1
                expect(offset + 16 + data.length).toBeLessThanOrEqual(file.length)
                decodePacket(data)
              },
              onIssue: ({ offset }) => {
                issues += 1
                expect(offset).toBeLessThanOrEqual(file.length)
              },
            })
            for (const length of [...lengths, file.length]) {
              reader.push(file.subarray(at, at + length))
              at += length
            }
            reader.end()
            expect(packets > 0 || issues > 0 || file.length === 24).toBe(true)
          },
        ),
        { numRuns: 200 },
      )
    })
  },
)
