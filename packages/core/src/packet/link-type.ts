/** Link types of capture files that are decoded (tcpdump.org, "Link-layer header types"). */
export const LINK_TYPE = {
  /** BSD loopback: an address family in the byte order of the capturing machine. */
  null: 0,
  ethernet: 1,
  /** Raw IP as some systems number it (DLT_RAW). */
  rawBsd: 12,
  rawOpenBsd: 14,
  /** Raw IP, version 4 or 6 by the first four bits. */
  raw: 101,
  /** OpenBSD loopback: an address family in network byte order. */
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const
