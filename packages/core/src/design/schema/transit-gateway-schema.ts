import { z } from 'zod'
import type {
  TransitGatewayDesign,
  TransitGatewayRouteDesign,
  TransitGatewayRouteTableDesign,
  TransitGatewayVpcAttachmentDesign,
  VpcPeeringConnectionDesign,
} from '../transit-gateway-design.ts'
import { objectSchema, optional } from './object-schema.ts'
import { anyBlock, named, onlyTrue, reference, resourceShape } from './text-formats.ts'
import { subnetPlacementSchema } from './vpc-schema.ts'

const routeTableSchema = objectSchema<TransitGatewayRouteTableDesign>({
  ...resourceShape('transitGatewayRouteTable'),
  routes: optional(
    z.array(
      objectSchema<TransitGatewayRouteDesign>({
        destinationCidrBlock: anyBlock,
        attachment: optional(reference),
        blackhole: optional(onlyTrue),
      }),
    ),
  ),
})

const attachmentSchema = objectSchema<TransitGatewayVpcAttachmentDesign>({
  ...resourceShape('transitGatewayAttachment'),
  vpc: reference,
  subnets: z.array(subnetPlacementSchema).min(1),
  applianceModeSupport: optional(z.boolean()),
  securityGroupReferencingSupport: optional(z.boolean()),
  associatedRouteTable: optional(reference),
  propagatedRouteTables: optional(z.array(reference)),
})

/** A transit gateway with its VPC attachments. */
export const transitGatewaySchema: z.ZodType<TransitGatewayDesign> = objectSchema<TransitGatewayDesign>({
  ...resourceShape('transitGateway'),
  defaultRouteTableAssociation: optional(z.boolean()),
  defaultRouteTablePropagation: optional(z.boolean()),
  securityGroupReferencingSupport: optional(z.boolean()),
  vpcAttachments: optional(named(attachmentSchema)),
  defaultRouteTable: optional(routeTableSchema),
  routeTables: optional(named(routeTableSchema)),
})

/** A peering connection. */
export const vpcPeeringConnectionSchema: z.ZodType<VpcPeeringConnectionDesign> =
  objectSchema<VpcPeeringConnectionDesign>({
    ...resourceShape('vpcPeeringConnection'),
    vpc: reference,
    peerVpc: reference,
  })
