import { AthenaError } from '../errors.ts'

/**
 * Patterns of dates in text, as a list of elements. Two languages compile to it: MySQL's (`%Y-%m-%d`: date_format, date_parse)
 * and Joda-Time's (`yyyy-MM-dd`: format_datetime, parse_datetime). Trino runs both on Joda-Time, whose rules hold for both.
 */
export type DateElement =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'number'
      readonly field: NumberField
      /** Zeros fill a printed number up to here. */
      readonly minDigits: number
      /** A parsed number has no more digits. */
      readonly maxDigits: number
    }
  /** Two digits of a year. A lenient one reads any other count of digits as the year itself. */
  | {
      readonly kind: 'two-digit-year'
      readonly field: 'year' | 'weekyear'
      readonly pivot: Pivot
      readonly lenient: boolean
    }
  | { readonly kind: 'text'; readonly field: TextField; readonly style: 'short' | 'full' }
  | { readonly kind: 'fraction'; readonly minDigits: number; readonly maxDigits: number }
  | { readonly kind: 'offset'; readonly colon: boolean }
  | { readonly kind: 'zone-id' }
  | { readonly kind: 'zone-name'; readonly style: 'short' | 'full' }

export type NumberField =
  | 'century'
  | 'yearOfEra'
  | 'year'
  | 'weekyear'
  | 'monthOfYear'
  | 'weekOfWeekyear'
  | 'dayOfWeek'
  | 'dayOfYear'
  | 'dayOfMonth'
  | 'hourOfHalfday'
  | 'clockhourOfHalfday'
  | 'hourOfDay'
  | 'clockhourOfDay'
  | 'minuteOfHour'
  | 'secondOfMinute'
export type TextField = 'era' | 'monthOfYear' | 'dayOfWeek' | 'halfday'
/** The year about which two digits are read: a fixed one, or one counted from the year of the query. */
export type Pivot =
  | { readonly kind: 'fixed'; readonly year: number }
  | { readonly kind: 'now'; readonly yearsBefore: number }

const literal = (text: string): DateElement => ({ kind: 'literal', text })
const number = (field: NumberField, minDigits: number, maxDigits: number): DateElement => ({
  kind: 'number',
  field,
  minDigits,
  maxDigits,
})
const text = (field: TextField, style: 'short' | 'full'): DateElement => ({ kind: 'text', field, style })

/** Source: Trino documentation, "Date and time functions", MySQL date functions; digit counts checked against Trino 435. */
const MYSQL_SPECIFIERS: Readonly<Record<string, readonly DateElement[]>> = {
  a: [text('dayOfWeek', 'short')],
  b: [text('monthOfYear', 'short')],
  c: [number('monthOfYear', 1, 2)],
  d: [number('dayOfMonth', 2, 2)],
  e: [number('dayOfMonth', 1, 2)],
  f: [{ kind: 'fraction', minDigits: 6, maxDigits: 9 }],
  H: [number('hourOfDay', 2, 2)],
  h: [number('clockhourOfHalfday', 2, 2)],
  I: [number('clockhourOfHalfday', 2, 2)],
  i: [number('minuteOfHour', 2, 2)],
  j: [number('dayOfYear', 3, 3)],
  k: [number('hourOfDay', 1, 2)],
  l: [number('clockhourOfHalfday', 1, 2)],
  M: [text('monthOfYear', 'full')],
  m: [number('monthOfYear', 2, 2)],
  p: [text('halfday', 'full')],
  r: [
    number('clockhourOfHalfday', 2, 2),
    literal(':'),
    number('minuteOfHour', 2, 2),
    literal(':'),
    number('secondOfMinute', 2, 2),
    literal(' '),
    text('halfday', 'full'),
  ],
  S: [number('secondOfMinute', 2, 2)],
  s: [number('secondOfMinute', 2, 2)],
  T: [
    number('hourOfDay', 2, 2),
    literal(':'),
    number('minuteOfHour', 2, 2),
    literal(':'),
    number('secondOfMinute', 2, 2),
  ],
  v: [number('weekOfWeekyear', 2, 2)],
  x: [number('weekyear', 4, 4)],
  W: [text('dayOfWeek', 'full')],
  Y: [number('year', 4, 4)],
  y: [{ kind: 'two-digit-year', field: 'year', pivot: { kind: 'fixed', year: 2020 }, lenient: false }],
  '%': [literal('%')],
}
const UNSUPPORTED_SPECIFIERS = 'DUuVwX'

/** Elements of a MySQL pattern. A specifier that Trino refuses throws INVALID_FUNCTION_ARGUMENT; an unknown one stands for itself. */
export function compileMySqlPattern(pattern: string): readonly DateElement[] {
  const elements: DateElement[] = []
  const characters = [...pattern]
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] as string
    const specifier = characters[index + 1]
    if (character !== '%') {
      elements.push(literal(character))
      continue
    }
    index += 1
    // A percent sign at the end stands for nothing.
    if (specifier === undefined) break
    if (UNSUPPORTED_SPECIFIERS.includes(specifier)) {
      throw new AthenaError('INVALID_FUNCTION_ARGUMENT', `%${specifier} not supported in date format string`)
    }
    elements.push(...(MYSQL_SPECIFIERS[specifier] ?? [literal(specifier)]))
  }
  if (elements.length === 0) {
    throw new AthenaError('INVALID_FUNCTION_ARGUMENT', 'Both printing and parsing not supported')
  }
  return joinLiterals(elements)
}

function joinLiterals(elements: readonly DateElement[]): readonly DateElement[] {
  const joined: DateElement[] = []
  for (const element of elements) {
    const last = joined.at(-1)
    if (element.kind === 'literal' && last?.kind === 'literal')
      joined[joined.length - 1] = literal(last.text + element.text)
    else joined.push(element)
  }
  return joined
}

type JodaToken = { readonly kind: 'letters'; readonly letter: string; readonly count: number } | DateElement

/** Letters of Joda-Time's patterns that are numbers wherever they stand; `M` is one up to two letters. */
const JODA_NUMERIC = 'cCxyYdhHmsSDFwWkKe'

/** Elements of a Joda-Time pattern. A letter that is none throws INVALID_FUNCTION_ARGUMENT. */
export function compileJodaPattern(pattern: string): readonly DateElement[] {
  const tokens = jodaTokens(pattern)
  if (tokens.length === 0) throw new AthenaError('INVALID_FUNCTION_ARGUMENT', 'Invalid pattern specification')
  return joinLiterals(
    tokens.map((token, index) => (token.kind === 'letters' ? jodaElement(token, tokens[index + 1]) : token)),
  )
}

function jodaTokens(pattern: string): readonly JodaToken[] {
  const tokens: JodaToken[] = []
  const reader = /([A-Za-z])\1*|''|'(?:[^']|'')*'?|[^A-Za-z']+/g
  for (const [part] of pattern.matchAll(reader)) {
    if (/^[A-Za-z]/.test(part)) tokens.push({ kind: 'letters', letter: part[0] as string, count: part.length })
    else if (part === "''") tokens.push(literal("'"))
    else if (part.startsWith("'")) tokens.push(literal(part.replace(/^'|'$/g, '').replaceAll("''", "'")))
    else tokens.push(literal(part))
  }
  return tokens
}

function isNumeric(token: JodaToken | undefined): boolean {
  if (token?.kind !== 'letters') return false
  return JODA_NUMERIC.includes(token.letter) || (token.letter === 'M' && token.count <= 2)
}

function jodaElement({ letter, count }: JodaToken & { kind: 'letters' }, next: JodaToken | undefined): DateElement {
  const style = count >= 4 ? 'full' : 'short'
  switch (letter) {
    case 'G':
      return text('era', 'short')
    case 'C':
      return number('century', count, count)
    case 'x':
    case 'y':
    case 'Y':
      return jodaYear(letter, count, isNumeric(next))
    case 'M':
      return count >= 3 ? text('monthOfYear', style) : number('monthOfYear', count, 2)
    case 'd':
      return number('dayOfMonth', count, 2)
    case 'a':
      return text('halfday', 'full')
    case 'h':
      return number('clockhourOfHalfday', count, 2)
    case 'H':
      return number('hourOfDay', count, 2)
    case 'k':
      return number('clockhourOfDay', count, 2)
    case 'K':
      return number('hourOfHalfday', count, 2)
    case 'm':
      return number('minuteOfHour', count, 2)
    case 's':
      return number('secondOfMinute', count, 2)
    case 'S':
      return { kind: 'fraction', minDigits: count, maxDigits: count }
    case 'e':
      return number('dayOfWeek', count, 1)
    case 'E':
      return text('dayOfWeek', style)
    case 'D':
      return number('dayOfYear', count, 3)
    case 'w':
      return number('weekOfWeekyear', count, 2)
    case 'z':
      return { kind: 'zone-name', style }
    case 'Z':
      return count >= 3 ? { kind: 'zone-id' } : { kind: 'offset', colon: count === 2 }
    default:
      throw new AthenaError('INVALID_FUNCTION_ARGUMENT', `Illegal pattern component: ${letter.repeat(count)}`)
  }
}

function jodaYear(letter: 'x' | 'y' | 'Y', count: number, isNumberNext: boolean): DateElement {
  const field = letter === 'x' ? 'weekyear' : letter === 'y' ? 'year' : 'yearOfEra'
  if (count === 2 && field !== 'yearOfEra') {
    return { kind: 'two-digit-year', field, pivot: { kind: 'now', yearsBefore: 30 }, lenient: !isNumberNext }
  }
  if (count === 2) return number(field, 2, isNumberNext ? 2 : 9)
  // A number that follows at once would be read into the year.
  return number(field, count, isNumberNext ? count : 9)
}

const STRFTIME: Readonly<Record<string, string>> = {
  'year/4': '%Y',
  'weekyear/4': '%G',
  'monthOfYear/1': '%-m',
  'monthOfYear/2': '%m',
  'weekOfWeekyear/2': '%V',
  'dayOfWeek/1': '%u',
  'dayOfYear/1': '%-j',
  'dayOfYear/3': '%j',
  'dayOfMonth/1': '%-d',
  'dayOfMonth/2': '%d',
  'clockhourOfHalfday/1': '%-I',
  'clockhourOfHalfday/2': '%I',
  'hourOfDay/1': '%-H',
  'hourOfDay/2': '%H',
  'minuteOfHour/1': '%-M',
  'minuteOfHour/2': '%M',
  'secondOfMinute/1': '%-S',
  'secondOfMinute/2': '%S',
}
const STRFTIME_TEXT: Readonly<Record<string, string>> = {
  'monthOfYear/short': '%b',
  'monthOfYear/full': '%B',
  'dayOfWeek/short': '%a',
  'dayOfWeek/full': '%A',
  'halfday/full': '%p',
}

/** One element's specifier for strftime(); undefined where there is none. */
function strftimeSpecifier(element: DateElement): string | undefined {
  switch (element.kind) {
    case 'literal':
      return element.text.replaceAll('%', '%%')
    case 'number':
      return STRFTIME[`${element.field}/${element.minDigits}`]
    case 'text':
      return STRFTIME_TEXT[`${element.field}/${element.style}`]
    case 'two-digit-year':
      return element.field === 'year' ? '%y' : undefined
    case 'fraction':
      // Joda-Time counts milliseconds.
      return element.minDigits < 3 ? undefined : `%g${'0'.repeat(element.minDigits - 3)}`
    case 'offset':
    case 'zone-id':
    case 'zone-name':
      return undefined
  }
}

/** The same as a pattern of DuckDB's strftime, for years 1 to 9999; undefined where it has no element of the kind. */
export function strftimePattern(elements: readonly DateElement[]): string | undefined {
  const parts = elements.map(strftimeSpecifier)
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined
}

/** Elements of a fixed width that strptime() reads as Joda-Time does, each once: its specifier and the text that it takes. */
const STRPTIME: Readonly<Record<string, readonly [specifier: string, pattern: string]>> = {
  'year/4': ['%Y', '[1-9][0-9]{3}'],
  'monthOfYear/2': ['%m', '[0-9]{2}'],
  'dayOfMonth/2': ['%d', '[0-9]{2}'],
  'hourOfDay/2': ['%H', '[0-9]{2}'],
  'minuteOfHour/2': ['%M', '[0-9]{2}'],
  'secondOfMinute/2': ['%S', '[0-9]{2}'],
}

/**
 * A pattern of DuckDB's strptime, and a regular expression of texts that it reads as Joda-Time does; undefined where there is
 * none. A day of a calendar is needed: without one, the two fill in different ones.
 */
export function strptimePattern(
  elements: readonly DateElement[],
): { readonly format: string; readonly text: string } | undefined {
  const seen = new Set<string>()
  let format = ''
  let text = ''
  for (const element of elements) {
    if (element.kind === 'literal') {
      // Letters match in either case in Joda-Time, and a space is any white space in strptime.
      format += element.text.replaceAll('%', '%%')
      text += element.text.replaceAll(
        /[^A-Za-z0-9 ]/g,
        (character) => `[${character === '^' || character === '\\' ? '\\' : ''}${character}]`,
      )
      continue
    }
    const entry = element.kind === 'number' ? STRPTIME[`${element.field}/${element.minDigits}`] : undefined
    if (element.kind !== 'number' || !entry || seen.has(element.field)) return undefined
    seen.add(element.field)
    format += entry[0]
    text += entry[1]
  }
  const hasDay = seen.has('year') && seen.has('monthOfYear') && seen.has('dayOfMonth')
  return hasDay ? { format, text } : undefined
}

/** True where a text in this pattern names its own zone. */
export function hasZone(elements: readonly DateElement[]): boolean {
  return elements.some(({ kind }) => kind === 'offset' || kind === 'zone-id' || kind === 'zone-name')
}

export const NO_ZONE_TO_FORMAT =
  "format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does not contain TZ information"

/** True where a Joda-Time pattern asks for a zone, be it valid elsewhere or not. */
export function namesZone(pattern: string): boolean {
  return /z/i.test(pattern.replaceAll(/'[^']*'?/g, ''))
}
