import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { ConnectionTrackingTimeouts } from '../topology/topology.ts'
import { isClosed, isHalfClosed, TCP_STATE } from './tcp-connection-state.ts'
import { isUdpStream, TRACKED_FLOW } from './tracked-flow-state.ts'

const SECOND = 1_000_000

/** TCP through a Network Load Balancer, fixed (EC2 user guide, "Connection tracking timeouts"). */
export const LOAD_BALANCER_TCP_SECONDS = 350

/** UDP through a Network Load Balancer, fixed (same page). */
export const LOAD_BALANCER_UDP_SECONDS = 120

/** Protocols other than TCP, UDP and ICMP (EC2 user guide, "Security group connection tracking"). */
export const OTHER_PROTOCOL_SECONDS = 600

/** A TCP connection before the initiator's first ACK. Unpublished; SYNs are repeated after 1, 3, 7, 15 and 31 s. */
export const TCP_OPENING_SECONDS = 60

/** A TCP connection after the FIN of one side. Unpublished; the value is that of Linux's connection tracking (FIN_WAIT). */
export const TCP_HALF_CLOSED_SECONDS = 120

/** A TCP connection after the FINs of both sides: long enough for the last ACK and one repeated FIN. Unpublished. */
export const TCP_CLOSED_SECONDS = 10

/** A TCP connection after a RST of either side: what is still under way finds no connection. Unpublished. */
export const TCP_RESET_SECONDS = 0

/** An ICMP query and its answers. Unpublished; the value is that of Linux's connection tracking. */
export const ICMP_SECONDS = 30

/** How long a tracked flow of an ENI may be idle before its state is gone. */
export class TrackingTimers {
  readonly #tcpEstablished: number
  readonly #udp: number
  readonly #udpStream: number

  /** With the ENI's own timeouts (EC2: ConnectionTrackingSpecification), which are checked where designs are. */
  constructor(timeouts: ConnectionTrackingTimeouts) {
    this.#tcpEstablished = timeouts.tcpEstablishedSeconds * SECOND
    this.#udp = timeouts.udpSeconds * SECOND
    this.#udpStream = timeouts.udpStreamSeconds * SECOND
  }

  /** Microseconds of idleness that a flow in this state ({@link TRACKED_FLOW}) survives; it is gone when they have passed. */
  idleMicroseconds(protocol: number, state: number): number {
    const throughLoadBalancer = (state & TRACKED_FLOW.throughLoadBalancer) !== 0
    switch (protocol) {
      case IP_PROTOCOL.tcp:
        if ((state & TCP_STATE.reset) !== 0) return TCP_RESET_SECONDS * SECOND
        if (isClosed(state)) return TCP_CLOSED_SECONDS * SECOND
        if (isHalfClosed(state)) return TCP_HALF_CLOSED_SECONDS * SECOND
        if ((state & TCP_STATE.established) === 0) return TCP_OPENING_SECONDS * SECOND
        return throughLoadBalancer ? LOAD_BALANCER_TCP_SECONDS * SECOND : this.#tcpEstablished
      case IP_PROTOCOL.udp:
        if (throughLoadBalancer) return LOAD_BALANCER_UDP_SECONDS * SECOND
        return isUdpStream(state) ? this.#udpStream : this.#udp
      case IP_PROTOCOL.icmp:
      case IP_PROTOCOL.icmpv6:
        return ICMP_SECONDS * SECOND
      default:
        return OTHER_PROTOCOL_SECONDS * SECOND
    }
  }
}
