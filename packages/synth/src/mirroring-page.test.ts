import { readFileSync } from 'node:fs'
import * as core from '@flowtap/core'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as synth from './index.ts'

const page = readFileSync(new URL('../../../docs/mirroring.md', import.meta.url), 'utf8')
const snippets = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)

/** Runs a snippet with files that are counted only; gives what it made of both. */
async function run(code: string): Promise<{ readonly files: ReadonlyMap<string, number>; readonly last: unknown }> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true },
  })
  const body = outputText.replace(/^import \{([^}]*)\} from '([^']*)';?$/gms, "const {$1} = modules['$2'];")
  const files = new Map<string, number>()
  const modules = {
    '@flowtap/core': core,
    '@flowtap/synth': synth,
    'node:fs': {
      openSync: (path: string) => path,
      writeSync: (path: string, bytes: Uint8Array) => files.set(path, (files.get(path) ?? 0) + bytes.length),
    },
  }
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...given: unknown[]) => Promise<unknown>
  const result = code.includes('mirrorLosses') ? '; return { mirrorTallies, mirrorLosses }' : '; return broker'
  return { last: await new AsyncFunction('modules', body + result)(modules), files }
}

describe('docs/mirroring.md', () => {
  it('shows how the captures of mirror sessions are written', async () => {
    const { files, last } = await run(snippets[0] ?? '')
    expect([...files.keys()]).toEqual([expect.stringMatching(/^mirror-tms-[0-9a-f]+\.pcap$/)])
    expect([...files.values()][0]).toBeGreaterThan(50_000)
    expect(last).toMatchObject({ mirrorTallies: [{ networkInterface: { name: 'demo' } }], mirrorLosses: [] })
  })

  it('shows a broker', async () => {
    const { last } = await run(snippets[1] ?? '')
    expect((last as core.MirrorBroker).tallies.size).toBe(2)
  })

  it('gives the constants as they are', () => {
    const sources = ['mirror-exclusion', 'traffic-mirror', 'mirror-encapsulation', 'instance-bandwidth']
      .map((name) => `../../core/src/mirror/${name}.ts`)
      .concat('../../core/src/dataplane/network.ts', './simulation-observer.ts')
      .map((path) => readFileSync(new URL(path, import.meta.url), 'utf8').replaceAll('_', ''))
      .join('\n')
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)]
    expect(rows.length).toBe(8)
    for (const [, name = '', value = ''] of rows) {
      const [written = ''] = new RegExp(`const ${name.replaceAll('_', '')}[^\n]*`).exec(sources) ?? []
      const numbers = value.replaceAll(/(\d),(\d{3})/g, '$1$2').split(', ')
      for (const part of numbers) expect([name, written.includes(part.trim())]).toEqual([name, true])
    }
  })
})
