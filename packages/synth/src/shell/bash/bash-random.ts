/**
 * The generator behind `$RANDOM`: the minimal standard generator of Park and Miller with 16807, its halves folded, as bash 5.1 and newer
 * have it. `RANDOM=42` gives the numbers that a real bash gives.
 */
export class BashRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  seed(value: number): void {
    this.#state = value >>> 0
  }

  /** 0 to 32767. */
  next(): number {
    const last = this.#state === 0 ? 123_459_876 : this.#state
    const high = Math.floor(last / 127_773)
    const low = last - 127_773 * high
    const value = 16_807 * low - 2_836 * high
    this.#state = (value < 0 ? value + 0x7fffffff : value) >>> 0
    return ((this.#state >>> 16) ^ (this.#state & 0xffff)) & 0x7fff
  }
}
