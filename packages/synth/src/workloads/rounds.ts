import type { Host } from '../host/host.ts'
import { NetworkError, type Process } from '../host/process.ts'
import type { Random } from '../random.ts'

/** When the rounds of a workload happen. */
export interface RoundOptions {
  /** Mean time between the ends and beginnings of rounds. */
  readonly meanGapMicroseconds?: number
  /**
   * How gaps vary: `exponential` as independent events do (the default of most), `regular` all alike, or a part of 1 by which they are
   * spread evenly around the mean, such as `0.1`.
   */
  readonly gaps?: 'exponential' | 'regular' | number
  /** How many rounds; without end unless given. */
  readonly rounds?: number
}

/**
 * Runs a process again and again with gaps between. A round that fails as networks fail ({@link NetworkError}) is over; the next one
 * comes as if it had succeeded.
 */
export function* inRounds(
  host: Host,
  options: RoundOptions & { readonly meanGapMicroseconds: number },
  round: (number: number) => Process<unknown>,
): Process {
  const { rounds = Number.POSITIVE_INFINITY, meanGapMicroseconds, gaps = 'exponential' } = options
  for (let number = 0; number < rounds; number += 1) {
    if (number > 0) yield* host.sleep(gap(host.random, meanGapMicroseconds, gaps))
    yield* attempt(round(number))
  }
}

/** The process's result, or undefined where the network failed it. */
export function* attempt<Result>(process: Process<Result>): Process<Result | undefined> {
  try {
    return yield* process
  } catch (error) {
    if (error instanceof NetworkError) return undefined
    throw error
  }
}

function gap(random: Random, meanMicroseconds: number, gaps: 'exponential' | 'regular' | number): number {
  if (gaps === 'regular') return Math.round(meanMicroseconds)
  if (gaps === 'exponential') return Math.round(random.exponential(meanMicroseconds))
  return Math.round(random.uniform(meanMicroseconds * (1 - gaps), meanMicroseconds * (1 + gaps)))
}
