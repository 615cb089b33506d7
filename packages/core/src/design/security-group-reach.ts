import type { VpcEntry } from './design-entry.ts'
import type { DesignIndex } from './design-index.ts'

/**
 * By what a group of one VPC can name a group of another: an active peering in one Region (inbound and outbound rules), or a transit
 * gateway whose attachments and itself support group references (inbound rules only).
 * Source: VPC user guide, "Security group rules", referencing; Transit Gateway guide, "Security group referencing".
 */
export function groupReach(
  index: DesignIndex,
  own: VpcEntry,
  other: VpcEntry,
): 'peering' | 'transit-gateway' | undefined {
  for (const { value } of index.vpcPeeringConnections.values()) {
    const ends = [value.vpc, value.peerVpc]
    if (ends.includes(own.name) && ends.includes(other.name) && own.region === other.region) return 'peering'
  }
  const supporting = (vpc: VpcEntry): Set<string> => {
    const names = new Set<string>()
    for (const attachment of index.transitGatewayAttachments.values()) {
      const { transitGateway, value } = attachment
      if (value.vpc !== vpc.name || value.securityGroupReferencingSupport === false) continue
      if (transitGateway.value.securityGroupReferencingSupport === true) names.add(transitGateway.name)
    }
    return names
  }
  const others = supporting(other)
  return [...supporting(own)].some((name) => others.has(name)) ? 'transit-gateway' : undefined
}
