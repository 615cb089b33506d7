import { canCoerce, commonSuperType, isComparable, isOrderable } from '../types/coercion.ts'
import { sameType, type TrinoType } from '../types/trino-type.ts'
import type { ArgumentType, LambdaArgument } from './function-definition.ts'
import {
  type NumberVariables,
  type NumericBase,
  numericType,
  type Signature,
  type TypePattern,
  typeNumbers,
  UNBOUNDED_LENGTH,
} from './signature.ts'

/** A signature whose variables were found from the arguments of a call. */
export interface BoundSignature {
  readonly parameterTypes: readonly TrinoType[]
  readonly returnType: TrinoType
}

/**
 * Finds types for a signature's variables so that the arguments fit, as Trino's SignatureBinder does: each argument
 * narrows the variables in turn until nothing changes; a lambda is analyzed once the types of its parameters are known.
 * Gives undefined where the arguments don't fit.
 */
export function bindSignature(
  signature: Signature,
  args: readonly ArgumentType[],
  options: {
    readonly allowCoercion: boolean
    readonly computed?: ((numbers: NumberVariables) => NumberVariables) | undefined
  },
): BoundSignature | undefined {
  const patterns = parameterPatterns(signature, args.length)
  return patterns && new Binding(signature, patterns, args, options.allowCoercion).solve(options.computed)
}

/** One pattern for each argument; undefined where their number doesn't fit. */
function parameterPatterns(signature: Signature, count: number): readonly TypePattern[] | undefined {
  const { parameters, variadic } = signature
  const last = parameters.at(-1)
  if (!variadic || !last) return parameters.length === count ? parameters : undefined
  if (count < parameters.length) return undefined
  return Array.from({ length: count }, (_, index) => parameters[index] ?? last)
}

type Outcome = 'unsolvable' | 'unchanged' | 'changed'

/** More rounds than any signature's variables can need. */
const ROUND_LIMIT = 16

class Binding {
  readonly #types = new Map<string, TrinoType>()
  readonly #numbers = new Map<string, number>()
  readonly #lambdaResults = new Map<number, TrinoType>()
  readonly #signature: Signature
  readonly #patterns: readonly TypePattern[]
  readonly #args: readonly ArgumentType[]
  readonly #allowCoercion: boolean

  constructor(
    signature: Signature,
    patterns: readonly TypePattern[],
    args: readonly ArgumentType[],
    allowCoercion: boolean,
  ) {
    this.#signature = signature
    this.#patterns = patterns
    this.#args = args
    this.#allowCoercion = allowCoercion
  }

  solve(computed: ((numbers: NumberVariables) => NumberVariables) | undefined): BoundSignature | undefined {
    for (let round = 0; round < ROUND_LIMIT; round++) {
      const outcome = this.#round()
      if (outcome === 'unsolvable') return undefined
      if (outcome === 'unchanged') break
    }
    const parameterTypes: readonly (TrinoType | undefined)[] = this.#patterns.map((pattern, index) =>
      this.#parameterType(pattern, index),
    )
    if (!allKnown(parameterTypes)) return undefined
    if (!parameterTypes.every((type, index) => this.#accepts(type, index))) return undefined
    const numbers = Object.fromEntries(this.#numbers)
    for (const [name, number] of Object.entries(computed?.(numbers) ?? {})) this.#numbers.set(name, number)
    const returnType = this.#apply(this.#signature.returnType)
    return returnType && { parameterTypes, returnType }
  }

  #parameterType(pattern: TypePattern, index: number): TrinoType | undefined {
    if (pattern.kind !== 'any') return this.#apply(pattern)
    const arg = this.#args[index]
    return arg === undefined || isLambda(arg) ? undefined : arg
  }

  #round(): Outcome {
    let changed = false
    for (const [index, pattern] of this.#patterns.entries()) {
      const arg = this.#args[index] as ArgumentType
      const outcome = isLambda(arg) ? this.#unifyLambda(pattern, arg, index) : this.#unify(pattern, arg)
      if (outcome === 'unsolvable') return outcome
      if (outcome === 'changed') changed = true
    }
    return changed ? 'changed' : 'unchanged'
  }

  #unify(pattern: TypePattern, actual: TrinoType): Outcome {
    switch (pattern.kind) {
      case 'concrete':
      case 'any':
        return 'unchanged'
      case 'variable':
        return this.#unifyVariable(pattern.name, actual)
      case 'numeric':
        return this.#unifyNumeric(pattern.base, pattern.numbers, actual)
      case 'array':
        if (actual.kind === 'unknown') return this.#unify(pattern.element, actual)
        return actual.kind === 'array' ? this.#unify(pattern.element, actual.element) : 'unsolvable'
      case 'map':
        if (actual.kind === 'unknown')
          return both(this.#unify(pattern.key, actual), () => this.#unify(pattern.value, actual))
        if (actual.kind !== 'map') return 'unsolvable'
        return both(this.#unify(pattern.key, actual.key), () => this.#unify(pattern.value, actual.value))
      case 'row': {
        if (actual.kind === 'unknown') {
          return pattern.fields.reduce<Outcome>(
            (outcome, field) => both(outcome, () => this.#unify(field, actual)),
            'unchanged',
          )
        }
        if (actual.kind !== 'row' || actual.fields.length !== pattern.fields.length) return 'unsolvable'
        let outcome: Outcome = 'unchanged'
        for (const [index, field] of pattern.fields.entries()) {
          const fieldType = actual.fields[index]?.type as TrinoType
          outcome = both(outcome, () => this.#unify(field, fieldType))
        }
        return outcome
      }
      case 'function':
        return 'unsolvable'
    }
  }

  #unifyVariable(name: string, actual: TrinoType): Outcome {
    const bound = this.#types.get(name)
    const next = bound === undefined || sameType(bound, actual) ? (bound ?? actual) : commonSuperType(bound, actual)
    if (next === undefined || !this.#satisfies(name, next)) return 'unsolvable'
    if (bound !== undefined && sameType(bound, next)) return 'unchanged'
    this.#types.set(name, next)
    return 'changed'
  }

  #satisfies(name: string, type: TrinoType): boolean {
    const variable = this.#signature.variables.find((candidate) => candidate.name === name)
    return (variable?.constraints ?? []).every((constraint) =>
      constraint === 'comparable' ? isComparable(type) : isOrderable(type),
    )
  }

  #unifyNumeric(base: NumericBase, variables: readonly (number | string)[], actual: TrinoType): Outcome {
    let type = this.#allowCoercion ? coerceToBase(actual, base) : actual.kind === base ? actual : undefined
    if (!type) return 'unsolvable'
    const bound = variables.map((variable) => (typeof variable === 'number' ? variable : this.#numbers.get(variable)))
    if (bound.every((number) => number !== undefined)) {
      type = commonSuperType(numericType(base, bound as number[]), type)
      if (!type || type.kind !== base) return 'unsolvable'
    }
    let outcome: Outcome = 'unchanged'
    const numbers = typeNumbers(type)
    for (const [index, variable] of variables.entries()) {
      if (typeof variable === 'number' || this.#numbers.get(variable) === numbers[index]) continue
      this.#numbers.set(variable, numbers[index] as number)
      outcome = 'changed'
    }
    return outcome
  }

  #unifyLambda(pattern: TypePattern, lambda: LambdaArgument, index: number): Outcome {
    if (pattern.kind !== 'function') return 'unsolvable'
    const parameterTypes = pattern.parameters.map((parameter) => this.#apply(parameter))
    if (!allKnown(parameterTypes)) return 'unchanged'
    const result = lambda.bind(parameterTypes)
    this.#lambdaResults.set(index, result)
    return this.#unify(pattern.result, result)
  }

  #accepts(formal: TrinoType, index: number): boolean {
    const arg = this.#args[index] as ArgumentType
    const lambdaResult = this.#lambdaResults.get(index)
    // The result of a lambda is not coerced.
    if (formal.kind === 'function') return lambdaResult !== undefined && sameType(lambdaResult, formal.result)
    return !isLambda(arg) && this.#fits(arg, formal)
  }

  #fits(actual: TrinoType, formal: TrinoType): boolean {
    return this.#allowCoercion ? canCoerce(actual, formal) : sameType(actual, formal)
  }

  /** The pattern with its variables replaced; undefined while one of them is not known. */
  #apply(pattern: TypePattern): TrinoType | undefined {
    switch (pattern.kind) {
      case 'any':
        return undefined
      case 'concrete':
        return pattern.type
      case 'variable':
        return this.#types.get(pattern.name)
      case 'numeric': {
        const numbers = pattern.numbers.map((part) => (typeof part === 'number' ? part : this.#numbers.get(part)))
        if (numbers.some((number) => number === undefined)) return undefined
        return numericType(pattern.base, numbers as number[])
      }
      case 'array': {
        const element = this.#apply(pattern.element)
        return element && { kind: 'array', element }
      }
      case 'map': {
        const key = this.#apply(pattern.key)
        const value = this.#apply(pattern.value)
        return key && value && { kind: 'map', key, value }
      }
      case 'row': {
        const types: readonly (TrinoType | undefined)[] = pattern.fields.map((field) => this.#apply(field))
        return allKnown(types) ? { kind: 'row', fields: types.map((type) => ({ type })) } : undefined
      }
      case 'function': {
        const parameters = pattern.parameters.map((parameter) => this.#apply(parameter))
        const result = this.#apply(pattern.result)
        return result && allKnown(parameters) ? { kind: 'function', parameters, result } : undefined
      }
    }
  }
}

function both(first: Outcome, second: () => Outcome): Outcome {
  if (first === 'unsolvable') return first
  const outcome = second()
  return outcome === 'unchanged' ? first : outcome
}

function allKnown(types: readonly (TrinoType | undefined)[]): types is readonly TrinoType[] {
  return types.every((type) => type !== undefined)
}

export function isLambda(arg: ArgumentType): arg is LambdaArgument {
  return arg.kind === 'lambda'
}

const INTEGER_DIGITS: Readonly<Record<string, number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 }

/** The narrowest type of a family to which a type coerces (Trino's TypeCoercion.coerceTypeBase). */
function coerceToBase(actual: TrinoType, base: NumericBase): TrinoType | undefined {
  if (actual.kind === base) return actual
  switch (base) {
    case 'varchar':
      if (actual.kind === 'unknown') return { kind: 'varchar', length: 0 }
      return actual.kind === 'char' ? { kind: 'varchar', length: actual.length } : undefined
    case 'char':
      if (actual.kind === 'unknown') return { kind: 'char', length: 0 }
      if (actual.kind !== 'varchar') return undefined
      return { kind: 'char', length: Math.min(actual.length ?? UNBOUNDED_LENGTH, 65536) }
    case 'decimal': {
      if (actual.kind === 'unknown') return { kind: 'decimal', precision: 1, scale: 0 }
      const digits = INTEGER_DIGITS[actual.kind]
      return digits === undefined ? undefined : { kind: 'decimal', precision: digits, scale: 0 }
    }
    case 'time':
      return actual.kind === 'unknown' ? { kind: base, precision: 0 } : undefined
    case 'time with time zone':
      if (actual.kind === 'unknown') return { kind: base, precision: 0 }
      return actual.kind === 'time' ? { kind: base, precision: actual.precision } : undefined
    case 'timestamp':
      return actual.kind === 'unknown' || actual.kind === 'date' ? { kind: base, precision: 0 } : undefined
    case 'timestamp with time zone':
      if (actual.kind === 'unknown' || actual.kind === 'date') return { kind: base, precision: 0 }
      return actual.kind === 'timestamp' ? { kind: base, precision: actual.precision } : undefined
  }
}
