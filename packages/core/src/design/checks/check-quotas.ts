import { firstZone } from '../../aws/region.ts'
import type { CheckContext } from '../check-context.ts'
import type { Keys, SecurityGroupEntry } from '../design-entry.ts'
import { zoneOf } from '../interface-plan.ts'

/** Quotas of EC2. Up to `standard` nothing need be asked; up to `highest` AWS raises the quota on request. Sources: "Amazon VPC quotas". */
const QUOTAS = {
  vpcs: { standard: 5, highest: Number.POSITIVE_INFINITY, words: 'VPCs in a Region', code: 'VpcLimitExceeded' },
  subnets: { standard: 200, highest: Number.POSITIVE_INFINITY, words: 'subnets in a VPC', code: 'SubnetLimitExceeded' },
  ipv4Blocks: { standard: 5, highest: 50, words: 'IPv4 blocks in a VPC', code: 'CidrLimitExceeded' },
  ipv6Blocks: { standard: 5, highest: 50, words: 'IPv6 blocks in a VPC', code: 'CidrLimitExceeded' },
  routeTables: {
    standard: 200,
    highest: Number.POSITIVE_INFINITY,
    words: 'route tables in a VPC',
    code: 'RouteTableLimitExceeded',
  },
  routes: {
    standard: 500,
    highest: 1000,
    words: 'routes of one IP version in a route table',
    code: 'RouteLimitExceeded',
  },
  networkAcls: {
    standard: 200,
    highest: Number.POSITIVE_INFINITY,
    words: 'network ACLs in a VPC',
    code: 'NetworkAclLimitExceeded',
  },
  aclEntries: {
    standard: 20,
    highest: 40,
    words: 'entries in one direction of a network ACL',
    code: 'NetworkAclEntryLimitExceeded',
  },
  groupRules: {
    standard: 60,
    highest: 1000,
    words: 'rules of one direction and IP version in a security group',
    code: 'RulesPerSecurityGroupLimitExceeded',
  },
  groups: {
    standard: 5,
    highest: 16,
    words: 'security groups of a network interface',
    code: 'SecurityGroupsPerInterfaceLimitExceeded',
  },
  natGateways: {
    standard: 5,
    highest: Number.POSITIVE_INFINITY,
    words: 'NAT gateways in a zone',
    code: 'NatGatewayLimitExceeded',
  },
  natAddresses: { standard: 8, highest: 8, words: 'addresses of a NAT gateway', code: 'PrivateIpAddressLimitExceeded' },
  exclusions: {
    standard: 50,
    highest: Number.POSITIVE_INFINITY,
    words: 'exclusions of Block Public Access',
    code: 'VpcBlockPublicAccessExclusionLimitExceeded',
  },
  prefixListEntries: {
    standard: 1000,
    highest: 1000,
    words: 'entries in a prefix list',
    code: 'PrefixListMaxEntriesLimitExceeded',
  },
  listeners: {
    standard: 50,
    highest: Number.POSITIVE_INFINITY,
    words: 'listeners of a load balancer',
    code: 'TooManyListeners',
  },
} as const

/** Rules per group times groups per ENI: more cannot be had together. Source: "Amazon VPC quotas", security groups. */
const MOST_RULES_TIMES_GROUPS = 1000

type Quota = keyof typeof QUOTAS

/** Counts against quotas: a warning where AWS would have to raise one, an error where it cannot. */
export function checkQuotas(context: CheckContext): void {
  const { index } = context
  const inRegion = [...index.vpcs.values()].filter(
    (vpc) => vpc.region === index.region && vpc.ownerId === index.accountId,
  )
  count(context, 'vpcs', ['vpcs'], inRegion.length)
  for (const vpc of index.vpcs.values()) {
    count(context, 'ipv4Blocks', [...vpc.keys, 'cidrBlocks'], vpc.value.cidrBlocks.length)
    count(context, 'ipv6Blocks', [...vpc.keys, 'ipv6CidrBlocks'], vpc.value.ipv6CidrBlocks?.length ?? 0)
    count(context, 'subnets', [...vpc.keys, 'subnets'], Object.keys(vpc.value.subnets ?? {}).length)
    count(context, 'routeTables', [...vpc.keys, 'routeTables'], Object.keys(vpc.value.routeTables ?? {}).length + 1)
    count(context, 'networkAcls', [...vpc.keys, 'networkAcls'], Object.keys(vpc.value.networkAcls ?? {}).length + 1)
  }
  countRoutes(context)
  for (const acl of index.networkAcls.values()) {
    count(context, 'aclEntries', [...acl.keys, 'ingress'], acl.value.ingress?.length ?? 0)
    count(context, 'aclEntries', [...acl.keys, 'egress'], acl.value.egress?.length ?? 0)
  }
  countGroups(context)
  countNatGateways(context)
  const exclusions = index.design.vpcBlockPublicAccess?.exclusions ?? []
  count(context, 'exclusions', ['vpcBlockPublicAccess', 'exclusions'], exclusions.length)
  for (const list of index.prefixLists.values()) {
    if (list.service === undefined)
      count(context, 'prefixListEntries', [...list.keys, 'entries'], list.value.entries.length)
  }
  for (const balancer of index.loadBalancers.values()) {
    count(context, 'listeners', [...balancer.keys, 'listeners'], balancer.value.listeners?.length ?? 0)
  }
}

function count(context: CheckContext, quota: Quota, keys: Keys, actual: number): void {
  const { standard, highest, words, code } = QUOTAS[quota]
  if (actual > highest) {
    context.error('quota', keys, `There are ${actual} ${words}; AWS allows at most ${highest}. Use fewer.`, code)
  } else if (actual > standard) {
    context.warn(
      'quota',
      keys,
      `There are ${actual} ${words}; AWS allows ${standard} unless it raises the quota. Use fewer, or ask AWS.`,
    )
  }
}

/** A prefix list counts as its maximum. */
function weightOf(context: CheckContext, name: string): number {
  const list = context.index.prefixLists.get(name)
  return list ? (list.value.maxEntries ?? list.value.entries.length) : 0
}

function isIpv6List(context: CheckContext, name: string): boolean {
  const [first] = context.index.prefixLists.get(name)?.value.entries ?? []
  return first !== undefined && context.block(first).version === 6
}

function countRoutes(context: CheckContext): void {
  for (const table of context.index.routeTables.values()) {
    const counts = { 4: 0, 6: 0 }
    for (const { destinationCidrBlock: text, destinationPrefixList: list } of table.value.routes ?? []) {
      if (text !== undefined) counts[context.block(text).version]++
      else if (list !== undefined) counts[isIpv6List(context, list) ? 6 : 4] += weightOf(context, list)
    }
    count(context, 'routes', [...table.keys, 'routes'], Math.max(counts[4], counts[6]))
  }
}

function rulesOf(context: CheckContext, group: SecurityGroupEntry, direction: 'ingress' | 'egress'): number {
  const counts = { 4: 0, 6: 0 }
  for (const rule of group.value[direction] ?? []) {
    if (rule.cidrBlock !== undefined) counts[context.block(rule.cidrBlock).version]++
    else if (rule.prefixList !== undefined)
      counts[isIpv6List(context, rule.prefixList) ? 6 : 4] += weightOf(context, rule.prefixList)
    else {
      counts[4]++
      counts[6]++
    }
  }
  return Math.max(counts[4], counts[6])
}

function countGroups(context: CheckContext): void {
  const { index } = context
  let largest = { rules: 0, keys: [] as Keys }
  for (const group of index.securityGroups.values()) {
    for (const direction of ['ingress', 'egress'] as const) {
      const rules = rulesOf(context, group, direction)
      count(context, 'groupRules', [...group.keys, direction], rules)
      if (rules > largest.rules) largest = { rules, keys: [...group.keys, direction] }
    }
  }
  let most = 0
  for (const map of [index.networkInterfaces, index.instances]) {
    for (const entry of map.values()) {
      const groups = entry.value.securityGroups?.length ?? 0
      count(context, 'groups', [...entry.keys, 'securityGroups'], groups)
      most = Math.max(most, groups)
    }
  }
  if (most * largest.rules > MOST_RULES_TIMES_GROUPS && largest.rules <= QUOTAS.groupRules.highest) {
    context.error(
      'quota',
      largest.keys,
      `${largest.rules} rules in a group and ${most} groups at an ENI make ${most * largest.rules}; AWS allows ${MOST_RULES_TIMES_GROUPS} together. Use fewer rules or groups.`,
      'RulesPerSecurityGroupLimitExceeded',
    )
  }
}

function countNatGateways(context: CheckContext): void {
  const zones = new Map<string, number>()
  for (const { keys, value } of context.index.natGateways.values()) {
    count(context, 'natAddresses', [...keys, 'secondaryAddresses'], 1 + (value.secondaryAddresses?.length ?? 0))
    const subnet = context.index.subnets.get(value.subnet)
    if (!subnet) continue
    const zone = zoneOf(subnet, firstZone)
    const gateways = (zones.get(zone) ?? 0) + 1
    zones.set(zone, gateways)
    if (gateways === QUOTAS.natGateways.standard + 1) count(context, 'natGateways', keys, gateways)
  }
}
