/**
 * A shell pattern: `*`, `?`, `[…]`, and with `extended` also `?(…)`, `*(…)`, `+(…)`, `@(…)` and `!(…)`. A backslash takes a character's
 * meaning away. Matching keeps the set of places that a prefix of the pattern can reach, so its time grows with pattern times text and
 * never faster.
 */
export class GlobPattern {
  readonly #nodes: readonly Node[]
  readonly #ignoreCase: boolean

  constructor(pattern: string, options: { readonly extended?: boolean; readonly ignoreCase?: boolean } = {}) {
    this.#ignoreCase = options.ignoreCase ?? false
    const reader = new Reader(this.#ignoreCase ? pattern.toLowerCase() : pattern, options.extended ?? true)
    this.#nodes = reader.sequence('')
  }

  /** Whether the whole text matches. */
  matches(text: string): boolean {
    return this.ends(text, 0).includes(text.length)
  }

  /** The places in ascending order at which a match that begins at `start` can end. */
  ends(text: string, start: number): number[] {
    return advance(this.#nodes, this.#ignoreCase ? text.toLowerCase() : text, [start])
  }
}

/** A text that stands for itself in a pattern. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]()|!+@]/g, '\\$&')
}

/** Whether a pattern can match anything but itself. */
export function isPattern(text: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*(?:[*?[]|[+@!]\()/.test(text)
}

type Node =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'run' }
  | { readonly kind: 'set'; readonly matches: (character: string) => boolean }
  | { readonly kind: 'group'; readonly operator: string; readonly alternatives: readonly (readonly Node[])[] }

function advance(nodes: readonly Node[], text: string, starts: readonly number[]): number[] {
  let places: readonly number[] = starts
  for (const node of nodes) {
    if (places.length === 0) break
    places = advanceOne(node, text, places)
  }
  return [...places]
}

function advanceOne(node: Node, text: string, places: readonly number[]): number[] {
  switch (node.kind) {
    case 'character':
      return places.filter((place) => text[place] === node.character).map((place) => place + 1)
    case 'any':
      return places.filter((place) => place < text.length).map((place) => place + 1)
    case 'set':
      return places.filter((place) => place < text.length && node.matches(text[place] as string)).map((p) => p + 1)
    case 'run': {
      const from = places[0] as number
      return Array.from({ length: text.length - from + 1 }, (_, i) => from + i)
    }
    case 'group':
      return advanceGroup(node.operator, node.alternatives, text, places)
  }
}

function advanceGroup(
  operator: string,
  alternatives: readonly (readonly Node[])[],
  text: string,
  places: readonly number[],
): number[] {
  const once = (from: readonly number[]): number[] =>
    sorted(new Set(alternatives.flatMap((nodes) => advance(nodes, text, from))))
  if (operator === '@') return once(places)
  if (operator === '?') return sorted(new Set([...places, ...once(places)]))
  if (operator === '!') {
    const reached = new Set<number>()
    for (const place of places) {
      const matched = new Set(once([place]))
      for (let end = place; end <= text.length; end += 1) if (!matched.has(end)) reached.add(end)
    }
    return sorted(reached)
  }
  const reached = new Set<number>(operator === '*' ? places : [])
  let frontier = once(places)
  while (frontier.length > 0) {
    const fresh = frontier.filter((place) => !reached.has(place))
    for (const place of fresh) reached.add(place)
    frontier = fresh.length > 0 ? once(fresh) : []
  }
  return sorted(reached)
}

function sorted(places: ReadonlySet<number>): number[] {
  return [...places].sort((a, b) => a - b)
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /^[A-Za-z0-9]$/,
  alpha: /^[A-Za-z]$/,
  ascii: /^[\0-\x7f]$/,
  blank: /^[ \t]$/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the class
  cntrl: /^[\0-\x1f\x7f]$/,
  digit: /^[0-9]$/,
  graph: /^[!-~]$/,
  lower: /^[a-z]$/,
  print: /^[ -~]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^[ \t\n\v\f\r]$/,
  upper: /^[A-Z]$/,
  word: /^[A-Za-z0-9_]$/,
  xdigit: /^[0-9A-Fa-f]$/,
}

class Reader {
  readonly #pattern: string
  readonly #extended: boolean
  #at = 0

  constructor(pattern: string, extended: boolean) {
    this.#pattern = pattern
    this.#extended = extended
  }

  /** Nodes until one of the characters given, or the end. */
  sequence(terminators: string): Node[] {
    const nodes: Node[] = []
    while (this.#at < this.#pattern.length) {
      const character = this.#pattern[this.#at] as string
      if (terminators.includes(character)) break
      nodes.push(this.#node(character))
    }
    return nodes
  }

  #node(character: string): Node {
    if (this.#extended && '?*+@!'.includes(character) && this.#pattern[this.#at + 1] === '(') {
      const group = this.#group(character)
      if (group) return group
    }
    this.#at += 1
    switch (character) {
      case '*':
        return { kind: 'run' }
      case '?':
        return { kind: 'any' }
      case '[':
        return this.#set() ?? { kind: 'character', character }
      case '\\': {
        if (this.#at === this.#pattern.length) return { kind: 'character', character }
        this.#at += 1
        return { kind: 'character', character: this.#pattern[this.#at - 1] as string }
      }
      default:
        return { kind: 'character', character }
    }
  }

  #group(operator: string): Node | undefined {
    const start = this.#at
    this.#at += 2
    const alternatives: Node[][] = []
    for (;;) {
      alternatives.push(this.sequence('|)'))
      const next = this.#pattern[this.#at]
      if (next === undefined) {
        this.#at = start
        return undefined
      }
      this.#at += 1
      if (next === ')') return { kind: 'group', operator, alternatives }
    }
  }

  /** A bracket expression behind its `[`; undefined where it has no end, so that the bracket stands for itself. */
  #set(): Node | undefined {
    const start = this.#at
    const isNegated = '!^'.includes(this.#pattern[this.#at] ?? ' ')
    if (isNegated) this.#at += 1
    const tests: ((character: string) => boolean)[] = []
    for (let isFirst = true; ; isFirst = false) {
      const character = this.#pattern[this.#at]
      if (character === undefined) {
        this.#at = start
        return undefined
      }
      if (character === ']' && !isFirst) break
      tests.push(this.#setMember())
    }
    this.#at += 1
    return { kind: 'set', matches: (character) => tests.some((test) => test(character)) !== isNegated }
  }

  #setMember(): (character: string) => boolean {
    const named = /^\[:([a-z]+):\]/.exec(this.#pattern.slice(this.#at))
    const expression = CLASSES[named?.[1] ?? '']
    if (named && expression) {
      this.#at += named[0].length
      return (character) => expression.test(character)
    }
    const low = this.#setCharacter()
    const next = this.#pattern[this.#at + 1]
    if (this.#pattern[this.#at] !== '-' || next === undefined || next === ']') return (character) => character === low
    this.#at += 1
    const high = this.#setCharacter()
    return (character) => character >= low && character <= high
  }

  #setCharacter(): string {
    if (this.#pattern[this.#at] === '\\' && this.#at + 1 < this.#pattern.length) this.#at += 1
    const character = this.#pattern[this.#at] as string
    this.#at += 1
    return character
  }
}
