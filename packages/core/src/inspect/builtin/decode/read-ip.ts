import { readUint16 } from '../../../packet/byte-order.ts'
import { INSPECTION_LIMITS } from '../inspection-limits.ts'
import type { InspectedPacket } from './inspected-packet.ts'
import { IPV6_EXTENSION } from './ipv6-extension-numbers.ts'

/** Reads an IPv4 header (RFC 791 section 3.1) into the packet; Suricata's name of what is wrong with it. */
export function readIpv4(packet: InspectedPacket, start: number, end: number): string | undefined {
  const { bytes } = packet
  const available = end - start
  if (available < 20) return 'decoder.ipv4.pkt_too_small'
  const first = bytes[start] as number
  if (first >>> 4 !== 4) return 'decoder.ipv4.wrong_ip_version'
  const headerLength = (first & 15) * 4
  if (headerLength < 20) return 'decoder.ipv4.hlen_too_small'
  const total = readUint16(bytes, start + 2)
  if (total < headerLength) return 'decoder.ipv4.iplen_smaller_than_hlen'
  if (available < total) return 'decoder.ipv4.trunc_pkt'
  packet.version = 4
  packet.ipStart = start
  packet.ipEnd = start + total
  packet.typeOfService = bytes[start + 1] as number
  packet.ipIdentification = readUint16(bytes, start + 4)
  const fragment = readUint16(bytes, start + 6)
  packet.fragmentBits = fragment >>> 13
  packet.fragmentOffset = fragment & 0x1fff
  packet.isFragment = (fragment & 0x3fff) !== 0
  packet.ttl = bytes[start + 8] as number
  packet.protocol = bytes[start + 9] as number
  packet.source0 = 0
  packet.source1 = 0
  packet.source2 = 0
  packet.source3 = word(bytes, start + 12)
  packet.destination0 = 0
  packet.destination1 = 0
  packet.destination2 = 0
  packet.destination3 = word(bytes, start + 16)
  packet.payloadStart = start + headerLength
  packet.payloadEnd = packet.ipEnd
  return undefined
}

/** Reads an IPv6 header with its extension headers (RFC 8200) into the packet; Suricata's name of what is wrong with it. */
export function readIpv6(packet: InspectedPacket, start: number, end: number): string | undefined {
  const { bytes } = packet
  const available = end - start
  if (available < 40) return 'decoder.ipv6.pkt_too_small'
  if ((bytes[start] as number) >>> 4 !== 6) return 'decoder.ipv6.wrong_ip_version'
  const total = 40 + readUint16(bytes, start + 4)
  if (available < total) return 'decoder.ipv6.trunc_pkt'
  packet.version = 6
  packet.ipStart = start
  packet.ipEnd = start + total
  packet.ttl = bytes[start + 7] as number
  packet.source0 = word(bytes, start + 8)
  packet.source1 = word(bytes, start + 12)
  packet.source2 = word(bytes, start + 16)
  packet.source3 = word(bytes, start + 20)
  packet.destination0 = word(bytes, start + 24)
  packet.destination1 = word(bytes, start + 28)
  packet.destination2 = word(bytes, start + 32)
  packet.destination3 = word(bytes, start + 36)
  packet.payloadEnd = packet.ipEnd
  return readExtensions(packet, bytes[start + 6] as number, start + 40)
}

function readExtensions(packet: InspectedPacket, first: number, firstStart: number): string | undefined {
  const { bytes, ipEnd } = packet
  let next = first
  let start = firstStart
  for (let count = 0; ; count += 1) {
    const isFragmentHeader = next === IPV6_EXTENSION.fragment
    if (!isFragmentHeader && !isExtension(next)) break
    if (count >= INSPECTION_LIMITS.ipv6ExtensionHeaders) return 'decoder.too_many_layers'
    if (ipEnd - start < 8) return 'decoder.ipv6.trunc_exthdr'
    const following = bytes[start] as number
    if (isFragmentHeader) {
      const fragment = readUint16(bytes, start + 2)
      packet.fragmentOffset = fragment >>> 3
      packet.fragmentBits = fragment & 1
      packet.isFragment = packet.fragmentOffset > 0 || packet.fragmentBits > 0
      packet.ipIdentification = word(bytes, start + 4)
      start += 8
    } else {
      const length =
        next === IPV6_EXTENSION.authentication
          ? ((bytes[start + 1] as number) + 2) * 4
          : ((bytes[start + 1] as number) + 1) * 8
      if (ipEnd - start < length) return 'decoder.ipv6.trunc_exthdr'
      start += length
    }
    next = following
    if (packet.isFragment) break
  }
  packet.protocol = next
  packet.payloadStart = start
  return undefined
}

function isExtension(next: number): boolean {
  return (
    next === IPV6_EXTENSION.hopByHop ||
    next === IPV6_EXTENSION.routing ||
    next === IPV6_EXTENSION.destination ||
    next === IPV6_EXTENSION.authentication
  )
}

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  )
}
