import { cbor, tag } from '@smithy/core/cbor'
import { InvalidInputError } from './invalid-input.ts'
import type { Shape } from './shape.ts'

/** CBOR's tag of times as seconds since 1970. Source: RFC 8949, section 3.4.2. */
const EPOCH_TAG = 1

/** A document's value, times as Date. @throws InvalidInputError for bytes that are no CBOR. */
export function parseCbor(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {}
  try {
    return withDates(cbor.deserialize(bytes))
  } catch (error) {
    throw new InvalidInputError('malformed', '', `the body is not CBOR: ${(error as Error).message}`, { cause: error })
  }
}

/** A shape's value as CBOR. */
export function writeCbor(value: unknown, shape: Shape): Uint8Array {
  return cbor.serialize(taggedValue(value, shape))
}

/** A value without shape as CBOR. */
export function writePlainCbor(value: unknown): Uint8Array {
  return cbor.serialize(value)
}

function withDates(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(withDates)
  const { tag: number, value: inner } = value as { readonly tag?: unknown; readonly value?: unknown }
  if (number === EPOCH_TAG && typeof inner === 'number') return new Date(inner * 1000)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withDates(each)]))
}

function taggedValue(value: unknown, shape: Shape): unknown {
  switch (shape.kind) {
    case 'structure':
    case 'union': {
      const written: Record<string, unknown> = {}
      for (const { name, shape: own } of shape.members) {
        const each = (value as Readonly<Record<string, unknown>>)[name]
        if (each !== undefined && each !== null) written[name] = taggedValue(each, own)
      }
      return written
    }
    case 'list':
      return (value as readonly unknown[]).map((each) => taggedValue(each, shape.element.shape))
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Readonly<Record<string, unknown>>).map(([key, each]) => [
          key,
          taggedValue(each, shape.element.shape),
        ]),
      )
    case 'timestamp':
      return value instanceof Date ? tag({ tag: EPOCH_TAG, value: value.getTime() / 1000 }) : value
    default:
      return value
  }
}
