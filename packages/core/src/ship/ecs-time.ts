const EVE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d+)([+-])(\d\d):?(\d\d)$/

/**
 * An EVE time (`2023-11-14T22:13:20.001000+0000`) as ISO 8601 in UTC, its fraction kept digit by digit. A text that is no such time is
 * undefined.
 */
export function ecsTime(eveTime: string): string | undefined {
  const parts = EVE_TIME.exec(eveTime)
  if (!parts) return undefined
  const [, local, fraction, sign, hours, minutes] = parts
  if (hours === '00' && minutes === '00') return `${local}.${fraction}Z`
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000)
  const time = Date.parse(`${local}Z`) - offset
  // Offsets are whole minutes: they leave the fraction alone.
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 19)}.${fraction}Z`
}

/** Nanoseconds from one ISO time in UTC to another; undefined where the second is the earlier one. */
export function nanosecondsBetween(start: string, end: string): number | undefined {
  const nanoseconds = wholeSeconds(end) * 1e9 - wholeSeconds(start) * 1e9 + fractionOf(end) - fractionOf(start)
  return nanoseconds >= 0 ? nanoseconds : undefined
}

function wholeSeconds(time: string): number {
  return Date.parse(`${time.slice(0, 19)}Z`) / 1000
}

function fractionOf(time: string): number {
  return Number(time.slice(20, -1).padEnd(9, '0').slice(0, 9))
}
