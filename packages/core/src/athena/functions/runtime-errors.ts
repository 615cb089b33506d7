import { AthenaError, type AthenaErrorCode } from '../errors.ts'
import { physicalType } from '../types/physical-type.ts'
import type { TrinoType } from '../types/trino-type.ts'
import { quoteText } from './sql-text.ts'

/**
 * Errors at run time. Generated SQL raises them by a cast that cannot succeed, and not by DuckDB's error(): that one is volatile,
 * so that TRY(…) refuses it and filters are not pushed through it. DuckDB's own errors have an entry in the table below.
 */

/** SQL of type `type` that fails the query when it is evaluated. `textSql` is an SQL expression. */
export function raiseTextSql(code: AthenaErrorCode, textSql: string, type: TrinoType): string {
  return raiseAs(`'${code}: ' || ${textSql}`, type)
}

/** SQL of type `type` that fails the query with a fixed text when it is evaluated. */
export function raiseSql(code: AthenaErrorCode, text: string, type: TrinoType): string {
  return raiseAs(quoteText(`${code}: ${text}`), type)
}

function raiseAs(textSql: string, type: TrinoType): string {
  const failing = `CAST(${textSql} AS INTEGER)`
  // A condition would not do: the optimizer evaluates those of constants, whether the branch is reached or not.
  return type.kind === 'integer' ? failing : `CAST(CAST(${failing} AS VARCHAR) AS ${physicalType(type)})`
}

type ErrorPattern = readonly [pattern: RegExp, code: AthenaErrorCode, text: (groups: readonly string[]) => string]

const INTEGER_NAMES: Readonly<Record<string, string>> = {
  INT8: 'tinyint',
  INT16: 'smallint',
  INT32: 'integer',
  INT64: 'bigint',
  INT128: 'decimal',
}
const DIVISION_TYPES: readonly (readonly [minimum: string, name: string])[] = [
  ['-128', 'tinyint'],
  ['-32768', 'smallint'],
  ['-2147483648', 'integer'],
]

/** DuckDB's texts (1.5) and what Trino says in their place. The first that fits wins. */
const PATTERNS: readonly ErrorPattern[] = [
  [
    /Could not convert string '([A-Z][A-Z_]*[A-Z]): ([\s\S]*)' to INT32/,
    'GENERIC_INTERNAL_ERROR',
    ([, text = '']) => text,
  ],
  [
    /(?:Invalid Input|Invalid) Error: ([A-Z][A-Z_]*[A-Z]): ([\s\S]*)$/,
    'GENERIC_INTERNAL_ERROR',
    ([, text = '']) => text,
  ],
  [/Max expression depth limit/, 'GENERIC_USER_ERROR', () => 'statement is too large (stack overflow during analysis)'],
  [
    /More than one row returned by a subquery/,
    'SUBQUERY_MULTIPLE_ROWS',
    () => 'Scalar sub-query has returned multiple rows',
  ],
  [/Overflow in \w+ of DECIMAL/, 'NUMERIC_VALUE_OUT_OF_RANGE', () => 'Decimal overflow'],
  [
    /Overflow in (addition|subtraction|multiplication) of (INT\d+) \((.*)\)/,
    'NUMERIC_VALUE_OUT_OF_RANGE',
    ([operation = '', type = '', values = '']) =>
      type === 'INT128' ? 'Decimal overflow' : `${INTEGER_NAMES[type]} ${operation} overflow: ${values}`,
  ],
  [
    /Overflow in division of (-?\d+) \/ (-?\d+)/,
    'NUMERIC_VALUE_OUT_OF_RANGE',
    ([dividend = '', divisor = '']) => {
      const name = DIVISION_TYPES.find(([minimum]) => minimum === dividend)?.[1] ?? 'bigint'
      return `${name} division overflow: ${dividend} / ${divisor}`
    },
  ],
  [/Overflow in HUGEINT addition/, 'NUMERIC_VALUE_OUT_OF_RANGE', () => 'Decimal overflow'],
  [
    /Casting value "?(-?[\d.]+)"? to type DECIMAL\((\d+),(\d+)\) failed: value is out of range/,
    'NUMERIC_VALUE_OUT_OF_RANGE',
    () => 'Decimal overflow',
  ],
  [/Could not cast value (-?[\d.]+) to DECIMAL/, 'NUMERIC_VALUE_OUT_OF_RANGE', () => 'Decimal overflow'],
  // Only sums of bigint pass through 128 bits.
  [
    /Type INT128 with value (-?\d+) can't be cast .* destination type INT64/,
    'NUMERIC_VALUE_OUT_OF_RANGE',
    ([sum = '']) => `bigint addition overflow: ${sum}`,
  ],
  [/Map keys must be unique/, 'INVALID_CAST_ARGUMENT', () => 'duplicate keys'],
  [
    /with value (-?(?:[\d.e+]+|inf|nan)) can't be cast because the value is out of range for the destination type (INT\d+)/,
    'NUMERIC_VALUE_OUT_OF_RANGE',
    ([value = '', type = '']) => `Out of range for ${INTEGER_NAMES[type] ?? type}: ${value}`,
  ],
  [
    /Date out of range|timestamp out of range|Overflow exception in date\/time|TIMESTAMP.* out of range/i,
    'NUMERIC_VALUE_OUT_OF_RANGE',
    () => 'Date or timestamp out of range',
  ],
  [/Out of Memory Error/, 'EXCEEDED_MEMORY_LIMIT', () => 'Query exceeded the memory limit of the engine'],
]

/**
 * The Trino error behind an error text of DuckDB; undefined for a text that generated SQL is not expected to cause
 * (a defect of this engine, to be reported as GENERIC_INTERNAL_ERROR by the driver).
 */
export function errorFromDuckDb(message: string): AthenaError | undefined {
  const text = message.replace(/\n\nLINE \d+:[\s\S]*$/, '')
  for (const [pattern, code, describe] of PATTERNS) {
    const match = pattern.exec(text)
    if (!match) continue
    const groups = match.slice(1)
    // The first two patterns carry Trino's own code in their first group.
    return code === 'GENERIC_INTERNAL_ERROR'
      ? new AthenaError(groups[0] as AthenaErrorCode, describe(groups))
      : new AthenaError(code, describe(groups))
  }
  return undefined
}
