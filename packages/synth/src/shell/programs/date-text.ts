import { strftime } from '../strftime.ts'

const SECOND = 1_000_000
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  fortnight: 1_209_600,
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/**
 * A time as `date -d` reads it, microseconds since 1970: `@seconds`, ISO 8601 and RFC 2822 dates, `now`, `today`, `yesterday`,
 * `tomorrow`, and offsets such as `+1 day`, `2 hours ago`, `next week`. Undefined for what it does not know.
 */
export function parseDate(text: string, nowMicroseconds: number, timeZone: string | undefined): number | undefined {
  const epoch = /^\s*@(-?\d+(?:\.\d+)?)\s*$/.exec(text)
  if (epoch) return Math.round(Number(epoch[1]) * SECOND)
  const reader = new DateReader(text.trim().toLowerCase(), nowMicroseconds, timeZone)
  return reader.read()
}

class DateReader {
  #text: string
  readonly #zone: string | undefined
  #year: number
  #month: number
  #day: number
  #seconds: number
  #micros: number
  #hasTime = false
  #hasDate = false
  #offsetMinutes: number | undefined
  #added = 0
  #addedMonths = 0

  constructor(text: string, now: number, zone: string | undefined) {
    this.#text = text
    this.#zone = zone
    const [year, month, day, hour, minute, second] = strftime('%Y %m %d %H %M %S', now, zone).split(' ').map(Number)
    this.#year = year ?? 1970
    this.#month = (month ?? 1) - 1
    this.#day = day ?? 1
    this.#seconds = (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0)
    this.#micros = now % SECOND
  }

  read(): number | undefined {
    while (this.#text !== '') {
      const before = this.#text
      this.#step()
      if (this.#text === before) return undefined
      this.#text = this.#text.replace(/^[\s,]+/, '')
    }
    if (this.#hasDate && !this.#hasTime) this.#seconds = 0
    if (this.#hasDate || this.#hasTime) this.#micros = 0
    return this.#result()
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.#text)
    if (match) this.#text = this.#text.slice(match[0].length)
    return match
  }

  #step(): void {
    const date =
      this.#take(/^(\d{4})-(\d{1,2})-(\d{1,2})(?=$|[\st,])/) ?? this.#take(/^(\d{4})(\d{2})(\d{2})(?=$|[\st,])/)
    if (date) {
      this.#setDate(Number(date[1]), Number(date[2]) - 1, Number(date[3]))
      this.#take(/^t/)
      return
    }
    const slashes = this.#take(/^(\d{1,2})\/(\d{1,2})\/(\d{4})/)
    if (slashes) {
      this.#setDate(Number(slashes[3]), Number(slashes[1]) - 1, Number(slashes[2]))
      return
    }
    const time = this.#take(/^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]m)?/)
    if (time) {
      this.#setTime(time)
      return
    }
    if (this.#take(/^(?:z|utc|gmt)(?=$|\s)/)) {
      this.#offsetMinutes = 0
      return
    }
    const offset = this.#hasTime ? this.#take(/^([+-])(\d{2}):?(\d{2})(?=$|\s)/) : null
    if (offset) {
      this.#offsetMinutes = (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]))
      return
    }
    if (this.#take(/^(?:now|today)(?=$|\s)/)) return
    if (this.#take(/^midnight(?=$|\s)/)) {
      this.#seconds = 0
      this.#hasTime = true
      return
    }
    const named = this.#take(/^(yesterday|tomorrow)(?=$|\s)/)
    if (named) {
      this.#added += named[1] === 'tomorrow' ? 86_400 : -86_400
      return
    }
    this.#relative()
  }

  #relative(): void {
    const relative = this.#take(
      /^(next|last|this|[+-]?\s*\d*)\s*(sec|second|min|minute|hour|day|week|fortnight|month|year)s?(\s+ago)?(?=$|\s|[+-])/,
    )
    if (relative) {
      const word = (relative[1] ?? '').replace(/\s/g, '')
      let count = { next: 1, last: -1, this: 0, '': 1, '+': 1, '-': -1 }[word] ?? Number(word)
      if (relative[3]) count = -count
      const unit = relative[2] ?? ''
      if (unit === 'month') this.#addedMonths += count
      else if (unit === 'year') this.#addedMonths += 12 * count
      else this.#added += count * (UNIT_SECONDS[unit] ?? 0)
      return
    }
    const month = this.#take(/^(\d{1,2})\s+([a-z]{3})[a-z]*(?:\s+(\d{4}))?(?=$|\s)/)
    if (month && MONTHS.includes(month[2] ?? '')) {
      this.#setDate(Number(month[3] ?? this.#year), MONTHS.indexOf(month[2] ?? ''), Number(month[1]))
      return
    }
    const american = this.#take(/^([a-z]{3})[a-z]*\s+(\d{1,2})(?:,?\s+(\d{4}))?(?=$|\s)/)
    if (american && MONTHS.includes(american[1] ?? '')) {
      this.#setDate(Number(american[3] ?? this.#year), MONTHS.indexOf(american[1] ?? ''), Number(american[2]))
      return
    }
    const weekday = this.#take(/^(next\s+|last\s+)?([a-z]{3})[a-z]*(?=$|[\s,])/)
    if (weekday && WEEKDAYS.includes(weekday[2] ?? '')) {
      this.#setWeekday(weekday)
      return
    }
    if (weekday) this.#text = weekday[0] + this.#text
  }

  #setDate(year: number, month: number, day: number): void {
    this.#year = year
    this.#month = month
    this.#day = day
    this.#hasDate = true
  }

  #setTime(time: RegExpExecArray): void {
    let hour = Number(time[1])
    if (time[4] === 'pm' && hour < 12) hour += 12
    if (time[4] === 'am' && hour === 12) hour = 0
    this.#seconds = hour * 3600 + Number(time[2]) * 60 + Number(time[3] ?? 0)
    this.#hasTime = true
  }

  #setWeekday(match: RegExpExecArray): void {
    if (this.#hasDate) return
    const today = new Date(Date.UTC(this.#year, this.#month, this.#day)).getUTCDay()
    let days = (WEEKDAYS.indexOf(match[2] ?? '') - today + 7) % 7
    if (match[1]?.startsWith('next') && days === 0) days = 7
    if (match[1]?.startsWith('last')) days -= 7
    this.#day += days
    this.#hasDate = true
  }

  #result(): number | undefined {
    const wall = Date.UTC(this.#year, this.#month + this.#addedMonths, this.#day) / 1000 + this.#seconds
    if (Number.isNaN(wall)) return undefined
    let time = wall * SECOND
    if (this.#offsetMinutes !== undefined) time -= this.#offsetMinutes * 60 * SECOND
    else if (this.#zone) {
      // The offset of the zone at that time; twice, because the first guess may lie on the other side of a change.
      for (let i = 0; i < 2; i += 1) time = wall * SECOND - offsetAt(time, this.#zone)
    }
    return time + this.#added * SECOND + this.#micros
  }
}

function offsetAt(timeMicroseconds: number, zone: string): number {
  const text = strftime('%z', timeMicroseconds, zone)
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3, 5))
  return (text.startsWith('-') ? -minutes : minutes) * 60 * SECOND
}
