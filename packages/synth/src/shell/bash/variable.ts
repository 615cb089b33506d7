/** A shell variable. Exactly one of `value`, `indexed` and `associative` is in use; all are undefined where it is declared only. */
export interface Variable {
  value: string | undefined
  /** An indexed array; the keys are in no order. */
  indexed: Map<number, string> | undefined
  associative: Map<string, string> | undefined
  isExported: boolean
  isReadonly: boolean
  isInteger: boolean
  /** `declare -l`, `declare -u` */
  letterCase: 'lower' | 'upper' | undefined
  /** `declare -n`: the value is another variable's name. */
  isReference: boolean
}

/** A variable without value and attributes. */
export function newVariable(): Variable {
  return {
    value: undefined,
    indexed: undefined,
    associative: undefined,
    isExported: false,
    isReadonly: false,
    isInteger: false,
    letterCase: undefined,
    isReference: false,
  }
}

/** A copy that shares nothing. */
export function copyVariable(variable: Variable): Variable {
  return {
    ...variable,
    indexed: variable.indexed && new Map(variable.indexed),
    associative: variable.associative && new Map(variable.associative),
  }
}

/** The value that a variable has without a subscript: that of element 0 of an array. */
export function scalarOf(variable: Variable): string | undefined {
  if (variable.indexed) return variable.indexed.get(0)
  if (variable.associative) return variable.associative.get('0')
  return variable.value
}

/** Whether it has a value at all. */
export function hasValue(variable: Variable): boolean {
  return variable.value !== undefined || variable.indexed !== undefined || variable.associative !== undefined
}

/** Subscripts of an indexed array in order. */
export function sortedIndices(elements: ReadonlyMap<number, string>): number[] {
  return [...elements.keys()].sort((a, b) => a - b)
}

/** The elements of a variable in the order of their subscripts; a scalar is an array of one. */
export function elementsOf(variable: Variable): string[] {
  const { indexed, associative } = variable
  if (indexed) return sortedIndices(indexed).map((index) => indexed.get(index) as string)
  if (associative) return [...associative.values()]
  return variable.value === undefined ? [] : [variable.value]
}

/** The subscripts of a variable, as `${!name[@]}` gives them. */
export function subscriptsOf(variable: Variable): string[] {
  if (variable.indexed) return sortedIndices(variable.indexed).map(String)
  if (variable.associative) return [...variable.associative.keys()]
  return variable.value === undefined ? [] : ['0']
}

/** A name that a variable may have. */
export function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
}
