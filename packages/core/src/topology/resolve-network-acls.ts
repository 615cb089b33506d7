import type { NetworkAclEntry as AclEntry } from '../design/design-entry.ts'
import { ALL_PROTOCOLS, protocolNumber } from '../design/protocol-number.ts'
import type { NetworkAclEntryDesign } from '../design/security-group-design.ts'
import type { FlowDirection, NetworkAclEntry } from './topology.ts'
import { must, type TopologyDrafts } from './topology-drafts.ts'

/**
 * Network ACLs. The default ACL lets everything through, IPv6 where the VPC has it; a custom one denies all until it has entries.
 * Source: VPC user guide, "Default network ACL" and "Custom network ACLs".
 */
export function resolveNetworkAcls(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.networkAcls.values()) {
    const vpc = must(drafts.vpcs.get(entry.vpc.name), `VPC ${entry.vpc.name}`)
    const acl = {
      ...drafts.resource('networkAcl', entry),
      vpc,
      ingress: entriesOf(drafts, entry, 'ingress'),
      egress: entriesOf(drafts, entry, 'egress'),
    }
    drafts.networkAcls.set(entry.name, acl)
    if (entry.isDefault) vpc.defaultNetworkAcl = acl
  }
}

function entriesOf(drafts: TopologyDrafts, acl: AclEntry, direction: FlowDirection): NetworkAclEntry[] {
  const given = acl.value[direction] ?? (acl.isDefault ? allowAll(acl) : [])
  return given
    .map((entry) => resolveEntry(drafts, entry, direction))
    .sort((left, right) => left.ruleNumber - right.ruleNumber)
}

function allowAll(acl: AclEntry): NetworkAclEntryDesign[] {
  const allow = { ruleAction: 'allow', protocol: 'all' } as const
  const ipv4 = { ...allow, ruleNumber: 100, cidrBlock: '0.0.0.0/0' }
  const hasIpv6 = (acl.vpc.value.ipv6CidrBlocks?.length ?? 0) > 0
  return hasIpv6 ? [ipv4, { ...allow, ruleNumber: 101, cidrBlock: '::/0' }] : [ipv4]
}

function resolveEntry(drafts: TopologyDrafts, entry: NetworkAclEntryDesign, direction: FlowDirection): NetworkAclEntry {
  const protocol = protocolNumber(entry.protocol)
  return {
    ruleNumber: entry.ruleNumber,
    direction,
    action: entry.ruleAction,
    protocol: protocol < 0 ? ALL_PROTOCOLS : protocol,
    fromPort: entry.portRange?.from ?? 0,
    toPort: entry.portRange?.to ?? 65535,
    icmpType: entry.icmpTypeCode?.type ?? -1,
    icmpCode: entry.icmpTypeCode?.code ?? -1,
    cidrBlock: drafts.block(entry.cidrBlock),
  }
}
