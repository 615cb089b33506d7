import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EmbeddedEngine, FolderStore, InMemoryCatalog, type QueryResult } from '../src/athena/index.ts'
import { articleTable } from './article-table.ts'

// The reference design's table and queries through the whole engine, over objects in AWS's key layout.

const root = mkdtempSync(join(tmpdir(), 'flowtap-engine-'))
const prefix = 'AWSLogs/123456789012/vpcflowlogs/us-west-2'
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'
const record = (source: string, destination: string, port: number, bytes: number): string =>
  `2 123456789012 eni-0demo ${source} ${destination} 40000 ${port} 6 10 ${bytes} 1635120000 1635120060 ACCEPT OK`
const noData = '2 123456789012 eni-0demo - - - - - - - 1635120000 1635120060 - NODATA'
const DAYS = ['2021/10/25', '2021/10/26', '2021/10/27']

const put = (key: string, lines: readonly string[]): void => {
  const path = join(root, key)
  mkdirSync(dirname(path), { recursive: true })
  const text = `${lines.join('\n')}\n`
  writeFileSync(path, key.endsWith('.gz') ? gzipSync(text) : text)
}

const TABLE = articleTable('s3://logs/AWSLogs/123456789012/vpcflowlogs')

let engine: EmbeddedEngine
const run = async (sql: string): Promise<QueryResult> => engine.execute(sql)
const rows = async (sql: string): Promise<readonly (readonly (string | null)[])[]> => (await run(sql)).rows()

beforeAll(async () => {
  DAYS.forEach((day, index) => {
    for (const file of ['a', 'b']) {
      put(`logs/${prefix}/${day}/${file}.log.gz`, [
        HEADER,
        record('10.0.1.101', '54.246.214.20', 80, 100 + index),
        record('10.0.1.101', '142.250.217.78', 443, 200 + index),
        record('198.51.100.7', '10.0.1.101', 22, 40),
        noData,
      ])
    }
  })
  engine = new EmbeddedEngine({
    catalog: new InMemoryCatalog(),
    store: new FolderStore({ root }),
    clock: () => Date.UTC(2021, 10, 1),
  })
  await (await run(TABLE)).close()
})

afterAll(async () => {
  await engine.close()
  rmSync(root, { recursive: true, force: true })
})

describe('the reference design', () => {
  it('answers the four SELECTs, and opens only what the day asks for', async () => {
    const first = await run("SELECT * FROM vpc_flow_logs WHERE day > '2021/10/25' limit 20;")
    const found = await first.rows()
    expect(found).toHaveLength(16)
    expect(new Set(found.map((row) => row[30]))).toEqual(new Set(['2021/10/26', '2021/10/27']))
    expect(first.statistics).toMatchObject({ objectsOpened: 4, objectsTotal: 6, rowsReturned: 16 })
    expect(first.columns.map((column) => column.name).slice(0, 5)).toEqual([
      'version',
      'account',
      'interfaceid',
      'sourceaddress',
      'destinationaddress',
    ])
    expect(await rows("SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101';")).toHaveLength(12)
    expect(await rows("SELECT * FROM vpc_flow_logs WHERE destinationaddress='54.246.214.20';")).toHaveLength(6)
    expect(
      await rows("SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101' AND destinationport=80;"),
    ).toHaveLength(6)
  })

  it('reads a dash as text in string columns and as NULL in numeric ones, and pads short rows', async () => {
    expect(
      await rows(
        "SELECT DISTINCT sourceaddress, numbytes, starttime, vpcid, tcpflags FROM vpc_flow_logs WHERE action = '-'",
      ),
    ).toEqual([['-', null, '1635120000', null, null]])
  })

  it('gives types, names, bytes scanned and CSV as Athena does', async () => {
    const result = await run('SELECT day, count(*), sum(numbytes) AS total FROM vpc_flow_logs GROUP BY 1 ORDER BY 1')
    expect(result.columns.map(({ name, type }) => [name, type])).toEqual([
      ['day', 'varchar'],
      ['_col1', 'bigint'],
      ['total', 'bigint'],
    ])
    let csv = ''
    for await (const part of result.csv()) csv += part
    expect(csv).toBe('"day","_col1","total"\n"2021/10/25","8","680"\n"2021/10/26","8","684"\n"2021/10/27","8","688"\n')
    expect(result.statistics.bytesScanned).toBeGreaterThan(0)
  })

  it('runs SHOW, DESCRIBE, views, and drops', async () => {
    expect(await rows('SHOW TABLES')).toEqual([['vpc_flow_logs']])
    await (
      await run('CREATE VIEW web AS SELECT sourceaddress, numbytes FROM vpc_flow_logs WHERE destinationport = 443')
    ).close()
    expect(await rows('SELECT sum(numbytes) FROM web')).toEqual([['1206']])
    expect(await rows('SHOW VIEWS')).toEqual([['web']])
    await (await run('DROP VIEW web')).close()
    expect((await rows('SHOW CREATE TABLE vpc_flow_logs')).map(([line]) => line).join('\n')).toContain(
      'storage.location.template',
    )
    expect((await rows('DESCRIBE vpc_flow_logs')).length).toBeGreaterThan(31)
    expect(await rows('SHOW PARTITIONS vpc_flow_logs')).toEqual([])
  })

  it('finds Hive partitions with MSCK and takes partitions that are added by hand', async () => {
    put('hive/t/day=a/x.log', ['1 2'])
    put('hive/t/day=b/x.log', ['3 4'])
    put('elsewhere/y.log', ['5 6'])
    const create = `CREATE EXTERNAL TABLE parts (a int, b int) PARTITIONED BY (day string)
      ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://hive/t/'`
    await (await run(create)).close()
    expect(await rows('SELECT * FROM parts')).toEqual([])
    await (await run('MSCK REPAIR TABLE parts')).close()
    await (await run("ALTER TABLE parts ADD PARTITION (day='c') LOCATION 's3://elsewhere/'")).close()
    expect(await rows('SELECT * FROM parts ORDER BY day')).toEqual([
      ['1', '2', 'a'],
      ['3', '4', 'b'],
      ['5', '6', 'c'],
    ])
    await (await run("ALTER TABLE parts DROP PARTITION (day='a')")).close()
    expect(await rows('SELECT day FROM parts ORDER BY 1')).toEqual([['b'], ['c']])
    expect(await rows('SHOW PARTITIONS parts')).toHaveLength(2)
  })

  it('fails with Athena’s code and text', async () => {
    const failures: Record<string, string> = {
      'SELECT * FROM nothing': "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nothing' does not exist",
      'SELECT banana FROM vpc_flow_logs':
        "COLUMN_NOT_FOUND: line 1:8: Column 'banana' cannot be resolved or requester is not authorized to access requested resources",
      "SELECT 1 WHERE DATE '2021-10-25' = '2021-10-25'":
        'TYPE_MISMATCH: line 1:34: Cannot apply operator: date = varchar(10)',
      'SELECT 1/0': 'DIVISION_BY_ZERO: Division by zero',
      'SELECT read_csv(1)': "FUNCTION_NOT_FOUND: line 1:8: Function 'read_csv' not registered",
      'SELECT * FROM vpc_flow_logs t1 JOIN vpc_flow_logs t2 ON day = day':
        "AMBIGUOUS_NAME: line 1:57: Column 'day' is ambiguous",
    }
    for (const [sql, message] of Object.entries(failures)) {
      await expect(
        (async () => {
          await (await run(sql)).rows()
        })(),
        sql,
      ).rejects.toThrow(message)
    }
  })
})
