import type { SqlLocation } from '../errors.ts'
import { isKeyword } from './keywords.ts'

/**
 * What a token is. Keywords and signs are their own tag, in upper case: `SELECT`, `(`, `<=`.
 * The others are named after the kind of token.
 */
export type TokenTag = string

export const IDENTIFIER = 'identifier'
export const QUOTED_IDENTIFIER = 'quoted-identifier'
export const BACKQUOTED_IDENTIFIER = 'backquoted-identifier'
export const DIGIT_IDENTIFIER = 'digit-identifier'
export const INTEGER_VALUE = 'integer-value'
export const DECIMAL_VALUE = 'decimal-value'
export const DOUBLE_VALUE = 'double-value'
export const STRING = 'string'
export const UNICODE_STRING = 'unicode-string'
export const BINARY_LITERAL = 'binary-literal'
export const UNRECOGNIZED = 'unrecognized'
export const END_OF_INPUT = 'end-of-input'

export interface Token {
  readonly tag: TokenTag
  /** As the user wrote it, quotes included. */
  readonly text: string
  /** UTF-16 offset in the statement's text. */
  readonly offset: number
  readonly location: SqlLocation
}

/**
 * Longest match first, and of equal lengths the first: the order is that of Trino's lexer rules
 * (an exponent before a name that starts with a digit, `1e5` against `1e5x`).
 * Letters are ASCII only; anything else is an unrecognized token, which no rule accepts.
 */
const NUMBER_OR_WORD: readonly (readonly [TokenTag, RegExp])[] = [
  [INTEGER_VALUE, /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[0-9](?:_?[0-9])*/y],
  [DECIMAL_VALUE, /[0-9](?:_?[0-9])*\.(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*/y],
  [DOUBLE_VALUE, /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+/y],
  [DIGIT_IDENTIFIER, /[0-9][A-Za-z0-9_]+/y],
]

const SKIPPED = /(?:[ \r\n\t]+|--[^\r\n]*\r?\n?)+/y
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
const SIGNS = /<>|!=|<=|>=|\|\||->|=>|\{-|-\}|[=<>+\-*/%?;(),.[\]:|^${}]/y

const QUOTED: readonly (readonly [TokenTag, RegExp])[] = [
  [STRING, /'(?:[^']|'')*'/y],
  [UNICODE_STRING, /[uU]&'(?:[^']|'')*'/y],
  [BINARY_LITERAL, /[xX]'[^']*'/y],
  [QUOTED_IDENTIFIER, /"(?:[^"]|"")*"/y],
  [BACKQUOTED_IDENTIFIER, /`(?:[^`]|``)*`/y],
]

/** Splits a statement as Trino's lexer does. The last token is the end of the input. Never fails. */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = []
  // Looked for once, as a text full of open comments would otherwise be read to its end for each.
  const lastCommentEnd = sql.lastIndexOf('*/')
  const place = new Place(sql)
  let offset = 0
  while (offset < sql.length) {
    const skipped = matchAt(SKIPPED, sql, offset)
    if (skipped > 0) {
      offset += skipped
      continue
    }
    if (sql.startsWith('/*', offset) && offset + 2 <= lastCommentEnd) {
      offset = sql.indexOf('*/', offset + 2) + 2
      continue
    }
    const { tag, length } = scanToken(sql, offset)
    const text = sql.slice(offset, offset + length)
    tokens.push({ tag: tag ?? text, text, offset, location: place.at(offset) })
    offset += length
  }
  tokens.push({ tag: END_OF_INPUT, text: '<EOF>', offset, location: place.at(offset) })
  return tokens
}

/** `tag` is undefined for a sign, which is its own tag. */
function scanToken(sql: string, offset: number): { readonly tag: TokenTag | undefined; readonly length: number } {
  for (const [tag, pattern] of QUOTED) {
    const length = matchAt(pattern, sql, offset)
    if (length > 0) return { tag, length }
  }
  const word = matchAt(WORD, sql, offset)
  if (word > 0) {
    const upper = sql.slice(offset, offset + word).toUpperCase()
    return { tag: isKeyword(upper) ? upper : IDENTIFIER, length: word }
  }
  const number = scanNumber(sql, offset)
  if (number) return number
  const sign = matchAt(SIGNS, sql, offset)
  if (sign > 0) return { tag: sql.startsWith('!=', offset) ? '<>' : undefined, length: sign }
  return { tag: UNRECOGNIZED, length: codePointLength(sql, offset) }
}

function scanNumber(sql: string, offset: number): { readonly tag: TokenTag; readonly length: number } | undefined {
  let best: { tag: TokenTag; length: number } | undefined
  for (const [tag, pattern] of NUMBER_OR_WORD) {
    const length = matchAt(pattern, sql, offset)
    if (length > (best?.length ?? 0)) best = { tag, length }
  }
  return best
}

function matchAt(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset
  return pattern.test(text) ? pattern.lastIndex - offset : 0
}

const codePointLength = (text: string, offset: number): number => ((text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1)

/** Line and column of growing offsets. A column counts code points, as ANTLR's streams do; only `\n` ends a line. */
class Place {
  readonly #text: string
  #offset = 0
  #line = 1
  #column = 1

  constructor(text: string) {
    this.#text = text
  }

  at(offset: number): SqlLocation {
    while (this.#offset < offset) {
      const unit = this.#text.charCodeAt(this.#offset)
      if (unit === 0x0a) {
        this.#line += 1
        this.#column = 1
      } else if (!isLowSurrogateOfPair(this.#text, this.#offset, unit)) this.#column += 1
      this.#offset += 1
    }
    return Object.freeze({ line: this.#line, column: this.#column })
  }
}

function isLowSurrogateOfPair(text: string, offset: number, unit: number): boolean {
  if (unit < 0xdc00 || unit > 0xdfff || offset === 0) return false
  const before = text.charCodeAt(offset - 1)
  return before >= 0xd800 && before <= 0xdbff
}
