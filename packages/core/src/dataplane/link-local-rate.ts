import { LINK_LOCAL_PACKETS_PER_SECOND } from './link-local-service.ts'

const SECOND_MICROSECONDS = 1_000_000

/**
 * Counts an interface's packets to link-local services. How AWS measures a second is not documented; whole seconds of the clock are
 * counted.
 */
export class LinkLocalRate {
  readonly #seconds: number[] = []
  readonly #counts: number[] = []

  /** Counts a packet of the interface with that number; false where it is one too many. */
  admit(scope: number, timeMicroseconds: number): boolean {
    const second = Math.floor(timeMicroseconds / SECOND_MICROSECONDS)
    const count = this.#seconds[scope] === second ? (this.#counts[scope] ?? 0) : 0
    this.#seconds[scope] = second
    this.#counts[scope] = count + 1
    return count < LINK_LOCAL_PACKETS_PER_SECOND
  }
}
