import { fileBytes, type Inode } from '../files/inode.ts'
import { resolvePath } from '../files/path.ts'
import { toText } from '../kernel/bytes.ts'
import type { Process } from '../kernel/process.ts'
import type { Program, ProgramSystem } from '../program.ts'
import type { Task } from '../task.ts'

/** Where programs are looked for without PATH (execvp(3)). */
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin'

/** Finds and starts the programs of an instance. */
export class ProgramLauncher implements ProgramSystem {
  readonly #programs: WeakMap<Inode, Program>

  /** The programs by the files that stand for them. */
  constructor(programs: WeakMap<Inode, Program>) {
    this.#programs = programs
  }

  *execute(
    process: Process,
    argv: readonly string[],
    environment: ReadonlyMap<string, string>,
  ): Task<number | 'not-found' | 'not-executable'> {
    const [name = '', ...args] = argv
    const path = name.includes('/')
      ? name
      : this.#candidates(name, environment).find((one) => this.#isProgram(process, one))
    const inode = path === undefined ? undefined : this.#find(process, path)
    if (path === undefined || !inode) return 'not-found'
    if (inode.kind === 'directory' || (inode.mode & 0o111) === 0) return 'not-executable'
    const program = this.#programs.get(inode)
    if (program) {
      process.name = name.slice(name.lastIndexOf('/') + 1)
      process.commandLine = argv.join(' ')
      // bash gives the path in `_`, which it has found for the program; here it is found only now.
      const own = environment.get('_') === name ? new Map(environment).set('_', path) : environment
      return yield* program({ process, name: process.name, args, environment: own, system: this })
    }
    const interpreter = inode.kind === 'file' ? interpreterOf(toText(fileBytes(inode).subarray(0, 256))) : []
    if (inode.kind !== 'file') return 'not-executable'
    return yield* this.execute(process, [...interpreter, path, ...args], environment)
  }

  locate(process: Process, name: string, environment: ReadonlyMap<string, string>): readonly string[] {
    return this.#candidates(name, environment).filter((path) => this.#isProgram(process, path))
  }

  #candidates(name: string, environment: ReadonlyMap<string, string>): string[] {
    const directories = (environment.get('PATH') ?? DEFAULT_PATH).split(':')
    return directories.map((directory) => `${directory === '' ? '.' : directory}/${name}`)
  }

  #isProgram(process: Process, path: string): boolean {
    const inode = this.#find(process, path)
    return inode !== undefined && inode.kind !== 'directory' && (inode.mode & 0o111) !== 0
  }

  #find(process: Process, path: string): Inode | undefined {
    return process.kernel.fileSystem.find(resolvePath(process.directory, path))
  }
}

/** The command of a script's first line; bash where it has none. */
function interpreterOf(start: string): string[] {
  const line = /^#![ \t]*([^\n]*)/.exec(start)?.[1]?.trim()
  if (line === undefined || line === '') return ['/usr/bin/bash']
  const [path = '', argument] = line.split(/[ \t]+(.*)/s)
  return argument ? [path, argument] : [path]
}
