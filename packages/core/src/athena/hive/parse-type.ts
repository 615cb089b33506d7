import { quoteHiveName } from './hive-string.ts'
import { HIVE_PRIMITIVES, type HivePrimitive, type HiveStructField, type HiveType } from './hive-type.ts'
import type { HiveColumn } from './nodes.ts'
import { TokenCursor } from './token-cursor.ts'

const PRIMITIVES: ReadonlySet<string> = new Set(HIVE_PRIMITIVES)

/** Hive's limits: 38 digits, 65 535 characters of varchar, 255 of char. */
const DECIMAL_PRECISION = { default: 10, max: 38 }
const MAX_LENGTH = { varchar: 65_535, char: 255 }

/** DML's names, which DDL does not take, with DDL's own. Source: Amazon Athena User Guide, "Data types". */
const DML_TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['integer', 'int'],
  ['real', 'float'],
  ['varbinary', 'binary'],
  ['text', 'string'],
  ['row', 'struct<name:type>'],
  ['json', 'string'],
  ['ipaddress', 'string'],
])

export function parseHiveType(cursor: TokenCursor): HiveType {
  const token = cursor.current
  const name = token.kind === 'word' ? token.value.toLowerCase() : ''
  if (PRIMITIVES.has(name)) {
    cursor.advance()
    return { kind: 'primitive', name: name as HivePrimitive }
  }
  switch (name) {
    case 'decimal':
      cursor.advance()
      return parseDecimal(cursor)
    case 'varchar':
    case 'char':
      cursor.advance()
      return { kind: name, length: parseLength(cursor, name) }
    case 'array':
      return { kind: 'array', element: parseTypeArguments(cursor, parseHiveType) }
    case 'map':
      return parseTypeArguments(cursor, parseMapArguments)
    case 'struct':
      return { kind: 'struct', fields: parseTypeArguments(cursor, parseStructFields) }
    default:
      throw cursor.noViableAlternative(typeRemedy(name))
  }
}

/** A type from its text, as a DDL statement writes it. */
export function parseHiveTypeText(text: string): HiveType {
  const cursor = new TokenCursor(text)
  const type = parseHiveType(cursor)
  cursor.expectEnd()
  return type
}

/** A type from its text in the catalogue, where the names of struct fields stand bare whatever is in them. */
export function parseCatalogType(text: string): HiveType {
  const quoted = text.replace(
    /([<,])([^<>,:()]+):/g,
    (_, before: string, name: string) => `${before}${quoteHiveName(name.trim())}:`,
  )
  return parseHiveTypeText(quoted)
}

/** `(name type [COMMENT '…'], …)`. */
export function parseColumns(cursor: TokenCursor): readonly HiveColumn[] {
  cursor.expectSymbol('(')
  const columns: HiveColumn[] = []
  do columns.push(parseColumn(cursor))
  while (cursor.acceptSymbol(','))
  cursor.expectSymbol(')')
  return columns
}

export function parseColumn(cursor: TokenCursor): HiveColumn {
  const location = cursor.current.location
  const name = cursor.expectName()
  const type = parseHiveType(cursor)
  return { name, type, comment: parseComment(cursor), location }
}

export function parseComment(cursor: TokenCursor): string | undefined {
  return cursor.acceptWords('COMMENT') ? cursor.expectString() : undefined
}

function parseDecimal(cursor: TokenCursor): HiveType {
  if (!cursor.acceptSymbol('(')) return { kind: 'decimal', precision: DECIMAL_PRECISION.default, scale: 0 }
  const precision = parseCountWithin(cursor, 1, DECIMAL_PRECISION.max)
  const scale = cursor.acceptSymbol(',') ? parseCountWithin(cursor, 0, precision) : 0
  cursor.expectSymbol(')')
  return { kind: 'decimal', precision, scale }
}

function parseLength(cursor: TokenCursor, name: 'varchar' | 'char'): number {
  if (!cursor.isSymbol('(')) throw cursor.noViableAlternative(`${name} has a length in DDL, as in ${name}(20).`)
  cursor.advance()
  const length = parseCountWithin(cursor, 1, MAX_LENGTH[name])
  cursor.expectSymbol(')')
  return length
}

function parseCountWithin(cursor: TokenCursor, low: number, high: number): number {
  const { value } = cursor.current
  if (!(Number(value) >= low && Number(value) <= high)) {
    throw cursor.noViableAlternative(`The number must be from ${low} to ${high}.`)
  }
  return cursor.expectCount()
}

function parseTypeArguments<T>(cursor: TokenCursor, parse: (cursor: TokenCursor) => T): T {
  cursor.advance()
  cursor.expectSymbol('<')
  const result = parse(cursor)
  cursor.expectSymbol('>')
  return result
}

function parseMapArguments(cursor: TokenCursor): HiveType {
  const keyToken = cursor.current
  const key = parseHiveType(cursor)
  if (key.kind === 'array' || key.kind === 'map' || key.kind === 'struct') {
    throw cursor.noViableAlternative(`A map's key is of a primitive type, not ${keyToken.value}.`)
  }
  cursor.expectSymbol(',')
  return { kind: 'map', key, value: parseHiveType(cursor) }
}

function parseStructFields(cursor: TokenCursor): readonly HiveStructField[] {
  const fields: HiveStructField[] = []
  do {
    const name = parseFieldName(cursor)
    cursor.expectSymbol(':')
    const type = parseHiveType(cursor)
    parseComment(cursor)
    fields.push({ name, type })
  } while (cursor.acceptSymbol(','))
  return fields
}

/** Any word may name a field, reserved ones too: the colon behind it leaves no doubt. */
function parseFieldName(cursor: TokenCursor): string {
  if (cursor.current.kind === 'word' && cursor.peek(1).value === ':') return cursor.advance().value.toLowerCase()
  if (cursor.current.kind === 'number' && cursor.peek(1).value === ':') return cursor.advance().value
  return cursor.expectName()
}

function typeRemedy(name: string): string | undefined {
  const ddlName = DML_TYPE_NAMES.get(name)
  return ddlName === undefined ? undefined : `DDL calls this type ${ddlName}.`
}
