import type {
  AddPartitionsStatement,
  ChangeColumnStatement,
  HivePartitionSpec,
  HiveStatement,
  HiveTableName,
} from './nodes.ts'
import { parseIfExists, parseIfNotExists, parsePartitionSpec, parseProperties, parseTableName } from './parse-names.ts'
import { parseColumn, parseColumns } from './parse-type.ts'
import type { TokenCursor } from './token-cursor.ts'
import { unsupportedStatement } from './unsupported-statement.ts'

/** `ALTER TABLE …`, from behind the word TABLE on. */
export function parseAlterTable(cursor: TokenCursor): HiveStatement {
  const table = parseTableName(cursor)
  if (cursor.isWord('PARTITION')) return parseAlterPartition(cursor, table)
  const action = cursor.expectOneOf('ADD', 'DROP', 'SET', 'REPLACE', 'CHANGE', 'RENAME')
  switch (action) {
    case 'ADD':
      return cursor.acceptWords('COLUMNS')
        ? { kind: 'add-columns', table, columns: parseColumns(cursor) }
        : parseAddPartitions(cursor, table)
    case 'DROP':
      return parseDropPartitions(cursor, table)
    case 'SET':
      return parseSet(cursor, table, undefined)
    case 'REPLACE':
      cursor.expectWords('COLUMNS')
      return { kind: 'replace-columns', table, columns: parseColumns(cursor) }
    case 'CHANGE':
      return parseChangeColumn(cursor, table)
    default:
      throw unsupportedStatement('Athena renames no Hive table: create a table of the new name and drop the old one.')
  }
}

/** `PARTITION (…) RENAME TO PARTITION (…)` and `PARTITION (…) SET LOCATION '…'`. */
function parseAlterPartition(cursor: TokenCursor, table: HiveTableName): HiveStatement {
  const partition = parsePartitionSpec(cursor)
  if (!cursor.acceptWords('RENAME')) {
    cursor.expectOneOf('SET')
    return parseSet(cursor, table, partition)
  }
  cursor.expectWords('TO')
  return { kind: 'rename-partition', table, from: partition, to: parsePartitionSpec(cursor) }
}

function parseSet(cursor: TokenCursor, table: HiveTableName, partition: HivePartitionSpec | undefined): HiveStatement {
  if (cursor.acceptWords('LOCATION')) {
    return { kind: 'set-location', table, partition, newLocation: cursor.expectString() }
  }
  if (partition !== undefined) throw cursor.noViableAlternative()
  cursor.expectOneOf('TBLPROPERTIES')
  return { kind: 'set-table-properties', table, properties: parseProperties(cursor) }
}

function parseAddPartitions(cursor: TokenCursor, table: HiveTableName): AddPartitionsStatement {
  const ifNotExists = parseIfNotExists(cursor)
  if (!cursor.isWord('PARTITION')) throw cursor.noViableAlternative()
  const partitions: { spec: HivePartitionSpec; partitionLocation: string | undefined }[] = []
  do {
    const spec = parsePartitionSpec(cursor)
    partitions.push({ spec, partitionLocation: cursor.acceptWords('LOCATION') ? cursor.expectString() : undefined })
    cursor.acceptSymbol(',')
  } while (cursor.isWord('PARTITION'))
  return { kind: 'add-partitions', table, ifNotExists, partitions }
}

function parseDropPartitions(cursor: TokenCursor, table: HiveTableName): HiveStatement {
  const ifExists = parseIfExists(cursor)
  const partitions: HivePartitionSpec[] = []
  do partitions.push(parsePartitionSpec(cursor))
  while (cursor.acceptSymbol(','))
  return { kind: 'drop-partitions', table, ifExists, partitions }
}

/** `CHANGE [COLUMN] from to type [COMMENT '…'] [FIRST | AFTER column]`. */
function parseChangeColumn(cursor: TokenCursor, table: HiveTableName): ChangeColumnStatement {
  cursor.acceptWords('COLUMN')
  const from = cursor.expectName()
  const column = parseColumn(cursor)
  return { kind: 'change-column', table, from, column, position: parseColumnPosition(cursor) }
}

function parseColumnPosition(cursor: TokenCursor): ChangeColumnStatement['position'] {
  if (cursor.acceptWords('FIRST')) return { kind: 'first' }
  return cursor.acceptWords('AFTER') ? { kind: 'after', column: cursor.expectName() } : undefined
}
