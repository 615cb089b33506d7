/** An IP protocol: a name, an IANA number (0 to 255), or `all` (also `-1`, as AWS writes it). */
export type IpProtocolDesign = 'all' | 'tcp' | 'udp' | 'icmp' | 'icmpv6' | number
