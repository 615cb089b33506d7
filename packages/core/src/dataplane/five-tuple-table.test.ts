import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { FiveTupleTable, MAXIMUM_SCOPE } from './five-tuple-table.ts'

// Few values, so that tuples meet again, differ in one word, or only in the IP version.
const addresses = [
  '0.0.0.5',
  '::5',
  '10.0.0.1',
  '255.255.255.255',
  '2001:db8::1',
  '2001:db8:0:1::1',
  '2001:db8::1:0:0:1',
].map((text) => IpAddress.of(text))
const tuple = fc.record({
  scope: fc.constantFrom(0, 1, MAXIMUM_SCOPE),
  protocol: fc.constantFrom(0, 6, 17, 255),
  firstPort: fc.constantFrom(0, 1, 65_535),
  secondPort: fc.constantFrom(0, 1, 65_535),
  first: fc.constantFrom(...addresses),
  second: fc.constantFrom(...addresses),
})
type Tuple = typeof tuple extends fc.Arbitrary<infer T> ? T : never

function textOf({ scope, protocol, firstPort, secondPort, first, second }: Tuple): string {
  return [scope, protocol, firstPort, secondPort, first.version, first, second].join(' ')
}

function find(table: FiveTupleTable, { scope, protocol, firstPort, secondPort, first, second }: Tuple): number {
  return table.find(scope, protocol, firstPort, secondPort, first, second)
}

function insert(table: FiveTupleTable, { scope, protocol, firstPort, secondPort, first, second }: Tuple): number {
  return table.insert(scope, protocol, firstPort, secondPort, first, second)
}

describe('five-tuple table', () => {
  it('holds what a map by text holds, through any sequence of insertions and removals', () => {
    const sequence = fc.array(fc.record({ tuple, removes: fc.boolean() }), { maxLength: 600, size: 'max' })
    fc.assert(
      fc.property(sequence, (steps) => {
        const table = new FiveTupleTable()
        const model = new Map<string, { entry: number; tuple: Tuple; value: number }>()
        for (const [step, { tuple: key, removes }] of steps.entries()) {
          const text = textOf(key)
          const known = model.get(text)
          const same = key.first.version === key.second.version
          if (!same) continue
          expect(find(table, key)).toBe(known?.entry ?? -1)
          if (known && removes) {
            table.remove(known.entry)
            model.delete(text)
          } else if (!known && !removes) {
            const entry = insert(table, key)
            expect(table.value(entry)).toBe(0)
            table.setValue(entry, -step)
            model.set(text, { entry, tuple: key, value: -step })
          }
        }
        expect(table.size).toBe(model.size)
        const used = new Set<number>()
        for (const { entry, tuple: key, value } of model.values()) {
          expect(find(table, key)).toBe(entry)
          expect([table.has(entry), table.scope(entry), table.value(entry) | 0]).toEqual([true, key.scope, value | 0])
          used.add(entry)
        }
        expect(used.size).toBe(model.size)
        for (let entry = 0; entry < table.entryBound; entry++) expect(table.has(entry)).toBe(used.has(entry))
      }),
      { numRuns: 60 },
    )
  })

  it('finds every one of 200,000 tuples, and after the removal of half of them the others', () => {
    const table = new FiveTupleTable()
    const far = IpAddress.of('198.51.100.1')
    const entries: number[] = []
    const near = (index: number): IpAddress => IpAddress.fromIpv4Bits(0x0a00_0000 + (index >>> 4))
    for (let index = 0; index < 200_000; index++) {
      entries.push(table.insert(index & 3, 6, index & 0xffff, 443, near(index), far))
    }
    for (let index = 0; index < 200_000; index += 2) table.remove(entries[index] as number)
    let wrong = 0
    for (let index = 0; index < 200_000; index++) {
      const expected = index % 2 === 0 ? -1 : entries[index]
      if (table.find(index & 3, 6, index & 0xffff, 443, near(index), far) !== expected) wrong++
    }
    expect(wrong).toBe(0)
    expect(table.size).toBe(100_000)
  })

  it('tells addresses apart that have one hash', () => {
    const far = IpAddress.of('2001:db8::1')
    const byHash = new Map<number, IpAddress>()
    const table = new FiveTupleTable()
    let pairs = 0
    for (let index = 0; index < 300_000; index++) {
      // One last word, so that the others have to tell.
      const address = IpAddress.fromIpv6Words(0x2001_0db8, index, Math.imul(index, 0x9e37_79b1), 7)
      const twin = byHash.get(address.hash)
      byHash.set(address.hash, address)
      if (!twin) continue
      pairs++
      for (const [first, second, otherFirst, otherSecond] of [
        [address, far, twin, far],
        [far, address, far, twin],
      ] as const) {
        const entry = table.insert(0, 6, 1, 2, first, second)
        expect([table.find(0, 6, 1, 2, first, second), table.find(0, 6, 1, 2, otherFirst, otherSecond)]).toEqual([
          entry,
          -1,
        ])
      }
    }
    expect(pairs).toBeGreaterThan(0)
  })

  it('takes the numbers of removed entries again, so that memory follows the most entries held at a time', () => {
    const table = new FiveTupleTable()
    const near = IpAddress.of('10.0.0.1')
    const held: number[] = []
    for (let index = 0; index < 100_000; index++) {
      held.push(table.insert(0, 17, index & 0xffff, index >>> 16, near, near))
      if (held.length > 100) table.remove(held.shift() as number)
    }
    expect(table.entryBound).toBe(101)
  })

  it('refuses scopes that do not fit', () => {
    const near = IpAddress.of('10.0.0.1')
    expect(() => new FiveTupleTable().insert(MAXIMUM_SCOPE + 1, 6, 1, 2, near, near)).toThrow('scope 4194304')
  })
})
