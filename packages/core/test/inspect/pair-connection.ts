import type { IpAddress } from '../../src/net/ip-address.ts'
import { Packet } from '../../src/packet/packet.ts'
import { type Draw, pick } from './draw.ts'

/** Who talks with whom. */
export interface Sides {
  readonly client: IpAddress
  readonly server: IpAddress
  readonly clientPort: number
  readonly serverPort: number
}

/** What a side says before the other answers. */
export interface Turn {
  readonly side: 0 | 1
  readonly bytes: Uint8Array
}

const FIN = 1
const SYN = 2
const RST = 4
const PSH = 8
const ACK = 16

/** A connection in which the turns are said, cut into segments that may come out of order, twice, or never. */
export function connection(draw: Draw, sides: Sides, turns: readonly Turn[]): { packets: Packet[]; isLossy: boolean } {
  const packets: Packet[] = []
  const next = [draw(0x7fffffff), draw(0x7fffffff)]
  const put = (side: 0 | 1, tcpFlags: number, payload?: Uint8Array, sequence = next[side] ?? 0): Packet =>
    new Packet({
      source: side === 0 ? sides.client : sides.server,
      destination: side === 0 ? sides.server : sides.client,
      protocol: 6,
      sourcePort: side === 0 ? sides.clientPort : sides.serverPort,
      destinationPort: side === 0 ? sides.serverPort : sides.clientPort,
      tcpFlags,
      tcpSequence: sequence >>> 0,
      tcpAcknowledgment: (tcpFlags & ACK) === 0 ? 0 : (next[side === 0 ? 1 : 0] ?? 0) >>> 0,
      tcpWindow: 65_535,
      payload,
    })
  const grow = (side: 0 | 1, count: number): void => {
    next[side] = ((next[side] ?? 0) + count) >>> 0
  }
  packets.push(put(0, SYN))
  grow(0, 1)
  packets.push(put(1, SYN | ACK))
  grow(1, 1)
  packets.push(put(0, ACK))
  const trouble = draw(9)
  let isLossy = false
  for (const { side, bytes } of turns) {
    const size = pick(draw, [1400, 1400, 1400, 300, 60, 17])
    const segments: Packet[] = []
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size)
      segments.push(put(side, PSH | ACK, piece, ((next[side] ?? 0) + at) >>> 0))
    }
    if (trouble === 1 && segments.length > 1) segments.reverse()
    if (trouble === 2 && segments.length > 0) segments.push(pick(draw, segments))
    if (trouble === 3 && segments.length > 2) {
      segments.splice(draw(segments.length - 1), 1)
      isLossy = true
    }
    packets.push(...segments)
    grow(side, bytes.length)
    if (bytes.length > 0) packets.push(put(side === 0 ? 1 : 0, ACK))
  }
  const ending = draw(5)
  if (ending === 0) packets.push(put(0, RST | ACK))
  else if (ending === 1) packets.push(put(1, RST | ACK))
  else if (ending > 2) {
    const first = draw(1) as 0 | 1
    const second = first === 0 ? 1 : 0
    packets.push(put(first, FIN | ACK))
    grow(first, 1)
    packets.push(put(second, FIN | ACK))
    grow(second, 1)
    packets.push(put(first, ACK))
  }
  return { packets, isLossy }
}
