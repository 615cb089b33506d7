import { type ArithmeticScope, evaluateArithmetic } from './arithmetic.ts'
import { ArithmeticError } from './arithmetic-parser.ts'
import { elementValue, type Subscript, setElement } from './element.ts'
import { ExpansionFailure } from './flow.ts'
import type { ShellState } from './shell-state.ts'
import { assignDynamic, isDynamic, READONLY_SPECIALS, readDynamic, readDynamicElements } from './special-variables.ts'

/**
 * The value of an arithmetic expression over a shell's variables, expansions already made. Throws an ExpansionFailure with bash's
 * message.
 */
export function evaluateInShell(shell: ShellState, text: string): bigint {
  const scope: ArithmeticScope<Place> = {
    locate: (name, subscript) => locate(shell, name, subscript),
    read: (place) => read(shell, place),
    write: (place, value) => write(shell, place, value),
  }
  try {
    return evaluateArithmetic(text, scope as ArithmeticScope)
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error
    throw new ExpansionFailure(`${(error.expression ?? text).trimStart()}: ${error.message}`)
  }
}

interface Place {
  readonly name: string
  readonly subscript: Subscript
}

function locate(shell: ShellState, name: string, subscript: string | undefined): Place {
  const resolved = shell.variables.resolve(name)
  if (subscript === undefined) return { name: resolved, subscript: undefined }
  if (shell.variables.find(resolved)?.associative) {
    return { name: resolved, subscript: subscript.replace(/^(["'])(.*)\1$/, '$2') }
  }
  return { name: resolved, subscript: Number(evaluateInShell(shell, subscript)) }
}

function read(shell: ShellState, { name, subscript }: Place): string | undefined {
  if (isDynamic(name)) {
    return subscript === undefined ? readDynamic(shell, name) : readDynamicElements(shell, name)[Number(subscript)]
  }
  const variable = shell.variables.find(name)
  const value = variable && elementValue(variable, subscript)
  if (value === undefined && shell.options.has('nounset')) {
    throw new ExpansionFailure(`${name}: unbound variable`, { status: 127, isFatal: true })
  }
  return value
}

function write(shell: ShellState, { name, subscript }: Place, value: string): void {
  if (READONLY_SPECIALS.has(name)) throw new ExpansionFailure(`${name}: readonly variable`)
  if (isDynamic(name)) {
    assignDynamic(shell, name, value)
    return
  }
  const variable = shell.variables.obtain(name)
  if (variable.isReadonly) throw new ExpansionFailure(`${name}: readonly variable`)
  setElement(variable, subscript, value)
  if (shell.options.has('allexport')) variable.isExported = true
}
