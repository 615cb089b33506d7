import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { decodePacket } from './decode-packet.ts'
import { encodeLayers } from './encode-layers.ts'
import { encodeIpPacket } from './encode-packet.ts'
import type { IcmpLayer } from './icmp.ts'
import type { Ipv4Layer } from './ipv4.ts'
import type { Ipv6Layer } from './ipv6.ts'
import { LINK_TYPE } from './link-type.ts'
import { Packet } from './packet.ts'
import { toPacket } from './to-packet.ts'

// Forms of packets that other hosts and routers send, built layer by layer.

const [client, router, server] = ['10.0.1.101', '10.0.0.1', '93.184.216.34'].map(IpAddress.of) as [
  IpAddress,
  IpAddress,
  IpAddress,
]
const ipv4 = (source: IpAddress, destination: IpAddress, protocol: number): Ipv4Layer => ({
  kind: 'ipv4',
  source,
  destination,
  protocol,
  trafficClass: 0,
  identification: 7,
  reservedFlag: false,
  dontFragment: false,
  moreFragments: false,
  fragmentOffset: 0,
  hopLimit: 61,
  options: new Uint8Array(0),
})
const unreachable: IcmpLayer = { kind: 'icmp', type: 3, code: 3, identifier: 0, sequence: 0 }
const segment = encodeLayers(
  [
    ipv4(client, server, 6),
    { kind: 'tcp', sourcePort: 40_000, destinationPort: 443, sequence: 0x01020304, acknowledgment: 9, flags: 24, window: 500, urgentPointer: 0, options: Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2) }, // biome-ignore format: one layer
  ],
  Uint8Array.from({ length: 100 }, (_, index) => index * 3),
)
const datagram = encodeLayers(
  [ipv4(client, server, 17), { kind: 'udp', sourcePort: 5000, destinationPort: 6000 }],
  Uint8Array.from({ length: 40 }, (_, index) => index * 5),
)

function read(bytes: Uint8Array): Packet {
  const reading = toPacket(bytes, LINK_TYPE.raw)
  if (reading.kind !== 'packet') throw new Error(JSON.stringify(reading))
  return reading.packet
}

function written(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(packet.length)
  encodeIpPacket(packet, bytes, 0)
  return bytes
}

describe('quotes in ICMP errors', () => {
  it('of a segment, cut at any byte, give its ports and are written as they were', () => {
    for (let kept = 28; kept <= segment.length; kept += 1) {
      const error = encodeLayers([ipv4(router, client, 1), unreachable], segment.subarray(0, kept))
      const packet = read(error)
      const { issues, quoted } = decodePacket(error, LINK_TYPE.raw)
      expect([issues, quoted?.issues]).toEqual([[], []])
      expect(packet).toMatchObject({ quotedLength: kept, payloadLength: 0, length: error.length })
      expect(packet.quoted).toMatchObject({
        source: client,
        destination: server,
        hopLimit: 61,
        sourcePort: 40_000,
        destinationPort: 443,
        tcpSequence: 0x01020304,
        length: segment.length,
      })
      expect(written(packet)).toEqual(error)
    }
  })

  it('of a datagram, cut at any byte, are written as they were, also when its addresses are translated back and forth', () => {
    for (let kept = 28; kept <= datagram.length; kept += 1) {
      const error = encodeLayers([ipv4(router, client, 1), unreachable], datagram.subarray(0, kept))
      const packet = read(error)
      expect(written(packet)).toEqual(error)
      const { quoted } = packet
      if (!quoted) throw new Error('no quote')
      const translated = packet.with({ quoted: quoted.with({ source: router, sourcePort: 1 }) })
      // The checksum of what was sent from the other address.
      const sent = encodeLayers(
        [ipv4(router, server, 17), { kind: 'udp', sourcePort: 1, destinationPort: 6000 }],
        datagram.subarray(28),
      )
      expect(written(translated)).toEqual(encodeLayers([ipv4(router, client, 1), unreachable], sent.subarray(0, kept)))
      expect(written(translated.with({ quoted }))).toEqual(error)
    }
  })

  it('that are too short to name a packet are payload', () => {
    for (let kept = 0; kept < 28; kept += 1) {
      const error = encodeLayers([ipv4(router, client, 1), unreachable], datagram.subarray(0, kept))
      const packet = read(error)
      expect([packet.quoted, packet.payloadLength]).toEqual([undefined, kept])
      expect(written(packet)).toEqual(error)
    }
  })

  it('are followed by extensions where the message says so (RFC 4884)', () => {
    // 128 bytes of the original datagram, then an MPLS label stack as routers add it.
    const quote = new Uint8Array(128)
    quote.set(datagram)
    const extension = Uint8Array.of(0x20, 0, 0, 0, 0, 8, 1, 1, 0, 1, 0x11, 1)
    const exceeded: IcmpLayer = { kind: 'icmp', type: 11, code: 0, identifier: 32, sequence: 0 }
    const error = encodeLayers([ipv4(router, client, 1), exceeded], Uint8Array.from([...quote, ...extension]))
    const packet = read(error)
    expect(packet.quoted).toMatchObject({ destinationPort: 6000, length: 68, unseenSum: 0 })
    expect(packet).toMatchObject({ quotedLength: 68, payloadLength: 60 + 12, icmpIdentifier: 32 })
    expect(written(packet)).toEqual(error)
    // A longer one is cut to them, and the extension is no part of it.
    const long = encodeLayers(
      [ipv4(router, client, 1), exceeded],
      Uint8Array.from([...segment.subarray(0, 128), ...extension]),
    )
    expect(read(long)).toMatchObject({ quotedLength: 128, payloadLength: 12, quoted: { length: segment.length } })
    expect(written(read(long))).toEqual(long)
  })

  it('of an ICMP message are not taken apart further', () => {
    const inner = encodeLayers([ipv4(router, client, 1), unreachable], datagram.subarray(0, 28))
    const error = encodeLayers([ipv4(server, router, 1), unreachable], inner)
    const packet = read(error)
    expect(packet.quoted?.quoted).toBeUndefined()
    expect(packet.quoted).toMatchObject({ protocol: 1, icmpType: 3, payloadLength: 28 })
    expect(written(packet)).toEqual(error)
  })
})

describe('unusual packets', () => {
  it('with bytes behind the UDP length keep them outside of the checksum', () => {
    const bytes = encodeLayers(
      [ipv4(client, server, 17), { kind: 'udp', sourcePort: 1, destinationPort: 2, length: 11, checksum: 0x0102 }],
      Uint8Array.of(1, 2, 3, 4, 5, 6),
    )
    const packet = read(bytes)
    expect(packet).toMatchObject({ udpLength: 11, payloadLength: 6 })
    // The checksum is computed anew, over what the UDP length covers.
    const short = encodeLayers(
      [ipv4(client, server, 17), { kind: 'udp', sourcePort: 1, destinationPort: 2 }],
      Uint8Array.of(1, 2, 3),
    )
    expect(written(packet).subarray(26, 28)).toEqual(short.subarray(26, 28))
  })

  it('that cannot be a packet of the simulation are issues', () => {
    const [a, b] = [IpAddress.of('2001:db8::1'), IpAddress.of('2001:db8::2')]
    const ipv6: Ipv6Layer = {
      kind: 'ipv6',
      source: a,
      destination: b,
      trafficClass: 0,
      flowLabel: 0,
      hopLimit: 9,
      extensions: [],
      protocol: 17,
    }
    const fragment = { kind: 'fragment', identification: 1, fragmentOffset: 0, moreFragments: true } as const
    const jumbo = { kind: 'extension', protocol: 0, data: Uint8Array.of(0xc2, 4, 0, 1, 0, 0) } as const
    const udp = { kind: 'udp', sourcePort: 1, destinationPort: 2 } as const
    const issue = (layer: Ipv6Layer) => toPacket(encodeLayers([layer, udp]), LINK_TYPE.raw)
    expect(issue({ ...ipv6, extensions: [fragment, fragment] })).toMatchObject({
      code: 'unsupported',
      message: 'a packet with two fragment headers is not read',
    })
    expect(issue({ ...ipv6, extensions: [jumbo], payloadLength: 0 })).toMatchObject({
      code: 'unsupported',
      message: 'a jumbogram (RFC 2675) is not read',
    })
  })

  it('with a transport header beyond their end are issues', () => {
    const cut = segment.slice(0, 44)
    new DataView(cut.buffer).setUint16(2, 44)
    expect(toPacket(cut, LINK_TYPE.raw)).toMatchObject({ kind: 'issue', layer: 'tcp', code: 'truncated', offset: 44 })
    // As a quote it may end there, but its own length says that the header does not fit.
    const error = encodeLayers([ipv4(router, client, 1), unreachable], cut)
    expect(read(error).quoted).toBeUndefined()
  })

  it('of GRE and other protocols are their bytes', () => {
    const packet = read(encodeLayers([ipv4(client, server, 47)], Uint8Array.of(0, 0, 8, 0, 1, 2, 3)))
    expect(packet).toMatchObject({ protocol: 47, sourcePort: 0, payloadLength: 7, length: 27 })
    expect(packet).toBeInstanceOf(Packet)
  })
})
