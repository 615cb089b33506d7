import type { Named, ResourceDesign } from './design.ts'
import type { SubnetPlacementDesign } from './vpc-design.ts'

/** A transit gateway with its VPC attachments and route tables. */
export interface TransitGatewayDesign extends ResourceDesign {
  /** Attachments are associated with the default route table unless they name another; `true` unless given. */
  readonly defaultRouteTableAssociation?: boolean
  /** Attachments propagate to the default route table unless they name others; `true` unless given. */
  readonly defaultRouteTablePropagation?: boolean
  /** Groups can be referenced across the gateway (inbound rules only); `false` unless given. */
  readonly securityGroupReferencingSupport?: boolean
  readonly vpcAttachments?: Named<TransitGatewayVpcAttachmentDesign>
  /** Static routes of the default route table, referenced as `<transit gateway>/default`. */
  readonly defaultRouteTable?: TransitGatewayRouteTableDesign
  readonly routeTables?: Named<TransitGatewayRouteTableDesign>
}

/** The attachment of a VPC to a transit gateway. */
export interface TransitGatewayVpcAttachmentDesign extends ResourceDesign {
  readonly vpc: string
  /** One per zone. */
  readonly subnets: readonly SubnetPlacementDesign[]
  /** `false` unless given. */
  readonly applianceModeSupport?: boolean
  /** `true` unless given; works only where the gateway has it too. */
  readonly securityGroupReferencingSupport?: boolean
  /** The route table for what comes from this attachment; the default one unless given. */
  readonly associatedRouteTable?: string
  /** The route tables that learn this VPC's blocks; the default one unless given. */
  readonly propagatedRouteTables?: readonly string[]
}

/** A route table of a transit gateway: its static routes. */
export interface TransitGatewayRouteTableDesign extends ResourceDesign {
  readonly routes?: readonly TransitGatewayRouteDesign[]
}

/** A static route: to an attachment, or a blackhole. */
export interface TransitGatewayRouteDesign {
  readonly destinationCidrBlock: string
  readonly attachment?: string
  readonly blackhole?: true
}

/** An active peering connection; another region of `peerVpc` makes it an inter-Region one. */
export interface VpcPeeringConnectionDesign extends ResourceDesign {
  /** The requester. */
  readonly vpc: string
  /** The accepter. */
  readonly peerVpc: string
}
