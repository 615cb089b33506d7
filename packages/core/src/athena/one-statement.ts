import { AthenaError, type SqlLocation } from './errors.ts'

/**
 * Athena takes one statement at a time, and refuses a text with more when it is submitted.
 * Source: recorded answers of StartQueryExecution; some go on with `. Got: ` and the whole text.
 */
export function onlyOneStatement(second: SqlLocation): AthenaError {
  return new AthenaError('MALFORMED_QUERY', 'Only one sql statement is allowed', {
    remedy: `A second statement starts at line ${second.line}:${second.column}: run it by itself`,
  })
}
