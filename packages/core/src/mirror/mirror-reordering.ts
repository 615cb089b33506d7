/**
 * How much later than others of its session a copy may come behind a balancer, in microseconds: the traffic mirroring guide says that
 * copies may arrive out of order there, and not how far.
 */
export const MIRROR_REORDERING_MICROSECONDS = 20

/** How copies behind balancers get out of order. */
export interface MirrorReorderingOptions {
  /** 0 unless given. */
  readonly seed?: number
  /** {@link MIRROR_REORDERING_MICROSECONDS} unless given; 0 keeps the order. */
  readonly maximumMicroseconds?: number
}

/**
 * The delays that put mirrored packets out of order behind Network and Gateway Load Balancers; network interfaces as targets get them in
 * order. Each copy is delayed by a whole number of microseconds, up to the most, by the seed and its number.
 * Source: Traffic Mirroring guide, "Understand traffic mirror target concepts".
 */
export class MirrorReordering {
  readonly #choices: number
  #state: number

  /** RangeError where the most is no natural number. */
  constructor({ seed = 0, maximumMicroseconds = MIRROR_REORDERING_MICROSECONDS }: MirrorReorderingOptions = {}) {
    if (!Number.isSafeInteger(maximumMicroseconds) || maximumMicroseconds < 0) {
      throw new RangeError(`maximumMicroseconds is a natural number of microseconds, not ${maximumMicroseconds}`)
    }
    this.#choices = maximumMicroseconds + 1
    this.#state = seed | 0
  }

  /** The delay of the next copy. */
  next(): number {
    // SplitMix32: a counter, mixed.
    this.#state = (this.#state + 0x9e3779b9) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) % this.#choices
  }
}
