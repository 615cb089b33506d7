import { formatDouble, formatDoubleAsVarchar } from '../../types/java-number.ts'
import { formatJson, type JsonValue, parseJson } from '../../types/json-text.ts'
import { formatTrinoType, type TrinoType } from '../../types/trino-type.ts'
import { memoize, TrinoRuntimeError } from './scalar-function.ts'

const typeOf = memoize((text: string) => JSON.parse(text) as TrinoType)

/** A value that does not fit its target; the text is without the frame that nested targets put around it. */
class CastFailure extends Error {}

/**
 * Checks a JSON value against a type (given as JSON of a TrinoType) and answers what DuckDB can read: the text of a scalar, and for
 * arrays, maps and rows JSON in which every scalar is a string.
 */
export function castJson(text: string, typeText: string): string | null {
  const type = typeOf(typeText)
  const value = parseJson(text)
  const isNested = type.kind === 'array' || type.kind === 'map' || type.kind === 'row'
  try {
    if (!value) throw new CastFailure(`Cannot cast '${text}' to ${formatTrinoType(type)}`)
    if (!isNested) return scalarText(value, type, text)
    const checked = checkValue(value, type)
    return checked === null ? null : JSON.stringify(checked)
  } catch (error) {
    if (!(error instanceof CastFailure)) throw error
    const framed = isNested ? `Cannot cast to ${formatTrinoType(type)}. ${error.message}\n${text}` : error.message
    throw new TrinoRuntimeError('INVALID_CAST_ARGUMENT', framed)
  }
}

type Checked = string | null | readonly Checked[] | { readonly [key: string]: Checked }

function checkValue(value: JsonValue, type: TrinoType): Checked {
  if (value.kind === 'null') return type.kind === 'json' ? 'null' : null
  switch (type.kind) {
    case 'array':
      if (value.kind !== 'array') throw new CastFailure(`Expected a json array, but got ${firstToken(value)}`)
      return value.items.map((item) => checkValue(item, type.element))
    case 'map': {
      if (value.kind !== 'object') throw new CastFailure(`Expected a json object, but got ${firstToken(value)}`)
      const entries = [...value.members].map(([key, member]) => [
        scalarText({ kind: 'string', value: key }, type.key, key) ?? '',
        checkValue(member, type.value),
      ])
      return Object.fromEntries(entries)
    }
    case 'row':
      return checkRow(value, type)
    default:
      if (value.kind === 'array' || value.kind === 'object') {
        if (type.kind === 'json') return formatJson(value)
        throw new CastFailure(`Unexpected token when cast to ${baseName(type)}: ${firstToken(value)}`)
      }
      return scalarText(value, type, formatJson(value))
  }
}

function checkRow(value: JsonValue, type: TrinoType & { kind: 'row' }): Checked {
  if (value.kind === 'array') {
    const extra = value.items[type.fields.length]
    if (extra) throw new CastFailure(`Expected json array ending, but got ${firstToken(extra)}`)
    if (value.items.length < type.fields.length) throw new CastFailure('Expected a json value, but got ]')
    return Object.fromEntries(
      type.fields.map((field, index) => [`f${index}`, checkValue(value.items[index] ?? NULL, field.type)]),
    )
  }
  if (value.kind !== 'object') throw new CastFailure(`Expected a json array or object, but got ${firstToken(value)}`)
  if (type.fields.some((field) => field.name === undefined)) {
    throw new CastFailure('Cannot cast a JSON object to anonymous row type. Input must be a JSON array.')
  }
  const members = new Map([...value.members].map(([key, member]) => [key.toLowerCase(), member]))
  return Object.fromEntries(
    type.fields.map((field, index) => [
      `f${index}`,
      checkValue(members.get(field.name?.toLowerCase() ?? '') ?? NULL, field.type),
    ]),
  )
}

const NULL: JsonValue = { kind: 'null' }

function firstToken(value: JsonValue): string {
  if (value.kind === 'array') return '['
  if (value.kind === 'object') return '{'
  return value.kind === 'string' ? value.value : formatJson(value)
}

function baseName(type: TrinoType): string {
  return type.kind === 'varchar' ? 'varchar' : type.kind
}

const INTEGER_BITS = { tinyint: 8, smallint: 16, integer: 32, bigint: 64 } as const
const UPPER_NAMES = { tinyint: 'TINYINT', smallint: 'SMALLINT', integer: 'INT', bigint: 'BIGINT' } as const

/** The text that CAST reads for a type; null for JSON null. `source` is the value's own text, for errors. */
function scalarText(value: JsonValue, type: TrinoType, source: string): string | null {
  if (type.kind === 'json') return formatJson(value)
  if (value.kind === 'null') return null
  const fail = (): never => {
    throw new CastFailure(
      `Cannot cast '${source}' to ${type.kind === 'decimal' ? formatTrinoType(type).toUpperCase() : baseName(type)}`,
    )
  }
  if (value.kind === 'array' || value.kind === 'object') return fail()
  switch (type.kind) {
    case 'varchar':
      return varcharText(value, type.length)
    case 'boolean':
      return booleanText(value)
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return integerText(value, type.kind, fail)
    case 'real':
    case 'double':
      return floatingText(value, type.kind)
    case 'decimal':
      return decimalText(value, type, fail)
    default:
      return fail()
  }
}

type JsonScalar = Exclude<JsonValue, { kind: 'null' | 'array' | 'object' }>

function varcharText(value: JsonScalar, length: number | undefined): string {
  const text = value.kind === 'double' ? formatDoubleAsVarchar(value.value) : String(value.value)
  if (length !== undefined && [...text].length > length) {
    throw new TrinoRuntimeError('GENERIC_INTERNAL_ERROR', `Value [${text}] does not fit in type varchar(${length})`)
  }
  return text
}

function booleanText(value: JsonScalar): string {
  if (value.kind === 'boolean') return String(value.value)
  if (value.kind !== 'string') return String(Number(value.value) !== 0)
  if (/^(?:true|t|1)$/i.test(value.value)) return 'true'
  if (/^(?:false|f|0)$/i.test(value.value)) return 'false'
  throw new CastFailure(`Cannot cast '${value.value}' to BOOLEAN`)
}

function integerText(value: JsonScalar, kind: keyof typeof INTEGER_BITS, fail: () => never): string {
  if (value.kind === 'boolean') return value.value ? '1' : '0'
  if (value.kind === 'string') {
    const text = value.value
    const number = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined
    if (number === undefined || BigInt.asIntN(INTEGER_BITS[kind], number) !== number) {
      throw new CastFailure(`Cannot cast '${text}' to ${UPPER_NAMES[kind]}`)
    }
    return String(number)
  }
  if (value.kind === 'double' && !Number.isFinite(value.value)) return fail()
  const number = value.kind === 'integer' ? value.value : BigInt(roundHalfAway(value.value))
  return BigInt.asIntN(INTEGER_BITS[kind], number) === number ? String(number) : fail()
}

function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value))
}

function floatingText(value: JsonScalar, kind: 'real' | 'double'): string {
  if (value.kind === 'boolean') return value.value ? '1' : '0'
  if (value.kind === 'string') {
    const text = value.value.trim()
    if (/^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|NaN|Infinity)$/.test(text)) return text
    throw new CastFailure(`Cannot cast '${value.value}' to ${kind.toUpperCase()}`)
  }
  return value.kind === 'integer' ? String(value.value) : formatDouble(value.value)
}

function decimalText(value: JsonScalar, type: TrinoType & { kind: 'decimal' }, fail: () => never): string {
  const text = value.kind === 'boolean' ? (value.value ? '1' : '0') : String(value.value)
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!match || (match[2] ?? '') + (match[3] ?? '') === '') return fail()
  const [, sign = '', integral = '', fraction = '', exponent = '0'] = match
  const shift = type.scale + Number(exponent) - fraction.length
  const digits = BigInt(integral + fraction)
  const unscaled = shift >= 0 ? digits * 10n ** BigInt(shift) : halfUp(digits, 10n ** BigInt(-shift))
  if (unscaled >= 10n ** BigInt(type.precision)) return fail()
  const padded = String(unscaled).padStart(type.scale + 1, '0')
  const whole = type.scale === 0 ? padded : `${padded.slice(0, -type.scale)}.${padded.slice(-type.scale)}`
  return `${sign === '-' ? '-' : ''}${whole}`
}

function halfUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n)
}
