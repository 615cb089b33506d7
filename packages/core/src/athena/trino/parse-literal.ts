import { parseBinaryDigits, parseLong } from './literal-text.ts'
import type { Expression, IntervalLiteral, TypeNode } from './nodes.ts'
import { identifierOf, isString, parseString } from './parse-names.ts'
import { isIntervalField, parseIntervalField } from './parse-type.ts'
import type { TokenReader } from './token-reader.ts'
import { DECIMAL_VALUE, DOUBLE_VALUE, INTEGER_VALUE } from './tokens.ts'

/** INTERVAL '1' DAY: INTERVAL and the fields are also names, so the next tokens decide. */
export function startsInterval(reader: TokenReader): boolean {
  if (reader.token.tag !== 'INTERVAL') return false
  const signed = reader.looksAt(1, '+', '-') ? 1 : 0
  return isString(reader.peek(1 + signed)) && isIntervalField(reader, 2 + signed)
}

export function parseInterval(reader: TokenReader): IntervalLiteral {
  const { location } = reader
  reader.expect('INTERVAL')
  const negative = reader.takeAny('+', '-') === '-'
  const value = parseString(reader)
  const from = parseIntervalField(reader)
  const to = startsRangeEnd(reader) ? parseIntervalField(reader) : undefined
  return Object.freeze({ kind: 'interval', location, value, negative, from, to })
}

/** TO is also an alias. */
function startsRangeEnd(reader: TokenReader): boolean {
  if (!reader.at('TO') || !isIntervalField(reader, 1)) return false
  reader.advance()
  return true
}

/** `identifier string` and DOUBLE PRECISION string. */
export function parseTypeConstructor(reader: TokenReader): Expression | undefined {
  const { location } = reader
  const precision = reader.token.tag === 'DOUBLE' && reader.looksAt(1, 'PRECISION') && isString(reader.peek(2))
  if (!precision && !isString(reader.peek(1))) return undefined
  const name = identifierOf(reader, reader.advance())
  if (precision) reader.advance()
  const type = literalType(name.text, name.quoted, location)
  return Object.freeze({ kind: 'generic-literal', location, type, value: parseString(reader) })
}

function literalType(name: string, quoted: boolean, location: TypeNode['location']): TypeNode {
  const word = name.toLowerCase()
  if (!quoted && (word === 'time' || word === 'timestamp')) {
    return Object.freeze({ kind: 'datetime-type', location, type: word, precision: undefined, withTimeZone: false })
  }
  return Object.freeze({ kind: 'generic-type', location, name, arguments: Object.freeze([]) })
}

export function startsNumber(reader: TokenReader): boolean {
  return reader.looksAt(reader.token.tag === '-' ? 1 : 0, INTEGER_VALUE, DECIMAL_VALUE, DOUBLE_VALUE)
}

export function parseNumber(reader: TokenReader): Expression {
  const { location } = reader
  const sign = reader.token.tag === '-' ? reader.advance().text : ''
  const token = reader.advance()
  const text = sign + token.text
  if (token.tag === DECIMAL_VALUE) return Object.freeze({ kind: 'decimal', location, text: text.replaceAll('_', '') })
  if (token.tag === DOUBLE_VALUE) return Object.freeze({ kind: 'double', location, text })
  return Object.freeze({ kind: 'long', location, value: parseLongValue(reader, text) })
}

/** Trino gives this error without a place, which it prints as the first character. */
function parseLongValue(reader: TokenReader, text: string): bigint {
  const value = parseLong(text)
  if (value === undefined) reader.defer(`Invalid numeric literal: ${text}`, { line: 1, column: 1 })
  return value ?? 0n
}

/** rowCount: an integer or a parameter. */
export function parseRowCount(reader: TokenReader): Expression {
  const { location } = reader
  if (reader.at('?')) return parseParameter(reader)
  const { text } = reader.expect(INTEGER_VALUE)
  return Object.freeze({ kind: 'long', location, value: parseLongValue(reader, text) })
}

export function parseParameter(reader: TokenReader): Expression {
  const { location } = reader
  const index = reader.parameterIndex
  reader.expect('?')
  return Object.freeze({ kind: 'parameter', location, index })
}

export function parseBinaryLiteral(reader: TokenReader): Expression {
  const { location, text } = reader.advance()
  const hex = parseBinaryDigits(text, (message) => reader.defer(message, location))
  return Object.freeze({ kind: 'binary', location, hex })
}
