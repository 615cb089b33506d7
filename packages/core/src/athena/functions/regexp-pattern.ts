/**
 * Regular expressions as Athena reads them: Java's syntax in the dialect of Joni, Trino's default library. They are parsed here so
 * that they can be printed for another engine (regexp-to-javascript.ts, regexp-to-re2.ts) without a change of meaning.
 */
export type RegexpNode =
  /** A code point; `ignoreCase` is that of the place where it stands. */
  | { readonly kind: 'character'; readonly code: number; readonly ignoreCase: boolean }
  | { readonly kind: 'any'; readonly matchesNewline: boolean }
  | { readonly kind: 'class'; readonly set: CharacterSet; readonly ignoreCase: boolean }
  | { readonly kind: 'anchor'; readonly anchor: Anchor }
  | { readonly kind: 'sequence'; readonly items: readonly RegexpNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexpNode[] }
  /** `index` counts from 1; undefined for `(?:…)`. */
  | {
      readonly kind: 'group'
      readonly index: number | undefined
      readonly name: string | undefined
      readonly body: RegexpNode
    }
  | { readonly kind: 'atomic'; readonly body: RegexpNode }
  | { readonly kind: 'look'; readonly isBehind: boolean; readonly isNegative: boolean; readonly body: RegexpNode }
  | { readonly kind: 'reference'; readonly group: number | string; readonly ignoreCase: boolean }
  | {
      readonly kind: 'repeat'
      readonly body: RegexpNode
      readonly min: number
      readonly max: number | undefined
      readonly mode: 'greedy' | 'lazy' | 'possessive'
    }

/** `end` allows a newline behind it (`$` and `\Z`), `text-end` doesn't (`\z`). */
export type Anchor = 'text-start' | 'end' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'not-word'

/** Characters of a class; names are those of Unicode properties and of POSIX brackets, as written. */
export interface CharacterSet {
  readonly isNegated: boolean
  readonly items: readonly CharacterSetItem[]
  /** `[a-z&&[^m]]`: what else a character must be in. */
  readonly intersections: readonly CharacterSet[]
}
export type CharacterSetItem =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'digit' | 'word' | 'space'; readonly isNegated: boolean }
  | { readonly kind: 'property'; readonly name: string; readonly isNegated: boolean }
  | { readonly kind: 'set'; readonly set: CharacterSet }

export interface RegexpPattern {
  readonly root: RegexpNode
  readonly groupCount: number
  readonly groupNames: ReadonlyMap<string, number>
}

/** A pattern that Joni refuses; the text is Joni's. */
export class RegexpSyntaxError extends Error {
  override readonly name: string = 'RegexpSyntaxError'
}

/** A pattern of Joni that this engine has no counterpart for. */
export class RegexpNotSupported extends Error {
  override readonly name: string = 'RegexpNotSupported'
}

/** Parses a pattern. Throws RegexpSyntaxError or RegexpNotSupported. */
export function parseRegexp(text: string): RegexpPattern {
  return new RegexpReader(text).read()
}

interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly multiLine: boolean
  readonly extended: boolean
}

const NO_FLAGS: Flags = { ignoreCase: false, dotAll: false, multiLine: false, extended: false }
const FLAG_NAMES: Readonly<Record<string, keyof Flags>> = {
  i: 'ignoreCase',
  s: 'dotAll',
  m: 'multiLine',
  x: 'extended',
}
const CONTROL_ESCAPES: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27, v: 11 }
const MAX_REPEAT = 100_000

const code = (character: string): number => character.codePointAt(0) as number

class RegexpReader {
  readonly #characters: readonly string[]
  #at = 0
  #groups = 0
  readonly #names = new Map<string, number>()

  constructor(text: string) {
    this.#characters = [...text]
  }

  read(): RegexpPattern {
    const root = this.#choice(NO_FLAGS)
    if (this.#at < this.#characters.length) throw new RegexpSyntaxError('unmatched close parenthesis')
    return { root, groupCount: this.#groups, groupNames: this.#names }
  }

  #choice(flags: Flags): RegexpNode {
    const options: RegexpNode[] = []
    let current = flags
    for (;;) {
      const [option, next] = this.#sequence(current)
      options.push(option)
      current = next
      if (!this.#accept('|')) break
    }
    const [only] = options
    return only && options.length === 1 ? only : { kind: 'choice', options }
  }

  /** Flags that are set within hold to the end of the group, alternatives included. */
  #sequence(start: Flags): readonly [RegexpNode, Flags] {
    const items: RegexpNode[] = []
    let flags = start
    while (this.#at < this.#characters.length && this.#peek() !== '|' && this.#peek() !== ')') {
      if (flags.extended && this.#skipComment()) continue
      const changed = this.#inlineFlags(flags)
      if (changed) {
        flags = changed
        continue
      }
      const atom = this.#atom(flags)
      if (atom) items.push(this.#repeated(atom, flags))
    }
    const [only] = items
    return [only && items.length === 1 ? only : { kind: 'sequence', items }, flags]
  }

  #skipComment(): boolean {
    const character = this.#peek() as string
    if (/\s/.test(character)) {
      this.#at += 1
      return true
    }
    if (character !== '#') return false
    while (this.#at < this.#characters.length && this.#peek() !== '\n') this.#at += 1
    return true
  }

  /** `(?i)` and `(?-i)`: undefined where something else stands. */
  #inlineFlags(flags: Flags): Flags | undefined {
    const match = /^\(\?([imsxu]*)(?:-([imsx]*))?\)/.exec(this.#rest(16))
    if (!match || match[0] === '(?)') return undefined
    this.#at += match[0].length
    return withFlags(flags, match[1] ?? '', match[2] ?? '')
  }

  #atom(flags: Flags): RegexpNode | undefined {
    const character = this.#next()
    switch (character) {
      case '(':
        return this.#group(flags)
      case '[':
        return { kind: 'class', set: this.#set(flags), ignoreCase: flags.ignoreCase }
      case '.':
        return { kind: 'any', matchesNewline: flags.dotAll }
      case '^':
        return { kind: 'anchor', anchor: flags.multiLine ? 'line-start' : 'text-start' }
      case '$':
        return { kind: 'anchor', anchor: flags.multiLine ? 'line-end' : 'end' }
      case '\\':
        return this.#escape(flags)
      case '*':
      case '+':
      case '?':
        throw new RegexpSyntaxError('target of repeat operator is not specified')
      default:
        return { kind: 'character', code: code(character), ignoreCase: flags.ignoreCase }
    }
  }

  #repeated(atom: RegexpNode, flags: Flags): RegexpNode {
    let node = atom
    for (;;) {
      if (flags.extended) while (this.#at < this.#characters.length && this.#skipComment());
      const bounds = this.#bounds()
      if (!bounds) return node
      const mode = this.#accept('?') ? 'lazy' : this.#accept('+') ? 'possessive' : 'greedy'
      node = { kind: 'repeat', body: node, min: bounds.min, max: bounds.max, mode }
    }
  }

  #bounds(): { readonly min: number; readonly max: number | undefined } | undefined {
    if (this.#accept('*')) return { min: 0, max: undefined }
    if (this.#accept('+')) return { min: 1, max: undefined }
    if (this.#accept('?')) return { min: 0, max: 1 }
    // A brace that opens no bounds stands for itself.
    const match = /^\{(\d*)(,?)(\d*)\}/.exec(this.#rest(24))
    if (!match || (match[1] === '' && match[3] === '')) return undefined
    this.#at += match[0].length
    const min = Number(match[1] || 0)
    const max = match[2] === '' ? min : match[3] === '' ? undefined : Number(match[3])
    if (min > MAX_REPEAT || (max ?? 0) > MAX_REPEAT) throw new RegexpSyntaxError('too big number for repeat range')
    return max !== undefined && max < min ? { min: max, max: min } : { min, max }
  }

  #group(flags: Flags): RegexpNode {
    if (!this.#accept('?')) return this.#capture(undefined, flags)
    const look = /^<?[=!]/.exec(this.#rest(2))?.[0]
    if (look !== undefined) {
      this.#at += look.length
      const body = this.#close(flags)
      return { kind: 'look', isBehind: look.startsWith('<'), isNegative: look.endsWith('!'), body }
    }
    if (this.#accept('>')) return { kind: 'atomic', body: this.#close(flags) }
    if (this.#accept('#')) {
      while (this.#next() !== ')');
      return { kind: 'sequence', items: [] }
    }
    const name = /^<([A-Za-z_][A-Za-z0-9_]*)>/.exec(this.#rest(256))
    if (name) {
      this.#at += name[0].length
      return this.#capture(name[1], flags)
    }
    const scoped = /^([imsxu]*)(?:-([imsx]*))?:/.exec(this.#rest(16))
    if (!scoped) {
      const isOpen = !this.#characters.includes(')', this.#at)
      throw new RegexpSyntaxError(isOpen ? 'end pattern with unmatched parenthesis' : 'undefined group option')
    }
    this.#at += scoped[0].length
    const body = this.#close(withFlags(flags, scoped[1] ?? '', scoped[2] ?? ''))
    return { kind: 'group', index: undefined, name: undefined, body }
  }

  #capture(name: string | undefined, flags: Flags): RegexpNode {
    this.#groups += 1
    const index = this.#groups
    if (name !== undefined) this.#names.set(name, index)
    return { kind: 'group', index, name, body: this.#close(flags) }
  }

  #close(flags: Flags): RegexpNode {
    const body = this.#choice(flags)
    if (!this.#accept(')')) throw new RegexpSyntaxError('end pattern with unmatched parenthesis')
    return body
  }

  #escape(flags: Flags): RegexpNode | undefined {
    if (this.#at >= this.#characters.length) throw new RegexpSyntaxError('end pattern at escape')
    const anchor = ANCHOR_ESCAPES[this.#peek() as string]
    if (anchor) {
      this.#at += 1
      return { kind: 'anchor', anchor }
    }
    if (this.#peek() === 'G') throw new RegexpNotSupported('\\G in a regular expression is not supported')
    if (this.#accept('Q')) return this.#quotation(flags)
    const reference = /^(?:[1-9]\d?|k<([A-Za-z_0-9]+)>)/.exec(this.#rest(256))
    if (reference) {
      this.#at += reference[0].length
      const name = reference[1]
      const group = name === undefined ? Number(reference[0]) : /^\d+$/.test(name) ? Number(name) : name
      return { kind: 'reference', group, ignoreCase: flags.ignoreCase }
    }
    const item = this.#escapedItem()
    if (item.kind === 'range') return { kind: 'character', code: item.from, ignoreCase: flags.ignoreCase }
    const set: CharacterSet = { isNegated: false, items: [item], intersections: [] }
    return { kind: 'class', set, ignoreCase: flags.ignoreCase }
  }

  /** `\Q…\E`: the text as it is. */
  #quotation(flags: Flags): RegexpNode {
    const items: RegexpNode[] = []
    while (this.#at < this.#characters.length) {
      if (this.#rest(2) === '\\E') {
        this.#at += 2
        break
      }
      items.push({ kind: 'character', code: code(this.#next()), ignoreCase: flags.ignoreCase })
    }
    return { kind: 'group', index: undefined, name: undefined, body: { kind: 'sequence', items } }
  }

  /** An escape that stands for characters, in a class or outside; the backslash is read. */
  #escapedItem(): CharacterSetItem {
    const letter = this.#next()
    switch (letter) {
      case 'd':
      case 'D':
        return { kind: 'digit', isNegated: letter === 'D' }
      case 'w':
      case 'W':
        return { kind: 'word', isNegated: letter === 'W' }
      case 's':
      case 'S':
        return { kind: 'space', isNegated: letter === 'S' }
      case 'p':
      case 'P':
        return this.#property(letter === 'P')
      default:
        return single(this.#escapedCode(letter))
    }
  }

  #property(isNegated: boolean): CharacterSetItem {
    const match = /^\{(\^?)([^}]*)\}/.exec(this.#rest(64))
    if (!match) throw new RegexpSyntaxError('invalid character property name {p}')
    this.#at += match[0].length
    const name = match[2] ?? ''
    if (name === '') throw new RegexpSyntaxError('invalid character property name {}')
    return { kind: 'property', name, isNegated: isNegated !== (match[1] === '^') }
  }

  #escapedCode(letter: string): number {
    const control = CONTROL_ESCAPES[letter]
    if (control !== undefined) return control
    const rest = this.#rest(12)
    const read = (pattern: RegExp, radix: number): number | undefined => {
      const match = pattern.exec(rest)
      if (!match) return undefined
      this.#at += match[0].length
      return Number.parseInt(match[1] as string, radix)
    }
    switch (letter) {
      case 'x':
        return read(/^\{([0-9a-fA-F]{1,8})\}/, 16) ?? read(/^([0-9a-fA-F]{1,2})/, 16) ?? 0
      case 'u': {
        const point = read(/^([0-9a-fA-F]{4})/, 16)
        if (point === undefined) throw new RegexpSyntaxError('too short escape sequence')
        return point
      }
      case '0':
        return read(/^([0-7]{1,2})/, 8) ?? 0
      case 'c':
        return code(this.#next()) & 0x1f
      default:
        return code(letter)
    }
  }

  /** What follows `[`. */
  #set(flags: Flags): CharacterSet {
    const isNegated = this.#accept('^')
    const items: CharacterSetItem[] = []
    const parts: CharacterSetItem[][] = []
    let current = items
    let isFirst = true
    for (;;) {
      if (this.#at >= this.#characters.length) throw new RegexpSyntaxError('premature end of char-class')
      if (this.#peek() === ']' && !(isFirst && this.#hasLaterBracket())) {
        this.#at += 1
        break
      }
      if (this.#rest(2) === '&&') {
        this.#at += 2
        current = []
        parts.push(current)
      } else {
        current.push(this.#setItem(flags))
      }
      isFirst = false
    }
    if (items.length === 0 && parts.length === 0) throw new RegexpSyntaxError('empty char-class')
    const intersections = parts.map((part) => ({ isNegated: false, items: part, intersections: [] }))
    return { isNegated, items, intersections }
  }

  /** A bracket that comes first is one of the characters if another one closes the class. */
  #hasLaterBracket(): boolean {
    return this.#characters.indexOf(']', this.#at + 1) >= 0
  }

  #setItem(flags: Flags): CharacterSetItem {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#rest(20))
    if (posix) {
      this.#at += posix[0].length
      return { kind: 'property', name: posix[2] as string, isNegated: posix[1] === '^' }
    }
    if (this.#accept('[')) return { kind: 'set', set: this.#set(flags) }
    const from = this.#setCharacter()
    if (from.kind !== 'range' || this.#peek() !== '-') return from
    const after = this.#characters[this.#at + 1]
    if (after === undefined || after === ']' || after === '[') return from
    this.#at += 1
    const to = this.#setCharacter()
    if (to.kind !== 'range') throw new RegexpSyntaxError('char-class value at end of range')
    if (to.from < from.from) throw new RegexpSyntaxError('empty range in char class')
    return { kind: 'range', from: from.from, to: to.from }
  }

  #setCharacter(): CharacterSetItem {
    const character = this.#next()
    if (character !== '\\') return single(code(character))
    if (this.#at >= this.#characters.length) throw new RegexpSyntaxError('end pattern at escape')
    if (this.#accept('b')) return single(8)
    return this.#escapedItem()
  }

  #rest(length: number): string {
    return this.#characters.slice(this.#at, this.#at + length).join('')
  }

  #peek(): string | undefined {
    return this.#characters[this.#at]
  }

  #accept(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#at += 1
    return true
  }

  #next(): string {
    const character = this.#peek()
    if (character === undefined) throw new RegexpSyntaxError('end pattern in group')
    this.#at += 1
    return character
  }
}

const ANCHOR_ESCAPES: Readonly<Record<string, Anchor>> = {
  A: 'text-start',
  Z: 'end',
  z: 'text-end',
  b: 'word',
  B: 'not-word',
}

function single(point: number): CharacterSetItem {
  return { kind: 'range', from: point, to: point }
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const changed: Record<keyof Flags, boolean> = { ...flags }
  for (const [letters, value] of [
    [on, true],
    [off, false],
  ] as const) {
    for (const letter of letters) {
      const flag = FLAG_NAMES[letter]
      if (flag) changed[flag] = value
    }
  }
  return changed
}

/** True where the node may match the empty text. */
export function canBeEmpty(node: RegexpNode): boolean {
  switch (node.kind) {
    case 'character':
    case 'any':
    case 'class':
      return false
    case 'anchor':
    case 'look':
    case 'reference':
      return true
    case 'sequence':
      return node.items.every(canBeEmpty)
    case 'choice':
      return node.options.some(canBeEmpty)
    case 'group':
    case 'atomic':
      return canBeEmpty(node.body)
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.body)
  }
}

/** True where a group takes part in every match. */
export function alwaysTakesPart(node: RegexpNode, group: number): boolean {
  switch (node.kind) {
    case 'sequence':
      return node.items.some((item) => alwaysTakesPart(item, group))
    case 'choice':
      return node.options.every((option) => alwaysTakesPart(option, group))
    case 'group':
      return node.index === group || alwaysTakesPart(node.body, group)
    case 'atomic':
      return alwaysTakesPart(node.body, group)
    case 'repeat':
      return node.min > 0 && alwaysTakesPart(node.body, group)
    default:
      return false
  }
}
