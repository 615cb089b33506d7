import type { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from './ip-protocol.ts'
import type { TunnelPayload } from './tunnel-payload.ts'

/** What a packet is made from; everything but addresses and protocol has a default. */
export interface PacketFields {
  readonly source: IpAddress
  readonly destination: IpAddress
  /** IANA protocol number. */
  readonly protocol: number
  /** TCP and UDP; 0 for other protocols. */
  readonly sourcePort?: number
  readonly destinationPort?: number
  /** TTL or hop limit; 64 unless given. */
  readonly hopLimit?: number
  /** DSCP and ECN, the second byte of the IPv4 header. */
  readonly trafficClass?: number
  /**
   * IPv4: the options, padded to a multiple of 4 bytes. IPv6: the extension headers besides the fragment header, one behind the other
   * as on the wire, but each with its own protocol number in the place of Next Header. Shared between packets, never written to.
   */
  readonly ipOptions?: Uint8Array
  readonly identification?: number
  readonly dontFragment?: boolean
  /** Bytes, a multiple of 8. */
  readonly fragmentOffset?: number
  readonly moreFragments?: boolean
  /** TCP flag bits as in RFC 9293: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
  readonly tcpFlags?: number
  readonly tcpSequence?: number
  readonly tcpAcknowledgment?: number
  readonly tcpWindow?: number
  /** TCP options, padded to a multiple of 4 bytes; shared between packets, never written to. */
  readonly tcpOptions?: Uint8Array
  /** The length field of the UDP header where it is not 8 + `payloadLength`: in the first fragment of a datagram. */
  readonly udpLength?: number
  /** False where the sender left the UDP checksum out (0 on the wire), as the senders of VXLAN do. */
  readonly hasUdpChecksum?: boolean
  /**
   * One's complement sum of what the transport checksum covers besides this packet's own bytes, as if at an even place: the rest of a
   * datagram of which this is the first fragment, or what a quoted packet was cut by. The length in the pseudo-header counts with it.
   */
  readonly unseenSum?: number
  readonly icmpType?: number
  readonly icmpCode?: number
  /**
   * Identifier of ICMP echo messages: what NAT gateways translate as they do ports (RFC 5508). In other messages this and
   * `icmpSequence` are the two halves of the header's last four bytes, as far as `icmpMtu` does not hold them.
   */
  readonly icmpIdentifier?: number
  readonly icmpSequence?: number
  /** Next-hop MTU of ICMP "fragmentation needed" and ICMPv6 "packet too big". */
  readonly icmpMtu?: number
  /** The packet that an ICMP error answers (its header and first bytes are quoted on the wire). */
  readonly quoted?: Packet | undefined
  /** Bytes of the quote; unless given, as many as fit into {@link QUOTE_LIMIT}. */
  readonly quotedLength?: number | undefined
  /**
   * Bytes that hold the transport payload from `payloadOffset` on; absent where only sizes count. What is missing up to
   * `payloadLength` is zeros on the wire. In ICMP errors it follows the quote.
   */
  readonly payload?: Uint8Array | undefined
  readonly payloadOffset?: number
  /** Bytes of transport payload; all of `payload` unless given. */
  readonly payloadLength?: number
  /** What a tunnel's packet carries in the place of `payload`; `payloadLength` is its length with its header. */
  readonly tunnel?: TunnelPayload | undefined
}

const NO_BYTES = new Uint8Array(0)
const IPV4_HEADER = 20
const IPV6_HEADER = 40
const IPV6_FRAGMENT_HEADER = 8
const TCP_HEADER = 20
const UDP_HEADER = 8
const ICMP_HEADER = 8
/** Linux quotes as much of the packet as fits 576 bytes (RFC 1812, 4.3.2.3) in IPv4 and 1,280 bytes in IPv6 (RFC 4443, 3.1). */
export const QUOTE_LIMIT: Readonly<Record<4 | 6, number>> = { 4: 576, 6: 1280 }

/**
 * One IP packet as the simulation moves it: header fields as numbers, payload as a view. All packets have one shape, so that the
 * engine's hot paths stay monomorphic. Immutable; a translated packet is a changed copy ({@link Packet.with}).
 * `encode-packet.ts` makes its bytes, `decode-packet.ts` reads it from bytes.
 */
export class Packet {
  readonly source: IpAddress
  readonly destination: IpAddress
  readonly protocol: number
  readonly sourcePort: number
  readonly destinationPort: number
  readonly hopLimit: number
  readonly trafficClass: number
  readonly ipOptions: Uint8Array
  readonly identification: number
  readonly dontFragment: boolean
  readonly fragmentOffset: number
  readonly moreFragments: boolean
  readonly tcpFlags: number
  readonly tcpSequence: number
  readonly tcpAcknowledgment: number
  readonly tcpWindow: number
  readonly tcpOptions: Uint8Array
  /** 0 unless it differs from the payload's length. */
  readonly udpLength: number
  readonly hasUdpChecksum: boolean
  readonly unseenSum: number
  readonly icmpType: number
  readonly icmpCode: number
  readonly icmpIdentifier: number
  readonly icmpSequence: number
  readonly icmpMtu: number
  readonly quoted: Packet | undefined
  /** Bytes of the packet that an ICMP error quotes; 0 without a quote. */
  readonly quotedLength: number
  readonly payload: Uint8Array | undefined
  readonly payloadOffset: number
  readonly payloadLength: number
  readonly tunnel: TunnelPayload | undefined
  /** Bytes of the whole IP packet, header included: what flow logs count. */
  readonly length: number

  constructor(fields: PacketFields) {
    if (fields instanceof Packet) {
      // A copy, whose fields are read from objects of one shape: several times as fast as from an object of any shape.
      this.source = fields.source
      this.destination = fields.destination
      this.protocol = fields.protocol
      this.sourcePort = fields.sourcePort
      this.destinationPort = fields.destinationPort
      this.hopLimit = fields.hopLimit
      this.trafficClass = fields.trafficClass
      this.ipOptions = fields.ipOptions
      this.identification = fields.identification
      this.dontFragment = fields.dontFragment
      this.fragmentOffset = fields.fragmentOffset
      this.moreFragments = fields.moreFragments
      this.tcpFlags = fields.tcpFlags
      this.tcpSequence = fields.tcpSequence
      this.tcpAcknowledgment = fields.tcpAcknowledgment
      this.tcpWindow = fields.tcpWindow
      this.tcpOptions = fields.tcpOptions
      this.udpLength = fields.udpLength
      this.hasUdpChecksum = fields.hasUdpChecksum
      this.unseenSum = fields.unseenSum
      this.icmpType = fields.icmpType
      this.icmpCode = fields.icmpCode
      this.icmpIdentifier = fields.icmpIdentifier
      this.icmpSequence = fields.icmpSequence
      this.icmpMtu = fields.icmpMtu
      this.quoted = fields.quoted
      this.quotedLength = fields.quotedLength
      this.payload = fields.payload
      this.payloadOffset = fields.payloadOffset
      this.payloadLength = fields.payloadLength
      this.tunnel = fields.tunnel
      this.length = fields.length
      return
    }
    this.source = fields.source
    this.destination = fields.destination
    this.protocol = fields.protocol
    this.sourcePort = fields.sourcePort ?? 0
    this.destinationPort = fields.destinationPort ?? 0
    this.hopLimit = fields.hopLimit ?? 64
    this.trafficClass = fields.trafficClass ?? 0
    this.ipOptions = fields.ipOptions ?? NO_BYTES
    this.identification = fields.identification ?? 0
    this.dontFragment = fields.dontFragment ?? false
    this.fragmentOffset = fields.fragmentOffset ?? 0
    this.moreFragments = fields.moreFragments ?? false
    this.tcpFlags = fields.tcpFlags ?? 0
    this.tcpSequence = fields.tcpSequence ?? 0
    this.tcpAcknowledgment = fields.tcpAcknowledgment ?? 0
    this.tcpWindow = fields.tcpWindow ?? 0
    this.tcpOptions = fields.tcpOptions ?? NO_BYTES
    this.udpLength = fields.udpLength ?? 0
    this.hasUdpChecksum = fields.hasUdpChecksum ?? true
    this.unseenSum = fields.unseenSum ?? 0
    this.icmpType = fields.icmpType ?? 0
    this.icmpCode = fields.icmpCode ?? 0
    this.icmpIdentifier = fields.icmpIdentifier ?? 0
    this.icmpSequence = fields.icmpSequence ?? 0
    this.icmpMtu = fields.icmpMtu ?? 0
    this.quoted = fields.quoted
    this.quotedLength = fields.quoted ? Math.min(fields.quoted.length, fields.quotedLength ?? quoteRoom(this)) : 0
    this.payload = fields.payload
    this.payloadOffset = fields.payloadOffset ?? 0
    this.payloadLength = fields.payloadLength ?? (fields.payload ? fields.payload.length - this.payloadOffset : 0)
    this.tunnel = fields.tunnel
    this.length = this.headerLength + this.payloadLength + this.quotedLength
  }

  /** IP and transport header, in bytes. A later fragment has no transport header. */
  get headerLength(): number {
    const version = this.source.version
    const isFragment = this.fragmentOffset > 0 || this.moreFragments
    const ip =
      (version === 4 ? IPV4_HEADER : IPV6_HEADER + (isFragment ? IPV6_FRAGMENT_HEADER : 0)) + this.ipOptions.length
    if (this.fragmentOffset > 0) return ip
    switch (this.protocol) {
      case IP_PROTOCOL.tcp:
        return ip + TCP_HEADER + this.tcpOptions.length
      case IP_PROTOCOL.udp:
        return ip + UDP_HEADER
      case IP_PROTOCOL.icmp:
      case IP_PROTOCOL.icmpv6:
        return ip + ICMP_HEADER
      default:
        return ip
    }
  }

  /**
   * What address translation makes of the packet: {@link Packet.with} for what happens to many packets. The addresses are of the packet's
   * IP version.
   */
  translated(source: IpAddress, sourcePort: number, destination: IpAddress, destinationPort: number): Packet {
    const copy: Changeable<Packet> = new Packet(this)
    copy.source = source
    copy.sourcePort = sourcePort
    copy.destination = destination
    copy.destinationPort = destinationPort
    return copy
  }

  /** The packet behind a hop: {@link Packet.with} for what happens to many packets. */
  withHopLimit(hopLimit: number): Packet {
    const copy: Changeable<Packet> = new Packet(this)
    copy.hopLimit = hopLimit
    return copy
  }

  /** The packet of a tunnel from another port, with other content: {@link Packet.with} for what happens to many packets. */
  carrying(tunnel: TunnelPayload, sourcePort: number): Packet {
    const copy: Changeable<Packet> = new Packet(this)
    const payloadLength = tunnel.header.length + tunnel.length
    copy.tunnel = tunnel
    copy.sourcePort = sourcePort
    copy.length += payloadLength - this.payloadLength
    copy.payloadLength = payloadLength
    return copy
  }

  /** A copy with some fields changed; an undefined change is none. */
  with(changes: Partial<PacketFields>): Packet {
    // Field by field: spreading objects takes ten times as long.
    const quoted = changes.quoted ?? this.quoted
    const keepsQuotedLength = quoted !== undefined && quoted.length === this.quoted?.length
    return new Packet({
      source: changes.source ?? this.source,
      destination: changes.destination ?? this.destination,
      protocol: changes.protocol ?? this.protocol,
      sourcePort: changes.sourcePort ?? this.sourcePort,
      destinationPort: changes.destinationPort ?? this.destinationPort,
      hopLimit: changes.hopLimit ?? this.hopLimit,
      trafficClass: changes.trafficClass ?? this.trafficClass,
      ipOptions: changes.ipOptions ?? this.ipOptions,
      identification: changes.identification ?? this.identification,
      dontFragment: changes.dontFragment ?? this.dontFragment,
      fragmentOffset: changes.fragmentOffset ?? this.fragmentOffset,
      moreFragments: changes.moreFragments ?? this.moreFragments,
      tcpFlags: changes.tcpFlags ?? this.tcpFlags,
      tcpSequence: changes.tcpSequence ?? this.tcpSequence,
      tcpAcknowledgment: changes.tcpAcknowledgment ?? this.tcpAcknowledgment,
      tcpWindow: changes.tcpWindow ?? this.tcpWindow,
      tcpOptions: changes.tcpOptions ?? this.tcpOptions,
      udpLength: changes.udpLength ?? this.udpLength,
      hasUdpChecksum: changes.hasUdpChecksum ?? this.hasUdpChecksum,
      unseenSum: changes.unseenSum ?? this.unseenSum,
      icmpType: changes.icmpType ?? this.icmpType,
      icmpCode: changes.icmpCode ?? this.icmpCode,
      icmpIdentifier: changes.icmpIdentifier ?? this.icmpIdentifier,
      icmpSequence: changes.icmpSequence ?? this.icmpSequence,
      icmpMtu: changes.icmpMtu ?? this.icmpMtu,
      quoted,
      quotedLength: changes.quotedLength ?? (keepsQuotedLength ? this.quotedLength : undefined),
      payload: changes.payload ?? this.payload,
      payloadOffset: changes.payloadOffset ?? this.payloadOffset,
      payloadLength: changes.payloadLength ?? this.payloadLength,
      // Other payload takes the place of what a tunnel carries.
      tunnel: changes.tunnel ?? (changes.payload ? undefined : this.tunnel),
    })
  }
}

/** How many bytes of a quote fit behind the packet's headers. */
function quoteRoom({ source, headerLength }: Packet): number {
  return Math.max(0, QUOTE_LIMIT[source.version] - headerLength)
}

/** A copy before it is given out. */
type Changeable<Value> = { -readonly [Key in keyof Value]: Value[Key] }
