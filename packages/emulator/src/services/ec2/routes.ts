import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { parseBlock } from './cidr.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, invalidValue, missingParameter } from './ec2-errors.ts'
import type { RouteRow, RouteTableRow } from './ec2-rows.ts'
import { existing, notFound } from './resource-kinds.ts'
import { destinationOf } from './route-output.ts'

const TARGETS = [
  'GatewayId',
  'EgressOnlyInternetGatewayId',
  'NatGatewayId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
  'NetworkInterfaceId',
  'InstanceId',
] as const
const DESTINATIONS = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'] as const

type RouteRequest = Pick<
  CreateRouteRequest & ReplaceRouteRequest,
  (typeof TARGETS)[number] | (typeof DESTINATIONS)[number] | 'LocalTarget'
>

/** Routes of route tables. */
export function routeOperations(context: Ec2Context): ServiceOperations {
  const { tables } = context
  const put = (row: RouteTableRow, routes: readonly RouteRow[]): void =>
    tables.routeTables.put(row.routeTableId, { ...row, routes })
  const localBlocks = ({ vpcId }: RouteTableRow): readonly string[] => {
    const vpc = existing('vpc', tables.vpcs, vpcId)
    return [...vpc.cidrBlockAssociations, ...vpc.ipv6CidrBlockAssociations].map(({ cidrBlock }) => cidrBlock)
  }

  const createRoute: Operation<CreateRouteRequest, CreateRouteResult> = {
    acts: ['RouteTableId', ...DESTINATIONS, ...TARGETS],
    handle: (input) => {
      const row = existing('routeTable', tables.routeTables, input.RouteTableId)
      const route = routeOf(context, row, input)
      const destination = destinationOf(route)
      const same = row.routes.find((each) => destinationOf(each) === destination)
      if (same && same.targetId === route.targetId) return { Return: true }
      if (same || localBlocks(row).includes(destination)) {
        throw new ServiceError('RouteAlreadyExists', `The route identified by ${destination} already exists.`)
      }
      put(row, [...row.routes, route])
      return { Return: true }
    },
  }
  const replaceRoute: Operation<ReplaceRouteRequest, object> = {
    acts: ['RouteTableId', 'LocalTarget', ...DESTINATIONS, ...TARGETS],
    handle: (input) => {
      const row = existing('routeTable', tables.routeTables, input.RouteTableId)
      const route = routeOf(context, row, input)
      const destination = destinationOf(route)
      const others = row.routes.filter((each) => destinationOf(each) !== destination)
      const isLocal = localBlocks(row).includes(destination)
      if (others.length === row.routes.length && !isLocal) throw noSuchRoute(destination, row)
      if (route.targetId === 'local' && !isLocal) {
        throw invalidValue(`The destination ${destination} is no CIDR block of the VPC: it has no local target.`)
      }
      put(row, route.targetId === 'local' ? others : [...others, route])
      return {}
    },
  }
  const deleteRoute: Operation<DeleteRouteRequest, object> = {
    acts: ['RouteTableId', ...DESTINATIONS],
    handle: (input) => {
      const row = existing('routeTable', tables.routeTables, input.RouteTableId)
      const destination = destinationOf(destinationOfRequest(context, input))
      const routes = row.routes.filter((each) => destinationOf(each) !== destination)
      if (routes.length === row.routes.length) {
        if (localBlocks(row).includes(destination)) {
          throw invalidValue(`cannot remove local route ${destination} in route table ${row.routeTableId}`)
        }
        throw noSuchRoute(destination, row)
      }
      put(row, routes)
      return {}
    },
  }
  return { CreateRoute: createRoute, ReplaceRoute: replaceRoute, DeleteRoute: deleteRoute }
}

function noSuchRoute(destination: string, { routeTableId }: RouteTableRow): ServiceError {
  return new ServiceError(
    'InvalidRoute.NotFound',
    `no route with destination-cidr-block ${destination} in route table ${routeTableId}`,
  )
}

function routeOf(context: Ec2Context, table: RouteTableRow, request: RouteRequest): RouteRow {
  return { ...destinationOfRequest(context, request), targetId: targetOf(context, table, request) }
}

function destinationOfRequest(
  { tables, topology }: Ec2Context,
  request: Pick<RouteRequest, (typeof DESTINATIONS)[number]>,
): RouteRow {
  const given = DESTINATIONS.filter((name) => request[name] !== undefined && request[name] !== '')
  if (given.length === 0) throw missingParameter('destinationCidrBlock')
  if (given.length > 1) throw invalidCombination(`Only one of ${given.join(', ')} may be specified.`)
  const { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId: list } = request
  if (DestinationCidrBlock) {
    const destinationCidrBlock = parseBlock(DestinationCidrBlock, 'destinationCidrBlock', 4).toString()
    return { destinationCidrBlock, targetId: '' }
  }
  if (DestinationIpv6CidrBlock) {
    const destinationIpv6CidrBlock = parseBlock(DestinationIpv6CidrBlock, 'destinationIpv6CidrBlock', 6).toString()
    return { destinationIpv6CidrBlock, targetId: '' }
  }
  if (!tables.prefixLists.has(list ?? '') && !topology().prefixLists.some(({ id }) => id === list)) {
    throw notFound('prefixList', [list ?? ''])
  }
  return { destinationPrefixListId: list ?? '', targetId: '' }
}

/** The id of what a route leads to, which is there and reachable from the VPC. */
function targetOf(context: Ec2Context, table: RouteTableRow, request: RouteRequest): string {
  const { tables } = context
  const given = TARGETS.filter((name) => request[name] !== undefined && request[name] !== '')
  if (request.LocalTarget && given.length === 0) return 'local'
  const [name] = given
  if (name === undefined) throw missingParameter('gatewayId')
  if (given.length > 1 || request.LocalTarget) {
    throw invalidCombination(
      'The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId or instanceId',
    )
  }
  const id = request[name] ?? ''
  switch (name) {
    case 'GatewayId':
      return gatewayTarget(context, table, id)
    case 'EgressOnlyInternetGatewayId':
      sameVpc(table, existing('egressOnlyInternetGateway', tables.egressOnlyInternetGateways, id).vpcId, id)
      return id
    case 'NatGatewayId': {
      const gateway = tables.natGateways.get(id)
      if (gateway?.state !== 'available') {
        throw new ServiceError('InvalidNatGatewayID.NotFound', `The natGateway ID '${id}' does not exist`)
      }
      sameVpc(table, gateway.vpcId, id)
      return id
    }
    case 'TransitGatewayId': {
      const isAttached = [...tables.transitGatewayAttachments.values()].some(
        (row) => row.transitGatewayId === id && row.vpcId === table.vpcId && row.state === 'available',
      )
      if (tables.transitGateways.get(id)?.state !== 'available' || !isAttached) {
        throw new ServiceError('InvalidTransitGatewayID.NotFound', `The transitGateway ID '${id}' does not exist.`)
      }
      return id
    }
    case 'VpcPeeringConnectionId':
      existing('vpcPeeringConnection', tables.vpcPeeringConnections, id)
      return id
    case 'NetworkInterfaceId':
      sameVpc(table, existing('networkInterface', tables.networkInterfaces, id).vpcId, id)
      return id
    case 'InstanceId': {
      const instance = existing('instance', tables.instances, id)
      const own = [...tables.networkInterfaces.values()].filter((row) => row.attachment?.instanceId === id)
      const [first] = own
      if (own.length !== 1 || !first) {
        throw new ServiceError(
          own.length === 0 ? 'IncorrectInstanceState' : 'InvalidInstanceID',
          own.length === 0
            ? `Invalid state: '${instance.state}' for instance '${id}'.`
            : `There are multiple interfaces attached to instance '${id}'. Please specify an interface ID for the operation instead.`,
        )
      }
      sameVpc(table, first.vpcId, id)
      return first.networkInterfaceId
    }
  }
}

function gatewayTarget({ tables }: Ec2Context, table: RouteTableRow, id: string): string {
  if (id === 'local') return 'local'
  if (id.startsWith('vpce-')) {
    throw invalidValue(
      `Routes to gateway endpoints are made by the endpoint: associate ${table.routeTableId} with ${id}.`,
    )
  }
  const gateway = tables.internetGateways.get(id)
  if (!gateway) throw new ServiceError('InvalidGatewayID.NotFound', `The gateway ID '${id}' does not exist`)
  sameVpc(table, gateway.vpcId, id)
  return id
}

function sameVpc(table: RouteTableRow, vpcId: string | undefined, id: string): void {
  if (vpcId === table.vpcId) return
  throw invalidValue(`route table ${table.routeTableId} and ${describeTarget(id)} ${id} belong to different networks`)
}

function describeTarget(id: string): string {
  const words: Readonly<Record<string, string>> = {
    igw: 'network gateway',
    eigw: 'egress-only internet gateway',
    nat: 'NAT gateway',
    eni: 'interface',
    i: 'instance',
  }
  return words[id.slice(0, id.indexOf('-'))] ?? 'target'
}
