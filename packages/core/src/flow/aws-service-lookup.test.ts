import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import type { ServiceRange } from '../topology/topology.ts'
import { AwsServiceLookup } from './aws-service-lookup.ts'

const addresses = fc.oneof(
  fc.nat({ max: 255 }).map((low) => IpAddress.fromIpv4Bits(0x34000000 + low * 0x10001)),
  fc.nat({ max: 255 }).map((low) => IpAddress.fromIpv6Words(0x26001f18, low << 16, 0, low)),
)
const ranges: fc.Arbitrary<ServiceRange[]> = fc.array(
  fc.record({
    block: fc
      .tuple(addresses, fc.nat({ max: 32 }))
      .map(([address, shorter]) => CidrBlock.from(address, (address.version === 4 ? 32 : 128) - shorter)),
    service: fc.constantFrom('AMAZON', 'S3', 'EC2', 'CLOUDFRONT'),
  }),
  { maxLength: 30 },
)

describe('the AWS service of an address', () => {
  it('is that of the most specific range that is not AMAZON, else AMAZON', () => {
    fc.assert(
      fc.property(ranges, addresses, (all, address) => {
        const holding = all.filter(({ block }) => block.contains(address))
        const others = holding.filter(({ service }) => service !== 'AMAZON')
        const longest = Math.max(...others.map(({ block }) => block.prefixLength))
        // Of equal ranges of two services the later one stands.
        const expected = others.findLast(({ block }) => block.prefixLength === longest) ?? holding[0]
        expect(new AwsServiceLookup(all).serviceOf(address)).toBe(expected?.service)
      }),
      { numRuns: 1000 },
    )
  })

  it('names none for addresses that are not public', () => {
    const table = new AwsServiceLookup([
      { block: CidrBlock.of('10.0.0.0/8'), service: 'EC2' },
      { block: CidrBlock.of('fd00:ec2::/32'), service: 'EC2' },
      { block: CidrBlock.of('52.92.0.0/16'), service: 'S3' },
    ])
    expect(table.serviceOf(IpAddress.of('10.0.0.1'))).toBeUndefined()
    expect(table.serviceOf(IpAddress.of('fd00:ec2::1'))).toBeUndefined()
    expect(table.serviceOf(IpAddress.of('52.92.1.1'))).toBe('S3')
    expect(new AwsServiceLookup([]).serviceOf(IpAddress.of('2001:db8::1'))).toBeUndefined()
  })
})
