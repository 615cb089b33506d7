import { wrongType } from './invalid-input.ts'
import type { Shape, TimestampFormat } from './shape.ts'

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})(T(\d{2}):(\d{2})(:(\d{2})([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/**
 * A scalar from its text, as queries, headers and XML have it: numbers, booleans, timestamps (in any of the three formats), base64.
 * @throws InvalidInputError for a text that is not of the shape's type.
 */
export function scalarFromText(shape: Shape, text: string, parameter: string): unknown {
  switch (shape.kind) {
    case 'number':
      return numberFromText(text, parameter)
    case 'boolean':
      return booleanFromText(text, parameter)
    case 'big-integer':
      if (!/^[+-]?\d+$/.test(text)) throw wrongType(parameter, 'an integer', text)
      return BigInt(text)
    case 'timestamp':
      return timestampFromText(text, parameter)
    case 'blob':
      return bytesFromBase64(text, parameter)
    default:
      return text
  }
}

/** The text of a scalar; `format` is the protocol's for timestamps that have none of their own. */
export function scalarToText(shape: Shape, value: unknown, format: TimestampFormat): string {
  if (value instanceof Date) return timestampToText(value, shape.timestampFormat ?? format)
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
  return String(value)
}

/** A timestamp as text. */
export function timestampToText(time: Date, format: TimestampFormat): string {
  switch (format) {
    case 'date-time':
      return time.getUTCMilliseconds() === 0 ? time.toISOString().replace('.000Z', 'Z') : time.toISOString()
    case 'http-date':
      return time.toUTCString()
    case 'epoch-seconds':
      return String(time.getTime() / 1000)
  }
}

/** The bytes of base64. @throws InvalidInputError. */
export function bytesFromBase64(text: string, parameter: string): Uint8Array {
  const plain = text.replaceAll(/\s/g, '')
  if (!BASE64.test(plain) || plain.length % 4 !== 0) throw wrongType(parameter, 'base64', text)
  return new Uint8Array(Buffer.from(plain, 'base64'))
}

function numberFromText(text: string, parameter: string): number {
  if (NUMBER.test(text)) return Number(text)
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text)
  throw wrongType(parameter, 'a number', text)
}

function booleanFromText(text: string, parameter: string): boolean {
  const lower = text.toLowerCase()
  if (lower === 'true' || text === '1') return true
  if (lower === 'false' || text === '0') return false
  throw wrongType(parameter, 'true or false', text)
}

function timestampFromText(text: string, parameter: string): Date {
  const time =
    NUMBER.test(text) && text.length < 16 && !/^\d{4}$/.test(text) ? new Date(Number(text) * 1000) : readDate(text)
  if (Number.isNaN(time.getTime())) throw wrongType(parameter, 'a time', text)
  return time
}

function readDate(text: string): Date {
  const match = DATE_TIME.exec(text)
  if (!match) return new Date(Date.parse(text))
  const [, , , , time, , , seconds, , , zone] = match
  const date = text.slice(0, 10)
  if (time === undefined) return new Date(`${date}T00:00:00Z`)
  const clock = seconds === undefined ? `${time.slice(0, 6)}:00` : time.slice(0, zone ? -zone.length : undefined)
  return new Date(`${date}${clock.replace(',', '.')}${zone ?? 'Z'}`)
}
