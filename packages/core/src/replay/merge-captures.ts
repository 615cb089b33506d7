import type { CaptureIssue } from '../packet/pcap/capture-issue.ts'
import { type CapturePacket, captureTimeMicroseconds } from '../packet/pcap/capture-packet.ts'
import { CaptureReader } from '../packet/pcap/capture-reader.ts'

/** The bytes of a capture file. */
export type CaptureBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Who takes the packets of several captures in the order of time. `capture` is the capture's place in the list. */
export interface MergedPackets {
  /** Says true where the merge should wait for {@link MergedPackets.pause} before it goes on. */
  onPacket(packet: CapturePacket, capture: number, timeMicroseconds: number): boolean
  onIssue(issue: CaptureIssue, capture: number): void
  pause(): Promise<void>
}

/**
 * Reads captures side by side and hands their packets on in the order of time; within one capture they keep the order of the file, and a
 * packet without a time takes that of the one before it. Memory holds one chunk of each capture.
 */
export async function mergeCaptures(captures: readonly CaptureBytes[], receiver: MergedPackets): Promise<void> {
  const queues = captures.map((bytes, place) => new CaptureQueue(bytes, place, receiver))
  try {
    for (;;) {
      for (const queue of queues) if (queue.isEmpty) await queue.fill()
      const open = queues.filter((queue) => !queue.isEmpty)
      if (open.length === 0) return
      if (drain(open, receiver)) await receiver.pause()
    }
  } finally {
    for (const queue of queues) await queue.close()
  }
}

/** Hands on packets until one of the queues is empty; true where the receiver wants to be waited for before that. */
function drain(queues: readonly CaptureQueue[], receiver: MergedPackets): boolean {
  for (;;) {
    let first = queues[0] as CaptureQueue
    let nextTime = Number.POSITIVE_INFINITY
    for (let place = 1; place < queues.length; place += 1) {
      const queue = queues[place] as CaptureQueue
      if (queue.time < first.time) {
        nextTime = Math.min(nextTime, first.time)
        first = queue
      } else {
        nextTime = Math.min(nextTime, queue.time)
      }
    }
    do {
      if (first.take(receiver)) return true
      if (first.isEmpty) return false
    } while (first.time <= nextTime)
  }
}

/** The packets of one capture that were read and not yet handed on. */
class CaptureQueue {
  /** Of the next packet. */
  time = 0
  readonly #place: number
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  readonly #reader: CaptureReader
  #packets: CapturePacket[] = []
  #at = 0
  #hasEnded = false

  constructor(bytes: CaptureBytes, place: number, receiver: MergedPackets) {
    this.#place = place
    this.#chunks = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]()
    this.#reader = new CaptureReader({
      onPacket: (packet) => this.#packets.push(packet),
      onIssue: (issue) => receiver.onIssue(issue, place),
    })
  }

  get isEmpty(): boolean {
    return this.#at === this.#packets.length
  }

  /** Reads on until there is a packet, or the end. */
  async fill(): Promise<void> {
    while (this.isEmpty && !this.#hasEnded) {
      this.#packets = []
      this.#at = 0
      const { done, value } = await this.#chunks.next()
      if (done) {
        this.#hasEnded = true
        this.#reader.end()
      } else {
        // Views of plain arrays are made faster than those of a Buffer.
        this.#reader.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      }
    }
    this.#look()
  }

  /** Hands the next packet on. */
  take(receiver: MergedPackets): boolean {
    const packet = this.#packets[this.#at] as CapturePacket
    const { time } = this
    this.#at += 1
    this.#look()
    return receiver.onPacket(packet, this.#place, time)
  }

  async close(): Promise<void> {
    if (!this.#hasEnded) await this.#chunks.return?.()
  }

  #look(): void {
    const next = this.#packets[this.#at]
    if (next?.hasTime) this.time = captureTimeMicroseconds(next)
  }
}
