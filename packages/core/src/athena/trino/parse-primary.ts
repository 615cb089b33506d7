import type { Expression } from './nodes.ts'
import { parseFunctionCall, parseGrouping, parseListagg, startsFunctionCall } from './parse-function-call.ts'
import { JSON_FUNCTIONS } from './parse-json-function.ts'
import {
  parseCase,
  parseCast,
  parseCurrentDateTime,
  parseExtract,
  parseNormalize,
  parsePosition,
  parseSessionValue,
  parseSubstring,
  parseTrim,
} from './parse-keyword-call.ts'
import {
  parseBinaryLiteral,
  parseInterval,
  parseNumber,
  parseParameter,
  parseTypeConstructor,
  startsInterval,
  startsNumber,
} from './parse-literal.ts'
import { isName, isString, parseIdentifier, parseString } from './parse-names.ts'
import { parseArray, parseExists, parseLambda, parseParenthesized, parseRow } from './parse-parenthesized.ts'
import { parseOver } from './parse-window.ts'
import type { TokenReader } from './token-reader.ts'
import { BINARY_LITERAL, DECIMAL_VALUE, DOUBLE_VALUE, INTEGER_VALUE } from './tokens.ts'

/** primaryExpression with its subscripts and fields: `f(x)[1].y`. */
export function parsePrimary(reader: TokenReader): Expression {
  const { location, index } = reader
  const suppressed = reader.enter('<expression>')
  // `expression` or `primaryExpression.*`: a select item is decided after its first primary.
  const undecided = reader.isSelectItemStart(index) && startsUndecided(reader)
  if (undecided) reader.openDecision()
  let expression = parsePrimaryStart(reader)
  if (undecided) reader.closeDecision()
  reader.leave(suppressed)
  for (let length = 0; ; length += 1) {
    reader.limitChain(length)
    if (reader.take('[')) {
      const position = reader.rules.valueExpression(reader)
      reader.expect(']')
      expression = Object.freeze({ kind: 'subscript', location, base: expression, index: position })
    } else if (reader.at('.') && !reader.looksAt(1, '*')) {
      if (!reader.inOpenDecision && !isName(reader.peek(1))) {
        // A dot without a name after it is given up, unless a choice is open.
        if (!reader.isSelectItemStart(index)) {
          reader.forgetExpected()
          reader.endPrimary(index)
          return expression
        }
      }
      reader.advance()
      if (reader.isSelectItemStart(index)) reader.noteTag('*')
      expression = Object.freeze({ kind: 'dereference', location, base: expression, field: parseIdentifier(reader) })
    } else {
      reader.endPrimary(index)
      return expression
    }
  }
}

/** A name alone is decided by the token after it. */
function startsUndecided(reader: TokenReader): boolean {
  return (
    (reader.token.tag in PRIMARIES && !isName(reader.token)) || startsFunctionCall(reader) || reader.looksAt(1, '[')
  )
}

function parsePrimaryStart(reader: TokenReader): Expression {
  const rule = PRIMARIES[reader.token.tag]
  const expression = rule?.(reader)
  if (expression) return expression
  if (startsNumber(reader)) return parseNumber(reader)
  if (isString(reader.token)) {
    const { location } = reader
    return Object.freeze({ kind: 'string', location, value: parseString(reader) })
  }
  return parseNamed(reader)
}

/** What starts with a name: a type constructor, a call, a lambda, a column. */
function parseNamed(reader: TokenReader): Expression {
  if (!isName(reader.token)) reader.fail()
  const constructed = parseTypeConstructor(reader)
  if (constructed) return constructed
  if (startsFunctionCall(reader) && !givesUpCall(reader)) return parseFunctionCall(reader)
  if (reader.looksAt(1, '->')) return parseLambda(reader)
  const { location } = reader
  const name = parseIdentifier(reader)
  if (reader.inOpenDecision) {
    reader.noteTag('(', '->', 'OVER')
    reader.note('<string>')
  }
  if (reader.token.tag === 'OVER' && reader.looksAt(1, '(')) {
    parseOver(reader)
    return unsupported(`measure ${name.text}`, location)
  }
  return name
}

/**
 * A call whose parenthesis opens with what no argument starts with is given up: Trino then takes the
 * name for a column and stops at the parenthesis. It fails either way.
 */
function givesUpCall(reader: TokenReader): boolean {
  if (reader.inOpenDecision || !reader.looksAt(1, '(')) return false
  let distance = 2
  while (reader.looksAt(distance, '(')) distance += 1
  if (distance === 2 && reader.looksAt(2, ')', '*', 'ALL', 'DISTINCT', 'ORDER')) return false
  if (distance > 2 && reader.looksAt(distance, ')', ...QUERY_STARTS)) return false
  const token = reader.peek(distance)
  return !(isName(token) || isString(token) || token.tag in PRIMARIES || EXPRESSION_STARTS.has(token.tag))
}
const QUERY_STARTS = ['SELECT', 'WITH', 'VALUES', 'TABLE']
const EXPRESSION_STARTS = new Set(['NOT', '-', '+', INTEGER_VALUE, DECIMAL_VALUE, DOUBLE_VALUE])

const unsupported = (name: string, location: Expression['location']): Expression =>
  Object.freeze({ kind: 'unsupported-expression', location, name })

/** Rules by their first token; undefined from one that finds that it is a name after all. */
const PRIMARIES: Readonly<Record<string, (reader: TokenReader) => Expression | undefined>> = {
  NULL: (reader) => Object.freeze({ kind: 'null', location: reader.advance().location }),
  TRUE: (reader) => Object.freeze({ kind: 'boolean', location: reader.advance().location, value: true }),
  FALSE: (reader) => Object.freeze({ kind: 'boolean', location: reader.advance().location, value: false }),
  '?': parseParameter,
  [BINARY_LITERAL]: parseBinaryLiteral,
  INTERVAL: (reader) => (startsInterval(reader) ? parseInterval(reader) : undefined),
  '(': parseParenthesized,
  ROW: parseRow,
  ARRAY: parseArray,
  EXISTS: parseExists,
  CASE: parseCase,
  CAST: parseCast,
  TRY_CAST: (reader) => reader.attempt('try-cast', () => parseCast(reader)),
  LISTAGG: parseListagg,
  GROUPING: parseGrouping,
  CURRENT_DATE: parseCurrentDateTime,
  CURRENT_TIME: parseCurrentDateTime,
  CURRENT_TIMESTAMP: parseCurrentDateTime,
  LOCALTIME: parseCurrentDateTime,
  LOCALTIMESTAMP: parseCurrentDateTime,
  CURRENT_USER: parseSessionValue,
  CURRENT_CATALOG: parseSessionValue,
  CURRENT_SCHEMA: parseSessionValue,
  CURRENT_PATH: parseSessionValue,
  POSITION: parsePosition,
  SUBSTRING: (reader) =>
    reader.looksAt(1, '(') ? reader.attempt('substring', () => parseSubstring(reader)) : undefined,
  NORMALIZE: parseNormalize,
  EXTRACT: parseExtract,
  TRIM: parseTrim,
  RUNNING: parsePatternFunction,
  FINAL: parsePatternFunction,
  ...JSON_FUNCTIONS,
}

/** RUNNING and FINAL before a call belong to row pattern recognition. */
function parsePatternFunction(reader: TokenReader): Expression | undefined {
  if (!isName(reader.peek(1)) || !reader.looksAt(2, '(')) return undefined
  const { location, tag } = reader.advance()
  parseFunctionCall(reader)
  return unsupported(tag, location)
}
