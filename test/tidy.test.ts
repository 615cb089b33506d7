import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

// The house rules of CONTRIBUTING.md that a linter does not know.

const root = fileURLToPath(new URL('..', import.meta.url))
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '')
const text = (file: string): string => readFileSync(`${root}/${file}`, 'utf8')
const sources = tracked.filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts'))
const isMarkedData = (content: string): boolean => /^\/\/ (Data table|Generated)\b/m.test(content.slice(0, 600))

/** Import directions between the packages: each may import those named. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  parser: [],
  core: ['@flowtap/parser'],
  synth: ['@flowtap/parser', '@flowtap/core'],
  emulator: ['@flowtap/core', '@flowtap/synth'],
  cli: ['@flowtap/parser', '@flowtap/core', '@flowtap/synth', '@flowtap/emulator'],
}

describe('house rules', () => {
  it('finds the sources', () => {
    expect(sources.length).toBeGreaterThan(50)
  })

  it('time and randomness are injected in parser, core and synth', () => {
    const ambient =
      /\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\bset(?:Timeout|Interval|Immediate)\(|\bperformance\.now\(|\bprocess\.hrtime\b|\brandomUUID\(|\brandomBytes\(/
    const offenders = sources
      .filter((file) => /^packages\/(parser|core|synth)\//.test(file))
      .flatMap((file) =>
        text(file)
          .split('\n')
          .flatMap((line, index) =>
            ambient.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line) ? [`${file}:${index + 1}`] : [],
          ),
      )
    expect(offenders).toEqual([])
  })

  it('imports between packages go one way', () => {
    const offenders = sources.flatMap((file) => {
      const name = file.split('/')[1] as string
      const imported = [...text(file).matchAll(/from '(@flowtap\/[a-z-]+|flowtap)/g)].map((match) => match[1] as string)
      return imported
        .filter((target) => !(MAY_IMPORT[name] ?? []).includes(target))
        .map((target) => `${file}: ${target}`)
    })
    expect(offenders).toEqual([])
  })

  it('files are named after their concept and stay readable', () => {
    const badlyNamed = sources.filter(
      (file) => /^(utils?|helpers?|common|misc)\.ts$/.test(basename(file)) || !/^[a-z0-9.-]+\.ts$/.test(basename(file)),
    )
    expect(badlyNamed).toEqual([])
    const lengths = sources
      .map((file) => ({ file, content: text(file) }))
      .filter(({ content }) => !isMarkedData(content))
      .map(({ file, content }) => ({ file, lines: content.split('\n').length }))
    expect(lengths.filter(({ lines }) => lines > 600)).toEqual([])
    const long = lengths.filter(({ lines }) => lines > 300)
    expect(long.length / lengths.length).toBeLessThan(0.12)
  })

  it('index files stand only where a package or subpath begins, and list names', () => {
    const indexes = sources.filter((file) => basename(file) === 'index.ts')
    expect(indexes.every((file) => /^packages\/[^/]+\/src\/([a-z-]+\/)?index\.ts$/.test(file))).toBe(true)
    for (const file of indexes) expect(text(file)).not.toMatch(/export \* from/)
  })

  it('every public name has a docstring', () => {
    const undocumented = sources
      .filter((file) => basename(file) === 'index.ts')
      .flatMap((index) => {
        const folder = index.slice(0, -'index.ts'.length)
        return [...text(index).matchAll(/export (?:type )?\{([^}]*)\} from '\.\/([^']+)'/g)].flatMap((match) => {
          const source = text(folder + (match[2] as string))
          return (match[1] as string)
            .split(',')
            .map(
              (name) =>
                name
                  .trim()
                  .replace(/^type /, '')
                  .split(' as ')[0] as string,
            )
            .filter((name) => name !== '' && !name.startsWith('//'))
            .filter((name) => {
              const declaration = source.search(
                new RegExp(
                  `^export (?:abstract )?(?:async )?(?:function\\*?|class|const|interface|type) ${name}\\b`,
                  'm',
                ),
              )
              return declaration >= 0 && !source.slice(0, declaration).trimEnd().endsWith('*/')
            })
            .map((name) => `${folder}${match[2]}: ${name}`)
        })
      })
    expect(undocumented).toEqual([])
  })

  it('nothing names a machine, a registry or a path outside of the repository', () => {
    const offenders = tracked
      .filter((file) => /\.(ts|js|mjs|json|md|yml|sql|sh)$|^\.ci\/run$/.test(file))
      .filter((file) =>
        /"resolved": "https?:|\/(?:home(?!\/ssm-user)|root|Users)\/[a-z]|registry\.npmjs\.org/.test(text(file)),
      )
      .filter((file) => file !== 'test/tidy.test.ts')
    expect(offenders).toEqual([])
  })
})
