import { Packet } from '../packet/packet.ts'
import { TCP_FLAG } from './tcp-connection-state.ts'

/**
 * The RST that answers a TCP segment for which there is no connection, as if the segment's receiver sent it (RFC 9293, 3.5.2 and
 * 3.10.7.1): with the segment's acknowledgment number as sequence number, or, where it acknowledges nothing, acknowledging the segment.
 * A RST is never answered: do not ask for one.
 */
export function makeReset(packet: Packet): Packet {
  const addresses = {
    source: packet.destination,
    destination: packet.source,
    protocol: packet.protocol,
    sourcePort: packet.destinationPort,
    destinationPort: packet.sourcePort,
  }
  if (packet.tcpFlags & TCP_FLAG.ack) {
    return new Packet({ ...addresses, tcpFlags: TCP_FLAG.rst, tcpSequence: packet.tcpAcknowledgment })
  }
  const controls = (packet.tcpFlags & TCP_FLAG.syn ? 1 : 0) + (packet.tcpFlags & TCP_FLAG.fin ? 1 : 0)
  const segmentEnd = (packet.tcpSequence + packet.payloadLength + controls) % 2 ** 32
  return new Packet({ ...addresses, tcpFlags: TCP_FLAG.rst | TCP_FLAG.ack, tcpAcknowledgment: segmentEnd })
}
