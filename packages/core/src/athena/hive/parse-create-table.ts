import type { CreateTableStatement, HiveColumn, HiveRowFormat, HiveStoredAs } from './nodes.ts'
import { parseIfNotExists, parseNameList, parseProperties, parseTableName } from './parse-names.ts'
import { parseColumns, parseComment } from './parse-type.ts'
import type { TokenCursor } from './token-cursor.ts'

const CLAUSE_ORDER =
  'COMMENT, PARTITIONED BY, CLUSTERED BY, ROW FORMAT, STORED AS, WITH SERDEPROPERTIES, LOCATION, TBLPROPERTIES'
const CLAUSE_WORDS = [
  'COMMENT',
  'PARTITIONED',
  'CLUSTERED',
  'ROW',
  'STORED',
  'WITH',
  'LOCATION',
  'TBLPROPERTIES',
] as const

/**
 * `CREATE [EXTERNAL] TABLE …`, from the word TABLE on. The clauses come in the order that Athena prescribes.
 * Source: Amazon Athena User Guide, "CREATE TABLE".
 */
export function parseCreateTable(cursor: TokenCursor, external: boolean): CreateTableStatement {
  const ifNotExists = parseIfNotExists(cursor)
  const table = parseTableName(cursor)
  const columns = cursor.isSymbol('(') ? parseColumns(cursor) : []
  const comment = parseComment(cursor)
  const partitioning = parsePartitioning(cursor)
  const buckets = parseBuckets(cursor)
  const rowFormat = parseRowFormat(cursor)
  const serdeBeforeStorage = parseSerdeProperties(cursor)
  const storedAs = parseStoredAs(cursor)
  const serdeProperties = { ...serdeBeforeStorage, ...parseSerdeProperties(cursor) }
  const tableLocation = cursor.acceptWords('LOCATION') ? cursor.expectString() : undefined
  const properties = cursor.acceptWords('TBLPROPERTIES') ? parseProperties(cursor) : {}
  if (cursor.isWord(...CLAUSE_WORDS)) {
    throw cursor.noViableAlternative(`The clauses of CREATE TABLE come once each and in this order: ${CLAUSE_ORDER}.`)
  }
  return {
    kind: 'create-table',
    table,
    external,
    ifNotExists,
    columns,
    comment,
    ...partitioning,
    buckets,
    rowFormat,
    serdeProperties,
    storedAs,
    tableLocation,
    properties,
  }
}

/** `PARTITIONED BY (name type, …)`, or Iceberg's form of names and transforms. */
function parsePartitioning(cursor: TokenCursor): Pick<CreateTableStatement, 'partitionKeys' | 'partitionTransforms'> {
  if (!cursor.acceptWords('PARTITIONED', 'BY')) return { partitionKeys: [], partitionTransforms: [] }
  const afterName = cursor.peek(2)
  if (cursor.isSymbol('(') && afterName.kind === 'symbol' && ['(', ',', ')'].includes(afterName.value)) {
    return { partitionKeys: [], partitionTransforms: parseTransforms(cursor) }
  }
  const partitionKeys: readonly HiveColumn[] = parseColumns(cursor)
  return { partitionKeys, partitionTransforms: [] }
}

function parseTransforms(cursor: TokenCursor): readonly string[] {
  const transforms: string[] = []
  cursor.expectSymbol('(')
  do {
    const first = cursor.current
    cursor.expectName()
    if (cursor.acceptSymbol('(')) {
      if (cursor.current.kind === 'number') {
        cursor.advance()
        cursor.expectSymbol(',')
      }
      cursor.expectName()
      cursor.expectSymbol(')')
    }
    transforms.push(cursor.textSince(first))
  } while (cursor.acceptSymbol(','))
  cursor.expectSymbol(')')
  return transforms
}

function parseBuckets(cursor: TokenCursor): CreateTableStatement['buckets'] {
  if (!cursor.acceptWords('CLUSTERED', 'BY')) return undefined
  const columns = parseNameList(cursor)
  cursor.expectWords('INTO')
  const count = cursor.expectCount()
  cursor.expectWords('BUCKETS')
  return { columns, count }
}

function parseRowFormat(cursor: TokenCursor): HiveRowFormat | undefined {
  if (!cursor.acceptWords('ROW', 'FORMAT')) return undefined
  if (cursor.acceptWords('SERDE')) return { kind: 'serde', serializationLibrary: cursor.expectString() }
  cursor.expectWords('DELIMITED')
  const fields = parseDelimiter(cursor, 'FIELDS', 'TERMINATED', 'BY')
  const escapedBy = fields === undefined ? undefined : parseDelimiter(cursor, 'ESCAPED', 'BY')
  return {
    kind: 'delimited',
    fields,
    escapedBy,
    collectionItems: parseDelimiter(cursor, 'COLLECTION', 'ITEMS', 'TERMINATED', 'BY'),
    mapKeys: parseDelimiter(cursor, 'MAP', 'KEYS', 'TERMINATED', 'BY'),
    lines: parseDelimiter(cursor, 'LINES', 'TERMINATED', 'BY'),
    nullText: parseDelimiter(cursor, 'NULL', 'DEFINED', 'AS'),
  }
}

function parseDelimiter(cursor: TokenCursor, ...words: readonly string[]): string | undefined {
  return cursor.acceptWords(...words) ? cursor.expectString() : undefined
}

function parseSerdeProperties(cursor: TokenCursor): Readonly<Record<string, string>> {
  if (!cursor.acceptWords('WITH')) return {}
  cursor.expectWords('SERDEPROPERTIES')
  return parseProperties(cursor)
}

function parseStoredAs(cursor: TokenCursor): HiveStoredAs | undefined {
  if (!cursor.acceptWords('STORED', 'AS')) return undefined
  if (!cursor.acceptWords('INPUTFORMAT')) return { kind: 'named', format: cursor.expectName() }
  const inputFormat = cursor.expectString()
  cursor.expectWords('OUTPUTFORMAT')
  return { kind: 'classes', inputFormat, outputFormat: cursor.expectString() }
}
