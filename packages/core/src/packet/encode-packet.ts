import { ETHER_TYPE } from './ether-type.ts'
import { ETHERNET_HEADER_LENGTH, type EthernetAddresses, writeEthernetHeader } from './ethernet.ts'
import { isFragmentationNeeded, writeIcmpHeader } from './icmp.ts'
import { ICMPV6_TYPE } from './icmpv6.ts'
import { IP_PROTOCOL } from './ip-protocol.ts'
import { IPV4_CHECKSUM_OFFSET, IPV4_HEADER_LENGTH, ipv4FragmentField, writeIpv4Header } from './ipv4.ts'
import { IPV6_HEADER_LENGTH, writeIpv6Header } from './ipv6.ts'
import { extensionLength, IPV6_EXTENSION, unfragmentableLength, writeIpv6FragmentFields } from './ipv6-extension.ts'
import type { Packet } from './packet.ts'
import { writeTcpHeader } from './tcp.ts'
import { checksumOffset, writeTransportChecksum } from './transport-checksum.ts'
import type { TunnelPayload } from './tunnel-payload.ts'
import { UDP_HEADER_LENGTH, writeUdpHeader } from './udp.ts'

const IPV6_FRAGMENT_HEADER_LENGTH = 8

/** Bytes of the packet's Ethernet frame, without padding and check sequence. */
export function frameLength(packet: Packet): number {
  return ETHERNET_HEADER_LENGTH + packet.length
}

/**
 * Writes the packet as an Ethernet frame with correct lengths and checksums at `offset`; returns the frame's length. It allocates nothing
 * but a view where the packet shows a part of its payload's bytes, and a buffer for a quote that is cut. RangeError where the frame does
 * not fit the buffer, or the packet no IP header.
 */
export function encodePacket(packet: Packet, into: Uint8Array, offset: number, macs: EthernetAddresses): number {
  const length = frameLength(packet)
  if (offset + length > into.length) {
    throw new RangeError(`a frame of ${length} bytes does not fit ${into.length} bytes from byte ${offset} on`)
  }
  const etherType = packet.source.version === 4 ? ETHER_TYPE.ipv4 : ETHER_TYPE.ipv6
  writeIpPacket(packet, into, offset + writeEthernetHeader(into, offset, macs, etherType))
  return length
}

/** Like {@link encodePacket}, for the IP packet alone. */
export function encodeIpPacket(packet: Packet, into: Uint8Array, offset: number): number {
  if (offset + packet.length > into.length) {
    throw new RangeError(`a packet of ${packet.length} bytes does not fit ${into.length} bytes from byte ${offset} on`)
  }
  writeIpPacket(packet, into, offset)
  return packet.length
}

function writeIpPacket(packet: Packet, into: Uint8Array, at: number): void {
  const { protocol, quotedLength } = packet
  const start = at + (packet.source.version === 4 ? writeIpv4(packet, into, at) : writeIpv6(packet, into, at))
  const quote = packet.fragmentOffset > 0 ? start : start + writeTransportHeader(packet, into, start)
  if (quotedLength > 0) writeQuote(packet, into, quote)
  const payload = quote + quotedLength
  const zeros =
    payload + (packet.tunnel ? writeTunnel(packet.tunnel, into, payload) : copyPayload(packet, into, payload))
  const end = payload + packet.payloadLength
  if (zeros < end) into.fill(0, zeros, end)

  if (packet.fragmentOffset > 0 || (protocol === IP_PROTOCOL.udp && !packet.hasUdpChecksum)) return
  // UDP covers what its own length says, which may be less than there is.
  const { udpLength } = packet
  const length = udpLength > 0 && start + udpLength < end ? udpLength : end - start
  const covered = Math.min(zeros, start + length)
  writeTransportChecksum(into, start, covered, protocol, packet.source, packet.destination, length, packet.unseenSum)
}

function writeIpv4(packet: Packet, into: Uint8Array, at: number): number {
  return writeIpv4Header(
    into,
    at,
    packet.source,
    packet.destination,
    packet.protocol,
    packet.length,
    packet.trafficClass,
    packet.identification,
    ipv4FragmentField(packet.dontFragment, packet.moreFragments, packet.fragmentOffset),
    packet.hopLimit,
    packet.ipOptions,
  )
}

function writeIpv6(packet: Packet, into: Uint8Array, at: number): number {
  const { ipOptions, protocol, fragmentOffset, moreFragments, identification } = packet
  const payloadLength = packet.length - IPV6_HEADER_LENGTH
  writeIpv6Header(
    into,
    at,
    packet.source,
    packet.destination,
    protocol,
    payloadLength,
    packet.trafficClass,
    0,
    packet.hopLimit,
  )
  const isFragment = fragmentOffset > 0 || moreFragments
  if (!isFragment && ipOptions.length === 0) return IPV6_HEADER_LENGTH

  const fragmentHeader = isFragment ? unfragmentableLength(ipOptions, fragmentOffset) : -1
  // Where the header before names the one that is written next.
  let naming = at + 6
  let place = at + IPV6_HEADER_LENGTH
  for (let from = 0; ; ) {
    if (from === fragmentHeader) {
      into[naming] = IPV6_EXTENSION.fragment
      naming = place
      place += writeIpv6FragmentFields(into, place, fragmentOffset, moreFragments, identification)
    }
    if (from >= ipOptions.length) break
    const own = ipOptions[from] as number
    const length = extensionLength(own, ipOptions[from + 1] ?? 0)
    if (from + length > ipOptions.length) {
      throw new RangeError(
        `extension header ${own} has ${length} bytes, ipOptions has ${ipOptions.length - from} of them`,
      )
    }
    into[naming] = own
    naming = place
    into.set(ipOptions.subarray(from + 1, from + length), place + 1)
    from += length
    place += length
  }
  into[naming] = protocol
  return place - at
}

function writeTransportHeader(packet: Packet, into: Uint8Array, at: number): number {
  switch (packet.protocol) {
    case IP_PROTOCOL.tcp:
      return writeTcpHeader(
        into,
        at,
        packet.sourcePort,
        packet.destinationPort,
        packet.tcpSequence,
        packet.tcpAcknowledgment,
        packet.tcpFlags,
        packet.tcpWindow,
        0,
        packet.tcpOptions,
      )
    case IP_PROTOCOL.udp:
      return writeUdpHeader(
        into,
        at,
        packet.sourcePort,
        packet.destinationPort,
        packet.udpLength || UDP_HEADER_LENGTH + packet.payloadLength,
      )
    case IP_PROTOCOL.icmp: {
      const hasMtu = isFragmentationNeeded(packet.icmpType, packet.icmpCode)
      const sequence = hasMtu ? packet.icmpMtu : packet.icmpSequence
      return writeIcmpHeader(into, at, packet.icmpType, packet.icmpCode, packet.icmpIdentifier, sequence)
    }
    case IP_PROTOCOL.icmpv6: {
      const hasMtu = packet.icmpType === ICMPV6_TYPE.packetTooBig
      const identifier = hasMtu ? packet.icmpMtu >>> 16 : packet.icmpIdentifier
      const sequence = hasMtu ? packet.icmpMtu : packet.icmpSequence
      return writeIcmpHeader(into, at, packet.icmpType, packet.icmpCode, identifier, sequence)
    }
    default:
      return 0
  }
}

function writeQuote({ quoted, quotedLength }: Packet, into: Uint8Array, at: number): void {
  if (!quoted) return
  if (quotedLength === quoted.length) {
    writeIpPacket(quoted, into, at)
    return
  }
  // The checksums of a cut packet are those of the whole.
  const whole = new Uint8Array(quoted.length)
  writeIpPacket(quoted, whole, 0)
  into.set(whole.subarray(0, quotedLength), at)
}

/** Writes what a tunnel carries; returns its length. What is cut is made whole first: checksums are those of the whole. */
function writeTunnel(
  { header, packet, macs, length, lacksChecksums }: TunnelPayload,
  into: Uint8Array,
  at: number,
): number {
  // So few bytes are faster one by one than by a call of `set`.
  for (let index = 0; index < header.length; index += 1) into[at + index] = header[index] as number
  const start = at + header.length
  const linkLength = macs ? ETHERNET_HEADER_LENGTH : 0
  const whole = linkLength + packet.length
  const end = start + Math.min(length, whole)
  if (end - start === whole) {
    if (macs) encodePacket(packet, into, start, macs)
    else writeIpPacket(packet, into, start)
    return end - at
  }
  const bytes = new Uint8Array(whole)
  if (macs) encodePacket(packet, bytes, 0, macs)
  else writeIpPacket(packet, bytes, 0)
  if (lacksChecksums) clearChecksums(packet, bytes, linkLength, end - start)
  into.set(bytes.subarray(0, end - start), start)
  return end - at
}

/** Puts 0 into the checksums of a packet that is cut to `length` bytes of its frame. */
function clearChecksums(packet: Packet, bytes: Uint8Array, at: number, length: number): void {
  const isFragment = packet.fragmentOffset > 0 || packet.moreFragments
  const ipHeader =
    packet.source.version === 4
      ? IPV4_HEADER_LENGTH
      : IPV6_HEADER_LENGTH + (isFragment ? IPV6_FRAGMENT_HEADER_LENGTH : 0)
  const transport = at + ipHeader + packet.ipOptions.length
  const offset = packet.fragmentOffset > 0 ? undefined : checksumOffset(packet.protocol)
  if (offset !== undefined) bytes.fill(0, transport + offset, transport + offset + 2)
  if (packet.source.version === 4 && length < transport) {
    bytes.fill(0, at + IPV4_CHECKSUM_OFFSET, at + IPV4_CHECKSUM_OFFSET + 2)
  }
}

/** Copies the payload's bytes as far as the packet has them; returns how many. */
function copyPayload({ payload, payloadOffset, payloadLength }: Packet, into: Uint8Array, at: number): number {
  if (!payload) return 0
  const length = Math.max(0, Math.min(payloadLength, payload.length - payloadOffset))
  if (length === payload.length) into.set(payload, at)
  else if (length > 0) into.set(payload.subarray(payloadOffset, payloadOffset + length), at)
  return length
}
