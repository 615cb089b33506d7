/** Fields of a local date and time, in milliseconds since 1970-01-01T00:00, on the proleptic Gregorian calendar. */
export const MILLIS_PER_DAY = 86_400_000

export const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
export const DAYS: readonly string[] = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

export function floorDiv(dividend: number, divisor: number): number {
  return Math.floor(dividend / divisor)
}

/** Milliseconds at the start of a day; a day of month beyond the month's end runs into the next. */
export function dayStart(year: number, month: number, day: number): number {
  const date = new Date(0)
  return date.setUTCFullYear(year, month - 1, day)
}

export function daysInMonth(year: number, month: number): number {
  return Math.round((dayStart(year, month + 1, 1) - dayStart(year, month, 1)) / MILLIS_PER_DAY)
}

export function daysInYear(year: number): number {
  return Math.round((dayStart(year + 1, 1, 1) - dayStart(year, 1, 1)) / MILLIS_PER_DAY)
}

export interface CalendarDay {
  readonly year: number
  readonly month: number
  readonly day: number
  /** 1 is Monday. */
  readonly dayOfWeek: number
  readonly dayOfYear: number
}

export function calendarDay(millis: number): CalendarDay {
  const date = new Date(millis)
  const year = date.getUTCFullYear()
  const dayOfYear = floorDiv(millis - dayStart(year, 1, 1), MILLIS_PER_DAY) + 1
  return { year, month: date.getUTCMonth() + 1, day: date.getUTCDate(), dayOfWeek: date.getUTCDay() || 7, dayOfYear }
}

/** Start of ISO week 1 of a week-based year. */
export function weekyearStart(weekyear: number): number {
  const january4 = dayStart(weekyear, 1, 4)
  return january4 - (calendarDay(january4).dayOfWeek - 1) * MILLIS_PER_DAY
}

export function weeksInWeekyear(weekyear: number): number {
  return Math.round((weekyearStart(weekyear + 1) - weekyearStart(weekyear)) / (7 * MILLIS_PER_DAY))
}

/** The ISO week of a day and the year that it belongs to. */
export function isoWeek(millis: number): { readonly weekyear: number; readonly week: number } {
  const { year } = calendarDay(millis)
  const weekyear = [year + 1, year, year - 1].find((candidate) => weekyearStart(candidate) <= millis) ?? year
  return { weekyear, week: floorDiv(millis - weekyearStart(weekyear), 7 * MILLIS_PER_DAY) + 1 }
}
