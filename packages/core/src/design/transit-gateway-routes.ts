import { CidrBlock } from '../net/cidr-block.ts'
import type { TransitGatewayOwned } from './design-entry.ts'
import type { DesignIndex } from './design-index.ts'
import type { TransitGatewayRouteTableDesign, TransitGatewayVpcAttachmentDesign } from './transit-gateway-design.ts'

type Attachment = TransitGatewayOwned<TransitGatewayVpcAttachmentDesign>
type Table = TransitGatewayOwned<TransitGatewayRouteTableDesign>

/** The name of the table with which an attachment is associated; undefined for none. */
export function associationTable(attachment: Attachment): string | undefined {
  const { transitGateway, value } = attachment
  if (value.associatedRouteTable !== undefined) return value.associatedRouteTable
  return transitGateway.value.defaultRouteTableAssociation === false ? undefined : `${transitGateway.name}/default`
}

/** The names of the tables to which an attachment propagates. */
export function propagationTables(attachment: Attachment): readonly string[] {
  const { transitGateway, value } = attachment
  if (value.propagatedRouteTables) return value.propagatedRouteTables
  return transitGateway.value.defaultRouteTablePropagation === false ? [] : [`${transitGateway.name}/default`]
}

/** A VPC's block that an attachment brings to a table. */
export interface PropagatedBlock {
  readonly attachment: Attachment
  readonly block: CidrBlock
}

/**
 * The blocks that a table of a transit gateway learns. A block that overlaps one of another VPC is not propagated: the attachment that
 * stands first in the design keeps its own (Transit Gateway guide, "VPC attachments": overlapping blocks).
 */
export function propagatedBlocks(
  index: DesignIndex,
  table: Table,
): {
  readonly learned: readonly PropagatedBlock[]
  readonly left: readonly (PropagatedBlock & { readonly other: CidrBlock })[]
} {
  const learned: PropagatedBlock[] = []
  const left: (PropagatedBlock & { other: CidrBlock })[] = []
  for (const attachment of index.transitGatewayAttachments.values()) {
    if (attachment.transitGateway !== table.transitGateway) continue
    if (!propagationTables(attachment).includes(table.name)) continue
    const vpc = index.vpcs.get(attachment.value.vpc)
    if (!vpc) continue
    for (const text of [...vpc.value.cidrBlocks, ...(vpc.value.ipv6CidrBlocks ?? [])]) {
      const block = CidrBlock.of(text)
      const other = learned.find((each) => each.attachment.value.vpc !== vpc.name && each.block.overlaps(block))
      if (other) left.push({ attachment, block, other: other.block })
      else learned.push({ attachment, block })
    }
  }
  return { learned, left }
}
