import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// What a user gets: the packed tarballs installed into an empty project, imported in TypeScript, run by plain Node.

const root = fileURLToPath(new URL('..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'flowtap-user-'))
const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

beforeAll(() => {
  for (const name of readdirSync(`${root}/packages`)) {
    run('npm', ['pack', '--pack-destination', project, '-w', `packages/${name}`], root)
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }))
  const tarballs = readdirSync(project).filter((file) => file.endsWith('.tgz'))
  run(
    'npm',
    [
      'install',
      '--prefer-offline',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      ...tarballs.map((file) => `./${file}`),
    ],
    project,
  )
}, 240_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

const LOG = `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK
2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
`

describe('the packed packages in an empty project', () => {
  it('can be imported in TypeScript, and run', () => {
    writeFileSync(join(project, 'flows.log'), LOG)
    writeFileSync(
      join(project, 'main.ts'),
      `import { parseFlowLogs, type FlowLogRecord } from '@flowtap/parser'
import { EmbeddedEngine, InMemoryCatalog, openFlowLogs } from '@flowtap/core/athena'

const records: FlowLogRecord[] = []
for await (const record of parseFlowLogs({ paths: ['flows.log'] })) records.push(record)
const bytes: bigint = records.reduce((sum, record) => sum + (record.bytes ?? 0n), 0n)

const catalog = new InMemoryCatalog()
const { store } = await openFlowLogs({ paths: ['flows.log'], catalog })
const engine = new EmbeddedEngine({ catalog, store })
const result = await engine.execute('SELECT action, sum(bytes) AS total FROM vpc_flow_logs GROUP BY 1 ORDER BY 1')
console.log(JSON.stringify({ count: records.length, bytes: String(bytes), columns: result.columns.map(({ name, type }) => [name, type]), rows: await result.rows() }))
await engine.close()
`,
    )
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'ES2022',
          module: 'NodeNext',
          strict: true,
          outDir: 'out',
          rootDir: '.',
          types: ['node'],
          typeRoots: [`${root}/node_modules/@types`],
        },
        include: ['main.ts'],
      }),
    )
    run(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', project], project)
    expect(JSON.parse(run(process.execPath, ['out/main.js'], project))).toEqual({
      count: 3,
      bytes: '8498',
      columns: [
        ['action', 'varchar'],
        ['total', 'bigint'],
      ],
      rows: [
        ['-', null],
        ['ACCEPT', '4249'],
        ['REJECT', '4249'],
      ],
    })
  }, 120_000)

  it('brings the command', () => {
    mkdirSync(join(project, 'logs'), { recursive: true })
    writeFileSync(join(project, 'logs', 'flows.log'), LOG)
    const output = run(
      'npx',
      ['--no-install', 'flowtap', 'query', '--logs', 'logs', '--json', 'SELECT count(*) FROM vpc_flow_logs'],
      project,
    )
    expect(JSON.parse(output)).toEqual({
      columns: [{ name: '_col0', type: 'bigint' }],
      rows: [['3']],
      bytesScanned: LOG.length,
    })
  }, 60_000)
})
