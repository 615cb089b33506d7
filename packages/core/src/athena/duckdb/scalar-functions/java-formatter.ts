import { formatDouble, formatReal } from '../../types/java-number.ts'
import { formatJavaTime, isTimeConversion, type JavaTime, MissingTimeField } from './java-time.ts'
import { invalidArgument } from './scalar-function.ts'

/** Java's String.format as Trino's format() calls it. Source: java.util.Formatter's documentation; texts checked against Trino 435. */
export type FormatArgument =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'long'; readonly value: bigint }
  | { readonly kind: 'float' | 'double'; readonly value: number }
  /** Plain digits. */
  | { readonly kind: 'decimal'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'time'; readonly time: JavaTime }

interface Specifier {
  readonly text: string
  /** Counts from 1; 0: the next one, -1: the last one again. */
  readonly index: number
  readonly flags: string
  readonly width: number | undefined
  readonly precision: number | undefined
  readonly isTime: boolean
  readonly conversion: string
}

const SPECIFIER = /%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([tT])?([a-zA-Z%])/y

class FormatProblem extends Error {}

function problem(name: string, text: string): FormatProblem {
  return new FormatProblem(`${name}: ${text}`)
}

/** Throws INVALID_FUNCTION_ARGUMENT for a format that Java refuses. */
export function javaFormat(format: string, args: readonly FormatArgument[]): string {
  try {
    const parts = parseFormat(format)
    let ordinary = 0
    let last = 0
    return parts
      .map((part) => {
        if (typeof part === 'string') return part
        if (part.conversion === 'n') return '\n'
        if (part.conversion === '%') return padded('%', part)
        const index = part.index > 0 ? part.index : part.index < 0 ? last : ++ordinary
        last = index
        const argument = args[index - 1]
        if (index === 0 || !argument) throw problem('MissingFormatArgument', `Format specifier '${part.text}'`)
        return formatArgument(part, argument)
      })
      .join('')
  } catch (error) {
    throw error instanceof FormatProblem
      ? invalidArgument(`Invalid format string: ${format} (${error.message})`)
      : error
  }
}

function parseFormat(format: string): readonly (string | Specifier)[] {
  const parts: (string | Specifier)[] = []
  let at = 0
  while (at < format.length) {
    const percent = format.indexOf('%', at)
    if (percent < 0) break
    if (percent > at) parts.push(format.slice(at, percent))
    SPECIFIER.lastIndex = percent
    const match = SPECIFIER.exec(format)
    if (!match) {
      const bad = /^%([\d-])/.exec(format.slice(percent))?.[1] ?? '%'
      throw problem('UnknownFormatConversion', `Conversion = '${bad}'`)
    }
    parts.push(specifier(match))
    at = percent + match[0].length
  }
  if (at < format.length) parts.push(format.slice(at))
  return parts
}

function specifier(match: RegExpExecArray): Specifier {
  const [text, index, flags = '', width, precision, time, conversion = ''] = match
  const one: Specifier = {
    text,
    index: flags.includes('<') ? -1 : Number(index ?? 0),
    flags: flags.replace('<', ''),
    width: width === undefined ? undefined : Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    isTime: time !== undefined,
    conversion,
  }
  if (one.isTime) {
    if (!isTimeConversion(conversion)) throw problem('UnknownFormatConversion', `Conversion = 't${conversion}'`)
    if (one.precision !== undefined) throw problem('IllegalFormatPrecision', `${one.precision}`)
  } else if (!/^[bBhHsScCdoxXeEfgGaAn%]$/.test(conversion)) {
    throw problem('UnknownFormatConversion', `Conversion = '${conversion}'`)
  }
  if (/[-0]/.test(one.flags) && one.width === undefined && conversion !== 'n') throw problem('MissingFormatWidth', text)
  if (/[dox]/i.test(conversion) && !one.isTime && one.precision !== undefined) {
    throw problem('IllegalFormatPrecision', `${one.precision}`)
  }
  if (index !== undefined && one.index === 0) {
    throw problem('IllegalFormatArgumentIndex', 'Illegal format argument index = 0')
  }
  const refused = [...one.flags].filter((flag) => REFUSED_FLAGS[conversion.toLowerCase()]?.includes(flag)).join('')
  if (refused !== '' && !one.isTime) {
    throw problem('FormatFlagsConversionMismatch', `Conversion = ${conversion}, Flags = ${refused}`)
  }
  if (one.flags.includes('-') && one.flags.includes('0')) throw problem('IllegalFormatFlags', `Flags = '${one.flags}'`)
  if (one.flags.includes('+') && one.flags.includes(' ')) throw problem('IllegalFormatFlags', `Flags = '${one.flags}'`)
  return one
}

/** Flags that a conversion doesn't take; `#` of s depends on the argument. */
const REFUSED_FLAGS: Readonly<Record<string, string>> = { b: '#+ 0,(', s: '+ 0,(', h: '+ 0,(', d: '#', e: ',' }

const JAVA_CLASSES: Readonly<Record<FormatArgument['kind'], string>> = {
  null: 'null',
  boolean: 'java.lang.Boolean',
  long: 'java.lang.Long',
  float: 'java.lang.Float',
  double: 'java.lang.Double',
  decimal: 'java.math.BigDecimal',
  string: 'java.lang.String',
  time: '',
}

function mismatch({ conversion }: Specifier, argument: FormatArgument): FormatProblem {
  const javaClass = argument.kind === 'time' ? argument.time.javaClass : JAVA_CLASSES[argument.kind]
  return problem('IllegalFormatConversion', `${conversion} != ${javaClass}`)
}

/** A number stands for milliseconds since 1970 in UTC. */
function timeText(one: Specifier, argument: FormatArgument): string {
  const time = argument.kind === 'long' ? instant(argument.value) : argument.kind === 'time' ? argument.time : undefined
  if (!time) throw mismatch(one, argument)
  try {
    return formatJavaTime(one.conversion, time)
  } catch (error) {
    throw error instanceof MissingTimeField ? mismatch({ ...one, conversion: error.letter }, argument) : error
  }
}

function instant(millis: bigint): JavaTime {
  return { javaClass: 'java.lang.Long', text: '', localMicros: millis * 1000n, offsetSeconds: 0, zone: 'UTC' }
}

function formatArgument(one: Specifier, argument: FormatArgument): string {
  const text = converted(one, argument)
  return padded(/^[A-Z]$/.test(one.conversion) && !one.isTime ? text.toUpperCase() : text, one)
}

function padded(text: string, { width = 0, flags }: Specifier): string {
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width)
}

function converted(one: Specifier, argument: FormatArgument): string {
  if (one.isTime) {
    if (argument.kind === 'null') return 'null'
    return timeText(one, argument)
  }
  const cut = (text: string): string => text.slice(0, one.precision ?? text.length)
  const conversion = one.conversion.toLowerCase()
  switch (conversion) {
    case 'b':
      return cut(String(argument.kind === 'boolean' ? argument.value : argument.kind !== 'null'))
    case 's':
      if (one.flags.includes('#')) throw problem('FormatFlagsConversionMismatch', `Conversion = s, Flags = #`)
      return cut(textOf(argument))
    case 'h':
      return cut(argument.kind === 'null' ? 'null' : hashCode(argument).toString(16))
    case 'c':
      if (argument.kind === 'null') return 'null'
      throw mismatch(one, argument)
    case 'd':
      if (argument.kind === 'null') return 'null'
      if (argument.kind !== 'long') throw mismatch(one, argument)
      return signed(one, argument.value < 0n, grouped(one, String(argument.value).replace('-', '')))
    case 'o':
    case 'x': {
      if (argument.kind === 'null') return 'null'
      if (argument.kind !== 'long') throw mismatch(one, argument)
      const digits = BigInt.asUintN(64, argument.value).toString(conversion === 'x' ? 16 : 8)
      const prefix = one.flags.includes('#') ? (conversion === 'x' ? '0x' : '0') : ''
      return prefix + zeroFilled(one, digits, prefix.length)
    }
    default:
      return floating(one, argument)
  }
}

function textOf(argument: FormatArgument): string {
  switch (argument.kind) {
    case 'null':
      return 'null'
    case 'boolean':
    case 'long':
      return String(argument.value)
    case 'float':
      return formatReal(argument.value)
    case 'double':
      return formatDouble(argument.value)
    case 'decimal':
    case 'string':
      return argument.text
    case 'time':
      return argument.time.text
  }
}

/** Java's hashCode, as an unsigned number of 32 bits. */
function hashCode(argument: FormatArgument): number {
  if (argument.kind === 'boolean') return argument.value ? 1231 : 1237
  if (argument.kind === 'long') return Number(BigInt.asUintN(32, argument.value ^ (argument.value >> 32n)))
  let hash = 0
  const text = textOf(argument)
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash >>> 0
}

function zeroFilled({ flags, width = 0 }: Specifier, digits: string, used: number): string {
  return flags.includes('0') ? digits.padStart(width - used, '0') : digits
}

function grouped({ flags }: Specifier, digits: string): string {
  if (!flags.includes(',')) return digits
  const [integral = '', fraction] = digits.split('.')
  const withCommas = integral.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`
}

function signed(one: Specifier, isNegative: boolean, digits: string): string {
  const isBracketed = isNegative && one.flags.includes('(')
  const sign = isNegative
    ? isBracketed
      ? '('
      : '-'
    : one.flags.includes('+')
      ? '+'
      : one.flags.includes(' ')
        ? ' '
        : ''
  return `${sign}${zeroFilled(one, digits, sign.length + (isBracketed ? 1 : 0))}${isBracketed ? ')' : ''}`
}

const DEFAULT_PRECISION = 6

function floating(one: Specifier, argument: FormatArgument): string {
  if (argument.kind === 'null') return 'null'
  if (argument.kind !== 'float' && argument.kind !== 'double' && argument.kind !== 'decimal')
    throw mismatch(one, argument)
  const text =
    argument.kind === 'decimal'
      ? argument.text
      : argument.kind === 'float'
        ? formatReal(argument.value)
        : String(argument.value)
  if (text.endsWith('NaN')) return 'NaN'
  if (text.endsWith('Infinity')) {
    const isNegative = text.startsWith('-')
    return signed({ ...one, flags: one.flags.replace('0', '') }, isNegative, 'Infinity')
  }
  const isNegative = text.startsWith('-') || (argument.kind !== 'decimal' && Object.is(argument.value, -0))
  const number = decimalDigits(text)
  const precision = one.precision ?? DEFAULT_PRECISION
  switch (one.conversion.toLowerCase()) {
    case 'f':
      return signed(
        one,
        isNegative,
        `${grouped(one, fixed(number, precision))}${precision === 0 && one.flags.includes('#') ? '.' : ''}`,
      )
    case 'e':
      return signed(one, isNegative, scientific(number, precision))
    case 'g':
      return signed(one, isNegative, general(one, number, precision === 0 ? 1 : precision))
    default:
      throw problem('UnknownFormatConversion', `Conversion = '${one.conversion}'`)
  }
}

/** `digits * 10^-scale`, without a sign. */
interface DecimalDigits {
  readonly digits: bigint
  readonly scale: number
}

function decimalDigits(text: string): DecimalDigits {
  const [, integral = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  return { digits: BigInt(integral + fraction), scale: fraction.length - Number(exponent) }
}

/** Half up at a number of digits behind the point (before it where negative). */
function roundedTo({ digits, scale }: DecimalDigits, places: number): bigint {
  if (places >= scale) return digits * 10n ** BigInt(places - scale)
  const divisor = 10n ** BigInt(scale - places)
  return (digits * 2n + divisor) / (divisor * 2n)
}

function fixed(number: DecimalDigits, places: number): string {
  const text = String(roundedTo(number, places)).padStart(places + 1, '0')
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
}

/** The exponent of ten of the first digit. */
function exponentOf({ digits, scale }: DecimalDigits): number {
  return digits === 0n ? 0 : String(digits).length - 1 - scale
}

function scientific(number: DecimalDigits, places: number): string {
  let exponent = exponentOf(number)
  let rounded = String(roundedTo(number, places - exponent))
  if (rounded.length > places + 1) {
    exponent += 1
    rounded = rounded.slice(0, -1)
  }
  rounded = rounded.padStart(places + 1, '0')
  const mantissa = places === 0 ? rounded : `${rounded[0]}.${rounded.slice(1)}`
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** Fixed from 10^-4 up to 10^precision, after rounding; else scientific. */
function general(one: Specifier, number: DecimalDigits, precision: number): string {
  if (number.digits === 0n) return grouped(one, fixed(number, precision - 1))
  const exponent = exponentOf(number)
  const digits = String(roundedTo(number, precision - 1 - exponent))
  const rounded = digits.length > precision ? exponent + 1 : exponent
  if (rounded < -4 || rounded >= precision) return scientific(number, precision - 1)
  return grouped(one, fixed(number, Math.max(0, precision - 1 - rounded)))
}
