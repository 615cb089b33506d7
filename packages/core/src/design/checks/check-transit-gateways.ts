import type { CheckContext } from '../check-context.ts'
import type { Entry, Keys, TransitGatewayOwned } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import type { TransitGatewayDesign, TransitGatewayVpcAttachmentDesign } from '../transit-gateway-design.ts'
import { propagatedBlocks, propagationTables } from '../transit-gateway-routes.ts'
import { checkPlacements } from './check-endpoints.ts'
import { checkCanonical } from './check-vpcs.ts'

type Attachment = TransitGatewayOwned<TransitGatewayVpcAttachmentDesign>

/** Attachments and routes of transit gateways. Source: Transit Gateway guide. */
export function checkTransitGateways(context: CheckContext): void {
  const attached = new Map<string, Keys>()
  for (const attachment of context.index.transitGatewayAttachments.values())
    checkAttachment(context, attachment, attached)
  for (const table of context.index.transitGatewayRouteTables.values()) {
    const destinations = new Map<string, Keys>()
    for (const [at, route] of (table.value.routes ?? []).entries()) {
      const keys = [...table.keys, 'routes', at]
      const place = [...keys, 'destinationCidrBlock']
      checkCanonical(context, place, route.destinationCidrBlock)
      const destination = context.block(route.destinationCidrBlock).toString()
      const first = destinations.get(destination)
      if (first) {
        context.error(
          'duplicate-route',
          place,
          `The destination ${destination} stands at ${formatPath(first)} already. Leave one out.`,
          'RouteAlreadyExists',
        )
      } else destinations.set(destination, keys)
      checkTarget(context, keys, table.transitGateway, route)
    }
    for (const { attachment, block, other } of propagatedBlocks(context.index, table).left) {
      context.warn(
        'not-propagated',
        attachment.keys,
        `${block} is not propagated to ${table.name}: it overlaps ${other}. Choose other blocks for one of the VPCs.`,
      )
    }
  }
}

function checkTarget(
  context: CheckContext,
  keys: Keys,
  gateway: Entry<TransitGatewayDesign>,
  route: Readonly<{ attachment?: string; blackhole?: true }>,
): void {
  if ((route.attachment === undefined) === (route.blackhole === undefined)) {
    const both = route.attachment !== undefined
    context.error(
      both ? 'conflicting-keys' : 'missing-key',
      keys,
      `The route names ${both ? 'two targets' : 'no target'}. Give attachment, or blackhole: true.`,
      both ? 'InvalidParameterCombination' : 'MissingParameter',
    )
    return
  }
  if (route.attachment === undefined) return
  const place = [...keys, 'attachment']
  const attachment = context.find('transitGatewayAttachments', route.attachment, place)
  if (attachment && attachment.transitGateway !== gateway) otherGateway(context, place, attachment, gateway)
}

function otherGateway(
  context: CheckContext,
  keys: Keys,
  thing: TransitGatewayOwned<unknown>,
  gateway: Entry<TransitGatewayDesign>,
): void {
  context.error(
    'route-target',
    keys,
    `${thing.name} belongs to the transit gateway ${thing.transitGateway.name}, not to ${gateway.name}. Name one of ${gateway.name}.`,
    'InvalidParameterValue',
  )
}

function checkAttachment(context: CheckContext, attachment: Attachment, attached: Map<string, Keys>): void {
  const { keys, value, transitGateway } = attachment
  const vpc = context.find('vpcs', value.vpc, [...keys, 'vpc'])
  if (vpc) {
    if (vpc.region !== context.index.region) {
      context.error(
        'wrong-vpc',
        [...keys, 'vpc'],
        `The VPC ${vpc.name} stands in ${vpc.region}, the transit gateway in ${context.index.region}. Name a VPC of that Region.`,
        'InvalidVpcID.NotFound',
      )
    }
    checkPlacements(context, [...keys, 'subnets'], value.subnets, vpc)
    const same = `${transitGateway.name} ${vpc.name}`
    const first = attached.get(same)
    if (first) {
      context.error(
        'duplicate-attachment',
        [...keys, 'vpc'],
        `The VPC ${vpc.name} is attached at ${formatPath(first)} already. Leave one out.`,
        'DuplicateTransitGatewayAttachment',
      )
    } else attached.set(same, keys)
  }
  if (value.associatedRouteTable !== undefined)
    checkTable(context, [...keys, 'associatedRouteTable'], value.associatedRouteTable, transitGateway)
  for (const [at, name] of (value.propagatedRouteTables ?? []).entries()) {
    checkTable(context, [...keys, 'propagatedRouteTables', at], name, transitGateway)
  }
  const tables = propagationTables(attachment)
  if (new Set(tables).size !== tables.length) {
    context.error(
      'conflicting-keys',
      [...keys, 'propagatedRouteTables'],
      'A route table is listed twice. List it once.',
    )
  }
}

function checkTable(context: CheckContext, keys: Keys, name: string, gateway: Entry<TransitGatewayDesign>): void {
  const table = context.find('transitGatewayRouteTables', name, keys)
  if (table && table.transitGateway !== gateway) otherGateway(context, keys, table, gateway)
}
