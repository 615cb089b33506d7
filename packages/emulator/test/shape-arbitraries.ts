import fc from 'fast-check'
import type { Shape, ShapeMember } from '../src/wire/shape.ts'

const TEXT = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('a b', '<&>"\'', 'ä€😀', 'x.y', '1', 'true', '2026-03-01', ' edge ', 'a,b', 'a/b?c=d&e#f%20+'),
)
/** Text as headers carry it. */
const HEADER_TEXT = fc.stringMatching(/^[A-Za-z0-9_.:;=-]{1,12}$/)
const TIME = fc.integer({ min: 0, max: 4_102_444_800 }).map((seconds) => new Date(seconds * 1000))

/** Values of a shape, as deep as `depth` and then without what is optional. */
export function valueOfShape(shape: Shape, depth: number, isInHeader = false): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'structure':
      return structureOf(shape, depth)
    case 'union':
      return unionOf(shape, depth)
    case 'list':
      return fc.array(valueOfShape(shape.element.shape, depth - 1, isInHeader), {
        minLength: 1,
        maxLength: depth > 0 ? 3 : 1,
      })
    case 'map':
      return fc.dictionary(
        // Of lower case, as headers have them.
        fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/),
        valueOfShape(shape.element.shape, depth - 1, isInHeader),
        { minKeys: 1, maxKeys: 2 },
      )
    case 'string':
      return isInHeader ? HEADER_TEXT : TEXT
    case 'number':
      return fc.integer({ min: -1_000_000, max: 2 ** 40 })
    case 'boolean':
      return fc.boolean()
    case 'timestamp':
      return TIME
    case 'blob':
      return fc.uint8Array({ minLength: 1, maxLength: 20 })
    case 'document':
      return fc.constant({ a: [1, 'b', null] })
    case 'big-integer':
      return fc.bigInt({ min: 0n, max: 2n ** 70n })
    case 'big-decimal':
    case 'unit':
      return fc.constant(undefined)
  }
}

function structureOf(shape: Shape, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const optional = depth > 0 ? shape.members.filter(isDrawable) : []
  const required = shape.members.filter((member) => isAlwaysGiven(member) && isDrawable(member))
  return fc
    .record({
      required: fc.record(Object.fromEntries(required.map((member) => [member.name, memberValue(member, depth)]))),
      chosen: fc.subarray(optional, { maxLength: Math.min(5, optional.length) }),
    })
    .chain(({ required: given, chosen }) =>
      fc
        .record(Object.fromEntries(chosen.map((member) => [member.name, memberValue(member, depth)])))
        .map((more) => ({ ...more, ...given })),
    )
}

function unionOf(shape: Shape, depth: number): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .constantFrom(...shape.members.filter(isDrawable))
    .chain((member) => memberValue(member, depth).map((value) => ({ [member.name]: value })))
}

/** Besides what is required: what clients add where it is not given, and the status that an answer has in any case. */
function isAlwaysGiven({ isRequired, shape, traits }: ShapeMember): boolean {
  const isOfTheClient =
    traits.idempotencyToken !== undefined ||
    traits.httpResponseCode !== undefined ||
    traits.httpHeader === 'Content-Type' ||
    (traits.httpPayload !== undefined && shape.kind === 'blob')
  return isRequired || isOfTheClient
}

function memberValue({ shape, traits }: ShapeMember, depth: number): fc.Arbitrary<unknown> {
  if (traits.httpResponseCode) return fc.integer({ min: 200, max: 299 })
  const isInHeader = traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined
  return valueOfShape(shape, depth - 1, isInHeader)
}

function isDrawable({ shape, traits }: ShapeMember): boolean {
  return shape.kind !== 'big-decimal' && shape.kind !== 'unit' && !(traits.streaming && shape.kind !== 'blob')
}
