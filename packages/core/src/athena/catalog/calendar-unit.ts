/** The units of a date projection's interval and of `NOW-3YEARS`. Source: Amazon Athena User Guide, "Date type". */
export const CALENDAR_UNITS = ['YEARS', 'MONTHS', 'WEEKS', 'DAYS', 'HOURS', 'MINUTES', 'SECONDS', 'MILLIS'] as const
export type CalendarUnit = (typeof CALENDAR_UNITS)[number]

const UNIT_MILLIS: Readonly<Record<Exclude<CalendarUnit, 'YEARS' | 'MONTHS'>, number>> = {
  WEEKS: 604_800_000,
  DAYS: 86_400_000,
  HOURS: 3_600_000,
  MINUTES: 60_000,
  SECONDS: 1000,
  MILLIS: 1,
}

/** `days`, `DAY` and `DAYS` are one unit; undefined for what is none. */
export function calendarUnit(text: string): CalendarUnit | undefined {
  const upper = text.trim().toUpperCase()
  return CALENDAR_UNITS.find((unit) => unit === upper || unit === `${upper}S`)
}

/** An instant so many units later, in UTC. The 31st of a month plus one month is the last day of the next. */
export function addUnits(millis: number, count: number, unit: CalendarUnit): number {
  if (unit !== 'YEARS' && unit !== 'MONTHS') return millis + count * UNIT_MILLIS[unit]
  const months = unit === 'YEARS' ? count * 12 : count
  const date = new Date(millis)
  const target = new Date(millis)
  target.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
  const lastDay = new Date(target)
  lastDay.setUTCFullYear(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)
  target.setUTCDate(Math.min(date.getUTCDate(), lastDay.getUTCDate()))
  return target.getTime()
}

/** How many whole steps of `interval` units lie between two instants; not below -1. */
export function countSteps(from: number, to: number, interval: number, unit: CalendarUnit): number {
  if (to < from) return -1
  const approximate =
    unit === 'YEARS' || unit === 'MONTHS'
      ? monthsBetween(from, to) / (unit === 'YEARS' ? 12 : 1)
      : (to - from) / UNIT_MILLIS[unit]
  let steps = Math.floor(approximate / interval) + 1
  while (addUnits(from, steps * interval, unit) > to) steps -= 1
  return steps
}

function monthsBetween(from: number, to: number): number {
  const start = new Date(from)
  const end = new Date(to)
  return (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth()
}
