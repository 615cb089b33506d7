import type { Task } from '../../task.ts'
import { assign, assignArray, requireWritable } from '../assign.ts'
import { declareText } from '../declare-text.ts'
import { makeArray, unsetElement } from '../element.ts'
import { evaluateInShell } from '../evaluate-in-shell.ts'
import type { ArrayElement, Builtin, BuiltinContext } from '../executor.ts'
import { ExpansionFailure } from '../flow.ts'
import { functionText } from '../function-text.ts'
import { quotedIfNeeded } from '../quote.ts'
import type { ShellState } from '../shell-state.ts'
import { hasValue, isVariableName, type Variable } from '../variable.ts'

interface DeclareOptions {
  readonly on: ReadonlySet<string>
  readonly off: ReadonlySet<string>
  readonly rest: readonly string[]
  /** Place of the first of `rest` among the arguments. */
  readonly offset: number
}

/** `declare` and `typeset` */
export const declare: Builtin = function* (context) {
  return yield* runDeclaration(context, 'aAfFgilnprtux')
}

/** `local`, which stands in functions only. */
export const local: Builtin = function* (context) {
  const { shell } = context
  if (shell.variables.depth === 0) {
    yield* shell.complain('local: can only be used in a function')
    return 1
  }
  return yield* runDeclaration(context, 'aAilnprux')
}

/** `export [-n] [-p] [name[=value] …]` */
export const exportNames: Builtin = function* (context) {
  return yield* runDeclaration(context, 'fnp', 'x')
}

/** `readonly [-aAp] [name[=value] …]` */
export const readonlyNames: Builtin = function* (context) {
  return yield* runDeclaration(context, 'aAfp', 'r')
}

function* runDeclaration(context: BuiltinContext, letters: string, implied = ''): Task<number> {
  const { shell, name, args, arrays } = context
  const options = yield* readOptions(shell, name, args, letters)
  if (!options) return 2
  const on = new Set([...options.on, ...implied])
  const off = new Set(options.off)
  if (implied === 'x' && on.delete('n')) {
    // For export -n takes the attribute away; for declare it makes a reference.
    on.delete('x')
    off.add('x')
  }
  if (on.has('f') || on.has('F')) return yield* printFunctions(shell, options.rest, on.has('F'))
  if (options.rest.length === 0 || on.has('p')) return yield* printVariables(context, options.rest, on, implied)
  let status = 0
  for (const [i, word] of options.rest.entries()) {
    try {
      declareOne(context, word, arrays.get(options.offset + i), on, off)
    } catch (failure) {
      if (!(failure instanceof ExpansionFailure) || failure.isFatal) throw failure
      yield* shell.complain(`${name}: ${failure.message}`)
      status = 1
    }
  }
  return status
}

function* readOptions(
  shell: ShellState,
  name: string,
  args: readonly string[],
  letters: string,
): Task<DeclareOptions | undefined> {
  const on = new Set<string>()
  const off = new Set<string>()
  let at = 0
  for (; /^[-+]./.test(args[at] ?? ''); at += 1) {
    const word = args[at] as string
    if (word === '--') {
      at += 1
      break
    }
    for (const letter of word.slice(1)) {
      if (!letters.includes(letter)) {
        yield* shell.complain(`${name}: ${word[0]}${letter}: invalid option`)
        yield* shell.process.write(2, `${name}: usage: ${name} [-${letters}] [name[=value] ...]\n`)
        return undefined
      }
      if (word.startsWith('-')) on.add(letter)
      else off.add(letter)
    }
  }
  return { on, off, rest: args.slice(at), offset: at }
}

function declareOne(
  { shell, name: command }: BuiltinContext,
  word: string,
  array: readonly ArrayElement[] | undefined,
  on: ReadonlySet<string>,
  off: ReadonlySet<string>,
): void {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(.*?)\])?(?:(\+?)=(.*))?$/s.exec(word)
  if (!match) throw new ExpansionFailure(`\`${word}': not a valid identifier`)
  const [, name = '', subscript, append, value] = match
  const isLocal =
    shell.variables.depth > 0 && !on.has('g') && (command === 'declare' || command === 'typeset' || command === 'local')
  const variables = shell.variables
  const variable = on.has('n')
    ? isLocal
      ? variables.obtainLocal(name)
      : (variables.findPlain(name) ?? variables.obtain(name))
    : isLocal
      ? variables.obtainLocal(name)
      : variables.obtain(name)
  if ((value !== undefined || array) && variable.isReadonly) requireWritable(variable, name)
  if (on.has('a')) makeArray(variable, 'indexed')
  if (on.has('A')) makeArray(variable, 'associative')
  if (on.has('n')) {
    variable.isReference = true
    if (value !== undefined) variable.value = value
    return
  }
  if (off.has('n')) variable.isReference = false
  setAttributes(variable, on, off)
  if (array) setArray(shell, name, variable, array, append === '+', isLocal)
  else if (value !== undefined) {
    if (subscript !== undefined && !variable.associative && !variable.indexed) makeArray(variable, 'indexed')
    const place =
      subscript === undefined || variable.associative ? subscript : Number(evaluateInShell(shell, subscript))
    assign(shell, name, value, { subscript: place, append: append === '+', isLocal })
  }
  if (on.has('r')) variable.isReadonly = true
}

function setArray(
  shell: ShellState,
  name: string,
  variable: Variable,
  elements: readonly ArrayElement[],
  append: boolean,
  isLocal: boolean,
): void {
  let given = elements
  if (variable.associative && elements.every((element) => element.subscript === undefined)) {
    given = elements.flatMap((element, i) =>
      i % 2 === 0 ? [{ subscript: element.value, value: elements[i + 1]?.value ?? '', append: false }] : [],
    )
  }
  const placed = given.map(({ subscript, ...element }) => ({
    ...element,
    subscript: subscript === undefined || variable.associative ? subscript : Number(evaluateInShell(shell, subscript)),
  }))
  assignArray(shell, name, placed, { append, isLocal })
}

function setAttributes(variable: Variable, on: ReadonlySet<string>, off: ReadonlySet<string>): void {
  if (on.has('x')) variable.isExported = true
  if (off.has('x')) variable.isExported = false
  if (on.has('i')) variable.isInteger = true
  if (off.has('i')) variable.isInteger = false
  if (on.has('l')) variable.letterCase = 'lower'
  if (on.has('u')) variable.letterCase = 'upper'
  if (off.has('l') || off.has('u')) variable.letterCase = undefined
}

function* printFunctions(shell: ShellState, names: readonly string[], namesOnly: boolean): Task<number> {
  let status = 0
  for (const name of names.length > 0 ? names : [...shell.functions.keys()].sort()) {
    const node = shell.functions.get(name)
    if (!node) status = 1
    else if (!namesOnly) yield* shell.process.write(1, functionText(node))
    else yield* shell.process.write(1, names.length > 0 ? `${name}\n` : `declare -f ${name}\n`)
  }
  return status
}

function* printVariables(
  { shell, name: command }: BuiltinContext,
  names: readonly string[],
  on: ReadonlySet<string>,
  implied: string,
): Task<number> {
  let status = 0
  if (names.length > 0) {
    for (const name of names) {
      const variable = shell.variables.findPlain(name)
      if (variable) yield* shell.process.write(1, `${declareText(name, variable)}\n`)
      else {
        yield* shell.complain(`${command}: ${name}: not found`)
        status = 1
      }
    }
    return status
  }
  for (const name of shell.variables.names()) {
    const variable = shell.variables.findPlain(name)
    if (!variable || !fits(variable, on)) continue
    if (implied === '' && !on.has('p') && on.size === 0) {
      if (hasValue(variable)) yield* shell.process.write(1, `${setText(name, variable)}\n`)
    } else yield* shell.process.write(1, `${declareText(name, variable)}\n`)
  }
  return 0
}

function fits(variable: Variable, on: ReadonlySet<string>): boolean {
  if (on.has('x') && !variable.isExported) return false
  if (on.has('r') && !variable.isReadonly) return false
  if (on.has('i') && !variable.isInteger) return false
  if (on.has('a') && !variable.indexed) return false
  return !(on.has('A') && !variable.associative)
}

/** A line of `set` without arguments. */
export function setText(name: string, variable: Variable): string {
  if (variable.indexed || variable.associative) return declareText(name, variable).replace(/^declare -\S+ /, '')
  return `${name}=${variable.value === '' ? '' : quotedIfNeeded(variable.value ?? '')}`
}

/** `unset [-fvn] name …` */
export const unset: Builtin = function* ({ shell, args }) {
  let kind = ''
  let rest = args
  while (/^-[fvn]$/.test(rest[0] ?? '')) {
    kind = (rest[0] as string).slice(1)
    rest = rest.slice(1)
  }
  let status = 0
  for (const word of rest) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(.*)\])?$/s.exec(word)
    if (kind === 'f' || (kind === '' && !shell.variables.findPlain(word) && shell.functions.has(word))) {
      shell.functions.delete(word)
      continue
    }
    if (!match) {
      yield* shell.complain(`unset: \`${word}': not a valid identifier`)
      status = 1
      continue
    }
    const name = kind === 'n' ? (match[1] as string) : shell.variables.resolve(match[1] as string)
    const variable = shell.variables.findPlain(name)
    if (variable?.isReadonly) {
      yield* shell.complain(`unset: ${name}: cannot unset: readonly variable`)
      status = 1
    } else if (match[2] === undefined || !variable) shell.variables.unset(name)
    else if (match[2] === '@' || match[2] === '*') {
      variable.indexed?.clear()
      variable.associative?.clear()
    } else unsetElement(variable, variable.associative ? match[2] : Number(evaluateInShell(shell, match[2])))
  }
  return status
}

/** `let expression …` */
export const evaluateLet: Builtin = function* ({ shell, args }) {
  if (args.length === 0) {
    yield* shell.complain('let: expression expected')
    return 1
  }
  let value = 0n
  for (const text of args) value = evaluateInShell(shell, text)
  return value === 0n ? 1 : 0
}

/** Whether a word may be a variable's name; tells where it may not. */
export function* requireName(shell: ShellState, command: string, word: string): Task<boolean> {
  if (isVariableName(word)) return true
  yield* shell.complain(`${command}: \`${word}': not a valid identifier`)
  return false
}
