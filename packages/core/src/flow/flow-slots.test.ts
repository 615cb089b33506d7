import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { MutableAddress } from './address-words.ts'
import { flowHash } from './flow-hash.ts'
import { FlowSlots } from './flow-slots.ts'

interface Key {
  readonly observer: number
  readonly aspect: number
  readonly source: string
  readonly destination: string
  readonly ports: number
  readonly protocol: number
}

const pairs = [
  ['10.0.0.1', '255.255.255.255'],
  ['255.255.255.255', '10.0.0.1'],
  ['2001:db8::1', '2001:db8::2'],
  ['2001:db8:0:1::1', '2001:db8::2'],
  ['::a00:1', '::ffff:ffff'],
] as const

const keys: fc.Arbitrary<Key> = fc
  .record({
    observer: fc.constantFrom(0, 1, 70_000),
    aspect: fc.nat({ max: 5 }),
    pair: fc.constantFrom(...pairs),
    ports: fc.constantFrom(0, 443, (65_535 << 16) | 443, -1),
    protocol: fc.constantFrom(6, 17, 255),
  })
  .map(({ pair, ...rest }) => ({ ...rest, source: pair[0], destination: pair[1] }))

const operations = fc.array(
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({
        key: keys,
        bytes: fc.integer({ min: 1, max: 2 ** 40 }),
        first: fc.nat({ max: 600_000_000 }),
        flags: fc.nat({ max: 255 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  ),
  { maxLength: 200 },
)

function slotOf(flows: FlowSlots, key: Key): number {
  const source = IpAddress.of(key.source)
  const destination = IpAddress.of(key.destination)
  const { observer, aspect, ports, protocol } = key
  const hash = flowHash(observer, aspect, source, destination, ports, protocol)
  const found = flows.find(hash, observer, aspect, source, destination, ports, protocol)
  if (found >= 0) return found
  return flows.insert(hash, observer, aspect, source, destination, ports, protocol, undefined)
}

function textOf({ version, word0, word1, word2, word3 }: MutableAddress): string {
  return (
    version === 4 ? IpAddress.fromIpv4Bits(word3) : IpAddress.fromIpv6Words(word0, word1, word2, word3)
  ).toString()
}

function contents(flows: FlowSlots): unknown[] {
  const source = new MutableAddress()
  const destination = new MutableAddress()
  return Array.from({ length: flows.count }, (_, slot) => {
    flows.addresses(slot, source, destination)
    return {
      observer: flows.observer(slot),
      aspect: flows.aspect(slot),
      source: textOf(source),
      destination: textOf(destination),
      ports: flows.ports(slot),
      protocol: flows.protocol(slot),
      packets: flows.packets(slot),
      bytes: flows.bytes(slot),
      first: flows.first(slot),
      last: flows.last(slot),
      flags: flows.tcpFlags(slot),
    }
  })
}

describe('FlowSlots', () => {
  it('keeps what a map keyed by text keeps, in order of first packets', () => {
    fc.assert(
      fc.property(operations, (all) => {
        const flows = new FlowSlots()
        const model = new Map<
          string,
          Record<string, unknown> & { first: number; last: number; flags: number; packets: number; bytes: number }
        >()
        for (const operation of all) {
          if (operation === 'clear') {
            flows.clear()
            model.clear()
            continue
          }
          const { key, bytes, first, flags } = operation
          flows.add(slotOf(flows, key), 1, bytes, first, first, flags)
          const name = Object.values(key).join(' ')
          const known = model.get(name)
          model.set(name, {
            ...key,
            packets: (known?.packets ?? 0) + 1,
            bytes: (known?.bytes ?? 0) + bytes,
            first: Math.min(known?.first ?? first, first),
            last: Math.max(known?.last ?? first, first),
            flags: (known?.flags ?? 0) | flags,
          })
        }
        expect(contents(flows)).toEqual([...model.values()])
      }),
    )
  })

  it.each<[string, (place: number) => Partial<Key>]>([
    ['the observer', (place) => ({ observer: place })],
    ['the aspect', (place) => ({ aspect: place })],
    ['the ports', (place) => ({ ports: place })],
    ['the first half of the source', (place) => ({ source: `2001:db8:${place.toString(16)}::1` })],
    ['the second half of the source', (place) => ({ source: `2001:db8::${place.toString(16)}:0:1` })],
    ['the first half of the destination', (place) => ({ destination: `2001:db8:${place.toString(16)}::2` })],
    ['the second half of the destination', (place) => ({ destination: `2001:db8::${place.toString(16)}:0:2` })],
    ['the end of the destination', (place) => ({ destination: `2001:db8::${place.toString(16)}` })],
  ])('keeps flows apart that differ by %s alone', (_, change) => {
    const flows = new FlowSlots()
    const key = { observer: 1, aspect: 0, source: '2001:db8::1', destination: '2001:db8::2', ports: 443, protocol: 6 }
    for (let round = 0; round < 2; round += 1) {
      for (let place = 0; place < 2000; place += 1)
        flows.add(slotOf(flows, { ...key, ...change(place) }), 1, 1, 0, 0, 0)
    }
    const packets = Array.from({ length: flows.count }, (_, slot) => flows.packets(slot))
    expect([packets.length, ...new Set(packets)]).toEqual([2000, 2])
  })

  it('grows over many flows, is empty after clear, and gives memory back', () => {
    const flows = new FlowSlots(2)
    const count = 50_000
    for (let round = 0; round < 2; round += 1) {
      for (let place = 0; place < count; place += 1) {
        const slot = slotOf(flows, {
          observer: place % 100,
          aspect: place % 6,
          source: `10.${(place >> 8) & 255}.${place & 255}.${place >> 16}`,
          destination: place % 3 === 0 ? '198.51.100.7' : '203.0.113.9',
          ports: place,
          protocol: 6,
        })
        flows.add(slot, 1, place, place, place, 0)
        flows.addExtra(slot, 1, place)
      }
      expect(flows.count).toBe(count)
      const kept = Array.from({ length: count }, (_, slot) => slot).filter(
        (slot, place) =>
          flows.ports(slot) === place &&
          flows.bytes(slot) === place &&
          flows.extra(slot, 1) === place &&
          flows.extra(slot, 0) === 0,
      )
      expect(kept.length).toBe(count)
      flows.clear()
      expect(flows.count).toBe(0)
      for (let interval = 0; interval < 20; interval += 1) flows.clear()
    }
  })
})
