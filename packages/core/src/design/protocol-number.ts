import type { IpProtocolDesign } from './ip-protocol-design.ts'

/** Protocol numbers that rules treat in a way of their own. Source: IANA, "Protocol Numbers". */
export const ICMP = 1
/** TCP. */
export const TCP = 6
/** UDP. */
export const UDP = 17
/** ICMPv6. */
export const ICMPV6 = 58
/** Any protocol, as EC2 writes it. */
export const ALL_PROTOCOLS = -1

const NUMBERS: Readonly<Record<Extract<IpProtocolDesign, string>, number>> = {
  all: ALL_PROTOCOLS,
  icmp: ICMP,
  tcp: TCP,
  udp: UDP,
  icmpv6: ICMPV6,
}

/** The IANA number of a protocol, -1 for all. */
export function protocolNumber(protocol: IpProtocolDesign): number {
  return typeof protocol === 'number' ? protocol : NUMBERS[protocol]
}

/** Whether rules of the protocol have ports. */
export function hasPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP
}

/** Whether rules of the protocol have an ICMP type and code. */
export function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6
}
