import { refuse, refuseUnsupported } from '../rule-fault.ts'
import { type ByteSet, byteSet, escapeClass, foldCase, type PcreNode, posixClass } from './nodes.ts'

/** The options that change how an expression is read; inline `(?i)` sets them within a group. */
export interface PcreOptions {
  readonly isNocase: boolean
  readonly isDotAll: boolean
  readonly isMultiline: boolean
  readonly isExtended: boolean
  readonly isUngreedy: boolean
  readonly isDollarEndOnly: boolean
}

/** A parsed expression and how many groups it captures. */
export interface ParsedPcre {
  readonly root: PcreNode
  readonly groupCount: number
}

const NESTING_MAX = 200
/** Repetitions of PCRE end here. */
const REPEAT_MAX = 65_535
/** An expression with counted repetitions of counted repetitions may not come to more nodes than this. */
const SIZE_MAX = 1_000_000

const ANY: ByteSet = byteSet(() => true)
const NOT_NEWLINE: ByteSet = byteSet((byte) => byte !== 10)
const LITERAL_ESCAPES: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 }

/**
 * Reads an expression in PCRE2's syntax, over bytes (pcre2pattern(3)). What is not supported is refused by name: recursion and calls of
 * groups, conditions, callouts and verbs, Unicode properties, branch reset. Throws a RuleFault.
 */
export function parsePcre(pattern: string, options: PcreOptions): ParsedPcre {
  return new Parser(pattern, options).parse()
}

class Parser {
  readonly #source: Uint8Array
  readonly #pattern: string
  readonly #names = new Map<string, number>()
  readonly #references: { readonly group: number | string; readonly node: { group: number } }[] = []
  #options: PcreOptions
  #at = 0
  #groups = 0
  #depth = 0
  #isQuoted = false

  constructor(pattern: string, options: PcreOptions) {
    this.#pattern = pattern
    this.#source = new TextEncoder().encode(pattern)
    this.#options = options
  }

  parse(): ParsedPcre {
    const root = this.#choice()
    if (this.#at < this.#source.length) this.#refuse('a closing parenthesis has no opening one')
    for (const { group, node } of this.#references) {
      const number = typeof group === 'number' ? group : this.#names.get(group)
      if (number === undefined || number < 1 || number > this.#groups) this.#refuse(`the group ${group} does not exist`)
      else node.group = number
    }
    if (size(root) > SIZE_MAX) this.#refuse('its counted repetitions multiply to too large an expression')
    return { root, groupCount: this.#groups }
  }

  #refuse(why: string): never {
    return refuse(`the expression /${this.#pattern}/ is wrong near its byte ${this.#at + 1}: ${why}`)
  }

  #unsupported(what: string): never {
    return refuseUnsupported(`the expression /${this.#pattern}/ has ${what}, which the inspector does not support`)
  }

  #peek(ahead = 0): string {
    const byte = this.#source[this.#at + ahead]
    return byte === undefined ? '' : String.fromCharCode(byte)
  }

  #eat(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) if (this.#peek(index) !== text[index]) return false
    this.#at += text.length
    return true
  }

  #choice(): PcreNode {
    this.#depth += 1
    if (this.#depth > NESTING_MAX) this.#refuse(`groups stand in each other more than ${NESTING_MAX} deep`)
    const outer = this.#options
    const options = [this.#sequence()]
    while (this.#eat('|')) options.push(this.#sequence())
    this.#options = outer
    this.#depth -= 1
    return options.length === 1 && options[0] ? options[0] : { kind: 'choice', options }
  }

  #sequence(): PcreNode {
    const items: PcreNode[] = []
    while (this.#at < this.#source.length) {
      if (this.#isQuoted || this.#eat('\\Q')) {
        this.#isQuoted = true
        if (this.#eat('\\E')) {
          this.#isQuoted = false
          continue
        }
        if (this.#at >= this.#source.length) break
        items.push(this.#quantified(this.#literal(this.#next())))
        continue
      }
      if (this.#eat('\\E')) continue
      if (this.#options.isExtended && this.#skipBlank()) continue
      const character = this.#peek()
      if (character === '|' || character === ')') break
      const item = this.#atom()
      if (item) items.push(this.#quantified(item))
    }
    return items.length === 1 && items[0] ? items[0] : { kind: 'sequence', items }
  }

  #skipBlank(): boolean {
    const character = this.#peek()
    if (character === '#') {
      while (this.#at < this.#source.length && this.#peek() !== '\n') this.#at += 1
      return true
    }
    if (character !== '' && ' \t\n\r\f\v'.includes(character)) {
      this.#at += 1
      return true
    }
    return false
  }

  #next(): number {
    const byte = this.#source[this.#at]
    if (byte === undefined) return this.#refuse('it ends too early')
    this.#at += 1
    return byte
  }

  #literal(byte: number): PcreNode {
    const set = new Uint8Array(256)
    set[byte] = 1
    return this.#set(set)
  }

  #set(set: ByteSet): PcreNode {
    return { kind: 'set', set: this.#options.isNocase ? foldCase(set) : set }
  }

  /** One item before its quantifier; undefined for what stands for nothing, such as `(?i)` and comments. */
  #atom(): PcreNode | undefined {
    const byte = this.#next()
    switch (String.fromCharCode(byte)) {
      case '.':
        return { kind: 'set', set: this.#options.isDotAll ? ANY : NOT_NEWLINE }
      case '^':
        return { kind: 'assert', what: this.#options.isMultiline ? 'line-start' : 'start' }
      case '$':
        if (this.#options.isMultiline) return { kind: 'assert', what: 'line-end' }
        return { kind: 'assert', what: this.#options.isDollarEndOnly ? 'end' : 'end-or-newline' }
      case '[':
        return this.#set(this.#characterClass())
      case '(':
        return this.#group()
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        this.#at -= 1
        return this.#refuse('a quantifier follows nothing that it could repeat')
      case '{':
        if (this.#counted(this.#at - 1)) return this.#refuse('a quantifier follows nothing that it could repeat')
        return this.#literal(byte)
      default:
        return this.#literal(byte)
    }
  }

  #quantified(item: PcreNode): PcreNode {
    if (this.#isQuoted && !this.#eat('\\E')) return item
    this.#isQuoted = false
    if (this.#options.isExtended) while (this.#skipBlank());
    const bounds = this.#quantifier()
    if (!bounds) return item
    let mode: 'greedy' | 'lazy' | 'possessive' = this.#options.isUngreedy ? 'lazy' : 'greedy'
    if (this.#eat('+')) mode = 'possessive'
    else if (this.#eat('?')) mode = this.#options.isUngreedy ? 'greedy' : 'lazy'
    const repeated: PcreNode = { kind: 'repeat', item, low: bounds.low, high: bounds.high, mode }
    if (item.kind === 'assert') return bounds.low === 0 ? { kind: 'empty' } : item
    if (this.#peek() === '*' || this.#peek() === '+' || this.#peek() === '?' || this.#counted(this.#at)) {
      return this.#refuse('a quantifier follows a quantifier')
    }
    return repeated
  }

  #quantifier(): { low: number; high: number } | undefined {
    if (this.#eat('*')) return { low: 0, high: Number.POSITIVE_INFINITY }
    if (this.#eat('+')) return { low: 1, high: Number.POSITIVE_INFINITY }
    if (this.#eat('?')) return { low: 0, high: 1 }
    const counted = this.#counted(this.#at)
    if (!counted) return undefined
    const { low, high, end } = counted
    if (low > REPEAT_MAX || (high !== Number.POSITIVE_INFINITY && high > REPEAT_MAX)) {
      this.#refuse(`a repetition counts beyond ${REPEAT_MAX}`)
    }
    if (low > high) this.#refuse('the numbers of a repetition are out of order')
    this.#at = end
    return { low, high }
  }

  /** `{n}`, `{n,}` or `{n,m}` at a place; PCRE2 takes other braces as text. */
  #counted(at: number): { low: number; high: number; end: number } | undefined {
    if (this.#source[at] !== 0x7b) return undefined
    let end = at + 1
    const number = (): number | undefined => {
      const start = end
      let value = 0
      while (end - start < 10 && (this.#source[end] ?? 0) >= 0x30 && (this.#source[end] ?? 0) <= 0x39) {
        value = value * 10 + ((this.#source[end] ?? 0) - 0x30)
        end += 1
      }
      return end > start ? value : undefined
    }
    const low = number()
    if (low === undefined) return undefined
    let high: number | undefined = low
    if (this.#source[end] === 0x2c) {
      end += 1
      high = number() ?? Number.POSITIVE_INFINITY
    }
    return this.#source[end] === 0x7d ? { low, high, end: end + 1 } : undefined
  }

  #group(): PcreNode | undefined {
    if (this.#peek() === '*') this.#unsupported('a verb (*...)')
    if (!this.#eat('?')) return this.#capture(undefined)
    if (this.#eat('#')) {
      while (this.#next() !== 0x29);
      return undefined
    }
    if (this.#eat(':')) return this.#close(this.#choice())
    if (this.#eat('|')) return this.#unsupported('a branch reset (?|')
    if (this.#eat('>')) return { kind: 'atomic', item: this.#close(this.#choice()) }
    if (this.#eat('=')) return { kind: 'look', isBehind: false, isNegated: false, item: this.#close(this.#choice()) }
    if (this.#eat('!')) return { kind: 'look', isBehind: false, isNegated: true, item: this.#close(this.#choice()) }
    if (this.#eat('<=')) return this.#behind(false)
    if (this.#eat('<!')) return this.#behind(true)
    if (this.#eat('P=')) return this.#reference(this.#name(')'))
    if (this.#eat('P<') || this.#eat('<')) return this.#capture(this.#name('>'))
    if (this.#eat("'")) return this.#capture(this.#name("'"))
    if (this.#peek() === '(') this.#unsupported('a condition (?(')
    if (this.#peek() === 'C') this.#unsupported('a callout (?C)')
    if (/[RP&0-9+]/.test(this.#peek()) || (this.#peek() === '-' && /[0-9]/.test(this.#peek(1)))) {
      this.#unsupported('a recursion or a call of a group')
    }
    return this.#inlineOptions()
  }

  #behind(isNegated: boolean): PcreNode {
    const item = this.#close(this.#choice())
    for (const option of item.kind === 'choice' ? item.options : [item]) {
      if (fixedLength(option) === undefined) this.#refuse('what it looks back for has no fixed length')
    }
    return { kind: 'look', isBehind: true, isNegated, item }
  }

  #capture(name: string | undefined): PcreNode {
    this.#groups += 1
    const group = this.#groups
    if (name !== undefined) {
      if (/^(flow|pkt)_/.test(name)) this.#unsupported(`the capture into a variable (?<${name}>`)
      if (this.#names.has(name)) this.#refuse(`two groups have the name ${name}`)
      this.#names.set(name, group)
    }
    return { kind: 'capture', group, item: this.#close(this.#choice()) }
  }

  #close(item: PcreNode): PcreNode {
    if (!this.#eat(')')) this.#refuse('a closing parenthesis is missing')
    return item
  }

  #name(end: string): string {
    let name = ''
    while (this.#at < this.#source.length && this.#peek() !== end) name += String.fromCharCode(this.#next())
    if (!this.#eat(end) || !/^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(name)) this.#refuse(`'${name}' is no name of a group`)
    return name
  }

  #reference(group: number | string): PcreNode {
    const node = { kind: 'reference' as const, group: 0, isNocase: this.#options.isNocase }
    this.#references.push({ group, node })
    return node
  }

  #inlineOptions(): PcreNode | undefined {
    let isOn = true
    let options = this.#options
    if (this.#eat('^')) {
      options = { ...options, isNocase: false, isMultiline: false, isDotAll: false, isExtended: false }
    }
    while (true) {
      const letter = String.fromCharCode(this.#next())
      if (letter === '-') isOn = false
      else if (letter === 'i') options = { ...options, isNocase: isOn }
      else if (letter === 'm') options = { ...options, isMultiline: isOn }
      else if (letter === 's') options = { ...options, isDotAll: isOn }
      else if (letter === 'x') options = { ...options, isExtended: isOn }
      else if (letter === 'U') options = { ...options, isUngreedy: isOn }
      else if (letter === 'J' || letter === 'n') this.#unsupported(`the option (?${letter})`)
      else if (letter === ')') {
        this.#options = options
        return undefined
      } else if (letter === ':') {
        const outer = this.#options
        this.#options = options
        const item = this.#close(this.#choice())
        this.#options = outer
        return item
      } else this.#refuse(`(?${letter} means nothing`)
    }
  }

  #escape(): PcreNode {
    const byte = this.#next()
    const letter = String.fromCharCode(byte)
    const set = escapeClass(letter)
    if (set) return { kind: 'set', set }
    switch (letter) {
      case 'A':
        return { kind: 'assert', what: 'start' }
      case 'z':
        return { kind: 'assert', what: 'end' }
      case 'Z':
        return { kind: 'assert', what: 'end-or-newline' }
      case 'b':
        return { kind: 'assert', what: 'word' }
      case 'B':
        return { kind: 'assert', what: 'not-word' }
      case 'G':
        return { kind: 'assert', what: 'from' }
      case 'K':
        return { kind: 'assert', what: 'keep' }
      case 'N':
        return { kind: 'set', set: NOT_NEWLINE }
      case 'R':
        return newlineSequence()
      case 'C':
        return { kind: 'set', set: ANY }
      case 'k':
        if (this.#eat('<')) return this.#reference(this.#name('>'))
        if (this.#eat('{')) return this.#reference(this.#name('}'))
        if (this.#eat("'")) return this.#reference(this.#name("'"))
        return this.#refuse('\\k names no group')
      case 'g':
        return this.#groupReference()
      default:
        break
    }
    if (letter >= '1' && letter <= '9') {
      const reference = this.#numberedReference(byte)
      if (reference) return reference
    }
    return this.#literal(this.#escapedByte(byte))
  }

  #groupReference(): PcreNode {
    const isBraced = this.#eat('{')
    let text = ''
    while (/[-+A-Za-z0-9_]/.test(this.#peek()) && (isBraced || /[-0-9]/.test(this.#peek())))
      text += String.fromCharCode(this.#next())
    if (isBraced && !this.#eat('}')) this.#refuse('\\g{ is not closed')
    if (text === '') return this.#unsupported('a call of a group \\g')
    if (!/^[-+]?[0-9]+$/.test(text)) return this.#reference(text)
    const number = Number(text)
    return this.#reference(
      text.startsWith('-') ? this.#groups + 1 + number : text.startsWith('+') ? this.#groups + number : number,
    )
  }

  /** `\1` to `\9` are references always, larger numbers where there are so many groups before; others are octal. */
  #numberedReference(first: number): PcreNode | undefined {
    let digits = String.fromCharCode(first)
    while (digits.length < 5 && /[0-9]/.test(this.#peek(digits.length - 1))) digits += this.#peek(digits.length - 1)
    const number = Number(digits)
    if (number > 9 && number > this.#groups) return undefined
    this.#at += digits.length - 1
    return this.#reference(number)
  }

  /** The byte that an escape outside of classes of characters stands for. */
  #escapedByte(byte: number): number {
    const letter = String.fromCharCode(byte)
    const simple = Object.hasOwn(LITERAL_ESCAPES, letter) ? LITERAL_ESCAPES[letter] : undefined
    if (simple !== undefined) return simple
    if (letter === 'x') return this.#hexByte()
    if (letter === 'o') {
      const digits = /^\{([0-7]{1,6})\}/.exec(this.#text(8))
      if (!digits) return this.#refuse('\\o takes octal digits in braces')
      this.#at += digits[0].length
      return this.#byteValue(Number.parseInt(digits[1] ?? '', 8))
    }
    if (letter === 'c') {
      const next = this.#next()
      if (next < 32 || next > 126) this.#refuse('\\c takes a printable character')
      return (next >= 0x61 && next <= 0x7a ? next - 32 : next) ^ 64
    }
    if (letter >= '0' && letter <= '7') {
      const digits = /^[0-7]{0,2}/.exec(this.#text(2))?.[0] ?? ''
      this.#at += digits.length
      return this.#byteValue(Number.parseInt(letter + digits, 8))
    }
    if (letter === 'p' || letter === 'P' || letter === 'X')
      return this.#unsupported(`\\${letter}, a property of Unicode`)
    if (/[A-Za-z0-9]/.test(letter)) return this.#refuse(`\\${letter} means nothing`)
    return byte
  }

  #hexByte(): number {
    const text = this.#text(12)
    const braced = /^\{([0-9A-Fa-f]{1,8})\}/.exec(text)
    if (braced) {
      this.#at += braced[0].length
      return this.#byteValue(Number.parseInt(braced[1] ?? '', 16))
    }
    const digits = /^[0-9A-Fa-f]{0,2}/.exec(text)?.[0] ?? ''
    this.#at += digits.length
    return digits === '' ? 0 : Number.parseInt(digits, 16)
  }

  #byteValue(value: number): number {
    if (value > 255) this.#refuse(`the character ${value.toString(16)} is no byte`)
    return value
  }

  #text(length: number): string {
    return String.fromCharCode(...this.#source.subarray(this.#at, this.#at + length))
  }

  #characterClass(): ByteSet {
    const set = new Uint8Array(256)
    const isNegated = this.#eat('^')
    let isFirst = true
    while (isFirst || this.#peek() !== ']') {
      if (this.#at >= this.#source.length) this.#refuse('the bracket that ends a class is missing')
      isFirst = false
      if (this.#eat('\\E') || this.#eat('\\Q')) continue
      const low = this.#classItem(set)
      if (this.#peek() !== '-' || this.#peek(1) === ']' || this.#peek(1) === '') {
        if (low !== undefined) set[low] = 1
        continue
      }
      this.#at += 1
      if (low === undefined) this.#refuse('a class of characters cannot begin a range')
      const high = this.#classItem(set)
      if (high === undefined) return this.#refuse('a class of characters cannot end a range')
      if ((low ?? 0) > high) this.#refuse('a range of characters is out of order')
      set.fill(1, low, high + 1)
    }
    this.#at += 1
    const folded = this.#options.isNocase ? foldCase(set) : set
    return isNegated ? byteSet((byte) => folded[byte] === 0) : folded
  }

  /** One character of a class; undefined where it was a set, which is added. */
  #classItem(set: ByteSet): number | undefined {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#text(16))
    if (posix) {
      const named = posixClass(posix[2] ?? '')
      if (!named) return this.#refuse(`[:${posix[2]}:] is no POSIX class`)
      this.#at += posix[0].length
      for (let byte = 0; byte < 256; byte += 1) if ((named[byte] === 1) !== (posix[1] === '^')) set[byte] = 1
      return undefined
    }
    if (/^\[[.=].*[.=]\]/.test(this.#text(16))) this.#refuse('POSIX collating elements are not supported')
    const byte = this.#next()
    if (byte !== 0x5c) return byte
    const escaped = this.#next()
    const letter = String.fromCharCode(escaped)
    const named = escapeClass(letter)
    if (named) {
      for (let value = 0; value < 256; value += 1) if (named[value] === 1) set[value] = 1
      return undefined
    }
    if (letter === 'b') return 8
    if (letter === 'N' || letter === 'R' || letter === 'B')
      this.#refuse(`\\${letter} has no place in a class of characters`)
    if (letter === '8' || letter === '9') return escaped
    return this.#escapedByte(escaped)
  }
}

function newlineSequence(): PcreNode {
  const one = (byte: number): PcreNode => ({ kind: 'set', set: byteSet((value) => value === byte) })
  return {
    kind: 'atomic',
    item: {
      kind: 'choice',
      options: [
        { kind: 'sequence', items: [one(13), one(10)] },
        { kind: 'set', set: byteSet((byte) => (byte >= 10 && byte <= 13) || byte === 0x85) },
      ],
    },
  }
}

/** How many bytes an expression takes, where that is always the same. */
export function fixedLength(node: PcreNode): number | undefined {
  switch (node.kind) {
    case 'empty':
    case 'assert':
    case 'look':
      return 0
    case 'set':
      return 1
    case 'sequence': {
      let sum = 0
      for (const item of node.items) {
        const length = fixedLength(item)
        if (length === undefined) return undefined
        sum += length
      }
      return sum
    }
    case 'choice': {
      const lengths = new Set(node.options.map(fixedLength))
      return lengths.size === 1 ? [...lengths][0] : undefined
    }
    case 'repeat': {
      const length = node.low === node.high ? fixedLength(node.item) : undefined
      return length === undefined ? undefined : length * node.low
    }
    case 'capture':
    case 'atomic':
      return fixedLength(node.item)
    case 'reference':
      return undefined
  }
}

function size(node: PcreNode): number {
  switch (node.kind) {
    case 'sequence':
      return node.items.reduce((sum, item) => sum + size(item), 1)
    case 'choice':
      return node.options.reduce((sum, option) => sum + size(option), 1)
    case 'repeat':
      return 1 + size(node.item) * Math.max(1, node.item.kind === 'set' ? 1 : node.low)
    case 'capture':
    case 'atomic':
    case 'look':
      return 1 + size(node.item)
    case 'empty':
    case 'set':
    case 'reference':
    case 'assert':
      return 1
  }
}
