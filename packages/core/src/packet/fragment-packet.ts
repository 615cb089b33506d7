import { encodeIpPacket } from './encode-packet.ts'
import { onesComplementSum } from './internet-checksum.ts'
import { IP_PROTOCOL } from './ip-protocol.ts'
import { IPV4_HEADER_LENGTH } from './ipv4.ts'
import { unfragmentableLength } from './ipv6-extension.ts'
import { Packet } from './packet.ts'
import { withTunnelBytes } from './tunnel-bytes.ts'
import { UDP_HEADER_LENGTH } from './udp.ts'

/** The bit of an IPv4 option's type that says that every fragment carries it (RFC 791 section 3.1). */
const COPIED = 0x80
/** Fixed header and fragment header. */
const IPV6_FRAGMENT_HEADERS = 48
const NO_BYTES = new Uint8Array(0)

/**
 * The packet in fragments of at most `mtu` bytes, or alone where it fits (RFC 791 section 3.2, RFC 8200 section 4.5). The first carries
 * the transport header with the checksum of the whole. A quote becomes plain payload. RangeError where the packet must not be fragmented
 * (Don't Fragment) or the first fragment has no room for the headers.
 */
export function fragmentPacket(packet: Packet, mtu: number): readonly Packet[] {
  if (packet.length <= mtu) return [packet]
  if (packet.dontFragment)
    throw new RangeError(`a packet of ${packet.length} bytes with Don't Fragment does not fit ${mtu}`)
  const whole = packet.quoted ? withQuoteAsPayload(packet) : withTunnelBytes(packet)
  const later = laterHeader(whole)
  const firstLength = room(whole, mtu, fragmentHeaderLength(whole))
  const transportLength = transportHeaderLength(whole)
  if (firstLength < transportLength) {
    throw new RangeError(`an MTU of ${mtu} bytes has no room for the headers of the first fragment`)
  }
  const firstPayload = firstLength - transportLength
  const fragments = [firstFragment(whole, transportLength, firstPayload)]
  const perFragment = room(whole, mtu, later.headerLength)
  let offset = whole.fragmentOffset + later.prefixLength + firstLength
  for (let at = firstPayload; at < whole.payloadLength; at += perFragment) {
    const length = Math.min(perFragment, whole.payloadLength - at)
    fragments.push(laterFragment(whole, later, offset, at, length))
    offset += length
  }
  return fragments
}

/** What fragments behind the first have in common. */
interface LaterHeader {
  readonly ipOptions: Uint8Array
  readonly protocol: number
  readonly headerLength: number
  /** Bytes of IPv6 extension headers in the fragmentable part; only the first fragment has them. */
  readonly prefixLength: number
}

function firstFragment(packet: Packet, transportLength: number, payloadLength: number): Packet {
  if (packet.fragmentOffset > 0) return packet.with({ moreFragments: true, payloadLength })
  const isUdp = packet.protocol === IP_PROTOCOL.udp
  const udpLength = isUdp ? packet.udpLength || UDP_HEADER_LENGTH + packet.payloadLength : 0
  return packet.with({
    moreFragments: true,
    payloadLength,
    udpLength,
    unseenSum: packet.unseenSum + restSum(packet, transportLength, payloadLength),
  })
}

/** What the later fragments add to the first one's checksum: their bytes, and in the pseudo-header their length. */
function restSum(packet: Packet, transportLength: number, firstPayload: number): number {
  const { payload, payloadOffset, payloadLength, udpLength, protocol } = packet
  const covered = udpLength > 0 ? Math.min(payloadLength, udpLength - UDP_HEADER_LENGTH) : payloadLength
  if (covered <= firstPayload || transportLength === 0) return 0
  const end = Math.min(payloadOffset + covered, payload?.length ?? 0)
  const from = payloadOffset + firstPayload
  const sum = payload && from < end ? onesComplementSum(payload, from, end) : 0
  return protocol === IP_PROTOCOL.icmp ? sum : sum + (covered - firstPayload)
}

function laterFragment(packet: Packet, header: LaterHeader, offset: number, at: number, length: number): Packet {
  const { source, destination, hopLimit, trafficClass, identification, payload, payloadOffset, payloadLength } = packet
  const bytes = payload && payloadOffset + at < payload.length ? payload : undefined
  return new Packet({
    source,
    destination,
    protocol: header.protocol,
    hopLimit,
    trafficClass,
    ipOptions: header.ipOptions,
    identification,
    fragmentOffset: offset,
    moreFragments: packet.moreFragments || at + length < payloadLength,
    payload: bytes,
    payloadOffset: bytes ? payloadOffset + at : 0,
    payloadLength: length,
  })
}

function laterHeader(packet: Packet): LaterHeader {
  const { ipOptions, protocol, fragmentOffset } = packet
  if (packet.source.version === 4) {
    const copied = copiedOptions(ipOptions)
    return { ipOptions: copied, protocol, headerLength: IPV4_HEADER_LENGTH + copied.length, prefixLength: 0 }
  }
  const kept = unfragmentableLength(ipOptions, fragmentOffset)
  return {
    ipOptions: ipOptions.subarray(0, kept),
    protocol: kept < ipOptions.length ? (ipOptions[kept] as number) : protocol,
    headerLength: IPV6_FRAGMENT_HEADERS + kept,
    prefixLength: ipOptions.length - kept,
  }
}

/** Bytes of the headers before the transport header in a fragment. */
function fragmentHeaderLength({ source, ipOptions }: Packet): number {
  return (source.version === 4 ? IPV4_HEADER_LENGTH : IPV6_FRAGMENT_HEADERS) + ipOptions.length
}

function transportHeaderLength(packet: Packet): number {
  // As it would be in a fragment: the packet may not be one yet.
  return packet.with({ moreFragments: true }).headerLength - fragmentHeaderLength(packet)
}

/** Bytes of payload behind a header: a multiple of 8. */
function room(packet: Packet, mtu: number, headerLength: number): number {
  const bytes = (mtu - headerLength) & ~7
  if (bytes <= 0) {
    throw new RangeError(`an MTU of ${mtu} bytes has no room for a fragment of IPv${packet.source.version}`)
  }
  return bytes
}

function copiedOptions(options: Uint8Array): Uint8Array {
  const copied: number[] = []
  for (let at = 0; at < options.length; ) {
    const type = options[at] as number
    if (type === 0) break
    const length = type === 1 ? 1 : Math.max(2, options[at + 1] ?? 2)
    if (type & COPIED) copied.push(...options.subarray(at, at + length))
    at += length
  }
  while (copied.length % 4 !== 0) copied.push(0)
  return copied.length === 0 ? NO_BYTES : Uint8Array.from(copied)
}

/** An ICMP error whose quote is payload bytes. */
function withQuoteAsPayload(packet: Packet): Packet {
  const bytes = new Uint8Array(packet.length)
  encodeIpPacket(packet, bytes, 0)
  const payloadOffset = packet.headerLength
  const { source, destination, protocol, hopLimit, trafficClass, ipOptions, identification } = packet
  const { icmpType, icmpCode, icmpIdentifier, icmpSequence, icmpMtu, unseenSum } = packet
  return new Packet({
    source,
    destination,
    protocol,
    hopLimit,
    trafficClass,
    ipOptions,
    identification,
    icmpType,
    icmpCode,
    icmpIdentifier,
    icmpSequence,
    icmpMtu,
    unseenSum,
    payload: bytes,
    payloadOffset,
  })
}
