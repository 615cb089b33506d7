import type { Comparison, ComparisonOperator, Expression, Query } from './nodes.ts'
import { parseInterval } from './parse-literal.ts'
import { identifierOf, isString, parseClosedList, parseString } from './parse-names.ts'
import { parsePrimary } from './parse-primary.ts'
import type { TokenReader } from './token-reader.ts'
import { DECIMAL_VALUE, DOUBLE_VALUE, INTEGER_VALUE } from './tokens.ts'

/** booleanExpression: a predicate, NOT, AND, OR, from the tightest to the loosest. */
export function parseExpression(reader: TokenReader): Expression {
  const suppressed = reader.enter('<expression>')
  const expression = reader.nest(() => parseOr(reader))
  reader.leave(suppressed)
  return expression
}

const parseOr = (reader: TokenReader): Expression => parseLogical(reader, 'OR', parseAnd)
const parseAnd = (reader: TokenReader): Expression => parseLogical(reader, 'AND', parseNot)

/** Chains of any length are one node, so that generated conditions do not nest. */
function parseLogical(
  reader: TokenReader,
  keyword: 'AND' | 'OR',
  parseTerm: (reader: TokenReader) => Expression,
): Expression {
  const { location } = reader
  const first = parseTerm(reader)
  if (!reader.at(keyword)) return first
  const terms = [first]
  while (reader.take(keyword)) terms.push(parseOperand(reader, parseTerm))
  const operator = keyword === 'AND' ? 'and' : 'or'
  return Object.freeze({ kind: 'logical', location, operator, terms: Object.freeze(terms) })
}

/** The right side of an operator: a rule that Trino's messages call `<expression>`. */
function parseOperand(reader: TokenReader, rule: (reader: TokenReader) => Expression): Expression {
  const suppressed = reader.enter('<expression>')
  const expression = rule(reader)
  reader.leave(suppressed)
  return expression
}

function parseNot(reader: TokenReader): Expression {
  const { location } = reader
  if (!reader.take('NOT')) return parsePredicated(reader)
  const operand = reader.nest(() => parseOperand(reader, parseNot))
  return Object.freeze({ kind: 'not', location, operand })
}

function parsePredicated(reader: TokenReader): Expression {
  const { location } = reader
  const value = parseValueExpression(reader)
  const suppressed = reader.enter('<predicate>')
  const predicate = parsePredicate(reader, value, location)
  reader.leave(suppressed)
  return predicate ?? value
}

const COMPARISON_OPERATORS: readonly ComparisonOperator[] = ['=', '<>', '<', '<=', '>', '>=']

function parsePredicate(reader: TokenReader, value: Expression, start: Expression['location']): Expression | undefined {
  const { location } = reader
  const operator = reader.takeAny(...COMPARISON_OPERATORS) as ComparisonOperator | undefined
  if (operator) return parseComparison(reader, value, operator, start, location)
  if (reader.take('IS')) return parseIs(reader, value, location)
  const negated = reader.token.tag === 'NOT'
  const keyword = reader.peek(negated ? 1 : 0).tag
  if (negated && !['BETWEEN', 'IN', 'LIKE'].includes(keyword)) {
    reader.advance()
    reader.atAny('BETWEEN', 'IN', 'LIKE')
    reader.fail()
  }
  const rule = KEYWORD_PREDICATES[keyword]
  if (!rule) return undefined
  // An IN that does not fit is given up as a whole, unless a choice is open.
  if (keyword === 'IN' && !negated && !reader.inOpenDecision) {
    const predicate = reader.attempt('in', () => parseIn(reader, value, location))
    if (!predicate) reader.forgetExpected()
    return predicate
  }
  if (negated) reader.advance()
  const predicate = rule(reader, value, location)
  return negated ? Object.freeze({ kind: 'not', location, operand: predicate }) : predicate
}

const KEYWORD_PREDICATES: Readonly<
  Record<string, (reader: TokenReader, value: Expression, location: Expression['location']) => Expression>
> = {
  BETWEEN(reader, value, location) {
    reader.expect('BETWEEN')
    const min = parseValueExpression(reader)
    reader.expect('AND')
    const max = parseValueExpression(reader)
    return Object.freeze({ kind: 'between', location, value, min, max })
  },
  IN: parseIn,
  LIKE(reader, value, location) {
    reader.expect('LIKE')
    const pattern = parseValueExpression(reader)
    const escaping = reader.take('ESCAPE') ? parseValueExpression(reader) : undefined
    return Object.freeze({ kind: 'like', location, value, pattern, escape: escaping })
  },
}

function parseIn(reader: TokenReader, value: Expression, location: Expression['location']): Expression {
  reader.expect('IN')
  reader.expect('(')
  if (reader.looksAt(0, 'SELECT', 'WITH', 'VALUES', 'TABLE')) {
    return Object.freeze({ kind: 'in-subquery', location, value, query: parseClosedQuery(reader) })
  }
  const items = reader.attempt('in-list', () => parseClosedList(reader, parseExpression))
  if (items) return Object.freeze({ kind: 'in-list', location, value, items })
  return Object.freeze({ kind: 'in-subquery', location, value, query: parseClosedQuery(reader) })
}

function parseClosedQuery(reader: TokenReader): Query {
  const query = reader.rules.query(reader)
  reader.expect(')')
  return query
}

function parseComparison(
  reader: TokenReader,
  left: Expression,
  operator: ComparisonOperator,
  location: Comparison['location'],
  operatorLocation: Comparison['location'],
): Expression {
  const quantifier = parseQuantifier(reader)
  if (quantifier) {
    const quantified = reader.attempt('quantified', () => {
      reader.advance()
      reader.expect('(')
      return parseClosedQuery(reader)
    })
    if (quantified) {
      return Object.freeze({
        kind: 'quantified-comparison',
        location: operatorLocation,
        operator,
        quantifier,
        value: left,
        query: quantified,
      })
    }
    // Given up: Trino then takes the word for a column and stops at the parenthesis.
    const right = identifierOf(reader, reader.advance())
    reader.forgetExpected()
    reader.noteTag('.', '[', 'AT', ...MULTIPLICATIVE, ...ADDITIVE, '||')
    return Object.freeze({ kind: 'comparison', location, operator, left, right, operatorLocation })
  }
  const right = parseValueExpression(reader)
  return Object.freeze({ kind: 'comparison', location, operator, left, right, operatorLocation })
}

/** ALL, ANY and SOME are also names: only a query in parentheses after them makes a quantifier. */
function parseQuantifier(reader: TokenReader): 'all' | 'any' | undefined {
  if (!reader.atAny('ALL', 'ANY', 'SOME') || !reader.looksAt(1, '(')) return undefined
  let distance = 2
  while (reader.looksAt(distance, '(')) distance += 1
  if (!reader.looksAt(distance, 'SELECT', 'WITH', 'VALUES', 'TABLE')) return undefined
  return reader.token.tag === 'ALL' ? 'all' : 'any'
}

function parseIs(reader: TokenReader, operand: Expression, location: Expression['location']): Expression {
  const negated = reader.take('NOT')
  const predicate = parseIsOperand(reader, operand, location)
  return negated ? Object.freeze({ kind: 'not', location, operand: predicate }) : predicate
}

function parseIsOperand(reader: TokenReader, operand: Expression, location: Expression['location']): Expression {
  if (reader.expectAny('NULL', 'DISTINCT') === 'NULL') return Object.freeze({ kind: 'is-null', location, operand })
  reader.expect('FROM')
  const right = parseValueExpression(reader)
  return Object.freeze({ kind: 'is-distinct-from', location, left: operand, right })
}

/** valueExpression: `||` loosest, then + -, then * / %, then the signs, AT TIME ZONE tightest. */
export function parseValueExpression(reader: TokenReader): Expression {
  const suppressed = reader.enter('<expression>')
  const expression = parseConcat(reader)
  reader.leave(suppressed)
  return expression
}

function parseConcat(reader: TokenReader): Expression {
  let left = parseAdditive(reader)
  for (;;) {
    const { location } = reader
    if (!reader.take('||')) return left
    left = Object.freeze({ kind: 'concat', location, left, right: parseOperand(reader, parseAdditive) })
  }
}

const parseAdditive = (reader: TokenReader): Expression => parseArithmetic(reader, ADDITIVE, parseMultiplicative)
const parseMultiplicative = (reader: TokenReader): Expression => parseArithmetic(reader, MULTIPLICATIVE, parseSigned)

const ADDITIVE = ['+', '-'] as const
const MULTIPLICATIVE = ['*', '/', '%'] as const

function parseArithmetic(
  reader: TokenReader,
  operators: typeof ADDITIVE | typeof MULTIPLICATIVE,
  parseTerm: (reader: TokenReader) => Expression,
): Expression {
  const { location } = reader
  let left = parseTerm(reader)
  for (;;) {
    const operatorLocation = reader.location
    const operator = reader.takeAny(...operators) as (typeof operators)[number] | undefined
    if (!operator) return left
    const right = parseOperand(reader, parseTerm)
    left = Object.freeze({ kind: 'arithmetic', location, operator, left, right, operatorLocation })
  }
}

function parseSigned(reader: TokenReader): Expression {
  const { location } = reader
  const isSign = reader.atAny('-', '+')
  // `-5` is a literal, `- x` an operation.
  if (!isSign || isNegativeNumber(reader)) return parseAtTimeZone(reader)
  const operator = reader.advance().tag as '-' | '+'
  if (operator === '-') reader.noteTag(INTEGER_VALUE, DECIMAL_VALUE, DOUBLE_VALUE)
  const operand = reader.nest(() => parseOperand(reader, parseSigned))
  return Object.freeze({ kind: 'arithmetic-unary', location, operator, operand })
}

const isNegativeNumber = (reader: TokenReader): boolean =>
  reader.token.tag === '-' && reader.looksAt(1, INTEGER_VALUE, DECIMAL_VALUE, DOUBLE_VALUE)

function parseAtTimeZone(reader: TokenReader): Expression {
  let value = parsePrimary(reader)
  for (let length = 0; ; length += 1) {
    reader.limitChain(length)
    const { location } = reader
    // AT is also an alias.
    if (!reader.at('AT') || !reader.looksAt(1, 'TIME')) return value
    reader.advance()
    reader.expect('TIME')
    reader.expect('ZONE')
    value = Object.freeze({ kind: 'at-time-zone', location, value, timeZone: parseTimeZone(reader) })
  }
}

function parseTimeZone(reader: TokenReader): Expression {
  const { location } = reader
  if (reader.at('INTERVAL')) return parseInterval(reader)
  if (!isString(reader.token)) {
    reader.note('<string>')
    reader.fail()
  }
  return Object.freeze({ kind: 'string', location, value: parseString(reader) })
}
