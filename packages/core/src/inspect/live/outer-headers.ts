import { IpAddress } from '../../net/ip-address.ts'
import { writeUint16 } from '../../packet/byte-order.ts'
import { ETHER_TYPE } from '../../packet/ether-type.ts'
import { ETHERNET_HEADER_LENGTH } from '../../packet/ethernet.ts'
import { IP_PROTOCOL } from '../../packet/ip-protocol.ts'
import { IPV4_HEADER_LENGTH, writeIpv4Header } from '../../packet/ipv4.ts'
import { IPV6_HEADER_LENGTH, writeIpv6Header } from '../../packet/ipv6.ts'
import { UDP_HEADER_LENGTH, writeUdpHeader } from '../../packet/udp.ts'
import { VXLAN_PORT } from '../../packet/vxlan.ts'

/** Locally administered (IEEE 802, the second bit), since a socket does not tell the real ones. */
const DESTINATION_MAC = [2, 0, 0, 0, 0, 2] as const
const SOURCE_MAC = [2, 0, 0, 0, 0, 1] as const

/** Of Linux, for what a socket does not tell. */
const HOP_LIMIT = 64

const NO_OPTIONS = new Uint8Array(0)

/** Bytes of the headers that {@link writeOuterHeaders} writes. */
export function outerHeadersLength(source: IpAddress): number {
  return ETHERNET_HEADER_LENGTH + (source.version === 4 ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH) + UDP_HEADER_LENGTH
}

/**
 * Writes the Ethernet, IP and UDP headers around a datagram of so many bytes, in front of it; both addresses have one version. Their
 * destination port is that of VXLAN whatever the socket's is: by it inspectors know the tunnel. The UDP checksum is left out, as in the
 * copies of traffic mirroring.
 */
export function writeOuterHeaders(
  bytes: Uint8Array,
  source: IpAddress,
  sourcePort: number,
  destination: IpAddress,
  datagramLength: number,
): void {
  const udpLength = UDP_HEADER_LENGTH + datagramLength
  bytes.set(DESTINATION_MAC, 0)
  bytes.set(SOURCE_MAC, 6)
  writeUint16(bytes, 12, source.version === 4 ? ETHER_TYPE.ipv4 : ETHER_TYPE.ipv6)
  let at = ETHERNET_HEADER_LENGTH
  if (source.version === 4) {
    const length = IPV4_HEADER_LENGTH + udpLength
    at += writeIpv4Header(bytes, at, source, destination, IP_PROTOCOL.udp, length, 0, 0, 0, HOP_LIMIT, NO_OPTIONS)
  } else {
    at += writeIpv6Header(bytes, at, source, destination, IP_PROTOCOL.udp, udpLength, 0, 0, HOP_LIMIT)
  }
  writeUdpHeader(bytes, at, sourcePort, VXLAN_PORT, udpLength)
}

const MAPPED_WORD = 0xffff

/** A socket's text of an address: without its zone, and IPv4 where it stands in IPv6 (RFC 4291 section 2.5.5.2). */
export function socketAddress(text: string): IpAddress | undefined {
  const [plain = ''] = text.split('%')
  const address = IpAddress.parse(plain)
  if (!address || address.version === 4) return address
  const { word0, word1, word2, word3 } = address
  return word0 === 0 && word1 === 0 && word2 === MAPPED_WORD ? IpAddress.fromIpv4Bits(word3) : address
}
