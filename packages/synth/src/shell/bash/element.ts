import { ExpansionFailure } from './flow.ts'
import { scalarOf, sortedIndices, type Variable } from './variable.ts'

/** Where in a variable a value goes: an index, a key of an associative array, or the variable itself. */
export type Subscript = number | string | undefined

/** The element at a subscript; a scalar is an array of one. Negative indices count from the end. */
export function elementValue(variable: Variable, subscript: Subscript): string | undefined {
  if (subscript === undefined) return scalarOf(variable)
  if (variable.associative) return variable.associative.get(String(subscript))
  const index = Number(subscript)
  if (variable.indexed) return variable.indexed.get(index < 0 ? nextIndex(variable.indexed) + index : index)
  return index === 0 || index === -1 ? variable.value : undefined
}

/** Takes an element away. */
export function unsetElement(variable: Variable, subscript: Subscript): void {
  if (variable.associative) variable.associative.delete(String(subscript))
  else if (variable.indexed) {
    const index = Number(subscript)
    variable.indexed.delete(index < 0 ? nextIndex(variable.indexed) + index : index)
  } else if (Number(subscript) === 0) variable.value = undefined
}

/** Gives an element a value; a scalar becomes an array. Throws an ExpansionFailure for an index before the first. */
export function setElement(variable: Variable, subscript: Subscript, value: string): void {
  if (subscript === undefined) {
    if (variable.indexed) variable.indexed.set(0, value)
    else if (variable.associative) variable.associative.set('0', value)
    else variable.value = value
    return
  }
  if (variable.associative) {
    variable.associative.set(String(subscript), value)
    return
  }
  variable.indexed ??= new Map(variable.value === undefined ? [] : [[0, variable.value]])
  variable.value = undefined
  const index = Number(subscript)
  const place = index < 0 ? nextIndex(variable.indexed) + index : index
  if (place < 0) throw new ExpansionFailure(`[${index}]: bad array subscript`)
  variable.indexed.set(place, value)
}

/** The index after the last. */
export function nextIndex(elements: ReadonlyMap<number, string>): number {
  return (sortedIndices(elements).at(-1) ?? -1) + 1
}

/** Makes a variable an empty array of a kind, keeping an element that it has. */
export function makeArray(variable: Variable, kind: 'indexed' | 'associative'): void {
  if (kind === 'indexed') {
    if (variable.indexed || variable.associative) return
    variable.indexed = new Map(variable.value === undefined ? [] : [[0, variable.value]])
  } else {
    if (variable.associative) return
    variable.associative = new Map(variable.value === undefined ? [] : [['0', variable.value]])
  }
  variable.value = undefined
}
