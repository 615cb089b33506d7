import type { InspectedPacket } from '../decode/inspected-packet.ts'
import type { Direction, Flow } from '../flow/flow.ts'
import type { InspectionCounters } from '../inspection-counters.ts'
import type { BytePool } from './byte-pool.ts'
import { TcpSession } from './tcp-session.ts'
import { eventState, setState } from './tcp-state.ts'
import type { TcpStream } from './tcp-stream.ts'

const FIN = 1
const SYN = 2
const RST = 4
const ACK = 16
/** Segments that wait for a missing one before it is given up, where nobody acknowledges. */
const ONE_SIDED_PATIENCE = 32

/** How streams are followed of which the handshake, or one direction, is not seen. */
export interface StreamOptions {
  /** Connections whose start was not captured are picked up: Suricata's `stream.midstream`. */
  readonly midstream: boolean
  /**
   * Connections of which only one direction is captured are followed: Suricata's `stream.async-oneside` together with midstream.
   * `mirrored`: only in unwrapped traffic, since a mirror session may copy one direction alone.
   */
  readonly oneSided: boolean | 'mirrored'
}

/** What the tracker tells of. */
export interface TcpTrackerHandler {
  /** Suricata's name of the event. */
  onStreamEvent(flow: Flow, packet: InspectedPacket, event: string): void
  /** Bytes of a direction may be taken by the application layer, up to `end`. */
  onStreamData(flow: Flow, direction: Direction, stream: TcpStream, end: number): void
  onStreamGap(flow: Flow, direction: Direction, length: number): void
  /** No more bytes will come, in neither direction. */
  onClose(flow: Flow): void
}

/** Follows TCP connections: their states, and their bytes as they are acknowledged (Suricata's IDS mode). */
export class TcpTracker {
  readonly #options: StreamOptions
  readonly #counters: InspectionCounters
  readonly #handler: TcpTrackerHandler
  readonly #pool: BytePool
  /** The payload of the packet that was handled last became part of a stream. */
  isAdded = false

  constructor(options: StreamOptions, counters: InspectionCounters, pool: BytePool, handler: TcpTrackerHandler) {
    this.#options = options
    this.#counters = counters
    this.#handler = handler
    this.#pool = pool
  }

  /** Follows a packet; returns its direction, which a picked-up connection may turn round. */
  handle(flow: Flow, packet: InspectedPacket, packetDirection: Direction): Direction {
    this.isAdded = false
    let direction = packetDirection
    const { flags } = packet
    const { counters } = this.#counters
    if ((flags & (SYN | ACK)) === SYN) counters.syn += 1
    else if ((flags & (SYN | ACK)) === (SYN | ACK)) counters.synAck += 1
    if ((flags & RST) !== 0) counters.rst += 1
    let session = flow.tcp
    if (!session) {
      session = this.#begin(flow, packet)
      if (!session) return direction
      if (flow.isReversed !== (direction === 1)) direction = direction === 0 ? 1 : 0
    } else this.#continue(flow, session, packet, direction)
    session.flags |= flags
    ;(direction === 0 ? session.client : session.server).flags |= flags
    return direction
  }

  /** Gives what is left of a flow's bytes to the application layer, acknowledged or not. */
  flush(flow: Flow): void {
    const session = flow.tcp
    if (!session) return
    this.#giveAll(flow, session)
  }

  close(flow: Flow): void {
    flow.tcp?.client.close(this.#pool)
    flow.tcp?.server.close(this.#pool)
  }

  /** Whether a packet may belong to a conversation of which one direction is captured. */
  isOneSidedAllowed(packet: InspectedPacket): boolean {
    const { oneSided } = this.#options
    return oneSided === 'mirrored' ? packet.outer !== undefined : oneSided
  }

  #begin(flow: Flow, packet: InspectedPacket): TcpSession | undefined {
    const { flags } = packet
    const picksUp = this.#options.midstream || this.isOneSidedAllowed(packet)
    if ((flags & RST) !== 0) {
      this.#handler.onStreamEvent(flow, packet, 'stream.rst_but_no_session')
      return undefined
    }
    if ((flags & FIN) !== 0) {
      if (!picksUp || packet.payloadLength === 0) {
        this.#handler.onStreamEvent(flow, packet, 'stream.fin_but_no_session')
        return undefined
      }
    }
    const isSyn = (flags & SYN) !== 0
    const isAck = (flags & ACK) !== 0
    if (!(isSyn && !isAck) && !(isAck && picksUp)) return undefined
    const session = new TcpSession()
    flow.tcp = session
    this.#counters.counters.sessions += 1
    if (isSyn && !isAck) {
      synchronize(session.client, packet, packet.sequence)
      setState(flow, session, 'syn_sent')
      return session
    }
    this.#counters.counters.midstreamPickups += 1
    session.isMidstream = true
    session.isOneSided = this.isOneSidedAllowed(packet)
    if (isSyn) {
      // The server's answer comes first: its SYN was not captured.
      flow.reverse()
      synchronize(session.server, packet, packet.sequence)
      session.client.synchronize((packet.acknowledgment - 1) | 0)
      setState(flow, session, 'syn_recv')
      if (session.isOneSided) setState(flow, session, 'established')
      return session
    }
    synchronize(session.client, packet, (packet.sequence - 1) | 0)
    session.client.windowScale = 14
    session.server.windowScale = 14
    session.server.synchronize((packet.acknowledgment - 1) | 0)
    setState(flow, session, 'established')
    this.#takeSegment(flow, session, packet, 0)
    return session
  }

  #continue(flow: Flow, session: TcpSession, packet: InspectedPacket, direction: Direction): void {
    const { flags } = packet
    const sender = direction === 0 ? session.client : session.server
    const receiver = direction === 0 ? session.server : session.client
    if ((flags & RST) !== 0) {
      this.#reset(flow, session, packet, direction)
      return
    }
    switch (session.state) {
      case 'syn_sent':
        this.#inSynSent(flow, session, packet, direction)
        return
      case 'none':
      case 'closed':
      case 'listen':
        if (session.state === 'closed') this.#takeSegment(flow, session, packet, direction)
        return
      default:
    }
    if ((flags & SYN) !== 0) {
      // A handshake's packet once more, or one that does not belong here.
      if ((flags & ACK) !== 0 && direction === 0) this.#event(flow, packet, 'stream.3whs_synack_toserver_on_syn_recv')
      else if (packet.sequence !== sender.initialSequence) {
        this.#event(
          flow,
          packet,
          session.state === 'syn_recv'
            ? 'stream.3whs_syn_resend_diff_seq_on_syn_recv'
            : 'stream.est_syn_resend_diff_seq',
        )
      }
      return
    }
    if (session.isOneSided && receiver.flags !== 0 && sender.flags !== 0) session.isOneSided = false
    if (session.state === 'syn_recv') {
      if ((flags & ACK) === 0) return
      if (direction === 0 && packet.acknowledgment !== session.server.nextSequence && packet.payloadLength === 0) {
        if (((packet.acknowledgment - session.server.nextSequence) | 0) > 0) {
          this.#event(flow, packet, 'stream.3whs_right_seq_wrong_ack_evasion')
          return
        }
      }
      if (direction === 0 || packet.payloadLength > 0) setState(flow, session, 'established')
    }
    if (!this.#takeSegment(flow, session, packet, direction)) return
    this.#afterSegment(flow, session, packet, direction)
  }

  #inSynSent(flow: Flow, session: TcpSession, packet: InspectedPacket, direction: Direction): void {
    const { flags } = packet
    const { client, server } = session
    if ((flags & SYN) !== 0 && (flags & ACK) !== 0) {
      if (direction === 0) {
        this.#event(flow, packet, 'stream.3whs_synack_in_wrong_direction')
        return
      }
      if (packet.acknowledgment !== client.nextSequence) {
        this.#event(flow, packet, 'stream.3whs_synack_with_wrong_ack')
        return
      }
      synchronize(server, packet, packet.sequence)
      // Both sides scale, or none does (RFC 7323 section 2.2).
      if (packet.windowScale < 0 || client.windowScale < 0) {
        client.windowScale = 0
        server.windowScale = 0
      }
      setState(flow, session, 'syn_recv')
      return
    }
    if ((flags & SYN) !== 0) {
      if (direction === 1) {
        // Both open at once (RFC 9293 section 3.5).
        synchronize(server, packet, packet.sequence)
        setState(flow, session, 'syn_recv')
      }
      return
    }
    if ((flags & ACK) !== 0 && direction === 0 && this.isOneSidedAllowed(packet)) {
      if (packet.sequence !== client.nextSequence) return
      session.isOneSided = true
      server.synchronize((packet.acknowledgment - 1) | 0)
      setState(flow, session, 'established')
      this.#takeSegment(flow, session, packet, direction)
      this.#afterSegment(flow, session, packet, direction)
    }
  }

  #reset(flow: Flow, session: TcpSession, packet: InspectedPacket, direction: Direction): void {
    const sender = direction === 0 ? session.client : session.server
    if (session.state === 'closed' || session.state === 'none') return
    // A refused connection stays where it is, as in Suricata, and ends by its timeout.
    if (session.state === 'syn_sent') return
    const distance = (packet.sequence - sender.nextSequence) | 0
    const receiver = direction === 0 ? session.server : session.client
    const room = Math.max(1, receiver.window << Math.max(0, receiver.windowScale))
    const behind = (packet.sequence - sender.acknowledgedSequence) | 0
    if (distance > room || behind < -1) {
      this.#event(flow, packet, 'stream.rst_invalid_ack')
      return
    }
    this.#acknowledge(flow, session, packet, direction)
    setState(flow, session, 'closed')
    this.#giveAll(flow, session)
  }

  #afterSegment(flow: Flow, session: TcpSession, packet: InspectedPacket, direction: Direction): void {
    const isFin = (packet.flags & FIN) !== 0
    const sender = direction === 0 ? session.client : session.server
    const receiver = direction === 0 ? session.server : session.client
    if (isFin) {
      sender.hasFin = true
      sender.nextSequence = (packet.sequence + packet.payloadLength + 1) | 0
    }
    const acknowledgesAll = (packet.flags & ACK) !== 0 && packet.acknowledgment === receiver.nextSequence
    switch (session.state) {
      case 'established':
        if (isFin) setState(flow, session, direction === 0 ? 'close_wait' : 'fin_wait1')
        return
      case 'close_wait':
        if (isFin && direction === 1) setState(flow, session, 'last_ack')
        return
      case 'last_ack':
        if (!isFin && direction === 0 && acknowledgesAll) this.#over(flow, session)
        return
      case 'fin_wait1':
        if (isFin && direction === 0) setState(flow, session, acknowledgesAll ? 'time_wait' : 'closing')
        else if (!isFin && direction === 0 && acknowledgesAll) setState(flow, session, 'fin_wait2')
        return
      case 'fin_wait2':
        if (isFin && direction === 0) setState(flow, session, 'time_wait')
        return
      case 'closing':
        if (!isFin && acknowledgesAll) setState(flow, session, 'time_wait')
        return
      case 'time_wait':
        if (!isFin && acknowledgesAll) this.#over(flow, session)
        return
      default:
    }
  }

  #over(flow: Flow, session: TcpSession): void {
    setState(flow, session, 'closed')
    this.#giveAll(flow, session)
    this.#handler.onClose(flow)
  }

  /** The acknowledgment and the bytes of a packet. False where it does not belong to the connection. */
  #takeSegment(flow: Flow, session: TcpSession, packet: InspectedPacket, direction: Direction): boolean {
    const sender = direction === 0 ? session.client : session.server
    const receiver = direction === 0 ? session.server : session.client
    const length = packet.payloadLength
    const distance = (packet.sequence - sender.nextSequence) | 0
    if (distance > 0 && receiver.isSynchronized && !session.isOneSided && receiver.flags !== 0) {
      const beyond = (packet.sequence + length - sender.acknowledgedSequence) | 0
      if (beyond > (receiver.window << Math.max(0, receiver.windowScale)) + 1 && receiver.window > 0) {
        this.#counters.counters.segmentsOutside += 1
        this.#event(flow, packet, `stream.${eventState(session.state)}_packet_out_of_window`)
        return false
      }
    }
    if (!this.#acknowledge(flow, session, packet, direction)) return false
    sender.window = packet.window
    if (length > 0) this.#takeBytes(flow, session, packet, direction, sender)
    const behind = (packet.sequence + length) | 0
    if (((behind - sender.nextSequence) | 0) > 0) sender.nextSequence = behind
    if (session.state === 'closed') this.#giveAll(flow, session)
    else if (session.isOneSided) {
      if (sender.waitingCount > ONE_SIDED_PATIENCE) this.#skip(flow, direction, sender, sender.waitingStart)
      if (length > 0) this.#handler.onStreamData(flow, direction, sender, sender.receivedEnd)
    }
    return true
  }

  #takeBytes(flow: Flow, session: TcpSession, packet: InspectedPacket, direction: Direction, sender: TcpStream): void {
    if (sender.isDepthReached) return
    const outcome = sender.add(packet.sequence, packet.bytes, packet.payloadStart, packet.payloadEnd, this.#pool)
    this.isAdded = outcome !== 'dropped' && outcome !== 'outside'
    if (outcome === 'different') {
      this.#counters.counters.differentOverlaps += 1
      this.#event(flow, packet, 'stream.reassembly_overlap_different_data')
    } else if (outcome === 'dropped') this.#counters.counters.segmentsDropped += 1
    else if (outcome === 'outside') {
      this.#counters.counters.segmentsOutside += 1
      this.#event(flow, packet, `stream.${eventState(session.state)}_packet_out_of_window`)
    } else if (outcome === 'known') this.#counters.counters.overlaps += 1
    if (sender.isDepthReached) {
      this.#counters.counters.depthReached += 1
      this.#handler.onStreamData(flow, direction, sender, sender.receivedEnd)
    }
  }

  #acknowledge(flow: Flow, session: TcpSession, packet: InspectedPacket, direction: Direction): boolean {
    if ((packet.flags & ACK) === 0) return true
    const other = direction === 0 ? session.server : session.client
    if (!other.isSynchronized) return true
    const advance = (packet.acknowledgment - other.acknowledgedSequence) | 0
    if (advance <= 0) return true
    const unseen = (packet.acknowledgment - other.nextSequence) | 0
    const sender = direction === 0 ? session.client : session.server
    if (unseen > 0 && !session.isOneSided) {
      const room = Math.max(sender.window, packet.window) << Math.max(0, sender.windowScale)
      if (advance > room + 1) {
        this.#event(flow, packet, `stream.${eventState(session.state)}_invalid_ack`)
        return false
      }
      other.nextSequence = packet.acknowledgment
    } else if (unseen > 0) other.nextSequence = packet.acknowledgment
    other.acknowledgedSequence = packet.acknowledgment
    const otherDirection: Direction = direction === 0 ? 1 : 0
    if (session.isOneSided) return true
    let end = other.offsetOf(packet.acknowledgment)
    // A FIN takes a sequence number, but no byte.
    if (other.hasFin && packet.acknowledgment === other.nextSequence) end -= 1
    other.acknowledgedEnd = end
    // Of a stream that nobody looks at any more, segments are not kept: they are not missing.
    const isWatched = !other.isApplicationDone || !other.isRawDone
    if (end > other.receivedEnd && isWatched && !other.isDepthReached) {
      if (other.receivedEnd > other.applicationProgress) {
        this.#handler.onStreamData(flow, otherDirection, other, other.receivedEnd)
      }
      if (this.#skip(flow, otherDirection, other, end)) this.#event(flow, packet, 'stream.reassembly_seq_gap')
    }
    if (isWatched) {
      this.#handler.onStreamData(flow, otherDirection, other, Math.min(end, other.receivedEnd))
    }
    return true
  }

  #skip(flow: Flow, direction: Direction, stream: TcpStream, end: number): boolean {
    let hasSkipped = false
    for (let at = stream.receivedEnd; at < end; at = stream.receivedEnd) {
      const skipped = stream.skipGap(end, this.#pool)
      if (skipped === 0) break
      hasSkipped = true
      this.#counters.counters.gaps += 1
      this.#handler.onStreamGap(flow, direction, skipped)
      this.#handler.onStreamData(flow, direction, stream, Math.min(end, stream.receivedEnd))
    }
    return hasSkipped
  }

  #giveAll(flow: Flow, session: TcpSession): void {
    this.#handler.onStreamData(flow, 0, session.client, session.client.receivedEnd)
    this.#handler.onStreamData(flow, 1, session.server, session.server.receivedEnd)
  }

  #event(flow: Flow, packet: InspectedPacket, event: string): void {
    this.#handler.onStreamEvent(flow, packet, event)
  }
}

function synchronize(stream: TcpStream, packet: InspectedPacket, initialSequence: number): void {
  stream.synchronize(initialSequence)
  stream.window = packet.window
  stream.windowScale = packet.windowScale
}
