import { CidrBlock } from '../../net/cidr-block.ts'
import { IpAddress } from '../../net/ip-address.ts'
import type { CheckContext } from '../check-context.ts'
import type { Keys, VpcEntry } from '../design-entry.ts'
import { quoteValue } from '../design-issue.ts'

/** Blocks that no VPC can have. Source: VPC user guide, "VPC CIDR blocks", considerations. */
const FORBIDDEN = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4'].map(CidrBlock.of)

const TEN = CidrBlock.of('10.0.0.0/8')
const ONE_SEVENTY_TWO = CidrBlock.of('172.16.0.0/12')
const ONE_NINETY_TWO = CidrBlock.of('192.168.0.0/16')
const BENCHMARK = CidrBlock.of('198.19.0.0/16')
const PRIVATE = [TEN, ONE_SEVENTY_TWO, ONE_NINETY_TWO]

/** Blocks of VPCs, and the main route table. Source: VPC user guide, "VPC CIDR blocks". */
export function checkVpcs(context: CheckContext): void {
  for (const vpc of context.index.vpcs.values()) {
    checkIpv4Blocks(context, vpc)
    checkIpv6Blocks(context, vpc)
    const { mainRouteTable } = vpc.value
    if (mainRouteTable !== undefined) {
      const keys = [...vpc.keys, 'mainRouteTable']
      const table = context.find('routeTables', mainRouteTable, keys)
      if (table && table.vpc !== vpc) wrongVpc(context, keys, `The route table ${table.name}`, table.vpc, vpc)
    }
  }
}

/** The issue for a reference from one VPC to something of another. */
export function wrongVpc(context: CheckContext, keys: Keys, what: string, actual: VpcEntry, wanted: VpcEntry): void {
  context.error(
    'wrong-vpc',
    keys,
    `${what} belongs to the VPC ${actual.name}, not to ${wanted.name}. Name one of ${wanted.name}.`,
    'InvalidParameterValue',
  )
}

/** A warning for bits behind the prefix: EC2 stores the canonical block, which may not be what was meant. */
export function checkCanonical(context: CheckContext, keys: Keys, text: string): void {
  const block = context.block(text)
  const address = IpAddress.parse(text.slice(0, text.lastIndexOf('/')))
  if (address && !address.equals(block.network)) {
    context.warn(
      'cidr-not-canonical',
      keys,
      `${quoteValue(text)} has bits behind its prefix length; EC2 stores ${block}. Write ${block}, or another prefix length.`,
    )
  }
}

function checkIpv4Blocks(context: CheckContext, vpc: VpcEntry): void {
  const blocks: CidrBlock[] = []
  for (const [at, text] of vpc.value.cidrBlocks.entries()) {
    const keys = [...vpc.keys, 'cidrBlocks', at]
    const block = context.block(text)
    const forbidden = FORBIDDEN.find((each) => each.overlaps(block))
    const restriction = at > 0 && blocks[0] ? associationRestriction(blocks[0], blocks, block) : undefined
    const overlap = blocks.find((each) => each.overlaps(block))
    checkCanonical(context, keys, text)
    if (block.prefixLength < 16 || block.prefixLength > 28) {
      context.error(
        'cidr-size',
        keys,
        `A VPC cannot have a /${block.prefixLength} (${block}). Choose a block from /16 to /28.`,
        'InvalidVpc.Range',
      )
    } else if (forbidden) {
      context.error(
        'cidr-range',
        keys,
        `A VPC cannot have addresses of ${forbidden}. Choose another block.`,
        'InvalidVpc.Range',
      )
    } else if (overlap) {
      context.error(
        'cidr-overlap',
        keys,
        `${block} overlaps ${overlap}, which the VPC has already. Choose another block.`,
        'CidrConflict',
      )
    } else if (restriction !== undefined) {
      context.error(
        'cidr-range',
        keys,
        `${block} cannot be added: ${restriction}. Choose another block.`,
        'InvalidVpc.Range',
      )
    }
    blocks.push(block)
  }
}

/** Source: VPC user guide, "IPv4 CIDR block association restrictions". */
function associationRestriction(
  primary: CidrBlock,
  blocks: readonly CidrBlock[],
  added: CidrBlock,
): string | undefined {
  if (BENCHMARK.overlaps(added)) return `a VPC whose first block is ${primary} cannot have ${BENCHMARK}`
  const home = PRIVATE.find((range) => range.containsBlock(primary))
  const foreign = PRIVATE.find((range) => range !== home && range.overlaps(added))
  if (foreign) return `a VPC whose first block is ${primary} cannot have ${foreign}`
  if (home === ONE_SEVENTY_TWO && CidrBlock.of('172.31.0.0/16').overlaps(added)) {
    return `a VPC whose first block is in ${ONE_SEVENTY_TWO} cannot have 172.31.0.0/16`
  }
  const low = CidrBlock.of('10.0.0.0/15')
  if (blocks.some((each) => low.containsBlock(each)) && CidrBlock.of('10.0.0.0/16').overlaps(added)) {
    return `a VPC with a block in ${low} cannot have another one in 10.0.0.0/16`
  }
  return undefined
}

function checkIpv6Blocks(context: CheckContext, vpc: VpcEntry): void {
  const blocks: CidrBlock[] = []
  for (const [at, text] of (vpc.value.ipv6CidrBlocks ?? []).entries()) {
    const keys = [...vpc.keys, 'ipv6CidrBlocks', at]
    const block = context.block(text)
    const overlap = blocks.find((each) => each.overlaps(block))
    if (block.prefixLength < 44 || block.prefixLength > 60 || block.prefixLength % 4 !== 0) {
      context.error(
        'cidr-size',
        keys,
        `A VPC cannot have a /${block.prefixLength} (${block}). Choose an IPv6 block of /44, /48, /52, /56 or /60.`,
        'InvalidVpc.Range',
      )
    } else if (overlap) {
      context.error(
        'cidr-overlap',
        keys,
        `${block} overlaps ${overlap}, which the VPC has already. Choose another block.`,
        'CidrConflict',
      )
    }
    blocks.push(block)
  }
}
