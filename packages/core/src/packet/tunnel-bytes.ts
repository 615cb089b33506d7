import { encodeIpPacket } from './encode-packet.ts'
import type { Packet } from './packet.ts'

/** The packet with what its tunnel carries as the bytes of its payload; others as they are. */
export function withTunnelBytes(packet: Packet): Packet {
  if (!packet.tunnel) return packet
  const bytes = new Uint8Array(packet.length)
  encodeIpPacket(packet, bytes, 0)
  return packet.with({ payload: bytes, payloadOffset: packet.headerLength, payloadLength: packet.payloadLength })
}
