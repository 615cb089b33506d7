import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { constants, Script } from 'node:vm'

/** A run from this many milliseconds on has called enough to look whether more was compiled than is kept. */
const LONG_RUN_MILLIS = 1_000
/** What is kept is replaced by what is larger by this factor. */
const WORTH_REPLACING = 1.1

/**
 * A CommonJS file whose compiled code is kept in a folder from one process to the next, as Node's own compile cache does from version 22
 * on. What cannot be read or written there is compiled anew: the folder may be read-only, and is only ever a help. Compiled code that
 * somebody else could have written is not used.
 */
export class CompiledScript {
  readonly #path: string
  readonly #folder: string | undefined
  readonly #startMillis = performance.now()
  #script: Script | undefined
  #kept: Buffer | undefined

  /** @param folder nothing is kept where it is undefined */
  constructor(path: string, folder: string | undefined) {
    this.#path = path
    this.#folder = folder
  }

  /** Runs the file and gives its exports. */
  load(): unknown {
    // Functions that are not called for a while would be missing from what is kept.
    setFlagsFromString('--no-flush-bytecode')
    const source = readFileSync(this.#path, 'utf8')
    this.#kept = this.#folder === undefined ? undefined : readOwn(this.#keptPath(this.#folder))
    this.#script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
      filename: this.#path,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      ...(this.#kept && { cachedData: this.#kept }),
    })
    if (this.#script.cachedDataRejected === true) this.#kept = undefined
    const module = { exports: {} }
    const run = this.#script.runInThisContext() as (...parameters: readonly unknown[]) => void
    run(module.exports, lazyRequire(createRequire(this.#path)), module, this.#path, dirname(this.#path))
    return module.exports
  }

  /** Keeps what was compiled by now, where nothing is kept yet or much more was compiled than is. */
  keep(): void {
    const script = this.#script
    if (this.#folder === undefined || !script) return
    if (this.#kept && performance.now() - this.#startMillis < LONG_RUN_MILLIS) return
    try {
      const data = script.createCachedData()
      if (this.#kept && data.length < this.#kept.length * WORTH_REPLACING) return
      // Not recursively: Node tries for ever where a folder's parent is there and yet it cannot be made, as in /proc.
      for (const each of [dirname(this.#folder), this.#folder]) if (!existsSync(each)) mkdirSync(each, { mode: 0o700 })
      const path = this.#keptPath(this.#folder)
      // Readers see all of it or nothing.
      const part = `${path}.${process.pid}`
      writeFileSync(part, data, { mode: 0o600 })
      renameSync(part, path)
      this.#removeOthers(this.#folder, basename(path))
    } catch {
      // The next process compiles again.
    }
  }

  /** The engine itself refuses what another version or other flags compiled, but tells sources by their length alone. */
  #keptPath(folder: string): string {
    const { size, mtimeMs } = statSync(this.#path)
    return join(folder, `${this.#stem()}-${size}-${Math.floor(mtimeMs)}-${process.version}-${process.arch}.bin`)
  }

  #stem(): string {
    return basename(this.#path, '.cjs')
  }

  /** Only the newest is kept. */
  #removeOthers(folder: string, own: string): void {
    for (const name of readdirSync(folder)) {
      if (name !== own && name.startsWith(`${this.#stem()}-`)) rmSync(join(folder, name), { force: true })
    }
  }
}

/** Modules of Node that few runs need, by the names that bundles give them. They are loaded when something of theirs is first used. */
const SELDOM_NEEDED: ReadonlySet<string> = new Set([
  'child_process',
  'dgram',
  'os',
  'stream/promises',
  'timers/promises',
  'zlib',
])

function lazyRequire(require: NodeJS.Require): (name: string) => unknown {
  return (name) =>
    SELDOM_NEEDED.has(name.replace(/^node:/, ''))
      ? new Proxy({}, { get: (_, property) => (require(name) as Readonly<Record<string | symbol, unknown>>)[property] })
      : require(name)
}

/** A file's bytes, unless another user owns it or may write to it. */
function readOwn(path: string): Buffer | undefined {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const { uid, mode } = fstatSync(file)
    const isOwn = process.getuid === undefined || (uid === process.geteuid?.() && (mode & 0o022) === 0)
    return isOwn ? readFileSync(file) : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
