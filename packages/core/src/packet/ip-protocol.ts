/** IANA numbers of the protocols that the network treats specially (IANA Assigned Internet Protocol Numbers). */
export const IP_PROTOCOL = { icmp: 1, tcp: 6, udp: 17, gre: 47, esp: 50, icmpv6: 58 } as const
