import { AthenaError } from '../errors.ts'
import { onlyOneStatement } from '../one-statement.ts'
import { refuseLongQuery } from '../query-length.ts'
import { RESERVED_WORDS } from './keywords.ts'
import type { Expression, Statement } from './nodes.ts'
import { parseExpression as parseExpressionRule, parseValueExpression } from './parse-expression.ts'
import { parseQuery, parseQueryNoWith } from './parse-query.ts'
import { parseRelation } from './parse-relation.ts'
import { parseStatementRule, parseUnload, parseUnsupported } from './parse-statement.ts'
import { parseType } from './parse-type.ts'
import { type GrammarRules, SyntaxFailure, TokenReader, tooLarge } from './token-reader.ts'
import { END_OF_INPUT, IDENTIFIER, type Token, tokenize } from './tokens.ts'

const RULES: GrammarRules = {
  statement: parseStatementRule,
  query: parseQuery,
  queryNoWith: parseQueryNoWith,
  relation: parseRelation,
  expression: parseExpressionRule,
  valueExpression: parseValueExpression,
  type: parseType,
}

/** Statements that Athena adds to Trino's. */
const ATHENA_STATEMENTS: Readonly<Record<string, (reader: TokenReader) => Statement>> = {
  UNLOAD: parseUnload,
  // Maintenance of Iceberg tables.
  OPTIMIZE: parseUnsupported,
  VACUUM: parseUnsupported,
}

/**
 * Parses a statement of the Trino family; one trailing semicolon is allowed.
 *
 * @throws AthenaError MALFORMED_QUERY with Trino's text and place: `line 1:15: mismatched input …`.
 */
export function parseStatement(sql: string): Statement {
  return parseWhole(sql, (reader) => {
    const own = ATHENA_STATEMENTS[reader.token.tag === IDENTIFIER ? reader.token.text.toUpperCase() : '']
    const statement = (own ?? parseStatementRule)(reader)
    if (reader.token.tag === ';') reader.advance()
    return statement
  })
}

/** Parses one expression, as an execution parameter gives it. Throws like `parseStatement`. */
export function parseExpression(sql: string): Expression {
  return parseWhole(sql, parseExpressionRule)
}

function parseWhole<T>(sql: string, rule: (reader: TokenReader) => T): T {
  refuseLongQuery(sql)
  const tokens = tokenize(sql)
  const reader = new TokenReader(sql, tokens, RULES, false)
  try {
    return readToEnd(reader, rule)
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(error)
    if (!(error instanceof SyntaxFailure)) throw error
  }
  throw explain(sql, tokens, rule)
}

function readToEnd<T>(reader: TokenReader, rule: (reader: TokenReader) => T): T {
  const result = rule(reader)
  if (!reader.at(END_OF_INPUT)) reader.fail()
  if (reader.firstDeferred) throw reader.firstDeferred
  return result
}

/** Reads a text that does not parse once more, noting what was expected where. */
function explain(sql: string, tokens: readonly Token[], rule: (reader: TokenReader) => unknown): AthenaError {
  const reader = new TokenReader(sql, tokens, RULES, true)
  try {
    readToEnd(reader, rule)
  } catch (error) {
    if (error instanceof AthenaError) return error
    if (!(error instanceof SyntaxFailure)) throw error
  }
  const { token, before, expected } = reader.syntaxError()
  if (token.tag !== ';' && before?.tag === ';') {
    return onlyOneStatement(token.location)
  }
  return new AthenaError('MALFORMED_QUERY', `mismatched input '${token.text}'. Expecting: ${expected.join(', ')}`, {
    location: token.location,
    remedy: reservedWordRemedy(token, expected),
  })
}

function reservedWordRemedy({ tag, text }: Token, expected: readonly string[]): string | undefined {
  const nameFits = expected.includes('<identifier>') || expected.includes('<expression>')
  if (!nameFits || !RESERVED_WORDS.has(tag)) return undefined
  return `${text} is a reserved word: write "${text}" where it is a name`
}
