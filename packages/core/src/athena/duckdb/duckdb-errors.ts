import { AthenaError, type AthenaErrorCode } from '../errors.ts'
import { errorFromDuckDb } from '../functions/runtime-errors.ts'

type ErrorRule = readonly [pattern: RegExp, code: AthenaErrorCode, text: string]

/** Errors that do not come from a value: the query was ended, or it has no single answer. In Trino's words. */
const RULES: readonly ErrorRule[] = [
  [/^INTERRUPT Error/, 'USER_CANCELED', 'Query was canceled'],
  [/More than one row returned by a subquery/, 'SUBQUERY_MULTIPLE_ROWS', 'Scalar sub-query has returned multiple rows'],
]

/**
 * The AthenaError for what DuckDB answered. SQL that raises an error itself says `CODE: text` and gets exactly that; what
 * is not foreseen is GENERIC_INTERNAL_ERROR, with DuckDB's own error as the cause.
 */
export function athenaErrorOf(cause: unknown): AthenaError {
  if (cause instanceof AthenaError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const rule = RULES.find(([pattern]) => pattern.test(message))
  if (rule) return new AthenaError(rule[1], rule[2], { cause })
  const known = errorFromDuckDb(message)
  if (known) return new AthenaError(known.code, known.detail, { remedy: known.remedy, cause })
  return new AthenaError('GENERIC_INTERNAL_ERROR', message.split('\n', 1)[0] ?? '', {
    cause,
    remedy: 'This is a fault of flowtap: please report it together with the query.',
  })
}
