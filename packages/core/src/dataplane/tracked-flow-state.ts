import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import { nextTcpState, TCP_STATE_BITS } from './tcp-connection-state.ts'

/** Bits of a tracked flow's state above those of TCP ({@link TCP_STATE_BITS}). */
export const TRACKED_FLOW = {
  /** The first packet left the ENI; 0: it came in. */
  startedByEgress: 0x10,
  /** The fixed timers of Network Load Balancers apply. */
  throughLoadBalancer: 0x20,
} as const

// Two bits each count the UDP datagrams of the initiator and of the responder, up to the number that makes a stream.
const INITIATOR_SHIFT = 6
const RESPONDER_SHIFT = 8
const COUNT_BITS = 3

/** "More than one request and answer" makes a UDP stream (EC2 user guide, "Connection tracking timeouts"). */
const STREAM_TRANSACTIONS = 2

/** The state after one more packet of the flow; for its first packet too, beginning with the {@link TRACKED_FLOW} bits alone. */
export function nextTrackedState(state: number, packet: Packet, isEgress: boolean): number {
  const fromInitiator = ((state & TRACKED_FLOW.startedByEgress) !== 0) === isEgress
  switch (packet.protocol) {
    case IP_PROTOCOL.tcp:
      return (state & ~TCP_STATE_BITS) | nextTcpState(state & TCP_STATE_BITS, packet.tcpFlags, fromInitiator)
    case IP_PROTOCOL.udp: {
      const shift = fromInitiator ? INITIATOR_SHIFT : RESPONDER_SHIFT
      return ((state >>> shift) & COUNT_BITS) < STREAM_TRANSACTIONS ? state + (1 << shift) : state
    }
    default:
      return state
  }
}

/** Whether a UDP flow has seen more than one request and its answer: each side has sent so many datagrams, in any order. */
export function isUdpStream(state: number): boolean {
  return (
    ((state >>> INITIATOR_SHIFT) & COUNT_BITS) >= STREAM_TRANSACTIONS &&
    ((state >>> RESPONDER_SHIFT) & COUNT_BITS) >= STREAM_TRANSACTIONS
  )
}
