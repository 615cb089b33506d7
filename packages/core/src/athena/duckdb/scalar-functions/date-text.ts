import type { DateElement, NumberField } from '../../functions/date-pattern.ts'
import { formatOffset } from '../../types/time-zone.ts'
import { calendarDay, DAYS, floorDiv, isoWeek, MILLIS_PER_DAY, MONTHS } from './date-parts.ts'

/** The text of a local time (in milliseconds) in a zone, as Joda-Time prints it in English. */
export function formatDate(
  elements: readonly DateElement[],
  millis: number,
  zone: string,
  offsetSeconds: number,
): string {
  let text = ''
  for (const element of elements) text += formatElement(element, millis, zone, offsetSeconds)
  return text
}

function formatElement(element: DateElement, millis: number, zone: string, offsetSeconds: number): string {
  switch (element.kind) {
    case 'literal':
      return element.text
    case 'number':
      return padded(numberOf(element.field, millis), element.minDigits)
    case 'two-digit-year': {
      const year = numberOf(element.field, millis)
      return padded(Math.abs(year) % 100, 2)
    }
    case 'text':
      return textOf(element.field, element.style, millis)
    case 'fraction':
      return String(millis - floorDiv(millis, 1000) * 1000)
        .padStart(3, '0')
        .padEnd(element.minDigits, '0')
        .slice(0, element.minDigits)
    case 'offset':
      return offsetText(offsetSeconds, element.colon)
    case 'zone-id':
      return zone
    case 'zone-name':
      return zoneName(zone, element.style, millis - offsetSeconds * 1000)
  }
}

function padded(value: number, digits: number): string {
  return `${value < 0 ? '-' : ''}${String(Math.abs(value)).padStart(digits, '0')}`
}

function textOf(
  field: 'era' | 'monthOfYear' | 'dayOfWeek' | 'halfday',
  style: 'short' | 'full',
  millis: number,
): string {
  const { year, month, dayOfWeek } = calendarDay(millis)
  const cut = (name = ''): string => (style === 'full' ? name : name.slice(0, 3))
  switch (field) {
    case 'era':
      return year > 0 ? 'AD' : 'BC'
    case 'monthOfYear':
      return cut(MONTHS[month - 1])
    case 'dayOfWeek':
      return cut(DAYS[dayOfWeek - 1])
    case 'halfday':
      return hourOfDay(millis) < 12 ? 'AM' : 'PM'
  }
}

function hourOfDay(millis: number): number {
  return floorDiv(millis - floorDiv(millis, MILLIS_PER_DAY) * MILLIS_PER_DAY, 3_600_000)
}

/** A field's value in a local time. */
export function numberOf(field: NumberField, millis: number): number {
  const hour = hourOfDay(millis)
  switch (field) {
    case 'century':
      return Math.trunc(calendarDay(millis).year / 100)
    case 'year':
      return calendarDay(millis).year
    case 'yearOfEra': {
      const { year } = calendarDay(millis)
      return year > 0 ? year : 1 - year
    }
    case 'weekyear':
      return isoWeek(millis).weekyear
    case 'monthOfYear':
      return calendarDay(millis).month
    case 'weekOfWeekyear':
      return isoWeek(millis).week
    case 'dayOfWeek':
      return calendarDay(millis).dayOfWeek
    case 'dayOfYear':
      return calendarDay(millis).dayOfYear
    case 'dayOfMonth':
      return calendarDay(millis).day
    case 'hourOfHalfday':
      return hour % 12
    case 'clockhourOfHalfday':
      return hour % 12 || 12
    case 'hourOfDay':
      return hour
    case 'clockhourOfDay':
      return hour || 24
    case 'minuteOfHour':
      return floorDiv(millis, 60_000) - floorDiv(millis, 3_600_000) * 60
    case 'secondOfMinute':
      return floorDiv(millis, 1000) - floorDiv(millis, 60_000) * 60
  }
}

/** `+0530` or `+05:30`, with seconds where there are some. */
function offsetText(seconds: number, colon: boolean): string {
  const size = Math.abs(seconds)
  const parts = [floorDiv(size, 3600), floorDiv(size, 60) % 60]
  if (size % 60 !== 0) parts.push(size % 60)
  return (seconds < 0 ? '-' : '+') + parts.map((part) => padded(part, 2)).join(colon ? ':' : '')
}

/** A zone's English name: `UTC`, `Coordinated Universal Time`; for fixed offsets the offset. */
function zoneName(zone: string, style: 'short' | 'full', instantMillis: number): string {
  if (zone === 'UTC') return style === 'short' ? 'UTC' : 'Coordinated Universal Time'
  if (/^[+-]/.test(zone)) return zone
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    timeZoneName: style === 'short' ? 'short' : 'long',
    year: 'numeric',
  })
  return format.formatToParts(instantMillis).find(({ type }) => type === 'timeZoneName')?.value ?? formatOffset(0)
}
