import { IpAddress } from '../net/ip-address.ts'
import { isBehindNat64, nat64Address } from '../net/nat64-prefix.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import { packetInError } from './icmp-message.ts'

/** What IPv6 headers have more than IPv4 headers, in bytes. */
const HEADER_DIFFERENCE = 20
/** An IPv6 packet up to this size may be fragmented behind the translator; a larger one carries Don't Fragment (RFC 7915, 5.1). */
const IPV6_MINIMUM_MTU = 1280

/** The first address behind 0.0.0.0/8. */
const FIRST_HOST = 0x0100_0000

const NO_OPTIONS = new Uint8Array(0)
const ECHO = { request: { 4: 8, 6: 128 }, reply: { 4: 0, 6: 129 } } as const

/** ICMPv6 type and code of an ICMPv4 error: the code by type, or one for every code of the type (RFC 7915, 4.2). */
const TO_ICMPV6: Readonly<Record<number, Readonly<Record<number, readonly [type: number, code: number]>>>> = {
  3: {
    ...Object.fromEntries([0, 1, 5, 6, 7, 8, 11, 12].map((code) => [code, [1, 0] as const])),
    ...Object.fromEntries([9, 10, 13, 15].map((code) => [code, [1, 1] as const])),
    2: [4, 1],
    3: [1, 4],
    4: [2, 0],
  },
  11: { 0: [3, 0], 1: [3, 1] },
}

/** ICMPv4 type and code of an ICMPv6 error (RFC 7915, 5.2). */
const TO_ICMPV4: Readonly<Record<number, Readonly<Record<number, readonly [type: number, code: number]>>>> = {
  1: { 0: [3, 1], 1: [3, 10], 2: [3, 1], 3: [3, 1], 4: [3, 3] },
  2: { 0: [3, 4] },
  3: { 0: [11, 0], 1: [11, 1] },
  4: { 1: [3, 2] },
}

/**
 * The IPv6 side of a NAT gateway: packets of IPv6 clients to 64:ff9b::/96 become IPv4 packets and back, so that the gateway's
 * IPv4 translation takes them like any other. A client has an address of 0.0.0.0/8, which no host has, in between.
 * Source: VPC user guide, "DNS64 and NAT64"; headers and ICMP as in RFC 7915.
 */
export class Nat64 {
  readonly #clients: IpAddress[] = []
  readonly #standIns: Map<string, IpAddress> = new Map()

  /** An IPv6 packet to the prefix as IPv4; undefined for ICMPv6 messages that have no counterpart, and for hosts of 0.0.0.0/8. */
  toIpv4(packet: Packet): Packet | undefined {
    return packet.destination.word3 < FIRST_HOST ? undefined : this.#translate(packet, 4)
  }

  /** What comes back for an IPv6 client as IPv6; undefined for ICMP messages that have no counterpart. */
  toIpv6(packet: Packet): Packet | undefined {
    return this.#translate(packet, 6)
  }

  /** Whether an address of the IPv4 side stands for an IPv6 client. */
  isStandIn(address: IpAddress): boolean {
    return address.version === 4 && address.word3 > 0 && address.word3 <= this.#clients.length
  }

  #translate(packet: Packet, version: 4 | 6): Packet | undefined {
    const source = this.#addressIn(packet.source, version)
    const destination = this.#addressIn(packet.destination, version)
    const isIpv4 = version === 4
    const headers = {
      source,
      destination,
      ipOptions: NO_OPTIONS,
      // A quoted packet may be any; what is sent on says what size it was (RFC 7915, 5.1).
      dontFragment: isIpv4 && packet.length > IPV6_MINIMUM_MTU && !packet.moreFragments && packet.fragmentOffset === 0,
      identification: isIpv4 ? packet.identification & 0xffff : packet.identification,
      hasUdpChecksum: true,
    }
    const other = isIpv4 ? 6 : 4
    if (packet.protocol !== (isIpv4 ? IP_PROTOCOL.icmpv6 : IP_PROTOCOL.icmp)) return packet.with(headers)
    const icmp = { ...headers, protocol: isIpv4 ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6 }
    for (const types of [ECHO.request, ECHO.reply]) {
      if (packet.icmpType === types[other]) return packet.with({ ...icmp, icmpType: types[version] })
    }
    const quoted = packetInError(packet)
    const typeAndCode = (isIpv4 ? TO_ICMPV4 : TO_ICMPV6)[packet.icmpType]?.[packet.icmpCode]
    const about = quoted && this.#translate(quoted, version)
    if (!about || !typeAndCode) return undefined
    const [icmpType, icmpCode] = typeAndCode
    const change = isIpv4 ? -HEADER_DIFFERENCE : HEADER_DIFFERENCE
    const icmpMtu = packet.icmpMtu === 0 ? 0 : Math.max(0, packet.icmpMtu + change)
    return packet.with({ ...icmp, icmpType, icmpCode, icmpMtu, quoted: about })
  }

  #addressIn(address: IpAddress, version: 4 | 6): IpAddress {
    if (version === 6) return this.#clients[address.word3 - 1] ?? nat64Address(address)
    return isBehindNat64(address) ? IpAddress.fromIpv4Bits(address.word3) : this.#standInFor(address)
  }

  #standInFor(client: IpAddress): IpAddress {
    const text = client.toString()
    let standIn = this.#standIns.get(text)
    if (standIn === undefined) {
      this.#clients.push(client)
      standIn = IpAddress.fromIpv4Bits(this.#clients.length)
      this.#standIns.set(text, standIn)
    }
    return standIn
  }
}
