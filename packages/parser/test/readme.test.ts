import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, describe, expect, it } from 'vitest'
import * as s3 from '../src/adapters/s3.ts'
import * as parser from '../src/index.ts'
import { formatTextLogFile } from '../src/log-file.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const snippets = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)

const folder = await mkdtemp(join(tmpdir(), 'flowtap-readme-'))
afterAll(() => rm(folder, { recursive: true }))

/** Lists and gives one empty bucket; stands for class `S3` of the SDK, which is an optional peer. */
class S3 {
  listObjectsV2 = async (): Promise<object> => ({})
  getObject = async (): Promise<object> => ({})
}

describe('the README', () => {
  it('has snippets', () => {
    expect(snippets).toHaveLength(4)
  })

  it.each(snippets.map((code) => [code.split('\n')[0], code]))('runs: %s', async (_, code = '') => {
    await mkdir(join(folder, 'logs'), { recursive: true })
    await writeFile(join(folder, 'logs', 'a.log.gz'), formatTextLogFile([{ version: 2, bytes: 1n }], { gzip: true }))
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true },
    })
    const body = outputText
      .replace(/^import \{([^}]*)\} from '([^']*)';?$/gms, (_match, names: string, module: string) => {
        return `const {${names}} = modules['${module}'];`
      })
      .replace(/^export \{\};?$/gm, '')
      .replace(/^export /gm, '')
    const modules = {
      '@flowtap/parser': parser,
      '@flowtap/parser/s3': s3,
      '@aws-sdk/client-s3': { S3 },
      'node:fs/promises': {
        writeFile: (path: string, content: Uint8Array) => writeFile(join(folder, path), content),
      },
    }
    const lines: unknown[][] = []
    const log = {
      log: (...values: unknown[]) => lines.push(values),
      error: (...values: unknown[]) => lines.push(values),
    }
    const inFolder = body.replaceAll("'logs/", `'${folder}/logs/`)
    const AsyncFunction = (async () => {}).constructor as new (
      ...parts: string[]
    ) => (...values: unknown[]) => Promise<void>
    await new AsyncFunction('modules', 'console', inFolder)(modules, log)
    expect(lines.filter(([value]) => value instanceof Error)).toEqual([])
  })

  it('names every issue code, option and limit', async () => {
    const source = await readFile(new URL('../src/parse-issue.ts', import.meta.url), 'utf8')
    const codes = [...(source.split('export interface')[0] ?? '').matchAll(/\| '([a-z0-9-]+)'/g)].map(
      ([, code]) => code,
    )
    expect(codes.length).toBeGreaterThan(10)
    for (const code of codes) expect(readme).toContain(`\`${code}\``)
    const options: Record<keyof Required<parser.ParseFlowLogsOptions>, true> = {
      format: true,
      fields: true,
      onIssue: true,
      strict: true,
      signal: true,
      limits: true,
    }
    const limits: Record<keyof Required<parser.ParseFlowLogsLimits>, true> = {
      maxLineBytes: true,
      batchRows: true,
      maxDecompressedBytes: true,
      maxCompressionRatio: true,
      maxPayloadBytes: true,
      maxBufferedParquetBytes: true,
    }
    for (const name of Object.keys({ ...options, ...limits })) expect(readme).toContain(`| \`${name}\` `)
  })
})
