import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/**
 * A seeded source of random numbers with named sub-streams. A stream depends on the seed and on its path of names alone: not on when it
 * was made, nor on what other streams gave, so that a change in one part of a scenario leaves the rest as it was.
 *
 * The generator is xoroshiro128+. Logarithm, exponential and square root are the only functions beyond arithmetic that are used, because
 * engines agree on their last bit.
 */
export class Random {
  readonly #path: Seed128
  readonly #generator: { next(): number }
  #spareNormal: number | undefined

  private constructor(path: Seed128) {
    this.#path = path
    this.#generator = xoroshiro128plusFromState([path[0] | 1, path[1], path[2], path[3]])
    for (let i = 0; i < 8; i += 1) this.#generator.next()
  }

  /** The root stream of a seed, any number. */
  static fromSeed(seed: number): Random {
    if (!Number.isFinite(seed)) throw new RangeError(`a seed must be a finite number, not ${seed}`)
    const words = new Uint32Array(new Float64Array([seed]).buffer)
    return new Random(absorb([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [words[0] ?? 0, words[1] ?? 0]))
  }

  /** The sub-stream of a name: the same object state for the same seed and path, whenever it is made. */
  stream(name: string): Random {
    const units: number[] = [name.length]
    for (let i = 0; i < name.length; i += 1) units.push(name.charCodeAt(i))
    return new Random(absorb(this.#path, units))
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    return this.#generator.next() >>> 0
  }

  /** A number from 0 (included) to 1 (excluded), with 53 random bits. */
  float(): number {
    return ((this.#generator.next() >>> 5) * 67108864 + (this.#generator.next() >>> 6)) / 9007199254740992
  }

  /** An integer from `from` to `to`, both included, each as likely as another up to the last of 53 bits. */
  integer(from: number, to: number): number {
    const size = to - from + 1
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || size < 1 || size > 2 ** 53) {
      throw new RangeError(`random integers need two integers, the smaller first, not ${from} and ${to}`)
    }
    return from + Math.min(size - 1, Math.floor(this.float() * size))
  }

  /** A number from `from` (included) to `to` (excluded). */
  uniform(from: number, to: number): number {
    return from + (to - from) * this.float()
  }

  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.float() < probability
  }

  /** Exponentially distributed with the given mean: the gaps between independent events. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.float())
  }

  /** Normally distributed. Marsaglia's polar method, which needs no trigonometry. */
  normal(mean: number, standardDeviation: number): number {
    const spare = this.#spareNormal
    if (spare !== undefined) {
      this.#spareNormal = undefined
      return mean + standardDeviation * spare
    }
    for (;;) {
      const u = 2 * this.float() - 1
      const v = 2 * this.float() - 1
      const s = u * u + v * v
      if (s >= 1 || s === 0) continue
      const factor = Math.sqrt((-2 * Math.log(s)) / s)
      this.#spareNormal = v * factor
      return mean + standardDeviation * u * factor
    }
  }

  /** Log-normally distributed around a median; `sigma` is the standard deviation of the logarithm (1: one in six is 2.7 times larger). */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(this.normal(0, sigma))
  }

  /** Pareto distributed from `minimum` on; the smaller `shape`, the heavier the tail (below 2 no variance, below 1 no mean). */
  pareto(minimum: number, shape: number): number {
    return minimum * Math.exp(-Math.log(1 - this.float()) / shape)
  }

  /** One of the values, each as likely as another. */
  choice<Value>(values: readonly Value[]): Value {
    if (values.length === 0) throw new RangeError('a random choice needs at least one value')
    return values[this.integer(0, values.length - 1)] as Value
  }

  /** One of the values by weight; weights are positive numbers, one for each value. */
  weightedChoice<Value>(values: readonly Value[], weights: readonly number[]): Value {
    let total = 0
    for (const weight of weights) total += weight
    if (values.length === 0 || weights.length !== values.length || !(total > 0)) {
      throw new RangeError(
        `a weighted choice needs a weight for each of its ${values.length} values, and a sum above 0`,
      )
    }
    let rest = this.float() * total
    for (let i = 0; i < values.length; i += 1) {
      rest -= weights[i] ?? 0
      if (rest < 0) return values[i] as Value
    }
    return values[values.length - 1] as Value
  }

  /** A shuffled copy. */
  shuffle<Value>(values: readonly Value[]): Value[] {
    const shuffled = [...values]
    for (let i = shuffled.length - 1; i > 0; i -= 1) {
      const j = this.integer(0, i)
      const value = shuffled[i] as Value
      shuffled[i] = shuffled[j] as Value
      shuffled[j] = value
    }
    return shuffled
  }

  /** Random bytes. */
  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let i = 0; i < length; i += 4) {
      const word = this.#generator.next()
      bytes[i] = word
      bytes[i + 1] = word >>> 8
      bytes[i + 2] = word >>> 16
      bytes[i + 3] = word >>> 24
    }
    return bytes
  }
}

type Seed128 = readonly [number, number, number, number]

/** Takes words into a 128-bit state, after the pattern of MurmurHash3's x86 128-bit variant: multiply, rotate, and mix the lanes. */
function absorb(seed: Seed128, words: readonly number[]): Seed128 {
  let [a, b, c, d] = seed
  for (const word of words) {
    a = rotate(Math.imul(a ^ Math.imul(word, 0x239b961b), 0xab0e9789), 15) + b
    b = rotate(Math.imul(b ^ a, 0x38b34ae5), 17) + c
    c = rotate(Math.imul(c ^ b, 0xa1e38b93), 13) + d
    d = rotate(Math.imul(d ^ c, 0x239b961b), 11) + a
  }
  for (let round = 0; round < 2; round += 1) {
    a = finish(a + d)
    b = finish(b + a)
    c = finish(c + b)
    d = finish(d + c)
  }
  return [a, b, c, d]
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function finish(word: number): number {
  let mixed = word | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
