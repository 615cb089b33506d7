import fc, { type Arbitrary } from 'fast-check'
import { IpAddress } from '../src/net/ip-address.ts'
import { MacAddress } from '../src/net/mac-address.ts'
import type { DnsMessage } from '../src/packet/dns/dns-message.ts'
import { DNS_TYPE } from '../src/packet/dns/dns-numbers.ts'
import type { DnsRecord, DnsRecordData } from '../src/packet/dns/dns-record.ts'
import { encodeHeaderOptions } from '../src/packet/header-options.ts'
import { isIcmpError } from '../src/packet/icmp.ts'
import { ICMPV6_TYPE, isIcmpv6Error } from '../src/packet/icmpv6.ts'
import { IP_PROTOCOL } from '../src/packet/ip-protocol.ts'
import { IPV6_EXTENSION } from '../src/packet/ipv6-extension.ts'
import { Packet, type PacketFields } from '../src/packet/packet.ts'

// Arbitraries of packets and messages for the tests of the codecs. Values are of the form that decoding gives.

export const uint8: Arbitrary<number> = fc.integer({ min: 0, max: 0xff })
export const uint16: Arbitrary<number> = fc.integer({ min: 0, max: 0xffff })
export const uint32: Arbitrary<number> = fc.integer({ min: 0, max: 0xffff_ffff })
/** Random bytes of any length up to the largest: fast-check's own arrays are seldom long. */
export const bytes = (maxLength: number, minLength = 0): Arbitrary<Uint8Array> =>
  fc.tuple(fc.integer({ min: minLength, max: maxLength }), uint32).map(([length, seed]) => {
    let state = seed
    return Uint8Array.from({ length }, () => {
      // Numerical Recipes' generator; its upper bits are random enough.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state >>> 24
    })
  })
export const mac: Arbitrary<MacAddress> = bytes(6, 6).map((six) => MacAddress.fromBytes(six, 0))

/** Addresses of hosts: no multicast, broadcast, loopback or zero, which make tshark warn. */
export const ipv4: Arbitrary<IpAddress> = fc
  .tuple(fc.constantFrom(10, 54, 93, 172, 192), fc.integer({ min: 0, max: 0xffffff }))
  .map(([first, rest]) => IpAddress.fromIpv4Bits(first * 0x1000000 + rest))
export const ipv6: Arbitrary<IpAddress> = fc
  .tuple(uint32, uint32, uint32)
  .map(([word1, word2, word3]) => IpAddress.fromIpv6Words(0x26001f18, word1, word2, word3))
export const addressPair: Arbitrary<readonly [IpAddress, IpAddress]> = fc.oneof(
  fc.tuple(ipv4, ipv4),
  fc.tuple(ipv6, ipv6),
)

const tcpOption = fc.oneof(
  fc.constant({ type: 1, data: new Uint8Array(0) }),
  bytes(2, 2).map((data) => ({ type: 2, data })),
  fc.integer({ min: 0, max: 14 }).map((shift) => ({ type: 3, data: Uint8Array.of(shift) })),
  fc.constant({ type: 4, data: new Uint8Array(0) }),
  bytes(8, 8).map((data) => ({ type: 8, data })),
)
/** Each option at most once, but fillers. */
export const tcpOptions: Arbitrary<Uint8Array> = fc
  .uniqueArray(tcpOption, { maxLength: 5, selector: ({ type }) => type })
  .map((options) => encodeHeaderOptions(options))
export const ipv4Options: Arbitrary<Uint8Array> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(new Uint8Array(0)) },
  {
    weight: 1,
    arbitrary: fc
      .subarray([
        { type: 1, data: new Uint8Array(0) },
        { type: 148, data: Uint8Array.of(0, 0) },
        { type: 7, data: Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 0) },
      ])
      .map((options) => encodeHeaderOptions(options)),
  },
)
/** Hop-by-hop, routing and destination headers that are filled by padding options, in the order of RFC 8200. */
export const ipv6Options: Arbitrary<Uint8Array> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(new Uint8Array(0)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()).map(([hopByHop, routing, destination]) =>
      Uint8Array.from([
        ...(hopByHop ? [IPV6_EXTENSION.hopByHop, 0, 5, 2, 0, 0, 1, 0] : []),
        // An experimental routing type without segments left: the destination stays the packet's.
        ...(routing ? [IPV6_EXTENSION.routing, 0, 253, 0, 0, 0, 0, 0] : []),
        ...(destination ? [IPV6_EXTENSION.destination, 0, 1, 4, 0, 0, 0, 0] : []),
      ]),
    ),
  },
)

interface PacketOptions {
  /** Payload bytes at most. */
  readonly maxPayload?: number
  readonly quotes?: boolean
}

const noData = new Uint8Array(0)

/** Packets of the simulation, whole or later fragments, in the form in which bytes give them. */
export function packet({ maxPayload = 200, quotes = true }: PacketOptions = {}): Arbitrary<Packet> {
  const base = fc
    .tuple(addressPair, fc.integer({ min: 1, max: 255 }), uint8, uint16, fc.boolean(), ipv4Options, ipv6Options)
    .map(([[source, destination], hopLimit, trafficClass, identification, dontFragment, options4, options6]) => ({
      source,
      destination,
      hopLimit,
      trafficClass,
      ipOptions: source.version === 4 ? options4 : options6,
      ...(source.version === 4 && { identification, dontFragment }),
    }))
  // A shared buffer, of which the packet shows a part: as traffic generators have it.
  const payload = fc
    .tuple(bytes(maxPayload), fc.nat(7))
    .map(([data, offset]) => (data.length === 0 ? {} : payloadAt(data, offset)))
  return fc.tuple(base, payload).chain(([network, data]) =>
    fc
      .oneof(
        tcpFields,
        // Over IPv6 every datagram has a checksum (RFC 8200 section 8.1).
        udpFields.map((fields) => (network.source.version === 4 ? fields : { ...fields, hasUdpChecksum: true })),
        icmpFields(network.source.version, quotes),
        otherFields,
        laterFragmentFields,
      )
      .map((transport) => new Packet({ ...network, ...data, ...transport } as PacketFields)),
  )
}

function payloadAt(
  data: Uint8Array,
  offset: number,
): Pick<PacketFields, 'payload' | 'payloadOffset' | 'payloadLength'> {
  const buffer = new Uint8Array(offset + data.length + 3).fill(0xee)
  buffer.set(data, offset)
  return { payload: buffer, payloadOffset: offset, payloadLength: data.length }
}

/** Ports that no protocol claims. */
const port = fc.integer({ min: 50_000, max: 65_000 })

const tcpFields = fc
  .tuple(port, port, fc.constantFrom(2, 18, 16, 24, 17, 4, 20, 25), uint32, uint32, uint16, tcpOptions)
  .map(([sourcePort, destinationPort, tcpFlags, tcpSequence, tcpAcknowledgment, tcpWindow, options]) => ({
    protocol: IP_PROTOCOL.tcp,
    sourcePort,
    destinationPort,
    tcpFlags,
    tcpSequence,
    tcpAcknowledgment: tcpFlags & 16 ? tcpAcknowledgment : 0,
    tcpWindow,
    tcpOptions: options,
  }))

const udpFields = fc.tuple(port, port, fc.boolean()).map(([sourcePort, destinationPort, hasUdpChecksum]) => ({
  protocol: IP_PROTOCOL.udp,
  sourcePort,
  destinationPort,
  hasUdpChecksum,
}))

const otherFields = fc.constantFrom(232, 253).map((protocol) => ({ protocol }))

/** Fragments hold something, and all but the last a multiple of 8 bytes. */
const laterFragmentFields = fc
  .tuple(
    fc.constantFrom<number>(IP_PROTOCOL.tcp, IP_PROTOCOL.udp),
    fc.integer({ min: 1, max: 8000 }),
    fc.boolean(),
    uint16,
    fc.integer({ min: 1, max: 20 }).chain((units) => bytes(units * 8, units * 8)),
  )
  .map(([protocol, units, moreFragments, identification, data]) => ({
    protocol,
    fragmentOffset: units * 8,
    moreFragments,
    identification,
    dontFragment: false,
    ...payloadAt(data, 3),
  }))

function icmpFields(version: 4 | 6, quotes: boolean): Arbitrary<Partial<PacketFields>> {
  const protocol = version === 4 ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6
  const echo = fc
    .tuple(fc.constantFrom(...(version === 4 ? [8, 0] : [128, 129])), uint16, uint16)
    .map(([icmpType, icmpIdentifier, icmpSequence]) => ({ protocol, icmpType, icmpIdentifier, icmpSequence }))
  if (!quotes) return echo
  const error = fc
    .tuple(
      fc.constantFrom(
        ...(version === 4
          ? ([
              [3, 3],
              [3, 4],
              [11, 0],
            ] as const)
          : ([
              [1, 4],
              [2, 0],
              [3, 0],
            ] as const)),
      ),
      fc.integer({ min: 576, max: 9001 }),
      packet({ maxPayload: 1500, quotes: false }).filter(({ source }) => source.version === version),
    )
    .map(([[icmpType, icmpCode], mtu, quoted]) => ({
      protocol,
      icmpType,
      icmpCode,
      ...(version === 4
        ? icmpCode === 4 && { icmpMtu: mtu }
        : icmpType === ICMPV6_TYPE.packetTooBig && { icmpMtu: mtu }),
      quoted,
      payload: noData,
      payloadOffset: 0,
      payloadLength: 0,
    }))
  return fc.oneof(echo, error)
}

/** Whether a packet quotes another. */
export function isError({ protocol, icmpType }: Packet): boolean {
  return protocol === IP_PROTOCOL.icmp
    ? isIcmpError(icmpType)
    : protocol === IP_PROTOCOL.icmpv6 && isIcmpv6Error(icmpType)
}

const label = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/) },
  { weight: 1, arbitrary: fc.constantFrom('a\\.b', 'x\\\\y', '\\000\\255', '\\032') },
)
/** Names of few labels, so that suffixes repeat. */
export const dnsName: Arbitrary<string> = fc.oneof(
  fc.constantFrom('.', 'example.com', 'www.example.com', 'mail.example.com', 'Example.com', 'com'),
  fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.')),
)
/** Text of one byte per character. */
const string = (maxLength: number): Arbitrary<string> =>
  bytes(maxLength).map((data) => Buffer.from(data).toString('latin1'))
const types = fc.uniqueArray(uint16, { minLength: 1, maxLength: 6 }).map((list) => list.toSorted((a, b) => a - b))

const recordData: Arbitrary<readonly [type: number, data: DnsRecordData]> = fc.oneof(
  ipv4.map((address) => [DNS_TYPE.a, { kind: 'address', address }] as const),
  ipv6.map((address) => [DNS_TYPE.aaaa, { kind: 'address', address }] as const),
  fc
    .tuple(fc.constantFrom<number>(DNS_TYPE.ns, DNS_TYPE.cname, DNS_TYPE.ptr, DNS_TYPE.dname), dnsName)
    .map(([type, name]) => [type, { kind: 'name', name }] as const),
  fc
    .record({
      kind: fc.constant('soa' as const),
      primaryServer: dnsName,
      mailbox: dnsName,
      serial: uint32,
      refresh: uint32,
      retry: uint32,
      expire: uint32,
      minimum: uint32,
    })
    .map((data) => [DNS_TYPE.soa, data] as const),
  fc
    .record({ kind: fc.constant('mx' as const), preference: uint16, exchange: dnsName })
    .map((data) => [DNS_TYPE.mx, data] as const),
  fc
    .record({ kind: fc.constant('txt' as const), strings: fc.array(string(255), { minLength: 1, maxLength: 3 }) })
    .map((data) => [DNS_TYPE.txt, data] as const),
  fc
    .record({ kind: fc.constant('hinfo' as const), cpu: string(20), operatingSystem: string(20) })
    .map((data) => [DNS_TYPE.hinfo, data] as const),
  fc
    .record({ kind: fc.constant('srv' as const), priority: uint16, weight: uint16, port: uint16, target: dnsName })
    .map((data) => [DNS_TYPE.srv, data] as const),
  fc
    .record({
      kind: fc.constant('naptr' as const),
      order: uint16,
      preference: uint16,
      flags: string(3),
      services: string(9),
      regexp: string(9),
      replacement: dnsName,
    })
    .map((data) => [DNS_TYPE.naptr, data] as const),
  fc
    .record({
      kind: fc.constant('caa' as const),
      flags: uint8,
      tag: fc.constantFrom('issue', 'iodef'),
      value: string(30),
    })
    .map((data) => [DNS_TYPE.caa, data] as const),
  fc
    .record({ kind: fc.constant('uri' as const), priority: uint16, weight: uint16, target: string(30) })
    .map((data) => [DNS_TYPE.uri, data] as const),
  fc
    .record({
      kind: fc.constant('ds' as const),
      keyTag: uint16,
      algorithm: uint8,
      digestType: uint8,
      digest: bytes(32),
    })
    .map((data) => [DNS_TYPE.ds, data] as const),
  fc
    .record({
      kind: fc.constant('dnskey' as const),
      flags: uint16,
      protocol: uint8,
      algorithm: uint8,
      publicKey: bytes(40),
    })
    .map((data) => [DNS_TYPE.dnskey, data] as const),
  fc
    .record({
      kind: fc.constant('rrsig' as const),
      typeCovered: uint16,
      algorithm: uint8,
      labels: uint8,
      originalTtl: uint32,
      expiration: uint32,
      inception: uint32,
      keyTag: uint16,
      signerName: dnsName,
      signature: bytes(40),
    })
    .map((data) => [DNS_TYPE.rrsig, data] as const),
  fc
    .record({ kind: fc.constant('nsec' as const), nextName: dnsName, types })
    .map((data) => [DNS_TYPE.nsec, data] as const),
  fc
    .record({
      kind: fc.constant('nsec3' as const),
      hashAlgorithm: uint8,
      flags: uint8,
      iterations: uint16,
      salt: bytes(8),
      nextHash: bytes(20),
      types,
    })
    .map((data) => [DNS_TYPE.nsec3, data] as const),
  fc
    .record({
      kind: fc.constant('nsec3param' as const),
      hashAlgorithm: uint8,
      flags: uint8,
      iterations: uint16,
      salt: bytes(8),
    })
    .map((data) => [DNS_TYPE.nsec3param, data] as const),
  fc
    .record({ kind: fc.constant('sshfp' as const), algorithm: uint8, fingerprintType: uint8, fingerprint: bytes(32) })
    .map((data) => [DNS_TYPE.sshfp, data] as const),
  fc
    .record({
      kind: fc.constant('tlsa' as const),
      usage: uint8,
      selector: uint8,
      matchingType: uint8,
      association: bytes(32),
    })
    .map((data) => [DNS_TYPE.tlsa, data] as const),
  fc
    .record({
      kind: fc.constant('svcb' as const),
      priority: uint16,
      target: dnsName,
      parameters: fc.array(fc.record({ key: fc.integer({ min: 7, max: 65_000 }), value: bytes(9) }), { maxLength: 2 }),
    })
    .map((data) => [DNS_TYPE.https, data] as const),
  bytes(20).map((data) => [65_399, { kind: 'raw', bytes: data }] as const),
)

export const dnsRecord: Arbitrary<DnsRecord> = fc
  .tuple(dnsName, recordData, uint32)
  .map(([name, [type, data], ttl]) => ({ name, type, class: 1, ttl, data }))

const dnsOpt: Arbitrary<DnsRecord> = fc
  .tuple(uint16, fc.array(fc.record({ code: fc.integer({ min: 20, max: 100 }), data: bytes(9) }), { maxLength: 2 }))
  .map(([size, options]) => ({
    name: '.',
    type: DNS_TYPE.opt,
    class: size,
    ttl: 0x8000,
    data: { kind: 'edns', options },
  }))

export const dnsMessage: Arbitrary<DnsMessage> = fc.record({
  kind: fc.constant('dns' as const),
  id: uint16,
  isResponse: fc.boolean(),
  opcode: fc.constant(0),
  isAuthoritative: fc.boolean(),
  isTruncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  authenticData: fc.boolean(),
  checkingDisabled: fc.boolean(),
  responseCode: fc.integer({ min: 0, max: 5 }),
  questions: fc.array(fc.record({ name: dnsName, type: fc.constantFrom(1, 28, 15, 255), class: fc.constant(1) }), {
    minLength: 1,
    maxLength: 2,
  }),
  answers: fc.array(dnsRecord, { maxLength: 4 }),
  authorities: fc.array(dnsRecord, { maxLength: 2 }),
  additionals: fc.array(fc.oneof(dnsRecord, dnsOpt), { maxLength: 2 }),
})
