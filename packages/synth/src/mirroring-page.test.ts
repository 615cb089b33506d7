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
  const results = ['mirrorTallies, mirrorLosses', 'mirrorBrokerTallies', 'broker']
  const result = `; return { ${results.find((names) => names.split(', ').every((name) => code.includes(name)))} }`
  return { last: await new AsyncFunction('modules', body + result)(modules), files }
}

describe('docs/mirroring.md', () => {
  it('shows how the captures of mirror sessions are written', async () => {
    const { files, last } = await run(snippets[0] ?? '')
    expect([...files.keys()]).toEqual([expect.stringMatching(/^mirror-tms-[0-9a-f]+\.pcap$/)])
    expect([...files.values()][0]).toBeGreaterThan(50_000)
    expect(last).toMatchObject({ mirrorTallies: [{ networkInterface: { name: 'demo' } }], mirrorLosses: [] })
  })

  it('shows a broker in a simulation, one of whose platforms lets nothing in', async () => {
    const { last } = await run(snippets[1] ?? '')
    const { mirrorBrokerTallies } = last as { readonly mirrorBrokerTallies: readonly synth.MirrorBrokerTally[] }
    const [ids, archive] = mirrorBrokerTallies
    expect(ids).toMatchObject({ platform: 'ids', lost: {} })
    expect(ids?.sent).toBeGreaterThan(500)
    expect(archive?.sent).toBeGreaterThan(10)
    expect(archive?.lost).toEqual({ 'no-security-group-rule': archive?.sent })
  })

  it('shows a broker by itself', async () => {
    const { last } = await run(snippets[2] ?? '')
    expect((last as { readonly broker: core.MirrorBroker }).broker.tallies.size).toBe(2)
  })

  it('shows a target behind a Gateway Load Balancer that fits the reference design', () => {
    const [, json = ''] = /```json\n(.*?)```/s.exec(page) ?? []
    const { vpcs, ...shown } = JSON.parse(json) as core.Design
    const made = core.demoDesign()
    const { main } = made.vpcs
    const vpcEndpoints = { ...main?.vpcEndpoints, ...vpcs.main?.vpcEndpoints }
    const trafficMirrorTargets = { ...made.trafficMirrorTargets, ...shown.trafficMirrorTargets }
    const design = { ...made, ...shown, trafficMirrorTargets, vpcs: { main: { ...main, vpcEndpoints } } }
    expect(core.checkDesign(design)).toEqual([])
  })

  it('gives the constants as they are', () => {
    const files = ['mirror-exclusion', 'traffic-mirror', 'mirror-encapsulation', 'rate-bucket']
    const sources = [...files, 'mirror-reordering', 'mirrored-flow-limit']
      .map((name) => `../../core/src/mirror/${name}.ts`)
      .concat(
        ['network', 'gateway-load-balancers', 'geneve-encapsulation'].map(
          (name) => `../../core/src/dataplane/${name}.ts`,
        ),
      )
      .concat('./simulation-observer.ts')
      .map((path) => readFileSync(new URL(path, import.meta.url), 'utf8').replaceAll('_', ''))
      .join('\n')
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)]
    expect(rows.length).toBe(15)
    for (const [, name = '', value = ''] of rows) {
      const [written = ''] = new RegExp(`const ${name.replaceAll('_', '')}[^\n]*`).exec(sources) ?? []
      const numbers = value.replaceAll(/(\d),(\d{3})/g, '$1$2').split(', ')
      for (const part of numbers) expect([name, written.includes(part.trim())]).toEqual([name, true])
    }
  })
})
