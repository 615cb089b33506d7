import type { TrinoType } from '../types/trino-type.ts'

/** Athena and Trino answer some things differently (a literal `1.5`, the text of COLUMN_NOT_FOUND). */
export type SqlDialect = 'athena' | 'trino'

/** What an emitter may ask for beside its arguments. Time is injected: it is the query's start, never the ambient clock. */
export interface EmitContext {
  readonly dialect: SqlDialect
  readonly sessionTimeZone: string
  /** The query's start in microseconds since 1970-01-01 UTC: what now() and current_timestamp answer. */
  readonly nowMicros: bigint
  /** Inside TRY(…) or TRY_CAST: raise nothing, answer NULL (DuckDB's TRY refuses its own error()). */
  readonly inTry: boolean
  /** DuckDB SQL of a literal string. */
  quote(text: string): string
  /** A name that no other part of the query uses, for lambda parameters and the like. */
  freshName(stem: string): string
}

/** An argument that was analyzed, coerced to the parameter's type and generated. */
export interface EmittedArgument {
  readonly type: TrinoType
  /** DuckDB SQL, safe to embed in any place of an expression (in parentheses where needed). Empty for a lambda. */
  readonly sql: string
  /** The value when the argument is a literal (after coercion): for patterns that are compiled ahead. null is SQL NULL. */
  readonly constant?: string | number | bigint | boolean | null | undefined
  /** For a lambda: give the parameters' SQL, get the body's SQL. */
  readonly lambda?: ((parameters: readonly string[]) => string) | undefined
}

/** A call that has been matched to a signature. */
export interface ResolvedFunction {
  readonly name: string
  readonly kind: 'scalar' | 'aggregate' | 'window'
  /** The types to which the arguments are coerced, one each. */
  readonly parameterTypes: readonly TrinoType[]
  readonly returnType: TrinoType
  /** False for random(), uuid() and the like. */
  readonly deterministic: boolean
  /**
   * DuckDB SQL of the call, of `physicalType(returnType)`. Aggregates and window functions give the call alone, without
   * DISTINCT, ORDER BY, FILTER and OVER: the generator asks for it through `AggregateModifiers`.
   */
  readonly emit: (args: readonly EmittedArgument[], context: EmitContext, modifiers: AggregateModifiers) => string
}

/** SQL text that belongs inside or behind an aggregate's parentheses; each is empty where there is none. */
export interface AggregateModifiers {
  /** `DISTINCT ` or empty. */
  readonly distinct: string
  /** ` ORDER BY …` or empty, to stand before the closing parenthesis. */
  readonly orderBy: string
  /** ` FILTER (WHERE …)` and, for a window call, ` OVER (…)`: to stand behind the closing parenthesis of EVERY aggregate emitted. */
  readonly suffix: string
  readonly ignoreNulls: boolean
}

/** Argument types as the analyzer found them. A lambda whose parameter types are not known yet gives them when asked. */
export type ArgumentType = TrinoType | LambdaArgument
export interface LambdaArgument {
  readonly kind: 'lambda'
  readonly parameterCount: number
  /** Analyzes the body with these parameter types and gives the body's type. */
  bind(parameterTypes: readonly TrinoType[]): TrinoType
}

/**
 * Finds the signature of a call among the overloads of its name.
 * Gives undefined where there is no function of that name; throws AthenaError FUNCTION_NOT_FOUND in Trino's words where
 * there is one and no overload takes these arguments (`Unexpected parameters (varchar(1)) for function abs. Expected: …`).
 * The error carries no location: the caller, who has the call's node, adds it.
 */
export type ResolveFunction = (
  name: string,
  args: readonly ArgumentType[],
  dialect: SqlDialect,
) => ResolvedFunction | undefined
