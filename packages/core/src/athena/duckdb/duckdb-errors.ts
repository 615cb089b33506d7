import { AthenaError, type AthenaErrorCode } from '../errors.ts'

/** What DuckDB puts before the text of an error that generated SQL raised itself. */
const RAISED = /^(?:Invalid Input Error: )?([A-Z][A-Z0-9_]*[A-Z0-9]): ([\s\S]*)$/

const INTEGER_NAMES: Readonly<Record<string, string>> = {
  INT8: 'tinyint',
  INT16: 'smallint',
  INT32: 'integer',
  INT64: 'bigint',
}

interface ErrorRule {
  readonly pattern: RegExp
  readonly code: AthenaErrorCode
  readonly text: (match: RegExpExecArray) => string
}

/** Errors of DuckDB that a query can run into although its SQL is right, in Trino's words. */
const RULES: readonly ErrorRule[] = [
  {
    pattern: /^INTERRUPT Error/,
    code: 'USER_CANCELED',
    text: () => 'Query was canceled',
  },
  {
    pattern: /^Out of Memory Error: ([\s\S]*)/,
    code: 'EXCEEDED_MEMORY_LIMIT',
    text: ([, detail = '']) => `Query exceeded the memory limit: ${firstLine(detail)}`,
  },
  {
    pattern: /^Out of Range Error: Overflow in (addition|subtraction|multiplication|division) of (INT\d+) \((-?\d+) ([-+*/]) (-?\d+)\)/,
    code: 'NUMERIC_VALUE_OUT_OF_RANGE',
    text: ([, operation, type = '', left, sign, right]) =>
      `${INTEGER_NAMES[type] ?? type} ${operation} overflow: ${left} ${sign} ${right}`,
  },
  {
    pattern: /More than one row returned by a subquery/,
    code: 'SUBQUERY_MULTIPLE_ROWS',
    text: () => 'Scalar sub-query has returned multiple rows',
  },
  {
    pattern: /^Out of Range Error: ([\s\S]*)/,
    code: 'NUMERIC_VALUE_OUT_OF_RANGE',
    text: ([, detail = '']) => firstLine(detail),
  },
  {
    pattern: /^Conversion Error: ([\s\S]*)/,
    code: 'INVALID_CAST_ARGUMENT',
    text: ([, detail = '']) => firstLine(detail),
  },
]

/**
 * The AthenaError for what DuckDB answered. SQL that raises an error itself says `CODE: text` and gets exactly that; what
 * is not foreseen is GENERIC_INTERNAL_ERROR, with DuckDB's own error as the cause.
 */
export function athenaErrorOf(cause: unknown): AthenaError {
  if (cause instanceof AthenaError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const raised = RAISED.exec(message)
  if (raised) return new AthenaError(raised[1] as AthenaErrorCode, raised[2] ?? '', { cause })
  for (const { pattern, code, text } of RULES) {
    const match = pattern.exec(message)
    if (match) return new AthenaError(code, text(match), { cause })
  }
  return new AthenaError('GENERIC_INTERNAL_ERROR', firstLine(message), {
    cause,
    remedy: 'This is a fault of flowtap: please report it together with the query.',
  })
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
