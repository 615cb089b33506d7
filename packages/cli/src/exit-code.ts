import type { AthenaError, AthenaErrorCode } from '@flowtap/core/athena'

/** What the command's exit code says. */
export const EXIT_SUCCESS = 0
/** Wrong use, unreadable input, a query that is wrong, or any bad input with `--strict`. */
export const EXIT_USAGE = 2
/** An engine or another machine failed. */
export const EXIT_ENGINE = 3

const ENGINE_CODES: ReadonlySet<AthenaErrorCode> = new Set([
  'GENERIC_INTERNAL_ERROR',
  'EXCEEDED_MEMORY_LIMIT',
  'EXCEEDED_TIME_LIMIT',
])

/** A mistake in how the command was called or in what it was given: one line for the user, no stack. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

export function exitCodeOf(error: unknown): number {
  if (isAthenaError(error)) return ENGINE_CODES.has(error.code) ? EXIT_ENGINE : EXIT_USAGE
  if (error instanceof UsageError) return EXIT_USAGE
  if (error instanceof Error && 'issue' in error) return EXIT_USAGE
  return EXIT_ENGINE
}

/** By name and not by class, so that the engine's code is not loaded for `--help`. */
export function isAthenaError(error: unknown): error is AthenaError {
  return error instanceof Error && error.name === 'AthenaError'
}
