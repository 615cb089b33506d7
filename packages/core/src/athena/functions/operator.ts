import { AthenaError } from '../errors.ts'
import { formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import type { EmitContext } from './function-definition.ts'

/** An operator bound to the types of its operands. */
export interface ResolvedOperator {
  /** The types to which the operands are coerced, one each. */
  readonly operandTypes: readonly TrinoType[]
  readonly resultType: TrinoType
  /** DuckDB SQL of `physicalType(resultType)`, in parentheses where it needs them. */
  emit(args: readonly string[], context: EmitContext): string
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'

/** `Cannot apply operator: date = varchar(10)`; without a place, which the caller adds. */
export function cannotApply(operator: string, left: TrinoType, right: TrinoType): AthenaError {
  const text = `Cannot apply operator: ${formatTrinoType(left)} ${operator} ${formatTrinoType(right)}`
  return new AthenaError('TYPE_MISMATCH', text)
}

export function typeMismatch(text: string): AthenaError {
  return new AthenaError('TYPE_MISMATCH', text)
}

/** `+ - …` over NULL literals, where more than one signature fits. */
export function ambiguousOperator(): AthenaError {
  const text = 'Could not choose a best candidate operator. Explicit type casts must be added.'
  return new AthenaError('AMBIGUOUS_FUNCTION_CALL', text)
}

/** The operand at an index; an operator that is called with too few is a mistake of this package. */
export function operand(args: readonly string[], index: number): string {
  const arg = args[index]
  if (arg === undefined) throw new Error(`operand ${index} is missing`)
  return arg
}

/** True for SQL that is an integer constant other than zero, as the literal emitter writes it. */
export function isNonZeroConstant(sql: string): boolean {
  const match =
    /^(?:CAST\()*(-?[\d.]+)(?: AS [A-Z]+\))*$/.exec(sql) ?? /^(?:CAST\()+'(-?[\d.]+)'(?: AS [A-Z0-9(),]+\))+$/.exec(sql)
  return match !== null && Number(match[1]) !== 0
}

/** The text of a string constant as the literal emitter writes it; undefined for any other SQL. */
export function stringConstant(sql: string): string | undefined {
  const match = /^'((?:[^']|'')*)'$/.exec(sql)
  return match?.[1]?.replaceAll("''", "'")
}
