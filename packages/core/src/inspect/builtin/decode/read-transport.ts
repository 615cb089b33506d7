import { readUint16 } from '../../../packet/byte-order.ts'
import { IP_PROTOCOL } from '../../../packet/ip-protocol.ts'
import type { InspectedPacket } from './inspected-packet.ts'

/** Reads the transport header that starts at the packet's payload; Suricata's name of what is wrong with it. */
export function readTransport(packet: InspectedPacket): string | undefined {
  switch (packet.protocol) {
    case IP_PROTOCOL.tcp:
      return readTcp(packet)
    case IP_PROTOCOL.udp:
      return readUdp(packet)
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmpv6:
      return readIcmp(packet)
    default:
      return undefined
  }
}

function readTcp(packet: InspectedPacket): string | undefined {
  const { bytes, payloadStart: start, payloadEnd: end } = packet
  if (end - start < 20) return 'decoder.tcp.pkt_too_small'
  const headerLength = ((bytes[start + 12] as number) >>> 4) * 4
  if (end - start < headerLength) return 'decoder.tcp.hlen_too_small'
  if (headerLength < 20) return 'decoder.tcp.invalid_optlen'
  packet.hasTransport = true
  packet.sourcePort = readUint16(bytes, start)
  packet.destinationPort = readUint16(bytes, start + 2)
  packet.sequence = (readUint16(bytes, start + 4) << 16) | readUint16(bytes, start + 6)
  packet.acknowledgment = (readUint16(bytes, start + 8) << 16) | readUint16(bytes, start + 10)
  packet.flags = bytes[start + 13] as number
  packet.window = readUint16(bytes, start + 14)
  // Only handshakes carry the window scale (RFC 7323 section 2.2).
  if ((packet.flags & 2) !== 0 && headerLength > 20) {
    packet.windowScale = windowScale(bytes, start + 20, start + headerLength)
  }
  packet.payloadStart = start + headerLength
  return undefined
}

function windowScale(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; ) {
    const kind = bytes[at] as number
    if (kind === 0) break
    if (kind === 1) {
      at += 1
      continue
    }
    const length = at + 1 < end ? (bytes[at + 1] as number) : 0
    if (length < 2 || at + length > end) break
    if (kind === 3 && length === 3) return Math.min(14, bytes[at + 2] as number)
    at += length
  }
  return -1
}

function readUdp(packet: InspectedPacket): string | undefined {
  const { bytes, payloadStart: start, payloadEnd: end } = packet
  if (end - start < 8) return 'decoder.udp.pkt_too_small'
  const length = readUint16(bytes, start + 4)
  if (length > end - start) return 'decoder.udp.pkt_too_small'
  if (length < 8) return 'decoder.udp.len_invalid'
  packet.hasTransport = true
  packet.sourcePort = readUint16(bytes, start)
  packet.destinationPort = readUint16(bytes, start + 2)
  packet.payloadStart = start + 8
  packet.payloadEnd = start + length
  return undefined
}

function readIcmp(packet: InspectedPacket): string | undefined {
  const { bytes, payloadStart: start, payloadEnd: end } = packet
  const isV4 = packet.protocol === IP_PROTOCOL.icmp
  if (end - start < 8) return isV4 ? 'decoder.icmpv4.pkt_too_small' : 'decoder.icmpv6.pkt_too_small'
  packet.hasTransport = true
  packet.messageType = bytes[start] as number
  packet.messageCode = bytes[start + 1] as number
  packet.messageIdentifier = readUint16(bytes, start + 4)
  packet.messageSequence = readUint16(bytes, start + 6)
  // A timestamp's three times belong to its header (RFC 792), as Suricata has it.
  const isTimestamp = isV4 && (packet.messageType === 13 || packet.messageType === 14)
  packet.payloadStart = isTimestamp ? Math.min(start + 20, end) : start + 8
  return undefined
}
