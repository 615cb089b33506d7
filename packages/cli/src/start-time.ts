import { UsageError } from './exit-code.ts'

/** Microseconds since 1970 of a time such as `2026-01-05` or `2026-01-05T08:00:00Z`; a UsageError for anything else. */
export function parseStart(text: string): number {
  const milliseconds = /^\d{4}-\d{2}-\d{2}(?:T.*Z)?$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new UsageError(`"${text}" is not a time; write it as 2026-01-05 or 2026-01-05T08:00:00Z`)
  }
  return milliseconds * 1_000
}
