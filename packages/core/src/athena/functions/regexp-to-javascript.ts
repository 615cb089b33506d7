import {
  type Anchor,
  type CharacterSet,
  type CharacterSetItem,
  type RegexpNode,
  type RegexpPattern,
  RegexpSyntaxError,
} from './regexp-pattern.ts'

/**
 * A Joni pattern as a JavaScript one. Joni's classes \d, \w and \s know ASCII alone, its POSIX brackets and \b all of Unicode.
 * Two things have no counterpart: a folding of one letter into two (`(?i)ss` finds ß), and what a group inside of a repeated one keeps
 * from an earlier round.
 */
export interface JavaScriptRegexp {
  readonly source: string
  readonly flags: string
  /** The capture of each of the pattern's groups, from 1; atomic groups take captures of their own. */
  readonly captures: readonly number[]
}

const WORD = String.raw`[\p{L}\p{M}\p{N}\p{Pc}]`
const ANCHORS: Readonly<Record<Anchor, string>> = {
  'text-start': '^',
  'text-end': '$',
  end: String.raw`(?=\n?$)`,
  'line-start': String.raw`(?:^|(?<=\n)(?!$))`,
  'line-end': String.raw`(?=\n|$)`,
  word: `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`,
  'not-word': `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`,
}

/** What POSIX brackets and properties of these names hold. */
const NAMED_SETS: Readonly<Record<string, string>> = {
  alnum: String.raw`[\p{Alphabetic}\p{Nd}]`,
  alpha: String.raw`\p{Alphabetic}`,
  any: String.raw`\p{Any}`,
  ascii: String.raw`\p{ASCII}`,
  blank: String.raw`[\p{Zs}\t]`,
  cntrl: String.raw`\p{Cc}`,
  digit: String.raw`\p{Nd}`,
  graph: String.raw`[^\p{White_Space}\p{Cc}\p{Cn}\p{Cs}]`,
  lower: String.raw`\p{Lowercase}`,
  print: String.raw`[[^\p{White_Space}\p{Cc}\p{Cn}\p{Cs}]\p{Zs}]`,
  punct: String.raw`\p{P}`,
  space: String.raw`\p{White_Space}`,
  upper: String.raw`\p{Uppercase}`,
  word: WORD,
  xdigit: '[0-9A-Fa-f]',
}

/** Prints a pattern. Throws RegexpSyntaxError for a name of a property that there is not. */
export function toJavaScript(pattern: RegexpPattern): JavaScriptRegexp {
  const cases = casesOf(pattern.root)
  const printer = new JavaScriptPrinter(pattern, cases.size > 1)
  const source = printer.print(pattern.root)
  return { source, flags: cases.size === 1 && cases.has(true) ? 'vi' : 'v', captures: printer.captures }
}

/** Whether case counts, at each place where it may: both where a pattern changes its mind. */
export function casesOf(node: RegexpNode): ReadonlySet<boolean> {
  switch (node.kind) {
    case 'character':
    case 'class':
    case 'reference':
      return new Set([node.ignoreCase])
    case 'sequence':
      return new Set(node.items.flatMap((item) => [...casesOf(item)]))
    case 'choice':
      return new Set(node.options.flatMap((option) => [...casesOf(option)]))
    case 'group':
    case 'atomic':
    case 'look':
    case 'repeat':
      return casesOf(node.body)
    case 'any':
    case 'anchor':
      return new Set()
  }
}

class JavaScriptPrinter {
  readonly captures: number[] = []
  #count = 0
  readonly #pattern: RegexpPattern
  /** Case is spelled out, as JavaScript has one flag for the whole. */
  readonly #isMixed: boolean

  constructor(pattern: RegexpPattern, isMixed: boolean) {
    this.#pattern = pattern
    this.#isMixed = isMixed
  }

  print(node: RegexpNode): string {
    switch (node.kind) {
      case 'character':
        return this.#isMixed && node.ignoreCase ? `[${caseVariants(node.code).map(escaped).join('')}]` : escaped(node.code)
      case 'any':
        // V8 takes [^] in this mode for something else.
        return node.matchesNewline ? String.raw`[\s\S]` : String.raw`[^\n]`
      case 'class':
        return this.#isMixed && node.ignoreCase ? printSet(withBothCases(node.set)) : printSet(node.set)
      case 'anchor':
        return ANCHORS[node.anchor]
      case 'sequence':
        return node.items.map((item) => this.print(item)).join('')
      case 'choice':
        return `(?:${node.options.map((option) => this.print(option)).join('|')})`
      case 'group':
        return this.#group(node.index, node.body)
      case 'atomic':
        return this.#atomic(node.body, '')
      case 'look':
        return `(?:(?${node.isBehind ? '<' : ''}${node.isNegative ? '!' : '='}${this.print(node.body)}))`
      case 'reference':
        return this.#reference(node.group)
      case 'repeat': {
        const bounds = `{${node.min},${node.max ?? ''}}`
        if (node.mode === 'possessive') return this.#atomic(node.body, bounds)
        return `(?:${this.print(node.body)})${bounds}${node.mode === 'lazy' ? '?' : ''}`
      }
    }
  }

  #group(index: number | undefined, body: RegexpNode): string {
    if (index === undefined) return `(?:${this.print(body)})`
    this.#count += 1
    this.captures[index - 1] = this.#count
    return `(${this.print(body)})`
  }

  /** A lookahead never gives back what it found: what it captured is then matched. */
  #atomic(body: RegexpNode, bounds: string): string {
    this.#count += 1
    const capture = this.#count
    const inner = this.print(body)
    return `(?:(?=(${bounds === '' ? inner : `(?:${inner})${bounds}`}))\\${capture})`
  }

  #reference(group: number | string): string {
    const index = typeof group === 'number' ? group : this.#pattern.groupNames.get(group)
    const capture = index === undefined ? undefined : this.captures[index - 1]
    if (capture === undefined) {
      throw new RegexpSyntaxError(
        typeof group === 'number' ? 'invalid backref number/name' : `undefined name <${group}> reference`,
      )
    }
    return `(?:\\${capture})`
  }
}

function escaped(code: number): string {
  return /[A-Za-z0-9_]/.test(String.fromCodePoint(code)) ? String.fromCodePoint(code) : `\\u{${code.toString(16)}}`
}

function caseVariants(code: number): readonly number[] {
  const character = String.fromCodePoint(code)
  const variants = [character, character.toLowerCase(), character.toUpperCase()].filter((text) => [...text].length === 1)
  return [...new Set(variants.map((text) => text.codePointAt(0) as number))]
}

/** Ranges wider than this are taken to hold their letters in both cases. */
const WIDE_RANGE = 2048

function withBothCases(set: CharacterSet): CharacterSet {
  const items = set.items.flatMap((item): readonly CharacterSetItem[] => {
    if (item.kind === 'set') return [{ kind: 'set', set: withBothCases(item.set) }]
    if (item.kind !== 'range' || item.to - item.from > WIDE_RANGE) return [item]
    const codes = Array.from({ length: item.to - item.from + 1 }, (_, index) => item.from + index)
    const others = codes.flatMap(caseVariants).filter((code) => code < item.from || code > item.to)
    return [item, ...others.map((code): CharacterSetItem => ({ kind: 'range', from: code, to: code }))]
  })
  return { ...set, items, intersections: set.intersections.map(withBothCases) }
}

function printSet(set: CharacterSet): string {
  const union = `[${set.items.map(printItem).join('')}]`
  const body = [union, ...set.intersections.map(printSet)].join('&&')
  return set.isNegated ? `[^${body}]` : `[${body}]`
}

function printItem(item: CharacterSetItem): string {
  const negation = 'isNegated' in item && item.isNegated ? '^' : ''
  switch (item.kind) {
    case 'range':
      return item.from === item.to ? escaped(item.from) : `${escaped(item.from)}-${escaped(item.to)}`
    case 'digit':
      return `[${negation}0-9]`
    case 'word':
      return `[${negation}A-Za-z0-9_]`
    case 'space':
      return `[${negation}\\t-\\r\\u{20}]`
    case 'property':
      return `[${negation}${namedSet(item.name)}]`
    case 'set':
      return printSet(item.set)
  }
}

function namedSet(name: string): string {
  const known = NAMED_SETS[name.toLowerCase()]
  if (known !== undefined) return known
  const plain = name.replaceAll(/[\s_-]/g, '').toLowerCase()
  const category = plain.charAt(0).toUpperCase() + plain.slice(1)
  const script = name.split(/[\s_-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join('_')
  for (const candidate of [`\\p{${category}}`, `\\p{Script=${script}}`, `\\p{${script}}`]) {
    if (isValidProperty(candidate)) return candidate
  }
  throw new RegexpSyntaxError(`invalid character property name <${name}>`)
}

function isValidProperty(source: string): boolean {
  try {
    return new RegExp(source, 'v') instanceof RegExp
  } catch {
    return false
  }
}
