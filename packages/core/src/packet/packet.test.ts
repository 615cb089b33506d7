import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packet as anyPacket } from '../../test/pcap-arbitraries.ts'
import { IpAddress } from '../net/ip-address.ts'
import { Packet, type PacketFields, QUOTE_LIMIT } from './packet.ts'

const four = { source: IpAddress.of('10.0.1.101'), destination: IpAddress.of('10.0.2.101') }
const six = { source: IpAddress.of('2001:db8::1'), destination: IpAddress.of('2001:db8::2') }

describe('the length of a packet', () => {
  it.each<[string, PacketFields, number]>([
    // AWS's example of four pings: 336 bytes.
    ['an IPv4 ping', { ...four, protocol: 1, icmpType: 8, payloadLength: 56 }, 84],
    ['an IPv6 ping', { ...six, protocol: 58, icmpType: 128, payloadLength: 56 }, 104],
    ['a SYN with options', { ...four, protocol: 6, tcpFlags: 2, tcpOptions: new Uint8Array(20) }, 60],
    ['a datagram', { ...six, protocol: 17, payload: new Uint8Array(10) }, 58],
    [
      'a datagram of a part of some bytes',
      { ...four, protocol: 17, payload: new Uint8Array(10), payloadOffset: 4 },
      34,
    ],
    ['another protocol', { ...four, protocol: 47, payloadLength: 5 }, 25],
    ['IPv4 options', { ...four, protocol: 17, ipOptions: new Uint8Array(8) }, 36],
    ['IPv6 extension headers', { ...six, protocol: 17, ipOptions: new Uint8Array(8) }, 56],
    ['a first IPv4 fragment', { ...four, protocol: 17, moreFragments: true, payloadLength: 8 }, 36],
    ['a first IPv6 fragment', { ...six, protocol: 17, moreFragments: true, payloadLength: 8 }, 64],
    ['a later IPv4 fragment', { ...four, protocol: 6, fragmentOffset: 8, payloadLength: 8 }, 28],
    ['a later IPv6 fragment', { ...six, protocol: 17, fragmentOffset: 8, payloadLength: 8 }, 56],
  ])('of %s counts its headers', (_name, fields, length) => {
    expect(new Packet(fields).length).toBe(length)
  })

  it('of an ICMP error counts what it quotes, up to the limit', () => {
    fc.assert(
      fc.property(fc.constantFrom(four, six), fc.nat(3000), fc.boolean(), (ends, payloadLength, hasOptions) => {
        const { version } = ends.source
        const quoted = new Packet({ ...ends, protocol: 17, payloadLength })
        const ipOptions = new Uint8Array(hasOptions ? 8 : 0)
        const error = new Packet({ ...ends, protocol: version === 4 ? 1 : 58, icmpType: 3, quoted, ipOptions })
        expect(error.length).toBe(Math.min(QUOTE_LIMIT[version], error.headerLength + quoted.length))
      }),
    )
  })

  it('of an ICMP error counts the quote that was given, at most all of the packet', () => {
    const quoted = new Packet({ ...four, protocol: 17, payloadLength: 100 })
    const error = (quotedLength: number) => new Packet({ ...four, protocol: 1, icmpType: 3, quoted, quotedLength })
    expect([error(28).length, error(1000).length]).toEqual([56, 28 + 128])
  })
})

describe('a changed copy', () => {
  it('has the changes, and everything else as it was', () => {
    fc.assert(
      fc.property(anyPacket(), fc.integer({ min: 0, max: 255 }), (packet, hopLimit) => {
        expect(packet.with({})).toEqual(packet)
        const { hopLimit: _, ...rest } = packet.with({ hopLimit })
        const { hopLimit: __, ...before } = packet
        expect(rest).toEqual(before)
        expect(packet.with({ hopLimit }).hopLimit).toBe(hopLimit)
      }),
    )
  })

  it('by translation or a hop is what a copy with those fields changed is', () => {
    fc.assert(
      fc.property(
        anyPacket(),
        anyPacket(),
        fc.nat({ max: 65_535 }),
        fc.nat({ max: 255 }),
        (packet, other, port, hopLimit) => {
          const { source, destination } = other.source.version === packet.source.version ? other : packet
          expect(packet.translated(source, port, destination, 443)).toEqual(
            packet.with({ source, sourcePort: port, destination, destinationPort: 443 }),
          )
          expect(packet.withHopLimit(hopLimit)).toEqual(packet.with({ hopLimit }))
        },
      ),
    )
  })

  it('keeps the length of a quote that is translated, not of another one', () => {
    const quoted = new Packet({ ...four, protocol: 17, payloadLength: 100 })
    const error = new Packet({ ...four, protocol: 1, icmpType: 3, quoted, quotedLength: 28 })
    expect(error.with({ quoted: quoted.with({ source: four.destination }) })).toMatchObject({
      quotedLength: 28,
      length: 56,
    })
    const other = new Packet({ ...four, protocol: 17, payloadLength: 10 })
    expect(error.with({ quoted: other })).toMatchObject({ quotedLength: 38, length: 66 })
  })
})
