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

/** Contents of a class in JavaScript. */
interface ClassBody {
  readonly body: string
  readonly isNegated: boolean
}

const plain = (body: string): ClassBody => ({ body, isNegated: false })
const negated = (body: string): ClassBody => ({ body, isNegated: true })

/** What POSIX brackets and properties of these names hold. */
const NAMED_SETS: Readonly<Record<string, ClassBody>> = {
  alnum: plain(String.raw`\p{Alphabetic}\p{Nd}`),
  alpha: plain(String.raw`\p{Alphabetic}`),
  any: plain(String.raw`\p{Any}`),
  ascii: plain(String.raw`\p{ASCII}`),
  blank: plain(String.raw`\p{Zs}\t`),
  cntrl: plain(String.raw`\p{Cc}`),
  digit: plain(String.raw`\p{Nd}`),
  graph: negated(String.raw`\p{White_Space}\p{Cc}\p{Cn}\p{Cs}`),
  lower: plain(String.raw`\p{Lowercase}`),
  print: negated(String.raw`\p{Zl}\p{Zp}\p{Cc}\p{Cn}\p{Cs}`),
  punct: plain(String.raw`\p{P}`),
  space: plain(String.raw`\p{White_Space}`),
  upper: plain(String.raw`\p{Uppercase}`),
  word: plain(String.raw`\p{L}\p{M}\p{N}\p{Pc}`),
  xdigit: plain('0-9A-Fa-f'),
}

/** Prints a pattern. Throws RegexpSyntaxError for a name of a property that there is not. */
export function toJavaScript(pattern: RegexpPattern): JavaScriptRegexp {
  const cases = casesOf(pattern.root)
  const printer = new JavaScriptPrinter(pattern, cases.size > 1)
  const source = printer.print(pattern.root)
  return { source, flags: cases.size === 1 && cases.has(true) ? 'ui' : 'u', captures: printer.captures }
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
        return this.#isMixed && node.ignoreCase
          ? `[${caseVariants(node.code).map(escaped).join('')}]`
          : escaped(node.code)
      case 'any':
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
  const variants = [character, character.toLowerCase(), character.toUpperCase()].filter(
    (text) => [...text].length === 1,
  )
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

/**
 * One character of a set. JavaScript's mode with set operations (flag v) is left alone: Node 20 answers wrongly to
 * `(?:a[^\n])+` in it. What has no place in one class becomes a choice, or a lookahead before the character.
 */
function printSet(set: CharacterSet): string {
  const inline: string[] = []
  const others: string[] = []
  collect(set.items, inline, others)
  const isSimple = others.length === 0 && set.intersections.length === 0
  if (isSimple) return `[${set.isNegated ? '^' : ''}${inline.join('')}]`
  const options = inline.length === 0 ? others : [`[${inline.join('')}]`, ...others]
  const conditions = set.intersections.map((part) => `(?=${printSet(part)})`).join('')
  const one = `(?:${conditions}(?:${options.join('|')}))`
  return set.isNegated ? String.raw`(?:(?!${one})[\s\S])` : one
}

/** Sorts items into the contents of one class and classes of their own. */
function collect(items: readonly CharacterSetItem[], inline: string[], others: string[]): void {
  const add = ({ body, isNegated }: ClassBody): void => {
    if (isNegated) others.push(`[^${body}]`)
    else inline.push(body)
  }
  for (const item of items) {
    switch (item.kind) {
      case 'range':
        inline.push(item.from === item.to ? escaped(item.from) : `${escaped(item.from)}-${escaped(item.to)}`)
        break
      case 'digit':
        add({ body: '0-9', isNegated: item.isNegated })
        break
      case 'word':
        add({ body: 'A-Za-z0-9_', isNegated: item.isNegated })
        break
      case 'space':
        add({ body: String.raw`\t-\r\u{20}`, isNegated: item.isNegated })
        break
      case 'property': {
        const { body, isNegated } = namedSet(item.name)
        add({ body, isNegated: isNegated !== item.isNegated })
        break
      }
      case 'set':
        if (item.set.isNegated || item.set.intersections.length > 0) others.push(printSet(item.set))
        else collect(item.set.items, inline, others)
    }
  }
}

function namedSet(name: string): ClassBody {
  const known = NAMED_SETS[name.toLowerCase()]
  if (known) return known
  const compact = name.replaceAll(/[\s_-]/g, '').toLowerCase()
  const category = compact.charAt(0).toUpperCase() + compact.slice(1)
  const words = name.split(/[\s_-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
  const script = words.join('_')
  for (const candidate of [`\\p{${category}}`, `\\p{Script=${script}}`, `\\p{${script}}`]) {
    if (isValidProperty(candidate)) return plain(candidate)
  }
  throw new RegexpSyntaxError(`invalid character property name <${name}>`)
}

function isValidProperty(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp
  } catch {
    return false
  }
}
