import { formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import type { AggregateModifiers, EmitContext, EmittedArgument, ResolvedFunction } from './function-definition.ts'

/**
 * A little language for function signatures, in the words in which Trino prints them.
 *
 * ```
 * '(varchar(x)) -> varchar(x)'                       x is any length
 * '<T: comparable>(array(t), t) -> boolean'           T is a type variable, constrained
 * '<T, R>(array(T), function(T, R)) -> array(R)'      the last part of function(…) is the lambda's result
 * '<E>(E...) -> E'                                    one or more of the last parameter
 * '(varchar, any...) -> varchar'                     any number of arguments, each of a type of its own
 * '(decimal(p, s)) -> decimal(rp, 0)'                 rp comes from the overload's `computed`
 * ```
 * Variables of types are upper case in `<…>`; where they are used their case is Trino's, which matters in error texts only.
 * A bare `varchar` is the unbounded type: an argument of another length is coerced to it.
 */
export interface Signature {
  readonly variables: readonly TypeVariable[]
  readonly parameters: readonly TypePattern[]
  /** The last parameter may be repeated, but not left out. */
  readonly variadic: boolean
  readonly returnType: TypePattern
}

export type TypeConstraint = 'comparable' | 'orderable'

export interface TypeVariable {
  readonly name: string
  readonly constraints: readonly TypeConstraint[]
}

/** A type whose parts may be variables. Numbers of `numeric` patterns are literals or names of number variables. */
export type TypePattern =
  /** `text` is set where Trino prints another name: its regular expressions are a type of their own (`joniregexp`). */
  | { readonly kind: 'concrete'; readonly type: TrinoType; readonly text?: string | undefined }
  /** `text` is the name as the signature writes it there: Trino prints `array(t)` for some functions and `array(T)` for others. */
  | { readonly kind: 'variable'; readonly name: string; readonly text: string }
  | { readonly kind: 'numeric'; readonly base: NumericBase; readonly numbers: readonly (number | string)[] }
  | { readonly kind: 'array'; readonly element: TypePattern }
  | { readonly kind: 'map'; readonly key: TypePattern; readonly value: TypePattern }
  | { readonly kind: 'row'; readonly fields: readonly TypePattern[] }
  | { readonly kind: 'function'; readonly parameters: readonly TypePattern[]; readonly result: TypePattern }
  /** Each argument of whatever type it has. */
  | { readonly kind: 'any' }

/** Type families with numbers as parameters. */
export type NumericBase =
  | 'varchar'
  | 'char'
  | 'decimal'
  | 'time'
  | 'time with time zone'
  | 'timestamp'
  | 'timestamp with time zone'

/** The length of an unbounded varchar as a number variable (Trino's VarcharType.UNBOUNDED_LENGTH). */
export const UNBOUNDED_LENGTH = 2147483647

/** What an emitter gets beside the arguments' SQL. */
export interface EmitCall {
  readonly context: EmitContext
  readonly args: readonly EmittedArgument[]
  /** The types to which the arguments were coerced. */
  readonly types: readonly TrinoType[]
  readonly returnType: TrinoType
  readonly modifiers: AggregateModifiers
}

/**
 * DuckDB SQL of a call: a function of the arguments' SQL, or a text in which `$1`, `$2`, … stand for them and `$*` for all.
 * A text may use an argument several times: it is then evaluated once all the same.
 */
export type Emit = string | ((args: readonly string[], call: EmitCall) => string)

/** One overload of a function. */
export interface Overload {
  readonly signature: string
  readonly emit: Emit
  /** Number variables of the return type, from those of the arguments. */
  readonly computed?: ((numbers: NumberVariables) => NumberVariables) | undefined
}

export type NumberVariables = Readonly<Record<string, number>>

/**
 * How near to Trino an implementation is.
 * `not-supported`: Athena has the function and this engine refuses it by name.
 */
export type FunctionStatus =
  | { readonly kind: 'exact' }
  | { readonly kind: 'approximate'; readonly difference: string }
  | { readonly kind: 'not-supported'; readonly reason: string }

export const EXACT: FunctionStatus = { kind: 'exact' }
export function approximate(difference: string): FunctionStatus {
  return { kind: 'approximate', difference }
}
export function notSupported(reason: string): FunctionStatus {
  return { kind: 'not-supported', reason }
}

/** A function with all its overloads, as the families declare it. */
export interface FunctionDefinition {
  readonly name: string
  readonly family: string
  readonly kind: ResolvedFunction['kind']
  readonly status: FunctionStatus
  readonly deterministic: boolean
  readonly overloads: readonly Overload[]
}

export interface FunctionOptions {
  readonly status?: FunctionStatus | undefined
  readonly deterministic?: boolean | undefined
}

/** Declares a function: `define('string', 'scalar', 'lower', [['(varchar(x)) -> varchar(x)', 'lower($1)']])`. */
export function define(
  family: string,
  kind: ResolvedFunction['kind'],
  name: string,
  overloads: readonly (readonly [signature: string, emit: Emit, computed?: Overload['computed']])[],
  options: FunctionOptions = {},
): FunctionDefinition {
  return {
    name,
    family,
    kind,
    status: options.status ?? EXACT,
    deterministic: options.deterministic ?? true,
    overloads: overloads.map(([signature, emit, computed]) => ({ signature, emit, computed })),
  }
}

const parsed = new Map<string, Signature>()

/** Parses a signature once. A text that is not one is a mistake of this package, not of a user. */
export function parseSignature(text: string): Signature {
  const known = parsed.get(text)
  if (known) return known
  const signature = new SignatureReader(text).read()
  parsed.set(text, signature)
  return signature
}

const SIMPLE_TYPES: Readonly<Record<string, TrinoType>> = {
  unknown: { kind: 'unknown' },
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'tinyint' },
  smallint: { kind: 'smallint' },
  integer: { kind: 'integer' },
  bigint: { kind: 'bigint' },
  real: { kind: 'real' },
  double: { kind: 'double' },
  varbinary: { kind: 'varbinary' },
  json: { kind: 'json' },
  date: { kind: 'date' },
  ipaddress: { kind: 'ipaddress' },
  uuid: { kind: 'uuid' },
  varchar: { kind: 'varchar' },
  'interval day to second': { kind: 'interval day to second' },
  'interval year to month': { kind: 'interval year to month' },
}
/** Types that only functions' parameters have in Trino: any varchar coerces to them. */
const TEXT_LIKE_TYPES: ReadonlySet<string> = new Set(['joniregexp', 'jsonpath', 'codepoints'])
const NUMERIC_BASES: ReadonlySet<string> = new Set(['varchar', 'char', 'decimal', 'time', 'timestamp'])

class SignatureReader {
  readonly #text: string
  readonly #tokens: readonly string[]
  #at = 0
  readonly #variables = new Set<string>()

  constructor(text: string) {
    this.#text = text
    this.#tokens = text.match(/->|\.\.\.|[A-Za-z_][A-Za-z0-9_]*|\d+|[<>():,]/g) ?? []
  }

  read(): Signature {
    const variables: TypeVariable[] = []
    if (this.#accept('<')) {
      do variables.push(this.#variable())
      while (this.#accept(','))
      this.#expect('>')
    }
    for (const variable of variables) this.#variables.add(variable.name)
    this.#expect('(')
    const parameters: TypePattern[] = []
    let variadic = false
    if (!this.#accept(')')) {
      do parameters.push(this.#type())
      while (this.#accept(','))
      variadic = this.#accept('...')
      this.#expect(')')
    }
    this.#expect('->')
    const returnType = this.#type()
    if (this.#at !== this.#tokens.length) this.#fail()
    return { variables, parameters, variadic, returnType }
  }

  #variable(): TypeVariable {
    const name = this.#next()
    const constraints: TypeConstraint[] = []
    if (this.#accept(':')) {
      const constraint = this.#next()
      if (constraint !== 'comparable' && constraint !== 'orderable') this.#fail()
      else constraints.push(constraint)
    }
    return { name, constraints }
  }

  #type(): TypePattern {
    const name = this.#next()
    if (name === 'any') return { kind: 'any' }
    const variable = name.toUpperCase()
    if (this.#variables.has(variable)) return { kind: 'variable', name: variable, text: name }
    if (name === 'interval') {
      const words = [name, this.#next(), this.#next(), this.#next()].join(' ')
      return this.#concrete(words)
    }
    if (!this.#accept('(')) return this.#concrete(name)
    if (NUMERIC_BASES.has(name)) return this.#numeric(name)
    const parts: TypePattern[] = []
    do parts.push(this.#type())
    while (this.#accept(','))
    this.#expect(')')
    const [first, second] = parts
    if (name === 'array' && first && parts.length === 1) return { kind: 'array', element: first }
    if (name === 'map' && first && second && parts.length === 2) return { kind: 'map', key: first, value: second }
    if (name === 'row') return { kind: 'row', fields: parts }
    const result = parts.at(-1)
    if (name === 'function' && result) return { kind: 'function', parameters: parts.slice(0, -1), result }
    return this.#fail()
  }

  #numeric(name: string): TypePattern {
    const numbers: (number | string)[] = []
    do {
      const token = this.#next()
      numbers.push(/^\d/.test(token) ? Number(token) : token)
    } while (this.#accept(','))
    this.#expect(')')
    let base = name
    if (this.#accept('with')) {
      this.#expect('time')
      this.#expect('zone')
      base = `${name} with time zone`
    }
    const pattern = { kind: 'numeric', base: base as NumericBase, numbers } as const
    if (numbers.some((number) => typeof number === 'string')) return pattern
    return { kind: 'concrete', type: numericType(pattern.base, numbers as number[]) }
  }

  #concrete(name: string): TypePattern {
    if (TEXT_LIKE_TYPES.has(name)) return { kind: 'concrete', type: { kind: 'varchar' }, text: name }
    const type = SIMPLE_TYPES[name]
    return type ? { kind: 'concrete', type } : this.#fail()
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at += 1
    return true
  }

  #expect(token: string): void {
    if (!this.#accept(token)) this.#fail()
  }

  #next(): string {
    const token = this.#tokens[this.#at] ?? this.#fail()
    this.#at += 1
    return token
  }

  #fail(): never {
    throw new Error(`not a function signature: "${this.#text}", at "${this.#tokens[this.#at] ?? 'its end'}"`)
  }
}

/** The type of a family with these numbers. */
export function numericType(base: NumericBase, numbers: readonly number[]): TrinoType {
  const [first = 0, second = 0] = numbers
  switch (base) {
    case 'varchar':
      return first >= UNBOUNDED_LENGTH ? { kind: 'varchar' } : { kind: 'varchar', length: first }
    case 'char':
      return { kind: 'char', length: first }
    case 'decimal':
      return { kind: 'decimal', precision: first, scale: second }
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
      return { kind: base, precision: first }
  }
}

/** The numbers of a type of such a family, in the order in which a signature writes them. */
export function typeNumbers(type: TrinoType): readonly number[] {
  switch (type.kind) {
    case 'varchar':
      return [type.length ?? UNBOUNDED_LENGTH]
    case 'char':
      return [type.length]
    case 'decimal':
      return [type.precision, type.scale]
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
      return [type.precision]
    default:
      return []
  }
}

/** A signature as Trino lists it in an error: `contains(array(t), t) T:comparable`. */
export function formatSignature(name: string, signature: Signature): string {
  const parameters = signature.parameters.map(formatPattern).join(', ')
  const variables = signature.variables.map((variable) => [variable.name, ...variable.constraints].join(':')).join(', ')
  return `${name}(${parameters}) ${variables}`.trimEnd()
}

function formatPattern(pattern: TypePattern): string {
  switch (pattern.kind) {
    case 'concrete':
      return pattern.text ?? formatTrinoType(pattern.type)
    case 'variable':
      return pattern.text
    case 'numeric': {
      const numbers = pattern.numbers.join(',')
      const zoned = pattern.base.endsWith(' with time zone')
      return zoned ? `${pattern.base.slice(0, -15)}(${numbers}) with time zone` : `${pattern.base}(${numbers})`
    }
    case 'any':
      return 'any'
    case 'array':
      return `array(${formatPattern(pattern.element)})`
    case 'map':
      return `map(${formatPattern(pattern.key)},${formatPattern(pattern.value)})`
    case 'row':
      return `row(${pattern.fields.map(formatPattern).join(',')})`
    case 'function':
      return `function(${[...pattern.parameters, pattern.result].map(formatPattern).join(',')})`
  }
}
