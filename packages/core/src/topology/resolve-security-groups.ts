import type { SecurityGroupEntry } from '../design/design-entry.ts'
import { protocolNumber } from '../design/protocol-number.ts'
import { rulePorts } from '../design/rule-ports.ts'
import type { SecurityGroupRuleDesign } from '../design/security-group-design.ts'
import { groupReach } from '../design/security-group-reach.ts'
import { draft } from './draft.ts'
import type { FlowDirection, NetworkInterface, SecurityGroup, SecurityGroupRule } from './topology.ts'
import { must, type TopologyDrafts } from './topology-drafts.ts'

/**
 * Whether a new group of a VPC with IPv6 blocks lets IPv6 out besides IPv4. The guide says so of the default group, and of a custom one
 * only that it allows all outbound traffic.
 */
export const NEW_GROUPS_ALLOW_IPV6_OUT = true

/** Groups without rules and members. */
export function resolveSecurityGroups(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.securityGroups.values()) {
    const vpc = must(drafts.vpcs.get(entry.vpc.name), `VPC ${entry.vpc.name}`)
    const group = draft<SecurityGroup>({ ...drafts.resource('securityGroup', entry), vpc })
    drafts.securityGroups.set(entry.name, group)
    if (entry.isDefault) vpc.defaultSecurityGroup = group
  }
}

/** Rules, which refer to groups, and members, which are ENIs. */
export function resolveSecurityGroupRules(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.securityGroups.values()) {
    const group = must(drafts.securityGroups.get(entry.name), `security group ${entry.name}`)
    group.ingress = rulesOf(drafts, entry, 'ingress')
    group.egress = rulesOf(drafts, entry, 'egress')
  }
  const members = new Map<string, NetworkInterface[]>()
  for (const networkInterface of drafts.interfaces.values()) {
    for (const { name } of networkInterface.securityGroups) {
      const known = members.get(name)
      if (known) known.push(networkInterface)
      else members.set(name, [networkInterface])
    }
  }
  for (const group of drafts.securityGroups.values()) group.members = members.get(group.name) ?? []
}

function rulesOf(drafts: TopologyDrafts, group: SecurityGroupEntry, direction: FlowDirection): SecurityGroupRule[] {
  const given =
    group.value[direction] ?? (direction === 'egress' ? allowAllOut(group) : group.isDefault ? ALL_FROM_SELF : [])
  return given.map((rule) => resolveRule(drafts, group, direction, rule))
}

/** Source: VPC user guide, "Default security groups". */
const ALL_FROM_SELF: readonly SecurityGroupRuleDesign[] = [{ ipProtocol: 'all', self: true }]

function allowAllOut(group: SecurityGroupEntry): SecurityGroupRuleDesign[] {
  const hasIpv6 = (group.vpc.value.ipv6CidrBlocks?.length ?? 0) > 0
  const ipv4: SecurityGroupRuleDesign = { ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }
  const wantsIpv6 = hasIpv6 && (group.isDefault || NEW_GROUPS_ALLOW_IPV6_OUT)
  return wantsIpv6 ? [ipv4, { ipProtocol: 'all', cidrBlock: '::/0' }] : [ipv4]
}

function resolveRule(
  drafts: TopologyDrafts,
  group: SecurityGroupEntry,
  direction: FlowDirection,
  rule: SecurityGroupRuleDesign,
): SecurityGroupRule {
  const protocol = protocolNumber(rule.ipProtocol)
  const [fromPort, toPort] = rulePorts(rule)
  const peer = peerOf(drafts, group, direction, rule)
  const peerText =
    peer.kind === 'cidr'
      ? peer.block.toString()
      : peer.kind === 'prefix-list'
        ? peer.prefixList.name
        : (rule.securityGroup ?? 'self')
  const id =
    rule.id ??
    drafts.makeId('securityGroupRule', [group.name, direction, protocol, fromPort, toPort, peerText].join(' '))
  return { id, direction, protocol, fromPort, toPort, peer }
}

function peerOf(
  drafts: TopologyDrafts,
  group: SecurityGroupEntry,
  direction: FlowDirection,
  rule: SecurityGroupRuleDesign,
): SecurityGroupRule['peer'] {
  if (rule.cidrBlock !== undefined) return { kind: 'cidr', block: drafts.block(rule.cidrBlock) }
  if (rule.prefixList !== undefined) {
    return {
      kind: 'prefix-list',
      prefixList: must(drafts.prefixLists.get(rule.prefixList), `prefix list ${rule.prefixList}`),
    }
  }
  const other = rule.securityGroup === undefined ? group : drafts.index.securityGroup(rule.securityGroup, group.vpc)
  // An id of a group that is gone: a stale rule.
  if (!other) return { kind: 'security-group', group: undefined }
  const reach = other.vpc === group.vpc ? 'same' : groupReach(drafts.index, group.vpc, other.vpc)
  const isReached = reach === 'same' || reach === 'peering' || (reach === 'transit-gateway' && direction === 'ingress')
  return { kind: 'security-group', group: isReached ? drafts.securityGroups.get(other.name) : undefined }
}

/** Prefix lists, AWS's own and the design's. */
export function resolvePrefixLists(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.prefixLists.values()) {
    const { value } = entry
    drafts.prefixLists.set(entry.name, {
      ...drafts.resource('prefixList', entry),
      entries: value.entries.map((text) => drafts.block(text)),
      maximumEntries: value.maxEntries ?? value.entries.length,
      service: entry.service,
    })
  }
}
