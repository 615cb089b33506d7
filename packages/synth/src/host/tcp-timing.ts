import { seconds } from '../duration.ts'

const INITIAL_MICROSECONDS = seconds(1)
const MAXIMUM_MICROSECONDS = seconds(120)

/** The retransmission timeout of a connection (RFC 6298), with Linux's limits. */
export class RetransmissionTimeout {
  /** The timeout, backed off as it is now. */
  microseconds: number = INITIAL_MICROSECONDS
  readonly #minimumMicroseconds: number
  #smoothed = -1
  #variation = 0

  constructor(minimumMicroseconds: number) {
    this.#minimumMicroseconds = minimumMicroseconds
  }

  /** A round trip was measured on a segment that was sent once. */
  measured(roundTripMicroseconds: number): void {
    if (this.#smoothed < 0) {
      this.#smoothed = roundTripMicroseconds
      this.#variation = roundTripMicroseconds / 2
    } else {
      this.#variation += (Math.abs(this.#smoothed - roundTripMicroseconds) - this.#variation) / 4
      this.#smoothed += (roundTripMicroseconds - this.#smoothed) / 8
    }
    this.#settle()
  }

  /** Something new was acknowledged: the backing off ends. */
  acknowledged(): void {
    if (this.#smoothed >= 0) this.#settle()
  }

  /** It has run out once more. */
  backOff(): void {
    this.microseconds = Math.min(this.microseconds * 2, MAXIMUM_MICROSECONDS)
  }

  #settle(): void {
    const wait = Math.round(this.#smoothed) + Math.max(this.#minimumMicroseconds, Math.round(4 * this.#variation))
    this.microseconds = Math.min(wait, MAXIMUM_MICROSECONDS)
  }
}

/** How much a sender may have on its way: slow start and congestion avoidance (RFC 5681) with an initial window of ten (RFC 6928). */
export class CongestionWindow {
  bytes: number
  #segment: number
  #threshold: number = Number.POSITIVE_INFINITY

  constructor(segment: number) {
    this.#segment = segment
    this.bytes = 10 * segment
  }

  /** The path takes smaller segments only. */
  resize(segment: number): void {
    this.#segment = segment
  }

  acknowledged(bytes: number): void {
    if (this.bytes < this.#threshold) this.bytes += bytes
    else this.bytes += Math.max(1, Math.floor((this.#segment * bytes) / this.bytes))
  }

  /** Three duplicate acknowledgments. */
  lost(inFlight: number): void {
    this.#threshold = Math.max(Math.floor(inFlight / 2), 2 * this.#segment)
    this.bytes = this.#threshold
  }

  timedOut(inFlight: number): void {
    this.lost(inFlight)
    this.bytes = this.#segment
  }
}
