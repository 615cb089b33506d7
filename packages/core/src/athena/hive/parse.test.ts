import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AthenaError } from '../errors.ts'
import { quoteHiveName, quoteHiveString } from './hive-string.ts'
import { formatHiveType, type HiveType } from './hive-type.ts'
import type { CreateTableStatement } from './nodes.ts'
import { parseHiveStatement } from './parse.ts'
import { parseHiveTypeText } from './parse-type.ts'

function refusal(text: string): AthenaError {
  try {
    parseHiveStatement(text)
  } catch (error) {
    if (error instanceof AthenaError) return error
    throw error
  }
  throw new Error(`taken: ${text}`)
}

const ARTICLE_TABLE = `CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (
  version int,
  account string,
  interfaceid string,
  sourceaddress string,
  numbytes bigint
)
PARTITIONED BY (aws_region string, day string)
ROW FORMAT DELIMITED
FIELDS TERMINATED BY ' '
LOCATION 's3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/REGION/'
TBLPROPERTIES
(
"skip.header.line.count"="1",
"projection.enabled" = "true",
"projection.aws_region.type" = "enum",
"projection.aws_region.values" = "us-west-2",
"projection.day.type" = "date",
"projection.day.range" = "2021/01/01,NOW",
"projection.day.format" = "yyyy/MM/dd",
"storage.location.template" = "s3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/\${aws_region}/\${day}"
)`

describe("AWS's own statements", () => {
  it("reads the article's table", () => {
    const statement = parseHiveStatement(ARTICLE_TABLE) as CreateTableStatement
    expect(statement).toMatchObject({
      kind: 'create-table',
      external: true,
      ifNotExists: true,
      table: { database: undefined, name: 'vpc_flow_logs' },
      rowFormat: { kind: 'delimited', fields: ' ', escapedBy: undefined },
      tableLocation: 's3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/REGION/',
    })
    expect(statement.columns.map((column) => column.name)).toEqual([
      'version',
      'account',
      'interfaceid',
      'sourceaddress',
      'numbytes',
    ])
    expect(statement.partitionKeys.map(({ name, type }) => [name, formatHiveType(type)])).toEqual([
      ['aws_region', 'string'],
      ['day', 'string'],
    ])
    expect(statement.properties['storage.location.template']).toBe(
      's3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/${aws_region}/${day}',
    )
  })

  it('takes bare start, time and timestamp, doubled spaces, quoted end and date, and a semicolon at the end', () => {
    const statement = parseHiveStatement(
      "CREATE  EXTERNAL TABLE  t (start  bigint, `end` bigint, time string, timestamp string, type string) PARTITIONED BY (`date` date) LOCATION 's3://b/';",
    ) as CreateTableStatement
    expect(statement.columns.map((column) => column.name)).toEqual(['start', 'end', 'time', 'timestamp', 'type'])
    expect(statement.partitionKeys.map((key) => key.name)).toEqual(['date'])
  })

  it('reads several partitions, with and without a location', () => {
    expect(
      parseHiveStatement(
        "ALTER TABLE Security.Flows ADD IF NOT EXISTS PARTITION (dt='2021-10-25', hour=3) LOCATION 's3://b/1/' PARTITION (`date`=DATE '2021-10-26')",
      ),
    ).toMatchObject({
      kind: 'add-partitions',
      table: { database: 'security', name: 'flows' },
      ifNotExists: true,
      partitions: [
        {
          spec: {
            entries: [
              { key: 'dt', value: '2021-10-25' },
              { key: 'hour', value: '3' },
            ],
          },
          partitionLocation: 's3://b/1/',
        },
        { spec: { entries: [{ key: 'date', value: '2021-10-26' }] }, partitionLocation: undefined },
      ],
    })
  })

  it.each<[string, object]>([
    [
      "CREATE SCHEMA IF NOT EXISTS d COMMENT \"c\" LOCATION 's3://b/' WITH DBPROPERTIES ('a'='b')",
      {
        kind: 'create-database',
        name: 'd',
        ifNotExists: true,
        comment: 'c',
        databaseLocation: 's3://b/',
        properties: { a: 'b' },
      },
    ],
    ['DROP DATABASE IF EXISTS d CASCADE', { kind: 'drop-database', ifExists: true, cascade: true }],
    ['drop schema d restrict', { kind: 'drop-database', ifExists: false, cascade: false }],
    ["ALTER DATABASE d SET DBPROPERTIES ('a'='b')", { kind: 'alter-database-properties', properties: { a: 'b' } }],
    [
      'DROP TABLE IF EXISTS `a-b`.`c d`',
      { kind: 'drop-table', ifExists: true, table: { database: 'a-b', name: 'c d' } },
    ],
    ["ALTER TABLE t DROP IF EXISTS PARTITION (a='1'), PARTITION (a='2')", { kind: 'drop-partitions', ifExists: true }],
    ["ALTER TABLE t PARTITION (a='1') RENAME TO PARTITION (a='2')", { kind: 'rename-partition' }],
    ["ALTER TABLE t PARTITION (a='1') SET LOCATION 's3://b/'", { kind: 'set-location', newLocation: 's3://b/' }],
    ["ALTER TABLE t SET LOCATION 's3://b/'", { kind: 'set-location', partition: undefined }],
    ["ALTER TABLE t SET TBLPROPERTIES ('a'='b')", { kind: 'set-table-properties' }],
    ['ALTER TABLE t REPLACE COLUMNS (a int)', { kind: 'replace-columns' }],
    ['ALTER TABLE t CHANGE a b int FIRST', { kind: 'change-column', from: 'a', position: { kind: 'first' } }],
    [
      "ALTER TABLE t CHANGE COLUMN a b int COMMENT 'c' AFTER d",
      { kind: 'change-column', position: { kind: 'after', column: 'd' } },
    ],
    ['MSCK REPAIR TABLE d.t', { kind: 'repair-table' }],
    ['SHOW DATABASES', { kind: 'show-databases', pattern: undefined }],
    ["SHOW SCHEMAS LIKE 'a*'", { kind: 'show-databases', pattern: 'a*' }],
    ["SHOW TABLES IN d '*flow*'", { kind: 'show-tables', database: 'd', pattern: '*flow*' }],
    ["SHOW VIEWS FROM d LIKE 'v*'", { kind: 'show-views', database: 'd', pattern: 'v*' }],
    ['SHOW PARTITIONS t', { kind: 'show-partitions' }],
    ['SHOW COLUMNS IN t FROM d', { kind: 'show-columns', table: { database: 'd', name: 't' } }],
    ['SHOW COLUMNS FROM d.t', { kind: 'show-columns', table: { database: 'd', name: 't' } }],
    [
      'SHOW CREATE TABLE awsdatacatalog.d.t',
      { kind: 'show-create-table', table: { catalog: 'awsdatacatalog', database: 'd', name: 't' } },
    ],
    ["SHOW TBLPROPERTIES t('a')", { kind: 'show-table-properties', property: 'a' }],
    ['DESC t', { kind: 'describe-table', style: 'plain', column: undefined }],
    [
      "DESCRIBE EXTENDED d.t PARTITION (a='1')",
      { kind: 'describe-table', style: 'extended', partition: { entries: [{ key: 'a', value: '1' }] } },
    ],
    ['DESCRIBE FORMATTED t c', { kind: 'describe-table', style: 'formatted', column: 'c' }],
    ['DESCRIBE VIEW d.v', { kind: 'describe-table', table: { database: 'd', name: 'v' } }],
    ['DESCRIBE view', { kind: 'describe-table', table: { name: 'view' } }],
    ['DESCRIBE formatted', { kind: 'describe-table', style: 'plain', table: { name: 'formatted' } }],
  ])('%s', (text, expected) => {
    expect(parseHiveStatement(text)).toMatchObject(expected)
  })
})

describe("Athena's answers to wrong statements", () => {
  /** All measured on real Athena; published by the athena-local project. */
  it.each([
    ['ALTER TABLE IF EXISTS t RENAME TO u', "line 1:16: no viable alternative at input 'ALTER TABLE IF EXISTS'"],
    ['ALTER TABLE t ADD COLUMN m int', "line 1:19: no viable alternative at input 'ALTER TABLE t ADD COLUMN'"],
    ['ALTER TABLE "t" ADD COLUMN m int', 'line 1:13: no viable alternative at input \'ALTER TABLE "t"\''],
    ['ALTER TABLE a.b.c.d ADD COLUMN m int', "line 1:18: no viable alternative at input 'ALTER TABLE a.b.c.'"],
    ['ALTER TABLE t DROP COLUMN c', "line 1:20: mismatched input 'COLUMN' expecting 'PARTITION'"],
    ['DESCRIBE "t"', 'line 1:10: no viable alternative at input \'DESCRIBE "t"\''],
    ['CREATE TABLE t (n int NOT NULL)', "line 1:23: no viable alternative at input 'CREATE TABLE t (n int NOT'"],
    [
      "CREATE TABLE t (n int) WITH (format = 'PARQUET')",
      "line 1:29: no viable alternative at input 'CREATE TABLE t (n int) WITH ('",
    ],
    ['DESCRIBE t; DROP TABLE t', 'Only one sql statement is allowed'],
    ['DROP INDEX i ON t', 'Queries of this type are not supported'],
  ])('%s', (text, message) => {
    expect(refusal(text)).toMatchObject({ code: 'MALFORMED_QUERY', message })
  })

  it('shows the backquotes that a reserved word needs, with its place', () => {
    const error = refusal('CREATE EXTERNAL TABLE t (\n  start bigint,\n  end bigint\n)')
    expect(error.location).toEqual({ line: 3, column: 3 })
    expect(error.message).toMatch(
      /^line 3:3: no viable alternative at input 'CREATE EXTERNAL TABLE t \(\n {2}start bigint,\n {2}end'$/,
    )
    expect(error.remedy).toContain('`end`')
  })

  it.each([
    ['CREATE EXTERNAL TABLE t (a int, date string)', '`date`'],
    ['CREATE EXTERNAL TABLE _t (a int)', '`_t`'],
    ['CREATE DATABASE my-db', 'backquotes'],
    ['CREATE EXTERNAL TABLE "t" (a int)', '`t`'],
    ['CREATE EXTERNAL TABLE t (a integer)', 'int'],
    ['CREATE EXTERNAL TABLE t (a varchar)', 'varchar(20)'],
    ["CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b/' STORED AS ORC", 'in this order: COMMENT, PARTITIONED BY'],
    ['ALTER TABLE t ADD PARTITION (a=b)', "PARTITION (day='2021/10/25')"],
    ['ALTER TABLE t RENAME TO u', 'no Hive table'],
  ])('%s: the remedy names %s', (text, remedy) => {
    expect(refusal(text).remedy).toContain(remedy)
  })

  it.each([
    'CREATE TABLE t LIKE u',
    'CREATE EXTERNAL TABLE t LIKE u',
    'CREATE INDEX i ON TABLE t (a)',
    'CREATE TEMPORARY TABLE t (a int)',
    'CREATE ROLE r',
    'GRANT ALL ON t TO u',
    'DESCRIBE DATABASE d',
    'SHOW LOCKS t',
    'TRUNCATE TABLE t',
    'ALTER VIEW v ADD DIALECT',
    'USE d',
  ])('does not support %s', (text) => {
    expect(refusal(text).message).toBe('Queries of this type are not supported')
  })

  it.each([
    'CREATE EXTERNAL TABLE t (a int,)',
    'CREATE EXTERNAL TABLE t ()',
    'CREATE EXTERNAL TABLE t (a decimal(39,2))',
    'CREATE EXTERNAL TABLE t (a decimal(5,6))',
    'CREATE EXTERNAL TABLE t (a char(256))',
    'CREATE EXTERNAL TABLE t (a varchar(0))',
    'CREATE EXTERNAL TABLE t (a map<array<int>,int>)',
    'CREATE EXTERNAL TABLE t (a struct<>)',
    "CREATE EXTERNAL TABLE t (a int) TBLPROPERTIES ('a')",
    "CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b",
    'CREATE EXTERNAL TABLE t (`a int)',
    'CREATE EXTERNAL TABLE t (a int) CLUSTERED BY (a) INTO x BUCKETS',
    'SHOW TABLES /* open',
    'SHOW',
    '',
    ';',
    'MSCK TABLE t',
    'DROP DATABASE d CASCADE RESTRICT',
  ])('refuses %s with a place', (text) => {
    expect(refusal(text)).toMatchObject({ code: 'MALFORMED_QUERY', location: { line: expect.any(Number) } })
  })
})

const identifiers = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter((name) => name.trim() !== '' && name === name.toLowerCase()),
)

const { type: hiveTypes } = fc.letrec<{ type: HiveType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small' },
    fc.record({
      kind: fc.constant('primitive' as const),
      name: fc.constantFrom(
        'boolean',
        'tinyint',
        'smallint',
        'int',
        'bigint',
        'float',
        'double',
        'string',
        'binary',
        'date',
        'timestamp' as const,
      ),
    }),
    fc.integer({ min: 1, max: 38 }).chain((precision) =>
      fc.record({
        kind: fc.constant('decimal' as const),
        precision: fc.constant(precision),
        scale: fc.integer({ min: 0, max: precision }),
      }),
    ),
    fc.record({ kind: fc.constantFrom('varchar', 'char' as const), length: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant('array' as const), element: tie('type') }),
    fc.record({
      kind: fc.constant('map' as const),
      key: fc.constant<HiveType>({ kind: 'primitive', name: 'string' }),
      value: tie('type'),
    }),
    fc.record({
      kind: fc.constant('struct' as const),
      fields: fc.array(fc.record({ name: identifiers, type: tie('type') }), { minLength: 1, maxLength: 3 }),
    }),
  ),
}))

describe('laws', () => {
  it('a type that is written is read back', () => {
    fc.assert(
      fc.property(hiveTypes, (type) => {
        expect(parseHiveTypeText(formatHiveType(type, 'parsable'))).toEqual(type)
      }),
    )
  })

  it('any text survives a literal, any name backquotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), identifiers, (comment, name) => {
        const text = `CREATE DATABASE ${quoteHiveName(name)} COMMENT ${quoteHiveString(comment)}`
        expect(parseHiveStatement(text)).toMatchObject({ name, comment })
      }),
    )
  })

  it('case of keywords, white space and comments change nothing', () => {
    const words = ARTICLE_TABLE.match(/"[^"]*"|'[^']*'|\w+|[^\w\s]/g) ?? []
    const separators = fc.constantFrom(' ', '\n', '\t  ', ' -- end of line\n', '/* block\n */', '\r\n')
    const expected = stripPlaces(parseHiveStatement(ARTICLE_TABLE))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(separators, fc.boolean()), { minLength: words.length, maxLength: words.length }),
        (choices) => {
          const text = words
            .map((word, index) => {
              const [separator, isUpper] = choices[index] ?? [' ', false]
              const isName = /^["']/.test(word)
              return separator + (isName ? word : isUpper ? word.toUpperCase() : word.toLowerCase())
            })
            .join('')
          expect(stripPlaces(parseHiveStatement(text))).toEqual(expected)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('whatever the text, the answer is a statement or an AthenaError', () => {
    const fragments = fc.constantFrom(
      ...(ARTICLE_TABLE.match(/\w+|\s+|[^\w\s]/g) ?? []),
      ...'ALTER TABLE ADD DROP PARTITION SHOW DESCRIBE MSCK REPAIR `'.split(' '),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(fragments, { maxLength: 40 }).map((parts) => parts.join(' ')),
        ),
        (text) => {
          try {
            parseHiveStatement(text)
          } catch (error) {
            expect(error).toBeInstanceOf(AthenaError)
            expect((error as AthenaError).code).toBe('MALFORMED_QUERY')
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('cutting a statement short anywhere gives a located error or a shorter statement', () => {
    for (let end = 0; end < ARTICLE_TABLE.length; end++) {
      try {
        parseHiveStatement(ARTICLE_TABLE.slice(0, end))
      } catch (error) {
        expect(error).toMatchObject({ code: 'MALFORMED_QUERY', location: expect.anything() })
      }
    }
  })

  it('reads a long statement in time that grows with its length', () => {
    const columns = Array.from({ length: 20_000 }, (_, index) => `c${index} string COMMENT 'x'`).join(',\n')
    const statement = parseHiveStatement(`CREATE EXTERNAL TABLE t (${columns}) LOCATION 's3://b/'`)
    expect((statement as CreateTableStatement).columns.at(-1)?.location.line).toBe(20_000)
  })
})

/** The statement without the places of its parts. */
function stripPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item) => (key === 'location' ? undefined : item)))
}

const CORPUS = fileURLToPath(new URL('../../../../../../shared/athena-corpus/statements.json', import.meta.url))
const isCorpusThere = existsSync(CORPUS)

describe.skipIf(!isCorpusThere && process.env.FLOWTAP_REQUIRE_REAL !== '1')(
  'the corpus of Athena statements (skipped where its folder is absent)',
  () => {
    it('parses every statement of the Hive family', () => {
      const statements = JSON.parse(readFileSync(CORPUS, 'utf8')) as readonly {
        name: string
        flavour: string
        sql: string
      }[]
      const hive = statements.filter((statement) => statement.flavour === 'hive')
      expect(hive.length).toBeGreaterThan(20)
      const refused = hive.filter(({ sql }) => {
        try {
          parseHiveStatement(sql)
          return false
        } catch {
          return true
        }
      })
      expect(refused.map(({ name }) => name)).toEqual([])
    })
  },
)
