import { AthenaError } from '../errors.ts'

/** What Athena answers to a statement that it knows and does not run. */
export function unsupportedStatement(remedy?: string): AthenaError {
  return new AthenaError('MALFORMED_QUERY', 'Queries of this type are not supported', { remedy })
}
