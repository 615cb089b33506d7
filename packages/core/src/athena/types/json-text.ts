import { formatDouble } from './java-number.ts'

/** A JSON value that keeps integers of any size and the difference between `1` and `1.0`. */
export type JsonValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly items: readonly JsonValue[] }
  /** Keys as they came; of equal ones the last is kept. */
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonValue> }

const DEPTH_LIMIT = 1000

/** The text in Trino's normal form: no white space, keys sorted, doubles as Java prints them; undefined where it is no JSON. */
export function canonicalJson(text: string): string | undefined {
  const value = parseJson(text)
  return value && formatJson(value)
}

/** The value of a JSON text; undefined where it is none. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return new JsonReader(text).document()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The value's normal form. */
export function formatJson(value: JsonValue): string {
  switch (value.kind) {
    case 'null':
      return 'null'
    case 'boolean':
    case 'integer':
      return String(value.value)
    case 'double':
      return formatDouble(value.value)
    case 'string':
      return quoteJson(value.value)
    case 'array':
      return `[${value.items.map(formatJson).join(',')}]`
    case 'object': {
      const keys = [...value.members.keys()].sort()
      const members = keys.map((key) => `${quoteJson(key)}:${formatJson(value.members.get(key) ?? { kind: 'null' })}`)
      return `{${members.join(',')}}`
    }
  }
}

/** A JSON string, with the upper-case hex digits of Java's writers. */
export function quoteJson(text: string): string {
  return JSON.stringify(text).replace(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`)
}

const WHITE_SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
/** Where a string ends; what may stand in it, JSON.parse says. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy
const WORDS: Readonly<Record<string, JsonValue>> = {
  null: { kind: 'null' },
  true: { kind: 'boolean', value: true },
  false: { kind: 'boolean', value: false },
}

class JsonReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): JsonValue {
    const value = this.#value(0)
    this.#match(WHITE_SPACE)
    return this.#at === this.#text.length ? value : this.#fail()
  }

  #value(depth: number): JsonValue {
    if (depth > DEPTH_LIMIT) return this.#fail()
    this.#match(WHITE_SPACE)
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth)
      case '[':
        return this.#array(depth)
      case '"':
        return { kind: 'string', value: this.#string() }
      default:
        return this.#word() ?? this.#number()
    }
  }

  #object(depth: number): JsonValue {
    const members = new Map<string, JsonValue>()
    this.#at += 1
    this.#match(WHITE_SPACE)
    if (!this.#accept('}')) {
      do {
        this.#match(WHITE_SPACE)
        const key = this.#string()
        this.#match(WHITE_SPACE)
        if (!this.#accept(':')) this.#fail()
        members.set(key, this.#value(depth + 1))
        this.#match(WHITE_SPACE)
      } while (this.#accept(','))
      if (!this.#accept('}')) this.#fail()
    }
    return { kind: 'object', members }
  }

  #array(depth: number): JsonValue {
    const items: JsonValue[] = []
    this.#at += 1
    this.#match(WHITE_SPACE)
    if (!this.#accept(']')) {
      do {
        items.push(this.#value(depth + 1))
        this.#match(WHITE_SPACE)
      } while (this.#accept(','))
      if (!this.#accept(']')) this.#fail()
    }
    return { kind: 'array', items }
  }

  #string(): string {
    const text = this.#match(STRING)
    return text === undefined ? this.#fail() : (JSON.parse(text) as string)
  }

  #word(): JsonValue | undefined {
    const word = /[a-z]+/y
    word.lastIndex = this.#at
    const text = word.exec(this.#text)?.[0] ?? ''
    const value = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined
    if (value) this.#at += text.length
    return value
  }

  #number(): JsonValue {
    NUMBER.lastIndex = this.#at
    const match = NUMBER.exec(this.#text)
    if (!match) return this.#fail()
    this.#at = NUMBER.lastIndex
    const isDouble = match[1] !== undefined || match[2] !== undefined
    return isDouble ? { kind: 'double', value: Number(match[0]) } : { kind: 'integer', value: BigInt(match[0]) }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#text)?.[0]
    if (text !== undefined) this.#at += text.length
    return text
  }

  #accept(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #fail(): never {
    throw new SyntaxError(`not JSON at ${this.#at}`)
  }
}
