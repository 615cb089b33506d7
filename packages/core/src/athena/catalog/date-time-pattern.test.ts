import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addUnits, CALENDAR_UNITS, countSteps } from './calendar-unit.ts'
import { compileDateTimePattern, type DateTimePattern } from './date-time-pattern.ts'

function pattern(text: string): DateTimePattern {
  const compiled = compileDateTimePattern(text)
  if (compiled === undefined) throw new Error(`no pattern: ${text}`)
  return compiled
}

const INSTANT = Date.UTC(2021, 1, 3, 14, 5, 6, 78)
const instants = fc.date({ min: new Date(0), max: new Date(Date.UTC(2099, 11, 31)), noInvalidDate: true }).map(Number)

describe('compileDateTimePattern', () => {
  it.each([
    ['yyyy/MM/dd', '2021/02/03'],
    ['yyyy-MM-dd-HH', '2021-02-03-14'],
    ['yyyyMMddHHmmss', '20210203140506'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSS", '2021-02-03T14:05:06.078'],
    ["'dt='yyyy''MM", "dt=2021'02"],
    ['uuuu-DDD', '2021-034'],
    ['y-M-d H:m:s', '2021-2-3 14:5:6'],
    ['d MMM yy', '3 Feb 21'],
    ['MMMM', 'February'],
    ['hh a', '02 PM'],
    ["''", "'"],
    ['SSSSSS', '078000'],
  ])('%s writes %s', (text, expected) => {
    expect(pattern(text).format(INSTANT)).toBe(expected)
  })

  it.each(['GG', 'yyy', 'YYYY', 'e', 'MMMMM', 'dddd', 'ddd', 'X', "yyyy 'open", 'HHH', 'zzz'])('refuses %s', (text) => {
    expect(compileDateTimePattern(text)).toBeUndefined()
  })

  it.each([
    ['yyyy-MM-dd', '2021-02-29'],
    ['yyyy-MM-dd', '2021-13-01'],
    ['yyyy-MM-dd', '2021-2-03'],
    ['yyyy-MM-dd', '2021-02-03 '],
    ['yyyy-DDD', '2021-366'],
    ['yyyy-DDD', '2021-000'],
    ['HH', '24'],
  ])('%s does not read %s', (text, value) => {
    expect(pattern(text).parse(value)).toBeUndefined()
  })

  it('reads back what it wrote', () => {
    const formats = [
      'yyyy/MM/dd',
      'dd-MM-yyyy HH',
      'yyyyMMddHHmmssSSS',
      'yyyy-DDD',
      'd MMMM yyyy',
      'yyyy-M-d',
      'yyyy',
      'yyyy-MM-dd hh:mm a',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...formats), instants, (format, millis) => {
        const compiled = pattern(format)
        const written = compiled.format(millis)
        const read = compiled.parse(written)
        expect(read).toBeLessThanOrEqual(millis)
        expect(compiled.format(read ?? Number.NaN)).toBe(written)
      }),
    )
  })

  it('keeps its word on order', () => {
    const formats = [
      'yyyy/MM/dd',
      'yyyy-MM-dd-HH',
      "'y'yyyy'm'MM",
      'yyyyDDDHH',
      'yyyy/MM/yyyy-MM-dd',
      'yyyy-MM-dd HH:mm:ss.SSS',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...formats), instants, instants, (format, a, b) => {
        const compiled = pattern(format)
        expect(compiled.isOrdered).toBe(true)
        const [early, late] = a <= b ? [a, b] : [b, a]
        expect(compiled.format(early) <= compiled.format(late)).toBe(true)
      }),
    )
    for (const unordered of ['dd/MM/yyyy', 'yyyy-M-d', 'yyyy-dd', 'MM', 'yy-MM-dd', 'yyyy MMM dd', 'yyyy-MM-dd hh']) {
      expect(pattern(unordered).isOrdered, unordered).toBe(false)
    }
  })
})

describe('calendar units', () => {
  it('counts steps as taking them one by one does', () => {
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom(...CALENDAR_UNITS),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(60),
        fc.nat(),
        (from, unit, interval, steps, rest) => {
          const last = addUnits(from, steps * interval, unit)
          const next = addUnits(from, (steps + 1) * interval, unit)
          const to = last + (rest % (next - last))
          expect(countSteps(from, to, interval, unit)).toBe(steps)
        },
      ),
    )
  })

  it('ends a short month on its last day and goes back to the day after it', () => {
    const end = Date.UTC(2021, 0, 31)
    expect(new Date(addUnits(end, 1, 'MONTHS')).toISOString()).toBe('2021-02-28T00:00:00.000Z')
    expect(new Date(addUnits(end, 2, 'MONTHS')).toISOString()).toBe('2021-03-31T00:00:00.000Z')
    expect(new Date(addUnits(Date.UTC(2020, 1, 29), -1, 'YEARS')).toISOString()).toBe('2019-02-28T00:00:00.000Z')
    expect(countSteps(10, 9, 1, 'DAYS')).toBe(-1)
  })
})
