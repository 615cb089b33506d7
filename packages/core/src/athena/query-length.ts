import { AthenaError } from './errors.ts'

/**
 * The longest query string that StartQueryExecution takes.
 * Source: Amazon Athena API Reference, StartQueryExecution, QueryString.
 */
export const MAXIMUM_QUERY_BYTES = 262_144

/** @throws AthenaError INVALID_INPUT for a longer text, before any other look at it. */
export function refuseLongQuery(text: string): void {
  const bytes = Buffer.byteLength(text)
  if (bytes <= MAXIMUM_QUERY_BYTES) return
  throw new AthenaError(
    'INVALID_INPUT',
    `Query string is ${bytes} bytes long; the longest that Athena takes is ${MAXIMUM_QUERY_BYTES} bytes`,
    { remedy: 'Put long lists of values in a table and join it' },
  )
}
