import { binaryNumber, textNumber } from './byte-number.ts'
import { findBytes } from './find-bytes.ts'
import { passes } from './number-test.ts'
import type {
  BufferTest,
  ByteExtract,
  ByteJump,
  ByteNumber,
  ByteTest,
  ContentTest,
  IsDataAtTest,
  NumberSource,
  PcreTest,
} from './signature.ts'

/** How often tests on one buffer may be taken up again, as Suricata's `detect.inspection-recursion-limit`; then they count as failed. */
export const INSPECTION_STEPS_MAX = 3000

/**
 * Decides whether the tests of a rule hold for a buffer. Contents and expressions that a relative test follows are tried at each place
 * where they match, as Suricata 7 does. One object serves all buffers, one after another.
 */
export class BufferInspector {
  #bytes: Uint8Array = new Uint8Array(0)
  #tests: readonly BufferTest[] = []
  /** Where the last match ended: relative tests count from here. */
  #offset = 0
  #steps = 0
  readonly #variables: bigint[] = []

  /** True where all tests hold, one after another. */
  holds(tests: readonly BufferTest[], bytes: Uint8Array): boolean {
    this.#bytes = bytes
    this.#tests = tests
    this.#offset = 0
    this.#steps = 0
    return this.#from(0)
  }

  #from(place: number): boolean {
    const test = this.#tests[place]
    if (test === undefined) return true
    this.#steps += 1
    if (this.#steps > INSPECTION_STEPS_MAX) return false
    switch (test.kind) {
      case 'content':
        return this.#content(test, place)
      case 'pcre':
        return this.#pcre(test, place)
      case 'isdataat':
        return this.#isDataAt(test) && this.#from(place + 1)
      case 'bsize':
        return passes(test.test, this.#bytes.length) && this.#from(place + 1)
      case 'byte_test':
        return this.#byteTest(test) && this.#from(place + 1)
      case 'byte_jump':
        return this.#byteJump(test) && this.#from(place + 1)
      case 'byte_extract':
        return this.#byteExtract(test) && this.#from(place + 1)
    }
  }

  #content(test: ContentTest, place: number): boolean {
    const { bytes, isNocase, isNegated } = test
    const { length } = this.#bytes
    const before = this.#offset
    let start = 0
    let end = length
    if (test.distance !== undefined || test.within !== undefined) {
      const distance = test.distance === undefined ? 0 : this.#number(test.distance)
      start = Math.max(0, before + distance)
      if (test.within !== undefined) end = Math.min(end, before + distance + this.#number(test.within))
    } else {
      if (test.offset !== undefined) start = this.#number(test.offset)
      if (test.depth !== undefined) end = Math.min(end, start + this.#number(test.depth))
    }
    const isFollowed = this.#isFollowed(place)
    while (true) {
      const found = start > end || end <= 0 ? -1 : findBytes(this.#bytes, bytes, isNocase, start, end)
      if (found < 0) return isNegated && this.#resume(before, place)
      const matchEnd = found + bytes.length
      // Suricata looks at the first place alone: where that is not at the end, a negated endswith holds.
      if (isNegated) return test.isEndsWith && matchEnd !== length && this.#resume(before, place)
      if (!test.isEndsWith || matchEnd === length) {
        if (this.#resume(matchEnd, place)) return true
        if (!isFollowed || this.#steps > INSPECTION_STEPS_MAX) return false
      }
      start = found + 1
    }
  }

  /** Whether a later test counts from this one: tests that neither count nor move are passed over. */
  #isFollowed(place: number): boolean {
    for (let next = place + 1; ; next += 1) {
      const test = this.#tests[next]
      if (test === undefined) return false
      if (isRelative(test)) return true
      if (test.kind !== 'byte_test' && test.kind !== 'isdataat' && test.kind !== 'bsize') return false
    }
  }

  /** Goes on after the test at a place, relative tests counting from `offset`. */
  #resume(offset: number, place: number): boolean {
    this.#offset = offset
    return this.#from(place + 1)
  }

  #pcre({ program, isNegated, isRelative: isFromHere }: PcreTest, place: number): boolean {
    const before = this.#offset
    const base = isFromHere ? before : 0
    const isFollowed = this.#isFollowed(place)
    let from = base
    while (true) {
      const isFound = from <= this.#bytes.length && program.search(this.#bytes, base, this.#bytes.length, from)
      if (!isFound) return isNegated && !program.wasGivenUp && this.#resume(before, place)
      if (isNegated) return false
      from = program.matchStart + 1
      if (this.#resume(program.matchEnd, place)) return true
      if (!isFollowed || this.#steps > INSPECTION_STEPS_MAX) return false
    }
  }

  #isDataAt({ at, isRelative: isFromHere, isNegated }: IsDataAtTest): boolean {
    const number = this.#number(at)
    const isThere = isFromHere ? this.#offset + number <= this.#bytes.length : number < this.#bytes.length
    return isThere !== isNegated
  }

  #byteTest({ number, operator, isNegated, value, bitmask }: ByteTest): boolean {
    const read = this.#read(number)
    if (!read) return false
    let found = read.value
    if (bitmask !== undefined) {
      found &= BigInt(bitmask)
      if (bitmask !== 0) found >>= BigInt(31 - Math.clz32(bitmask & -bitmask))
    }
    const wanted = typeof value === 'bigint' ? value : (this.#variables[value.variable] ?? 0n)
    return compare(found, operator, wanted) !== isNegated
  }

  #byteJump({ number, multiplier, isAligned, from, postOffset }: ByteJump): boolean {
    const read = this.#read(number)
    if (!read) return false
    let jump = BigInt.asUintN(32, read.value) * BigInt(multiplier)
    if (isAligned && jump % 4n !== 0n) jump += 4n - (jump % 4n)
    const start = from === 'beginning' ? 0 : from === 'end' ? this.#bytes.length : read.end
    const target = start + Number(jump) + postOffset
    if (target < 0 || target > this.#bytes.length) return false
    this.#offset = target
    return true
  }

  #byteExtract({ number, variable, multiplier, align }: ByteExtract): boolean {
    const read = this.#read(number)
    if (!read) return false
    let value = read.value * BigInt(multiplier)
    if (align > 0 && value % BigInt(align) !== 0n) value += BigInt(align) - (value % BigInt(align))
    this.#variables[variable] = BigInt.asUintN(64, value)
    this.#offset = read.end
    return true
  }

  #read({
    count,
    offset,
    isRelative: isFromHere,
    isLittleEndian,
    base,
  }: ByteNumber): { value: bigint; end: number } | undefined {
    const bytes = this.#number(count)
    const at = (isFromHere ? this.#offset : 0) + this.#number(offset)
    if (at < 0 || at + bytes > this.#bytes.length) return undefined
    if (base === 'binary') {
      if (bytes > 8) return undefined
      return { value: binaryNumber(this.#bytes, at, bytes, isLittleEndian), end: at + bytes }
    }
    const text = textNumber(this.#bytes, at, bytes, base)
    return text && { value: text.value, end: at + text.length }
  }

  #number(source: NumberSource): number {
    return typeof source === 'number' ? source : Number(this.#variables[source.variable] ?? 0n)
  }
}

/** Whether a test counts from the match before it. */
function isRelative(test: BufferTest): boolean {
  switch (test.kind) {
    case 'content':
      return test.distance !== undefined || test.within !== undefined
    case 'pcre':
    case 'isdataat':
      return test.isRelative
    case 'byte_test':
    case 'byte_jump':
    case 'byte_extract':
      return test.number.isRelative
    case 'bsize':
      return false
  }
}

function compare(found: bigint, operator: ByteTest['operator'], wanted: bigint): boolean {
  switch (operator) {
    case '<':
      return found < wanted
    case '>':
      return found > wanted
    case '<=':
      return found <= wanted
    case '>=':
      return found >= wanted
    case '=':
      return found === wanted
    case '&':
      return (found & wanted) !== 0n
    case '^':
      return (found ^ wanted) !== 0n
  }
}
