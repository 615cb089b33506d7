import type { CurrentDateTime, Expression, Identifier, QualifiedName, SessionValue, Trim, WhenClause } from './nodes.ts'
import { parseIdentifier } from './parse-names.ts'
import type { TokenReader } from './token-reader.ts'
import { INTEGER_VALUE } from './tokens.ts'

export function parseCase(reader: TokenReader): Expression {
  const { location } = reader.advance()
  if (!reader.at('WHEN')) {
    reader.openDecision()
    const operand = reader.rules.expression(reader)
    reader.closeDecision()
    const whens = parseWhens(reader)
    return Object.freeze({ kind: 'simple-case', location, operand, whens, default: parseElse(reader) })
  }
  const whens = parseWhens(reader)
  return Object.freeze({ kind: 'searched-case', location, whens, default: parseElse(reader) })
}

function parseWhens(reader: TokenReader): readonly WhenClause[] {
  const whens: WhenClause[] = []
  do {
    const { location } = reader.expect('WHEN')
    const condition = reader.rules.expression(reader)
    reader.expect('THEN')
    whens.push(Object.freeze({ kind: 'when', location, condition, result: reader.rules.expression(reader) }))
  } while (reader.at('WHEN'))
  return Object.freeze(whens)
}

function parseElse(reader: TokenReader): Expression | undefined {
  const result = reader.take('ELSE') ? reader.rules.expression(reader) : undefined
  reader.expect('END')
  return result
}

export function parseCast(reader: TokenReader): Expression {
  const { location, tag } = reader.advance()
  reader.expect('(')
  const operand = reader.rules.expression(reader)
  reader.expect('AS')
  const type = reader.rules.type(reader)
  reader.expect(')')
  return Object.freeze({ kind: 'cast', location, operand, type, safe: tag === 'TRY_CAST' })
}

export function parseCurrentDateTime(reader: TokenReader): Expression {
  const { location, tag } = reader.advance()
  let precision: number | undefined
  if (tag !== 'CURRENT_DATE' && reader.take('(')) {
    precision = Number(reader.expect(INTEGER_VALUE).text.replaceAll('_', ''))
    reader.expect(')')
  }
  return Object.freeze({
    kind: 'current-datetime',
    location,
    function: tag.toLowerCase() as CurrentDateTime['function'],
    precision,
  })
}

export function parseSessionValue(reader: TokenReader): Expression {
  const { location, tag } = reader.advance()
  return Object.freeze({ kind: 'session-value', location, function: tag.toLowerCase() as SessionValue['function'] })
}

/** A call that SQL writes with keywords between its arguments; a reserved word's name counts as quoted. */
function functionCall(
  name: string,
  location: Expression['location'],
  items: readonly Expression[],
  quoted = false,
): Expression {
  const part: Identifier = Object.freeze({ kind: 'identifier', location, text: name, quoted })
  const qualified: QualifiedName = Object.freeze({ kind: 'qualified-name', location, parts: Object.freeze([part]) })
  return Object.freeze({
    kind: 'function-call',
    location,
    name: qualified,
    star: false,
    distinct: false,
    arguments: Object.freeze(items),
    orderBy: Object.freeze([]),
    filter: undefined,
    nullTreatment: undefined,
    window: undefined,
  })
}

/** POSITION(a IN b) is strpos(b, a); without IN it is a call. */
export function parsePosition(reader: TokenReader): Expression | undefined {
  if (!reader.looksAt(1, '(')) return undefined
  const mark = reader.mark()
  const { location } = reader.advance()
  const part = reader.attempt('position', () => {
    reader.expect('(')
    const value = reader.rules.valueExpression(reader)
    reader.expect('IN')
    return value
  })
  if (!part) {
    reader.reset(mark)
    return undefined
  }
  const whole = reader.rules.valueExpression(reader)
  reader.expect(')')
  return functionCall('strpos', location, [whole, part])
}

/** SUBSTRING(a FROM b FOR c) is substr(a, b, c). */
export function parseSubstring(reader: TokenReader): Expression {
  const { location } = reader.advance()
  reader.expect('(')
  const items = [reader.rules.valueExpression(reader)]
  reader.expect('FROM')
  items.push(reader.rules.valueExpression(reader))
  if (reader.take('FOR')) items.push(reader.rules.valueExpression(reader))
  reader.expect(')')
  return functionCall('substr', location, items)
}

export function parseNormalize(reader: TokenReader): Expression {
  const { location } = reader.advance()
  reader.expect('(')
  const items = [reader.rules.valueExpression(reader)]
  const form = reader.take(',') ? reader.expectAny('NFC', 'NFD', 'NFKC', 'NFKD') : 'NFC'
  items.push(Object.freeze({ kind: 'string', location, value: form }))
  reader.expect(')')
  return functionCall('normalize', location, items, true)
}

/** Names of Trino's Extract.Field. */
const EXTRACT_FIELDS = new Set(
  'year quarter month week day day_of_month day_of_week dow day_of_year doy year_of_week yow hour minute second timezone_hour timezone_minute'.split(
    ' ',
  ),
)

export function parseExtract(reader: TokenReader): Expression {
  const { location } = reader.advance()
  reader.expect('(')
  const { text } = parseIdentifier(reader)
  reader.expect('FROM')
  const operand = reader.rules.valueExpression(reader)
  reader.expect(')')
  if (!EXTRACT_FIELDS.has(text.toLowerCase())) reader.defer(`Invalid EXTRACT field: ${text}`, location)
  return Object.freeze({ kind: 'extract', location, field: text.toLowerCase(), operand })
}

/** TRIM(BOTH x FROM y), TRIM(FROM y), TRIM(y), TRIM(y, x). */
export function parseTrim(reader: TokenReader): Expression {
  const { location } = reader.advance()
  reader.expect('(')
  const operands = reader.attempt('trim-side', () => parseSidedTrim(reader)) ?? parsePlainTrim(reader)
  reader.expect(')')
  return Object.freeze({ kind: 'trim', location, ...operands })
}

type TrimOperands = Pick<Trim, 'side' | 'value' | 'characters'>

/** BOTH, LEADING and TRAILING are also names: the side where a FROM comes later. */
function parseSidedTrim(reader: TokenReader): TrimOperands {
  const side = reader.expectAny('BOTH', 'LEADING', 'TRAILING').toLowerCase() as Trim['side']
  const characters = reader.at('FROM') ? undefined : reader.rules.valueExpression(reader)
  reader.expect('FROM')
  return { side, value: reader.rules.valueExpression(reader), characters }
}

function parsePlainTrim(reader: TokenReader): TrimOperands {
  reader.openDecision()
  const first = reader.at('FROM') ? undefined : reader.rules.valueExpression(reader)
  reader.closeDecision()
  if (reader.take('FROM')) return { side: 'both', value: reader.rules.valueExpression(reader), characters: first }
  const characters = reader.take(',') ? reader.rules.valueExpression(reader) : undefined
  return { side: 'both', value: first ?? reader.fail(), characters }
}
