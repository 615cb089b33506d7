import { InvalidInputError, wrongType } from './invalid-input.ts'
import { bytesFromBase64, scalarFromText, timestampToText } from './scalar-text.ts'
import type { Shape, ShapeMember } from './shape.ts'

const DEEPEST = 128

/** A document's value, from text. @throws InvalidInputError for text that is no JSON, or whose root is no object. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new InvalidInputError('malformed', '', `the body is not JSON: ${(error as Error).message}`, { cause: error })
  }
  if (!isObject(value)) throw wrongType('', 'an object', value)
  return value
}

/**
 * A shape's value from JSON (or CBOR, whose bytes and times are what they are); unknown members are passed over, and null is as if it was
 * not there, as in AWS's services. `usesJsonNames`: REST-JSON names members by their jsonName, JSON 1.0 and 1.1 do not.
 * @throws InvalidInputError for values that are not of their types.
 */
export function readJson(value: unknown, shape: Shape, usesJsonNames: boolean, path = '', depth = 0): unknown {
  if (depth > DEEPEST) throw new InvalidInputError('malformed', path, `more than ${DEEPEST} values are nested`)
  switch (shape.kind) {
    case 'structure':
    case 'union': {
      if (!isObject(value)) throw wrongType(path, 'an object', value)
      const read: Record<string, unknown> = {}
      for (const member of shape.members) {
        const name = memberName(member, usesJsonNames)
        const own = value[name]
        if (own === undefined || own === null) continue
        read[member.name] = readJson(
          own,
          member.shape,
          usesJsonNames,
          path === '' ? name : `${path}.${name}`,
          depth + 1,
        )
      }
      return read
    }
    case 'list':
      if (!Array.isArray(value)) throw wrongType(path, 'a list', value)
      return value.map((each, index) =>
        readJson(each, shape.element.shape, usesJsonNames, `${path}.${index + 1}`, depth + 1),
      )
    case 'map': {
      if (!isObject(value)) throw wrongType(path, 'an object', value)
      const read: Record<string, unknown> = {}
      for (const [key, each] of Object.entries(value)) {
        if (each === null) continue
        read[key] = readJson(each, shape.element.shape, usesJsonNames, `${path}.${key}`, depth + 1)
      }
      return read
    }
    case 'document':
      return value
    default:
      return readScalar(value, shape, path)
  }
}

function readScalar(value: unknown, shape: Shape, path: string): unknown {
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') throw wrongType(path, 'a text', value)
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(path, 'true or false', value)
      return value
    case 'number':
      if (typeof value === 'number') return value
      if (typeof value === 'bigint') return Number(value)
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
      throw wrongType(path, 'a number', value)
    case 'timestamp':
      if (value instanceof Date) return value
      if (typeof value === 'number') return new Date(value * 1000)
      if (typeof value !== 'string') throw wrongType(path, 'a time', value)
      return scalarFromText(shape, value, path)
    case 'blob':
      if (value instanceof Uint8Array) return value
      if (typeof value !== 'string') throw wrongType(path, 'base64', value)
      return bytesFromBase64(value, path)
    default:
      return value
  }
}

/** A shape's value as JSON. Members that are undefined are left out. */
export function writeJson(value: unknown, shape: Shape, usesJsonNames: boolean): unknown {
  switch (shape.kind) {
    case 'structure':
    case 'union': {
      const written: Record<string, unknown> = {}
      for (const member of shape.members) {
        const own = (value as Readonly<Record<string, unknown>>)[member.name]
        if (own !== undefined && own !== null)
          written[memberName(member, usesJsonNames)] = writeJson(own, member.shape, usesJsonNames)
      }
      return written
    }
    case 'list':
      return (value as readonly unknown[]).map((each) => writeJson(each, shape.element.shape, usesJsonNames))
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Readonly<Record<string, unknown>>).map(([key, each]) => [
          key,
          writeJson(each, shape.element.shape, usesJsonNames),
        ]),
      )
    case 'timestamp': {
      if (!(value instanceof Date)) return value
      const format = shape.timestampFormat ?? 'epoch-seconds'
      return format === 'epoch-seconds' ? value.getTime() / 1000 : timestampToText(value, format)
    }
    case 'blob':
      return value instanceof Uint8Array
        ? Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
        : value
    case 'number':
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
    default:
      return value
  }
}

function memberName({ name, traits }: ShapeMember, usesJsonNames: boolean): string {
  return (usesJsonNames ? traits.jsonName : undefined) ?? name
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  )
}
