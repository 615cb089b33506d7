import { elementValue, nextIndex, type Subscript, setElement } from './element.ts'
import { evaluateInShell } from './evaluate-in-shell.ts'
import { ExpansionFailure } from './flow.ts'
import type { ShellState } from './shell-state.ts'
import { assignDynamic, isDynamic, READONLY_SPECIALS } from './special-variables.ts'
import { newVariable, type Variable } from './variable.ts'

/**
 * Gives a variable or an element of it a value, with what its attributes do to values. Throws an ExpansionFailure for readonly
 * variables and values that are too large.
 */
export function assign(
  shell: ShellState,
  name: string,
  value: string,
  options: { readonly subscript?: Subscript; readonly append?: boolean; readonly isLocal?: boolean } = {},
): void {
  const resolved = shell.variables.resolve(name)
  if (READONLY_SPECIALS.has(resolved)) throw new ExpansionFailure(`${resolved}: readonly variable`)
  if (isDynamic(resolved)) {
    assignDynamic(shell, resolved, value)
    return
  }
  const variable = options.isLocal ? shell.variables.obtainLocal(resolved) : shell.variables.obtain(resolved)
  requireWritable(variable, resolved)
  const before = (options.append && elementValue(variable, options.subscript)) || ''
  setElement(variable, options.subscript, withAttributes(shell, variable, before, value))
  if (shell.options.has('allexport')) variable.isExported = true
}

/** Makes a variable an array with the elements given in order; appended ones follow the last. */
export function assignArray(
  shell: ShellState,
  name: string,
  elements: readonly { readonly subscript: Subscript; readonly value: string; readonly append: boolean }[],
  options: { readonly append: boolean; readonly isLocal?: boolean },
): void {
  const resolved = shell.variables.resolve(name)
  const variable = options.isLocal ? shell.variables.obtainLocal(resolved) : shell.variables.obtain(resolved)
  requireWritable(variable, resolved)
  if (!options.append) {
    if (variable.associative) variable.associative = new Map()
    else variable.indexed = new Map()
  } else if (!variable.associative && !variable.indexed) {
    variable.indexed = new Map(variable.value === undefined ? [] : [[0, variable.value]])
  }
  variable.value = undefined
  let next = variable.indexed ? nextIndex(variable.indexed) : 0
  for (const { subscript, value, append } of elements) {
    let place = subscript
    if (place === undefined) {
      if (variable.associative)
        throw new ExpansionFailure(`${name}: ${value}: must use subscript when assigning associative array`)
      place = next
    }
    const before = (append && elementValue(variable, place)) || ''
    setElement(variable, place, withAttributes(shell, variable, before, value))
    if (typeof place === 'number') next = place + 1
  }
}

/** Throws an ExpansionFailure where a variable is readonly. */
export function requireWritable(variable: Variable, name: string): void {
  if (variable.isReadonly) throw new ExpansionFailure(`${name}: readonly variable`)
}

function withAttributes(shell: ShellState, variable: Variable, before: string, value: string): string {
  shell.process.kernel.budget.string(before.length + value.length)
  if (variable.isInteger) {
    try {
      const added = evaluateInShell(shell, value)
      return (before === '' ? added : evaluateInShell(shell, before) + added).toString()
    } catch (failure) {
      // A wrong value for an integer variable ends a script.
      if (failure instanceof ExpansionFailure) throw new ExpansionFailure(failure.message, { isFatal: true })
      throw failure
    }
  }
  const result = before + value
  if (variable.letterCase === undefined) return result
  return variable.letterCase === 'lower' ? result.toLowerCase() : result.toUpperCase()
}

/** A variable as a temporary one of a command: exported, with a value. */
export function temporaryVariable(value: string): Variable {
  return { ...newVariable(), value, isExported: true }
}
