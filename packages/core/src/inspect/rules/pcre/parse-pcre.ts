import { readCharacterClass } from './character-class.ts'
import { expressionSize, fixedLength } from './expression-length.ts'
import { type ByteSet, byteSet, escapeClass, foldCase, type PcreNode } from './nodes.ts'
import { PatternReader } from './pattern-reader.ts'

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

/**
 * Reads an expression in PCRE2's syntax, over bytes (pcre2pattern(3)). What is not supported is refused by name: recursion and calls of
 * groups, conditions, callouts and verbs, Unicode properties, branch reset. Throws a RuleFault.
 */
export function parsePcre(pattern: string, options: PcreOptions): ParsedPcre {
  return new Parser(pattern, options).parse()
}

class Parser {
  readonly #reader: PatternReader
  readonly #names = new Map<string, number>()
  readonly #references: { readonly group: number | string; readonly node: { group: number } }[] = []
  #options: PcreOptions
  #groups = 0
  #depth = 0
  #isQuoted = false

  constructor(pattern: string, options: PcreOptions) {
    this.#reader = new PatternReader(pattern)
    this.#options = options
  }

  parse(): ParsedPcre {
    const root = this.#choice()
    if (!this.#reader.isAtEnd) this.#reader.refuse('a closing parenthesis has no opening one')
    for (const { group, node } of this.#references) {
      const number = typeof group === 'number' ? group : this.#names.get(group)
      if (number === undefined || number < 1 || number > this.#groups)
        this.#reader.refuse(`the group ${group} does not exist`)
      else node.group = number
    }
    if (expressionSize(root) > SIZE_MAX)
      this.#reader.refuse('its counted repetitions multiply to too large an expression')
    return { root, groupCount: this.#groups }
  }

  #choice(): PcreNode {
    this.#depth += 1
    if (this.#depth > NESTING_MAX) this.#reader.refuse(`groups stand in each other more than ${NESTING_MAX} deep`)
    const outer = this.#options
    const options = [this.#sequence()]
    while (this.#reader.eat('|')) options.push(this.#sequence())
    this.#options = outer
    this.#depth -= 1
    return options.length === 1 && options[0] ? options[0] : { kind: 'choice', options }
  }

  #sequence(): PcreNode {
    const items: PcreNode[] = []
    while (!this.#reader.isAtEnd) {
      if (this.#isQuoted || this.#reader.eat('\\Q')) {
        this.#isQuoted = true
        if (this.#reader.eat('\\E')) {
          this.#isQuoted = false
          continue
        }
        if (this.#reader.isAtEnd) break
        items.push(this.#quantified(this.#literal(this.#reader.next())))
        continue
      }
      if (this.#reader.eat('\\E')) continue
      if (this.#options.isExtended && this.#skipBlank()) continue
      const character = this.#reader.peek()
      if (character === '|' || character === ')') break
      const item = this.#atom()
      if (item) items.push(this.#quantified(item))
    }
    return items.length === 1 && items[0] ? items[0] : { kind: 'sequence', items }
  }

  #skipBlank(): boolean {
    const character = this.#reader.peek()
    if (character === '#') {
      while (!this.#reader.isAtEnd && this.#reader.peek() !== '\n') this.#reader.at += 1
      return true
    }
    if (character !== '' && ' \t\n\r\f\v'.includes(character)) {
      this.#reader.at += 1
      return true
    }
    return false
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
    const byte = this.#reader.next()
    switch (String.fromCharCode(byte)) {
      case '.':
        return { kind: 'set', set: this.#options.isDotAll ? ANY : NOT_NEWLINE }
      case '^':
        return { kind: 'assert', what: this.#options.isMultiline ? 'line-start' : 'start' }
      case '$':
        if (this.#options.isMultiline) return { kind: 'assert', what: 'line-end' }
        return { kind: 'assert', what: this.#options.isDollarEndOnly ? 'end' : 'end-or-newline' }
      case '[':
        return this.#set(readCharacterClass(this.#reader, this.#options.isNocase))
      case '(':
        return this.#group()
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        this.#reader.at -= 1
        return this.#reader.refuse('a quantifier follows nothing that it could repeat')
      case '{':
        if (this.#counted(this.#reader.at - 1))
          return this.#reader.refuse('a quantifier follows nothing that it could repeat')
        return this.#literal(byte)
      default:
        return this.#literal(byte)
    }
  }

  #quantified(item: PcreNode): PcreNode {
    if (this.#isQuoted && !this.#reader.eat('\\E')) return item
    this.#isQuoted = false
    if (this.#options.isExtended) while (this.#skipBlank());
    const bounds = this.#quantifier()
    if (!bounds) return item
    let mode: 'greedy' | 'lazy' | 'possessive' = this.#options.isUngreedy ? 'lazy' : 'greedy'
    if (this.#reader.eat('+')) mode = 'possessive'
    else if (this.#reader.eat('?')) mode = this.#options.isUngreedy ? 'greedy' : 'lazy'
    const repeated: PcreNode = { kind: 'repeat', item, low: bounds.low, high: bounds.high, mode }
    if (item.kind === 'assert') return bounds.low === 0 ? { kind: 'empty' } : item
    if (
      this.#reader.peek() === '*' ||
      this.#reader.peek() === '+' ||
      this.#reader.peek() === '?' ||
      this.#counted(this.#reader.at)
    ) {
      return this.#reader.refuse('a quantifier follows a quantifier')
    }
    return repeated
  }

  #quantifier(): { low: number; high: number } | undefined {
    if (this.#reader.eat('*')) return { low: 0, high: Number.POSITIVE_INFINITY }
    if (this.#reader.eat('+')) return { low: 1, high: Number.POSITIVE_INFINITY }
    if (this.#reader.eat('?')) return { low: 0, high: 1 }
    const counted = this.#counted(this.#reader.at)
    if (!counted) return undefined
    const { low, high, end } = counted
    if (low > REPEAT_MAX || (high !== Number.POSITIVE_INFINITY && high > REPEAT_MAX)) {
      this.#reader.refuse(`a repetition counts beyond ${REPEAT_MAX}`)
    }
    if (low > high) this.#reader.refuse('the numbers of a repetition are out of order')
    this.#reader.at = end
    return { low, high }
  }

  /** `{n}`, `{n,}` or `{n,m}` at a place; PCRE2 takes other braces as text. */
  #counted(at: number): { low: number; high: number; end: number } | undefined {
    if (this.#reader.bytes[at] !== 0x7b) return undefined
    let end = at + 1
    const number = (): number | undefined => {
      const start = end
      let value = 0
      while (end - start < 10 && (this.#reader.bytes[end] ?? 0) >= 0x30 && (this.#reader.bytes[end] ?? 0) <= 0x39) {
        value = value * 10 + ((this.#reader.bytes[end] ?? 0) - 0x30)
        end += 1
      }
      return end > start ? value : undefined
    }
    const low = number()
    if (low === undefined) return undefined
    let high: number | undefined = low
    if (this.#reader.bytes[end] === 0x2c) {
      end += 1
      high = number() ?? Number.POSITIVE_INFINITY
    }
    return this.#reader.bytes[end] === 0x7d ? { low, high, end: end + 1 } : undefined
  }

  #group(): PcreNode | undefined {
    if (this.#reader.peek() === '*') this.#reader.unsupported('a verb (*...)')
    if (!this.#reader.eat('?')) return this.#capture(undefined)
    if (this.#reader.eat('#')) {
      while (this.#reader.next() !== 0x29);
      return undefined
    }
    if (this.#reader.eat(':')) return this.#close(this.#choice())
    if (this.#reader.eat('|')) return this.#reader.unsupported('a branch reset (?|')
    if (this.#reader.eat('>')) return { kind: 'atomic', item: this.#close(this.#choice()) }
    if (this.#reader.eat('='))
      return { kind: 'look', isBehind: false, isNegated: false, item: this.#close(this.#choice()) }
    if (this.#reader.eat('!'))
      return { kind: 'look', isBehind: false, isNegated: true, item: this.#close(this.#choice()) }
    if (this.#reader.eat('<=')) return this.#behind(false)
    if (this.#reader.eat('<!')) return this.#behind(true)
    if (this.#reader.eat('P=')) return this.#reference(this.#name(')'))
    if (this.#reader.eat('P<') || this.#reader.eat('<')) return this.#capture(this.#name('>'))
    if (this.#reader.eat("'")) return this.#capture(this.#name("'"))
    if (this.#reader.peek() === '(') this.#reader.unsupported('a condition (?(')
    if (this.#reader.peek() === 'C') this.#reader.unsupported('a callout (?C)')
    if (/[RP&0-9+]/.test(this.#reader.peek()) || (this.#reader.peek() === '-' && /[0-9]/.test(this.#reader.peek(1)))) {
      this.#reader.unsupported('a recursion or a call of a group')
    }
    return this.#inlineOptions()
  }

  #behind(isNegated: boolean): PcreNode {
    const item = this.#close(this.#choice())
    for (const option of item.kind === 'choice' ? item.options : [item]) {
      if (fixedLength(option) === undefined) this.#reader.refuse('what it looks back for has no fixed length')
    }
    return { kind: 'look', isBehind: true, isNegated, item }
  }

  #capture(name: string | undefined): PcreNode {
    this.#groups += 1
    const group = this.#groups
    if (name !== undefined) {
      if (/^(flow|pkt)_/.test(name)) this.#reader.unsupported(`the capture into a variable (?<${name}>`)
      if (this.#names.has(name)) this.#reader.refuse(`two groups have the name ${name}`)
      this.#names.set(name, group)
    }
    return { kind: 'capture', group, item: this.#close(this.#choice()) }
  }

  #close(item: PcreNode): PcreNode {
    if (!this.#reader.eat(')')) this.#reader.refuse('a closing parenthesis is missing')
    return item
  }

  #name(end: string): string {
    let name = ''
    while (!this.#reader.isAtEnd && this.#reader.peek() !== end) name += String.fromCharCode(this.#reader.next())
    if (!this.#reader.eat(end) || !/^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(name))
      this.#reader.refuse(`'${name}' is no name of a group`)
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
    if (this.#reader.eat('^')) {
      options = { ...options, isNocase: false, isMultiline: false, isDotAll: false, isExtended: false }
    }
    while (true) {
      const letter = String.fromCharCode(this.#reader.next())
      if (letter === '-') isOn = false
      else if (letter === 'i') options = { ...options, isNocase: isOn }
      else if (letter === 'm') options = { ...options, isMultiline: isOn }
      else if (letter === 's') options = { ...options, isDotAll: isOn }
      else if (letter === 'x') options = { ...options, isExtended: isOn }
      else if (letter === 'U') options = { ...options, isUngreedy: isOn }
      else if (letter === 'J' || letter === 'n') this.#reader.unsupported(`the option (?${letter})`)
      else if (letter === ')') {
        this.#options = options
        return undefined
      } else if (letter === ':') {
        const outer = this.#options
        this.#options = options
        const item = this.#close(this.#choice())
        this.#options = outer
        return item
      } else this.#reader.refuse(`(?${letter} means nothing`)
    }
  }

  #escape(): PcreNode {
    const byte = this.#reader.next()
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
        if (this.#reader.eat('<')) return this.#reference(this.#name('>'))
        if (this.#reader.eat('{')) return this.#reference(this.#name('}'))
        if (this.#reader.eat("'")) return this.#reference(this.#name("'"))
        return this.#reader.refuse('\\k names no group')
      case 'g':
        return this.#groupReference()
      default:
        break
    }
    if (letter >= '1' && letter <= '9') {
      const reference = this.#numberedReference(byte)
      if (reference) return reference
    }
    return this.#literal(this.#reader.escapedByte(byte))
  }

  #groupReference(): PcreNode {
    const isBraced = this.#reader.eat('{')
    let text = ''
    while (/[-+A-Za-z0-9_]/.test(this.#reader.peek()) && (isBraced || /[-0-9]/.test(this.#reader.peek())))
      text += String.fromCharCode(this.#reader.next())
    if (isBraced && !this.#reader.eat('}')) this.#reader.refuse('\\g{ is not closed')
    if (text === '') return this.#reader.unsupported('a call of a group \\g')
    if (!/^[-+]?[0-9]+$/.test(text)) return this.#reference(text)
    const number = Number(text)
    return this.#reference(
      text.startsWith('-') ? this.#groups + 1 + number : text.startsWith('+') ? this.#groups + number : number,
    )
  }

  /** `\1` to `\9` are references always, larger numbers where there are so many groups before; others are octal. */
  #numberedReference(first: number): PcreNode | undefined {
    let digits = String.fromCharCode(first)
    while (digits.length < 5 && /[0-9]/.test(this.#reader.peek(digits.length - 1)))
      digits += this.#reader.peek(digits.length - 1)
    const number = Number(digits)
    if (number > 9 && number > this.#groups) return undefined
    this.#reader.at += digits.length - 1
    return this.#reference(number)
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
