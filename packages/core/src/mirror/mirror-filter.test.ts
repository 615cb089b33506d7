import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import { Packet } from '../packet/packet.ts'
import type { FlowDirection, MirrorFilterRule } from '../topology/topology.ts'
import { CompiledMirrorFilter } from './mirror-filter.ts'

// A second reading of the rules, on whole addresses as big integers and with everything asked of every rule.

const BLOCKS = [
  '0.0.0.0/0',
  '0.0.0.0/0',
  '0.0.0.0/0',
  '::/0',
  '10.0.0.0/8',
  '10.0.1.0/24',
  '10.0.1.7/32',
  '203.0.113.0/24',
  '::/0',
  '2001:db8::/32',
]
const ADDRESSES = ['10.0.1.7', '10.0.1.8', '10.9.9.9', '203.0.113.9', '8.8.8.8']
const ADDRESSES_IPV6 = ['2001:db8::7', '2001:db9::7']

const block = fc.constantFrom(...BLOCKS).map((text) => CidrBlock.of(text))
const ports = fc.option(
  fc.tuple(fc.constantFrom(0, 53, 80, 443, 1024), fc.constantFrom(0, 80, 443, 65_535)).map(([one, other]) => ({
    from: Math.min(one, other),
    to: Math.max(one, other),
  })),
  { nil: undefined, freq: 2 },
)
const rule: fc.Arbitrary<MirrorFilterRule> = fc.record({
  id: fc.constant('tmfr-0'),
  ruleNumber: fc.integer({ min: 1, max: 32_766 }),
  direction: fc.constantFrom<FlowDirection>('ingress', 'egress'),
  action: fc.constantFrom<'accept' | 'reject'>('accept', 'accept', 'reject'),
  protocol: fc.constantFrom(undefined, undefined, undefined, 1, 6, 17, 47),
  sourceCidr: block,
  destinationCidr: block,
  sourcePorts: ports,
  destinationPorts: ports,
})
const packet = fc
  .record({
    addresses: fc.oneof(
      fc.tuple(fc.constantFrom(...ADDRESSES), fc.constantFrom(...ADDRESSES)),
      fc.tuple(fc.constantFrom(...ADDRESSES_IPV6), fc.constantFrom(...ADDRESSES_IPV6)),
    ),
    protocol: fc.constantFrom(1, 6, 17, 47),
    sourcePort: fc.constantFrom(53, 80, 443, 40_000),
    destinationPort: fc.constantFrom(53, 80, 443, 40_000),
    fragmentOffset: fc.constantFrom(0, 0, 0, 1_480),
  })
  .map(({ addresses: [source, destination], protocol, sourcePort, destinationPort, fragmentOffset }) => {
    const hasPorts = (protocol === 6 || protocol === 17) && fragmentOffset === 0
    return new Packet({
      source: IpAddress.of(source),
      destination: IpAddress.of(destination),
      protocol,
      fragmentOffset,
      ...(hasPorts && { sourcePort, destinationPort }),
    })
  })

const isIn = (address: IpAddress, { network, prefixLength }: CidrBlock): boolean => {
  const value = (one: IpAddress): bigint => one.toBytes().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const bits = address.version === 4 ? 32 : 128
  const shift = BigInt(bits - prefixLength)
  return address.version === network.version && value(address) >> shift === value(network) >> shift
}

function naive(rules: readonly MirrorFilterRule[], direction: FlowDirection, one: Packet): boolean {
  const matching = rules.filter(
    (each) =>
      each.direction === direction &&
      [undefined, one.protocol].includes(each.protocol) &&
      isIn(one.source, each.sourceCidr) &&
      isIn(one.destination, each.destinationCidr) &&
      [[each.sourcePorts, one.sourcePort] as const, [each.destinationPorts, one.destinationPort] as const].every(
        ([range, port]) =>
          !range ||
          ([6, 17].includes(one.protocol) && one.fragmentOffset === 0 && range.from <= port && port <= range.to),
      ),
  )
  const numbers = matching.map(({ ruleNumber }) => ruleNumber)
  return matching.find(({ ruleNumber }) => ruleNumber === Math.min(...numbers))?.action === 'accept'
}

describe('CompiledMirrorFilter', () => {
  it('lets the matching rule with the lowest number of the direction decide, and accepts nothing without one', () => {
    let accepted = 0
    let asked = 0
    const rules = fc.uniqueArray(rule, {
      maxLength: 6,
      selector: ({ direction, ruleNumber }) => `${direction} ${ruleNumber}`,
    })
    fc.assert(
      fc.property(rules, fc.array(packet, { maxLength: 20 }), (list, packets) => {
        const filter = new CompiledMirrorFilter({ id: 'tmf-0', name: 'f', tags: {}, rules: list, networkServices: [] })
        for (const one of packets) {
          for (const direction of ['ingress', 'egress'] as const) {
            const expected = naive(list, direction, one)
            expect(filter.accepts(direction, one)).toBe(expected)
            asked += 1
            if (expected) accepted += 1
          }
        }
      }),
      { numRuns: 400 },
    )
    expect(accepted).toBeGreaterThan(asked / 200)
  })
})
