import { onlyOneStatement } from '../one-statement.ts'
import type { HiveStatement } from './nodes.ts'
import { parseAlterTable } from './parse-alter-table.ts'
import { parseCreateTable } from './parse-create-table.ts'
import { parseAlterDatabase, parseCreateDatabase, parseDropDatabase } from './parse-database.ts'
import { parseDescribe } from './parse-describe.ts'
import { parseIfExists, parseTableName } from './parse-names.ts'
import { parseShow } from './parse-show.ts'
import { TokenCursor } from './token-cursor.ts'
import { unsupportedStatement } from './unsupported-statement.ts'

/**
 * Parses one statement of Athena's Hive family. Semicolons at its end are allowed.
 *
 * Names come back in lower case, literals with their escapes resolved.
 *
 * Throws AthenaError MALFORMED_QUERY: a syntax error with line and column (and, for a reserved word, a `remedy` that shows
 * it in backquotes), `Only one sql statement is allowed`, or `Queries of this type are not supported`.
 * Source: Amazon Athena User Guide, "DDL statements" and "Unsupported DDL".
 */
export function parseHiveStatement(text: string): HiveStatement {
  const cursor = new TokenCursor(text)
  const statement = parseStatement(cursor)
  if (cursor.isSymbol(';')) {
    while (cursor.acceptSymbol(';'));
    if (cursor.current.kind !== 'end') {
      throw onlyOneStatement(cursor.current.location)
    }
  }
  cursor.expectEnd()
  return statement
}

function parseStatement(cursor: TokenCursor): HiveStatement {
  const verb = cursor.expectOneOf('CREATE', 'DROP', 'ALTER', 'MSCK', 'SHOW', 'DESCRIBE', 'DESC', ...UNSUPPORTED_VERBS)
  switch (verb) {
    case 'CREATE':
      return parseCreate(cursor)
    case 'DROP':
      return parseDrop(cursor)
    case 'ALTER':
      return parseAlter(cursor)
    case 'MSCK':
      cursor.expectOnlyWord('REPAIR')
      cursor.expectOnlyWord('TABLE')
      return { kind: 'repair-table', table: parseTableName(cursor) }
    case 'SHOW':
      return parseShow(cursor)
    case 'DESCRIBE':
    case 'DESC':
      return parseDescribe(cursor)
    default:
      throw unsupportedStatement()
  }
}

/** Source: Amazon Athena User Guide, "Unsupported DDL". */
const UNSUPPORTED_VERBS = [
  'EXPORT',
  'IMPORT',
  'GRANT',
  'REVOKE',
  'LOCK',
  'UNLOCK',
  'LOAD',
  'ANALYZE',
  'TRUNCATE',
  'ROLLBACK',
  'COMMIT',
  'USE',
  'RELOAD',
]

const UNSUPPORTED_OBJECTS = ['INDEX', 'ROLE', 'MACRO', 'FUNCTION', 'TEMPORARY']

function parseCreate(cursor: TokenCursor): HiveStatement {
  const object = cursor.expectOneOf('DATABASE', 'SCHEMA', 'EXTERNAL', 'TABLE', ...UNSUPPORTED_OBJECTS)
  switch (object) {
    case 'DATABASE':
    case 'SCHEMA':
      return parseCreateDatabase(cursor)
    case 'EXTERNAL':
      cursor.expectWords('TABLE')
      return parseTableDefinition(cursor, true)
    case 'TABLE':
      return parseTableDefinition(cursor, false)
    default:
      throw unsupportedStatement()
  }
}

function parseTableDefinition(cursor: TokenCursor, external: boolean): HiveStatement {
  const statement = parseCreateTable(cursor, external)
  if (cursor.isWord('LIKE')) throw unsupportedStatement('Athena has no CREATE TABLE LIKE: name the columns.')
  return statement
}

function parseDrop(cursor: TokenCursor): HiveStatement {
  const object = cursor.expectOneOf('DATABASE', 'SCHEMA', 'TABLE', ...UNSUPPORTED_OBJECTS)
  switch (object) {
    case 'DATABASE':
    case 'SCHEMA':
      return parseDropDatabase(cursor)
    case 'TABLE': {
      const ifExists = parseIfExists(cursor)
      return { kind: 'drop-table', table: parseTableName(cursor), ifExists }
    }
    default:
      throw unsupportedStatement()
  }
}

function parseAlter(cursor: TokenCursor): HiveStatement {
  const object = cursor.expectOneOf('DATABASE', 'SCHEMA', 'TABLE', 'INDEX', 'VIEW')
  switch (object) {
    case 'DATABASE':
    case 'SCHEMA':
      return parseAlterDatabase(cursor)
    case 'TABLE':
      return parseAlterTable(cursor)
    default:
      throw unsupportedStatement()
  }
}
