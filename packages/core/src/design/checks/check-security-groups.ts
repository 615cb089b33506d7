import type { CheckContext } from '../check-context.ts'
import type { Keys, SecurityGroupEntry } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import { ICMP, ICMPV6, isIcmp, protocolNumber } from '../protocol-number.ts'
import { rulePorts } from '../rule-ports.ts'
import type { SecurityGroupRuleDesign } from '../security-group-design.ts'
import { groupReach } from '../security-group-reach.ts'
import { checkCanonical } from './check-vpcs.ts'
import { checkIcmp, checkPortRange } from './rule-ports.ts'

const PEER_KEYS = ['cidrBlock', 'prefixList', 'securityGroup', 'self'] as const

/** Names and rules of groups. Source: VPC user guide, "Security group rules". */
export function checkSecurityGroups(context: CheckContext): void {
  const names = new Map<string, Keys>()
  for (const group of context.index.securityGroups.values()) {
    if (!group.isDefault) checkName(context, group, names)
    for (const direction of ['ingress', 'egress'] as const) {
      const seen = new Map<string, Keys>()
      for (const [at, rule] of (group.value[direction] ?? []).entries()) {
        const keys = [...group.keys, direction, at]
        checkPorts(context, keys, rule)
        checkPeer(context, keys, group, direction, rule)
        const same = [
          protocolNumber(rule.ipProtocol),
          ...rulePorts(rule),
          rule.cidrBlock === undefined ? undefined : context.block(rule.cidrBlock).toString(),
          rule.prefixList,
          rule.self ? group.name : rule.securityGroup,
        ].join(' ')
        const first = seen.get(same)
        if (first) {
          context.error(
            'duplicate-rule',
            keys,
            `The same rule stands at ${formatPath(first)} already. Leave one out.`,
            'InvalidPermission.Duplicate',
          )
        } else seen.set(same, keys)
      }
    }
  }
}

function checkName(context: CheckContext, group: SecurityGroupEntry, names: Map<string, Keys>): void {
  const name = group.value.groupName ?? group.name
  const keys = group.value.groupName === undefined ? group.keys : [...group.keys, 'groupName']
  const lower = name.toLowerCase()
  const scoped = `${group.vpc.name}/${lower}`
  const first = names.get(scoped)
  if (lower.startsWith('sg-')) {
    context.error(
      'group-name',
      keys,
      `A group cannot be called ${name}: names that begin with sg- are for ids. Choose another name.`,
      'InvalidParameterValue',
    )
  } else if (lower === 'default') {
    context.error(
      'group-name',
      keys,
      'The name default is reserved for the default group. Choose another name, or use defaultSecurityGroup.',
      'InvalidGroup.Reserved',
    )
  } else if (first) {
    context.error(
      'group-name',
      keys,
      `The VPC has a group of that name at ${formatPath(first)}; case makes no difference. Choose another name.`,
      'InvalidGroup.Duplicate',
    )
  }
  if (!first) names.set(scoped, keys)
}

function checkPorts(context: CheckContext, keys: Keys, rule: SecurityGroupRuleDesign): void {
  const protocol = protocolNumber(rule.ipProtocol)
  const place = [...keys, rule.fromPort === undefined ? 'toPort' : 'fromPort']
  if (rule.fromPort === undefined && rule.toPort === undefined) return
  if (rule.fromPort === undefined) {
    context.error(
      'rule-ports',
      place,
      'toPort stands without fromPort. Give both, or fromPort alone for one port.',
      'MissingParameter',
    )
    return
  }
  const [from, to] = rulePorts(rule)
  if (isIcmp(protocol)) checkIcmp(context, place, protocol, from, to)
  else checkPortRange(context, place, protocol, { from, to })
}

function checkPeer(
  context: CheckContext,
  keys: Keys,
  group: SecurityGroupEntry,
  direction: 'ingress' | 'egress',
  rule: SecurityGroupRuleDesign,
): void {
  const given = PEER_KEYS.filter((key) => rule[key] !== undefined)
  if (given.length !== 1) {
    const found = given.length === 0 ? 'names no peer' : `names ${given.join(' and ')}`
    context.error(
      given.length === 0 ? 'missing-key' : 'conflicting-keys',
      keys,
      `The rule ${found}. Give exactly one of ${PEER_KEYS.join(', ')}.`,
      given.length === 0 ? 'MissingParameter' : 'InvalidParameterCombination',
    )
    return
  }
  if (rule.cidrBlock !== undefined) checkBlock(context, [...keys, 'cidrBlock'], rule, rule.cidrBlock)
  if (rule.prefixList !== undefined) context.find('prefixLists', rule.prefixList, [...keys, 'prefixList'])
  if (rule.securityGroup !== undefined) {
    checkGroupReference(context, [...keys, 'securityGroup'], group, direction, rule.securityGroup)
  }
}

function checkBlock(context: CheckContext, keys: Keys, rule: SecurityGroupRuleDesign, text: string): void {
  const { version } = context.block(text)
  const protocol = protocolNumber(rule.ipProtocol)
  checkCanonical(context, keys, text)
  if ((version === 6 && protocol === ICMP) || (version === 4 && protocol === ICMPV6)) {
    const wanted = version === 6 ? 'icmpv6' : 'icmp'
    context.warn(
      'rule-never-matches',
      keys,
      `No packet has that protocol and an IPv${version} address. Name ${wanted} as ipProtocol.`,
    )
  }
}

/** An `sg-…` id is a group that is gone: the rule is stale, as after the group's deletion. */
function checkGroupReference(
  context: CheckContext,
  keys: Keys,
  group: SecurityGroupEntry,
  direction: 'ingress' | 'egress',
  name: string,
): void {
  if (/^sg-[0-9a-f]+$/.test(name)) {
    context.warn(
      'stale-rule',
      keys,
      `${name} is no group of the design: the rule is stale and matches nothing. Leave it out.`,
    )
    return
  }
  const other = context.findSecurityGroup(name, group.vpc, keys)
  if (!other || other.vpc === group.vpc) return
  const reach = groupReach(context.index, group.vpc, other.vpc)
  if (reach === 'peering' || (reach === 'transit-gateway' && direction === 'ingress')) return
  const why =
    reach === 'transit-gateway'
      ? 'across a transit gateway only inbound rules can name groups'
      : `no peering in one Region connects it to ${group.vpc.name}, and no transit gateway with securityGroupReferencingSupport`
  context.error(
    'wrong-vpc',
    keys,
    `The security group ${other.name} belongs to the VPC ${other.vpc.name}, and ${why}. Name blocks instead, or connect the VPCs.`,
    'InvalidGroup.NotFound',
  )
}
