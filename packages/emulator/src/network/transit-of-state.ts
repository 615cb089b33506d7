import type {
  Named,
  TransitGatewayDesign,
  TransitGatewayRouteTableDesign,
  VpcPeeringConnectionDesign,
} from '@flowtap/core'
import type { TransitGatewayRouteTableRow, TransitGatewayRow } from '../services/ec2/ec2-rows.ts'
import { named } from './named-resources.ts'
import type { StateIndex } from './state-index.ts'
import { placementOfState } from './vpc-services-of-state.ts'

/** Peering connections that are active. */
export function peeringConnectionsOfState(index: StateIndex): Named<VpcPeeringConnectionDesign> {
  return named(
    index.tables.vpcPeeringConnections.values(),
    ({ vpcPeeringConnectionId }) => vpcPeeringConnectionId,
    (row) =>
      row.statusCode === 'active'
        ? {
            id: row.vpcPeeringConnectionId,
            tags: index.tagsOf(row.vpcPeeringConnectionId),
            vpc: row.requesterVpcId,
            peerVpc: row.accepterVpcId,
          }
        : undefined,
  )
}

/**
 * Transit gateways with the attachments that are available. Each table stands under its id; a design's implied default table is left
 * out, as every attachment names its own.
 */
export function transitGatewaysOfState(index: StateIndex): Named<TransitGatewayDesign> {
  return named(
    index.tables.transitGateways.values(),
    ({ transitGatewayId }) => transitGatewayId,
    (row) => (row.state === 'available' ? gatewayOfState(index, row) : undefined),
  )
}

function gatewayOfState(index: StateIndex, row: TransitGatewayRow): TransitGatewayDesign {
  const { tables } = index
  const id = row.transitGatewayId
  return {
    id,
    tags: index.tagsOf(id),
    defaultRouteTableAssociation: false,
    defaultRouteTablePropagation: false,
    securityGroupReferencingSupport: row.securityGroupReferencingSupport === 'enable',
    vpcAttachments: named(
      tables.transitGatewayAttachments.values(),
      ({ transitGatewayAttachmentId }) => transitGatewayAttachmentId,
      (attachment) =>
        attachment.transitGatewayId === id && attachment.state === 'available'
          ? {
              id: attachment.transitGatewayAttachmentId,
              tags: index.tagsOf(attachment.transitGatewayAttachmentId),
              vpc: attachment.vpcId,
              subnets: attachment.subnetIds.map((subnet, at) =>
                placementOfState(index, subnet, attachment.networkInterfaceIds[at]),
              ),
              applianceModeSupport: attachment.applianceModeSupport === 'enable',
              securityGroupReferencingSupport: attachment.securityGroupReferencingSupport === 'enable',
              ...(attachment.associatedRouteTableId !== undefined && {
                associatedRouteTable: attachment.associatedRouteTableId,
              }),
              propagatedRouteTables: attachment.propagatedRouteTableIds,
            }
          : undefined,
    ),
    routeTables: named(
      tables.transitGatewayRouteTables.values(),
      ({ transitGatewayRouteTableId }) => transitGatewayRouteTableId,
      (table) => (table.transitGatewayId === id ? tableOfState(index, table) : undefined),
    ),
  }
}

function tableOfState(index: StateIndex, table: TransitGatewayRouteTableRow): TransitGatewayRouteTableDesign {
  return {
    id: table.transitGatewayRouteTableId,
    tags: index.tagsOf(table.transitGatewayRouteTableId),
    routes: table.routes.map(({ destinationCidrBlock, transitGatewayAttachmentId: attachment }) => {
      const isThere =
        attachment !== undefined && index.tables.transitGatewayAttachments.get(attachment)?.state === 'available'
      return { destinationCidrBlock, ...(isThere ? { attachment } : { blackhole: true }) }
    }),
  }
}
