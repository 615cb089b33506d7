import type { Ec2Tables } from './ec2-tables.ts'

/**
 * What lets rules of one VPC name groups of another: an active peering in both directions, or a transit gateway that supports it, in
 * inbound rules alone. Sources: VPC user guide, "Security group referencing"; Transit Gateway guide, "Security group referencing".
 */
export function groupReachOf(
  tables: Ec2Tables,
  vpcId: string,
  otherVpcId: string,
): 'peering' | 'transit-gateway' | undefined {
  for (const { statusCode, requesterVpcId, accepterVpcId } of tables.vpcPeeringConnections.values()) {
    if (statusCode !== 'active') continue
    if (requesterVpcId === vpcId && accepterVpcId === otherVpcId) return 'peering'
    if (requesterVpcId === otherVpcId && accepterVpcId === vpcId) return 'peering'
  }
  const gatewaysOf = (id: string): readonly string[] =>
    [...tables.transitGatewayAttachments.values()]
      .filter(
        (row) => row.vpcId === id && row.state === 'available' && row.securityGroupReferencingSupport === 'enable',
      )
      .map(({ transitGatewayId }) => transitGatewayId)
  const others = new Set(gatewaysOf(otherVpcId))
  const isShared = gatewaysOf(vpcId).some(
    (id) => others.has(id) && tables.transitGateways.get(id)?.securityGroupReferencingSupport === 'enable',
  )
  return isShared ? 'transit-gateway' : undefined
}
