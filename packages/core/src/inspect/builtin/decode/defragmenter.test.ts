import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../../../net/ip-address.ts'
import { encodeIpPacket } from '../../../packet/encode-packet.ts'
import { fragmentPacket } from '../../../packet/fragment-packet.ts'
import { LINK_TYPE } from '../../../packet/link-type.ts'
import { Packet } from '../../../packet/packet.ts'
import { InspectionCounters } from '../inspection-counters.ts'
import { FrameDecoder } from './frame-decoder.ts'

const ENDS = {
  4: { source: IpAddress.of('10.0.1.10'), destination: IpAddress.of('10.0.2.20') },
  6: { source: IpAddress.of('2001:db8::1'), destination: IpAddress.of('2001:db8::2') },
} as const

function ipBytes(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(packet.length)
  encodeIpPacket(packet, bytes, 0)
  return bytes
}

/** Payloads of the whole datagrams that come out of frames. */
function datagrams(frames: readonly Uint8Array[]): { payloads: Uint8Array[]; events: string[] } {
  const payloads: Uint8Array[] = []
  const events: string[] = []
  const decoder = new FrameDecoder(
    {
      onPacket: (packet) => {
        if (packet.hasTransport) payloads.push(packet.payload.slice())
      },
      onDecodeEvent: (_packet, event) => events.push(event),
    },
    new InspectionCounters(),
  )
  frames.forEach((data, index) => {
    decoder.decode({
      number: index + 1,
      linkType: LINK_TYPE.raw,
      timeSeconds: 1,
      timeNanoseconds: index,
      data,
      originalLength: data.length,
    })
  })
  return { payloads, events }
}

describe('fragments', () => {
  it('come together in any order and size, each once', () => {
    const orders = fc.array(fc.nat(), { minLength: 64, maxLength: 64 })
    fc.assert(
      fc.property(
        fc.constantFrom(4 as const, 6 as const),
        fc.uint8Array({ minLength: 1500, maxLength: 5000 }),
        fc.integer({ min: 0, max: 30 }),
        orders,
        (version, payload, extra, ranks) => {
          const packet = new Packet({
            ...ENDS[version],
            protocol: 17,
            sourcePort: 1000,
            destinationPort: 2000,
            identification: 77,
            payload,
          })
          const mtu = (version === 4 ? 200 : 1280) + extra * 8
          const frames = fragmentPacket(packet, mtu)
            .map((fragment, index) => ({ frame: ipBytes(fragment), rank: ranks[index % 64] ?? 0 }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ frame }) => frame)
          const { payloads, events } = datagrams(frames)
          expect(payloads).toEqual([payload])
          expect(events).toEqual([])
        },
      ),
      { numRuns: 200 },
    )
  })
})
