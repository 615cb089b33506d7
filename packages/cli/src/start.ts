import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from './start/cache-folder.ts'
import { CompiledScript } from './start/compiled-script.ts'

/** Built beside this file from `inspect-main.ts`, by the same build. */
const INSPECT = fileURLToPath(new URL('./inspect-main.cjs', import.meta.url))

/** Runs the command line and gives the exit code. `flowtap inspect` starts from code that was compiled before. */
export async function start(args: readonly string[]): Promise<number> {
  // A design may be a module, which the other modules of flowtap have to know.
  const hasDesign = args.some((word) => word.startsWith('--design'))
  if (args[0] !== 'inspect' || hasDesign || !existsSync(INSPECT)) {
    const { run } = await import('./main.ts')
    return run(args)
  }
  const script = new CompiledScript(INSPECT, cacheFolder())
  const { runInspectProgram } = script.load() as typeof import('./inspect-main.ts')
  const exitCode = await runInspectProgram(args)
  if (exitCode === 0) script.keep()
  return exitCode
}
