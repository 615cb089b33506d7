import type { Packet } from '@flowtap/core'
import { TCP_FLAG } from './tcp-options.ts'
import { TcpReassembly } from './tcp-reassembly.ts'

/** Acknowledgments of single segments at a connection's start that Linux does not delay. */
const QUICK_ACKNOWLEDGMENTS = 16

/** When a segment that has come is to be acknowledged. */
export type Acknowledgment =
  | 'now'
  /** With the next segment that goes out anyway, or when the timer for it runs out. */
  | 'delayed'
  /** Now, and selectively: it came before its turn. */
  | 'selectively'

/** Who gets data in its turn. */
export interface DataSink {
  /** `length` bytes of the packet's payload after `skip`. */
  takeData(packet: Packet, skip: number, length: number): void
}

/** Data in its turn. */
interface ArrivedData {
  readonly packet: Packet
  readonly skip: number
  readonly length: number
}

/** The receiving half of a connection: puts segments into their order and says when to acknowledge. Offsets count from the first byte. */
export class TcpReceiver {
  /** The next offset; a FIN takes one place after the last byte. */
  expected = 0
  bytesReceived = 0
  /** Whether the other side has sent its last byte, and all before it has come. */
  isClosed = false
  #reassembly: TcpReassembly | undefined
  #arrived: ArrivedData[] | undefined
  /** The one segment in its turn, where nothing waited for it: the usual case needs no list. */
  #single: Packet | undefined
  #singleSkip = 0
  #singleLength = 0
  #pendingSegments = 0
  #quickAcknowledgments = QUICK_ACKNOWLEDGMENTS

  /** Whether a segment has not been acknowledged yet. */
  get isAcknowledgmentDue(): boolean {
    return this.#pendingSegments > 0
  }

  /** An acknowledgment went out, with whatever. */
  acknowledged(): void {
    this.#pendingSegments = 0
  }

  /** The user replies to what has come: from now on acknowledgments wait for replies to go with (Linux: "pingpong" mode). */
  replied(): void {
    this.#quickAcknowledgments = 0
  }

  /** Takes a segment with data or a FIN that begins at an offset. */
  receive(packet: Packet, offset: number): Acknowledgment {
    const isLast = (packet.tcpFlags & TCP_FLAG.fin) !== 0
    const end = offset + packet.payloadLength
    if (this.isClosed || end < this.expected || (end === this.expected && !isLast)) return 'now'
    if (offset > this.expected) {
      this.#reassembly ??= new TcpReassembly()
      this.#reassembly.add(offset, end, packet, isLast)
      return 'selectively'
    }
    if (this.#reassembly) {
      this.#takeReassembled(this.#reassembly, packet, offset, end, isLast)
      this.#pendingSegments += 1
      return 'now'
    }
    this.#singleSkip = this.expected - offset
    this.#singleLength = end - this.expected
    if (this.#singleLength > 0) this.#single = packet
    this.#moveTo(end, isLast)
    this.#pendingSegments += 1
    const isQuick = this.#quickAcknowledgments > 0 && (packet.tcpFlags & TCP_FLAG.psh) !== 0
    if (isQuick) this.#quickAcknowledgments -= 1
    return isQuick || this.#pendingSegments >= 2 ? 'now' : 'delayed'
  }

  /** Hands over what has come in its turn since the last call. */
  deliver(sink: DataSink): void {
    const single = this.#single
    if (single) {
      this.#single = undefined
      sink.takeData(single, this.#singleSkip, this.#singleLength)
    }
    const arrived = this.#arrived
    if (!arrived) return
    this.#arrived = undefined
    for (const { packet, skip, length } of arrived) sink.takeData(packet, skip, length)
  }

  /** The block of early segments around an offset. */
  blockAround(offset: number): { readonly from: number; readonly to: number } {
    return this.#reassembly?.blockAround(offset) ?? { from: offset, to: offset }
  }

  #takeReassembled(reassembly: TcpReassembly, packet: Packet, offset: number, end: number, isLast: boolean): void {
    this.#arrived = []
    this.#take(this.#arrived, packet, offset, end, isLast)
    for (;;) {
      const segment = this.isClosed ? undefined : reassembly.takeUpTo(this.expected)
      if (!segment) break
      this.#take(this.#arrived, segment.packet, segment.from, segment.to, segment.isLast)
    }
    if (reassembly.isEmpty) this.#reassembly = undefined
  }

  #take(arrived: ArrivedData[], packet: Packet, offset: number, end: number, isLast: boolean): void {
    if (end > this.expected) arrived.push({ packet, skip: this.expected - offset, length: end - this.expected })
    this.#moveTo(end, isLast)
  }

  #moveTo(end: number, isLast: boolean): void {
    if (end > this.expected) {
      this.bytesReceived += end - this.expected
      this.expected = end
    }
    if (isLast && end === this.expected) {
      this.expected += 1
      this.isClosed = true
    }
  }
}
