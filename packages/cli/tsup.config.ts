import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Options } from 'tsup'

/** The licences of what becomes part of a file. */
function licences(...packages: readonly string[]): string {
  const { resolve } = createRequire(import.meta.url)
  const texts = packages.map((name) => {
    let folder = dirname(resolve(name))
    while (!existsSync(join(folder, 'LICENSE'))) folder = dirname(folder)
    return `Contains ${name}.\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}`
  })
  return `/*!\n${texts.join('\n\n')}\n*/`
}

const config: Options[] = [
  {
    entry: { main: 'src/main.ts', start: 'src/start.ts' },
    format: 'esm',
    target: 'node20',
    dts: false,
    sourcemap: true,
    clean: ['!inspect-main.cjs'],
  },
  {
    // One file, whose compiled code is kept from one process to the next.
    entry: { 'inspect-main': 'src/inspect-main.ts' },
    format: 'cjs',
    target: 'node20',
    dts: false,
    sourcemap: false,
    shims: true,
    clean: false,
    splitting: false,
    noExternal: ['@flowtap/core/inspect', 'commander'],
    banner: { js: licences('commander', 'ipaddr.js') },
  },
]
export default config
