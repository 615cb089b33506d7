import type { Expression, JsonFunction, TypeNode } from './nodes.ts'
import { parseIdentifier, parseString } from './parse-names.ts'
import type { TokenReader } from './token-reader.ts'

/** SQL/JSON: JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT, JSON_ARRAY. */
export const JSON_FUNCTIONS: Readonly<Record<string, (reader: TokenReader) => Expression>> = {
  JSON_EXISTS: (reader) =>
    parseJsonFunction(reader, 'json_exists', () => ({
      ...parsePathInvocation(reader),
      ...parseErrorBehavior(reader),
    })),
  JSON_VALUE: (reader) =>
    parseJsonFunction(reader, 'json_value', () => ({
      ...parsePathInvocation(reader),
      returning: parseReturning(reader),
      ...parseBehaviors(reader, ['NULL', 'ERROR', 'DEFAULT']),
    })),
  JSON_QUERY: (reader) =>
    parseJsonFunction(reader, 'json_query', () => ({
      ...parsePathInvocation(reader),
      returning: parseReturning(reader),
      wrapper: parseWrapper(reader),
      quotes: parseQuotes(reader),
      ...parseBehaviors(reader, ['NULL', 'ERROR', 'EMPTY']),
    })),
  JSON_OBJECT: (reader) => parseJsonFunction(reader, 'json_object', () => parseObjectParts(reader)),
  JSON_ARRAY: (reader) => parseJsonFunction(reader, 'json_array', () => parseArrayParts(reader)),
}

type Parts = Partial<JsonFunction>
type Behavior = NonNullable<JsonFunction['onError']>

function parseJsonFunction(reader: TokenReader, name: JsonFunction['function'], parts: () => Parts): Expression {
  const { location } = reader.advance()
  reader.expect('(')
  const given = parts()
  reader.expect(')')
  return Object.freeze({
    kind: 'json-function',
    location,
    function: name,
    input: undefined,
    inputFormat: undefined,
    path: undefined,
    passing: Object.freeze([]),
    returning: undefined,
    onEmpty: undefined,
    onError: undefined,
    wrapper: undefined,
    quotes: undefined,
    members: Object.freeze([]),
    nullOnNull: undefined,
    uniqueKeys: undefined,
    ...given,
  })
}

function parsePathInvocation(reader: TokenReader): Parts {
  reader.openDecision()
  const input = reader.rules.expression(reader)
  const inputFormat = parseFormat(reader)
  reader.expect(',')
  reader.closeDecision()
  const path = parseString(reader)
  if (reader.take('AS')) parseIdentifier(reader)
  return { input, inputFormat, path, passing: parsePassing(reader) }
}

function parsePassing(reader: TokenReader): JsonFunction['passing'] {
  const passing: JsonFunction['passing'][number][] = []
  if (!reader.take('PASSING')) return Object.freeze(passing)
  do {
    const value = reader.rules.expression(reader)
    parseFormat(reader)
    reader.expect('AS')
    passing.push(Object.freeze({ name: parseIdentifier(reader), value }))
  } while (reader.take(','))
  return Object.freeze(passing)
}

/** FORMAT JSON [ENCODING UTF8 | UTF16 | UTF32] */
function parseFormat(reader: TokenReader): string | undefined {
  if (!reader.take('FORMAT')) return undefined
  reader.expect('JSON')
  return reader.take('ENCODING') ? `JSON ENCODING ${reader.expectAny('UTF8', 'UTF16', 'UTF32')}` : 'JSON'
}

function parseReturning(reader: TokenReader): TypeNode | undefined {
  if (!reader.take('RETURNING')) return undefined
  const type = reader.rules.type(reader)
  parseFormat(reader)
  return type
}

function parseWrapper(reader: TokenReader): JsonFunction['wrapper'] {
  const tag = reader.takeAny('WITH', 'WITHOUT')
  if (!tag) return undefined
  const condition = tag === 'WITH' ? reader.takeAny('CONDITIONAL', 'UNCONDITIONAL') : undefined
  reader.take('ARRAY')
  reader.expect('WRAPPER')
  if (tag === 'WITHOUT') return 'without'
  return condition === 'CONDITIONAL' ? 'conditional' : 'unconditional'
}

function parseQuotes(reader: TokenReader): JsonFunction['quotes'] {
  const tag = reader.takeAny('KEEP', 'OMIT')
  if (!tag) return undefined
  reader.expect('QUOTES')
  if (reader.take('ON')) {
    reader.expect('SCALAR')
    reader.expect('STRING')
  }
  return tag === 'KEEP' ? 'keep' : 'omit'
}

function parseErrorBehavior(reader: TokenReader): Parts {
  const tag = reader.takeAny('TRUE', 'FALSE', 'UNKNOWN', 'ERROR')
  if (!tag) return {}
  reader.expect('ON')
  reader.expect('ERROR')
  return { onError: Object.freeze({ behavior: tag, default: undefined }) }
}

/** [behavior ON EMPTY] [behavior ON ERROR] */
function parseBehaviors(reader: TokenReader, allowed: readonly string[]): Parts {
  const first = parseBehavior(reader, allowed)
  if (!first) return {}
  reader.expect('ON')
  if (reader.expectAny('EMPTY', 'ERROR') === 'ERROR') return { onError: first }
  const second = parseBehavior(reader, allowed)
  if (!second) return { onEmpty: first }
  reader.expect('ON')
  reader.expect('ERROR')
  return { onEmpty: first, onError: second }
}

function parseBehavior(reader: TokenReader, allowed: readonly string[]): Behavior | undefined {
  const tag = reader.takeAny(...allowed)
  if (!tag) return undefined
  if (tag === 'DEFAULT') return Object.freeze({ behavior: tag, default: reader.rules.expression(reader) })
  const behavior = tag === 'EMPTY' ? `EMPTY ${reader.expectAny('ARRAY', 'OBJECT')}` : tag
  return Object.freeze({ behavior, default: undefined })
}

function parseObjectParts(reader: TokenReader): Parts {
  const empty = reader.atAny(')', 'RETURNING')
  const members = empty ? Object.freeze([]) : parseMembers(reader, parseObjectMember)
  const nullOnNull = empty ? undefined : parseNullHandling(reader)
  const uniqueKeys = empty ? undefined : parseUniqueKeys(reader)
  return { members, nullOnNull, uniqueKeys, returning: parseReturning(reader) }
}

function parseArrayParts(reader: TokenReader): Parts {
  const empty = reader.atAny(')', 'RETURNING')
  const members = empty ? Object.freeze([]) : parseMembers(reader, parseArrayMember)
  const nullOnNull = empty ? undefined : parseNullHandling(reader)
  return { members, nullOnNull, returning: parseReturning(reader) }
}

type Member = JsonFunction['members'][number]

function parseMembers(reader: TokenReader, member: (reader: TokenReader) => Member): readonly Member[] {
  const members = [member(reader)]
  while (reader.take(',')) members.push(member(reader))
  return Object.freeze(members)
}

function parseArrayMember(reader: TokenReader): Member {
  reader.openDecision()
  const value = reader.rules.expression(reader)
  parseFormat(reader)
  reader.closeDecision()
  return Object.freeze({ key: undefined, value })
}

/** [KEY] key VALUE value, key : value. KEY is also a name. */
function parseObjectMember(reader: TokenReader): Member {
  return (
    reader.attempt('json-key', () => {
      reader.expect('KEY')
      const key = reader.rules.expression(reader)
      reader.expect('VALUE')
      return memberOf(reader, key)
    }) ?? parsePlainMember(reader)
  )
}

function parsePlainMember(reader: TokenReader): Member {
  const key = reader.rules.expression(reader)
  reader.expectAny('VALUE', ':')
  return memberOf(reader, key)
}

function memberOf(reader: TokenReader, key: Expression): Member {
  const value = reader.rules.expression(reader)
  parseFormat(reader)
  return Object.freeze({ key, value })
}

/** NULL ON NULL, ABSENT ON NULL */
function parseNullHandling(reader: TokenReader): boolean | undefined {
  const tag = reader.takeAny('NULL', 'ABSENT')
  if (!tag) return undefined
  reader.expect('ON')
  reader.expect('NULL')
  return tag === 'NULL'
}

/** WITH | WITHOUT UNIQUE [KEYS] */
function parseUniqueKeys(reader: TokenReader): boolean | undefined {
  const tag = reader.takeAny('WITH', 'WITHOUT')
  if (!tag) return undefined
  reader.expect('UNIQUE')
  reader.take('KEYS')
  return tag === 'WITH'
}
