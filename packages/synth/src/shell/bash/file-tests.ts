import type { Inode } from '../files/inode.ts'
import { resolvePath } from '../files/path.ts'
import { descriptorOf } from '../kernel/open-path.ts'
import { elementValue } from './element.ts'
import { SET_OPTIONS } from './shell-options.ts'
import type { ShellState } from './shell-state.ts'
import { readElements } from './special-variables.ts'
import { hasValue } from './variable.ts'

type UnaryTest = (shell: ShellState, operand: string) => boolean

/** The tests with one operand of `test`, `[` and `[[` (bash manual, Bash Conditional Expressions). */
export const UNARY_TESTS: Readonly<Record<string, UnaryTest>> = {
  '-a': exists,
  '-e': exists,
  '-f': (shell, path) => inodeOf(shell, path)?.kind === 'file',
  '-d': (shell, path) => inodeOf(shell, path)?.kind === 'directory',
  '-h': isLink,
  '-L': isLink,
  '-c': (shell, path) => inodeOf(shell, path)?.kind === 'device',
  '-b': () => false,
  '-p': (shell, path) => descriptorOf(path) !== undefined && exists(shell, path),
  '-S': () => false,
  '-g': () => false,
  '-u': () => false,
  '-k': (shell, path) => ((inodeOf(shell, path)?.mode ?? 0) & 0o1000) !== 0,
  '-r': (shell, path) => mayAccess(shell, path, 4),
  '-w': (shell, path) => mayAccess(shell, path, 2),
  '-x': (shell, path) => mayAccess(shell, path, 1),
  '-O': exists,
  '-G': exists,
  '-N': () => false,
  '-s': (shell, path) => {
    const inode = inodeOf(shell, path)
    return inode?.kind === 'directory' || (inode?.kind === 'file' && inode.size > 0)
  },
  '-t': (shell, descriptor) => shell.process.files.get(Number(descriptor))?.isTerminal ?? false,
  '-z': (_, text) => text === '',
  '-n': (_, text) => text !== '',
  '-o': (shell, name) => Object.hasOwn(SET_OPTIONS, name) && shell.options.has(name as keyof typeof SET_OPTIONS),
  '-v': isSet,
  '-R': (shell, name) => shell.variables.findPlain(name)?.isReference ?? false,
}

/** The tests with two operands that compare texts, numbers or files. */
export const BINARY_TESTS: Readonly<Record<string, (shell: ShellState, left: string, right: string) => boolean>> = {
  '<': (_, left, right) => left < right,
  '>': (_, left, right) => left > right,
  '-nt': (shell, left, right) => modified(shell, left) > modified(shell, right),
  '-ot': (shell, left, right) => modified(shell, left) < modified(shell, right),
  '-ef': (shell, left, right) => {
    const inode = inodeOf(shell, left)
    return inode !== undefined && inode === inodeOf(shell, right)
  },
}

/** The comparisons of whole numbers. */
export const NUMBER_TESTS: Readonly<Record<string, (left: bigint, right: bigint) => boolean>> = {
  '-eq': (left, right) => left === right,
  '-ne': (left, right) => left !== right,
  '-lt': (left, right) => left < right,
  '-le': (left, right) => left <= right,
  '-gt': (left, right) => left > right,
  '-ge': (left, right) => left >= right,
}

function inodeOf(shell: ShellState, path: string, followLast = true): Inode | undefined {
  if (path === '') return undefined
  return shell.process.kernel.fileSystem.find(resolvePath(shell.process.directory, path), { followLast })
}

function exists(shell: ShellState, path: string): boolean {
  const descriptor = descriptorOf(path)
  if (descriptor !== undefined) return shell.process.files.get(descriptor) !== undefined
  return inodeOf(shell, path) !== undefined
}

function isLink(shell: ShellState, path: string): boolean {
  return inodeOf(shell, path, false)?.kind === 'link'
}

function mayAccess(shell: ShellState, path: string, bit: number): boolean {
  const inode = inodeOf(shell, path)
  if (!inode) return false
  if (shell.process.user.id === 0) return bit !== 1 || inode.kind === 'directory' || (inode.mode & 0o111) !== 0
  return ((inode.mode >> 6) & bit) !== 0
}

function modified(shell: ShellState, path: string): number {
  return inodeOf(shell, path)?.modifiedMicroseconds ?? -1
}

function isSet(shell: ShellState, parameter: string): boolean {
  const subscripted = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/s.exec(parameter)
  const name = subscripted?.[1] ?? parameter
  if (/^\d+$/.test(name)) return shell.positional.length >= Number(name)
  const variable = shell.variables.find(name)
  if (!variable) return (readElements(shell, name)?.length ?? 0) > 0
  const subscript = subscripted?.[2]
  if (subscript === '@' || subscript === '*') return hasValue(variable)
  const place = variable.associative || subscript === undefined ? subscript : Number(subscript)
  return elementValue(variable, place) !== undefined
}
