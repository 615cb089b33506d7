/** EtherTypes that are decoded (IEEE Registration Authority; RFC 9542 section 3). */
export const ETHER_TYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  /** Customer VLAN tag, IEEE 802.1Q. */
  vlan: 0x8100,
  ipv6: 0x86dd,
  /** Service VLAN tag, IEEE 802.1ad. */
  serviceVlan: 0x88a8,
  /** Service tag of equipment older than 802.1ad. */
  oldServiceVlan: 0x9100,
  /** A whole Ethernet frame, in GENEVE and GRE. */
  transparentEthernet: 0x6558,
} as const
