/** Microseconds of that many milliseconds, rounded. */
export function milliseconds(count: number): number {
  return Math.round(count * 1_000)
}

/** Microseconds of that many seconds, rounded. */
export function seconds(count: number): number {
  return Math.round(count * 1_000_000)
}

/** Microseconds of that many minutes, rounded. */
export function minutes(count: number): number {
  return Math.round(count * 60_000_000)
}

/** Microseconds of that many hours, rounded. */
export function hours(count: number): number {
  return Math.round(count * 3_600_000_000)
}

/** A length of time as the clock counts it: rounded up to a whole microsecond. Throws a RangeError for what is negative or no number. */
export function wholeMicroseconds(microseconds: number, what: string): number {
  if (!(microseconds >= 0) || microseconds > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`${what} must be a number of microseconds from 0 on, not ${microseconds}`)
  }
  return Math.ceil(microseconds)
}
