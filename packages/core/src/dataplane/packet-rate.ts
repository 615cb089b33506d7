const SECOND_MICROSECONDS = 1_000_000

/**
 * Counts packets of interfaces against a number per second and interface. How AWS measures a second is not documented; whole seconds of
 * the clock are counted.
 */
export class PacketRate {
  readonly #packetsPerSecond: number
  readonly #seconds: number[] = []
  readonly #counts: number[] = []

  constructor(packetsPerSecond: number) {
    this.#packetsPerSecond = packetsPerSecond
  }

  /** Counts a packet of the interface with that number; false where it is one too many. */
  admit(scope: number, timeMicroseconds: number): boolean {
    const second = Math.floor(timeMicroseconds / SECOND_MICROSECONDS)
    const count = this.#seconds[scope] === second ? (this.#counts[scope] ?? 0) : 0
    this.#seconds[scope] = second
    this.#counts[scope] = count + 1
    return count < this.#packetsPerSecond
  }
}
