import type { HiveStatement, HiveTableName } from './nodes.ts'
import { parsePartitionSpec, parseTableName } from './parse-names.ts'
import type { TokenCursor } from './token-cursor.ts'
import { unsupportedStatement } from './unsupported-statement.ts'

/** `SHOW …`, from behind that word on. SHOW FUNCTIONS and SHOW CREATE VIEW are not of the Hive family. */
export function parseShow(cursor: TokenCursor): HiveStatement {
  const subject = cursor.expectOneOf(
    ...['DATABASES', 'SCHEMAS', 'TABLES', 'VIEWS', 'PARTITIONS', 'COLUMNS', 'CREATE', 'TBLPROPERTIES'],
    ...UNSUPPORTED_SUBJECTS,
  )
  switch (subject) {
    case 'DATABASES':
    case 'SCHEMAS':
      return { kind: 'show-databases', pattern: parsePattern(cursor) }
    case 'TABLES':
      return { kind: 'show-tables', database: parseInDatabase(cursor), pattern: parsePattern(cursor) }
    case 'VIEWS':
      return { kind: 'show-views', database: parseInDatabase(cursor), pattern: parsePattern(cursor) }
    case 'PARTITIONS':
      return parseShowPartitions(cursor)
    case 'COLUMNS':
      return { kind: 'show-columns', table: parseTableOfColumns(cursor) }
    case 'CREATE':
      cursor.expectWords('TABLE')
      return { kind: 'show-create-table', table: parseTableName(cursor) }
    case 'TBLPROPERTIES':
      return { kind: 'show-table-properties', table: parseTableName(cursor), property: parsePropertyName(cursor) }
    default:
      throw unsupportedStatement()
  }
}

/** Hive has these; Athena refuses them. Source: Amazon Athena User Guide, "Unsupported DDL". */
const UNSUPPORTED_SUBJECTS = [
  'COMPACTIONS',
  'CONF',
  'CURRENT',
  'GRANT',
  'INDEX',
  'INDEXES',
  'LOCKS',
  'PRINCIPALS',
  'ROLE',
  'ROLES',
  'TRANSACTIONS',
  'TABLE',
]

function parseInDatabase(cursor: TokenCursor): string | undefined {
  return cursor.acceptWords('IN') || cursor.acceptWords('FROM') ? cursor.expectName() : undefined
}

function parsePattern(cursor: TokenCursor): string | undefined {
  if (cursor.acceptWords('LIKE')) return cursor.expectString()
  return cursor.current.kind === 'string' ? cursor.expectString() : undefined
}

function parseShowPartitions(cursor: TokenCursor): HiveStatement {
  const table = parseTableName(cursor)
  const partition = cursor.isWord('PARTITION') ? parsePartitionSpec(cursor) : undefined
  return { kind: 'show-partitions', table, partition }
}

/** `{FROM|IN} [database.]table` or `{FROM|IN} table {FROM|IN} database`. */
function parseTableOfColumns(cursor: TokenCursor): HiveTableName {
  cursor.expectOneOf('FROM', 'IN')
  const table = parseTableName(cursor)
  if (table.database !== undefined || !cursor.isWord('FROM', 'IN')) return table
  cursor.advance()
  return { ...table, database: cursor.expectName() }
}

function parsePropertyName(cursor: TokenCursor): string | undefined {
  if (!cursor.acceptSymbol('(')) return undefined
  const property = cursor.expectString()
  cursor.expectSymbol(')')
  return property
}
