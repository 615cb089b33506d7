import { isAthenaError } from '../exit-code.ts'

/** One line with the cause and the remedy; the stack only when asked for. */
export function describeError(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return String(error)
  const remedy = isAthenaError(error) && error.remedy !== undefined ? `\n  ${error.remedy}` : ''
  const stack = debug && error.stack !== undefined ? `\n${error.stack}` : ''
  const cause = debug && error.cause instanceof Error ? `\ncaused by: ${error.cause.stack ?? error.cause.message}` : ''
  return `${error.message}${remedy}${stack}${cause}`
}
