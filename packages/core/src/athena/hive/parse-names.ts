import type { HivePartitionEntry, HivePartitionSpec, HiveProperties, HiveTableName } from './nodes.ts'
import type { TokenCursor } from './token-cursor.ts'

/** `[[catalog.]database.]table`. */
export function parseTableName(cursor: TokenCursor): HiveTableName {
  const location = cursor.current.location
  const parts = [cursor.expectName()]
  while (parts.length < 3 && cursor.acceptSymbol('.')) parts.push(cursor.expectName())
  if (cursor.isSymbol('.')) throw cursor.noViableAlternative()
  const name = parts.pop() ?? ''
  const database = parts.pop()
  return { catalog: parts.pop(), database, name, location }
}

export function parseIfNotExists(cursor: TokenCursor): boolean {
  return cursor.acceptWords('IF', 'NOT', 'EXISTS')
}

export function parseIfExists(cursor: TokenCursor): boolean {
  return cursor.acceptWords('IF', 'EXISTS')
}

/** `('key'='value', …)`. */
export function parseProperties(cursor: TokenCursor): HiveProperties {
  const properties: Record<string, string> = {}
  cursor.expectSymbol('(')
  do {
    const key = cursor.expectString()
    cursor.expectSymbol('=')
    const value = cursor.expectString()
    Object.defineProperty(properties, key, { value, enumerable: true, configurable: true, writable: true })
  } while (cursor.acceptSymbol(','))
  cursor.expectSymbol(')')
  return properties
}

/** `PARTITION (key='value', key=3, key)`. */
export function parsePartitionSpec(cursor: TokenCursor): HivePartitionSpec {
  const location = cursor.current.location
  cursor.expectOnlyWord('PARTITION')
  cursor.expectSymbol('(')
  const entries: HivePartitionEntry[] = []
  do {
    const key = cursor.expectName()
    entries.push({ key, value: cursor.acceptSymbol('=') ? parsePartitionValue(cursor) : undefined })
  } while (cursor.acceptSymbol(','))
  cursor.expectSymbol(')')
  return { entries, location }
}

/** A string, a number, or `DATE '…'` / `TIMESTAMP '…'`; as text in every case. */
function parsePartitionValue(cursor: TokenCursor): string {
  if (cursor.isWord('DATE', 'TIMESTAMP') && cursor.peek(1).kind === 'string') cursor.advance()
  if (cursor.current.kind === 'string') return cursor.advance().value
  const sign = cursor.acceptSymbol('-') ? '-' : ''
  if (cursor.current.kind !== 'number') {
    throw cursor.noViableAlternative(
      "A partition's value is a text in quotes or a number, as in PARTITION (day='2021/10/25').",
    )
  }
  return sign + cursor.advance().value
}

export function parseNameList(cursor: TokenCursor): readonly string[] {
  cursor.expectSymbol('(')
  const names: string[] = []
  do names.push(cursor.expectName())
  while (cursor.acceptSymbol(','))
  cursor.expectSymbol(')')
  return names
}
