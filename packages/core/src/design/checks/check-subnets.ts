import { availabilityZoneNames, firstZone, zoneFacts } from '../../aws/region.ts'
import type { CidrBlock } from '../../net/cidr-block.ts'
import type { CheckContext } from '../check-context.ts'
import type { Keys, VpcEntry, VpcOwned } from '../design-entry.ts'
import { zoneOf } from '../interface-plan.ts'
import type { SubnetDesign } from '../vpc-design.ts'
import { checkCanonical, wrongVpc } from './check-vpcs.ts'

type Subnet = VpcOwned<SubnetDesign>

/** Blocks, zones and references of subnets. Source: VPC user guide, "Subnet CIDR blocks". */
export function checkSubnets(context: CheckContext): void {
  for (const vpc of context.index.vpcs.values()) {
    const subnets = context.index.subnetsOf(vpc)
    for (const subnet of subnets) checkSubnet(context, vpc, subnet)
    checkOverlaps(context, subnets, 'cidrBlock')
    checkOverlaps(context, subnets, 'ipv6CidrBlock')
  }
  for (const name of Object.keys(context.index.design.availabilityZones ?? {})) {
    const regions = [context.index.region, ...[...context.index.vpcs.values()].map((vpc) => vpc.region)]
    if (!regions.some((region) => zoneFacts(region, name))) {
      context.error('unknown-zone', ['availabilityZones', name], `There is no zone ${name} in the design's regions.`)
    }
  }
}

function checkSubnet(context: CheckContext, vpc: VpcEntry, subnet: Subnet): void {
  const { keys, value } = subnet
  if (value.cidrBlock === undefined && value.ipv6CidrBlock === undefined) {
    context.error(
      'missing-key',
      [...keys, 'cidrBlock'],
      'The subnet has no addresses. Give it cidrBlock or ipv6CidrBlock.',
      'MissingParameter',
    )
  }
  if (value.cidrBlock !== undefined)
    checkBlock(context, vpc, [...keys, 'cidrBlock'], value.cidrBlock, vpc.value.cidrBlocks)
  if (value.ipv6CidrBlock !== undefined) {
    checkBlock(context, vpc, [...keys, 'ipv6CidrBlock'], value.ipv6CidrBlock, vpc.value.ipv6CidrBlocks ?? [])
  }
  checkZone(context, subnet)
  if (value.routeTable !== undefined) {
    const place = [...keys, 'routeTable']
    const table = context.find('routeTables', value.routeTable, place)
    if (table && table.vpc !== vpc) wrongVpc(context, place, `The route table ${table.name}`, table.vpc, vpc)
  }
  if (value.networkAcl !== undefined) {
    const place = [...keys, 'networkAcl']
    const acl = context.find('networkAcls', value.networkAcl, place)
    if (acl && acl.vpc !== vpc) wrongVpc(context, place, `The network ACL ${acl.name}`, acl.vpc, vpc)
  }
  if (value.assignIpv6AddressOnCreation === true && value.ipv6CidrBlock === undefined) {
    context.error(
      'no-ipv6',
      [...keys, 'assignIpv6AddressOnCreation'],
      'The subnet has no IPv6 block to assign addresses from. Give it ipv6CidrBlock, or leave the key out.',
      'InvalidParameterValue',
    )
  }
}

function checkBlock(context: CheckContext, vpc: VpcEntry, keys: Keys, text: string, ofVpc: readonly string[]): void {
  const block = context.block(text)
  const blocks = ofVpc.map((each) => context.block(each))
  const is4 = block.version === 4
  const sizeIsWrong = is4
    ? block.prefixLength < 16 || block.prefixLength > 28
    : block.prefixLength < 44 || block.prefixLength > 64 || block.prefixLength % 4 !== 0
  checkCanonical(context, keys, text)
  if (sizeIsWrong) {
    const allowed = is4 ? 'a block from /16 to /28' : 'an IPv6 block from /44 to /64 in steps of 4'
    context.error(
      'cidr-size',
      keys,
      `A subnet cannot have a /${block.prefixLength} (${block}). Choose ${allowed}.`,
      'InvalidSubnet.Range',
    )
  } else if (!blocks.some((each) => each.containsBlock(block))) {
    const allowed =
      blocks.length === 0
        ? 'The VPC has no IPv6 block: give it ipv6CidrBlocks.'
        : `Choose a block inside ${blocks.join(' or ')}.`
    context.error(
      'cidr-outside',
      keys,
      `${block} lies outside of the VPC ${vpc.name}. ${allowed}`,
      'InvalidSubnet.Range',
    )
  }
}

function checkZone(context: CheckContext, subnet: Subnet): void {
  const zone = zoneOf(subnet, firstZone)
  const { region } = subnet.vpc
  if (zoneFacts(region, zone)) return
  context.error(
    'unknown-zone',
    [...subnet.keys, 'availabilityZone'],
    `There is no zone ${zone} in ${region}. Choose one of ${availabilityZoneNames(region).join(', ')}, or a Local or Wavelength Zone such as ${region}-lax-1a.`,
    'InvalidParameterValue',
  )
}

/** Sorted by address, a block overlaps an earlier one exactly if it begins before that one's end. */
function checkOverlaps(context: CheckContext, subnets: readonly Subnet[], key: 'cidrBlock' | 'ipv6CidrBlock'): void {
  const placed = subnets.flatMap((subnet, order) => {
    const text = subnet.value[key]
    return text === undefined ? [] : [{ subnet, order, block: context.block(text) }]
  })
  placed.sort(
    (left, right) =>
      left.block.network.compare(right.block.network) || left.block.prefixLength - right.block.prefixLength,
  )
  let widest: { subnet: Subnet; order: number; block: CidrBlock } | undefined
  for (const each of placed) {
    if (!widest?.block.overlaps(each.block)) {
      widest = each
      continue
    }
    const [earlier, later] = widest.order < each.order ? [widest, each] : [each, widest]
    context.error(
      'cidr-overlap',
      [...later.subnet.keys, key],
      `${later.block} overlaps ${earlier.block} of the subnet ${earlier.subnet.name}. Choose another block.`,
      'InvalidSubnet.Conflict',
    )
  }
}
