import { IpAddress } from './ip-address.ts'

/** The prefix behind which NAT gateways reach IPv4 hosts for IPv6 clients (RFC 6052, 2.1; VPC user guide, "DNS64 and NAT64"). */
export const NAT64_PREFIX = '64:ff9b::/96'

const PREFIX_WORD = 0x0064_ff9b

/** Whether an address stands for an IPv4 host behind a NAT gateway. */
export function isBehindNat64({ version, word0, word1, word2 }: IpAddress): boolean {
  return version === 6 && word0 === PREFIX_WORD && word1 === 0 && word2 === 0
}

/** The IPv6 address that stands for an IPv4 host: what DNS64 answers with (RFC 6147, 5.1.7). */
export function nat64Address(ipv4: IpAddress): IpAddress {
  return IpAddress.fromIpv6Words(PREFIX_WORD, 0, 0, ipv4.word3)
}
