import {
  type CharacterSet,
  type CharacterSetItem,
  canBeEmpty,
  type RegexpNode,
  type RegexpPattern,
} from './regexp-pattern.ts'
import { casesOf } from './regexp-to-javascript.ts'

/** A Joni pattern for RE2, DuckDB's library, which runs a hundred times as fast as JavaScript in DuckDB. */
export interface Re2Pattern {
  readonly source: string
  /** The two agree on texts without a newline only (`$` matches before one that is last). */
  readonly needsSingleLine: boolean
  /** The two agree on ASCII texts only (`\b`). */
  readonly needsAscii: boolean
}

/** RE2 refuses more repetitions, nested ones multiplied. */
const REPEAT_LIMIT = 1000
const LAST_CODE_POINT = 0x10ffff

class Inexpressible extends Error {}

/** Prints a pattern; undefined where RE2 has no counterpart, or takes it otherwise. */
export function toRe2(pattern: RegexpPattern): Re2Pattern | undefined {
  const printer = new Re2Printer()
  const cases = casesOf(pattern.root)
  if (cases.size > 1 || !hasAnchorsAtEnds(pattern.root, true, true)) return undefined
  try {
    const source = printer.print(pattern.root, 1)
    return {
      source: cases.has(true) ? `(?i)${source}` : source,
      needsSingleLine: printer.needsSingleLine,
      needsAscii: printer.needsAscii,
    }
  } catch (error) {
    if (error instanceof Inexpressible) return undefined
    throw error
  }
}

/** False where an anchor of the text stands elsewhere than at its end: RE2 answers wrongly to some (`^^`, `\zb`). */
function hasAnchorsAtEnds(node: RegexpNode, isFirst: boolean, isLast: boolean): boolean {
  switch (node.kind) {
    case 'anchor':
      if (node.anchor === 'text-start') return isFirst
      return node.anchor === 'end' || node.anchor === 'text-end' ? isLast : true
    case 'sequence': {
      const last = node.items.length - 1
      return node.items.every((item, index) => hasAnchorsAtEnds(item, isFirst && index === 0, isLast && index === last))
    }
    case 'choice':
      return node.options.every((option) => hasAnchorsAtEnds(option, isFirst, isLast))
    case 'group':
    case 'atomic':
    case 'look':
      return hasAnchorsAtEnds(node.body, isFirst, isLast)
    case 'repeat':
      return hasAnchorsAtEnds(node.body, false, false)
    case 'character':
    case 'any':
    case 'class':
    case 'reference':
      return true
  }
}

class Re2Printer {
  needsSingleLine = false
  needsAscii = false

  print(node: RegexpNode, repeated: number): string {
    switch (node.kind) {
      case 'character':
        return escaped(node.code)
      case 'any':
        return node.matchesNewline ? '(?s:.)' : String.raw`[^\n]`
      case 'class':
        return printSet(node.set)
      case 'anchor':
        return this.#anchor(node.anchor)
      case 'sequence':
        return node.items.map((item) => this.print(item, repeated)).join('')
      case 'choice':
        return `(?:${node.options.map((option) => this.print(option, repeated)).join('|')})`
      case 'group':
        return `(${node.index === undefined ? '?:' : ''}${this.print(node.body, repeated)})`
      case 'repeat': {
        const times = repeated * Math.max(node.max ?? node.min, 1)
        const isBounded = node.max !== undefined || node.min > 1
        // Rounds that match nothing are counted differently.
        if (node.mode === 'possessive' || canBeEmpty(node.body) || (isBounded && times > REPEAT_LIMIT))
          throw new Inexpressible()
        const body = this.print(node.body, times)
        return `(?:${body})${printBounds(node.min, node.max)}${node.mode === 'lazy' ? '?' : ''}`
      }
      case 'atomic':
      case 'look':
      case 'reference':
        throw new Inexpressible()
    }
  }

  #anchor(anchor: (RegexpNode & { kind: 'anchor' })['anchor']): string {
    switch (anchor) {
      case 'text-start':
        return '^'
      case 'text-end':
        return String.raw`\z`
      case 'end':
        this.needsSingleLine = true
        return String.raw`\z`
      case 'word':
      case 'not-word':
        this.needsAscii = true
        return anchor === 'word' ? String.raw`\b` : String.raw`\B`
      case 'line-start':
      case 'line-end':
        throw new Inexpressible()
    }
  }
}

function printBounds(min: number, max: number | undefined): string {
  if (max === undefined) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}

function escaped(code: number): string {
  const character = String.fromCodePoint(code)
  return /[A-Za-z0-9_]/.test(character) ? character : `\\x{${code.toString(16)}}`
}

type Range = readonly [from: number, to: number]

const DIGITS: readonly Range[] = [[0x30, 0x39]]
const WORDS: readonly Range[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]
const SPACES: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
]

function printSet(set: CharacterSet): string {
  if (set.intersections.length > 0) throw new Inexpressible()
  const ranges = set.items.flatMap(rangesOf)
  const body = ranges.map(([from, to]) => (from === to ? escaped(from) : `${escaped(from)}-${escaped(to)}`)).join('')
  return `[${set.isNegated ? '^' : ''}${body}]`
}

function rangesOf(item: CharacterSetItem): readonly Range[] {
  switch (item.kind) {
    case 'range':
      return [[item.from, item.to]]
    case 'digit':
      return item.isNegated ? complement(DIGITS) : DIGITS
    case 'word':
      return item.isNegated ? complement(WORDS) : WORDS
    case 'space':
      return item.isNegated ? complement(SPACES) : SPACES
    case 'property':
      throw new Inexpressible()
    case 'set':
      if (item.set.isNegated || item.set.intersections.length > 0) throw new Inexpressible()
      return item.set.items.flatMap(rangesOf)
  }
}

/** Of sorted ranges. */
function complement(ranges: readonly Range[]): readonly Range[] {
  const others: Range[] = []
  let from = 0
  for (const [start, end] of ranges) {
    if (start > from) others.push([from, start - 1])
    from = end + 1
  }
  return [...others, [from, LAST_CODE_POINT]]
}
