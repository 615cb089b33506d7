import type { CheckContext } from '../check-context.ts'
import type { Keys } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'

/** Peering connections: two VPCs without common addresses, one connection per pair. Source: VPC Peering guide. */
export function checkPeering(context: CheckContext): void {
  const pairs = new Map<string, Keys>()
  for (const { keys, value } of context.index.vpcPeeringConnections.values()) {
    const requester = context.find('vpcs', value.vpc, [...keys, 'vpc'])
    const accepter = context.find('vpcs', value.peerVpc, [...keys, 'peerVpc'])
    if (!requester || !accepter) continue
    if (requester === accepter) {
      context.error(
        'duplicate-peering',
        [...keys, 'peerVpc'],
        `${value.vpc} cannot be peered with itself. Name another VPC.`,
        'InvalidParameterValue',
      )
      continue
    }
    const pair = [value.vpc, value.peerVpc].sort().join(' ')
    const first = pairs.get(pair)
    if (first) {
      context.error(
        'duplicate-peering',
        keys,
        `The two VPCs are peered at ${formatPath(first)} already. Leave one out.`,
        'VpcPeeringConnectionAlreadyExists',
      )
    } else pairs.set(pair, keys)
    for (const key of ['cidrBlocks', 'ipv6CidrBlocks'] as const) {
      const blocks = (requester.value[key] ?? []).map((text) => context.block(text))
      const others = (accepter.value[key] ?? []).map((text) => context.block(text))
      for (const block of blocks) {
        const overlap = others.find((other) => other.overlaps(block))
        if (!overlap) continue
        context.error(
          'cidr-overlap',
          keys,
          `${block} of ${requester.name} overlaps ${overlap} of ${accepter.name}. VPCs that are peered have no common addresses: choose other blocks.`,
          'OverlappingCidrBlocks',
        )
      }
    }
  }
}
