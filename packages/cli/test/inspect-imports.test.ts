import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// `flowtap inspect` starts as fast as what it loads: nothing of designs, queries and Parquet unless it is asked for.

const sources = fileURLToPath(new URL('../src/', import.meta.url))
const STATIC_IMPORT = /^(?:import|export) (?!type )(?:[^'"]*? from )?['"]([^'"]+)['"]/gm

/** Packages that a source file loads when it is loaded itself, with the file that names them. */
function packagesOf(path: string, seen: Map<string, string> = new Map(), visited = new Set<string>()): typeof seen {
  if (visited.has(path)) return seen
  visited.add(path)
  for (const [statement, name = ''] of readFileSync(path, 'utf8').matchAll(STATIC_IMPORT)) {
    // `import { type A, type B } from` loads nothing.
    const names = /\{([^}]*)\}/
      .exec(statement)?.[1]
      ?.split(',')
      .filter((each) => each.trim() !== '')
    if (names?.every((each) => each.trim().startsWith('type '))) continue
    if (name.startsWith('.')) packagesOf(resolve(dirname(path), name), seen, visited)
    else if (!name.startsWith('node:')) seen.set(name, path.slice(sources.length))
  }
  return seen
}

it('loads the inspectors alone', () => {
  const entry = join(sources, 'commands/inspect.ts')
  expect(existsSync(entry)).toBe(true)
  expect(Object.fromEntries(packagesOf(entry))).toEqual({ '@flowtap/core/inspect': expect.any(String) })
})
