/** Bits of a TCP header's flags (RFC 9293, 3.1), those that open, carry and close a connection. */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, ack: 16 } as const

/**
 * What a middlebox knows of a TCP connection, as bits; 0 after the first SYN. It is enough for timers: a connection is being opened,
 * established, half closed or closed.
 */
export const TCP_STATE = { established: 1, initiatorFin: 2, responderFin: 4, reset: 8 } as const

/** Every bit of {@link TCP_STATE}. */
export const TCP_STATE_BITS = 0xf

const OPENING_FLAGS: number = TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.rst | TCP_FLAG.fin
const BOTH_FINS: number = TCP_STATE.initiatorFin | TCP_STATE.responderFin

/** Whether a segment asks for a new connection: SYN without ACK, RST and FIN. */
export function opensConnection(tcpFlags: number): boolean {
  return (tcpFlags & OPENING_FLAGS) === TCP_FLAG.syn
}

/** The state after a segment of one of the two sides. Established is what the initiator has acknowledged the answer of. */
export function nextTcpState(state: number, tcpFlags: number, fromInitiator: boolean): number {
  let next = state
  if (tcpFlags & TCP_FLAG.rst) next |= TCP_STATE.reset
  if (tcpFlags & TCP_FLAG.fin) next |= fromInitiator ? TCP_STATE.initiatorFin : TCP_STATE.responderFin
  if (fromInitiator && (tcpFlags & (TCP_FLAG.ack | TCP_FLAG.syn)) === TCP_FLAG.ack) next |= TCP_STATE.established
  return next
}

/** Reset, or FIN from both sides: a SYN with the same ports is a new connection. */
export function isClosed(state: number): boolean {
  return (state & TCP_STATE.reset) !== 0 || (state & BOTH_FINS) === BOTH_FINS
}

/** FIN from one side: data of the other side still flow. */
export function isHalfClosed(state: number): boolean {
  return (state & BOTH_FINS) !== 0 && !isClosed(state)
}
