import { describe, expect, it } from 'vitest'
import { IpAddress } from '../net/ip-address.ts'
import { instanceType, instanceTypeNames } from './instance-type.ts'
import { canBeMirrorSource, mirrorSourcesPerTarget } from './mirror-support.ts'
import { availabilityZoneNames, firstZone, regionNames, zoneFacts } from './region.ts'
import {
  isResourceId,
  makeMacAddress,
  makeResourceId,
  RESOURCE_ID_PREFIXES,
  type ResourceIdKind,
} from './resource-id.ts'
import { defaultServiceRanges, serviceRangesOf } from './service-ranges.ts'

const scope = { accountId: '123456789012', region: 'us-west-2' }

describe('instance types', () => {
  it.each([
    ['t3.micro', true, 2, false],
    ['t2.micro', false, 0, false],
    ['m4.large', false, 0, false],
    ['i3.large', false, 0, false],
    ['i3.metal', true, 2, true],
    ['m8g.large', true, 5, false],
    ['m8i.large', true, 6, false],
    ['p6e-gb200.36xlarge', true, 5, false],
    ['u-6tb1.56xlarge', true, 3, false],
  ] as const)('%s: on Nitro %s, version %s', (name, isNitro, nitroVersion, isBareMetal) => {
    expect(instanceType(name)).toMatchObject({ name, isNitro, nitroVersion, isBareMetal })
  })

  it.each(['', 't3', 't3.', '.micro', 't3.micro.x', 't3.huge', 'T3.micro', 'toString.x', '__proto__.x'])(
    'there is no %s',
    (name) => {
      expect(instanceType(name)).toBeUndefined()
    },
  )

  it('every listed name is known, once', () => {
    const names = instanceTypeNames()
    expect(names.length).toBeGreaterThan(1400)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(instanceType(name)?.name).toBe(name)
  })

  it('sources and targets of mirroring as the guide lists them', () => {
    const isSource = (name: string): boolean => {
      const type = instanceType(name)
      return type !== undefined && canBeMirrorSource(type)
    }
    for (const name of ['t3.micro', 'm4.large', 'm5.metal', 'c6gn.large', 'g5g.metal', 'mac1.metal'])
      expect([name, isSource(name)]).toEqual([name, true])
    for (const name of ['t2.micro', 'm8g.large', 'c7gn.large', 'm6i.metal', 'i3en.metal'])
      expect([name, isSource(name)]).toEqual([name, false])
    expect([
      mirrorSourcesPerTarget('t3.small'),
      mirrorSourcesPerTarget('m5.24xlarge'),
      mirrorSourcesPerTarget(undefined),
    ]).toEqual([10, 100, 10])
  })
})

describe('zones', () => {
  it('of every region have ids', () => {
    for (const region of regionNames()) {
      const ids = availabilityZoneNames(region).map((name) => zoneFacts(region, name)?.id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(zoneFacts(region, firstZone(region))?.kind).toBe('availability-zone')
    }
  })

  it.each(['us-west-2', 'us-west-2z', 'us-east-1a', 'us-west-2-lax-1', 'us-west-2-lax-1A', ''])(
    '%s is no zone of us-west-2',
    (name) => {
      expect(zoneFacts('us-west-2', name)).toBeUndefined()
    },
  )
})

describe('resource ids', () => {
  it('have AWS’s form, follow from the name alone, and differ by kind, account and region', () => {
    const kinds = Object.keys(RESOURCE_ID_PREFIXES) as ResourceIdKind[]
    const ids = kinds.map((kind) => makeResourceId(scope, kind, 'main'))
    kinds.forEach((kind, at) => {
      expect(ids[at]).toMatch(/^[a-z-]+-0[0-9a-f]{16}$/)
      expect(isResourceId(kind, ids[at] ?? '')).toBe(true)
    })
    expect(new Set(ids.map((id) => id.split('-').at(-1))).size).toBe(ids.length)
    expect(makeResourceId(scope, 'vpc', 'main')).toBe(makeResourceId({ ...scope }, 'vpc', 'main'))
    // Pinned, as sha256sum gives it for ["123456789012","us-west-2","vpc","main"]: what a name gives is a promise.
    expect(makeResourceId(scope, 'vpc', 'main')).toBe('vpc-0849d5d436a5310b7')
    expect(makeMacAddress(scope, 'eni-12345678')).toMatch(/^02(?::[0-9a-f]{2}){5}$/)
  })

  it('are told from what is none', () => {
    expect(isResourceId('vpc', 'vpc-12345678')).toBe(true)
    for (const text of ['vpc-1234567', 'vpc-XYZ45678', 'subnet-12345678', 'vpc-12345678 ', 'vpc'])
      expect(isResourceId('vpc', text)).toBe(false)
    expect(isResourceId('transitGateway', 'tgw-rtb-12345678')).toBe(false)
  })
})

describe('service ranges', () => {
  const serviceOf = (text: string): string | undefined =>
    defaultServiceRanges().find((range) => range.block.contains(IpAddress.of(text)))?.service

  it.each([
    // The address of the VPC user guide's example with traffic-path 8.
    ['52.95.128.179', 'S3'],
    ['54.246.214.20', 'EC2'],
    ['35.80.36.210', 'S3'],
    ['35.80.40.1', 'EC2'],
    ['52.94.28.7', 'DYNAMODB'],
    ['54.230.1.1', 'CLOUDFRONT'],
    ['142.250.217.78', undefined],
    ['10.0.1.101', undefined],
  ])('%s belongs to %s', (address, service) => {
    expect(serviceOf(address)).toBe(service)
  })

  it('of a region hold no other region’s', () => {
    expect(serviceRangesOf('S3', 'us-west-2').map(String)).toContain('52.218.128.0/17')
    expect(serviceRangesOf('S3', 'us-west-2').map(String)).not.toContain('52.216.0.0/15')
    expect(serviceRangesOf('S3', 'mars')).toEqual([])
  })

  it('are canonical blocks, sorted so that the most specific is met first', () => {
    const ranges = defaultServiceRanges()
    for (const [at, range] of ranges.entries()) {
      const next = ranges[at + 1]
      if (next) expect(range.block.prefixLength).toBeGreaterThanOrEqual(next.block.prefixLength)
    }
    expect(new Set(ranges.map((range) => `${range.block} ${range.service}`)).size).toBe(ranges.length)
  })
})
