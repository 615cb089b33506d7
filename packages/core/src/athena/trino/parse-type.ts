import type { IntervalField, TypeNode } from './nodes.ts'
import { parseIdentifier, parseList } from './parse-names.ts'
import type { TokenReader } from './token-reader.ts'
import { INTEGER_VALUE } from './tokens.ts'

type TypeParameter = TypeNode | number
type RowField = { readonly name: string | undefined; readonly type: TypeNode }

/** `type` of Trino's grammar; `resolve-type.ts` gives it its meaning. */
export function parseType(reader: TokenReader): TypeNode {
  return reader.nest(() => {
    const { location } = reader
    const suppressed = reader.enter('<type>')
    let type = parseTypePrimary(reader)
    reader.leave(suppressed)
    for (let length = 0; reader.take('ARRAY'); length += 1) {
      reader.limitChain(length)
      if (reader.take('[')) {
        reader.expect(INTEGER_VALUE)
        reader.expect(']')
      }
      type = Object.freeze({ kind: 'generic-type', location, name: 'array', arguments: Object.freeze([type]) })
    }
    return type
  })
}

function parseTypePrimary(reader: TokenReader): TypeNode {
  const { location } = reader
  const generic = (name: string, parameters: readonly TypeParameter[]): TypeNode =>
    Object.freeze({ kind: 'generic-type', location, name, arguments: Object.freeze(parameters) })

  if (reader.token.tag === 'ROW' && reader.looksAt(1, '(')) {
    const fields = reader.attempt('row-type', () => parseRowFields(reader))
    if (fields) return Object.freeze({ kind: 'row-type', location, fields })
  }
  if (reader.token.tag === 'INTERVAL' && isIntervalField(reader, 1)) return parseIntervalType(reader)
  if (reader.token.tag === 'TIMESTAMP' || reader.token.tag === 'TIME') {
    const type = reader.attempt('datetime-type', () => parseDateTimeType(reader))
    if (type) return type
  }
  if (reader.token.tag === 'DOUBLE' && reader.looksAt(1, 'PRECISION')) {
    reader.advance()
    reader.advance()
    return generic('double', [])
  }
  if (reader.token.tag === 'ARRAY' && reader.looksAt(1, '<')) {
    reader.advance()
    reader.advance()
    const element = parseType(reader)
    reader.expect('>')
    return generic('array', [element])
  }
  if (reader.token.tag === 'MAP' && reader.looksAt(1, '<')) {
    reader.advance()
    reader.advance()
    const key = parseType(reader)
    reader.expect(',')
    const value = parseType(reader)
    reader.expect('>')
    return generic('map', [key, value])
  }
  const name = parseIdentifier(reader).text
  if (name.toUpperCase() === 'INTERVAL') noteIntervalFields(reader)
  return generic(name, parseTypeParameters(reader))
}

function parseTypeParameters(reader: TokenReader): readonly TypeParameter[] {
  if (!reader.take('(')) return []
  const parameters = parseList(reader, parseTypeParameter)
  reader.expect(')')
  return parameters
}

function parseTypeParameter(reader: TokenReader): TypeParameter {
  if (reader.at(INTEGER_VALUE)) return Number(reader.advance().text.replaceAll('_', ''))
  return parseType(reader)
}

function parseRowFields(reader: TokenReader): readonly RowField[] {
  reader.expect('ROW')
  reader.expect('(')
  reader.noteTag(INTEGER_VALUE)
  const fields = parseList(reader, parseRowField)
  reader.expect(')')
  return fields
}

/** `type` or `identifier type`: the first where it fits, so that `row(double precision)` has no name. */
function parseRowField(reader: TokenReader): RowField {
  const unnamed = reader.attempt('row-field', () => {
    const type = parseType(reader)
    if (!reader.atAny(',', ')')) reader.fail()
    return Object.freeze({ name: undefined, type })
  })
  if (unnamed) return unnamed
  const { text } = parseIdentifier(reader)
  return Object.freeze({ name: text, type: parseType(reader) })
}

function parseDateTimeType(reader: TokenReader): TypeNode {
  const { location } = reader
  const type = reader.advance().tag === 'TIME' ? 'time' : 'timestamp'
  let precision: number | undefined
  if (reader.take('(')) {
    const parameter = parseTypeParameter(reader)
    // TIMESTAMP(p) with a type for p is a type variable of function declarations: no query has it.
    if (typeof parameter !== 'number') reader.fail()
    precision = parameter
    reader.expect(')')
  }
  let withTimeZone = false
  if (reader.token.tag === 'WITH' || reader.token.tag === 'WITHOUT') {
    withTimeZone = reader.advance().tag === 'WITH'
    reader.expect('TIME')
    reader.expect('ZONE')
  }
  return Object.freeze({ kind: 'datetime-type', location, type, precision, withTimeZone })
}

const INTERVAL_FIELDS = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'] as const

export function parseIntervalField(reader: TokenReader): IntervalField {
  return reader.expectAny(...INTERVAL_FIELDS).toLowerCase() as IntervalField
}
export const isIntervalField = (reader: TokenReader, distance: number): boolean =>
  reader.looksAt(distance, ...INTERVAL_FIELDS)

const noteIntervalFields = (reader: TokenReader): void => reader.noteTag(...INTERVAL_FIELDS)

function parseIntervalType(reader: TokenReader): TypeNode {
  const { location } = reader
  reader.expect('INTERVAL')
  const from = parseIntervalField(reader)
  const to = reader.take('TO') ? parseIntervalField(reader) : from
  return Object.freeze({ kind: 'interval-type', location, from, to })
}
