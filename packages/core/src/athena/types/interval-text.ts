import type { IntervalField } from '../trino/nodes.ts'

const FIELDS: readonly IntervalField[] = ['year', 'month', 'day', 'hour', 'minute', 'second']
const MILLIS: Readonly<Record<'day' | 'hour' | 'minute' | 'second', bigint>> = {
  day: 86_400_000n,
  hour: 3_600_000n,
  minute: 60_000n,
  second: 1000n,
}
const MAX_INTEGER = 2n ** 31n
const MAX_BIGINT = 2n ** 63n

/**
 * The months of `'3-2' YEAR TO MONTH` or the milliseconds of `'2 3:4:5.678' DAY TO SECOND`; undefined where the text does not fit the
 * fields. Fields from the right may be left out, and a field may be larger than its unit (`25` hours), as in Trino.
 */
export function parseInterval(text: string, from: IntervalField, to: IntervalField = from): bigint | undefined {
  const first = FIELDS.indexOf(from)
  const last = FIELDS.indexOf(to)
  const isMonths = first < 2
  if (last < first || isMonths !== last < 2) return undefined
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  const parts = splitFields(text.slice(sign.length), FIELDS.slice(first, last + 1))
  if (!parts) return undefined
  let total = 0n
  for (const [index, part] of parts.entries()) {
    const field = FIELDS[first + index]
    if (field === 'year') total += BigInt(part) * 12n
    else if (field === 'month') total += BigInt(part)
    else if (field !== undefined) total += fieldMillis(part, field)
  }
  if (sign === '-') total = -total
  const limit = isMonths ? MAX_INTEGER : MAX_BIGINT
  return total >= -limit && total < limit ? total : undefined
}

/** The texts of the fields that are there, each checked: digits, and a fraction for seconds only. */
function splitFields(text: string, fields: readonly IntervalField[]): readonly string[] | undefined {
  const patterns = fields.map((field) => (field === 'second' ? String.raw`(\d+(?:\.\d{1,9})?)` : String.raw`(\d+)`))
  let pattern = ''
  for (let index = fields.length - 1; index >= 0; index--) {
    const separator = index === 0 ? '' : separatorBefore(fields[index])
    const part = `${separator}${patterns[index]}${pattern}`
    pattern = index === 0 ? part : `(?:${part})?`
  }
  const match = new RegExp(`^${pattern}$`).exec(text)
  return match?.slice(1).filter((part): part is string => part !== undefined)
}

function separatorBefore(field: IntervalField | undefined): string {
  if (field === 'month') return '-'
  return field === 'hour' ? ' ' : ':'
}

function fieldMillis(text: string, field: 'day' | 'hour' | 'minute' | 'second'): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole) * MILLIS[field] + BigInt(fraction.padEnd(3, '0').slice(0, 3))
}
