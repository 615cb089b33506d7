import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../src/net/ip-address.ts'
import { MacAddress } from '../src/net/mac-address.ts'
import { dnsMessage as dnsQuery, encodeDnsMessage, encodeDnsOverTcp } from '../src/packet/dns/dns-message.ts'
import { ednsRecord } from '../src/packet/dns/edns.ts'
import { encodeLayers } from '../src/packet/encode-layers.ts'
import { fragmentPacket } from '../src/packet/fragment-packet.ts'
import { encodeChunkedBody } from '../src/packet/http/http-body.ts'
import { encodeHttpHead } from '../src/packet/http/http-message.ts'
import { IP_PROTOCOL } from '../src/packet/ip-protocol.ts'
import { encodeNtp, ntpTimestamp } from '../src/packet/ntp.ts'
import { Packet } from '../src/packet/packet.ts'
import { type CapturePacket, captureTimeNanoseconds } from '../src/packet/pcap/capture-packet.ts'
import { CaptureReader } from '../src/packet/pcap/capture-reader.ts'
import { PcapWriter } from '../src/packet/pcap/pcap-writer.ts'
import { ja3, ja3String, ja3s, ja3sString } from '../src/packet/tls/ja3.ts'
import { opensslClientHello, opensslServerHello } from '../src/packet/tls/openssl-hello.ts'
import { encodeTlsRecords, tlsHandshakeRecords } from '../src/packet/tls/tls-record.ts'
import { bytes, dnsMessage, packet } from './pcap-arbitraries.ts'
import {
  cleanUpTshark,
  NO_APPLICATIONS,
  requireTshark,
  TSHARK,
  temporaryFile,
  temporaryPath,
  tsharkComplaints,
  tsharkFields,
  tsharkIsPresent,
} from './pcap-tshark.ts'

const MACS = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
const [source, destination] = [IpAddress.of('10.0.1.101'), IpAddress.of('93.184.216.34')]
const RUN = Number(process.env.FLOWTAP_SEED ?? fc.sample(fc.integer(), 1)[0])

function pcapOf(packets: readonly Packet[], timeUnit: 'microseconds' | 'nanoseconds' = 'microseconds'): Uint8Array {
  const pieces: Buffer[] = []
  const writer = new PcapWriter({ timeUnit, onBytes: (piece) => pieces.push(Buffer.from(piece)) })
  for (const [index, value] of packets.entries())
    writer.writePacket(value, 1_700_000_000_000_000 + index * 1001, MACS, index % 1000)
  writer.flush()
  return Uint8Array.from(Buffer.concat(pieces))
}

function read(file: Uint8Array): readonly CapturePacket[] {
  const packets: CapturePacket[] = []
  const reader = new CaptureReader({
    onPacket: (found) => packets.push(found),
    onIssue: ({ message }) => expect.fail(message),
  })
  reader.push(file)
  reader.end()
  return packets
}

const udp = (sourcePort: number, destinationPort: number, payload: Uint8Array): Packet =>
  new Packet({ source, destination, protocol: IP_PROTOCOL.udp, sourcePort, destinationPort, payload })
const tcp = (sourcePort: number, destinationPort: number, payload: Uint8Array, tcpSequence = 1): Packet =>
  new Packet({
    source,
    destination,
    protocol: IP_PROTOCOL.tcp,
    sourcePort,
    destinationPort,
    tcpFlags: 24,
    tcpSequence,
    tcpAcknowledgment: 1,
    tcpWindow: 500,
    payload,
  })
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'latin1'))

const isCutTcpQuote = ({ quoted, quotedLength }: Packet): boolean =>
  quoted !== undefined && quoted.protocol === IP_PROTOCOL.tcp && quotedLength < quoted.length

requireTshark()
cleanUpTshark()

describe.skipIf(!tsharkIsPresent)(`tshark (skipped where it is not installed), FLOWTAP_SEED=${RUN}`, () => {
  it('finds nothing wrong with packets of every kind, and reads the same fields', () => {
    const packets = fc.sample(packet({ maxPayload: 1400 }), { numRuns: 1500, seed: RUN })
    const path = temporaryFile(pcapOf(packets))
    // tshark verifies a quoted TCP checksum over what is left of a cut quote, where none can fit.
    const [cut, others] = [packets.filter(isCutTcpQuote), packets.filter((value) => !isCutTcpQuote(value))]
    expect(cut.length).toBeGreaterThan(0)
    expect(tsharkComplaints(temporaryFile(pcapOf(others)), NO_APPLICATIONS)).toEqual([])
    const unverified = [...NO_APPLICATIONS, '-o', 'tcp.check_checksum:FALSE']
    expect(tsharkComplaints(temporaryFile(pcapOf(cut)), unverified)).toEqual([])
    const fields = ['frame.len', 'eth.src', 'ip.src', 'ipv6.src', 'ip.dst', 'ipv6.dst', 'ip.ttl', 'ipv6.hlim', 'tcp.srcport', 'tcp.dstport', 'tcp.seq', 'tcp.flags', 'udp.srcport', 'udp.dstport', 'icmp.type', 'icmpv6.type'] // biome-ignore format: a list
    const first = (value: string | undefined): string => value?.split(',')[0] ?? ''
    const found = tsharkFields(path, fields, NO_APPLICATIONS).map((row) => row.map(first))
    const wanted = packets.map((value) => {
      const has4 = value.source.version === 4
      const isFirst = value.fragmentOffset === 0
      const isTcp = value.protocol === IP_PROTOCOL.tcp && isFirst
      const isUdp = value.protocol === IP_PROTOCOL.udp && isFirst
      // The fields of a quoted packet would be the first where the packet itself has none.
      const { quoted } = value
      const inner = quoted && quoted.fragmentOffset === 0 ? quoted : undefined
      const tcpPacket = isTcp ? value : inner?.protocol === IP_PROTOCOL.tcp ? inner : undefined
      const udpPacket = isUdp ? value : inner?.protocol === IP_PROTOCOL.udp ? inner : undefined
      const hex = (flags: number): string => `0x${flags.toString(16).padStart(4, '0')}`
      return [
        value.length + 14,
        MACS.source,
        has4 ? value.source : '',
        has4 ? '' : value.source,
        has4 ? value.destination : '',
        has4 ? '' : value.destination,
        has4 ? value.hopLimit : '',
        has4 ? '' : value.hopLimit,
        tcpPacket?.sourcePort ?? '',
        tcpPacket?.destinationPort ?? '',
        tcpPacket?.tcpSequence ?? '',
        tcpPacket ? hex(tcpPacket.tcpFlags) : '',
        udpPacket?.sourcePort ?? '',
        udpPacket?.destinationPort ?? '',
        value.protocol === IP_PROTOCOL.icmp ? value.icmpType : '',
        value.protocol === IP_PROTOCOL.icmpv6 ? value.icmpType : '',
      ].map(String)
    })
    expect(found).toEqual(wanted)
  })

  it('puts fragments together to datagrams whose checksum is good', () => {
    const whole = packet({ maxPayload: 4000, quotes: false }).filter(
      ({ fragmentOffset, dontFragment, protocol }) =>
        fragmentOffset === 0 && !dontFragment && [1, 6, 17, 58].includes(protocol),
    )
    const packets = fc
      .sample(whole, { numRuns: 200, seed: RUN })
      .flatMap((value, index) => fragmentPacket(value.with({ identification: index + 1 }), 600))
    const path = temporaryFile(pcapOf(packets))
    expect(tsharkComplaints(path, NO_APPLICATIONS)).toEqual([])
    const last = tsharkFields(path, ['ip.reassembled.length', 'ipv6.reassembled.length', 'udp.checksum.status', 'tcp.checksum.status', 'icmp.checksum.status', 'icmpv6.checksum.status']) // biome-ignore format: a list
    expect(last.filter(([four, six]) => four !== '' || six !== '').length).toBeGreaterThan(20)
  })

  it('finds nothing wrong with DNS messages, compressed or not', () => {
    const messages = fc
      .sample(dnsMessage, { numRuns: 400, seed: RUN })
      // What is no DNS as it should be: random bytes in records of a fixed form are noted by tshark's experts.
      .map((message) => ({ ...message, questions: message.questions.slice(0, 1) }))
    const packets = messages.flatMap((message, index) => [
      udp(53, 50_000 + index, encodeDnsMessage({ ...message, isResponse: true }, { compress: index % 2 === 0 })),
    ])
    const path = temporaryFile(pcapOf(packets))
    expect(
      tsharkFields(path, ['_ws.malformed'])
        .flat()
        .filter((value) => value !== ''),
    ).toEqual([])
    const names = tsharkFields(path, ['dns.count.answers', 'dns.count.add_rr', 'dns.id'])
    expect(names).toEqual(
      messages.map(({ answers, additionals, id }) => [
        `${answers.length}`,
        `${additionals.length}`,
        `0x${id.toString(16).padStart(4, '0')}`,
      ]),
    )
  })

  it('finds nothing wrong with application messages', () => {
    const [random, sessionId, key] = fc.sample(bytes(32, 32), { numRuns: 3, seed: RUN }) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    const client = opensslClientHello({
      server: 'www.example.com',
      protocols: ['h2', 'http/1.1'],
      random,
      sessionId,
      publicKey: key,
    })
    const server = opensslServerHello(client, { random, publicKey: key })
    const zero = { seconds: 0, fraction: 0 }
    const ntp = encodeNtp({ kind: 'ntp', leapIndicator: 0, version: 4, mode: 3, stratum: 2, poll: 6, precision: -20, rootDelay: 1, rootDispersion: 2, referenceId: 0x0a000001, reference: ntpTimestamp(1.7e15), origin: zero, receive: zero, transmit: ntpTimestamp(1.7e15 + 1), extension: new Uint8Array(0) }) // biome-ignore format: one message
    const query = dnsQuery({
      id: 5,
      questions: [{ name: 'a.example.com', type: 1, class: 1 }],
      additionals: [ednsRecord()],
    })
    const get = encodeHttpHead({
      kind: 'http-request',
      method: 'GET',
      target: '/',
      version: '1.1',
      headers: [['Host', 'example.com']],
    })
    const head = encodeHttpHead({
      kind: 'http-response',
      version: '1.1',
      statusCode: 200,
      reason: 'OK',
      headers: [['Transfer-Encoding', 'chunked']],
    })
    const chunked = encodeChunkedBody([text('hello '), text('world')], [['X-Sum', '1']])
    const packets = [
      tcp(50_001, 443, encodeTlsRecords(tlsHandshakeRecords([client]))),
      tcp(443, 50_001, encodeTlsRecords([...tlsHandshakeRecords([server]), { contentType: 20, version: 0x303, fragment: Uint8Array.of(1) }, { contentType: 23, version: 0x303, fragment: new Uint8Array(50) }])), // biome-ignore format: one packet
      udp(123, 123, ntp),
      tcp(50_002, 53, encodeDnsOverTcp(query)),
      tcp(50_003, 80, get),
      tcp(80, 50_003, Uint8Array.from([...head, ...chunked])),
    ]
    const path = temporaryFile(pcapOf(packets))
    expect(tsharkComplaints(path)).toEqual([])
    const rows = tsharkFields(path, ['tls.handshake.ja3', 'tls.handshake.ja3_full', 'tls.handshake.ja3s', 'tls.handshake.ja3s_full', 'tls.handshake.extensions_server_name', 'ntp.precision', 'dns.qry.name', 'http.request.uri', 'http.file_data']) // biome-ignore format: a list
    expect(rows[0]?.slice(0, 5)).toEqual([ja3(client), ja3String(client), '', '', 'www.example.com'])
    expect(rows[1]?.slice(2, 4)).toEqual([ja3s(server), ja3sString(server)])
    // The exponent -20 as it is written.
    expect(rows[2]?.[5]).toBe('236')
    expect(rows[3]?.[6]).toBe('a.example.com')
    expect(rows[4]?.[7]).toBe('/')
    expect(rows[5]?.[8]).toMatch(/hello world|68656c6c6f20776f726c64/)
  })

  it('reads VLAN tags, ARP, VXLAN and GENEVE as they are', () => {
    const ethernet = { kind: 'ethernet', ...MACS, vlanTags: [], etherType: 0x0800 } as const
    const ip = { kind: 'ipv4', source, destination, trafficClass: 0, identification: 1, reservedFlag: false, dontFragment: false, moreFragments: false, fragmentOffset: 0, hopLimit: 64, options: new Uint8Array(0) } as const // biome-ignore format: one layer
    const echo = { kind: 'icmp', type: 8, code: 0, identifier: 1, sequence: 2 } as const
    const inner = [{ ...ip, protocol: 1 }, echo] as const
    const frames = [
      encodeLayers([
        { ...ethernet, vlanTags: [{ tagProtocol: 0x88a8, priority: 1, dropEligible: true, vlanId: 5 }, { tagProtocol: 0x8100, priority: 0, dropEligible: false, vlanId: 4095 }] }, // biome-ignore format: one layer
        ...inner,
      ]),
      encodeLayers([{ ...ethernet, etherType: 0x0806 }, { kind: 'arp', operation: 2, senderMac: MACS.source, senderIp: source, targetMac: MACS.destination, targetIp: destination }]), // biome-ignore format: one packet
      encodeLayers([ethernet, { ...ip, protocol: 17 }, { kind: 'udp', sourcePort: 65_408, destinationPort: 4789, checksum: 0 }, { kind: 'vxlan', virtualNetworkId: 4242 }, ethernet, ...inner]), // biome-ignore format: one packet
      encodeLayers([ethernet, { ...ip, protocol: 17 }, { kind: 'udp', sourcePort: 60_000, destinationPort: 6081 }, { kind: 'geneve', isControl: false, hasCriticalOptions: false, protocolType: 0x0800, virtualNetworkId: 0, options: [{ optionClass: 0x0108, type: 3, data: new Uint8Array(4) }] }, ...inner]), // biome-ignore format: one packet
    ]
    const pieces: Buffer[] = []
    const writer = new PcapWriter({ onBytes: (piece) => pieces.push(Buffer.from(piece)) })
    for (const frame of frames) writer.writeFrame(frame, 1_700_000_000_000_000)
    writer.flush()
    const path = temporaryFile(Buffer.concat(pieces))
    expect(tsharkComplaints(path)).toEqual([])
    expect(
      tsharkFields(path, [
        'vlan.id',
        'ieee8021ad.id',
        'arp.opcode',
        'arp.src.proto_ipv4',
        'vxlan.vni',
        'geneve.option.class',
        'icmp.seq',
      ]),
    ).toEqual([
      ['4095', '5', '', '', '', '', '2'],
      ['', '', '2', '10.0.1.101', '', '', ''],
      ['', '', '', '', '4242', '', '2'],
      ['', '', '', '', '', '0x0108', '2'],
    ])
  })

  it.each(['microseconds', 'nanoseconds'] as const)(
    'reads times in %s, and writes files that are read back',
    (timeUnit) => {
      const packets = fc.sample(packet(), { numRuns: 50, seed: RUN })
      const file = pcapOf(packets, timeUnit)
      const path = temporaryFile(file)
      const own = read(file)
      const times = (list: readonly CapturePacket[]): string[] =>
        list.map((found) => `${captureTimeNanoseconds(found)}`)
      expect(
        tsharkFields(path, ['frame.time_epoch'])
          .flat()
          .map((time) => time.replace('.', '')),
      ).toEqual(times(own))
      for (const format of ['pcapng', 'pcap', 'nsecpcap']) {
        const converted = temporaryPath(format)
        execFileSync(TSHARK, ['-r', path, '-F', format, '-w', converted], { stdio: 'ignore' })
        const found = read(Uint8Array.from(readFileSync(converted)))
        expect(found.map(({ data }) => data)).toEqual(own.map(({ data }) => data))
        const cut = (time: string): string => (format === 'pcap' ? `${time.slice(0, -3)}000` : time)
        expect(times(found)).toEqual(times(own).map(cut))
      }
    },
  )
})
