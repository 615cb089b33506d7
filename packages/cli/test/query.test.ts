import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tableFromIPC } from 'apache-arrow'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandOutcome, runCommand } from './memory-streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'flowtap-query-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Records of AWS's documentation ("Flow log record examples", Amazon VPC user guide).
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'
const RECORDS = [
  '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
  '2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',
  '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA',
  '2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA',
]
const V5_HEADER = 'version srcaddr dstaddr bytes action traffic-path flow-direction'
const V5_RECORDS = ['5 52.95.128.179 10.0.0.71 15044 ACCEPT - ingress', '5 10.0.0.71 52.95.128.179 471 ACCEPT 8 egress']
const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`
const key = (day: number): string =>
  `AWSLogs/123456789010/vpcflowlogs/us-west-2/2021/10/${day}/123456789010_vpcflowlogs_us-west-2_fl-0a1b2c3d_202110${day}T0000Z_0a1b2c3d.log.gz`

beforeAll(() => {
  writeFileSync(join(folder, 'v2.log'), lines(HEADER, ...RECORDS))
  mkdirSync(join(folder, 'mixed'))
  writeFileSync(join(folder, 'mixed', 'a.log'), lines(HEADER, ...RECORDS))
  writeFileSync(join(folder, 'mixed', 'b.log.gz'), gzipSync(lines(V5_HEADER, ...V5_RECORDS)))
  for (const day of [25, 26, 27]) {
    const path = join(folder, 'buckets', 'logs', key(day))
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, gzipSync(lines(HEADER, RECORDS[day % 2] as string)))
  }
})

const query = (args: readonly string[], width?: number): Promise<CommandOutcome> =>
  runCommand(['query', ...args], { workingDirectory: folder, ...(width === undefined ? {} : { width }) })

describe('flowtap query', () => {
  it('prints Athena’s CSV to a pipe', async () => {
    expect(
      await query(['--logs', 'v2.log', 'SELECT action, sum(bytes) FROM vpc_flow_logs GROUP BY 1 ORDER BY 1']),
    ).toEqual({
      exitCode: 0,
      stdout: '"action","_col1"\n"-",\n"ACCEPT","4249"\n"REJECT","4249"\n',
      stderr: '',
    })
  })

  it('takes the statement behind --logs and its paths, as the README writes it', async () => {
    const { stdout } = await query(['--logs', 'v2.log', 'mixed', 'SELECT count(*) FROM vpc_flow_logs'])
    expect(stdout).toBe('"_col0"\n"10"\n')
  })

  it('prints a table that fits a terminal', async () => {
    const all = await query(['--logs', 'v2.log', 'SELECT * FROM vpc_flow_logs'], 80)
    for (const line of all.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(all.stdout).toContain('srcaddr       172.31.16.139\n')
    expect((await query(['--logs', 'v2.log', 'SELECT srcaddr, bytes FROM vpc_flow_logs LIMIT 1'], 80)).stdout).toBe(
      ['srcaddr        bytes', '─────────────  ─────', '172.31.16.139   4249', ''].join('\n'),
    )
  })

  it('prints JSON with names, types, text or null, and the bytes scanned', async () => {
    const { stdout } = await query([
      '--logs',
      'v2.log',
      '--json',
      `SELECT srcaddr, bytes, "end" FROM vpc_flow_logs WHERE log_status <> 'SKIPDATA'`,
    ])
    expect(JSON.parse(stdout)).toEqual({
      columns: [
        { name: 'srcaddr', type: 'varchar' },
        { name: 'bytes', type: 'bigint' },
        { name: 'end', type: 'bigint' },
      ],
      rows: [
        ['172.31.16.139', '4249', '1418530070'],
        ['172.31.9.69', '4249', '1418530070'],
        ['-', null, '1431280934'],
      ],
      bytesScanned: lines(HEADER, ...RECORDS).length,
    })
  })

  it('writes Arrow and Parquet that other readers read', async () => {
    const sql = 'SELECT srcaddr, bytes FROM vpc_flow_logs ORDER BY "end", srcaddr DESC'
    const arrow = join(folder, 'out.arrow')
    expect((await query(['--logs', 'v2.log', '--format', 'arrow', '--out', arrow, sql])).exitCode).toBe(0)
    const { readFileSync } = await import('node:fs')
    const table = tableFromIPC(readFileSync(arrow))
    expect([...(table.getChild('bytes') ?? [])]).toEqual([4249n, 4249n, null, null])
    const parquet = join(folder, 'out.parquet')
    expect((await query(['--logs', 'v2.log', '--format', 'parquet', '--out', parquet, sql])).exitCode).toBe(0)
    const bytes = readFileSync(parquet)
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
    })
    expect(rows[0]).toEqual({ srcaddr: '172.31.9.69', bytes: 4249n })
    expect(rows).toHaveLength(4)
  })

  it('makes one table of files of several formats: absent columns are NULL', async () => {
    const { stdout } = await query([
      '--logs',
      'mixed',
      'SELECT version, count(*), count(traffic_path), count(srcport), sum(bytes) FROM vpc_flow_logs GROUP BY 1 ORDER BY 1',
    ])
    expect(stdout.split('\n').slice(1)).toEqual(['"2","4","0","2","8498"', '"5","2","1","0","15515"', ''])
  })

  it('has day and aws_region where keys are in AWS’s layout, and opens only the objects of the day', async () => {
    const sql = "SELECT aws_region, day, srcaddr FROM vpc_flow_logs WHERE day > '2021/10/25' ORDER BY day"
    const { stdout, stderr } = await query(['--logs', 'buckets', sql])
    expect(stderr).toBe('')
    expect(stdout.split('\n').slice(1)).toEqual([
      '"us-west-2","2021/10/26","172.31.16.139"',
      '"us-west-2","2021/10/27","172.31.9.69"',
      '',
    ])
  })

  it('reads s3:// paths under --s3-root, and tables that a DDL file creates', async () => {
    const all = await query([
      '--s3-root',
      'buckets',
      '--logs',
      's3://logs/AWSLogs/',
      'SELECT count(*) FROM vpc_flow_logs',
    ])
    expect(all.stdout).toBe('"_col0"\n"3"\n')
    writeFileSync(
      join(folder, 'create.sql'),
      `CREATE DATABASE mine;
       CREATE EXTERNAL TABLE mine.flows (version int, account_id string, interface_id string, srcaddr string)
       PARTITIONED BY (day string)
       ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
       LOCATION 's3://logs/AWSLogs/123456789010/vpcflowlogs/us-west-2/'
       TBLPROPERTIES ('skip.header.line.count'='1', 'projection.enabled'='true', 'projection.day.type'='date',
         'projection.day.format'='yyyy/MM/dd', 'projection.day.range'='2021/01/01,2021/12/31',
         'storage.location.template'='s3://logs/AWSLogs/123456789010/vpcflowlogs/us-west-2/\${day}');`,
    )
    const { stdout } = await query([
      ...['--s3-root', 'buckets', '--ddl', 'create.sql', '--database', 'mine'],
      "SELECT srcaddr, day FROM flows WHERE day = '2021/10/26'",
    ])
    expect(stdout).toBe('"srcaddr","day"\n"172.31.16.139","2021/10/26"\n')
  })

  it('says how to quote the reserved word end', async () => {
    const { exitCode, stdout, stderr } = await query(['--logs', 'v2.log', 'SELECT end FROM vpc_flow_logs'])
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('line 1:8: mismatched input')
    expect(stderr).toContain('"end"')
  })

  it('fails with Athena’s text and exit code 2 on an unknown column', async () => {
    const { exitCode, stderr } = await query(['--logs', 'v2.log', 'SELECT banana FROM vpc_flow_logs'])
    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      "flowtap: COLUMN_NOT_FOUND: line 1:8: Column 'banana' cannot be resolved or requester is not authorized to access requested resources\n" +
        "  Check the columns of the tables in FROM. A text constant stands in single quotes: 'banana'.\n",
    )
  })

  it('reports a truncated gzip with its place and keeps the good rows; --strict fails', async () => {
    const records = Array.from({ length: 5000 }, (_, index) =>
      (RECORDS[index % 2] as string).replace('20641', String(1024 + index)),
    )
    const whole = gzipSync(lines(HEADER, ...records))
    writeFileSync(join(folder, 'cut.log.gz'), whole.subarray(0, Math.floor(whole.length / 2)))
    const { exitCode, stdout, stderr } = await query([
      '--logs',
      'cut.log.gz',
      'v2.log',
      'SELECT count(*) FROM vpc_flow_logs',
    ])
    expect(exitCode).toBe(0)
    const [, count = ''] = /"(\d+)"\n$/.exec(stdout) ?? []
    expect(Number(count)).toBeGreaterThan(1000)
    expect(Number(count)).toBeLessThan(5004)
    expect(stderr).toMatch(/cut\.log\.gz/)
    expect(stderr).toContain('1 issue in the input')
    expect((await query(['--logs', 'cut.log.gz', '--strict', 'SELECT count(*) FROM vpc_flow_logs'])).exitCode).toBe(2)
  })

  it('refuses wrong use in one line', async () => {
    const outcomes = await Promise.all([
      query([]),
      query(['--logs', 'nowhere', 'SELECT 1 FROM vpc_flow_logs']),
      query(['--logs', 'v2.log', '--format', 'yaml', 'SELECT 1']),
      query(['--file', 'missing.sql']),
    ])
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2])
    expect(outcomes.map(({ stdout }) => stdout)).toEqual(['', '', '', ''])
    expect(outcomes[0]?.stderr).toContain('--file')
    expect(outcomes[1]?.stderr).toContain('nowhere')
    expect(outcomes[3]?.stderr).toContain('missing.sql')
  })
})
