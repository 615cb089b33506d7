import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const source = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The sources as a program of its own: `node main.mjs [DATA-FOLDER]` starts an emulator and says where. */
export interface EmulatorProgram {
  readonly main: string
  remove(): Promise<void>
}

/** An emulator in a process of its own. */
export interface EmulatorProcess {
  readonly endpoint: string
  readonly process: ChildProcess
  /** At once, as if the machine had lost power over it. */
  kill(): Promise<void>
}

const MAIN = `import { startEmulator } from './built/index.js'
try {
  const emulator = await startEmulator(process.argv[2] ? { dataFolder: process.argv[2] } : {})
  console.log(emulator.endpoint)
} catch (error) {
  console.error(error.message)
  process.exitCode = 3
}
`

/** Bundles the sources; the libraries stay where they are installed. */
export async function buildEmulatorProgram(): Promise<EmulatorProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'flowtap-program-'))
  await symlink(source('../node_modules'), join(folder, 'node_modules'), 'junction')
  await build({
    config: false,
    silent: true,
    entry: { index: source('emulator/src/index.ts') },
    outDir: join(folder, 'built'),
    format: 'esm',
    target: 'node20',
    outExtension: () => ({ js: '.js' }),
    // Libraries by their names; the sources of this repository, and the schemas, are bundled.
    external: [/^(?!@flowtap\/|@aws-sdk\/client-)[@a-z]/],
    noExternal: [/^@flowtap\//, /^@aws-sdk\/client-/],
    esbuildOptions: (options) => {
      options.alias = {
        '@flowtap/parser': source('parser/src/index.ts'),
        '@flowtap/core': source('core/src/index.ts'),
        '@flowtap/synth': source('synth/src/index.ts'),
      }
    },
  })
  const main = join(folder, 'main.mjs')
  await writeFile(main, MAIN)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  return { main, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Starts one, which keeps its data in the folder where one is given; resolves when it answers. @throws Error with what it says where it ends instead. */
export async function startEmulatorProcess(
  { main }: EmulatorProgram,
  dataFolder?: string,
  command: readonly string[] = [],
): Promise<EmulatorProcess> {
  const [program = process.execPath, ...parameters] = [...command, process.execPath, main, dataFolder ?? '']
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (text) => {
    complaint += text
  })
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'close').then(() => {
      throw new Error(complaint.trim())
    }),
  ])
  return {
    endpoint: String(line),
    process: child,
    kill: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
