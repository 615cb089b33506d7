import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parseFlowLogs } from '@flowtap/parser'
import { tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandOutcome, runCommand } from './memory-streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'flowtap-parse-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const HEADER = 'version srcaddr dstaddr packets bytes start end action log-status'
const RECORDS = [
  '3 52.213.180.42 10.0.0.62 8 568 1566848875 1566848933 ACCEPT OK',
  '3 - - - - 1566848875 1566848933 - NODATA',
  '3 2001:db8::1 10.0.0.62 9007199254740993 9223372036854775807 1566848875 1566848933 REJECT OK',
]
const LOG = `${[HEADER, ...RECORDS].join('\n')}\n`

beforeAll(() => {
  writeFileSync(join(folder, 'a.log'), LOG)
  writeFileSync(join(folder, 'b.log.gz'), gzipSync(LOG))
  writeFileSync(join(folder, 'other.log'), 'version srcaddr\n3 10.0.0.1\n')
  writeFileSync(join(folder, 'bad.log'), LOG.replace(' 568 ', ' many '))
})

const parse = (args: readonly string[], stdin = ''): Promise<CommandOutcome> =>
  runCommand(['parse', ...args], { workingDirectory: folder, stdin })

describe('flowtap parse', () => {
  it('writes one JSON object per line, exact to 64 bits, without absent fields', async () => {
    const { exitCode, stdout, stderr } = await parse(['a.log'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      '{"version":3,"srcaddr":"52.213.180.42","dstaddr":"10.0.0.62","packets":8,"bytes":568,"start":1566848875,"end":1566848933,"action":"ACCEPT","log-status":"OK"}',
      '{"version":3,"start":1566848875,"end":1566848933,"log-status":"NODATA"}',
      '{"version":3,"srcaddr":"2001:db8::1","dstaddr":"10.0.0.62","packets":9007199254740993,"bytes":9223372036854775807,"start":1566848875,"end":1566848933,"action":"REJECT","log-status":"OK"}',
      '',
    ])
  })

  it('reads standard input, compressed or not', async () => {
    expect((await parse(['-', '--to', 'csv', '--fields', 'srcaddr,bytes'], LOG)).stdout).toBe(
      'srcaddr,bytes\n52.213.180.42,568\n,\n2001:db8::1,9223372036854775807\n',
    )
  })

  it('reads lines without a header in a given format', async () => {
    const { stdout } = await parse(['-', '--format', '${srcaddr} ${bytes}'], '10.0.0.1 7\n')
    expect(stdout).toBe('{"srcaddr":"10.0.0.1","bytes":7}\n')
  })

  it('writes Arrow and Parquet', async () => {
    const arrow = join(folder, 'out.arrow')
    expect((await parse(['a.log', 'b.log.gz', '--to', 'arrow', '--out', arrow])).exitCode).toBe(0)
    const table = tableFromIPC(readFileSync(arrow))
    expect([...(table.getChild('packets') ?? [])]).toEqual([8n, null, 9007199254740993n, 8n, null, 9007199254740993n])
    const parquet = join(folder, 'out.parquet')
    expect((await parse(['a.log', '--to', 'parquet', '--out', parquet])).exitCode).toBe(0)
    const collect = async (path: string): Promise<unknown[]> => {
      const records: unknown[] = []
      for await (const record of parseFlowLogs({ paths: path })) records.push(record)
      return records
    }
    expect(await collect(parquet)).toEqual(await collect(join(folder, 'a.log')))
  })

  it('keeps the good records around a bad one, and says where it is', async () => {
    const { exitCode, stdout, stderr } = await parse(['bad.log', '--to', 'csv', '--fields', 'bytes'])
    expect(exitCode).toBe(0)
    expect(stdout).toBe('bytes\n\n9223372036854775807\n')
    expect(stderr).toContain('bad.log:2:')
    expect(stderr).toContain('1 issue in the input')
    expect((await parse(['bad.log', '--strict'])).exitCode).toBe(2)
  })

  it('does not mix formats in one CSV, and says what to do', async () => {
    const { exitCode, stderr } = await parse(['a.log', 'other.log', '--to', 'csv'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--fields')
    expect((await parse(['a.log', 'other.log', '--to', 'csv', '--fields', 'srcaddr'])).exitCode).toBe(0)
  })

  it('exits with 2 where nothing can be read', async () => {
    const { exitCode, stderr } = await parse(['nowhere.log'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('nowhere.log')
  })
})
