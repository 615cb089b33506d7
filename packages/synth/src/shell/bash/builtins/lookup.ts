import type { Task } from '../../task.ts'
import type { Builtin } from '../executor.ts'
import { functionText } from '../function-text.ts'
import type { ShellState } from '../shell-state.ts'
import { evaluateTest, TestSyntaxError } from '../test-expression.ts'

const RESERVED = new Set(
  '! case coproc do done elif else esac fi for function if in select then until while { } time [[ ]]'.split(' '),
)

/** What a name means: filled in by the table of builtins, which this module cannot see. */
export interface BuiltinNames {
  has(name: string): boolean
}

/** `type [-afptP] name …` */
export function makeType(builtins: () => BuiltinNames): Builtin {
  return function* ({ shell, args }) {
    const letters = args.filter((word) => /^-[afptP]+$/.test(word)).join('')
    let status = 0
    for (const name of args.filter((word) => !/^-[afptP]+$/.test(word))) {
      const meanings = meaningsOf(shell, name, builtins())
      const shown = letters.includes('a') ? meanings : meanings.slice(0, 1)
      if (shown.length === 0) {
        if (!/[tpP]/.test(letters)) yield* shell.complain(`type: ${name}: not found`)
        status = 1
      }
      for (const { kind, path } of shown) yield* tell(shell, name, kind, path, letters)
    }
    return status
  }
}

type Kind = 'keyword' | 'function' | 'builtin' | 'file'

function meaningsOf(shell: ShellState, name: string, builtins: BuiltinNames): { kind: Kind; path: string }[] {
  const meanings: { kind: Kind; path: string }[] = []
  if (RESERVED.has(name)) meanings.push({ kind: 'keyword', path: '' })
  if (shell.functions.has(name)) meanings.push({ kind: 'function', path: '' })
  if (builtins.has(name)) meanings.push({ kind: 'builtin', path: '' })
  const found = name.includes('/')
    ? shell.process.kernel.fileSystem.find(name)
      ? [name]
      : []
    : shell.executor.system.locate(shell.process, name, shell.variables.environment())
  return [...meanings, ...found.map((path) => ({ kind: 'file' as const, path }))]
}

function* tell(shell: ShellState, name: string, kind: Kind, path: string, letters: string): Task {
  const write = (text: string): Task => shell.process.write(1, `${text}\n`)
  if (letters.includes('t')) yield* write(kind)
  else if (/[pP]/.test(letters)) {
    if (kind === 'file') yield* write(path)
  } else if (kind === 'keyword') yield* write(`${name} is a shell keyword`)
  else if (kind === 'builtin') yield* write(`${name} is a shell builtin`)
  else if (kind === 'file') yield* write(`${name} is ${path}`)
  else {
    yield* write(`${name} is a function`)
    const node = shell.functions.get(name)
    if (node) yield* shell.process.write(1, functionText(node))
  }
}

/** `command [-pVv] name [argument …]` */
export function makeCommand(builtins: () => BuiltinNames): Builtin {
  return function* ({ shell, executor, args }) {
    let rest = args
    let mode = ''
    while (/^-[pVv]+$/.test(rest[0] ?? '')) {
      mode += (rest[0] as string).slice(1)
      rest = rest.slice(1)
    }
    if (rest[0] === '--') rest = rest.slice(1)
    if (!/[vV]/.test(mode))
      return rest.length === 0 ? 0 : yield* executor.words(shell, rest, { only: 'builtin-or-program' })
    let status = 1
    for (const name of rest) {
      const meaning = meaningsOf(shell, name, builtins())[0]
      if (!meaning) {
        if (mode.includes('V')) yield* shell.complain(`command: ${name}: not found`)
        continue
      }
      status = 0
      if (mode.includes('V')) yield* tell(shell, name, meaning.kind, meaning.path, '')
      else yield* shell.process.write(1, `${meaning.kind === 'file' ? meaning.path : name}\n`)
    }
    return status
  }
}

/** `test expression` and `[ expression ]` */
export const test: Builtin = function* ({ shell, name, args }) {
  let expression = args
  if (name === '[') {
    if (args.at(-1) !== ']') {
      yield* shell.complain("[: missing `]'")
      return 2
    }
    expression = args.slice(0, -1)
  }
  try {
    return evaluateTest(shell, expression) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestSyntaxError)) throw error
    yield* shell.complain(`${name}: ${error.message}`)
    return 2
  }
}

/** `alias [name[=value] …]`: a shell that runs scripts keeps aliases and does not expand them. */
export const alias: Builtin = function* ({ shell, args }) {
  let status = 0
  for (const word of args.length > 0 ? args : [...shell.aliases.keys()].sort()) {
    const at = word.indexOf('=')
    if (at > 0) shell.aliases.set(word.slice(0, at), word.slice(at + 1))
    else {
      const value = shell.aliases.get(word)
      if (value === undefined) {
        yield* shell.complain(`alias: ${word}: not found`)
        status = 1
      } else yield* shell.process.write(1, `alias ${word}='${value.replaceAll("'", "'\\''")}'\n`)
    }
  }
  return status
}

/** `unalias [-a] name …` */
export const unalias: Builtin = function* ({ shell, args }) {
  let status = 0
  for (const word of args) {
    if (word === '-a') shell.aliases.clear()
    else if (!shell.aliases.delete(word)) {
      yield* shell.complain(`unalias: ${word}: not found`)
      status = 1
    }
  }
  return status
}

/** `hash`: programs are looked up each time. */
export const hash: Builtin = function* ({ shell, args }) {
  let status = 0
  if (args.length === 0) yield* shell.process.write(1, 'hash: hash table empty\n')
  for (const name of args.filter((word) => !word.startsWith('-'))) {
    if (shell.executor.system.locate(shell.process, name, shell.variables.environment()).length > 0) continue
    yield* shell.complain(`hash: ${name}: not found`)
    status = 1
  }
  return status
}

/** `caller`: the line and function that called. */
export const caller: Builtin = function* ({ shell, process }) {
  const call = shell.functionCalls[0]
  if (!call) return 1
  yield* process.write(1, `${call.line} ${shell.functionCalls[1]?.name ?? 'main'}\n`)
  return 0
}

/** What `ulimit` shows on Ubuntu, by letter. */
const RESOURCE_LIMITS: Readonly<Record<string, string>> = {
  c: '0',
  d: 'unlimited',
  e: '0',
  f: 'unlimited',
  i: '3754',
  l: '8192',
  m: 'unlimited',
  n: '1024',
  p: '8',
  q: '819200',
  r: '0',
  s: '8192',
  t: 'unlimited',
  u: '3754',
  v: 'unlimited',
  x: 'unlimited',
}

/** `ulimit [-SH] [-letter]`: shows limits; they are not enforced, so they cannot be set. */
export const ulimit: Builtin = function* ({ shell, process, args }) {
  const letters =
    args
      .filter((word) => word.startsWith('-'))
      .join('')
      .replace(/[-SH]/g, '') || 'f'
  if (args.some((word) => !word.startsWith('-'))) {
    yield* shell.complain('ulimit: setting limits is not simulated')
    return 1
  }
  for (const letter of letters) {
    const value = Object.hasOwn(RESOURCE_LIMITS, letter) ? RESOURCE_LIMITS[letter] : undefined
    if (value === undefined) {
      yield* shell.complain(`ulimit: -${letter}: ${letter === 'a' ? 'not simulated' : 'invalid option'}`)
      return 2
    }
    yield* process.write(1, `${value}\n`)
  }
  return 0
}

/** Builtins of bash that the simulation does not have. */
export const notSimulated: Builtin = function* ({ shell, name }) {
  yield* shell.complain(`${name}: not simulated`)
  return 1
}
