import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from './random.ts'

const take = (random: Random, count = 8): readonly number[] => Array.from({ length: count }, () => random.uint32())

describe('Random', () => {
  it('gives a stream by seed and path alone, whenever it is made and whatever else was drawn', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.string(), { maxLength: 4 }), fc.nat({ max: 20 }), (seed, path, draws) => {
        const straight = path.reduce((random, name) => random.stream(name), Random.fromSeed(seed))
        const disturbed = path.reduce((random, name) => {
          take(random, draws)
          random.stream('other').uint32()
          return random.stream(name)
        }, Random.fromSeed(seed))
        expect(take(disturbed)).toEqual(take(straight))
      }),
    )
  })

  it('gives different streams for different seeds and names', () => {
    const heads = new Set<string>()
    for (let seed = 0; seed < 300; seed += 1) {
      const root = Random.fromSeed(seed)
      for (const random of [
        root,
        root.stream('a'),
        root.stream('b'),
        root.stream('a').stream('b'),
        root.stream('ab'),
      ]) {
        heads.add(take(random, 2).join())
      }
    }
    expect(heads.size).toBe(1_500)
    // Seeds that are no integers are seeds too.
    expect(take(Random.fromSeed(0.5))).not.toEqual(take(Random.fromSeed(0)))
  })

  it('keeps to its ranges', () => {
    const bounds = fc
      .tuple(fc.maxSafeInteger(), fc.nat({ max: 2 ** 31 }))
      .map(([from, size]) => [from, from + size] as const)
    fc.assert(
      fc.property(fc.integer(), bounds, (seed, [from, to]) => {
        fc.pre(Number.isSafeInteger(to))
        const random = Random.fromSeed(seed)
        const value = random.integer(from, to)
        expect(Number.isInteger(value) && value >= from && value <= to).toBe(true)
        const float = random.float()
        expect(float >= 0 && float < 1).toBe(true)
        expect(random.exponential(3)).toBeGreaterThanOrEqual(0)
        expect(random.pareto(5, 1.2)).toBeGreaterThanOrEqual(5)
        expect(random.logNormal(5, 1)).toBeGreaterThan(0)
      }),
    )
    expect(() => Random.fromSeed(1).integer(2, 1)).toThrow('the smaller first, not 2 and 1')
    expect(() => Random.fromSeed(Number.NaN)).toThrow('finite')
    expect(() => Random.fromSeed(1).choice([])).toThrow('at least one')
  })

  it('has the distributions that it says', () => {
    const random = Random.fromSeed(42)
    const count = 200_000
    const mean = (draw: () => number): number => {
      let sum = 0
      for (let i = 0; i < count; i += 1) sum += draw()
      return sum / count
    }
    expect(mean(() => random.float())).toBeCloseTo(0.5, 2)
    expect(mean(() => random.integer(1, 6))).toBeCloseTo(3.5, 1)
    expect(mean(() => random.exponential(7))).toBeGreaterThan(6.9)
    expect(mean(() => random.exponential(7))).toBeLessThan(7.1)
    expect(mean(() => random.normal(3, 2))).toBeCloseTo(3, 1)
    expect(mean(() => random.normal(0, 2) ** 2)).toBeGreaterThan(3.9)
    // The median of a log-normal distribution is its parameter, the mean of a Pareto one shape / (shape - 1) of the minimum.
    expect(mean(() => (random.logNormal(10, 1.5) < 10 ? 1 : 0))).toBeCloseTo(0.5, 2)
    expect(mean(() => random.pareto(2, 3))).toBeCloseTo(3, 1)
    expect(mean(() => random.weightedChoice([0, 1], [1, 3]))).toBeCloseTo(0.75, 2)
    const faces = new Array(10).fill(0)
    for (let i = 0; i < count; i += 1) faces[random.integer(0, 9)] += 1
    for (const face of faces) expect(Math.abs(face - count / 10)).toBeLessThan(600)
  })

  it('shuffles into permutations', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (seed, values) => {
        const shuffled = Random.fromSeed(seed).shuffle(values)
        expect([...shuffled].sort()).toEqual([...values].sort())
      }),
    )
  })

  it('gives what it always gave: scenarios are reproducible from version to version', () => {
    const random = Random.fromSeed(1).stream('pinned')
    expect(take(random, 4)).toEqual([3069353655, 4213507398, 2063416341, 2537888659])
    expect([random.integer(1, 1_000), random.integer(0, 2 ** 40), random.float()]).toEqual([
      526, 637033730740, 0.6438355005766669,
    ])
    expect([random.exponential(1), random.normal(0, 1), random.logNormal(1, 1), random.pareto(1, 2)]).toEqual([
      1.2240860964751927, 0.27908579018919, 1.1244049553152107, 1.242590345974176,
    ])
  })
})
