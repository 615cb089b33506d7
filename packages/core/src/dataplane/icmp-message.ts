import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'

/** No type at all. */
export const NO_ICMP_TYPE = -1

// Query types of ICMPv4 by either type (IANA "ICMP Parameters"): echo, timestamp, information, address mask.
const IPV4_QUERIES: readonly number[] = [8, 13, 15, 17]
const IPV4_ANSWERS: readonly number[] = [0, 14, 16, 18]
/** Destination unreachable, source quench, redirect, time exceeded, parameter problem: the messages that quote a packet. */
const IPV4_ERRORS: readonly number[] = [3, 4, 5, 11, 12]
const IPV6_ECHO = 128
const IPV6_ECHO_ANSWER = 129
/** ICMPv6 errors have types below it (RFC 4443, 2.1). */
const IPV6_FIRST_INFORMATION = 128

/** ICMP in IPv4 or IPv6. */
export function isIcmp(protocol: number): boolean {
  return protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6
}

/** Whether the message is a query that an answer with the same identifier belongs to. */
export function isIcmpQuery(packet: Packet): boolean {
  return packet.protocol === IP_PROTOCOL.icmpv6 ? packet.icmpType === IPV6_ECHO : IPV4_QUERIES.includes(packet.icmpType)
}

/** The query type that the message asks or answers, {@link NO_ICMP_TYPE} for messages that are neither. */
export function icmpQueryType(packet: Packet): number {
  const { icmpType } = packet
  if (packet.protocol === IP_PROTOCOL.icmpv6) {
    return icmpType === IPV6_ECHO || icmpType === IPV6_ECHO_ANSWER ? IPV6_ECHO : NO_ICMP_TYPE
  }
  const answer = IPV4_ANSWERS.indexOf(icmpType)
  if (answer >= 0) return IPV4_QUERIES[answer] ?? NO_ICMP_TYPE
  return IPV4_QUERIES.includes(icmpType) ? icmpType : NO_ICMP_TYPE
}

/** The packet that an ICMP error is about; undefined for every other packet. */
export function packetInError(packet: Packet): Packet | undefined {
  if (packet.quoted === undefined || !isIcmp(packet.protocol)) return undefined
  const isError =
    packet.protocol === IP_PROTOCOL.icmpv6
      ? packet.icmpType < IPV6_FIRST_INFORMATION
      : IPV4_ERRORS.includes(packet.icmpType)
  return isError ? packet.quoted : undefined
}
