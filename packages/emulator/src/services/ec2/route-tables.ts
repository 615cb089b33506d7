import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
  RouteTable,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { once } from './client-token.ts'
import { describeRows, type RowFilters } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { dependencyViolation, invalidCombination, invalidValue, missingParameter } from './ec2-errors.ts'
import type { RouteTableAssociationRow, RouteTableRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'
import { routesOf } from './route-output.ts'

/** Route tables and what they are associated with. */
export function routeTableOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId } = context
  const filters: RowFilters<RouteTableRow> = {
    'route-table-id': (row) => row.routeTableId,
    'vpc-id': (row) => row.vpcId,
    'owner-id': () => accountId,
    'association.main': (row) => row.associations.map(({ main }) => main),
    'association.subnet-id': (row) => row.associations.map(({ subnetId }) => subnetId),
    'association.gateway-id': (row) => row.associations.map(({ gatewayId }) => gatewayId),
    'association.route-table-id': (row) => row.associations.map(() => row.routeTableId),
    'association.route-table-association-id': (row) => row.associations.map(({ associationId }) => associationId),
    'route.destination-cidr-block': (row) => routesOf(context, row).map((route) => route.DestinationCidrBlock),
    'route.destination-ipv6-cidr-block': (row) => routesOf(context, row).map((route) => route.DestinationIpv6CidrBlock),
    'route.destination-prefix-list-id': (row) => routesOf(context, row).map((route) => route.DestinationPrefixListId),
    'route.egress-only-internet-gateway-id': (row) =>
      routesOf(context, row).map((route) => route.EgressOnlyInternetGatewayId),
    'route.gateway-id': (row) => routesOf(context, row).map((route) => route.GatewayId),
    'route.instance-id': (row) => routesOf(context, row).map((route) => route.InstanceId),
    'route.nat-gateway-id': (row) => routesOf(context, row).map((route) => route.NatGatewayId),
    'route.transit-gateway-id': (row) => routesOf(context, row).map((route) => route.TransitGatewayId),
    'route.vpc-peering-connection-id': (row) => routesOf(context, row).map((route) => route.VpcPeeringConnectionId),
    'route.origin': (row) => routesOf(context, row).map((route) => route.Origin),
    'route.state': (row) => routesOf(context, row).map((route) => route.State),
  }
  const output = (row: RouteTableRow): RouteTable => ({
    RouteTableId: row.routeTableId,
    VpcId: row.vpcId,
    OwnerId: accountId,
    PropagatingVgws: [],
    Associations: row.associations.map((each) => ({
      RouteTableAssociationId: each.associationId,
      RouteTableId: row.routeTableId,
      Main: each.main,
      AssociationState: { State: 'associated' },
      SubnetId: each.subnetId,
      GatewayId: each.gatewayId,
    })),
    Routes: routesOf(context, row),
    Tags: tags.list(row.routeTableId),
  })
  const withAssociation = (id: string | undefined): readonly [RouteTableRow, RouteTableAssociationRow] => {
    for (const row of tables.routeTables.values()) {
      const found = row.associations.find(({ associationId }) => associationId === id)
      if (found) return [row, found]
    }
    throw new ServiceError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`)
  }
  const put = (row: RouteTableRow, associations: readonly RouteTableAssociationRow[]): void =>
    tables.routeTables.put(row.routeTableId, { ...row, associations })

  const createRouteTable: Operation<CreateRouteTableRequest, CreateRouteTableResult> = {
    acts: ['VpcId', 'TagSpecifications', 'ClientToken'],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['routeTable'])
      const { vpcId } = existing('vpc', tables.vpcs, input.VpcId)
      const { ids: made } = once(context, 'CreateRouteTable', input, () => {
        const routeTableId = ids.next('rtb')
        tables.routeTables.put(routeTableId, { routeTableId, vpcId, associations: [], routes: [] })
        tags.apply(routeTableId, 'routeTable', input.TagSpecifications)
        return [routeTableId]
      })
      return {
        RouteTable: output(existing('routeTable', tables.routeTables, made[0])),
        ...(input.ClientToken && { ClientToken: input.ClientToken }),
      }
    },
  }
  const deleteRouteTable: Operation<DeleteRouteTableRequest, object> = {
    acts: ['RouteTableId'],
    handle: ({ RouteTableId }) => {
      const { routeTableId, associations } = existing('routeTable', tables.routeTables, RouteTableId)
      if (associations.length > 0) {
        throw dependencyViolation(`The routeTable '${routeTableId}' has dependencies and cannot be deleted.`)
      }
      tables.routeTables.delete(routeTableId)
      tags.forget(routeTableId)
      for (const endpoint of [...tables.vpcEndpoints.values()]) {
        if (!endpoint.routeTableIds.includes(routeTableId)) continue
        const routeTableIds = endpoint.routeTableIds.filter((id) => id !== routeTableId)
        tables.vpcEndpoints.put(endpoint.vpcEndpointId, { ...endpoint, routeTableIds })
      }
      return {}
    },
  }
  const describeRouteTables: Operation<DescribeRouteTablesRequest, DescribeRouteTablesResult> = {
    acts: ['Filters', 'RouteTableIds', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'routeTable',
          rows: tables.routeTables.values(),
          id: (row) => row.routeTableId,
          filters,
          ids: input.RouteTableIds,
          tags,
        },
        input,
      )
      return { RouteTables: rows.map(output), NextToken: nextToken }
    },
  }
  const associate: Operation<AssociateRouteTableRequest, AssociateRouteTableResult> = {
    acts: ['RouteTableId', 'SubnetId', 'GatewayId'],
    handle: ({ RouteTableId, SubnetId, GatewayId }) => {
      const row = existing('routeTable', tables.routeTables, RouteTableId)
      if (!SubnetId && !GatewayId) throw missingParameter('subnetId')
      if (SubnetId && GatewayId) {
        throw invalidCombination("The parameter 'gatewayId' cannot be used with the parameter 'subnetId'")
      }
      const vpcId = SubnetId
        ? existing('subnet', tables.subnets, SubnetId).vpcId
        : existing('internetGateway', tables.internetGateways, GatewayId).vpcId
      const what = SubnetId ? `subnet ${SubnetId}` : `gateway ${GatewayId}`
      if (vpcId !== row.vpcId) {
        throw invalidValue(`route table ${row.routeTableId} and ${what} belong to different networks`)
      }
      for (const other of tables.routeTables.values()) {
        const same = other.associations.find((each) =>
          SubnetId ? each.subnetId === SubnetId : each.gatewayId === GatewayId,
        )
        if (!same) continue
        if (other.routeTableId === row.routeTableId) {
          return { AssociationId: same.associationId, AssociationState: { State: 'associated' } }
        }
        throw new ServiceError(
          'Resource.AlreadyAssociated',
          `the specified association for route table ${row.routeTableId} conflicts with an existing association`,
        )
      }
      const associationId = ids.next('rtbassoc')
      const target = SubnetId ? { subnetId: SubnetId } : { gatewayId: GatewayId ?? '' }
      put(row, [...row.associations, { associationId, main: false, ...target }])
      return { AssociationId: associationId, AssociationState: { State: 'associated' } }
    },
  }
  const disassociate: Operation<DisassociateRouteTableRequest, object> = {
    acts: ['AssociationId'],
    handle: ({ AssociationId }) => {
      const [row, association] = withAssociation(AssociationId)
      if (association.main) {
        throw invalidValue(`cannot disassociate the main route table association ${association.associationId}`)
      }
      put(
        row,
        row.associations.filter((each) => each !== association),
      )
      return {}
    },
  }
  const replace: Operation<ReplaceRouteTableAssociationRequest, ReplaceRouteTableAssociationResult> = {
    acts: ['AssociationId', 'RouteTableId'],
    handle: ({ AssociationId, RouteTableId }) => {
      const [old, association] = withAssociation(AssociationId)
      const row = existing('routeTable', tables.routeTables, RouteTableId)
      if (old.vpcId !== row.vpcId) {
        throw invalidValue(
          `route table ${row.routeTableId} and route table ${old.routeTableId} belong to different networks`,
        )
      }
      const associationId = ids.next('rtbassoc')
      put(
        old,
        old.associations.filter((each) => each !== association),
      )
      const now = existing('routeTable', tables.routeTables, row.routeTableId)
      put(now, [...now.associations, { ...association, associationId }])
      return { NewAssociationId: associationId, AssociationState: { State: 'associated' } }
    },
  }
  return {
    CreateRouteTable: createRouteTable,
    DeleteRouteTable: deleteRouteTable,
    DescribeRouteTables: describeRouteTables,
    AssociateRouteTable: associate,
    DisassociateRouteTable: disassociate,
    ReplaceRouteTableAssociation: replace,
  }
}
