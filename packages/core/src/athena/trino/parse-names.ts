import { AthenaError } from '../errors.ts'
import { NON_RESERVED_KEYWORDS } from './keywords.ts'
import { decodeUnicodeString, unquote } from './literal-text.ts'
import type { Identifier, QualifiedName } from './nodes.ts'
import type { TokenReader } from './token-reader.ts'
import {
  BACKQUOTED_IDENTIFIER,
  DIGIT_IDENTIFIER,
  IDENTIFIER,
  QUOTED_IDENTIFIER,
  STRING,
  type Token,
  type TokenTag,
  UNICODE_STRING,
} from './tokens.ts'

const NAME_TAGS: ReadonlySet<TokenTag> = new Set([
  IDENTIFIER,
  QUOTED_IDENTIFIER,
  BACKQUOTED_IDENTIFIER,
  DIGIT_IDENTIFIER,
  ...NON_RESERVED_KEYWORDS,
])

export const isName = (token: Token): boolean => NAME_TAGS.has(token.tag)

export function parseIdentifier(reader: TokenReader): Identifier {
  reader.note('<identifier>')
  if (!isName(reader.token)) reader.fail()
  return identifierOf(reader, reader.advance())
}

/** Trino refuses these forms as soon as it knows that they are names. */
const REFUSED_NAMES: Readonly<Record<string, string>> = {
  [BACKQUOTED_IDENTIFIER]: 'backquoted identifiers are not supported; use double quotes to quote identifiers',
  [DIGIT_IDENTIFIER]: 'identifiers must not start with a digit; surround the identifier with double quotes',
}

export function identifierOf(reader: TokenReader, token: Token): Identifier {
  const { location, tag, text } = token
  const refused = text === '""' ? 'Zero-length delimited identifier not allowed' : REFUSED_NAMES[tag]
  if (refused !== undefined) {
    reader.refuse(new AthenaError('MALFORMED_QUERY', refused, { location, remedy: quotingRemedy(token) }))
  }
  const quoted = tag === QUOTED_IDENTIFIER
  return Object.freeze({ kind: 'identifier', location, text: quoted ? unquote(text, '"') : text, quoted })
}

function quotingRemedy({ tag, text }: Token): string | undefined {
  if (tag === BACKQUOTED_IDENTIFIER)
    return `Write "${unquote(text, '`').replaceAll('"', '""')}": backquotes are for DDL`
  return tag === DIGIT_IDENTIFIER ? `Write "${text}"` : undefined
}

export function parseQualifiedName(reader: TokenReader): QualifiedName {
  const { location } = reader
  const parts = [parseIdentifier(reader)]
  while (reader.take('.')) parts.push(parseIdentifier(reader))
  return Object.freeze({ kind: 'qualified-name', location, parts: Object.freeze(parts) })
}

/** One or more, separated by commas. */
export function parseList<T>(reader: TokenReader, item: (reader: TokenReader) => T): readonly T[] {
  const items = [item(reader)]
  while (reader.take(',')) items.push(item(reader))
  return Object.freeze(items)
}

/** The same where a closing sign must follow. */
export function parseClosedList<T>(
  reader: TokenReader,
  item: (reader: TokenReader) => T,
  closing: ')' | ']' = ')',
): readonly T[] {
  const items = parseMandatoryList(reader, item)
  reader.expect(closing)
  return items
}

/** The same where something must follow, which the caller reads. */
export function parseMandatoryList<T>(reader: TokenReader, item: (reader: TokenReader) => T): readonly T[] {
  const items = [item(reader)]
  for (;;) {
    reader.startMandatory()
    if (!reader.take(',')) return Object.freeze(items)
    items.push(item(reader))
  }
}

/** ( a, b ) */
export function parseColumnAliases(reader: TokenReader): readonly Identifier[] | undefined {
  if (!reader.take('(')) return undefined
  return parseClosedList(reader, parseIdentifier)
}

export const isString = (token: Token): boolean => token.tag === STRING || token.tag === UNICODE_STRING

/** A string literal's value, `U&'…' UESCAPE '…'` decoded. */
export function parseString(reader: TokenReader): string {
  reader.note('<string>')
  if (!isString(reader.token)) reader.fail()
  const token = reader.advance()
  if (token.tag === STRING) return unquote(token.text, "'")
  const escapeCharacter = reader.take('UESCAPE') ? unquote(reader.expect(STRING).text, "'") : '\\'
  return decodeUnicodeString(unquote(token.text.slice(2), "'"), escapeCharacter, (message) =>
    reader.defer(message, token.location),
  )
}
