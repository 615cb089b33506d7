/** A datagram as it came. */
export interface ReceivedDatagram {
  readonly data: Uint8Array
  readonly address: string
  readonly port: number
  readonly timeMicroseconds: number
}

/** What a queue holds at most. */
export interface DatagramQueueLimits {
  readonly datagrams: number
  readonly bytes: number
}

/** Datagrams that wait, first in, first out; those for which there is no room are not taken. */
export class DatagramQueue {
  readonly #limits: DatagramQueueLimits
  #waiting: (ReceivedDatagram | undefined)[] = []
  #first = 0
  #bytes = 0

  constructor(limits: DatagramQueueLimits) {
    this.#limits = limits
  }

  get length(): number {
    return this.#waiting.length - this.#first
  }

  /** Whether there was room. */
  add(datagram: ReceivedDatagram): boolean {
    const { length } = datagram.data
    if (this.length >= this.#limits.datagrams || this.#bytes + length > this.#limits.bytes) return false
    this.#waiting.push(datagram)
    this.#bytes += length
    return true
  }

  take(): ReceivedDatagram | undefined {
    const datagram = this.#waiting[this.#first]
    if (!datagram) return undefined
    this.#waiting[this.#first] = undefined
    this.#first += 1
    this.#bytes -= datagram.data.length
    // Moved together when half of the places are empty, so that taking costs the same however much waits.
    if (this.#first * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first)
      this.#first = 0
    }
    return datagram
  }
}
