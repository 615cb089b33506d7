import { formatDouble } from '../../types/java-number.ts'
import { quoteJson } from '../../types/json-text.ts'

/** What a value starts as. */
export type JsonToken = 'object' | 'array' | 'string' | 'integer' | 'float' | 'true' | 'false' | 'null'

/** A text that turned out to be no JSON, as far as it was read. */
export class JsonSyntaxError extends Error {}

const WHITE_SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy
const WORD = /(?:true|false|null)(?![A-Za-z0-9_])/y
/** What may follow a number. */
const NUMBER_END = /$|[\s,\]}]/y

/**
 * Reads JSON from its start and no further than it is asked to, as Jackson's streaming parser does for Trino's functions: what stands
 * behind the value that was looked for may be anything.
 */
export class JsonScanner {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The kind of the value that comes next; undefined at the text's end. */
  token(): JsonToken | undefined {
    this.#match(WHITE_SPACE)
    const first = this.#text[this.#at]
    switch (first) {
      case undefined:
        return undefined
      case '{':
        return 'object'
      case '[':
        return 'array'
      case '"':
        return 'string'
      default:
        break
    }
    WORD.lastIndex = this.#at
    const word = WORD.exec(this.#text)?.[0]
    if (word !== undefined) return word as JsonToken
    NUMBER.lastIndex = this.#at
    const number = NUMBER.exec(this.#text)
    if (!number) return this.#fail()
    return number[1] === undefined && number[2] === undefined ? 'integer' : 'float'
  }

  /** True when nothing but white space is left. */
  atEnd(): boolean {
    this.#match(WHITE_SPACE)
    return this.#at === this.#text.length
  }

  /** Reads a scalar: the text of a string, a number as it is written, or a word. */
  scalar(): string {
    const token = this.token()
    switch (token) {
      case 'string':
        return this.#string()
      case 'true':
      case 'false':
      case 'null':
        this.#at += token.length
        return token
      case 'integer':
      case 'float': {
        const text = this.#match(NUMBER) ?? ''
        // `01`, `1.` and `1e` are no numbers.
        if (/[0-9.eE]/.test(this.#text[this.#at] ?? '')) return this.#fail()
        // Inside of a value, Jackson finds out only when it goes on.
        NUMBER_END.lastIndex = this.#at
        return this.#depth > 0 || NUMBER_END.test(this.#text) ? text : this.#fail()
      }
      default:
        return this.#fail()
    }
  }

  /** The keys of an object one by one; the caller reads or skips the value of each before it goes on. */
  *members(): Generator<string> {
    this.#expect('{')
    this.#depth += 1
    if (this.#accept('}')) {
      this.#depth -= 1
      return
    }
    do {
      this.#match(WHITE_SPACE)
      const key = this.#string()
      this.#expect(':')
      yield key
    } while (this.#accept(','))
    this.#expect('}')
    this.#depth -= 1
  }

  /** Counts the elements of an array; the caller reads or skips each before it goes on. */
  *elements(): Generator<number> {
    this.#expect('[')
    this.#depth += 1
    if (this.#accept(']')) {
      this.#depth -= 1
      return
    }
    let index = 0
    do yield index++
    while (this.#accept(','))
    this.#expect(']')
    this.#depth -= 1
  }

  skip(): void {
    const token = this.token()
    if (token === 'object') for (const _ of this.members()) this.skip()
    else if (token === 'array') for (const _ of this.elements()) this.skip()
    else this.scalar()
  }

  /** The value as Jackson writes it anew: no white space, keys as they come, doubles as Java prints them. */
  copy(): string {
    const token = this.token()
    switch (token) {
      case 'object': {
        const members: string[] = []
        for (const key of this.members()) members.push(`${quoteJson(key)}:${this.copy()}`)
        return `{${members.join(',')}}`
      }
      case 'array': {
        const elements: string[] = []
        for (const _ of this.elements()) elements.push(this.copy())
        return `[${elements.join(',')}]`
      }
      case 'string':
        return quoteJson(this.scalar())
      case 'float': {
        const value = Number(this.scalar())
        return Number.isFinite(value) ? formatDouble(value) : quoteJson(formatDouble(value))
      }
      default:
        return this.scalar()
    }
  }

  #string(): string {
    const text = this.#match(STRING)
    if (text === undefined) return this.#fail()
    try {
      return JSON.parse(text) as string
    } catch {
      return this.#fail()
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#text)?.[0]
    if (text !== undefined) this.#at += text.length
    return text
  }

  #accept(character: string): boolean {
    this.#match(WHITE_SPACE)
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #expect(character: string): void {
    if (!this.#accept(character)) this.#fail()
  }

  #fail(): never {
    throw new JsonSyntaxError(`not JSON at ${this.#at}`)
  }
}
