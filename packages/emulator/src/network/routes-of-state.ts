import type { Named, RouteDesign, RouteTableDesign } from '@flowtap/core'
import type { RouteRow, RouteTableRow, VpcRow } from '../services/ec2/ec2-rows.ts'
import { isReachable } from '../services/ec2/route-output.ts'
import { named } from './named-resources.ts'
import type { StateIndex } from './state-index.ts'

/** The tables of a VPC. What a route leads to may be gone: a blackhole then. */
export function routeTablesOfState(index: StateIndex, vpc: VpcRow): Named<RouteTableDesign> {
  return named(
    index.routeTablesOf(vpc.vpcId),
    ({ routeTableId }) => routeTableId,
    (table) => ({
      id: table.routeTableId,
      tags: index.tagsOf(table.routeTableId),
      routes: table.routes.map((route) => ({
        ...destinationOfState(index, route),
        ...targetOfState(index, table, route),
      })),
    }),
  )
}

function destinationOfState(index: StateIndex, route: RouteRow): RouteDesign {
  const block = route.destinationCidrBlock ?? route.destinationIpv6CidrBlock
  if (block !== undefined) return { destinationCidrBlock: block }
  return { destinationPrefixList: index.prefixListName(route.destinationPrefixListId ?? '') }
}

function targetOfState(index: StateIndex, table: RouteTableRow, route: RouteRow): RouteDesign {
  const { targetId } = route
  if (!isReachable(index.tables, table, route)) return { blackhole: true }
  switch (targetId.slice(0, targetId.indexOf('-'))) {
    case 'igw':
      return { internetGateway: true }
    case 'eigw':
      return { egressOnlyInternetGateway: true }
    case 'nat':
      return { natGateway: targetId }
    case 'pcx':
      return { vpcPeeringConnection: targetId }
    case 'tgw':
      return { transitGateway: targetId }
    default:
      return isForwarded(index, table, route) ? { networkInterface: targetId } : { blackhole: true }
  }
}

/** Whether an ENI gets what a route sends to it: behind an internet gateway it needs a public address. Source: VPC user guide, "Gateway route tables". */
function isForwarded(index: StateIndex, table: RouteTableRow, route: RouteRow): boolean {
  if (!index.isInDesign(route.targetId)) return false
  const isEdge = table.associations.some(({ gatewayId }) => gatewayId !== undefined)
  const row = index.tables.networkInterfaces.get(route.targetId)
  if (!isEdge || !row || route.destinationIpv6CidrBlock !== undefined) return true
  return row.privateIpAddresses.some(({ privateIpAddress }) => index.publicIpOf(row, privateIpAddress) !== undefined)
}
