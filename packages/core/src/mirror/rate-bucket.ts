/**
 * How long a rate may be exceeded after idleness. AWS gives burst credits by instance type and publishes no numbers of this kind: 10
 * milliseconds' worth.
 */
export const BANDWIDTH_BURST_MICROSECONDS = 10_000

/** Bytes that may pass: as many as a bandwidth lets through in {@link BANDWIDTH_BURST_MICROSECONDS}, filled up again at that bandwidth. */
export class RateBucket {
  readonly #bytesPerMicrosecond: number
  readonly #capacity: number
  #level: number
  #timeMicroseconds: number

  constructor(bitsPerSecond: number, timeMicroseconds: number) {
    this.#bytesPerMicrosecond = bitsPerSecond / 8e6
    this.#capacity = this.#bytesPerMicrosecond * BANDWIDTH_BURST_MICROSECONDS
    this.#level = this.#capacity
    this.#timeMicroseconds = timeMicroseconds
  }

  /** Takes bytes where all of them are there; whether they were. */
  take(bytes: number, timeMicroseconds: number): boolean {
    this.#fill(timeMicroseconds)
    if (this.#level < bytes) return false
    this.#level -= bytes
    return true
  }

  /** Takes bytes in any case, with a debt of at most one burst; whether all of them were there. */
  spend(bytes: number, timeMicroseconds: number): boolean {
    this.#fill(timeMicroseconds)
    const isThere = this.#level >= bytes
    this.#level = Math.max(-this.#capacity, this.#level - bytes)
    return isThere
  }

  #fill(timeMicroseconds: number): void {
    if (timeMicroseconds <= this.#timeMicroseconds) return
    const gained = (timeMicroseconds - this.#timeMicroseconds) * this.#bytesPerMicrosecond
    this.#level = Math.min(this.#capacity, this.#level + gained)
    this.#timeMicroseconds = timeMicroseconds
  }
}
