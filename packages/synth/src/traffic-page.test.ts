import { readFileSync } from 'node:fs'
import * as core from '@flowtap/core'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as synth from './index.ts'
import { TEST_DESIGN } from './simulation-fixture.ts'

const page = readFileSync(new URL('../../../docs/traffic.md', import.meta.url), 'utf8')
const snippets = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)

/** Runs a snippet; its imports are of the packages, and `values` stand for what the text around it speaks of. */
async function run(code: string, values: Readonly<Record<string, unknown>>): Promise<readonly unknown[][]> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true },
  })
  const body = outputText.replace(/^import \{([^}]*)\} from '([^']*)';?$/gms, "const {$1} = modules['$2'];")
  const lines: unknown[][] = []
  const scope = {
    ...values,
    modules: { '@flowtap/core': core, '@flowtap/synth': synth },
    console: { log: (...printed: unknown[]) => lines.push(printed) },
  }
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...given: unknown[]) => Promise<void>
  await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope))
  return lines
}

describe('docs/traffic.md', () => {
  it('begins with a scenario that runs', async () => {
    const lines = await run(snippets[0] ?? '', {})
    expect(lines.length).toBeGreaterThan(100)
    expect(lines.some(([source]) => source === '10.0.1.101')).toBe(true)
  })

  it('shows how capture files are written', async () => {
    const files = new Map<string, number>()
    await run(snippets.find((code) => code.includes('new PcapTaps')) ?? '', {
      PcapTaps: synth.PcapTaps,
      simulate: synth.simulate,
      design: TEST_DESIGN,
      scenario: synth.cataloguedScenario('web', { durationMicroseconds: synth.minutes(10) }),
      openSync: (path: string) => path,
      writeSync: (path: string, bytes: Uint8Array) => files.set(path, (files.get(path) ?? 0) + bytes.length),
    })
    expect([...files.keys()].length).toBeGreaterThan(1)
    expect([...files.keys()].every((path) => /^eni-[0-9a-f]+\.pcap$/.test(path))).toBe(true)
  })

  it('shows how flow logs are written without packets', async () => {
    const lines = await run(snippets.find((code) => code.includes('generateFlowLogs')) ?? '', {})
    expect(lines.length).toBeGreaterThan(3)
    expect(lines.every(([key]) => `${key}`.includes('AWSLogs/'))).toBe(true)
  })

  it('names every operation of a host and every part of a context', () => {
    const interfaces = ['host/host.ts', 'scenario.ts'].map((file) =>
      readFileSync(new URL(file, import.meta.url), 'utf8'),
    )
    const operations = /export interface Host \{(.*?)\n\}/s
      .exec(interfaces[0] ?? '')?.[1]
      ?.matchAll(/^ {2}(\w+)(?:<\w+>)?\(/gm)
    const parts = /export interface ScenarioContext \{(.*?)\n\}/s
      .exec(interfaces[1] ?? '')?.[1]
      ?.matchAll(/^ {2}readonly (\w+):/gm)
    const names = [...(operations ?? []), ...(parts ?? [])].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(25)
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([])
  })
})
