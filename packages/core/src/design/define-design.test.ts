import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDesign } from './check-design.ts'
import { defineDesign } from './define-design.ts'
import { demoDesign } from './demo-design.ts'
import type { Design, ResourceDesign } from './design.ts'
import { DesignError } from './design-issue.ts'
import type { Shape } from './schema/object-schema.ts'
import { optional } from './schema/object-schema.ts'
import { anyText, optionalTags } from './schema/text-formats.ts'

const codesOf = (input: unknown): string[] => checkDesign(input).map((issue) => `${issue.code} ${issue.path}`)

describe('hostile input', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an array', []],
    ['a text', 'vpcs'],
    ['a number', Number.NaN],
    ['a function', () => ({})],
    ['a symbol', Symbol('x')],
    ['a bigint', 5n],
  ])('%s is no design', (_, input) => {
    expect(checkDesign(input).length).toBeGreaterThan(0)
    expect(() => defineDesign(input as unknown as Design)).toThrow(DesignError)
  })

  it('names that objects have by themselves are names like others', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf']
    const subnets = Object.fromEntries(names.map((name, at) => [name, { cidrBlock: `10.0.${at}.0/24` }]))
    expect(codesOf({ vpcs: { constructor: { cidrBlocks: ['10.0.0.0/16'], subnets } } })).toEqual([])
    expect(codesOf({ vpcs: {}, instances: { a: { subnet: 'constructor' } } })).toEqual([
      'unknown-reference instances.a.subnet',
    ])
    expect(codesOf({ vpcs: {}, instances: { a: { instanceType: 'constructor.name', subnet: 'b' } } })).toContain(
      'unknown-instance-type instances.a.instanceType',
    )
    expect(codesOf({ vpcs: {}, region: 'constructor' })).toEqual(['invalid-value region'])
  })

  it('__proto__ is refused as a key, wherever it stands, and changes no prototype', () => {
    const input: unknown = JSON.parse('{"vpcs":{"__proto__":{"cidrBlocks":[]}},"__proto__":{"polluted":1}}')
    expect(codesOf(input)).toEqual(['invalid-name vpcs.__proto__', 'invalid-name __proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('cycles, getters, classes and endless nesting are located', () => {
    const cycle: Record<string, unknown> = { vpcs: {} }
    cycle.instances = { a: cycle }
    expect(codesOf(cycle)).toEqual(['not-plain-data instances.a'])
    const getter = Object.defineProperty({ vpcs: {} }, 'region', { enumerable: true, get: () => 'us-west-2' })
    expect(codesOf(getter)).toEqual(['not-plain-data region'])
    expect(codesOf({ vpcs: { a: new Map() } })).toEqual(['not-plain-data vpcs.a'])
    expect(codesOf({ vpcs: {}, instances: new Date(0) })).toEqual(['not-plain-data instances'])
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    expect(codesOf({ vpcs: {}, instances: trap })).toEqual(['not-plain-data instances'])
    let deep: unknown = {}
    for (let level = 0; level < 10_000; level++) deep = { deep }
    expect(checkDesign({ vpcs: {}, tags: deep }).map((issue) => issue.code)).toContain('too-large')
  })

  it('sizes without sense are refused quickly', () => {
    expect(codesOf({ vpcs: { a: { cidrBlocks: new Array(2 ** 32 - 1) } } })[0]).toMatch(
      /^too-large vpcs\.a\.cidrBlocks/,
    )
    expect(codesOf({ vpcs: {}, region: 'x'.repeat(1_000_000) })).toEqual(['too-large region'])
    expect(codesOf({ vpcs: { ['x'.repeat(1000)]: { cidrBlocks: ['10.0.0.0/16'] } } })).toHaveLength(1)
  })

  it('a subnet that is full to the last address is filled without trying each address again and again', () => {
    const design = (count: number): unknown => ({
      vpcs: { main: { cidrBlocks: ['10.0.0.0/16'], subnets: { all: { cidrBlock: '10.0.0.0/19' } } } },
      instances: Object.fromEntries(Array.from({ length: count }, (_, at) => [`i${at}`, { subnet: 'all' }])),
    })
    // A /19 has 8,192 addresses, of which AWS keeps 5.
    expect(codesOf(design(8187))).toEqual([])
    expect(codesOf(design(8200))).toHaveLength(13)
  })

  it('undefined is a key left out', () => {
    const design = { vpcs: { a: { cidrBlocks: ['10.0.0.0/16'], subnets: undefined } }, instances: undefined }
    expect(JSON.stringify(defineDesign(design as unknown as Design))).toBe(
      '{"vpcs":{"a":{"cidrBlocks":["10.0.0.0/16"]}}}',
    )
  })

  it('anything at all gives issues and never throws', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
      withObjectString: true,
    })
    fc.assert(
      fc.property(anything, (input) => {
        for (const issue of checkDesign(input)) expect(issue.message.length).toBeGreaterThan(10)
      }),
    )
  })

  it('any one value of the demo design replaced by anything never throws', () => {
    const places: (string | number)[][] = []
    const walk = (value: unknown, keys: (string | number)[]): void => {
      if (keys.length > 0) places.push(keys)
      if (value === null || typeof value !== 'object') return
      for (const [key, child] of Object.entries(value)) walk(child, [...keys, Array.isArray(value) ? Number(key) : key])
    }
    walk(demoDesign(), [])
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.anything(), (keys, value) => {
        const design = structuredClone(demoDesign()) as unknown as Record<string | number, unknown>
        let parent = design
        for (const key of keys.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>
        parent[keys.at(-1) ?? ''] = value
        checkDesign(design)
      }),
      { numRuns: 300 },
    )
  })
})

describe('schemas and interfaces', () => {
  it('cannot drift apart: a key that is missing, extra or of another optionality does not compile', () => {
    const tags: Shape<ResourceDesign>['tags'] = optionalTags
    const right: Shape<ResourceDesign> = { id: optional(anyText), tags }
    // @ts-expect-error a key is missing
    const missing: Shape<ResourceDesign> = { id: optional(anyText) }
    // @ts-expect-error a key of the interface does not exist
    const extra: Shape<ResourceDesign> = { id: optional(anyText), tags, name: anyText }
    // @ts-expect-error an optional key is required
    const required: Shape<ResourceDesign> = { id: anyText, tags }
    // @ts-expect-error a required key is optional
    const loose: Shape<{ name: string }> = { name: optional(anyText) }
    expect([right, missing, extra, required, loose]).toHaveLength(5)
  })
})
