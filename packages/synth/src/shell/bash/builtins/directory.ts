import { FileError } from '../../files/file-error.ts'
import { normalizePath, resolvePath } from '../../files/path.ts'
import type { Task } from '../../task.ts'
import { assign } from '../assign.ts'
import type { Builtin } from '../executor.ts'
import type { ShellState } from '../shell-state.ts'
import { scalarOf } from '../variable.ts'

/** `cd [-L|-P] [directory]` */
export const cd: Builtin = function* ({ shell, process, args }) {
  let physical = false
  let rest = args
  while (/^-[LP]+$/.test(rest[0] ?? '')) {
    physical = (rest[0] as string).endsWith('P')
    rest = rest.slice(1)
  }
  if (rest[0] === '--') rest = rest.slice(1)
  if (rest.length > 1) {
    yield* shell.complain('cd: too many arguments')
    return 1
  }
  let target = rest[0]
  if (target === undefined) {
    target = variableValue(shell, 'HOME')
    if (target === undefined) {
      yield* shell.complain('cd: HOME not set')
      return 1
    }
  }
  if (target === '-') {
    const previous = variableValue(shell, 'OLDPWD')
    if (previous === undefined) {
      yield* shell.complain('cd: OLDPWD not set')
      return 1
    }
    const status = yield* changeDirectory(shell, previous, physical, 'cd')
    if (status === 0) yield* process.write(1, `${process.directory}\n`)
    return status
  }
  return yield* changeDirectory(shell, target, physical, 'cd')
}

/** `pwd [-L|-P]` */
export const pwd: Builtin = function* ({ process, args }) {
  const path = args.includes('-P') ? process.kernel.fileSystem.realPath(process.directory) : process.directory
  yield* process.write(1, `${path}\n`)
  return 0
}

/** `pushd [directory]` */
export const pushd: Builtin = function* ({ shell, process, args }) {
  const [target] = args
  const before = process.directory
  if (target === undefined) {
    const next = shell.directoryStack[0]
    if (next === undefined) {
      yield* shell.complain('pushd: no other directory')
      return 1
    }
    const status = yield* changeDirectory(shell, next, false, 'pushd')
    if (status !== 0) return status
    shell.directoryStack[0] = before
  } else {
    const status = yield* changeDirectory(shell, target, false, 'pushd')
    if (status !== 0) return status
    shell.directoryStack.unshift(before)
  }
  yield* printStack(shell)
  return 0
}

/** `popd` */
export const popd: Builtin = function* ({ shell }) {
  const next = shell.directoryStack.shift()
  if (next === undefined) {
    yield* shell.complain('popd: directory stack empty')
    return 1
  }
  const status = yield* changeDirectory(shell, next, false, 'popd')
  if (status === 0) yield* printStack(shell)
  return status
}

/** `dirs` */
export const dirs: Builtin = function* ({ shell, args }) {
  if (args[0] === '-c') shell.directoryStack = []
  else yield* printStack(shell)
  return 0
}

function* printStack(shell: ShellState): Task {
  const home = variableValue(shell, 'HOME')
  const shown = [shell.process.directory, ...shell.directoryStack].map((path) =>
    home !== undefined && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path,
  )
  yield* shell.process.write(1, `${shown.join(' ')}\n`)
}

function* changeDirectory(shell: ShellState, target: string, physical: boolean, command: string): Task<number> {
  const { process } = shell
  const { fileSystem } = process.kernel
  const path = normalizePath(resolvePath(process.directory, target))
  try {
    const inode = fileSystem.lookup(resolvePath(process.directory, target))
    if (inode.kind !== 'directory') throw new FileError('ENOTDIR')
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    yield* shell.complain(`${command}: ${target}: ${error.message}`)
    return 1
  }
  assign(shell, 'OLDPWD', process.directory)
  process.directory = physical ? fileSystem.realPath(path) : path
  assign(shell, 'PWD', process.directory)
  return 0
}

function variableValue(shell: ShellState, name: string): string | undefined {
  const variable = shell.variables.find(name)
  return variable && scalarOf(variable)
}
