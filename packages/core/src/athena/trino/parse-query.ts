import type {
  Expression,
  GroupBy,
  GroupingElement,
  Identifier,
  Limit,
  NamedQuery,
  Query,
  QueryBody,
  QuerySpecification,
  Relation,
  SelectItem,
  SetOperation,
  SortItem,
  With,
} from './nodes.ts'
import { parseSetQuantifier } from './parse-function-call.ts'
import { parseRowCount } from './parse-literal.ts'
import {
  isName,
  parseClosedList,
  parseColumnAliases,
  parseIdentifier,
  parseList,
  parseQualifiedName,
} from './parse-names.ts'
import { parseOrderBy, parseWindowDefinition } from './parse-window.ts'
import type { TokenReader } from './token-reader.ts'
import { INTEGER_VALUE } from './tokens.ts'

/** query: with? queryNoWith */
export function parseQuery(reader: TokenReader): Query {
  const suppressed = reader.enter('<query>')
  const { location } = reader
  const withClause = reader.at('WITH') ? parseWith(reader) : undefined
  const query = parseQueryNoWith(reader)
  reader.leave(suppressed)
  return withClause ? Object.freeze({ ...query, location, with: withClause }) : query
}

function parseWith(reader: TokenReader): With {
  const { location } = reader.expect('WITH')
  const recursive = reader.take('RECURSIVE')
  const queries = parseList(reader, parseNamedQuery)
  reader.startMandatory()
  return Object.freeze({ kind: 'with', location, recursive, queries })
}

function parseNamedQuery(reader: TokenReader): NamedQuery {
  const { location } = reader
  const name = parseIdentifier(reader)
  const columnAliases = parseColumnAliases(reader)
  reader.expect('AS')
  reader.expect('(')
  const query = parseQuery(reader)
  reader.expect(')')
  return Object.freeze({ kind: 'named-query', location, name, columnAliases, query })
}

interface Ordering {
  readonly orderBy: readonly SortItem[]
  readonly offset: Expression | undefined
  readonly limit: Limit | undefined
}
const UNORDERED: Ordering = { orderBy: Object.freeze([]), offset: undefined, limit: undefined }

/** queryNoWith: ORDER BY, OFFSET and LIMIT of a lone SELECT belong to it, as in Trino's tree. */
export function parseQueryNoWith(reader: TokenReader): Query {
  return reader.nest(() => {
    const { location } = reader
    const term = parseUnion(reader)
    const ordering: Ordering = {
      orderBy: parseOrderBy(reader),
      offset: parseOffset(reader),
      limit: parseLimit(reader),
    }
    if (term.kind !== 'query-specification') {
      return Object.freeze({ kind: 'query', location, with: undefined, body: term, ...ordering })
    }
    const body: QuerySpecification = Object.freeze({ ...term, ...ordering })
    return Object.freeze({ kind: 'query', location, with: undefined, body, ...UNORDERED })
  })
}

/** OFFSET, LIMIT, FETCH and WINDOW are also names: whether the clause starts here. */
export function startsQueryClause(reader: TokenReader): boolean {
  const { tag } = reader.token
  if (tag === 'OFFSET') return reader.looksAt(1, INTEGER_VALUE, '?')
  if (tag === 'LIMIT') return reader.looksAt(1, INTEGER_VALUE, '?', 'ALL')
  if (tag === 'FETCH') return reader.looksAt(1, 'FIRST', 'NEXT')
  return tag === 'WINDOW' && isName(reader.peek(1))
}

function parseOffset(reader: TokenReader): Expression | undefined {
  if (!reader.take('OFFSET')) return undefined
  const offset = parseRowCount(reader)
  reader.takeAny('ROW', 'ROWS')
  return offset
}

function parseLimit(reader: TokenReader): Limit | undefined {
  const { location } = reader
  const keyword = reader.takeAny('LIMIT', 'FETCH')
  if (!keyword) return undefined
  if (keyword === 'LIMIT') {
    const rowCount = reader.take('ALL') ? undefined : parseRowCount(reader)
    return Object.freeze({ kind: 'limit', location, rowCount, withTies: false })
  }
  reader.expectAny('FIRST', 'NEXT')
  const rowCount = reader.atAny('ROW', 'ROWS') ? one(reader) : parseRowCount(reader)
  reader.expectAny('ROW', 'ROWS')
  const withTies = reader.expectAny('ONLY', 'WITH') === 'WITH'
  if (withTies) reader.expect('TIES')
  return Object.freeze({ kind: 'limit', location, rowCount, withTies, isFetch: true })
}

/** FETCH FIRST ROW ONLY is one row. */
function one(reader: TokenReader): Expression {
  reader.noteTag('?', INTEGER_VALUE)
  return Object.freeze({ kind: 'long', location: reader.location, value: 1n })
}

function parseUnion(reader: TokenReader): QueryBody {
  return parseSetOperation(reader, ['UNION', 'EXCEPT'], parseIntersect)
}
function parseIntersect(reader: TokenReader): QueryBody {
  return parseSetOperation(reader, ['INTERSECT'], parseQueryPrimary)
}

function parseSetOperation(
  reader: TokenReader,
  keywords: readonly string[],
  parseTerm: (reader: TokenReader) => QueryBody,
): QueryBody {
  const { location } = reader
  let left = parseTerm(reader)
  for (;;) {
    const operatorLocation = reader.location
    const keyword = reader.takeAny(...keywords)
    if (!keyword) return left
    const operator = keyword.toLowerCase() as SetOperation['operator']
    const distinct = reader.takeAny('ALL', 'DISTINCT') !== 'ALL'
    const right = parseTerm(reader)
    left = Object.freeze({ kind: 'set-operation', location, operator, distinct, left, right, operatorLocation })
  }
}

function parseQueryPrimary(reader: TokenReader): QueryBody {
  const { location } = reader
  if (!reader.atAny('(', 'SELECT', 'TABLE', 'VALUES')) reader.fail()
  const { tag } = reader.token
  if (tag === 'SELECT') return parseQuerySpecification(reader)
  reader.advance()
  if (tag === 'TABLE') return Object.freeze({ kind: 'table-query', location, name: parseQualifiedName(reader) })
  if (tag === 'VALUES') {
    return Object.freeze({ kind: 'values', location, rows: parseList(reader, reader.rules.expression) })
  }
  const query = parseQueryNoWith(reader)
  reader.expect(')')
  return Object.freeze({ kind: 'subquery-body', location, query })
}

function parseQuerySpecification(reader: TokenReader): QuerySpecification {
  const { location } = reader.expect('SELECT')
  const distinct = parseSetQuantifier(reader) === 'distinct'
  const items = parseList(reader, parseSelectItem)
  return Object.freeze({
    kind: 'query-specification',
    location,
    distinct,
    items,
    from: reader.take('FROM') ? parseFrom(reader, location) : undefined,
    where: reader.take('WHERE') ? reader.rules.expression(reader) : undefined,
    groupBy: parseGroupBy(reader),
    having: reader.take('HAVING') ? reader.rules.expression(reader) : undefined,
    windows: reader.take('WINDOW') ? parseList(reader, parseWindowDefinition) : Object.freeze([]),
    ...UNORDERED,
  })
}

/** FROM a, b: implicit cross joins, which Trino places at the SELECT. */
function parseFrom(reader: TokenReader, location: Relation['location']): Relation {
  let left = reader.rules.relation(reader)
  while (reader.take(',')) {
    const right = reader.rules.relation(reader)
    left = Object.freeze({ kind: 'join', location, type: 'implicit', left, right, criteria: undefined })
  }
  return left
}

function parseSelectItem(reader: TokenReader): SelectItem {
  const { location, index } = reader
  if (reader.take('*')) {
    return Object.freeze({ kind: 'all-columns', location, target: undefined, aliases: Object.freeze([]) })
  }
  reader.startSelectItem()
  const expression = reader.rules.expression(reader)
  if (reader.isPrimarySince(index) && reader.token.tag === '.' && reader.looksAt(1, '*')) {
    reader.advance()
    reader.advance()
    return Object.freeze({ kind: 'all-columns', location, target: expression, aliases: parseAllColumnAliases(reader) })
  }
  return Object.freeze({ kind: 'single-column', location, expression, alias: parseAlias(reader) })
}

function parseAllColumnAliases(reader: TokenReader): readonly Identifier[] {
  if (!reader.take('AS')) return Object.freeze([])
  return parseColumnAliases(reader) ?? reader.fail()
}

function parseAlias(reader: TokenReader): Identifier | undefined {
  if (reader.take('AS')) return parseIdentifier(reader)
  reader.note('<identifier>')
  return isName(reader.token) && !startsQueryClause(reader) ? parseIdentifier(reader) : undefined
}

function parseGroupBy(reader: TokenReader): GroupBy | undefined {
  const { location } = reader
  if (!reader.take('GROUP')) return undefined
  reader.expect('BY')
  const distinct = parseSetQuantifier(reader) === 'distinct'
  const elements = parseList(reader, parseGroupingElement)
  return Object.freeze({ kind: 'group-by', location, distinct, elements })
}

function parseGroupingElement(reader: TokenReader): GroupingElement {
  const { location } = reader
  const word = reader.takeAny('ROLLUP', 'CUBE')
  if (word) {
    reader.expect('(')
    const sets = takeEmptyList(reader) ?? parseClosedList(reader, parseGroupingSet)
    return Object.freeze({ kind: word === 'ROLLUP' ? 'rollup' : 'cube', location, sets })
  }
  if (reader.at('GROUPING') && !reader.looksAt(1, '(')) {
    reader.advance()
    reader.noteTag('(')
    reader.expect('SETS')
    reader.expect('(')
    const sets = parseClosedList(reader, parseGroupingSet)
    return Object.freeze({ kind: 'grouping-sets', location, sets })
  }
  return Object.freeze({ kind: 'simple-group-by', location, expressions: parseGroupingSet(reader) })
}

const takeEmptyList = (reader: TokenReader): readonly never[] | undefined =>
  reader.take(')') ? Object.freeze([]) : undefined

/** groupingSet: ( a, b ), or one expression, which may itself start with a parenthesis. */
function parseGroupingSet(reader: TokenReader): readonly Expression[] {
  const list = reader.at('(') ? reader.attempt('grouping-set', () => parseGroupingList(reader)) : undefined
  return list ?? Object.freeze([reader.rules.expression(reader)])
}

function parseGroupingList(reader: TokenReader): readonly Expression[] {
  reader.expect('(')
  const list = takeEmptyList(reader) ?? parseClosedList(reader, reader.rules.expression)
  if (reader.looksAt(0, ...AFTER_EXPRESSION_PARENTHESIS)) reader.fail()
  return list
}

/** Tokens after `)` by which it was an expression's and not the grouping set's. */
const AFTER_EXPRESSION_PARENTHESIS = '. [ + - * / % || = <> < <= > >= -> AND OR NOT IS IN LIKE BETWEEN AT'.split(' ')
