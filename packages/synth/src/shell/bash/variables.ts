import { copyVariable, newVariable, scalarOf, type Variable } from './variable.ts'

/** Links of `declare -n` references that are followed before they count as a circle. */
const REFERENCE_LIMIT = 8

/** The variables of a shell: global ones, and those of the functions that run, seen from the inside out. */
export class Variables {
  readonly #scopes: Map<string, Variable>[]

  constructor(scopes: Map<string, Variable>[] = [new Map()]) {
    this.#scopes = scopes
  }

  /** Depth of functions: 0 outside of all. */
  get depth(): number {
    return this.#scopes.length - 1
  }

  pushScope(): void {
    this.#scopes.push(new Map())
  }

  popScope(): void {
    this.#scopes.pop()
  }

  /** The variable of a name as it is seen here, references not followed. */
  findPlain(name: string): Variable | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i -= 1) {
      const variable = this.#scopes[i]?.get(name)
      if (variable) return variable
    }
    return undefined
  }

  /** The name that a name stands for, through `declare -n`. */
  resolve(name: string): string {
    let resolved = name
    for (let i = 0; i < REFERENCE_LIMIT; i += 1) {
      const variable = this.findPlain(resolved)
      if (!variable?.isReference || variable.value === undefined || variable.value === '') return resolved
      resolved = variable.value
    }
    return resolved
  }

  find(name: string): Variable | undefined {
    return this.findPlain(this.resolve(name))
  }

  /** The variable of a name, made in the outermost scope where there is none. */
  obtain(name: string): Variable {
    const resolved = this.resolve(name)
    const existing = this.findPlain(resolved)
    if (existing) return existing
    const variable = newVariable()
    this.#scopes[0]?.set(resolved, variable)
    return variable
  }

  /** The variable of a name in the innermost scope, made there where there is none. */
  obtainLocal(name: string): Variable {
    const scope = this.#scopes.at(-1) as Map<string, Variable>
    const existing = scope.get(name)
    if (existing) return existing
    const variable = newVariable()
    scope.set(name, variable)
    return variable
  }

  /** Puts a variable into the innermost scope, for the time of one command; undefined takes it out. */
  replaceLocal(name: string, variable: Variable | undefined): Variable | undefined {
    const scope = this.#scopes.at(-1) as Map<string, Variable>
    const previous = scope.get(name)
    if (variable) scope.set(name, variable)
    else scope.delete(name)
    return previous
  }

  /** Takes the innermost variable of a name away. A function's own stays, without a value. */
  unset(name: string): void {
    for (let i = this.#scopes.length - 1; i >= 0; i -= 1) {
      const scope = this.#scopes[i]
      if (!scope?.has(name)) continue
      if (i > 0 && i === this.#scopes.length - 1) scope.set(name, newVariable())
      else scope.delete(name)
      return
    }
  }

  /** Names as they are seen here, sorted. */
  names(): string[] {
    const names = new Set<string>()
    for (const scope of this.#scopes) for (const name of scope.keys()) names.add(name)
    return [...names].sort()
  }

  /** What a program gets: exported variables with a value. */
  environment(): Map<string, string> {
    const environment = new Map<string, string>()
    for (const scope of this.#scopes) {
      for (const [name, variable] of scope) {
        const value = variable.indexed || variable.associative ? undefined : scalarOf(variable)
        if (variable.isExported && value !== undefined) environment.set(name, value)
        else environment.delete(name)
      }
    }
    return environment
  }

  /** A subshell's variables. */
  clone(): Variables {
    return new Variables(
      this.#scopes.map((scope) => new Map([...scope].map(([name, variable]) => [name, copyVariable(variable)]))),
    )
  }
}
