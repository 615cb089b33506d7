import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { AddressCache } from './address-cache.ts'
import { AddressTable } from './address-table.ts'

/** Addresses of both versions out of a small world, so that the same one and the same bits in the other version are met. */
const address = fc
  .tuple(fc.boolean(), fc.integer({ min: 0, max: 300 }))
  .map(([isIpv4, bits]) => (isIpv4 ? IpAddress.fromIpv4Bits(bits) : IpAddress.fromIpv6Words(0, 0, 0, bits)))

describe('address table', () => {
  it('holds the first value of every address and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(address, fc.integer())), fc.array(address), (entries, others) => {
        const model = new Map<string, number>()
        for (const [key, value] of entries) {
          const text = `${key.version} ${key}`
          if (!model.has(text)) model.set(text, value)
        }
        const table = new AddressTable(entries)
        for (const key of [...entries.map(([own]) => own), ...others]) {
          expect(table.get(key)).toBe(model.get(`${key.version} ${key}`))
        }
      }),
    )
  })
})

describe('address cache', () => {
  it('always answers what the loader says, and loads an address once while no other takes its place', () => {
    const loads: string[] = []
    const cache = new AddressCache((key) => {
      loads.push(key.toString())
      return `value of ${key.version} ${key}`
    })
    fc.assert(
      fc.property(fc.array(address, { size: 'large' }), (keys) => {
        for (const key of keys) expect(cache.get(key)).toBe(`value of ${key.version} ${key}`)
      }),
    )
    const before = loads.length
    const one = IpAddress.of('203.0.113.7')
    cache.get(one)
    cache.get(IpAddress.of('203.0.113.7'))
    expect(loads.slice(before)).toEqual(['203.0.113.7'])
  })
})
