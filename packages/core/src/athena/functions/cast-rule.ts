import type { AthenaErrorCode } from '../errors.ts'
import { physicalType } from '../types/physical-type.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'
import { raiseTextSql } from './runtime-errors.ts'

/** How a cast answers a value that it cannot take: with an error, or with NULL (TRY_CAST). */
export interface CastMode {
  readonly safe: boolean
  readonly context: EmitContext
  /** Casts a part of a value: an element, a key, a field. */
  readonly castValue: (call: CastCall) => string
}

/** One cast to be emitted. */
export interface CastCall {
  readonly sql: string
  readonly from: TrinoType
  readonly to: TrinoType
  readonly mode: CastMode
}

/** True where every value of `from` stands for itself in `to`, so that no SQL is needed. */
export function isAlwaysFitting(from: TrinoType, to: TrinoType): boolean {
  switch (from.kind) {
    case 'unknown':
      return to.kind === 'unknown'
    case 'varchar':
      return (
        to.kind === 'varchar' && (to.length === undefined || (from.length !== undefined && from.length <= to.length))
      )
    case 'char':
      return to.kind === 'char' && from.length <= to.length
    case 'decimal':
      return to.kind === 'decimal' && from.precision === to.precision && from.scale === to.scale
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
      // Finer parts than microseconds are not kept.
      return to.kind === from.kind && (to.precision >= from.precision || to.precision >= 6)
    case 'array':
      return to.kind === 'array' && isAlwaysFitting(from.element, to.element)
    case 'map':
      return to.kind === 'map' && isAlwaysFitting(from.key, to.key) && isAlwaysFitting(from.value, to.value)
    case 'row':
      return (
        to.kind === 'row' &&
        from.fields.length === to.fields.length &&
        from.fields.every((field, index) => isAlwaysFitting(field.type, to.fields[index]?.type ?? { kind: 'unknown' }))
      )
    default:
      return from.kind === to.kind
  }
}

/**
 * `attempt(value)`, an SQL that is NULL where the cast fails; for a value that is there and fails, the error whose text `describe` gives
 * as SQL.
 */
export function castOrFail(
  { sql, to, mode }: CastCall,
  attempt: (value: string) => string,
  describe: (value: string) => string,
  code: AthenaErrorCode = 'INVALID_CAST_ARGUMENT',
): string {
  if (mode.safe) return evaluateOnce([sql], mode.context, ([value = sql]) => attempt(value))
  return evaluateOnce([sql], mode.context, ([value = sql]) => {
    const failure = raiseTextSql(code, describe(value), to)
    return `COALESCE(${attempt(value)}, CASE WHEN ${value} IS NOT NULL THEN ${failure} END)`
  })
}

/** A JavaScript function of duckdb/scalar-functions that fails by itself, or answers NULL in TRY_CAST. */
export function scalarCall(mode: CastMode, name: string, ...args: readonly string[]): string {
  const call = `${name}(${args.join(', ')})`
  return mode.safe ? `TRY(${call})` : call
}

/** `TRY_CAST(value AS T)` of the target's representation. */
export function tryCast(value: string, to: TrinoType): string {
  return `TRY_CAST(${value} AS ${physicalType(to)})`
}

export function plainCast(value: string, to: TrinoType): string {
  return `CAST(${value} AS ${physicalType(to)})`
}
