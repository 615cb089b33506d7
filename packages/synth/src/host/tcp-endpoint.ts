import type { IpAddress, Packet } from '@flowtap/core'
import type { EventId } from '../sim-clock.ts'
import type { Content, ContentView } from './content.ts'
import { NetworkError } from './process.ts'
import { readTimestamp, type SynOptions, TCP_FLAG } from './tcp-options.ts'
import { type DataSink, TcpReceiver } from './tcp-receiver.ts'
import { LARGEST_WINDOW, TcpSegments } from './tcp-segments.ts'
import { type SegmentSink, TcpSender } from './tcp-sender.ts'
import type { TcpPort, TcpStack } from './tcp-stack.ts'

const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = TCP_FLAG

/** States of a connection (RFC 9293, 3.3.2); those that are over are the stack's own. */
type TcpState =
  | 'closed'
  | 'syn-sent'
  | 'syn-received'
  | 'established'
  | 'close-wait'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'closing'
  | 'last-ack'

/** Who uses a connection. Calls come while a packet is handled; to answer at once is allowed. */
export interface TcpUser {
  onEstablished(endpoint: TcpEndpoint): void
  /** Data in its turn: `length` bytes of the packet's payload after `skip`. */
  onData(endpoint: TcpEndpoint, packet: Packet, skip: number, length: number): void
  /** The other side has sent its last byte. */
  onRemoteClosed(endpoint: TcpEndpoint): void
  /** Everything that was sent has been acknowledged. */
  onAcknowledged(endpoint: TcpEndpoint): void
  /** It is over; once. */
  onClosed(endpoint: TcpEndpoint, error: NetworkError | undefined): void
}

/** How long a side that has closed waits for the other to close (Linux: `tcp_fin_timeout`). */
const FIN_WAIT_MICROSECONDS = 60_000_000
/** Segments that a peer takes who does not say more (RFC 9293, 3.7.1). */
const STANDARD_SEGMENT = { 4: 536, 6: 1220 } as const
const view: ContentView = { bytes: new Uint8Array(0), offset: 0 }

/**
 * One side of a TCP connection (RFC 9293): its states, from the handshake to the end, and its timers. Sending and receiving are the
 * business of {@link TcpSender} and {@link TcpReceiver}.
 */
export class TcpEndpoint implements SegmentSink, DataSink {
  user: TcpUser
  /** The open port that the connection was accepted at. */
  port: TcpPort | undefined
  /** The next connection of the same ports, in the stack's table. */
  next: TcpEndpoint | undefined
  /** The port's count of half-open connections, while this is one of them. */
  halfOpenAt: { halfOpen: number } | undefined
  /** Nobody reads any more: data that comes is answered with a RST. */
  isOrphan = false
  /** When a segment of the connection came last. */
  lastHeardMicroseconds = 0
  readonly #stack: TcpStack
  readonly #segments: TcpSegments
  readonly #receiver = new TcpReceiver()
  #sender: TcpSender | undefined
  #state: TcpState = 'closed'
  #peerWindowScale = 0
  #handshakeTries = 0
  #handshakeAtMicroseconds = 0
  #lastDataMicroseconds = 0
  /** When to retransmit or give up, 0 for not at all; the timer itself may stand earlier and is set again then. */
  #deadlineMicroseconds = 0
  #timer: EventId = 0
  #timerAtMicroseconds = 0
  #acknowledgeAtMicroseconds = 0
  #acknowledgeTimer: EventId = 0

  constructor(
    stack: TcpStack,
    local: IpAddress,
    localPort: number,
    remote: IpAddress,
    remotePort: number,
    initialSequence: number,
    user: TcpUser,
  ) {
    this.#stack = stack
    this.user = user
    this.#segments = new TcpSegments(stack.profile, local, localPort, remote, remotePort, initialSequence >>> 0)
  }

  get localAddress(): IpAddress {
    return this.#segments.local
  }

  get localPort(): number {
    return this.#segments.localPort
  }

  get remoteAddress(): IpAddress {
    return this.#segments.remote
  }

  get remotePort(): number {
    return this.#segments.remotePort
  }

  get initialSequence(): number {
    return this.#segments.initialSequence
  }

  /** The other side's initial sequence number. */
  get remoteInitialSequence(): number {
    return (this.#segments.peerSequence - 1) >>> 0
  }

  get bytesReceived(): number {
    return this.#receiver.bytesReceived
  }

  /** Bytes handed over for sending. */
  get bytesQueued(): number {
    return this.#sender?.queue.length ?? 0
  }

  get isAllAcknowledged(): boolean {
    return this.#sender?.isAllAcknowledged ?? true
  }

  /** Whether the other side has sent its last byte, and all before it has come. */
  get isRemoteClosed(): boolean {
    return this.#receiver.isClosed
  }

  /** Whether the handshake is complete and the connection not over. */
  get isOpen(): boolean {
    return this.#state !== 'closed' && this.#state !== 'syn-sent' && this.#state !== 'syn-received'
  }

  get canSend(): boolean {
    return this.#state === 'established' || this.#state === 'close-wait'
  }

  // Opening

  /** Sends the first SYN. */
  open(): void {
    this.#state = 'syn-sent'
    this.#sendSyn()
  }

  /** Answers a SYN. */
  accept(syn: Packet, options: SynOptions): void {
    this.#state = 'syn-received'
    this.#agree(syn, (syn.tcpSequence + 1) >>> 0, options)
    this.#sendSyn()
  }

  /** Takes up a connection whose SYN/ACK was a cookie: nothing was kept of it. */
  acceptCookie(acknowledgment: Packet, options: SynOptions): void {
    this.#agree(acknowledgment, acknowledgment.tcpSequence, options)
    this.#segments.heardTimestamp(readTimestamp(acknowledgment.tcpOptions))
    this.#establish()
    this.#stack.accepted(this)
  }

  #agree(syn: Packet, peerSequence: number, options: SynOptions): void {
    const { local, remote } = this.#segments
    this.#segments.agree(peerSequence, options)
    this.#peerWindowScale = options.windowScale ?? 0
    const offered = options.maximumSegmentSize ?? STANDARD_SEGMENT[remote.version]
    const largest = Math.min(offered, this.#stack.maximumSegmentSize(local, remote))
    const segment = Math.max(8, largest - this.#segments.optionBytes)
    const { minimumRetransmissionMicroseconds } = this.#stack.profile
    this.#sender = new TcpSender(this, minimumRetransmissionMicroseconds, segment, syn.tcpWindow)
  }

  #sendSyn(): void {
    const { profile, clock } = this.#stack
    const { local, remote } = this.#segments
    const isAnswer = this.#state === 'syn-received'
    const now = clock.nowMicroseconds
    this.#stack.transmit(this.#segments.syn(isAnswer, this.#stack.maximumSegmentSize(local, remote), now))
    if (this.#handshakeTries === 0) this.#handshakeAtMicroseconds = now
    const waits = isAnswer ? profile.synAckWaitsMicroseconds : profile.synWaitsMicroseconds
    this.retransmitAt(now + (waits[this.#handshakeTries] ?? 0))
  }

  #retransmitSyn(): void {
    const { synWaitsMicroseconds, synAckWaitsMicroseconds } = this.#stack.profile
    const waits = this.#state === 'syn-received' ? synAckWaitsMicroseconds : synWaitsMicroseconds
    this.#handshakeTries += 1
    if (this.#handshakeTries < waits.length) this.#sendSyn()
    else this.#end(new NetworkError('ETIMEDOUT', `no answer from ${this.#peer}`))
  }

  #establish(): void {
    this.#state = 'established'
    const now = this.#stack.clock.nowMicroseconds
    this.lastHeardMicroseconds = now
    this.retransmitAt(0)
    if (this.#handshakeTries === 0 && this.#handshakeAtMicroseconds > 0) {
      this.#sender?.measured(now - this.#handshakeAtMicroseconds)
    }
  }

  // Use

  /** Hands over data; it is sent as far as the windows allow. Throws `EPIPE` where the sending side is closed. */
  send(content: Content): void {
    if (!this.canSend) throw new NetworkError('EPIPE', 'the sending side of the connection is closed')
    const { clock, profile } = this.#stack
    const now = clock.nowMicroseconds
    if (this.bytesReceived > 0 && now - this.#lastDataMicroseconds < profile.delayedAckMicroseconds) {
      this.#receiver.replied()
    }
    this.#sender?.append(content, now)
  }

  /** Asks whether the other side is still there, by a segment that it has to answer (RFC 9293, 3.8.4). */
  keepAlive(): void {
    if (this.isOpen) this.#sendBare(ACK, (this.#sender?.next ?? 0) - 1)
  }

  /** No more data will be sent: a FIN follows what is queued. */
  close(): void {
    if (this.#state === 'syn-sent') this.#end(undefined)
    else if (this.#state === 'syn-received') this.abort()
    else if (this.canSend) {
      this.#state = this.#state === 'established' ? 'fin-wait-1' : 'last-ack'
      this.#sender?.close(this.#stack.clock.nowMicroseconds)
    }
  }

  /** Ends it with a RST. */
  abort(): void {
    if (this.#state !== 'closed' && this.#state !== 'syn-sent') this.#sendBare(RST | ACK, this.#sender?.highest ?? 0)
    this.#end(undefined)
  }

  /** An ICMP message about a segment of this connection came. */
  onIcmpError(error: NetworkError, mtu: number): void {
    if (error.code === 'EMSGSIZE') {
      const headers = this.localAddress.version === 4 ? 40 : 60
      const segment = Math.max(8, mtu - headers - this.#segments.optionBytes)
      if (this.isOpen) this.#sender?.shrink(segment, this.#stack.clock.nowMicroseconds)
    } else if (this.#state === 'syn-sent') this.#end(error)
    // In an open connection they are hints only (RFC 5461): the timers decide.
  }

  // Receiving

  /** A segment of this connection came. */
  receive(packet: Packet): void {
    this.lastHeardMicroseconds = this.#stack.clock.nowMicroseconds
    if (this.#state === 'syn-sent') this.#receiveInSynSent(packet)
    else if (this.#state !== 'closed') this.#receiveSegment(packet)
  }

  #receiveInSynSent(packet: Packet): void {
    const flags = packet.tcpFlags
    const acknowledgesSyn = (flags & ACK) !== 0 && packet.tcpAcknowledgment === (this.initialSequence + 1) >>> 0
    if (flags & RST) {
      if (acknowledgesSyn) this.#end(new NetworkError('ECONNREFUSED', `${this.#peer} refused the connection`))
      return
    }
    if ((flags & SYN) === 0 || ((flags & ACK) !== 0 && !acknowledgesSyn)) {
      if (flags & ACK) this.#stack.refuse(packet)
      return
    }
    this.#agree(packet, (packet.tcpSequence + 1) >>> 0, this.#stack.synOptions(packet))
    if (flags & ACK) {
      this.#establish()
      this.#sendBare(ACK, 0)
      this.user.onEstablished(this)
    } else {
      // Both sides opened at once.
      this.#state = 'syn-received'
      this.#handshakeTries = 0
      this.#sendSyn()
    }
  }

  #receiveSegment(packet: Packet): void {
    const flags = packet.tcpFlags
    const { expected } = this.#receiver
    const offset = expected + ((packet.tcpSequence - ((this.#segments.peerSequence + expected) | 0)) | 0)
    if (flags & RST) {
      if (offset >= expected && offset <= expected + LARGEST_WINDOW) this.#receiveReset()
    } else if (flags & SYN) {
      // The answer to a SYN/ACK was lost, or the SYN came twice: say again where we are.
      if (this.#state === 'syn-received' && (flags & ACK) === 0) this.#sendSyn()
      else this.#sendBare(ACK, this.#sender?.next ?? 0)
    } else if (flags & ACK && this.#completeHandshake(packet)) {
      if (offset <= expected) this.#segments.heardTimestamp(readTimestamp(packet.tcpOptions))
      this.#receiveAcknowledgment(packet)
      if (this.#state !== 'closed' && (packet.payloadLength > 0 || (flags & FIN) !== 0))
        this.#receiveData(packet, offset)
      if (this.#state !== 'closed') this.#sender?.output(this.#stack.clock.nowMicroseconds)
    }
  }

  /** The acknowledgment of a SYN/ACK opens the connection; false where it is none. */
  #completeHandshake(packet: Packet): boolean {
    if (this.#state !== 'syn-received') return true
    if (packet.tcpAcknowledgment !== (this.initialSequence + 1) >>> 0) {
      this.#stack.refuse(packet)
      return false
    }
    this.#establish()
    if (this.port) this.#stack.accepted(this)
    else this.user.onEstablished(this)
    return this.isOpen
  }

  #receiveReset(): void {
    if (this.#state === 'last-ack') this.#end(undefined)
    else if (this.#state === 'syn-received') this.#end(new NetworkError('ECONNREFUSED', 'the connection was reset'))
    else this.#end(new NetworkError('ECONNRESET', `${this.#peer} reset the connection`))
  }

  #receiveAcknowledgment(packet: Packet): void {
    const sender = this.#sender
    if (!sender) return
    const { unacknowledged } = sender
    const distance = (packet.tcpAcknowledgment - ((this.initialSequence + 1 + unacknowledged) | 0)) | 0
    const window = packet.tcpWindow * 2 ** this.#peerWindowScale
    const isBare = packet.payloadLength === 0 && (packet.tcpFlags & FIN) === 0
    const { nowMicroseconds } = this.#stack.clock
    if (!sender.acknowledged(unacknowledged + distance, window, isBare, nowMicroseconds)) return
    if (sender.isFinAcknowledged) this.#receiveAcknowledgmentOfFin()
    else if (sender.isAllAcknowledged) this.user.onAcknowledged(this)
  }

  #receiveAcknowledgmentOfFin(): void {
    if (this.#state === 'fin-wait-1') {
      this.#state = 'fin-wait-2'
      this.retransmitAt(this.#stack.clock.nowMicroseconds + FIN_WAIT_MICROSECONDS)
    } else if (this.#state === 'closing') this.#wait()
    else if (this.#state === 'last-ack') this.#end(undefined)
  }

  #receiveData(packet: Packet, offset: number): void {
    const receiver = this.#receiver
    if (this.isOrphan && packet.payloadLength > 0 && offset + packet.payloadLength > receiver.expected) {
      this.abort()
      return
    }
    const wasClosed = receiver.isClosed
    const acknowledgment = receiver.receive(packet, offset)
    // A FIN is acknowledged after the user was told: if that one closes at once, its own FIN is the acknowledgment.
    const isLast = receiver.isClosed && !wasClosed
    if (acknowledgment === 'selectively') this.#acknowledgeSelectively(offset)
    else if (acknowledgment === 'delayed') this.#acknowledgeLater()
    else if (!isLast) this.#sendBare(ACK, this.#sender?.next ?? 0)
    this.#lastDataMicroseconds = this.#stack.clock.nowMicroseconds
    receiver.deliver(this)
    if (!isLast) return
    if (this.#state === 'established') this.#state = 'close-wait'
    else if (this.#state === 'fin-wait-1') this.#state = 'closing'
    const isOver = this.#state === 'fin-wait-2'
    this.user.onRemoteClosed(this)
    if (this.isOpen && receiver.isAcknowledgmentDue) this.#sendBare(ACK, this.#sender?.next ?? 0)
    if (isOver) this.#wait()
  }

  takeData(packet: Packet, skip: number, length: number): void {
    this.user.onData(this, packet, skip, length)
  }

  // Sending

  sendSegment(flags: number, offset: number, size: number): void {
    this.#sender?.queue.view(offset, size, view)
    this.#transmit(this.#segment(flags, offset, size, size > 0 ? view : undefined))
  }

  #sendBare(flags: number, offset: number): void {
    this.#transmit(this.#segment(flags, offset, 0, undefined))
  }

  #segment(flags: number, offset: number, size: number, data: ContentView | undefined): Packet {
    const { expected, bytesReceived } = this.#receiver
    return this.#segments.segment(flags, offset, size, data, expected, bytesReceived, this.#stack.clock.nowMicroseconds)
  }

  #transmit(packet: Packet): void {
    this.#receiver.acknowledged()
    this.#acknowledgeAtMicroseconds = 0
    this.#stack.transmit(packet)
  }

  #acknowledgeSelectively(offset: number): void {
    const { from, to } = this.#receiver.blockAround(offset)
    const bare = this.#segment(ACK, this.#sender?.next ?? 0, 0, undefined)
    this.#transmit(this.#segments.withSack(bare, from, to))
  }

  #acknowledgeLater(): void {
    const { clock, profile } = this.#stack
    const at = clock.nowMicroseconds + profile.delayedAckMicroseconds
    this.#acknowledgeAtMicroseconds = at
    if (this.#acknowledgeTimer === 0) {
      this.#acknowledgeTimer = clock.schedule(at, onAcknowledgeTimer, this as TcpEndpoint, undefined)
    }
  }

  /** For the timer alone. */
  onAcknowledgeTimer(): void {
    this.#acknowledgeTimer = 0
    const at = this.#acknowledgeAtMicroseconds
    if (at === 0 || !this.isOpen) return
    const { clock } = this.#stack
    if (clock.nowMicroseconds < at) {
      this.#acknowledgeTimer = clock.schedule(at, onAcknowledgeTimer, this as TcpEndpoint, undefined)
    } else this.#sendBare(ACK, this.#sender?.next ?? 0)
  }

  // Timers and the end

  retransmitAt(timeMicroseconds: number): void {
    this.#deadlineMicroseconds = timeMicroseconds
    if (timeMicroseconds === 0 || (this.#timer !== 0 && this.#timerAtMicroseconds <= timeMicroseconds)) return
    this.#stack.clock.cancel(this.#timer)
    this.#setTimer(timeMicroseconds)
  }

  #setTimer(timeMicroseconds: number): void {
    this.#timerAtMicroseconds = timeMicroseconds
    this.#timer = this.#stack.clock.schedule(timeMicroseconds, onTimer, this as TcpEndpoint, undefined)
  }

  /** For the timer alone. */
  onTimer(): void {
    this.#timer = 0
    const at = this.#deadlineMicroseconds
    if (at === 0 || this.#state === 'closed') return
    const now = this.#stack.clock.nowMicroseconds
    if (now < at) {
      this.#setTimer(at)
      return
    }
    this.#deadlineMicroseconds = 0
    if (this.#state === 'fin-wait-2') this.#end(undefined)
    else if (this.#state === 'syn-sent' || this.#state === 'syn-received') this.#retransmitSyn()
    else if (this.#sender?.timedOut(this.#stack.profile.dataRetransmissions, now) === false) {
      this.#end(new NetworkError('ETIMEDOUT', `${this.#peer} acknowledges nothing`))
    }
  }

  /** Both sides have closed, this one first: the stack remembers the connection for a while. */
  #wait(): void {
    if (this.#state === 'closed') return
    const { expected, bytesReceived } = this.#receiver
    this.#stack.wait({ segments: this.#segments, offset: this.#sender?.next ?? 0, expected, bytesReceived })
    this.#end(undefined)
  }

  #end(error: NetworkError | undefined): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    const { clock } = this.#stack
    clock.cancel(this.#timer)
    clock.cancel(this.#acknowledgeTimer)
    this.#stack.remove(this)
    this.user.onClosed(this, error)
  }

  get #peer(): string {
    return `${this.remoteAddress} port ${this.remotePort}`
  }
}

function onTimer(endpoint: TcpEndpoint): void {
  endpoint.onTimer()
}

function onAcknowledgeTimer(endpoint: TcpEndpoint): void {
  endpoint.onAcknowledgeTimer()
}
