import type { Expression, Identifier } from './nodes.ts'
import { isName, parseClosedList, parseIdentifier, parseList } from './parse-names.ts'
import type { TokenReader } from './token-reader.ts'

/** Lambda, row, subquery or an expression in parentheses. */
export function parseParenthesized(reader: TokenReader): Expression {
  const lambda = lambdaArrowDistance(reader)
  if (lambda !== undefined) return parseLambda(reader)
  const subquery = startsQuery(reader) ? reader.attempt('subquery', () => parseSubquery(reader)) : undefined
  if (subquery) return subquery
  const { location } = reader
  reader.expect('(')
  if (reader.take(')')) reader.expect('->')
  const items = parseParenthesizedItems(reader)
  reader.expect(')')
  const [only] = items
  return items.length === 1 && only ? only : Object.freeze({ kind: 'row', location, items })
}

/** Row, lambda or one expression: a lambda stays possible while the items are names. */
function parseParenthesizedItems(reader: TokenReader): readonly Expression[] {
  reader.openDecision()
  reader.note('<query>')
  const first = reader.rules.expression(reader)
  const items = [first]
  let open = true
  for (;;) {
    if (!open) reader.startMandatory()
    if (!reader.take(',')) break
    if (open && items.at(-1)?.kind !== 'identifier') {
      reader.closeDecision()
      open = false
    }
    items.push(reader.rules.expression(reader))
  }
  if (open) reader.closeDecision()
  return Object.freeze(items)
}

/** Whether the parentheses ahead open a query, as far as the first token after them tells. */
function startsQuery(reader: TokenReader): boolean {
  let distance = 1
  while (reader.looksAt(distance, '(')) distance += 1
  return reader.looksAt(distance, 'SELECT', 'WITH', 'VALUES', 'TABLE')
}

function parseSubquery(reader: TokenReader): Expression {
  const { location } = reader
  reader.expect('(')
  const query = reader.rules.query(reader)
  reader.expect(')')
  return Object.freeze({ kind: 'scalar-subquery', location, query })
}

/** The number of tokens before the arrow of `(a, b) ->`. */
function lambdaArrowDistance(reader: TokenReader): number | undefined {
  let distance = 1
  while (isName(reader.peek(distance))) distance += reader.looksAt(distance + 1, ',') ? 2 : 1
  return reader.looksAt(distance, ')') && reader.looksAt(distance + 1, '->') ? distance + 1 : undefined
}

export function parseLambda(reader: TokenReader): Expression {
  const { location } = reader
  const parameters = parseLambdaParameters(reader)
  reader.expect('->')
  const body = reader.rules.expression(reader)
  return Object.freeze({ kind: 'lambda', location, parameters, body })
}

function parseLambdaParameters(reader: TokenReader): readonly Identifier[] {
  if (!reader.take('(')) return Object.freeze([parseIdentifier(reader)])
  const parameters = reader.at(')') ? Object.freeze([]) : parseList(reader, parseIdentifier)
  reader.expect(')')
  return parameters
}

/** ROW(a, b); `ROW()` is a call of a function of that name. */
export function parseRow(reader: TokenReader): Expression | undefined {
  if (!reader.looksAt(1, '(') || reader.looksAt(2, ')')) return undefined
  return reader.attempt('row', () => {
    const { location } = reader
    reader.expect('ROW')
    reader.expect('(')
    const items = parseClosedList(reader, reader.rules.expression)
    return Object.freeze({ kind: 'row', location, items })
  })
}

export function parseArray(reader: TokenReader): Expression | undefined {
  if (!reader.looksAt(1, '[')) return undefined
  const { location } = reader.advance()
  reader.expect('[')
  if (reader.take(']')) return Object.freeze({ kind: 'array', location, elements: Object.freeze([]) })
  const elements = parseClosedList(reader, reader.rules.expression, ']')
  return Object.freeze({ kind: 'array', location, elements })
}

export function parseExists(reader: TokenReader): Expression {
  const { location } = reader.advance()
  reader.expect('(')
  const query = reader.rules.query(reader)
  reader.expect(')')
  return Object.freeze({ kind: 'exists', location, query })
}
