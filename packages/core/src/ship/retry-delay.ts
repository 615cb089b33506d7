/** How long to wait between attempts. */
export interface RetryTimes {
  /** Milliseconds before the second attempt, at most. */
  readonly first: number
  /** Milliseconds that no wait exceeds. */
  readonly longest: number
}

/**
 * Milliseconds to wait after the given number of failed attempts (1 or more): twice as long each time, between half and the whole of it by
 * `random` (0 to 1), so that shippers that failed together do not come back together. What the endpoint asks for (`Retry-After` in whole
 * seconds, RFC 9110, section 10.2.3) is waited for, up to the longest.
 */
export function retryDelay(
  failures: number,
  times: RetryTimes,
  random: () => number,
  retryAfter?: string | null | undefined,
): number {
  const asked = retryAfter && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : 0
  const backOff = Math.min(times.longest, times.first * 2 ** Math.min(failures - 1, 40))
  return Math.min(times.longest, Math.max(asked, backOff * (0.5 + random() / 2)))
}
