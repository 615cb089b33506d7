import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseHiveStatement } from '../hive/parse.ts'
import { FolderStore } from '../storage/folder-store.ts'
import { executeHiveStatement } from './execute-hive-statement.ts'
import type { HiveContext } from './hive-context.ts'
import type { HiveResult } from './hive-result.ts'
import { InMemoryCatalog } from './in-memory-catalog.ts'
import { createView, dropView } from './views.ts'

const NOW = Date.UTC(2026, 8, 27, 1, 2, 3)

let root: string
let context: HiveContext

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'flowtap-ddl-'))
  context = {
    catalog: new InMemoryCatalog(),
    store: new FolderStore({ root }),
    database: 'default',
    nowMillis: () => NOW,
  }
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

function run(sql: string): Promise<HiveResult> {
  return executeHiveStatement(parseHiveStatement(sql), context)
}

async function lines(sql: string): Promise<readonly string[]> {
  return (await run(sql)).rows.map((row) => row.join('\t'))
}

async function failure(sql: string): Promise<string> {
  return run(sql).then(
    () => 'no error',
    (error: Error) => error.message,
  )
}

const DDL_TASK = 'FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask.'

describe('databases', () => {
  it('creates, lists, changes and drops', async () => {
    await run("CREATE DATABASE Sales COMMENT 'c' WITH DBPROPERTIES ('a'='1')")
    await run('CREATE SCHEMA IF NOT EXISTS sales')
    await run("ALTER DATABASE sales SET DBPROPERTIES ('b'='2')")
    expect(await context.catalog.getDatabase('sales')).toEqual({
      name: 'sales',
      description: 'c',
      parameters: { a: '1', b: '2' },
    })
    expect(await run('SHOW DATABASES')).toEqual({
      statementType: 'UTILITY',
      substatementType: 'SHOW_DATABASES',
      columns: [{ name: 'database_name', type: 'string' }],
      rows: [['default'], ['sales']],
      updateCount: 0,
    })
    expect(await lines("SHOW SCHEMAS LIKE 's*|x'")).toEqual(['sales'])
    expect(await run('DROP DATABASE sales')).toMatchObject({
      substatementType: 'DROP_DATABASE',
      columns: [],
      rows: [],
      updateCount: undefined,
    })
    expect(await lines('SHOW DATABASES')).toEqual(['default'])
  })

  it('fails in the words of Athena and Hive', async () => {
    await run('CREATE DATABASE d')
    await run("CREATE EXTERNAL TABLE d.t (a int) LOCATION 's3://b/t/'")
    expect(await failure('CREATE DATABASE d')).toBe(`${DDL_TASK} Database d already exists`)
    expect(await failure('DROP DATABASE nope')).toBe(
      'FAILED: SemanticException [Error 10072]: Database does not exist: nope',
    )
    expect(await failure('DROP DATABASE d')).toContain('Database d is not empty. One or more tables exist.')
    expect(await failure('DROP DATABASE IF EXISTS nope')).toBe('no error')
    await run('DROP DATABASE d CASCADE')
    expect(await failure('SHOW TABLES IN d')).toBe(
      'FAILED: SemanticException [Error 10072]: Database does not exist: d',
    )
  })
})

describe('CREATE and DROP TABLE', () => {
  it('keeps what the statement says, in Glue’s shape', async () => {
    await run(`CREATE EXTERNAL TABLE Flows (SrcAddr STRING COMMENT 'from', ports array<struct<A:int>>)
      COMMENT 'flow logs' PARTITIONED BY (dt date) CLUSTERED BY (srcaddr) INTO 4 BUCKETS
      ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' ESCAPED BY '\\\\' NULL DEFINED AS '-'
      LOCATION 's3://b/flows/' TBLPROPERTIES ('skip.header.line.count'='1')`)
    expect(await context.catalog.getTable('default', 'flows')).toEqual({
      databaseName: 'default',
      name: 'flows',
      tableType: 'EXTERNAL_TABLE',
      description: 'flow logs',
      storageDescriptor: {
        columns: [
          { name: 'srcaddr', type: 'string', comment: 'from' },
          { name: 'ports', type: 'array<struct<a:int>>' },
        ],
        location: 's3://b/flows/',
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        compressed: false,
        serDeInfo: {
          serializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
          parameters: {
            'serialization.format': ' ',
            'field.delim': ' ',
            'escape.delim': '\\',
            'serialization.null.format': '-',
          },
        },
        bucketColumns: ['srcaddr'],
        numberOfBuckets: 4,
      },
      partitionKeys: [{ name: 'dt', type: 'date' }],
      parameters: { 'skip.header.line.count': '1', EXTERNAL: 'TRUE', transient_lastDdlTime: '1790470923' },
      createTimeSeconds: 1790470923,
    })
  })

  it('gives what real Athena gave for a table that is there, is missing, or has no location', async () => {
    await run("CREATE EXTERNAL TABLE t (n int) LOCATION 's3://b/t/'")
    expect(await failure("CREATE EXTERNAL TABLE t (n int) LOCATION 's3://b/t/'")).toBe(
      `${DDL_TASK} AlreadyExistsException(message:Table t already exist)`,
    )
    expect(await failure("CREATE EXTERNAL TABLE IF NOT EXISTS t (m int) LOCATION 's3://b/t/'")).toBe('no error')
    expect((await context.catalog.getTable('default', 't'))?.storageDescriptor.columns[0]?.name).toBe('n')
    expect(await failure('CREATE TABLE u (n int)')).toBe(
      'No location was specified for table. An S3 location must be specified',
    )
    expect(await failure('DESCRIBE nope')).toBe('FAILED: SemanticException [Error 10001]: Table not found nope')
    expect(await failure('DESCRIBE nodb.h')).toBe(
      'FAILED: SemanticException [Error 10072]: Database does not exist: nodb',
    )
    expect(await failure('DROP TABLE IF EXISTS nope')).toBe('no error')
    await run('DROP TABLE t')
    expect(await lines('SHOW TABLES')).toEqual([])
  })

  it.each([
    ["CREATE EXTERNAL TABLE t (a int, A string) LOCATION 's3://b/'", 'Duplicate column name: a'],
    ["CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (b int, b int) LOCATION 's3://b/'", 'Duplicate column name: b'],
    [
      "CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (a int) LOCATION 's3://b/'",
      'Column repeated in partitioning columns',
    ],
    [
      "CREATE EXTERNAL TABLE t (a int) STORED AS EXCEL LOCATION 's3://b/'",
      "Unrecognized file format in STORED AS clause: 'excel'",
    ],
    [
      "CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED LINES TERMINATED BY ';' LOCATION 's3://b/'",
      'LINES TERMINATED BY only supports newline',
    ],
    ["CREATE EXTERNAL TABLE t (a int) LOCATION '$LOCATION_OF_LOGS'", '$LOCATION_OF_LOGS'],
    ["CREATE EXTERNAL TABLE t (a int) LOCATION 's3:///x/'", 's3:///x/'],
    ["CREATE EXTERNAL TABLE t (a int) CLUSTERED BY (z) INTO 2 BUCKETS LOCATION 's3://b/'", 'z'],
    ["CREATE TABLE t (a int) LOCATION 's3://b/'", 'external'],
    ["CREATE TABLE t (a int) LOCATION 's3://b/' TBLPROPERTIES ('table_type'='ICEBERG')", 'Iceberg'],
    ["CREATE TABLE t (ts timestamp) PARTITIONED BY (day(ts)) LOCATION 's3://b/'", 'Iceberg'],
    ["CREATE EXTERNAL TABLE other.default.t (a int) LOCATION 's3://b/'", 'other'],
  ])('refuses %s', async (sql, text) => {
    expect(await failure(sql)).toContain(text)
    expect(await context.catalog.listTables('default')).toEqual([])
  })
})

describe('partitions', () => {
  beforeEach(async () => {
    await run("CREATE EXTERNAL TABLE t (a string) PARTITIONED BY (day string, hour int) LOCATION 's3://b/t'")
  })

  it('adds with and without a location, and lists by name', async () => {
    await run(
      "ALTER TABLE t ADD PARTITION (day='2021/10/26', hour=1) LOCATION 's3://b/x/' PARTITION (hour='02', day='2021/10/25')",
    )
    expect(await context.catalog.listPartitions('default', 't')).toEqual([
      { values: ['2021/10/26', '1'], location: 's3://b/x/' },
      { values: ['2021/10/25', '02'], location: 's3://b/t/day=2021%2F10%2F25/hour=02/' },
    ])
    expect(await run('SHOW PARTITIONS t')).toMatchObject({
      columns: [{ name: 'partition' }],
      rows: [['day=2021/10/25/hour=02'], ['day=2021/10/26/hour=1']],
    })
    expect(await lines('SHOW PARTITIONS t PARTITION (hour=2)')).toEqual(['day=2021/10/25/hour=02'])
  })

  it('adds all or none', async () => {
    await run("ALTER TABLE t ADD PARTITION (day='a', hour=1)")
    expect(await failure("ALTER TABLE t ADD PARTITION (day='b', hour=1) PARTITION (day='a', hour='01')")).toContain(
      'AlreadyExistsException(message:Partition already exists',
    )
    expect(await lines('SHOW PARTITIONS t')).toEqual(['day=a/hour=1'])
    await run("ALTER TABLE t ADD IF NOT EXISTS PARTITION (day='b', hour=1) PARTITION (day='a', hour='01')")
    expect(await lines('SHOW PARTITIONS t')).toEqual(['day=a/hour=1', 'day=b/hour=1'])
  })

  it('drops those that a clause means, by all keys or some', async () => {
    await run("ALTER TABLE t ADD PARTITION (day='a', hour=1) PARTITION (day='a', hour=2) PARTITION (day='b', hour=1)")
    expect(await failure("ALTER TABLE t DROP PARTITION (day='a'), PARTITION (day='z')")).toBe(
      'FAILED: SemanticException [Error 10006]: Partition not found {day=z}',
    )
    await run("ALTER TABLE t DROP IF EXISTS PARTITION (day='a'), PARTITION (day='z')")
    expect(await lines('SHOW PARTITIONS t')).toEqual(['day=b/hour=1'])
  })

  it('renames and moves', async () => {
    await run("ALTER TABLE t ADD PARTITION (day='a', hour=1) LOCATION 's3://b/x/'")
    await run("ALTER TABLE t PARTITION (day='a', hour=1) RENAME TO PARTITION (day='b', hour=1)")
    await run("ALTER TABLE t PARTITION (day='b', hour=1) SET LOCATION 's3://b/y/'")
    expect(await context.catalog.listPartitions('default', 't')).toEqual([
      { values: ['b', '1'], location: 's3://b/y/' },
    ])
  })

  it.each([
    ["ALTER TABLE t ADD PARTITION (day='a')", "doesn't contain all (2) partition columns"],
    ["ALTER TABLE t ADD PARTITION (day='a', hour='x')", 'cannot be converted to type int'],
    ["ALTER TABLE t ADD PARTITION (day='a', hour=1, minute=2)", 'minute'],
    ["ALTER TABLE t ADD PARTITION (day='a', hour=1) LOCATION 'x'", 'Invalid S3 location: x'],
    ["ALTER TABLE t PARTITION (day='a', hour=1) SET LOCATION 's3://b/'", 'Partition not found {day=a, hour=1}'],
    ["DESCRIBE t PARTITION (day='a', hour=1)", 'Partition not found {day=a, hour=1}'],
  ])('refuses %s', async (sql, text) => {
    expect(await failure(sql)).toContain(text)
  })

  it('knows a table without partition keys', async () => {
    await run("CREATE EXTERNAL TABLE u (a int) LOCATION 's3://b/u/'")
    expect(await failure('SHOW PARTITIONS u')).toContain('Table u is not a partitioned table')
    expect(await failure("ALTER TABLE u ADD PARTITION (a='1')")).toContain('Table u is not a partitioned table')
  })
})

describe('MSCK REPAIR TABLE', () => {
  const put = (key: string): Promise<void> => context.store.put(`s3://b/${key}`, new Uint8Array([1]))

  beforeEach(async () => {
    await run("CREATE EXTERNAL TABLE t (a string) PARTITIONED BY (year string, day string) LOCATION 's3://b/t/'")
  })

  it('adds the folders in Hive’s layout and says so as Hive does', async () => {
    await put('t/year=2021/day=25/f')
    await put('t/year=2021/day=26%2F1/deeper/f')
    await put('t/year=2020/day=1/f')
    await put('t/2021/10/25/f')
    await put('t/year=2021/Day=27/f')
    await put('t/year=2021/day=12:00/f')
    await put('t/year=/day=1/f')
    await put('t/year=2022/f')
    await run("ALTER TABLE t ADD PARTITION (year='2020', day='1') PARTITION (year='2019', day='1')")
    const result = await run('MSCK REPAIR TABLE t')
    expect(result).toMatchObject({
      statementType: 'DDL',
      substatementType: 'MSCK_REPAIR',
      columns: [],
      updateCount: undefined,
    })
    expect(result.rows).toEqual([
      ['Partitions not in metastore:\tt:year=2021/day=25\tt:year=2021/day=26/1'],
      ['Partitions missing from filesystem:\tt:year=2019/day=1'],
      ['Repair: Added partition to metastore t:year=2021/day=25'],
      ['Repair: Added partition to metastore t:year=2021/day=26/1'],
    ])
    expect((await context.catalog.listPartitions('default', 't')).slice(2)).toEqual([
      { values: ['2021', '25'], location: 's3://b/t/year=2021/day=25/' },
      { values: ['2021', '26/1'], location: 's3://b/t/year=2021/day=26%2F1/' },
    ])
    await run("ALTER TABLE t DROP PARTITION (year='2019')")
    expect((await run('MSCK REPAIR TABLE t')).rows).toEqual([])
  })

  it('reports a location without objects and a table that is not there', async () => {
    expect(await lines('MSCK REPAIR TABLE t')).toEqual(['Tables missing on filesystem:\tt'])
    expect(await lines('MSCK REPAIR TABLE nope')).toEqual(['Tables not in metastore:\tnope'])
  })
})

describe('ALTER TABLE', () => {
  beforeEach(async () => {
    await run(
      "CREATE EXTERNAL TABLE t (a int, b string COMMENT 'bee', c int) PARTITIONED BY (p string) LOCATION 's3://b/t/'",
    )
  })
  const columns = async (): Promise<readonly string[]> =>
    ((await context.catalog.getTable('default', 't'))?.storageDescriptor.columns ?? []).map(({ name, type, comment }) =>
      [name, type, comment].join(' ').trim(),
    )

  it('changes columns and their order', async () => {
    await run('ALTER TABLE t ADD COLUMNS (d decimal(5,2))')
    await run('ALTER TABLE t CHANGE b bb bigint AFTER c')
    await run('ALTER TABLE t CHANGE COLUMN c c int COMMENT "sea" FIRST')
    await run('ALTER TABLE t CHANGE d d double')
    expect(await columns()).toEqual(['c int sea', 'a int', 'bb bigint bee', 'd double'])
    await run('ALTER TABLE t REPLACE COLUMNS (x date)')
    expect(await columns()).toEqual(['x date'])
  })

  it.each([
    ['ALTER TABLE t ADD COLUMNS (A int)', 'Duplicate column name: a'],
    ['ALTER TABLE t ADD COLUMNS (p int)', 'Column repeated in partitioning columns'],
    ['ALTER TABLE t CHANGE z z int', 'Invalid column reference z'],
    ['ALTER TABLE t CHANGE a a int AFTER z', 'Invalid column reference z'],
    ['ALTER TABLE t CHANGE a b int', 'Duplicate column name: b'],
  ])('refuses %s', async (sql, text) => {
    expect(await failure(sql)).toContain(text)
    expect(await columns()).toEqual(['a int', 'b string bee', 'c int'])
  })

  it('sets properties and location', async () => {
    await run("ALTER TABLE t SET TBLPROPERTIES ('k'='v')")
    await run("ALTER TABLE t SET LOCATION 's3://b/new/'")
    expect(await run('SHOW TBLPROPERTIES t')).toMatchObject({
      substatementType: 'SHOW_TABLE_PROPERTIES',
      columns: [{ name: 'prpt_name' }, { name: 'prpt_value' }],
      rows: [
        ['EXTERNAL', 'TRUE'],
        ['k', 'v'],
        ['transient_lastDdlTime', '1790470923'],
      ],
    })
    expect(await lines("SHOW TBLPROPERTIES t('k')")).toEqual(['v'])
    expect((await context.catalog.getTable('default', 't'))?.storageDescriptor.location).toBe('s3://b/new/')
  })
})

describe('DESCRIBE and SHOW, as real Athena gave them', () => {
  beforeEach(async () => {
    await run("CREATE EXTERNAL TABLE h (n int, s string COMMENT 'the s column') LOCATION 's3://b/h/'")
    await run("CREATE EXTERNAL TABLE hp (n int) PARTITIONED BY (p varchar(1)) LOCATION 's3://b/hp/'")
  })

  it('DESCRIBE: one text per row, fields of 20 characters', async () => {
    expect(await run('DESCRIBE h')).toEqual({
      statementType: 'UTILITY',
      substatementType: 'DESCRIBE_TABLE',
      columns: ['col_name', 'data_type', 'comment'].map((name) => ({ name, type: 'string' })),
      rows: [
        ['n                   \tint                 \t                    '],
        ['s                   \tstring              \tthe s column        '],
      ],
      updateCount: undefined,
    })
  })

  it('DESCRIBE of a partitioned table: the keys twice', async () => {
    expect(await lines('DESC hp')).toEqual([
      'n                   \tint                 \t                    ',
      'p                   \tvarchar(1)          \t                    ',
      '\t \t ',
      '# Partition Information\t \t ',
      '# col_name            \tdata_type           \tcomment             ',
      '\t \t ',
      'p                   \tvarchar(1)          \t                    ',
    ])
  })

  it('DESCRIBE FORMATTED: headings, keys in their own block, then the details', async () => {
    const formatted = await lines('DESCRIBE FORMATTED hp')
    expect(formatted.slice(0, 11)).toEqual([
      '# col_name            \tdata_type           \tcomment             ',
      '\t \t ',
      'n                   \tint                 \t                    ',
      '\t \t ',
      '# Partition Information\t \t ',
      '# col_name            \tdata_type           \tcomment             ',
      '\t \t ',
      'p                   \tvarchar(1)          \t                    ',
      '\t \t ',
      '# Detailed Table Information\t \t ',
      'Database:           \tdefault             \t ',
    ])
    for (const line of [
      'CreateTime:         \tSun Sep 27 01:02:03 UTC 2026\t ',
      'LastAccessTime:     \tUNKNOWN             \t ',
      'Protect Mode:       \tNone                \t ',
      'Retention:          \t0                   \t ',
      'Table Type:         \tEXTERNAL_TABLE      \t ',
      '# Storage Information\t \t ',
      'Compressed:         \tNo                  \t ',
      'Bucket Columns:     \t[]                  \t ',
      'Sort Columns:       \t[]                  \t ',
    ]) {
      expect(formatted).toContain(line)
    }
  })

  it('DESCRIBE EXTENDED: the details in one line', async () => {
    const extended = await lines('DESCRIBE EXTENDED h')
    expect(extended.slice(0, 3)).toEqual([
      'n                   \tint                 \t                    ',
      's                   \tstring              \tthe s column        ',
      '\t \t ',
    ])
    expect(extended[3]).toMatch(
      /^Detailed Table Information\tTable\(tableName:h, dbName:default, .*FieldSchema\(name:s, type:string, comment:the s column\)\].*tableType:EXTERNAL_TABLE\)\t$/,
    )
  })

  it('DESCRIBE of one column, and of one that is not there', async () => {
    expect(await lines('DESCRIBE h s')).toEqual(['s                   \tstring              \tthe s column        '])
    expect(await failure('DESCRIBE EXTENDED h nocol')).toBe(`${DDL_TASK} cannot find field nocol from [0:n, 1:s]`)
  })

  it('SHOW COLUMNS and SHOW TBLPROPERTIES', async () => {
    expect(await run('SHOW COLUMNS IN hp')).toMatchObject({
      columns: [{ name: 'field', type: 'string' }],
      rows: [['n                   '], ['p                   ']],
      updateCount: 0,
    })
    expect((await lines('SHOW TBLPROPERTIES h')).join('\n')).toHaveLength(46)
  })

  it('SHOW TABLES and SHOW VIEWS with patterns', async () => {
    await createView(context.catalog, {
      databaseName: 'default',
      name: 'v',
      viewText: 'SELECT 1 n',
      columns: [
        { name: 'n', type: 'integer' },
        { name: 's', type: 'varchar(1)' },
      ],
      orReplace: false,
      nowMillis: NOW,
    })
    expect(await lines('SHOW TABLES')).toEqual(['h', 'hp', 'v'])
    expect(await lines("SHOW TABLES IN default 'h|x*'")).toEqual(['h'])
    expect(await lines("SHOW TABLES '*P'")).toEqual(['hp'])
    expect(await run('SHOW VIEWS')).toMatchObject({ columns: [{ name: 'views' }], rows: [['v']] })
    expect(await run('DESCRIBE v')).toMatchObject({
      substatementType: 'DESC_VIEW',
      columns: [
        { name: 'column', type: 'varchar' },
        { name: 'type', type: 'varchar' },
      ],
      rows: [['n\tinteger'], ['s\tvarchar(1)']],
      updateCount: 0,
    })
    expect(await lines('SHOW CREATE TABLE v')).toEqual(['CREATE VIEW default.v AS', 'SELECT 1 n'])
    expect((await run('DESCRIBE EXTENDED v')).substatementType).toBe('DESCRIBE_TABLE')
    expect(await failure('MSCK REPAIR TABLE v')).toBe(`${DDL_TASK} Can not create a Path from an empty string`)
    expect(await failure('DROP TABLE v')).toContain('DROP TABLE')
    await expect(dropView(context.catalog, 'default', 'h', false)).rejects.toThrow('h is not a view')
    await dropView(context.catalog, 'default', 'v', false)
    await dropView(context.catalog, 'default', 'v', true)
    await expect(dropView(context.catalog, 'default', 'v', false)).rejects.toThrow('Table not found v')
  })

  it('SHOW CREATE TABLE in Hive’s layout', async () => {
    await run(`CREATE EXTERNAL TABLE logs (version int, \`end\` bigint) PARTITIONED BY (\`date\` date)
      ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://b/l/' TBLPROPERTIES ('skip.header.line.count'='1')`)
    expect(await lines('SHOW CREATE TABLE logs')).toEqual([
      'CREATE EXTERNAL TABLE `logs`(',
      '  `version` int, ',
      '  `end` bigint)',
      'PARTITIONED BY ( ',
      '  `date` date)',
      'ROW FORMAT DELIMITED ',
      "  FIELDS TERMINATED BY ' ' ",
      'STORED AS INPUTFORMAT ',
      "  'org.apache.hadoop.mapred.TextInputFormat' ",
      'OUTPUTFORMAT ',
      "  'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'",
      'LOCATION',
      "  's3://b/l/'",
      'TBLPROPERTIES (',
      "  'skip.header.line.count'='1', ",
      "  'transient_lastDdlTime'='1790470923')",
    ])
  })
})

describe('InMemoryCatalog', () => {
  it('is the same catalogue after a round through JSON', async () => {
    await run('CREATE DATABASE d')
    await run("CREATE EXTERNAL TABLE d.t (a int) PARTITIONED BY (p string) LOCATION 's3://b/t/'")
    await run("ALTER TABLE d.t ADD PARTITION (p='2') PARTITION (p='1')")
    const { catalog } = context
    const snapshot = (catalog as InMemoryCatalog).snapshot()
    const copy = new InMemoryCatalog(JSON.parse(JSON.stringify(snapshot)))
    expect(copy.snapshot()).toEqual(snapshot)
    expect(await copy.listPartitions('d', 't')).toEqual(await catalog.listPartitions('d', 't'))
    await copy.dropPartition('d', 't', ['2'])
    expect(await catalog.listPartitions('d', 't')).toHaveLength(2)
  })
})
