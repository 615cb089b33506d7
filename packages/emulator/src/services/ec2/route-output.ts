import type { Route } from '@aws-sdk/client-ec2'
import type { Ec2Context } from './ec2-context.ts'
import type { RouteRow, RouteTableRow } from './ec2-rows.ts'
import type { Ec2Tables } from './ec2-tables.ts'

/** A route's destination, by which a table has one route. */
export function destinationOf(route: RouteRow): string {
  return route.destinationCidrBlock ?? route.destinationIpv6CidrBlock ?? route.destinationPrefixListId ?? ''
}

/** Whether what a route leads to is there, and connected to the table's VPC. Source: EC2 API reference, Route, `state`. */
export function isReachable(tables: Ec2Tables, { vpcId }: RouteTableRow, { targetId }: RouteRow): boolean {
  switch (targetId.slice(0, targetId.indexOf('-'))) {
    case 'igw':
      return tables.internetGateways.get(targetId)?.vpcId === vpcId
    case 'eigw':
      return tables.egressOnlyInternetGateways.get(targetId)?.vpcId === vpcId
    case 'nat':
      return tables.natGateways.get(targetId)?.state === 'available'
    case 'pcx':
      return tables.vpcPeeringConnections.get(targetId)?.statusCode === 'active'
    case 'tgw':
      return [...tables.transitGatewayAttachments.values()].some(
        (row) => row.transitGatewayId === targetId && row.vpcId === vpcId && row.state === 'available',
      )
    case 'eni': {
      const instanceId = tables.networkInterfaces.get(targetId)?.attachment?.instanceId
      return instanceId !== undefined && tables.instances.get(instanceId)?.state === 'running'
    }
    default:
      return targetId === 'local'
  }
}

/** A table's routes as answers show them: local ones, those that were created, and those of gateway endpoints. */
export function routesOf({ tables, topology, accountId }: Ec2Context, table: RouteTableRow): Route[] {
  const vpc = tables.vpcs.get(table.vpcId)
  const replaced = new Set(table.routes.map(destinationOf))
  const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' } as const
  const routes: Route[] = []
  for (const { cidrBlock } of vpc?.cidrBlockAssociations ?? []) {
    if (!replaced.has(cidrBlock)) routes.push({ DestinationCidrBlock: cidrBlock, ...local })
  }
  for (const { cidrBlock } of vpc?.ipv6CidrBlockAssociations ?? []) {
    if (!replaced.has(cidrBlock)) routes.push({ DestinationIpv6CidrBlock: cidrBlock, ...local })
  }
  for (const route of table.routes) {
    routes.push({
      DestinationCidrBlock: route.destinationCidrBlock,
      DestinationIpv6CidrBlock: route.destinationIpv6CidrBlock,
      DestinationPrefixListId: route.destinationPrefixListId,
      ...targetOutput(tables, route.targetId, accountId),
      Origin: 'CreateRoute',
      State: isReachable(tables, table, route) ? 'active' : 'blackhole',
    })
  }
  for (const endpoint of tables.vpcEndpoints.values()) {
    if (!endpoint.routeTableIds.includes(table.routeTableId)) continue
    const list = topology().prefixLists.find(({ name }) => name === endpoint.serviceName)
    routes.push({
      DestinationPrefixListId: list?.id,
      GatewayId: endpoint.vpcEndpointId,
      Origin: 'CreateRoute',
      State: 'active',
    })
  }
  return routes
}

function targetOutput(tables: Ec2Tables, targetId: string, accountId: string): Route {
  switch (targetId.slice(0, targetId.indexOf('-'))) {
    case 'eigw':
      return { EgressOnlyInternetGatewayId: targetId }
    case 'nat':
      return { NatGatewayId: targetId }
    case 'pcx':
      return { VpcPeeringConnectionId: targetId }
    case 'tgw':
      return { TransitGatewayId: targetId }
    case 'eni': {
      const instanceId = tables.networkInterfaces.get(targetId)?.attachment?.instanceId
      return {
        NetworkInterfaceId: targetId,
        ...(instanceId !== undefined && { InstanceId: instanceId, InstanceOwnerId: accountId }),
      }
    }
    default:
      return { GatewayId: targetId }
  }
}
