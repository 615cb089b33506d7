import { CidrBlock } from '../net/cidr-block.ts'
import type { ServiceRange } from '../topology/topology.ts'
import { AWS_SERVICE_RANGES } from './service-range-table.ts'

const blocks = new Map<string, readonly ServiceRange[]>()

/**
 * The default service ranges as seen from a region: those of every region, because traffic to another region's service is an AWS
 * service's too (`pkt-dst-aws-service`). Sorted by {@link sortServiceRanges}.
 */
export function defaultServiceRanges(): readonly ServiceRange[] {
  return cached('*', Object.keys(AWS_SERVICE_RANGES))
}

/** The default ranges of one service in one region, e.g. those of S3's prefix list. */
export function serviceRangesOf(service: string, region: string): readonly CidrBlock[] {
  return cached(region, [region])
    .filter((range) => range.service === service)
    .map((range) => range.block)
}

function cached(key: string, regions: readonly string[]): readonly ServiceRange[] {
  const known = blocks.get(key)
  if (known) return known
  const ranges = sortServiceRanges(
    regions.flatMap((region) =>
      Object.entries(AWS_SERVICE_RANGES[region] ?? {}).flatMap(([service, text]) =>
        text.split(' ').map((block) => Object.freeze({ block: CidrBlock.of(block), service })),
      ),
    ),
  )
  blocks.set(key, ranges)
  return ranges
}

/**
 * Service ranges in the order in which they are to be tried: the first that contains an address names its service. The most specific
 * range stands first, and of equal ones another service before `AMAZON`, which is every range's service in AWS's list.
 */
export function sortServiceRanges(ranges: readonly ServiceRange[]): readonly ServiceRange[] {
  return Object.freeze(
    [...ranges].sort(
      (left, right) =>
        right.block.prefixLength - left.block.prefixLength ||
        left.block.network.compare(right.block.network) ||
        Number(left.service === 'AMAZON') - Number(right.service === 'AMAZON') ||
        (left.service < right.service ? -1 : left.service > right.service ? 1 : 0),
    ),
  )
}
