import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDate, formatDayToSecond, formatTimestamp, formatYearToMonth } from './datetime-format.ts'
import { epochDay, localToInstantMicros, parseDate, parseTime, parseTimestamp, roundMicros } from './datetime-text.ts'
import { parseInterval } from './interval-text.ts'

const day = fc.integer({ min: -1_000_000, max: 4_000_000 })
const micros = fc.bigInt({ min: -60_000_000_000_000_000n, max: 250_000_000_000_000_000n })

test('a date reads back from its text', () => {
  fc.assert(
    fc.property(day, (value) => {
      expect(parseDate(formatDate(value))).toBe(value)
    }),
  )
})

test('dates agree with Date of JavaScript', () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (value) => {
      expect(formatDate(value)).toBe(new Date(value * 86_400_000).toISOString().slice(0, 10))
    }),
  )
})

test('a timestamp reads back from its text, with all its microseconds', () => {
  fc.assert(
    fc.property(micros, (value) => {
      expect(parseTimestamp(formatTimestamp(value, 6))?.localMicros).toBe(value)
    }),
  )
})

test('numbers and bigints of microseconds print alike', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(formatTimestamp(value, 6)).toBe(formatTimestamp(BigInt(value), 6))
    }),
  )
})

test('intervals read back from their texts', () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      expect(parseInterval(formatYearToMonth(value), 'year', 'month')).toBe(BigInt(value))
      expect(parseInterval(formatDayToSecond(value), 'day', 'second')).toBe(BigInt(value))
    }),
  )
})

test('rounding moves by at most half a unit, and halves go up', () => {
  fc.assert(
    fc.property(micros, fc.integer({ min: 0, max: 5 }), (value, precision) => {
      const fraction = String(((value % 1_000_000n) + 1_000_000n) % 1_000_000n).padStart(6, '0')
      const rounded = roundMicros(value, fraction, precision)
      const unit = 10n ** BigInt(6 - precision)
      const distance = rounded - value
      expect(rounded % unit).toBe(0n)
      expect(distance * 2n <= unit && distance * 2n > -unit).toBe(true)
    }),
  )
})

test.each(['', '2021', '2021-10', '2021-13-01', '2021-02-29', '2021/10/25', '20211025', '2021-10-25T00:00:00', 'x'])(
  '%j is no date',
  (text) => {
    expect(parseDate(text)).toBeUndefined()
  },
)

test.each([
  '2021-10-25 10',
  '2021-10-25T10:11:12',
  '2021-10-25 24:00:00',
  '2021-10-25 10:11:12.',
  '2021-10-25 10:11 Nowhere/X',
  '2021-10-25 10:11:12 EST',
])('%j is no timestamp', (text) => expect(parseTimestamp(text)).toBeUndefined())

test.each(['10', '24:00:00', '10:60', '10:11:12 Asia/Tokyo', '10:11:12+15:00', '10:11:12+0900'])(
  '%j is no time',
  (text) => {
    expect(parseTime(text)).toBeUndefined()
  },
)

test('a local time that the clock jumps over moves on; one that comes twice is the first', () => {
  const local = (text: string): bigint => parseTimestamp(text)?.localMicros ?? 0n
  const instant = (text: string): string => formatTimestamp(localToInstantMicros(local(text), 'America/New_York'), 0)
  expect(instant('2021-03-14 02:30:00')).toBe('2021-03-14 07:30:00')
  expect(instant('2021-11-07 01:30:00')).toBe('2021-11-07 05:30:00')
  expect(instant('2021-07-01 00:00:00')).toBe('2021-07-01 04:00:00')
})

test('there is no 30th of February', () => {
  expect(epochDay(2024, 2, 29)).toBe(19_782)
  expect(epochDay(2024, 2, 30)).toBeUndefined()
})
