import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packet as anyPacket, isError } from '../../test/pcap-arbitraries.ts'
import { IpAddress } from '../net/ip-address.ts'
import { decodePacket, findLayer } from './decode-packet.ts'
import { encodeIpPacket } from './encode-packet.ts'
import { fragmentPacket } from './fragment-packet.ts'
import { ipv6Fragment } from './ipv6.ts'
import { LINK_TYPE } from './link-type.ts'
import { Packet } from './packet.ts'
import { toPacket } from './to-packet.ts'

function bytesOf(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(packet.length)
  encodeIpPacket(packet, bytes, 0)
  return bytes
}

/** What a receiver makes of fragments: their data at their offsets, behind the first one's header. Knows nothing of `fragmentPacket`. */
function reassembled(fragments: readonly Packet[]): Uint8Array {
  const parts = fragments.map((fragment) => {
    const bytes = bytesOf(fragment)
    const [layer] = decodePacket(bytes, LINK_TYPE.raw).layers
    if (layer?.kind === 'ipv4')
      return {
        offset: layer.fragmentOffset,
        data: bytes.subarray(20 + layer.options.length),
        more: layer.moreFragments,
      }
    if (layer?.kind !== 'ipv6') throw new Error('no IP header')
    const { fragmentOffset, moreFragments } = ipv6Fragment(layer) ?? { fragmentOffset: 0, moreFragments: false }
    // The unfragmentable part is what precedes the fragment header; then 8 bytes of that.
    const before = layer.extensions.slice(
      0,
      layer.extensions.findIndex(({ kind }) => kind === 'fragment'),
    )
    const start = before.reduce(
      (sum, extension) => sum + (extension.kind === 'extension' ? extension.data.length + 2 : 0),
      48,
    )
    return { offset: fragmentOffset, data: bytes.subarray(start), more: moreFragments }
  })
  const data = new Uint8Array(Math.max(...parts.map((part) => part.offset + part.data.length)))
  let covered = 0
  for (const part of parts.toSorted((a, b) => a.offset - b.offset)) {
    expect(part.offset).toBe(covered)
    covered += part.data.length
    data.set(part.data, part.offset)
    expect(part.more).toBe(covered < data.length)
  }
  return data
}

/** The part of a whole packet that fragments share among them. */
function fragmentable(packet: Packet): Uint8Array {
  const bytes = bytesOf(packet)
  const layer = findLayer(decodePacket(bytes, LINK_TYPE.raw), packet.source.version === 4 ? 'ipv4' : 'ipv6')
  if (layer?.kind === 'ipv4') return bytes.subarray(20 + layer.options.length)
  let start = 40
  for (let next = bytes[6] as number, at = 40; next === 0 || next === 43 || next === 60; ) {
    const length = ((bytes[at + 1] as number) + 1) * 8
    if (next !== 60) start = at + length
    next = bytes[at] as number
    at += length
  }
  return bytes.subarray(start)
}

const whole = anyPacket({ maxPayload: 3000 }).filter(
  ({ fragmentOffset, dontFragment, moreFragments }) => fragmentOffset === 0 && !dontFragment && !moreFragments,
)
const mtu = fc.integer({ min: 200, max: 1500 })

describe('fragmentPacket', () => {
  it('gives fragments that fit and make up the packet, its checksum included', () => {
    fc.assert(
      fc.property(whole, mtu, (packet, limit) => {
        const fragments = fragmentPacket(packet, limit)
        expect(fragments.every(({ length }) => length <= limit)).toBe(true)
        if (packet.length <= limit) expect(fragments).toEqual([packet])
        else expect(reassembled(fragments)).toEqual(fragmentable(packet))
      }),
      { numRuns: 500 },
    )
  })

  it('gives fragments that read back as they are', () => {
    fc.assert(
      fc.property(whole, mtu, (packet, limit) => {
        for (const fragment of fragmentPacket(packet, limit)) {
          const reading = toPacket(bytesOf(fragment), LINK_TYPE.raw)
          if (reading.kind !== 'packet') throw new Error(reading.kind)
          expect(bytesOf(reading.packet)).toEqual(bytesOf(fragment))
          expect(reading.packet).toMatchObject({
            fragmentOffset: fragment.fragmentOffset,
            moreFragments: fragment.moreFragments,
            length: fragment.length,
          })
        }
      }),
      { numRuns: 200 },
    )
  })

  it('of fragments gives fragments of the same packet', () => {
    fc.assert(
      fc.property(
        whole.filter((packet) => packet.source.version === 4 && !isError(packet)),
        fc.integer({ min: 300, max: 1500 }),
        fc.integer({ min: 200, max: 299 }),
        (packet, first, second) => {
          if (packet.length <= first) return
          const fragments = fragmentPacket(packet, first).flatMap((fragment) => fragmentPacket(fragment, second))
          expect(reassembled(fragments)).toEqual(fragmentable(packet))
        },
      ),
    )
  })

  it('keeps the checksum right when a router changes the addresses of the first fragment', () => {
    const [source, destination, translated] = ['10.0.1.101', '10.0.2.101', '54.1.2.3'].map(IpAddress.of) as [
      IpAddress,
      IpAddress,
      IpAddress,
    ]
    const payload = Uint8Array.from({ length: 2001 }, (_, at) => at * 7)
    const packet = new Packet({ source, destination, protocol: 17, sourcePort: 5, destinationPort: 6, payload })
    const [first, ...later] = fragmentPacket(packet, 576)
    const changed = [first as Packet, ...later].map((fragment) => fragment.with({ source: translated }))
    expect(reassembled(changed)).toEqual(fragmentable(packet.with({ source: translated })))
  })

  it('copies only the options that ask for it (RFC 791 section 3.1)', () => {
    const [source, destination] = [IpAddress.of('10.0.1.101'), IpAddress.of('10.0.2.101')]
    const ipOptions = Uint8Array.of(148, 4, 0, 0, 7, 3, 4, 0)
    const packet = new Packet({ source, destination, protocol: 17, payloadLength: 2000, ipOptions })
    const [first, second] = fragmentPacket(packet, 576)
    expect(first?.ipOptions).toEqual(ipOptions)
    expect(second?.ipOptions).toEqual(Uint8Array.of(148, 4, 0, 0))
  })

  it('refuses what must not or cannot be fragmented', () => {
    const [source, destination] = [IpAddress.of('10.0.1.101'), IpAddress.of('10.0.2.101')]
    const packet = new Packet({
      source,
      destination,
      protocol: 6,
      payloadLength: 2000,
      dontFragment: true,
      tcpOptions: new Uint8Array(40),
    })
    expect(() => fragmentPacket(packet, 1500)).toThrow("a packet of 2080 bytes with Don't Fragment does not fit 1500")
    const may = packet.with({ dontFragment: false })
    expect(() => fragmentPacket(may, 68)).toThrow('no room for the headers of the first fragment')
    expect(() => fragmentPacket(may, 24)).toThrow('no room for a fragment of IPv4')
  })
})
