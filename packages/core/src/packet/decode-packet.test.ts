import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHexdump, GOLDEN_PACKETS, toHexdump } from '../../test/pcap-golden-packets.ts'
import { IpAddress } from '../net/ip-address.ts'
import { MacAddress } from '../net/mac-address.ts'
import { type DecodedPacket, decodePacket, findLayer } from './decode-packet.ts'
import { dnsMessage, encodeDnsOverTcp } from './dns/dns-message.ts'
import { readEdns } from './dns/edns.ts'
import { encodeLayers } from './encode-layers.ts'
import { decodeIpv4Options, decodeTcpOptions, maximumSegmentSize } from './header-options.ts'
import { encodeHttpHead } from './http/http-message.ts'
import type { Layer } from './layer.ts'
import { LINK_TYPE } from './link-type.ts'
import { formatPacketIssue } from './packet-issue.ts'
import { TCP_FLAG } from './tcp.ts'
import { opensslClientHello } from './tls/openssl-hello.ts'
import { encodeTlsRecords, tlsHandshakeRecords } from './tls/tls-record.ts'
import { toPacket } from './to-packet.ts'
import { unwrapVxlan } from './unwrap-vxlan.ts'

type Name = keyof typeof GOLDEN_PACKETS
const LINK_TYPES: Partial<Record<Name, number>> = {
  sll: LINK_TYPE.linuxCooked,
  sll2: LINK_TYPE.linuxCooked2,
  loopback: LINK_TYPE.null,
}
const golden = (name: Name): Uint8Array => fromHexdump(GOLDEN_PACKETS[name])
const decoded = (name: Name): DecodedPacket => decodePacket(golden(name), LINK_TYPES[name])
const host = { source: IpAddress.of('10.0.1.101'), hopLimit: 64 }

/** A layer without what encoding computes. */
function bareLayer(layer: Layer): Layer {
  const { checksum, totalLength, payloadLength, length, ...rest } = layer as Layer & Record<string, unknown>
  return rest as unknown as Layer
}

/** Broken copies of a golden packet. */
function patched(name: Name, patches: Readonly<Record<number, number>>): Uint8Array {
  const bytes = golden(name)
  for (const [at, value] of Object.entries(patches)) bytes[Number(at)] = value
  return bytes
}

describe('packets made by scapy', () => {
  const kinds: Readonly<Record<Name, readonly Layer['kind'][]>> = {
    'vlan arp': ['ethernet', 'arp'],
    'options dns': ['ethernet', 'ipv4', 'udp', 'dns'],
    syn: ['ethernet', 'ipv4', 'tcp'],
    'udp6 fragment': ['ethernet', 'ipv6', 'udp'],
    'later fragment': ['ethernet', 'ipv4'],
    ping6: ['ethernet', 'ipv6', 'icmpv6'],
    'fragmentation needed': ['ethernet', 'ipv4', 'icmp'],
    vxlan: ['ethernet', 'ipv4', 'udp', 'vxlan', 'ethernet', 'ipv4', 'icmp'],
    geneve: ['ethernet', 'ipv4', 'udp', 'geneve', 'ipv4', 'tcp'],
    'dns answer': ['ethernet', 'ipv4', 'udp', 'dns'],
    ntp: ['ethernet', 'ipv4', 'udp', 'ntp'],
    http: ['ethernet', 'ipv4', 'tcp', 'http-request'],
    sll: ['linux-cooked', 'ipv4', 'icmp'],
    sll2: ['linux-cooked', 'ipv6', 'udp'],
    loopback: ['loopback', 'ipv4', 'udp'],
  }

  it.each(Object.keys(kinds) as Name[])('%s decodes to its layers without an issue', (name) => {
    const { layers, issues } = decoded(name)
    expect(issues).toEqual([])
    expect(layers.map(({ kind }) => kind)).toEqual(kinds[name])
  })

  it.each(Object.keys(kinds) as Name[])('%s is written by its layers as it was', (name) => {
    const { layers, payload } = decoded(name)
    expect(toHexdump(encodeLayers(layers, payload))).toBe(toHexdump(golden(name)))
  })

  it.each((Object.keys(kinds) as Name[]).filter((name) => name !== 'udp6 fragment'))(
    '%s has the lengths and checksums that are computed',
    (name) => {
      const { layers, payload } = decoded(name)
      const bare = layers.map((layer) => {
        return layer.kind === 'udp' && layer.checksum === 0 ? layer : bareLayer(layer)
      })
      expect(toHexdump(encodeLayers(bare, payload))).toBe(toHexdump(golden(name)))
    },
  )

  it('reads VLAN tags and ARP', () => {
    const { layers } = decoded('vlan arp')
    expect(layers[0]).toMatchObject({
      source: MacAddress.of('02:00:00:00:00:01'),
      destination: MacAddress.of('02:00:00:00:00:02'),
      vlanTags: [{ tagProtocol: 0x8100, priority: 5, dropEligible: true, vlanId: 100 }],
      etherType: 0x0806,
    })
    expect(layers[1]).toEqual({
      kind: 'arp',
      operation: 1,
      senderMac: MacAddress.of('02:00:00:00:00:01'),
      senderIp: IpAddress.of('10.0.1.101'),
      targetMac: MacAddress.of('00:00:00:00:00:00'),
      targetIp: IpAddress.of('10.0.1.1'),
    })
  })

  it('reads IPv4 with options, and a DNS query with EDNS', () => {
    const packet = decoded('options dns')
    expect(findLayer(packet, 'ipv4')).toMatchObject({
      source: IpAddress.of('10.0.1.101'),
      destination: IpAddress.of('10.0.0.2'),
      identification: 0x1234,
      hopLimit: 63,
      trafficClass: 0x28,
      dontFragment: true,
      moreFragments: false,
      protocol: 17,
    })
    expect(decodeIpv4Options(findLayer(packet, 'ipv4')?.options as Uint8Array)).toMatchObject([
      { type: 148, data: Uint8Array.of(0, 0) },
      { type: 1 },
      { type: 0 },
    ])
    const dns = findLayer(packet, 'dns')
    expect(dns).toMatchObject({
      id: 0xbeef,
      isResponse: false,
      recursionDesired: true,
      questions: [{ name: 'example.com', type: 1, class: 1 }],
    })
    expect(dns && readEdns(dns)).toEqual({
      udpPayloadSize: 1232,
      responseCode: 0,
      version: 0,
      dnssecOk: true,
      options: [{ code: 10, data: Uint8Array.from(Buffer.from('12345678')) }],
    })
  })

  it('reads a SYN with its options', () => {
    const tcp = findLayer(decoded('syn'), 'tcp')
    expect(tcp).toMatchObject({
      sourcePort: 40001,
      destinationPort: 443,
      sequence: 0x01020304,
      flags: TCP_FLAG.syn | TCP_FLAG.ece | TCP_FLAG.cwr,
      window: 62727,
    })
    const options = tcp?.options as Uint8Array
    expect(decodeTcpOptions(options)).toMatchObject([
      { type: 2, data: Uint8Array.of(0x05, 0xb4) },
      { type: 4 },
      { type: 8, data: Uint8Array.of(0, 0, 0x03, 0xe8, 0, 0, 0, 0) },
      { type: 1 },
      { type: 3, data: Uint8Array.of(7) },
    ])
    expect(maximumSegmentSize(options)).toBe(1460)
  })

  it('reads the first IPv6 fragment of a datagram behind hop-by-hop options', () => {
    const packet = decoded('udp6 fragment')
    expect(findLayer(packet, 'ipv6')).toMatchObject({
      trafficClass: 3,
      flowLabel: 0xabcde,
      hopLimit: 9,
      protocol: 17,
      extensions: [
        { kind: 'extension', protocol: 0, data: Uint8Array.of(5, 2, 0, 0, 1, 0) },
        { kind: 'fragment', identification: 0xcafef00d, fragmentOffset: 0, moreFragments: true },
      ],
    })
    expect(findLayer(packet, 'udp')).toMatchObject({ length: 2000, checksum: 0x1234 })
    expect(toPacket(golden('udp6 fragment'))).toMatchObject({
      packet: { identification: 0xcafef00d, moreFragments: true, udpLength: 2000, payloadLength: 8, length: 72 },
    })
  })

  it('reads a later fragment as data', () => {
    const packet = decoded('later fragment')
    expect(findLayer(packet, 'ipv4')).toMatchObject({ fragmentOffset: 1480, moreFragments: true, identification: 99 })
    expect(Buffer.from(packet.payload).toString()).toBe('x'.repeat(16))
    expect(toPacket(golden('later fragment'))).toMatchObject({
      packet: { sourcePort: 0, payloadLength: 16, protocol: 17 },
    })
  })

  it('reads an IPv6 ping', () => {
    const packet = decoded('ping6')
    expect(findLayer(packet, 'icmpv6')).toMatchObject({ type: 128, code: 0, identifier: 0x77, sequence: 3 })
    expect(Buffer.from(packet.payload).toString()).toBe('hello')
  })

  it('reads an ICMP error and what it quotes', () => {
    const packet = decoded('fragmentation needed')
    expect(findLayer(packet, 'icmp')).toMatchObject({ type: 3, code: 4, sequence: 1400 })
    expect(packet.quoted).toMatchObject({
      issues: [],
      layers: [
        { kind: 'ipv4', source: host.source, destination: IpAddress.of('10.9.9.9'), totalLength: 68, hopLimit: 40 },
        { kind: 'udp', sourcePort: 1234, destinationPort: 9, length: 48, checksum: 0xff5f },
      ],
      layerOffsets: [42, 62],
    })
    expect(toPacket(golden('fragmentation needed'))).toMatchObject({
      packet: {
        icmpMtu: 1400,
        quotedLength: 28,
        length: 56,
        payloadLength: 0,
        quoted: {
          length: 68,
          payloadLength: 40,
          sourcePort: 1234,
          destinationPort: 9,
          dontFragment: true,
          hopLimit: 40,
        },
      },
    })
  })

  it('reads a mirrored packet and unwraps it', () => {
    const packet = decoded('vxlan')
    expect(findLayer(packet, 'vxlan')).toEqual({ kind: 'vxlan', virtualNetworkId: 4242 })
    expect(packet.layerOffsets).toEqual([0, 14, 34, 42, 50, 64, 84])
    const unwrapped = unwrapVxlan(golden('vxlan'))
    expect(unwrapped).toMatchObject({
      virtualNetworkId: 4242,
      outer: { hopLimit: 255, sourcePort: 65408, hasUdpChecksum: false },
    })
    expect(toPacket(unwrapped?.frame as Uint8Array)).toMatchObject({
      packet: { protocol: 1, icmpType: 8, icmpIdentifier: 1, icmpSequence: 2, payloadLength: 4 },
    })
    expect(unwrapVxlan(golden('geneve'))).toBeUndefined()
    expect(unwrapVxlan(patched('vxlan', { 42: 0 }))).toBeUndefined()
  })

  it('unwraps a mirrored packet behind the GENEVE header of a Gateway Load Balancer', () => {
    const { layers } = decoded('geneve')
    const outside = layers.slice(0, 4).map(bareLayer)
    const wrapped = encodeLayers(outside, golden('vxlan').subarray(14))
    expect(decodePacket(wrapped).layers.map(({ kind }) => kind)).toEqual([
      'ethernet', 'ipv4', 'udp', 'geneve', 'ipv4', 'udp', 'vxlan', 'ethernet', 'ipv4', 'icmp',
    ]) // biome-ignore format: a list
    const unwrapped = unwrapVxlan(wrapped)
    expect(unwrapped).toMatchObject({ virtualNetworkId: 4242, outer: { sourcePort: 65408 } })
    expect(unwrapped?.frame).toEqual(unwrapVxlan(golden('vxlan'))?.frame)
  })

  it('reads GENEVE options', () => {
    expect(findLayer(decoded('geneve'), 'geneve')).toEqual({
      kind: 'geneve',
      isControl: false,
      hasCriticalOptions: false,
      protocolType: 0x0800,
      virtualNetworkId: 0xabcdef,
      options: [{ optionClass: 0x0108, type: 1, data: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9) }],
    })
  })

  it('reads compressed names in a DNS answer', () => {
    const dns = findLayer(decoded('dns answer'), 'dns')
    expect(dns).toMatchObject({
      isResponse: true,
      isAuthoritative: true,
      recursionAvailable: true,
      questions: [{ name: 'www.example.com', type: 255 }],
    })
    expect(dns?.answers.map(({ name, ttl, data }) => [name, ttl, data])).toEqual([
      ['www.example.com', 60, { kind: 'name', name: 'example.com' }],
      ['example.com', 30, { kind: 'address', address: IpAddress.of('93.184.216.34') }],
      ['example.com', 30, { kind: 'address', address: IpAddress.of('2606:2800:220:1::1') }],
      ['example.com', 5, { kind: 'mx', preference: 10, exchange: 'mail.example.com' }],
      ['example.com', 5, { kind: 'txt', strings: ['v=spf1 -all', 'second'] }],
      ['_sip._tcp.example.com', 9, { kind: 'srv', priority: 1, weight: 2, port: 5060, target: 'sip.other.net' }],
    ])
    expect(dns?.authorities).toMatchObject([
      {
        data: {
          kind: 'soa',
          primaryServer: 'ns.example.com',
          mailbox: 'root.example.com',
          serial: 2024,
          refresh: 1,
          retry: 2,
          expire: 3,
          minimum: 4,
        },
      },
    ])
  })

  it('reads NTP', () => {
    expect(findLayer(decoded('ntp'), 'ntp')).toMatchObject({
      leapIndicator: 3,
      version: 4,
      mode: 3,
      stratum: 2,
      poll: 6,
      precision: -23,
      rootDelay: 0x8000,
      rootDispersion: 0x4000,
      referenceId: 0x0a000001,
      reference: { seconds: 3_913_056_000, fraction: 0x8000_0000 },
      transmit: { seconds: 3_913_056_001, fraction: 0x4000_0000 },
    })
  })

  it('reads the head of an HTTP request and leaves its body', () => {
    const packet = decoded('http')
    expect(findLayer(packet, 'http-request')).toEqual({
      kind: 'http-request',
      method: 'GET',
      target: '/a?b=c',
      version: '1.1',
      headers: [
        ['Host', 'example.com'],
        ['User-Agent', 'curl/8.0'],
      ],
    })
    expect(Buffer.from(packet.payload).toString()).toBe('body')
  })

  it('reads the link layers of Linux and BSD', () => {
    expect(decoded('sll').layers[0]).toMatchObject({
      version: 1,
      packetType: 4,
      hardwareType: 1,
      addressLength: 6,
      protocolType: 0x800,
    })
    expect(decoded('sll2').layers[0]).toMatchObject({
      version: 2,
      packetType: 0,
      interfaceIndex: 3,
      protocolType: 0x86dd,
    })
    expect(decoded('loopback').layers[0]).toEqual({ kind: 'loopback', family: 2, isLittleEndian: true })
    for (const name of ['sll', 'sll2', 'loopback'] as const) {
      expect(toPacket(golden(name), LINK_TYPES[name])).toMatchObject({ kind: 'packet' })
    }
    // The same behind other headers.
    const ip = golden('loopback').subarray(4)
    for (const linkType of [LINK_TYPE.raw, LINK_TYPE.rawBsd, LINK_TYPE.ipv4]) {
      expect(toPacket(ip, linkType)).toMatchObject({ packet: { protocol: 17, length: 29 } })
    }
    const six = Uint8Array.from([0, 0, 0, 30, ...golden('sll2').subarray(20)])
    expect(decodePacket(six, LINK_TYPE.loop)).toMatchObject({
      issues: [],
      layers: [{ family: 30, isLittleEndian: false }, { kind: 'ipv6' }, { kind: 'udp' }],
    })
    expect(toPacket(golden('sll2').subarray(20), LINK_TYPE.ipv6)).toMatchObject({ packet: { length: 49 } })
  })
})

describe('messages over TCP', () => {
  const [ethernet, ipv4, tcp] = decoded('http').layers.slice(0, 3).map(bareLayer) as [
    Layer,
    Layer,
    Extract<Layer, { kind: 'tcp' }>,
  ]
  const segment = (data: Uint8Array, ports: Partial<typeof tcp> = {}): DecodedPacket =>
    decodePacket(encodeLayers([ethernet, ipv4, { ...tcp, ...ports }], data))
  const random = new Uint8Array(32)
  const hello = encodeTlsRecords(tlsHandshakeRecords([opensslClientHello({ server: 'a.test', random, sessionId: random, publicKey: random })])) // biome-ignore format: one hello
  const query = encodeDnsOverTcp(dnsMessage({ id: 1, questions: [{ name: 'a.test', type: 1, class: 1 }] }))
  const response = encodeHttpHead({ kind: 'http-response', version: '1.1', statusCode: 200, reason: 'OK', headers: [] })

  it.each([
    ['TLS', hello, {}, 'tls'],
    ['DNS', query, { destinationPort: 53 }, 'dns'],
    ['HTTP', response, { sourcePort: 80 }, 'http-response'],
  ] as const)(
    '%s is decoded where a segment starts with it, and what follows is payload',
    (_name, data, ports, kind) => {
      const { layers, issues, payload } = segment(Uint8Array.from([...data, 1, 2, 3]), ports)
      expect([layers.at(-1)?.kind, issues, [...payload]]).toEqual([kind, [], [1, 2, 3]])
      // A segment that ends within the message is none of it, and no issue.
      for (const length of [1, 3, 20]) {
        const part = segment(data.subarray(0, data.length - length), ports)
        expect([part.layers.length, part.issues.length]).toEqual([part.layers.at(-1)?.kind === 'tls' ? 4 : 3, 0])
      }
    },
  )

  it('that are malformed leave the layers before', () => {
    const broken = hello.slice()
    broken[43] = 99
    expect(segment(broken)).toMatchObject({
      layers: [{}, {}, { kind: 'tcp' }],
      issues: [{ layer: 'tls', offset: 54 + 44 }],
    })
  })
})

describe('malformed packets', () => {
  const cases: readonly (readonly [string, Uint8Array, string, readonly Layer['kind'][]])[] = [
    [
      'ends in the Ethernet header',
      golden('syn').subarray(0, 10),
      'ethernet at byte 10: an Ethernet header needs 14 bytes, the packet has 10 of them',
      [],
    ],
    [
      'ends in a VLAN tag',
      golden('vlan arp').subarray(0, 16),
      'ethernet at byte 16: a VLAN tag needs 4 bytes, the packet has 2 of them',
      [],
    ],
    [
      'ends in the IPv4 header',
      golden('syn').subarray(0, 30),
      'ipv4 at byte 30: an IPv4 header needs 20 bytes, the packet has 16 of them',
      ['ethernet'],
    ],
    [
      'is of IP version 5',
      patched('syn', { 14: 0x55 }),
      'ipv4 at byte 14: the version of an IPv4 header is 4, not 5',
      ['ethernet'],
    ],
    [
      'has an IPv4 header of 16 bytes',
      patched('syn', { 14: 0x44 }),
      'ipv4 at byte 14: an IPv4 header has at least 20 bytes, not 16',
      ['ethernet'],
    ],
    [
      'has a total length below the header',
      patched('syn', { 17: 19 }),
      'ipv4 at byte 16: a total length of 19 bytes is less than the header’s 20',
      ['ethernet'],
    ],
    [
      'has a wrong header checksum',
      patched('syn', { 22: 63 }),
      'ipv4 at byte 24: the IPv4 header checksum does not fit the header',
      ['ethernet', 'ipv4', 'tcp'],
    ],
    [
      'has a wrong TCP checksum',
      patched('syn', { 48: 0 }),
      'tcp at byte 50: the tcp checksum does not fit the packet',
      ['ethernet', 'ipv4', 'tcp'],
    ],
    [
      'has a TCP header of 16 bytes',
      patched('syn', { 46: 0x40 }),
      'tcp at byte 46: a TCP header has at least 20 bytes, not 16',
      ['ethernet', 'ipv4'],
    ],
    [
      'has a wrong ICMPv6 checksum',
      patched('ping6', { 66: 0x70 }),
      'icmpv6 at byte 56: the icmpv6 checksum does not fit the packet',
      ['ethernet', 'ipv6', 'icmpv6'],
    ],
    [
      'ends in the IPv6 header',
      golden('ping6').subarray(0, 50),
      'ipv6 at byte 50: an IPv6 header needs 40 bytes, the packet has 36 of them',
      ['ethernet'],
    ],
    [
      'ends in an extension header',
      golden('udp6 fragment').subarray(0, 59),
      'ipv6 at byte 59: extension header 0 needs 8 bytes, the packet has 5 of them',
      ['ethernet'],
    ],
    [
      'has a UDP length below 8',
      patched('ntp', { 39: 7 }),
      'udp at byte 38: a UDP length counts the header’s 8 bytes, it is 7',
      ['ethernet', 'ipv4'],
    ],
    [
      'has a UDP length beyond the packet',
      patched('ntp', { 39: 57 }),
      'udp at byte 38: the UDP length is 57, the IP packet has 56 bytes for it',
      ['ethernet', 'ipv4', 'udp'],
    ],
    [
      'has a VXLAN header without VNI',
      patched('vxlan', { 42: 0x80 }),
      'vxlan at byte 42: the I flag (0x08) of a VXLAN header is set; the flags are 128',
      ['ethernet', 'ipv4', 'udp'],
    ],
    [
      'is ARP for something else',
      patched('vlan arp', { 19: 6 }),
      'arp at byte 18: ARP of hardware type 6 and protocol 0x800 is not decoded, only IPv4 over Ethernet',
      ['ethernet'],
    ],
  ]

  it.each(cases)('a packet that %s gives the layers before and a located issue', (_name, bytes, text, kinds) => {
    const { layers, issues } = decodePacket(bytes)
    expect(formatPacketIssue(issues.at(-1) as (typeof issues)[0]).replaceAll("'", '’')).toBe(text)
    expect(layers.map(({ kind }) => kind)).toEqual(kinds)
  })

  it('names a GENEVE option that does not fit, and its version', () => {
    const fixed = (patches: Record<number, number>) => {
      const bytes = patched('geneve', patches)
      bytes.set([0, 0], 40) // no checksum
      return decodePacket(bytes).issues.map(formatPacketIssue)
    }
    expect(fixed({ 53: 3 })).toEqual([
      'geneve at byte 53: an option with 12 bytes of data does not fit the 12 bytes that are left',
    ])
    expect(fixed({ 42: 0x43 })).toEqual(['geneve at byte 42: the version of a GENEVE header is 0, not 1'])
  })

  it('says that a packet was cut, and goes on as far as it goes', () => {
    const { layers, issues } = decodePacket(golden('http').subarray(0, 100))
    expect(issues.map(formatPacketIssue)).toEqual([
      'ipv4 at byte 100: the packet has 108 bytes by its header, 86 of them are here',
    ])
    expect(layers.map(({ kind }) => kind)).toEqual(['ethernet', 'ipv4', 'tcp'])
  })

  it('does not count the padding of a frame to the packet', () => {
    const frame = new Uint8Array(64).fill(0xff)
    const bare = encodeLayers(decoded('http').layers.slice(0, 3).map(bareLayer))
    frame.set(bare)
    const { layers, issues, payload } = decodePacket(frame)
    expect([layers.map(({ kind }) => kind), issues, payload.length]).toEqual([['ethernet', 'ipv4', 'tcp'], [], 0])
  })

  it('does not take the first part of a datagram for a message', () => {
    const first = patched('dns answer', { 20: 0x20 })
    expect(decodePacket(first).layers.map(({ kind }) => kind)).toEqual(['ethernet', 'ipv4', 'udp'])
    expect(decodePacket(first.subarray(0, 100)).layers.map(({ kind }) => kind)).toEqual(['ethernet', 'ipv4', 'udp'])
  })

  it('leaves checksums alone where segments are left in a routing header: they cover another address', () => {
    const [ethernet, ipv6, icmpv6] = decoded('ping6').layers as [Layer, Extract<Layer, { kind: 'ipv6' }>, Layer]
    const routed = (left: number) => {
      const routing = { kind: 'extension', protocol: 43, data: Uint8Array.of(253, left, 0, 0, 0, 0) } as const
      const { payloadLength, ...header } = { ...ipv6, extensions: [routing] }
      return decodePacket(encodeLayers([ethernet, header, { ...icmpv6, checksum: 0x1234 } as Layer])).issues
    }
    expect([routed(1), routed(0).length]).toEqual([[], 1])
  })

  it('names a link type that is not decoded', () => {
    expect(decodePacket(golden('syn'), 147)).toMatchObject({
      layers: [],
      issues: [{ code: 'unsupported', message: 'packets of link type 147 are not decoded' }],
    })
  })

  it('says where a DNS message is malformed', () => {
    const broken = (patches: Record<number, number>) => {
      const bytes = patched('dns answer', patches)
      bytes.set([0, 0], 40)
      return decodePacket(bytes)
    }
    // The pointer of the first answer's name, to itself.
    const pointer = broken({ 75: 0xc0, 76: 75 - 42 })
    expect(pointer.issues.map(formatPacketIssue)[0]).toContain('has a pointer that does not lead to an earlier place')
    expect(pointer.layers.at(-1)?.kind).toBe('udp')
    expect(broken({ 54: 0x40 + 3 }).issues[0]).toMatchObject({ layer: 'dns', code: 'invalid-value', offset: 54 })
  })

  it('never throws on any prefix, and never claims bytes beyond it', () => {
    for (const name of Object.keys(GOLDEN_PACKETS) as Name[]) {
      const whole = golden(name)
      for (let length = 0; length < whole.length; length += 1) {
        const bytes = whole.subarray(0, length)
        const { issues, payload, layerOffsets } = decodePacket(bytes, LINK_TYPES[name])
        expect(issues.every(({ offset }) => offset <= length)).toBe(true)
        expect(layerOffsets.every((offset) => offset <= length)).toBe(true)
        expect(payload.length).toBeLessThanOrEqual(length)
        expect(issues.length > 0 || name === 'vlan arp').toBe(true)
        toPacket(bytes, LINK_TYPES[name])
        unwrapVxlan(bytes, LINK_TYPES[name])
      }
    }
  })

  it('never reads beyond the view that it is given', () => {
    const names = fc.constantFrom(...(Object.keys(GOLDEN_PACKETS) as Name[]))
    fc.assert(
      fc.property(names, fc.nat(400), fc.uint8Array({ minLength: 400, maxLength: 400 }), (name, cut, noise) => {
        const whole = golden(name)
        const length = Math.min(cut, whole.length)
        // The same bytes, followed by others in the same buffer.
        const buffer = new Uint8Array(length + noise.length)
        buffer.set(whole.subarray(0, length))
        buffer.set(noise, length)
        const exact = decodePacket(whole.slice(0, length), LINK_TYPES[name])
        expect(decodePacket(buffer.subarray(0, length), LINK_TYPES[name])).toEqual(exact)
      }),
    )
  })
})
