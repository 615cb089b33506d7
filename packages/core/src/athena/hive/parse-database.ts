import type { HiveStatement } from './nodes.ts'
import { parseIfExists, parseIfNotExists, parseProperties } from './parse-names.ts'
import { parseComment } from './parse-type.ts'
import type { TokenCursor } from './token-cursor.ts'

/** `CREATE {DATABASE|SCHEMA} …`, from behind that word on. */
export function parseCreateDatabase(cursor: TokenCursor): HiveStatement {
  const ifNotExists = parseIfNotExists(cursor)
  const name = cursor.expectName()
  const comment = parseComment(cursor)
  const databaseLocation = cursor.acceptWords('LOCATION') ? cursor.expectString() : undefined
  const properties = cursor.acceptWords('WITH', 'DBPROPERTIES') ? parseProperties(cursor) : {}
  return { kind: 'create-database', name, ifNotExists, comment, databaseLocation, properties }
}

/** `DROP {DATABASE|SCHEMA} …`, from behind that word on. */
export function parseDropDatabase(cursor: TokenCursor): HiveStatement {
  const ifExists = parseIfExists(cursor)
  const name = cursor.expectName()
  const cascade = !cursor.acceptWords('RESTRICT') && cursor.acceptWords('CASCADE')
  return { kind: 'drop-database', name, ifExists, cascade }
}

/** `ALTER {DATABASE|SCHEMA} … SET DBPROPERTIES (…)`, from behind that word on. */
export function parseAlterDatabase(cursor: TokenCursor): HiveStatement {
  const name = cursor.expectName()
  cursor.expectWords('SET', 'DBPROPERTIES')
  return { kind: 'alter-database-properties', name, properties: parseProperties(cursor) }
}
