import { fixedLength } from './expression-length.ts'
import { firstBytes } from './first-bytes.ts'
import { type ByteSet, isWordByte, type PcreNode } from './nodes.ts'
import type { ParsedPcre } from './parse-pcre.ts'

/**
 * How many steps one search may take, over all places where it begins. Suricata's `pcre.match-limit` bounds the same thing in steps of
 * PCRE2; where it is passed, the expression counts as not matching, there and here.
 */
export const PCRE_STEPS_MAX = 200_000
/** How deep repetitions of groups may nest while matching; deeper, the expression counts as not matching. */
export const PCRE_DEPTH_MAX = 1500

/** Goes on from a place in the bytes; the end of the match, or one of the two answers below. */
type Step = (at: number) => number
const NO = -1
/** The limit of steps is reached: everything is given up. */
const GIVEN_UP = -2

/**
 * An expression made ready to search in bytes. It backtracks as PCRE does and stops at limits, so that no expression and no payload can
 * hold up the inspector. Not to be used from within itself.
 */
export class PcreProgram {
  /** Of the last match: where it began and where it ended. */
  matchStart = 0
  matchEnd = 0
  /** The last search reached a limit and was given up. */
  wasGivenUp = false
  readonly #isAnchored: boolean
  readonly #first: ByteSet | undefined
  readonly #captures: Int32Array
  readonly #run: Step
  #bytes: Uint8Array = new Uint8Array(0)
  #base = 0
  #end = 0
  #from = 0
  #keep = 0
  #steps = 0
  #depth = 0

  constructor({ root, groupCount }: ParsedPcre, isAnchored: boolean) {
    this.#isAnchored = isAnchored
    this.#captures = new Int32Array(2 * (groupCount + 1))
    const first = new Uint8Array(256)
    this.#first = firstBytes(root, first) ? undefined : first
    this.#run = this.#compile(root, (at) => at)
  }

  /**
   * Searches the bytes from `base` to `end`, which are the whole subject, for a match that begins at `from` or later. True where there
   * is one: `matchStart` and `matchEnd` tell where.
   */
  search(bytes: Uint8Array, base: number, end: number, from: number): boolean {
    this.#bytes = bytes
    this.#base = base
    this.#end = end
    this.#from = from
    this.#steps = 0
    this.wasGivenUp = false
    const first = this.#first
    for (let at = from; at <= end; at += 1) {
      if (first !== undefined) {
        while (at < end && first[bytes[at] ?? 0] === 0) {
          if (this.#isAnchored) return false
          at += 1
        }
        if (at >= end) return false
      }
      this.#depth = 0
      this.#keep = at
      this.#captures.fill(-1)
      const reached = this.#run(at)
      if (reached >= 0) {
        this.matchStart = this.#keep
        this.matchEnd = reached
        return true
      }
      if (reached === GIVEN_UP) {
        this.wasGivenUp = true
        return false
      }
      if (this.#isAnchored) return false
    }
    return false
  }

  #compile(node: PcreNode, next: Step): Step {
    switch (node.kind) {
      case 'empty':
        return next
      case 'set': {
        const { set } = node
        return (at) => (at < this.#end && set[this.#bytes[at] ?? 0] === 1 ? next(at + 1) : NO)
      }
      case 'sequence':
        return node.items.reduceRight((after, item) => this.#compile(item, after), next)
      case 'choice':
        return this.#choice(node.options, next)
      case 'repeat':
        return this.#repeat(node, next)
      case 'capture':
        return this.#capture(node.group, node.item, next)
      case 'atomic': {
        const run = this.#compile(node.item, (at) => at)
        return (at) => {
          const reached = run(at)
          return reached < 0 ? reached : next(reached)
        }
      }
      case 'look':
        return this.#look(node, next)
      case 'reference':
        return this.#reference(node.group, node.isNocase, next)
      case 'assert':
        return this.#assertion(node.what, next)
    }
  }

  #choice(options: readonly PcreNode[], next: Step): Step {
    const runs = options.map((option) => this.#compile(option, next))
    return (at) => {
      if (++this.#steps > PCRE_STEPS_MAX) return GIVEN_UP
      for (const run of runs) {
        const reached = run(at)
        if (reached !== NO) return reached
      }
      return NO
    }
  }

  #capture(group: number, item: PcreNode, next: Step): Step {
    const captures = this.#captures
    // Where the group began is kept apart from the last finished capture: a reference inside of it sees the one before.
    const starts: number[] = []
    const run = this.#compile(item, (at) => {
      const start = starts.pop() ?? 0
      const oldStart = captures[2 * group] ?? -1
      const oldEnd = captures[2 * group + 1] ?? -1
      captures[2 * group] = start
      captures[2 * group + 1] = at
      const reached = next(at)
      if (reached < 0) {
        captures[2 * group] = oldStart
        captures[2 * group + 1] = oldEnd
      }
      starts.push(start)
      return reached
    })
    return (at) => {
      starts.push(at)
      const reached = run(at)
      starts.pop()
      return reached
    }
  }

  #look(node: PcreNode & { kind: 'look' }, next: Step): Step {
    const options = node.isBehind && node.item.kind === 'choice' ? node.item.options : [node.item]
    const runs = options.map((option) => ({
      length: node.isBehind ? (fixedLength(option) ?? 0) : 0,
      run: this.#compile(option, (at) => at),
    }))
    return (at) => {
      if (++this.#steps > PCRE_STEPS_MAX) return GIVEN_UP
      const saved = node.isNegated ? this.#captures.slice() : undefined
      let isFound = false
      for (const { length, run } of runs) {
        if (at - length < this.#base) continue
        const reached = run(at - length)
        if (reached === GIVEN_UP) return GIVEN_UP
        if (reached >= 0) {
          isFound = true
          break
        }
      }
      if (saved) this.#captures.set(saved)
      return isFound === node.isNegated ? NO : next(at)
    }
  }

  #reference(group: number, isNocase: boolean, next: Step): Step {
    return (at) => {
      const start = this.#captures[2 * group] ?? -1
      const length = (this.#captures[2 * group + 1] ?? -1) - start
      if (start < 0 || at + length > this.#end) return NO
      this.#steps += length
      for (let index = 0; index < length; index += 1) {
        const a = this.#bytes[start + index] ?? 0
        const b = this.#bytes[at + index] ?? 0
        if (a !== b && !(isNocase && lower(a) === lower(b))) return NO
      }
      return next(at + length)
    }
  }

  #assertion(what: (PcreNode & { kind: 'assert' })['what'], next: Step): Step {
    switch (what) {
      case 'start':
        return (at) => (at === this.#base ? next(at) : NO)
      case 'line-start':
        return (at) => (at === this.#base || (at < this.#end && this.#bytes[at - 1] === 10) ? next(at) : NO)
      case 'end':
        return (at) => (at === this.#end ? next(at) : NO)
      case 'end-or-newline':
        return (at) => (at === this.#end || (at === this.#end - 1 && this.#bytes[at] === 10) ? next(at) : NO)
      case 'line-end':
        return (at) => (at === this.#end || this.#bytes[at] === 10 ? next(at) : NO)
      case 'word':
        return (at) => (this.#isBoundary(at) ? next(at) : NO)
      case 'not-word':
        return (at) => (this.#isBoundary(at) ? NO : next(at))
      case 'from':
        return (at) => (at === this.#from ? next(at) : NO)
      case 'keep':
        return (at) => {
          const before = this.#keep
          this.#keep = at
          const reached = next(at)
          if (reached < 0) this.#keep = before
          return reached
        }
    }
  }

  #isBoundary(at: number): boolean {
    const before = at > this.#base && isWordByte(this.#bytes[at - 1] ?? 0)
    const after = at < this.#end && isWordByte(this.#bytes[at] ?? 0)
    return before !== after
  }

  #repeat(node: PcreNode & { kind: 'repeat' }, next: Step): Step {
    if (node.mode === 'possessive') {
      const run = this.#repeat({ ...node, mode: 'greedy' }, (at) => at)
      return (at) => {
        const reached = run(at)
        return reached < 0 ? reached : next(reached)
      }
    }
    if (node.item.kind === 'set') return this.#repeatSet(node.item.set, node, next)
    return this.#repeatGroup(node, next)
  }

  /** A repetition of one byte at a time needs no nesting: it counts, then goes back or forth. */
  #repeatSet(set: ByteSet, { low, high, mode }: PcreNode & { kind: 'repeat' }, next: Step): Step {
    if (mode === 'lazy') {
      return (at) => {
        let count = 0
        let place = at
        while (true) {
          if (count >= low) {
            if (++this.#steps > PCRE_STEPS_MAX) return GIVEN_UP
            const reached = next(place)
            if (reached !== NO) return reached
          }
          if (count >= high || place >= this.#end || set[this.#bytes[place] ?? 0] === 0) return NO
          count += 1
          place += 1
        }
      }
    }
    return (at) => {
      const limit = high < this.#end - at ? at + high : this.#end
      let place = at
      while (place < limit && set[this.#bytes[place] ?? 0] === 1) place += 1
      // Counting is cheap beside a step, yet it has to count: `(a*)*b` would go over the same bytes again and again.
      this.#steps += (place - at) >>> 3
      for (; place >= at + low; place -= 1) {
        if (++this.#steps > PCRE_STEPS_MAX) return GIVEN_UP
        const reached = next(place)
        if (reached !== NO) return reached
      }
      return NO
    }
  }

  #repeatGroup({ item, low, high, mode }: PcreNode & { kind: 'repeat' }, next: Step): Step {
    let count = 0
    let begun = -1
    const enter = (at: number): number => {
      if (++this.#steps > PCRE_STEPS_MAX || this.#depth >= PCRE_DEPTH_MAX) return GIVEN_UP
      const beforeCount = count
      const beforeBegun = begun
      count += 1
      begun = at
      this.#depth += 1
      const reached = run(at)
      this.#depth -= 1
      count = beforeCount
      begun = beforeBegun
      return reached
    }
    const leave = (at: number): number => {
      const beforeCount = count
      const beforeBegun = begun
      count = 0
      begun = -1
      const reached = next(at)
      count = beforeCount
      begun = beforeBegun
      return reached
    }
    const proceed = (at: number): number => {
      if (count < low) return enter(at)
      // A turn that took nothing ends the repetition.
      if (count >= high || at === begun) return leave(at)
      const reached = mode === 'lazy' ? leave(at) : enter(at)
      if (reached !== NO) return reached
      return mode === 'lazy' ? enter(at) : leave(at)
    }
    const run = this.#compile(item, proceed)
    return (at) => {
      const beforeCount = count
      const beforeBegun = begun
      count = 0
      begun = -1
      const reached = proceed(at)
      count = beforeCount
      begun = beforeBegun
      return reached
    }
  }
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}
