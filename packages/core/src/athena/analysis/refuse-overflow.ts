import { AthenaError } from '../errors.ts'

/** Runs what descends as deep as the query nests; a query too deep for the stack is an error of the query. */
export function refuseOverflow<T>(run: () => T): T {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof RangeError) || !cause.message.includes('call stack')) throw cause
    throw new AthenaError('GENERIC_USER_ERROR', 'statement is too large (stack overflow during analysis)', {
      cause,
      remedy: 'Write long chains of operators or of UNION as fewer, shorter ones.',
    })
  }
}
