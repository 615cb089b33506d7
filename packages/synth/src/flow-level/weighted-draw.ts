import type { Random } from '../random.ts'

/** Draws places of a list by weight, in the same time whatever its length: Vose's alias method. */
export class WeightedDraw {
  readonly #keeps: Float64Array
  readonly #others: Int32Array

  /** @param weights At least one; not below 0, and not all 0. */
  constructor(weights: readonly number[]) {
    const count = weights.length
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    if (!(total > 0)) throw new RangeError('a weighted draw needs weights whose sum is above 0')
    const shares = Float64Array.from(weights, (weight) => (weight * count) / total)
    this.#keeps = new Float64Array(count).fill(1)
    this.#others = Int32Array.from(weights, (_, place) => place)
    const small: number[] = []
    const large: number[] = []
    shares.forEach((share, place) => {
      if (share < 1) small.push(place)
      else large.push(place)
    })
    while (small.length > 0 && large.length > 0) {
      const less = small.pop() as number
      const more = large.pop() as number
      this.#keeps[less] = shares[less] as number
      this.#others[less] = more
      shares[more] = (shares[more] as number) + (shares[less] as number) - 1
      if ((shares[more] as number) < 1) small.push(more)
      else large.push(more)
    }
  }

  next(random: Random): number {
    const drawn = (random.uint32() / 4_294_967_296) * this.#keeps.length
    const place = Math.floor(drawn)
    return drawn - place < (this.#keeps[place] as number) ? place : (this.#others[place] as number)
  }
}
