import type { DescribeTableStatement } from './nodes.ts'
import { parsePartitionSpec, parseTableName } from './parse-names.ts'
import type { TokenCursor } from './token-cursor.ts'
import { unsupportedStatement } from './unsupported-statement.ts'

const UNSUPPORTED_SUBJECTS = ['DATABASE', 'SCHEMA', 'FUNCTION']

/** `DESCRIBE [VIEW] [EXTENDED|FORMATTED] [db.]table [PARTITION (…)] [column]`, from behind the first word on. */
export function parseDescribe(cursor: TokenCursor): DescribeTableStatement {
  if (cursor.isWord(...UNSUPPORTED_SUBJECTS) && !cursor.endsAt(1)) throw unsupportedStatement()
  if (cursor.isWord('VIEW') && isNameAt(cursor, 1)) cursor.advance()
  const style = parseStyle(cursor)
  const table = parseTableName(cursor)
  const partition = cursor.isWord('PARTITION') ? parsePartitionSpec(cursor) : undefined
  const column = cursor.endsAt(0) ? undefined : cursor.expectName()
  return { kind: 'describe-table', table, style, partition, column }
}

function parseStyle(cursor: TokenCursor): DescribeTableStatement['style'] {
  if (cursor.acceptWords('EXTENDED')) return 'extended'
  return cursor.wordAt(0, 'FORMATTED') && !cursor.endsAt(1) && cursor.acceptWords('FORMATTED') ? 'formatted' : 'plain'
}

function isNameAt(cursor: TokenCursor, distance: number): boolean {
  const { kind } = cursor.peek(distance)
  return kind === 'word' || kind === 'quoted-name'
}
