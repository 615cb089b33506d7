import type { Content } from './content.ts'
import { TCP_FLAG } from './tcp-options.ts'
import { TcpSendQueue } from './tcp-send-queue.ts'
import { CongestionWindow, RetransmissionTimeout } from './tcp-timing.ts'

/** What a sender needs of its connection. */
export interface SegmentSink {
  /** Sends a segment with `size` bytes from `offset` of the stream on. */
  sendSegment(flags: number, offset: number, size: number): void
  /** Has the retransmission timer run out at a time; 0: not at all. */
  retransmitAt(timeMicroseconds: number): void
}

/**
 * The sending half of a connection: what is to be sent and has not been acknowledged, slow start and congestion avoidance, retransmission
 * by timeout and by duplicate acknowledgments (RFC 5681, RFC 6298, RFC 6582). Offsets count from the stream's first byte; a FIN takes one
 * place after the last.
 */
export class TcpSender {
  readonly queue: TcpSendQueue = new TcpSendQueue()
  /** No more data follows what is queued. */
  isClosed = false
  /** First unacknowledged offset, next to send, and the highest that was sent. */
  unacknowledged = 0
  next = 0
  #highest = 0
  readonly #sink: SegmentSink
  readonly #timeout: RetransmissionTimeout
  readonly #congestion: CongestionWindow
  #segment: number
  #peerWindow: number
  #duplicates = 0
  /** Sending had come this far when the last loss was found; -1 outside of recovery. */
  #recoverUntil = -1
  #retransmissions = 0
  /** A segment whose acknowledgment is timed, by its end; -1 for none. */
  #timedOffset = -1
  #timedAtMicroseconds = 0
  #isTimerSet = false

  /** `segment`: bytes of data in the largest segment. */
  constructor(sink: SegmentSink, minimumRetransmissionMicroseconds: number, segment: number, peerWindow: number) {
    this.#sink = sink
    this.#timeout = new RetransmissionTimeout(minimumRetransmissionMicroseconds)
    this.#congestion = new CongestionWindow(segment)
    this.#segment = segment
    this.#peerWindow = peerWindow
  }

  get segment(): number {
    return this.#segment
  }

  get highest(): number {
    return this.#highest
  }

  get isAllAcknowledged(): boolean {
    return this.unacknowledged >= this.queue.length
  }

  get isFinAcknowledged(): boolean {
    return this.isClosed && this.unacknowledged > this.queue.length
  }

  /** The handshake took so long, on a SYN that was sent once. */
  measured(roundTripMicroseconds: number): void {
    this.#timeout.measured(roundTripMicroseconds)
  }

  append(content: Content, nowMicroseconds: number): void {
    this.queue.append(content)
    this.output(nowMicroseconds)
  }

  /** A FIN follows the data. */
  close(nowMicroseconds: number): void {
    this.isClosed = true
    this.output(nowMicroseconds)
  }

  /** The path takes smaller segments only: what was too large goes again. */
  shrink(segment: number, nowMicroseconds: number): void {
    if (segment >= this.#segment) return
    this.#segment = segment
    this.#congestion.resize(segment)
    this.#goBack(nowMicroseconds)
  }

  /**
   * An acknowledgment up to an offset came with a window; `isBare`: without data or FIN. True where it acknowledges something new.
   */
  acknowledged(offset: number, window: number, isBare: boolean, nowMicroseconds: number): boolean {
    if (offset > this.#highest || offset < this.unacknowledged) return false
    const isSameWindow = window === this.#peerWindow
    this.#peerWindow = window
    if (offset === this.unacknowledged) {
      if (isBare && isSameWindow && this.#highest > offset) this.#duplicate()
      return false
    }
    const bytes = offset - this.unacknowledged
    this.unacknowledged = offset
    if (this.next < offset) this.next = offset
    this.queue.release(offset)
    this.#retransmissions = 0
    if (this.#timedOffset >= 0 && offset >= this.#timedOffset) {
      this.#timeout.measured(nowMicroseconds - this.#timedAtMicroseconds)
      this.#timedOffset = -1
    } else this.#timeout.acknowledged()
    if (this.#recoverUntil >= 0 && offset < this.#recoverUntil) {
      // A partial acknowledgment: the next hole is lost as well (RFC 6582, 3.2).
      this.#resend(nowMicroseconds)
    } else {
      this.#recoverUntil = -1
      this.#duplicates = 0
      this.#congestion.acknowledged(bytes)
    }
    this.#setTimer(this.#highest > offset ? nowMicroseconds + this.#timeout.microseconds : 0)
    return true
  }

  /** Sends what the windows allow. */
  output(nowMicroseconds: number): void {
    const end = this.queue.length
    if (this.next > end) return
    const window = Math.min(this.#congestion.bytes, this.#peerWindow)
    while (this.next < end) {
      const allowed = this.unacknowledged + window - this.next
      let size = Math.min(this.#segment, end - this.next)
      if (size > allowed) {
        if (allowed <= 0 || this.next > this.unacknowledged) break
        size = allowed
      }
      this.#sendData(this.next, size, nowMicroseconds)
      this.next += size
    }
    if (this.isClosed && this.next === end) {
      this.#sink.sendSegment(TCP_FLAG.fin | TCP_FLAG.ack, end, 0)
      this.next = end + 1
    }
    if (this.next > this.#highest) this.#highest = this.next
    const isUnfinished = this.#highest > this.unacknowledged || end > this.next
    if (isUnfinished && !this.#isTimerSet) this.#setTimer(nowMicroseconds + this.#timeout.microseconds)
  }

  /** The retransmission timer has run out; false where it has too often. */
  timedOut(limit: number, nowMicroseconds: number): boolean {
    this.#isTimerSet = false
    this.#retransmissions += 1
    if (this.#retransmissions > limit) return false
    this.#congestion.timedOut(this.#highest - this.unacknowledged)
    this.#timeout.backOff()
    // A closed window is probed with a byte (RFC 9293, 3.8.6.1).
    if (this.#peerWindow === 0) this.#peerWindow = 1
    this.#goBack(nowMicroseconds)
    return true
  }

  #duplicate(): void {
    this.#duplicates += 1
    if (this.#duplicates !== 3 || this.#recoverUntil >= 0) return
    this.#recoverUntil = this.#highest
    this.#congestion.lost(this.#highest - this.unacknowledged)
    this.#resend(0)
  }

  #sendData(offset: number, size: number, nowMicroseconds: number): void {
    if (offset < this.#highest) this.#timedOffset = -1
    else if (this.#timedOffset < 0) {
      this.#timedOffset = offset + size
      this.#timedAtMicroseconds = nowMicroseconds
    }
    this.#sink.sendSegment(
      offset + size === this.queue.length ? TCP_FLAG.psh | TCP_FLAG.ack : TCP_FLAG.ack,
      offset,
      size,
    )
  }

  /** Sends the first unacknowledged segment again. */
  #resend(nowMicroseconds: number): void {
    this.#timedOffset = -1
    const size = Math.min(this.#segment, this.queue.length - this.unacknowledged)
    if (size > 0) this.#sendData(this.unacknowledged, size, nowMicroseconds)
    else if (this.isClosed) this.#sink.sendSegment(TCP_FLAG.fin | TCP_FLAG.ack, this.queue.length, 0)
  }

  /** Sends everything again from the first unacknowledged byte on, as the window grows. */
  #goBack(nowMicroseconds: number): void {
    this.next = this.unacknowledged
    this.#timedOffset = -1
    this.#recoverUntil = -1
    this.#duplicates = 0
    this.output(nowMicroseconds)
  }

  #setTimer(timeMicroseconds: number): void {
    this.#isTimerSet = timeMicroseconds > 0
    this.#sink.retransmitAt(timeMicroseconds)
  }
}
