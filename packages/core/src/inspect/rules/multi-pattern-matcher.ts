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
/** From so many bytes on they are looked at in four parts: then the parts' overlaps are few. */
const LANES_FROM = 256

/**
 * Finds many patterns in one pass over the bytes: the automaton of Aho and Corasick (1975) as a full table. Case does not count, and
 * patterns may be cut short: what it reports has to be verified, what it does not report is not there.
 */
export class MultiPatternMatcher {
  readonly #patterns: readonly Pattern[]
  #automaton: Automaton | undefined

  /** Patterns must not be empty. The table is made when it is first needed: most protocols that rules name do not occur in a capture. */
  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns
  }

  /** Adds the numbers of the patterns that may occur in the bytes. */
  scan(bytes: Uint8Array, candidates: CandidateSet): void {
    this.#automaton ??= buildAutomaton(this.#patterns)
    const { next, firstReporting } = this.#automaton
    const { length } = bytes
    if (length >= LANES_FROM) {
      this.#scanLanes(this.#automaton, bytes, candidates)
      return
    }
    let state = 0
    for (let at = 0; at < length; at += 1) {
      state = next[state | (bytes[at] as number)] as number
      if (state >= firstReporting) report(this.#automaton, state, candidates)
    }
  }

  /**
   * Four parts of the bytes at once, which overlap by what a pattern may have less one: each step waits for the table's memory, and four
   * such waits go together.
   */
  #scanLanes(automaton: Automaton, bytes: Uint8Array, candidates: CandidateSet): void {
    const { next, firstReporting, longest } = automaton
    const { length } = bytes
    const span = ((length + 3 * longest) >>> 2) + 1
    const start3 = length - span
    const start1 = Math.floor(start3 / 3)
    const start2 = Math.floor((start3 * 2) / 3)
    let state0 = 0
    let state1 = 0
    let state2 = 0
    let state3 = 0
    for (let at = 0; at < span; at += 1) {
      state0 = next[state0 | (bytes[at] as number)] as number
      state1 = next[state1 | (bytes[start1 + at] as number)] as number
      state2 = next[state2 | (bytes[start2 + at] as number)] as number
      state3 = next[state3 | (bytes[start3 + at] as number)] as number
      if (
        state0 >= firstReporting ||
        state1 >= firstReporting ||
        state2 >= firstReporting ||
        state3 >= firstReporting
      ) {
        if (state0 >= firstReporting) report(automaton, state0, candidates)
        if (state1 >= firstReporting) report(automaton, state1, candidates)
        if (state2 >= firstReporting) report(automaton, state2, candidates)
        if (state3 >= firstReporting) report(automaton, state3, candidates)
      }
    }
  }
}

function report({ reports, firstReporting }: Automaton, state: number, candidates: CandidateSet): void {
  for (const number of reports[(state - firstReporting) >>> 8] as Int32Array) candidates.add(number)
}

interface Automaton {
  /** The next state for a state and a byte; states are multiplied by 256. Those that report come last. */
  readonly next: Int32Array
  readonly firstReporting: number
  /** Bytes of the longest pattern, as far as it is looked for. */
  readonly longest: number
  /** The numbers that each reporting state reports. */
  readonly reports: readonly Int32Array[]
}

function buildAutomaton(patterns: readonly Pattern[]): Automaton {
  const { children, numbers } = buildTrie(patterns)
  const count = children.length
  const failure = new Int32Array(count)
  const reports: (Set<number> | undefined)[] = numbers.map((own) => (own.length > 0 ? new Set(own) : undefined))
  const queue: number[] = [0]
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] as number
    for (const [byte, child] of children[state] as Map<number, number>) {
      queue.push(child)
      if (state === 0) continue
      // The longest proper suffix that begins a pattern: its bytes are behind it already.
      let suffix = failure[state] as number
      while (suffix !== 0 && !children[suffix]?.has(byte)) suffix = failure[suffix] as number
      const found = children[suffix]?.get(byte) ?? 0
      failure[child] = found
      const inherited = reports[found]
      if (inherited) reports[child] = new Set([...(reports[child] ?? []), ...inherited])
    }
  }
  const silent = queue.filter((state) => !reports[state])
  const reporting = queue.filter((state) => reports[state])
  const places = new Int32Array(count)
  silent.forEach((state, index) => {
    places[state] = index * 256
  })
  reporting.forEach((state, index) => {
    places[state] = (silent.length + index) * 256
  })
  const next = new Int32Array(count * 256)
  // The shorter states come first, so that the row a state falls back to is complete.
  for (const state of queue) {
    const row = places[state] as number
    const fallback = places[failure[state] as number] as number
    if (state !== 0) next.copyWithin(row, fallback, fallback + 256)
    for (const [byte, child] of children[state] as Map<number, number>) {
      next[row + byte] = places[child] as number
      if (byte >= 0x61 && byte <= 0x7a) next[row + byte - 32] = places[child] as number
    }
  }
  return {
    next,
    firstReporting: silent.length * 256,
    longest: patterns.reduce((longest, { bytes }) => Math.max(longest, Math.min(bytes.length, PATTERN_BYTES_MAX)), 0),
    reports: reporting.map((state) => Int32Array.from(reports[state] ?? [])),
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
