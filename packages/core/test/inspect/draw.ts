/** Draws: a whole number from 0 to `most`. */
export type Draw = (most: number) => number

const WORDS = [
  'alpha',
  'beta',
  'gamma',
  'delta',
  'index',
  'login',
  'admin',
  'api',
  'user',
  'data',
  'x',
  'query',
] as const

/** One of these. */
export function pick<T>(draw: Draw, from: readonly T[]): T {
  return from[draw(from.length - 1)] as T
}

export function word(draw: Draw): string {
  return pick(draw, WORDS)
}

/** One to `most` words. */
export function words(draw: Draw, most: number, separator: string): string {
  return Array.from({ length: 1 + draw(most - 1) }, () => word(draw)).join(separator)
}

/** True as often as the percentage says. */
export function chance(draw: Draw, percent: number): boolean {
  return draw(99) < percent
}
