/** Dates and times as Trino prints them. */

const pad2 = (part: number): string => (part < 10 ? `0${part}` : String(part))

/** `2021-10-25`; `-0001-01-01` and `+12021-10-25` outside of the years 0 to 9999. */
export function formatDate(epochDay: number): string {
  // Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days: exact for the whole range of DATE.
  const shifted = epochDay + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${formatYear(year)}-${pad2(month)}-${pad2(day)}`
}

function formatYear(year: number): string {
  if (year >= 1000 && year <= 9999) return String(year)
  const digits = String(Math.abs(year)).padStart(4, '0')
  if (year < 0) return `-${digits}`
  return year > 9999 ? `+${digits}` : digits
}

/** `10:11:12.345` of seconds since midnight and the microseconds in the second. */
export function formatTimeOfDay(seconds: number, micros: number, precision: number): string {
  const hour = Math.floor(seconds / 3600)
  const minute = Math.floor(seconds / 60) % 60
  const time = `${pad2(hour)}:${pad2(minute)}:${pad2(seconds % 60)}`
  if (precision === 0) return time
  const fraction = String(micros).padStart(6, '0')
  return `${time}.${precision <= 6 ? fraction.slice(0, precision) : fraction.padEnd(precision, '0')}`
}

/** `2021-10-25 10:11:12.345` of microseconds since 1970. */
export function formatTimestamp(micros: bigint | number, precision: number): string {
  const isSafe = typeof micros === 'number' || (micros < 9_000_000_000_000_000n && micros > -9_000_000_000_000_000n)
  let seconds: number
  let rest: number
  if (isSafe) {
    const value = Number(micros)
    seconds = Math.floor(value / 1_000_000)
    rest = value - seconds * 1_000_000
  } else {
    const remainder = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
    seconds = Number((micros - remainder) / 1_000_000n)
    rest = Number(remainder)
  }
  const day = Math.floor(seconds / 86_400)
  return `${formatDate(day)} ${formatTimeOfDay(seconds - day * 86_400, rest, precision)}`
}

/** `+05:30`, also for zero, as TIME WITH TIME ZONE prints it. */
export function formatTimeOffset(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${pad2(Math.floor(size / 60))}:${pad2(size % 60)}`
}

/** `2 03:04:05.678`; the sign stands before the days, also where there are none. */
export function formatDayToSecond(millis: bigint | number): string {
  const value = Number(millis)
  const size = Math.abs(value)
  const seconds = Math.floor(size / 1000)
  const day = Math.floor(seconds / 86_400)
  const time = formatTimeOfDay(seconds - day * 86_400, (size - seconds * 1000) * 1000, 3)
  return `${value < 0 ? '-' : ''}${day} ${time}`
}

/** `3-2` */
export function formatYearToMonth(months: number): string {
  const size = Math.abs(months)
  return `${months < 0 ? '-' : ''}${Math.floor(size / 12)}-${size % 12}`
}
