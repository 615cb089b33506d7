import type {
  IpProtocolDesign,
  Named,
  NetworkAclDesign,
  NetworkAclEntryDesign,
  SecurityGroupDesign,
  SecurityGroupRuleDesign,
} from '@flowtap/core'
import type { NetworkAclEntryRow, NetworkAclRow, SecurityGroupRuleRow } from '../services/ec2/ec2-rows.ts'
import { named } from './named-resources.ts'
import type { StateIndex } from './state-index.ts'

const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'icmp', 'icmpv6'])

/** All groups of a VPC, the default one too. */
export function securityGroupsOfState(index: StateIndex, vpcId: string): Named<SecurityGroupDesign> {
  return named(
    index.groupsOf(vpcId),
    ({ groupId }) => groupId,
    ({ groupId, groupName }) => {
      const rules = index.rulesOf(groupId)
      return {
        id: groupId,
        tags: index.tagsOf(groupId),
        groupName,
        ingress: rules.filter(({ isEgress }) => !isEgress).map((rule) => ruleOfState(index, rule)),
        egress: rules.filter(({ isEgress }) => isEgress).map((rule) => ruleOfState(index, rule)),
      }
    },
  )
}

function ruleOfState(index: StateIndex, rule: SecurityGroupRuleRow): SecurityGroupRuleDesign {
  const { cidrIpv4, cidrIpv6, prefixListId, referencedGroupId } = rule
  const block = cidrIpv4 ?? cidrIpv6
  return {
    id: rule.securityGroupRuleId,
    ipProtocol: protocolOfState(rule.ipProtocol),
    ...(WITH_PORTS.has(rule.ipProtocol) && { fromPort: rule.fromPort, toPort: rule.toPort }),
    ...(block !== undefined && { cidrBlock: block }),
    ...(prefixListId !== undefined && { prefixList: index.prefixListName(prefixListId) }),
    ...(referencedGroupId === rule.groupId
      ? { self: true }
      : referencedGroupId !== undefined && { securityGroup: index.referencedGroupName(rule, referencedGroupId) }),
  }
}

/** An ACL; all denied where there is none. */
export function networkAclOfState(index: StateIndex, acl: NetworkAclRow | undefined): NetworkAclDesign {
  if (!acl) return { ingress: [], egress: [] }
  return {
    id: acl.networkAclId,
    tags: index.tagsOf(acl.networkAclId),
    ingress: acl.entries.filter(({ egress }) => !egress).map(entryOfState),
    egress: acl.entries.filter(({ egress }) => egress).map(entryOfState),
  }
}

function entryOfState(entry: NetworkAclEntryRow): NetworkAclEntryDesign {
  return {
    ruleNumber: entry.ruleNumber,
    ruleAction: entry.ruleAction,
    protocol: protocolOfState(entry.protocol),
    cidrBlock: entry.cidrBlock ?? entry.ipv6CidrBlock ?? '',
    ...(entry.portRange && { portRange: { ...entry.portRange } }),
    ...(entry.icmpTypeCode && { icmpTypeCode: { ...entry.icmpTypeCode } }),
  }
}

function protocolOfState(text: string): IpProtocolDesign {
  switch (text) {
    case 'tcp':
    case 'udp':
    case 'icmp':
    case 'icmpv6':
      return text
    case '-1':
      return 'all'
    default:
      return Number(text)
  }
}
