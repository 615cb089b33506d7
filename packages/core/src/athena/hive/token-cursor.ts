import { AthenaError } from '../errors.ts'
import { quoteHiveName } from './hive-string.ts'
import { RESERVED_DDL_WORDS } from './reserved-words.ts'
import type { HiveToken } from './token.ts'
import { tokenizeHive } from './tokenize.ts'

/**
 * Reads a statement token by token and raises Athena's syntax errors (MALFORMED_QUERY with line and column).
 *
 * Athena's DDL parser words an error in one of two ways, both kept here: `no viable alternative at input '…'`, quoting the
 * statement up to and with the token that does not fit, and, where one keyword alone could follow,
 * `mismatched input 'x' expecting 'Y'`. Source: answers of real Athena, published by the athena-local project.
 */
export class TokenCursor {
  readonly #text: string
  readonly #tokens: readonly HiveToken[]
  #index = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenizeHive(text)
  }

  get current(): HiveToken {
    return this.peek(0)
  }

  peek(distance: number): HiveToken {
    const token = this.#tokens[Math.min(this.#index + distance, this.#tokens.length - 1)]
    if (token === undefined) throw new RangeError('a token list always ends with <EOF>')
    return token
  }

  advance(): HiveToken {
    const token = this.current
    this.#index += 1
    return token
  }

  /** Whether the statement is over at that distance. */
  endsAt(distance: number): boolean {
    const token = this.peek(distance)
    return token.kind === 'end' || (token.kind === 'symbol' && token.value === ';')
  }

  isWord(...words: readonly string[]): boolean {
    return this.wordAt(0, ...words)
  }

  wordAt(distance: number, ...words: readonly string[]): boolean {
    const token = this.peek(distance)
    return token.kind === 'word' && words.includes(token.value.toUpperCase())
  }

  isSymbol(symbol: string): boolean {
    return this.current.kind === 'symbol' && this.current.value === symbol
  }

  /** Takes the words if all of them stand next; takes nothing otherwise. */
  acceptWords(...words: readonly string[]): boolean {
    if (!words.every((word, distance) => this.wordAt(distance, word))) return false
    this.#index += words.length
    return true
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false
    this.#index += 1
    return true
  }

  /** One of the words must stand here; gives it in upper case. */
  expectOneOf(...words: readonly string[]): string {
    if (!this.isWord(...words)) throw this.noViableAlternative()
    return this.advance().value.toUpperCase()
  }

  expectWords(...words: readonly string[]): void {
    for (const word of words) this.expectOneOf(word)
  }

  /** As `expectWords`, where Athena names the word that is missing. */
  expectOnlyWord(word: string): void {
    if (!this.acceptWords(word)) throw this.mismatchedInput(word)
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) throw this.noViableAlternative()
  }

  expectString(): string {
    if (this.current.kind !== 'string') throw this.noViableAlternative()
    return this.advance().value
  }

  expectCount(): number {
    const token = this.current
    if (token.kind !== 'number' || !/^\d{1,9}$/.test(token.value)) throw this.noViableAlternative()
    this.advance()
    return Number(token.value)
  }

  /** A name of a table, column or the like, in lower case. */
  expectName(): string {
    const token = this.current
    if (token.kind === 'quoted-name' && token.value !== '') return this.advance().value.toLowerCase()
    if (token.kind === 'word' && !RESERVED_DDL_WORDS.has(token.value.toUpperCase())) {
      return this.advance().value.toLowerCase()
    }
    throw this.noViableAlternative(this.#nameRemedy())
  }

  expectEnd(): void {
    if (this.current.kind !== 'end') throw this.noViableAlternative()
  }

  noViableAlternative(remedy: string | undefined = this.#hyphenRemedy()): AthenaError {
    const start = this.#tokens[0]?.start ?? 0
    const input =
      this.current.kind === 'end'
        ? `${this.#text.slice(start).trimEnd()}<EOF>`
        : this.#text.slice(start, this.current.end)
    return this.#syntaxError(`no viable alternative at input '${input}'`, remedy)
  }

  mismatchedInput(expected: string): AthenaError {
    return this.#syntaxError(`mismatched input '${this.current.value}' expecting '${expected}'`, undefined)
  }

  /** The statement's text from an earlier token to the last one taken. */
  textSince(token: HiveToken): string {
    const last = this.#tokens[this.#index - 1]
    return this.#text.slice(token.start, last?.end ?? token.start)
  }

  #syntaxError(detail: string, remedy: string | undefined): AthenaError {
    return new AthenaError('MALFORMED_QUERY', detail, { location: this.current.location, remedy })
  }

  #hyphenRemedy(): string | undefined {
    return this.isSymbol('-') ? 'A name with a hyphen in it stands in backquotes.' : undefined
  }

  #nameRemedy(): string | undefined {
    const token = this.current
    if (token.kind === 'word') {
      return `${token.value} is a reserved word in DDL; as a name it stands in backquotes: ${quoteHiveName(token.value)}.`
    }
    if (token.kind === 'string') {
      return `DDL takes names bare or in backquotes, not in quotes: ${quoteHiveName(token.value)}.`
    }
    if (token.kind === 'symbol' && token.value === '_') {
      const name = `_${this.peek(1).kind === 'word' ? this.peek(1).value : ''}`
      return `A name that begins with an underscore stands in backquotes: ${quoteHiveName(name)}.`
    }
    return undefined
  }
}
