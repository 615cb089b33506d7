import type { Identifier, JoinCriteria, JoinRelation, Relation } from './nodes.ts'
import { isName, parseClosedList, parseColumnAliases, parseIdentifier, parseQualifiedName } from './parse-names.ts'
import { startsQueryClause } from './parse-query.ts'
import type { TokenReader } from './token-reader.ts'
import { END_OF_INPUT } from './tokens.ts'

/** relation: joins from left to right; the right side of a qualified join is a relation of its own. */
export function parseRelation(reader: TokenReader): Relation {
  return reader.nest(() => {
    const { location } = reader
    let left = parseSampledRelation(reader)
    for (;;) {
      const joined = parseJoin(reader, left, location)
      if (!joined) return left
      left = joined
    }
  })
}

function parseJoin(reader: TokenReader, left: Relation, location: Relation['location']): Relation | undefined {
  if (reader.take('CROSS')) {
    reader.expect('JOIN')
    const right = parseSampledRelation(reader)
    return Object.freeze({ kind: 'join', location, type: 'cross', left, right, criteria: undefined })
  }
  if (reader.take('NATURAL')) {
    const type = parseJoinType(reader) ?? reader.fail()
    const right = parseSampledRelation(reader)
    return Object.freeze({ kind: 'join', location, type, left, right, criteria: Object.freeze({ kind: 'natural' }) })
  }
  const type = parseJoinType(reader)
  if (!type) return undefined
  const right = parseRelation(reader)
  return Object.freeze({ kind: 'join', location, type, left, right, criteria: parseCriteria(reader) })
}

/** [INNER | LEFT [OUTER] | RIGHT [OUTER] | FULL [OUTER]] JOIN */
function parseJoinType(reader: TokenReader): JoinRelation['type'] | undefined {
  const keyword = reader.takeAny('JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL')
  if (!keyword) return undefined
  if (keyword === 'JOIN') return 'inner'
  if (keyword !== 'INNER') reader.take('OUTER')
  reader.expect('JOIN')
  return keyword.toLowerCase() as JoinRelation['type']
}

function parseCriteria(reader: TokenReader): JoinCriteria {
  reader.startMandatory()
  if (reader.expectAny('ON', 'USING') === 'ON') {
    return Object.freeze({ kind: 'join-on', expression: reader.rules.expression(reader) })
  }
  return Object.freeze({ kind: 'join-using', columns: parseColumnAliases(reader) ?? reader.fail() })
}

function parseSampledRelation(reader: TokenReader): Relation {
  const { location } = reader
  const relation = parsePatternRecognition(reader)
  if (!reader.at('TABLESAMPLE')) return relation
  reader.advance()
  const method = reader.expectAny('BERNOULLI', 'SYSTEM') === 'SYSTEM' ? 'system' : 'bernoulli'
  reader.expect('(')
  const percentage = reader.rules.expression(reader)
  reader.expect(')')
  return Object.freeze({ kind: 'sampled-relation', location, relation, method, percentage })
}

function parsePatternRecognition(reader: TokenReader): Relation {
  const { location } = reader
  const relation = parseAliasedRelation(reader)
  if (!reader.at('MATCH_RECOGNIZE') || !reader.looksAt(1, '(')) return relation
  reader.advance()
  skipParentheses(reader)
  parseRelationAlias(reader)
  return unsupported('MATCH_RECOGNIZE', location)
}

function parseAliasedRelation(reader: TokenReader): Relation {
  const { location } = reader
  const relation = parseRelationPrimary(reader)
  const alias = parseRelationAlias(reader)
  return alias ? Object.freeze({ kind: 'aliased-relation', location, relation, ...alias }) : relation
}

function parseRelationAlias(
  reader: TokenReader,
): { readonly alias: Identifier; readonly columnAliases: readonly Identifier[] | undefined } | undefined {
  const explicit = reader.take('AS')
  reader.note('<identifier>')
  if (!explicit && !(isName(reader.token) && !startsRelationClause(reader))) return undefined
  const alias = parseIdentifier(reader)
  return { alias, columnAliases: parseColumnAliases(reader) }
}

/** TABLESAMPLE and MATCH_RECOGNIZE are also names: whether the clause starts here. */
function startsRelationClause(reader: TokenReader): boolean {
  const { tag } = reader.token
  if (tag === 'TABLESAMPLE') return reader.looksAt(1, 'BERNOULLI', 'SYSTEM')
  if (tag === 'MATCH_RECOGNIZE') return reader.looksAt(1, '(')
  return startsQueryClause(reader)
}

function parseRelationPrimary(reader: TokenReader): Relation {
  const { location } = reader
  reader.noteTag('LATERAL')
  if (reader.at('(')) return parseParenthesized(reader)
  if (reader.take('UNNEST')) return parseUnnest(reader, location)
  if (reader.token.tag === 'LATERAL' && reader.looksAt(1, '(')) {
    reader.advance()
    reader.expect('(')
    const query = reader.rules.query(reader)
    reader.expect(')')
    return Object.freeze({ kind: 'lateral', location, query })
  }
  const construct = reader.takeAny('TABLE', 'JSON_TABLE')
  if (construct) {
    skipParentheses(reader)
    return unsupported(construct === 'TABLE' ? 'TABLE(function)' : construct, location)
  }
  const name = parseQualifiedName(reader)
  return Object.freeze({ kind: 'table', location, name, queryPeriod: parseQueryPeriod(reader) })
}

const unsupported = (name: string, location: Relation['location']): Relation =>
  Object.freeze({ kind: 'unsupported-relation', location, name })

/** ( query ) or ( relation ) */
function parseParenthesized(reader: TokenReader): Relation {
  const subquery = startsQuery(reader) ? reader.attempt('table-subquery', () => parseTableSubquery(reader)) : undefined
  if (subquery) return subquery
  reader.expect('(')
  reader.note('<query>')
  const relation = parseRelation(reader)
  reader.expect(')')
  return relation
}

function startsQuery(reader: TokenReader): boolean {
  let distance = 1
  while (reader.looksAt(distance, '(')) distance += 1
  if (reader.looksAt(distance, 'TABLE')) return !reader.looksAt(distance + 1, '(')
  return reader.looksAt(distance, 'SELECT', 'WITH', 'VALUES')
}

function parseTableSubquery(reader: TokenReader): Relation {
  const { location } = reader
  reader.expect('(')
  const query = reader.rules.query(reader)
  reader.expect(')')
  return Object.freeze({ kind: 'subquery-relation', location, query })
}

function parseUnnest(reader: TokenReader, location: Relation['location']): Relation {
  reader.expect('(')
  const expressions = parseClosedList(reader, reader.rules.expression)
  const withOrdinality = reader.token.tag === 'WITH' && reader.looksAt(1, 'ORDINALITY')
  if (withOrdinality) {
    reader.advance()
    reader.advance()
  }
  return Object.freeze({ kind: 'unnest', location, expressions, withOrdinality })
}

/** FOR TIMESTAMP | VERSION AS OF expression */
function parseQueryPeriod(reader: TokenReader): 'timestamp' | 'version' | undefined {
  if (!reader.take('FOR')) return undefined
  const range = reader.expectAny('TIMESTAMP', 'VERSION')
  reader.expect('AS')
  reader.expect('OF')
  reader.rules.valueExpression(reader)
  return range === 'TIMESTAMP' ? 'timestamp' : 'version'
}

/** A construct that is refused by name: read to its closing parenthesis. */
function skipParentheses(reader: TokenReader): void {
  reader.expect('(')
  for (let depth = 1; depth > 0; ) {
    if (reader.token.tag === END_OF_INPUT) reader.expect(')')
    const { tag } = reader.advance()
    if (tag === '(') depth += 1
    if (tag === ')') depth -= 1
  }
}
