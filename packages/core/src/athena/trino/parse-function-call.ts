import type { Expression, FunctionCall, ListaggOverflow, QualifiedName, SortItem } from './nodes.ts'
import {
  isName,
  isString,
  parseIdentifier,
  parseList,
  parseMandatoryList,
  parseQualifiedName,
  parseString,
} from './parse-names.ts'
import { parseOrderBy, parseOver, parseSortItem } from './parse-window.ts'
import { specialForm } from './special-form.ts'
import type { TokenReader } from './token-reader.ts'

/** Whether a dotted name and `(` come next. */
export function startsFunctionCall(reader: TokenReader): boolean {
  let distance = 0
  while (isName(reader.peek(distance))) {
    if (reader.looksAt(distance + 1, '(')) return true
    if (!reader.looksAt(distance + 1, '.')) return false
    distance += 2
  }
  return false
}

interface CallArguments {
  readonly star: boolean
  readonly label: boolean
  readonly distinct: boolean
  readonly arguments: readonly Expression[]
  readonly orderBy: readonly SortItem[]
}

export function parseFunctionCall(reader: TokenReader): Expression {
  const { location } = reader
  const name = parseQualifiedName(reader)
  reader.expect('(')
  const { label, ...called } = parseCallArguments(reader)
  reader.expect(')')
  const filter = parseFilter(reader)
  const nullTreatment = called.star ? undefined : parseNullTreatment(reader)
  const window = parseOver(reader)
  if (nullTreatment && !window) {
    reader.at('OVER')
    reader.fail()
  }
  if (label) return Object.freeze({ kind: 'unsupported-expression', location, name: `${nameText(name)}(label.*)` })
  return specialForm(
    Object.freeze({ kind: 'function-call', location, name, ...called, filter, nullTreatment, window }),
    reader,
  )
}

const nameText = (name: QualifiedName): string => name.parts.map((part) => part.text).join('.')

const NO_ARGUMENTS: CallArguments = {
  star: false,
  label: false,
  distinct: false,
  arguments: Object.freeze([]),
  orderBy: Object.freeze([]),
}

function parseCallArguments(reader: TokenReader): CallArguments {
  if (reader.at(')')) return NO_ARGUMENTS
  if (reader.take('*')) return { ...NO_ARGUMENTS, star: true }
  if (isName(reader.token) && reader.looksAt(1, '.') && reader.looksAt(2, '*') && reader.looksAt(3, ')')) {
    for (let token = 0; token < 3; token += 1) reader.advance()
    return { ...NO_ARGUMENTS, star: true, label: true }
  }
  const quantifier = parseSetQuantifier(reader)
  if (!quantifier && reader.at('ORDER')) return { ...NO_ARGUMENTS, orderBy: parseOrderBy(reader) }
  // `f(label.*)` or arguments: decided after the first name.
  if (isName(reader.token)) reader.openDecisionFor(1)
  const items = parseMandatoryList(reader, reader.rules.expression)
  const orderBy = parseOrderBy(reader)
  return { ...NO_ARGUMENTS, distinct: quantifier === 'distinct', arguments: items, orderBy }
}

/** What cannot start an item: after it, ALL is a name and not the quantifier. */
const AFTER_NAME_ALL = new Set(
  ', ) . = <> < <= > >= + / % || -> [ ( ; FROM AS AND OR NOT BETWEEN IN IS LIKE AT WHERE GROUP HAVING ORDER LIMIT OFFSET FETCH UNION INTERSECT EXCEPT end-of-input'.split(
    ' ',
  ),
)

/** DISTINCT, ALL. */
export function parseSetQuantifier(reader: TokenReader): 'distinct' | 'all' | undefined {
  if (!reader.atAny('ALL', 'DISTINCT')) return undefined
  if (reader.token.tag === 'ALL' && AFTER_NAME_ALL.has(reader.peek(1).tag) && !startsParenthesizedItem(reader)) {
    return undefined
  }
  return reader.advance().tag === 'ALL' ? 'all' : 'distinct'
}

/** `SELECT ALL (a)`: the quantifier, as the grammar prefers it to a function of that name. */
const startsParenthesizedItem = (reader: TokenReader): boolean => reader.looksAt(1, '(')

function parseFilter(reader: TokenReader): Expression | undefined {
  if (!reader.at('FILTER') || !reader.looksAt(1, '(')) return undefined
  reader.advance()
  reader.expect('(')
  reader.expect('WHERE')
  const filter = reader.rules.expression(reader)
  reader.expect(')')
  return filter
}

function parseNullTreatment(reader: TokenReader): FunctionCall['nullTreatment'] {
  if (!reader.atAny('IGNORE', 'RESPECT') || !reader.looksAt(1, 'NULLS')) return undefined
  const treatment = reader.advance().tag === 'IGNORE' ? 'ignore' : 'respect'
  reader.advance()
  return treatment
}

/** LISTAGG(x, ',' ON OVERFLOW …) WITHIN GROUP (ORDER BY y) FILTER (…) */
export function parseListagg(reader: TokenReader): Expression {
  const { location } = reader
  const name = Object.freeze({
    kind: 'identifier',
    location,
    text: reader.expect('LISTAGG').text,
    quoted: false,
  } as const)
  reader.expect('(')
  const distinct = parseSetQuantifier(reader) === 'distinct'
  const value = reader.rules.expression(reader)
  const separator = reader.take(',') ? parseSeparator(reader) : undefined
  const overflow = parseOverflow(reader)
  reader.expect(')')
  reader.expect('WITHIN')
  reader.expect('GROUP')
  reader.expect('(')
  reader.expect('ORDER')
  reader.expect('BY')
  const orderBy = parseList(reader, parseSortItem)
  reader.expect(')')
  const filter = parseFilter(reader)
  return Object.freeze({
    kind: 'function-call',
    location,
    name: Object.freeze({ kind: 'qualified-name', location, parts: Object.freeze([name]) }),
    star: false,
    distinct,
    arguments: Object.freeze(separator ? [value, separator] : [value]),
    orderBy,
    filter,
    nullTreatment: undefined,
    window: undefined,
    overflow,
  })
}

function parseSeparator(reader: TokenReader): Expression {
  const { location } = reader
  return Object.freeze({ kind: 'string', location, value: parseString(reader) })
}

function parseOverflow(reader: TokenReader): ListaggOverflow | undefined {
  if (!reader.take('ON')) return undefined
  reader.expect('OVERFLOW')
  if (reader.take('ERROR')) return Object.freeze({ behavior: 'error', filler: undefined, withCount: false })
  reader.expect('TRUNCATE')
  const filler = isString(reader.token) ? parseString(reader) : undefined
  const withCount = reader.expectAny('WITH', 'WITHOUT') === 'WITH'
  reader.expect('COUNT')
  return Object.freeze({ behavior: 'truncate', filler, withCount })
}

/** GROUPING(a, b.c) */
export function parseGrouping(reader: TokenReader): Expression {
  const { location } = reader
  reader.expect('GROUPING')
  reader.expect('(')
  const columns = reader.at(')') ? Object.freeze([]) : parseList(reader, parseColumnName)
  reader.expect(')')
  return Object.freeze({ kind: 'grouping', location, columns })
}

function parseColumnName(reader: TokenReader): Expression {
  const { location } = reader
  let column: Expression = parseIdentifier(reader)
  while (reader.take('.')) {
    column = Object.freeze({ kind: 'dereference', location, base: column, field: parseIdentifier(reader) })
  }
  return column
}
