import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoDesign } from '@flowtap/core'
import { afterAll, describe, expect, it } from 'vitest'
import { type CommandOutcome, runCommand } from './memory-streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'flowtap-synth-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const flowtap = (...args: readonly string[]): Promise<CommandOutcome> => runCommand(args, { workingDirectory: folder })

/** All files under a folder with their bytes, by path. */
function contents(name: string): Record<string, string> {
  const files = readdirSync(join(folder, name), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name)
      return [path.slice(join(folder, name).length), readFileSync(path).toString('base64')]
    }),
  )
}

describe('flowtap synth', () => {
  it('writes flow logs that flowtap query reads, labels and captures', async () => {
    const run = await flowtap('synth', 'web', '--duration', '20m', '--seed', '3', '--out', 'web', '--pcap', '--json')
    expect(run.stderr).toBe('')
    const outcome = JSON.parse(run.stdout)
    expect(outcome.records).toBeGreaterThan(20)
    expect(outcome.captures).toBeGreaterThan(2)

    const query = await flowtap('query', '--json', '--logs', 'web', 'SELECT count(*), sum(packets) FROM vpc_flow_logs')
    const [[records]] = JSON.parse(query.stdout).rows
    expect(Number(records)).toBe(outcome.records)

    const labels = readFileSync(join(folder, 'web', 'labels.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(new Set(labels.map(({ activity }) => activity)).size).toBe(outcome.activities)
    expect(labels.some(({ label }) => label.kind === 'web-session')).toBe(true)
  })

  it('gives the same bytes for the same seed and others for another', async () => {
    for (const [out, seed] of [
      ['one', '5'],
      ['two', '5'],
      ['three', '6'],
    ] as const) {
      expect(
        (await flowtap('synth', 'reference', '--duration', '20m', '--seed', seed, '--out', out, '--pcap')).exitCode,
      ).toBe(0)
    }
    expect(contents('one')).toEqual(contents('two'))
    expect(contents('one')).not.toEqual(contents('three'))
  })

  it('writes large amounts without packets, and says what needs them', async () => {
    const run = await flowtap('synth', 'volume', '--records', '5000', '--rate', '5', '--out', 'volume', '--json')
    expect(run.stderr).toBe('')
    const outcome = JSON.parse(run.stdout)
    expect(outcome.records).toBeGreaterThan(4_500)
    const query = await flowtap('query', '--json', '--logs', 'volume', 'SELECT count(*) FROM vpc_flow_logs')
    expect(Number(JSON.parse(query.stdout).rows[0][0])).toBe(outcome.records)

    const captured = await flowtap('synth', 'volume', '--pcap', '--out', 'captured')
    expect([captured.exitCode, captured.stderr]).toEqual([
      2,
      expect.stringContaining('volume has no packets to capture'),
    ])
    const rated = await flowtap('synth', 'web', '--rate', '5', '--out', 'rated')
    expect([rated.exitCode, rated.stderr]).toEqual([2, expect.stringContaining('--rate is for the scenario volume')])
  })

  it('takes a design of one’s own, a time and Parquet', async () => {
    writeFileSync(join(folder, 'design.json'), JSON.stringify(demoDesign()))
    const run = await flowtap(
      ...[
        'synth',
        'quiet',
        '--duration',
        '20m',
        '--start',
        '2026-03-01',
        '--design',
        'design.json',
        '--out',
        'quiet',
        '--parquet',
      ],
    )
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    const keys = Object.keys(contents('quiet')).filter((key) => key !== '/labels.jsonl')
    for (const key of keys) expect(key).toMatch(/2026\/03\/01\/.*\.parquet$/)
  })

  it('lists its scenarios', async () => {
    const { stdout } = await flowtap('synth', '--list')
    expect(stdout).toMatch(/^web +People who browse/m)
  })

  it.each([
    [['synth'], 'which scenario? flowtap synth --list shows their names'],
    [['synth', 'web'], 'where to? add --out DIR'],
    [['synth', 'wbe', '--out', 'x'], 'there is no scenario "wbe"'],
    [
      ['synth', 'web', '--out', 'x', '--duration', 'long'],
      '"long" is not a duration; write it as 90s, 15m, 1h30m or 2d',
    ],
    [['synth', 'web', '--out', 'x', '--start', 'now'], '"now" is not a time'],
    [['synth', 'web', '--out', 'x', '--design', 'absent.json'], 'there is no such file'],
    [
      ['synth', 'web', '--out', 'x', '--design', 'bad.json'],
      'bad.json is not a valid design:\n  vpcs.main.subnets.a.cidrBlock',
    ],
  ])('%j says what is wrong', async (args, message) => {
    writeFileSync(
      join(folder, 'bad.json'),
      JSON.stringify({ vpcs: { main: { cidrBlocks: ['10.0.0.0/16'], subnets: { a: { cidrBlock: '10.1.0.0/24' } } } } }),
    )
    const run = await flowtap(...args)
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toContain(message)
  })

  it('does not mix its files with others', async () => {
    writeFileSync(join(folder, 'other.txt'), '')
    expect(await flowtap('synth', 'web', '--out', '.')).toMatchObject({ exitCode: 2, stdout: '' })
  })
})
