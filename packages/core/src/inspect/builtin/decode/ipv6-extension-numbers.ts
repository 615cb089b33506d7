/** Next-header numbers of IPv6 extension headers (RFC 8200 section 4, RFC 4302). */
export const IPV6_EXTENSION = { hopByHop: 0, routing: 43, fragment: 44, authentication: 51, destination: 60 } as const
