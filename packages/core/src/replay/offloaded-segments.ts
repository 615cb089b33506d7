import { announcedSegmentSize } from '../dataplane/clamp-mss.ts'
import { IdleFlows } from '../dataplane/idle-flows.ts'
import type { NextHop } from '../dataplane/next-hop.ts'
import { MTU } from '../dataplane/path-mtu.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, NetworkInterface } from '../topology/topology.ts'

/** How long a connection's segment sizes are remembered without a packet that is larger than they allow. */
const REMEMBERED_SECONDS = 3_600
const FIN = 1
const PSH = 8
/** Two sizes stand in one number; no interface announces more. */
const LARGEST_SIZE = 0x7fff
const TCP_AND_IP_HEADERS = { 4: 40, 6: 60 } as const

/**
 * Hosts hand large TCP packets to the network card, which cuts them into segments (TSO), and are given several received segments as one
 * packet (GRO). A capture on the host shows the large packets; AWS counts the segments.
 *
 * What is larger than the connection's segments is counted as segments: of the size that the handshake agreed on, where it was seen at the
 * interface, else of the path's MTU (1,500 bytes through internet and NAT gateways, 9,001 elsewhere).
 */
export class OffloadedSegments {
  readonly #sizes = new IdleFlows(REMEMBERED_SECONDS)

  /** The packets that were on the wire for a captured one; it alone, by far the most often. */
  of(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    nextHop: NextHop,
  ): readonly Packet[] | undefined {
    if (packet.protocol !== IP_PROTOCOL.tcp || packet.moreFragments || packet.fragmentOffset > 0) return undefined
    const isEgress = direction === 'egress'
    const announced = announcedSegmentSize(packet)
    if (announced !== undefined) this.#remember(networkInterface, isEgress, packet, timeMicroseconds, announced)
    if (packet.length <= MTU.internetGateway) return undefined
    const known = this.#sizes.find(networkInterface.index, packet, isEgress, timeMicroseconds)
    const limit = known > 0 ? smaller(known >>> 15, known & LARGEST_SIZE) : pathLimit(packet, nextHop)
    const size = Math.max(1, limit - packet.tcpOptions.length)
    return packet.payloadLength > size ? cut(packet, size) : undefined
  }

  #remember(
    { index }: NetworkInterface,
    isEgress: boolean,
    packet: Packet,
    timeMicroseconds: number,
    announced: number,
  ): void {
    const size = Math.min(announced, LARGEST_SIZE)
    // The other side's size is of the same connection where this is the answer to its SYN.
    const isAnswer = (packet.tcpFlags & 16) !== 0
    const before = isAnswer ? Math.max(0, this.#sizes.find(index, packet, isEgress, timeMicroseconds)) : 0
    const value = isEgress ? (size << 15) | (before & LARGEST_SIZE) : (before & ~LARGEST_SIZE) | size
    this.#sizes.remember(index, packet, isEgress, value, timeMicroseconds)
  }
}

function smaller(near: number, far: number): number {
  return near === 0 ? far : far === 0 ? near : Math.min(near, far)
}

function pathLimit({ source }: Packet, { networkInterface }: NextHop): number {
  const isNarrow = networkInterface === undefined || networkInterface.attachment.kind === 'nat-gateway'
  return (isNarrow ? MTU.internetGateway : MTU.networkInterface) - TCP_AND_IP_HEADERS[source.version]
}

function cut(packet: Packet, size: number): readonly Packet[] {
  const count = Math.ceil(packet.payloadLength / size)
  const inner = packet.with({ payloadLength: size, tcpFlags: packet.tcpFlags & ~(FIN | PSH) })
  const last = packet.with({ payloadLength: packet.payloadLength - (count - 1) * size })
  const segments = new Array<Packet>(count).fill(inner)
  segments[count - 1] = last
  return segments
}
