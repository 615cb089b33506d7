import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canCoerce, commonSuperType, isComparable, isOrderable } from './coercion.ts'
import { sameType, type TrinoType } from './trino-type.ts'

const simple = fc.constantFrom<TrinoType[]>(
  ...(
    [
      'unknown',
      'boolean',
      'tinyint',
      'smallint',
      'integer',
      'bigint',
      'real',
      'double',
      'varbinary',
      'json',
      'date',
      'ipaddress',
      'uuid',
    ] as const
  ).map((kind) => ({ kind })),
  { kind: 'varchar' },
)
const decimal = fc
  .integer({ min: 1, max: 38 })
  .chain((precision) =>
    fc.integer({ min: 0, max: precision }).map((scale): TrinoType => ({ kind: 'decimal', precision, scale })),
  )
const precise = fc
  .record({
    kind: fc.constantFrom('time', 'timestamp', 'timestamp with time zone', 'time with time zone'),
    precision: fc.integer({ min: 0, max: 12 }),
  })
  .map((type) => type as TrinoType)
const text = fc
  .record({ kind: fc.constantFrom('varchar', 'char'), length: fc.integer({ min: 1, max: 100 }) })
  .map((type) => type as TrinoType)
const scalar = fc.oneof(simple, decimal, precise, text)
const { type } = fc.letrec<{ type: TrinoType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    tie('type').map((element): TrinoType => ({ kind: 'array', element })),
    fc.tuple(tie('type'), tie('type')).map(([key, value]): TrinoType => ({ kind: 'map', key, value })),
    fc
      .array(tie('type'), { minLength: 1, maxLength: 3 })
      .map((fields): TrinoType => ({ kind: 'row', fields: fields.map((field) => ({ type: field })) })),
  ),
}))

test('a type has itself in common with itself, and NULL has everything', () => {
  fc.assert(
    fc.property(type, (a) => {
      expect(commonSuperType(a, a)).toEqual(a)
      expect(commonSuperType({ kind: 'unknown' }, a)).toEqual(a)
    }),
  )
})

test('the order of two types does not matter', () => {
  fc.assert(
    fc.property(type, type, (a, b) => {
      expect(commonSuperType(a, b)).toEqual(commonSuperType(b, a))
    }),
    { numRuns: 2000 },
  )
})

test('both types coerce to what they have in common, where nothing was cut at 38 digits', () => {
  fc.assert(
    fc.property(type, type, (a, b) => {
      const common = commonSuperType(a, b)
      fc.pre(common !== undefined && !JSON.stringify(common).includes('"precision":38'))
      if (common) expect([canCoerce(a, common), canCoerce(b, common)]).toEqual([true, true])
    }),
    { numRuns: 2000 },
  )
})

test('two types that coerce to each other are the same', () => {
  fc.assert(
    fc.property(type, type, (a, b) => {
      expect(canCoerce(a, b) && canCoerce(b, a)).toBe(sameType(a, b))
    }),
    { numRuns: 2000 },
  )
})

test('what can be ordered can be compared; maps and json cannot be ordered', () => {
  fc.assert(
    fc.property(type, (a) => {
      expect(!isOrderable(a) || isComparable(a)).toBe(true)
    }),
  )
  expect(isOrderable({ kind: 'array', element: { kind: 'json' } })).toBe(false)
  expect(isComparable({ kind: 'map', key: { kind: 'integer' }, value: { kind: 'json' } })).toBe(true)
})
