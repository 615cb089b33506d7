import type {
  AttachInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayResult,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteEgressOnlyInternetGatewayRequest,
  DeleteEgressOnlyInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
  EgressOnlyInternetGateway,
  InternetGateway,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { once } from './client-token.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { dependencyViolation } from './ec2-errors.ts'
import type { EgressOnlyInternetGatewayRow, InternetGatewayRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** Internet gateways, and egress-only ones for IPv6. */
export function internetGatewayOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId } = context
  const output = ({ internetGatewayId, vpcId }: InternetGatewayRow): InternetGateway => ({
    InternetGatewayId: internetGatewayId,
    OwnerId: accountId,
    // The API reference's word is attached; EC2 has always said available.
    Attachments: vpcId === undefined ? [] : [{ VpcId: vpcId, State: 'available' as 'attached' }],
    Tags: tags.list(internetGatewayId),
  })
  const egressOnlyOutput = (row: EgressOnlyInternetGatewayRow): EgressOnlyInternetGateway => ({
    EgressOnlyInternetGatewayId: row.egressOnlyInternetGatewayId,
    Attachments: [{ VpcId: row.vpcId, State: 'attached' }],
    Tags: tags.list(row.egressOnlyInternetGatewayId),
  })

  const create: Operation<CreateInternetGatewayRequest, CreateInternetGatewayResult> = {
    acts: ['TagSpecifications'],
    handle: ({ TagSpecifications }) => {
      checkTagSpecifications(TagSpecifications, ['internetGateway'])
      const row = { internetGatewayId: ids.next('igw') }
      tables.internetGateways.put(row.internetGatewayId, row)
      tags.apply(row.internetGatewayId, 'internetGateway', TagSpecifications)
      return { InternetGateway: output(row) }
    },
  }
  const remove: Operation<DeleteInternetGatewayRequest, object> = {
    acts: ['InternetGatewayId'],
    handle: ({ InternetGatewayId }) => {
      const { internetGatewayId, vpcId } = existing('internetGateway', tables.internetGateways, InternetGatewayId)
      if (vpcId !== undefined) {
        throw dependencyViolation(`The internetGateway '${internetGatewayId}' has dependencies and cannot be deleted.`)
      }
      tables.internetGateways.delete(internetGatewayId)
      tags.forget(internetGatewayId)
      return {}
    },
  }
  const describe: Operation<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult> = {
    acts: ['Filters', 'InternetGatewayIds', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'internetGateway',
          rows: tables.internetGateways.values(),
          id: (row) => row.internetGatewayId,
          filters: {
            'internet-gateway-id': (row) => row.internetGatewayId,
            'attachment.vpc-id': (row) => row.vpcId,
            'attachment.state': (row) => (row.vpcId === undefined ? undefined : 'available'),
            'owner-id': () => accountId,
          },
          ids: input.InternetGatewayIds,
          tags,
        },
        input,
      )
      return { InternetGateways: rows.map(output), NextToken: nextToken }
    },
  }
  const attach: Operation<AttachInternetGatewayRequest, object> = {
    acts: ['InternetGatewayId', 'VpcId'],
    handle: ({ InternetGatewayId, VpcId }) => {
      const row = existing('internetGateway', tables.internetGateways, InternetGatewayId)
      const { vpcId } = existing('vpc', tables.vpcs, VpcId)
      if (row.vpcId !== undefined) {
        throw new ServiceError(
          'Resource.AlreadyAssociated',
          `resource ${row.internetGatewayId} is already attached to network ${row.vpcId}`,
        )
      }
      const other = [...tables.internetGateways.values()].find((each) => each.vpcId === vpcId)
      if (other) {
        throw new ServiceError('InvalidParameterValue', `Network ${vpcId} already has an internet gateway attached`)
      }
      tables.internetGateways.put(row.internetGatewayId, { ...row, vpcId })
      return {}
    },
  }
  const detach: Operation<DetachInternetGatewayRequest, object> = {
    acts: ['InternetGatewayId', 'VpcId'],
    handle: ({ InternetGatewayId, VpcId }) => {
      const { internetGatewayId, vpcId } = existing('internetGateway', tables.internetGateways, InternetGatewayId)
      existing('vpc', tables.vpcs, VpcId)
      if (vpcId !== VpcId) {
        throw new ServiceError(
          'Gateway.NotAttached',
          `resource ${internetGatewayId} is not attached to network ${VpcId}`,
        )
      }
      if (hasPublicAddresses(context, vpcId ?? '')) {
        throw dependencyViolation(
          `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        )
      }
      tables.internetGateways.put(internetGatewayId, { internetGatewayId })
      for (const table of [...tables.routeTables.values()]) {
        const associations = table.associations.filter(({ gatewayId }) => gatewayId !== internetGatewayId)
        if (associations.length < table.associations.length) {
          tables.routeTables.put(table.routeTableId, { ...table, associations })
        }
      }
      return {}
    },
  }
  const createEgressOnly: Operation<CreateEgressOnlyInternetGatewayRequest, CreateEgressOnlyInternetGatewayResult> = {
    acts: ['VpcId', 'ClientToken', 'TagSpecifications'],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['egressOnlyInternetGateway'])
      const { vpcId } = existing('vpc', tables.vpcs, input.VpcId)
      const { ids: made } = once(context, 'CreateEgressOnlyInternetGateway', input, () => {
        const egressOnlyInternetGatewayId = ids.next('eigw')
        tables.egressOnlyInternetGateways.put(egressOnlyInternetGatewayId, { egressOnlyInternetGatewayId, vpcId })
        tags.apply(egressOnlyInternetGatewayId, 'egressOnlyInternetGateway', input.TagSpecifications)
        return [egressOnlyInternetGatewayId]
      })
      const row = existing('egressOnlyInternetGateway', tables.egressOnlyInternetGateways, made[0])
      return { EgressOnlyInternetGateway: egressOnlyOutput(row), ClientToken: input.ClientToken }
    },
  }
  const deleteEgressOnly: Operation<DeleteEgressOnlyInternetGatewayRequest, DeleteEgressOnlyInternetGatewayResult> = {
    acts: ['EgressOnlyInternetGatewayId'],
    handle: ({ EgressOnlyInternetGatewayId: id }) => {
      existing('egressOnlyInternetGateway', tables.egressOnlyInternetGateways, id)
      tables.egressOnlyInternetGateways.delete(id ?? '')
      tags.forget(id ?? '')
      return { ReturnCode: true }
    },
  }
  const describeEgressOnly: Operation<
    DescribeEgressOnlyInternetGatewaysRequest,
    DescribeEgressOnlyInternetGatewaysResult
  > = {
    acts: ['Filters', 'EgressOnlyInternetGatewayIds', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'egressOnlyInternetGateway',
          rows: tables.egressOnlyInternetGateways.values(),
          id: (row) => row.egressOnlyInternetGatewayId,
          filters: {},
          ids: input.EgressOnlyInternetGatewayIds,
          tags,
          pageSizes: [5, 255],
        },
        input,
      )
      return { EgressOnlyInternetGateways: rows.map(egressOnlyOutput), NextToken: nextToken }
    },
  }
  return {
    CreateInternetGateway: create,
    DeleteInternetGateway: remove,
    DescribeInternetGateways: describe,
    AttachInternetGateway: attach,
    DetachInternetGateway: detach,
    CreateEgressOnlyInternetGateway: createEgressOnly,
    DeleteEgressOnlyInternetGateway: deleteEgressOnly,
    DescribeEgressOnlyInternetGateways: describeEgressOnly,
  }
}

/** Whether something in a VPC has a public IPv4 address, which needs the gateway. */
function hasPublicAddresses({ tables }: Ec2Context, vpcId: string): boolean {
  const own = new Set<string>()
  for (const row of tables.networkInterfaces.values()) {
    if (row.vpcId !== vpcId) continue
    own.add(row.networkInterfaceId)
    if (row.privateIpAddresses.some(({ publicIp }) => publicIp !== undefined)) return true
  }
  return [...tables.addresses.values()].some(
    ({ association }) => association && own.has(association.networkInterfaceId),
  )
}
