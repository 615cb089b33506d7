const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const MONTHS = [
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
] as const
const DAY_MILLISECONDS = 86_400_000

/** A time in a time zone, broken into its parts. */
interface LocalTime {
  /** Milliseconds of the same wall-clock time in UTC. */
  readonly wall: Date
  /** Minutes east of UTC. */
  readonly offsetMinutes: number
  readonly zone: string
}

/**
 * A time written by a format as strftime(3) and `date` have it, in the C locale. `timeZone` is the value of TZ: a name of the zone
 * database, or nothing for UTC; what is no zone counts as UTC, as with the C library.
 */
export function strftime(format: string, timeMicroseconds: number, timeZone?: string): string {
  const local = localTime(timeMicroseconds, timeZone)
  return format.replace(
    /%([-_0^#]*)(\d*)([:]{0,3}[a-zA-Z%+])/g,
    (whole, flags: string, width: string, letter: string) => {
      const value = conversion(letter, local, timeMicroseconds, timeZone)
      return value === undefined ? whole : padded(value, flags, width)
    },
  )
}

/** The default format of `date`. */
export const DATE_FORMAT = '%a %b %e %H:%M:%S %Z %Y'

interface Conversion {
  readonly text: string
  /** Of numbers: how wide, and with what in front. */
  readonly width?: number
  readonly fill?: '0' | ' '
}

function number(value: number, width: number, fill: '0' | ' ' = '0'): Conversion {
  return { text: String(value), width, fill }
}

function conversion(
  letter: string,
  local: LocalTime,
  time: number,
  timeZone: string | undefined,
): Conversion | undefined {
  const { wall } = local
  const year = wall.getUTCFullYear()
  const hour = wall.getUTCHours()
  const nested = (format: string): Conversion => ({ text: strftime(format, time, timeZone) })
  switch (letter) {
    case '%':
      return { text: '%' }
    case 'a':
      return { text: (DAYS[wall.getUTCDay()] ?? '').slice(0, 3) }
    case 'A':
      return { text: DAYS[wall.getUTCDay()] ?? '' }
    case 'b':
    case 'h':
      return { text: (MONTHS[wall.getUTCMonth()] ?? '').slice(0, 3) }
    case 'B':
      return { text: MONTHS[wall.getUTCMonth()] ?? '' }
    case 'c':
      return nested('%a %b %e %H:%M:%S %Y')
    case 'C':
      return number(Math.floor(year / 100), 2)
    case 'd':
      return number(wall.getUTCDate(), 2)
    case 'D':
    case 'x':
      return nested('%m/%d/%y')
    case 'e':
      return number(wall.getUTCDate(), 2, ' ')
    case 'F':
      return nested('%Y-%m-%d')
    case 'g':
      return number(isoWeek(wall).year % 100, 2)
    case 'G':
      return number(isoWeek(wall).year, 4)
    case 'H':
      return number(hour, 2)
    case 'I':
      return number(hour % 12 || 12, 2)
    case 'j':
      return number(dayOfYear(wall) + 1, 3)
    case 'k':
      return number(hour, 2, ' ')
    case 'l':
      return number(hour % 12 || 12, 2, ' ')
    case 'm':
      return number(wall.getUTCMonth() + 1, 2)
    case 'M':
      return number(wall.getUTCMinutes(), 2)
    case 'n':
      return { text: '\n' }
    case 'N':
      return number((time % 1_000_000) * 1000, 9)
    case 'p':
      return { text: hour < 12 ? 'AM' : 'PM' }
    case 'P':
      return { text: hour < 12 ? 'am' : 'pm' }
    case 'q':
      return number(Math.floor(wall.getUTCMonth() / 3) + 1, 1)
    case 'r':
      return nested('%I:%M:%S %p')
    case 'R':
      return nested('%H:%M')
    case 's':
      return { text: String(Math.floor(time / 1_000_000)) }
    case 'S':
      return number(wall.getUTCSeconds(), 2)
    case 't':
      return { text: '\t' }
    case 'T':
    case 'X':
      return nested('%H:%M:%S')
    case 'u':
      return number(wall.getUTCDay() || 7, 1)
    case 'U':
      return number(Math.floor((dayOfYear(wall) + 7 - wall.getUTCDay()) / 7), 2)
    case 'V':
      return number(isoWeek(wall).week, 2)
    case 'w':
      return number(wall.getUTCDay(), 1)
    case 'W':
      return number(Math.floor((dayOfYear(wall) + 7 - ((wall.getUTCDay() + 6) % 7)) / 7), 2)
    case 'y':
      return number(year % 100, 2)
    case 'Y':
      return number(year, 4)
    case 'z':
      return { text: offsetText(local.offsetMinutes, '') }
    case ':z':
      return { text: offsetText(local.offsetMinutes, ':') }
    case 'Z':
      return { text: local.zone }
    default:
      return undefined
  }
}

function padded({ text, width = 0, fill = '0' }: Conversion, flags: string, given: string): string {
  let shown = text
  if (flags.includes('^')) shown = shown.toUpperCase()
  if (flags.includes('#')) shown = shown === shown.toUpperCase() ? shown.toLowerCase() : shown.toUpperCase()
  if (flags.includes('-')) return shown
  const character = flags.includes('_') ? ' ' : flags.includes('0') ? '0' : fill
  // %N with a width keeps that many of its leading digits.
  if (given !== '' && width === 9) return shown.padStart(9, '0').slice(0, Number(given)).padEnd(Number(given), '0')
  return shown.padStart(given === '' ? width : Math.min(Number(given), 1024), character)
}

function offsetText(minutes: number, separator: string): string {
  const size = Math.abs(minutes)
  const hours = String(Math.floor(size / 60)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${hours}${separator}${String(size % 60).padStart(2, '0')}`
}

function dayOfYear(wall: Date): number {
  return Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / DAY_MILLISECONDS)
}

/** Week and its year by ISO 8601: weeks begin on Monday, the first has the year's first Thursday. */
function isoWeek(wall: Date): { readonly year: number; readonly week: number } {
  const weekday = (wall.getUTCDay() + 6) % 7
  const thursday = new Date(wall.getTime() + (3 - weekday) * DAY_MILLISECONDS)
  return { year: thursday.getUTCFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 }
}

function localTime(timeMicroseconds: number, timeZone: string | undefined): LocalTime {
  const milliseconds = Math.floor(timeMicroseconds / 1000)
  const utc: LocalTime = { wall: new Date(milliseconds), offsetMinutes: 0, zone: 'UTC' }
  if (timeZone === undefined || timeZone === '' || timeZone === 'UTC' || timeZone === 'UTC0') return utc
  let parts: Intl.DateTimeFormatPart[]
  try {
    parts = new Intl.DateTimeFormat('en-US', {
      timeZone: timeZone.replace(/^:/, ''),
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      timeZoneName: 'short',
    }).formatToParts(new Date(milliseconds))
  } catch {
    return { ...utc, zone: /^[A-Za-z]{3,}/.exec(timeZone)?.[0] ?? 'UTC' }
  }
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? '0'
  const wall = Date.UTC(
    Number(part('year')),
    Number(part('month')) - 1,
    Number(part('day')),
    Number(part('hour')),
    Number(part('minute')),
    Number(part('second')),
  )
  const offsetMinutes = Math.round((wall - Math.floor(milliseconds / 1000) * 1000) / 60_000)
  const name = part('timeZoneName')
  return { wall: new Date(wall), offsetMinutes, zone: zoneName(name, timeZone, offsetMinutes) }
}

/** Abbreviations that the formatter of this runtime has only for America; others are written as their offset, as the zone database does. */
const ABBREVIATIONS: Readonly<Record<string, readonly [standard: string, summer: string]>> = {
  'Europe/London': ['GMT', 'BST'],
  'Europe/Dublin': ['GMT', 'IST'],
  'Europe/Berlin': ['CET', 'CEST'],
  'Europe/Paris': ['CET', 'CEST'],
  'Europe/Madrid': ['CET', 'CEST'],
  'Europe/Rome': ['CET', 'CEST'],
  'Europe/Stockholm': ['CET', 'CEST'],
  'Asia/Tokyo': ['JST', 'JST'],
  'Asia/Kolkata': ['IST', 'IST'],
  'Australia/Sydney': ['AEST', 'AEDT'],
}

function zoneName(name: string, timeZone: string, offsetMinutes: number): string {
  if (/^[A-Z]{2,5}$/.test(name)) return name
  const known = ABBREVIATIONS[timeZone]
  if (known) {
    const isEurope = timeZone.startsWith('Europe/')
    const standard =
      { 'Europe/London': 0, 'Europe/Dublin': 0, 'Australia/Sydney': 600 }[timeZone] ?? (isEurope ? 60 : offsetMinutes)
    return known[offsetMinutes > standard ? 1 : 0]
  }
  const hours = offsetText(offsetMinutes, '')
  return hours.endsWith('00') ? hours.slice(0, 3) : hours
}
