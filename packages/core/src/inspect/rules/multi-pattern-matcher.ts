import type { CandidateSet } from './candidate-set.ts'
import { lower } from './find-bytes.ts'

/** One pattern, and the number that is reported where it occurs. */
export interface Pattern {
  readonly bytes: Uint8Array
  readonly number: number
}

/** The table of transitions grows to this many states (1 KiB each); with more patterns, they are cut short until they fit. */
export const MATCHER_STATES_MAX = 65_536
/** Bytes of a pattern beyond these hardly make it rarer. */
const PATTERN_BYTES_MAX = 32

/**
 * Finds many patterns in one pass over the bytes: the automaton of Aho and Corasick (1975) as a full table. Case does not count, and
 * patterns may be cut short: what it reports has to be verified, what it does not report is not there.
 */
export class MultiPatternMatcher {
  /** The next state for a state and a byte; states are multiplied by 256. Those that report come last. */
  readonly #next: Int32Array
  readonly #firstReporting: number
  /** The numbers that each reporting state reports. */
  readonly #reports: readonly Int32Array[]

  /** Patterns must not be empty. */
  constructor(patterns: readonly Pattern[]) {
    const trie = buildTrie(patterns)
    const { children, numbers } = trie
    const count = children.length
    const failure = new Int32Array(count)
    const queue: number[] = [0]
    const reports: (Set<number> | undefined)[] = numbers.map((own) => (own.length > 0 ? new Set(own) : undefined))
    const table = new Int32Array(count * 256)
    for (let head = 0; head < queue.length; head += 1) {
      const state = queue[head] ?? 0
      const fallback = failure[state] ?? 0
      const inherited = state === 0 ? undefined : reports[fallback]
      if (inherited) reports[state] = new Set([...(reports[state] ?? []), ...inherited])
      for (let byte = 0; byte < 256; byte += 1) {
        const child = children[state]?.get(lower(byte))
        if (child === undefined) {
          table[state * 256 + byte] = state === 0 ? 0 : (table[fallback * 256 + byte] ?? 0)
          continue
        }
        table[state * 256 + byte] = child
        if (byte === lower(byte)) {
          failure[child] = state === 0 ? 0 : (table[fallback * 256 + byte] ?? 0)
          queue.push(child)
        }
      }
    }
    const silent = queue.filter((state) => !reports[state])
    const order = [...silent, ...queue.filter((state) => reports[state])]
    const renumbered = new Int32Array(count)
    order.forEach((state, index) => {
      renumbered[state] = index * 256
    })
    this.#firstReporting = silent.length * 256
    this.#reports = order.slice(silent.length).map((state) => Int32Array.from(reports[state] ?? []))
    this.#next = new Int32Array(count * 256)
    order.forEach((state, index) => {
      for (let byte = 0; byte < 256; byte += 1) {
        this.#next[index * 256 + byte] = renumbered[table[state * 256 + byte] ?? 0] ?? 0
      }
    })
  }

  /** Adds the numbers of the patterns that may occur in the bytes. */
  scan(bytes: Uint8Array, candidates: CandidateSet): void {
    const next = this.#next
    const firstReporting = this.#firstReporting
    const { length } = bytes
    let state = 0
    for (let at = 0; at < length; at += 1) {
      state = next[state | (bytes[at] as number)] as number
      if (state >= firstReporting) this.#report(state, candidates)
    }
  }

  #report(state: number, candidates: CandidateSet): void {
    for (const number of this.#reports[(state - this.#firstReporting) >>> 8] ?? []) candidates.add(number)
  }
}

interface Trie {
  readonly children: Map<number, number>[]
  readonly numbers: number[][]
}

function buildTrie(patterns: readonly Pattern[]): Trie {
  for (let longest = PATTERN_BYTES_MAX; ; longest -= 1) {
    const trie: Trie = { children: [new Map()], numbers: [[]] }
    for (const { bytes, number } of patterns) {
      let state = 0
      for (const byte of bytes.subarray(0, longest)) {
        const key = lower(byte)
        let child = trie.children[state]?.get(key)
        if (child === undefined) {
          child = trie.children.length
          trie.children[state]?.set(key, child)
          trie.children.push(new Map())
          trie.numbers.push([])
        }
        state = child
      }
      trie.numbers[state]?.push(number)
    }
    if (trie.children.length <= MATCHER_STATES_MAX || longest <= 1) return trie
  }
}
