import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  NatGateway,
  NatGatewayState,
} from '@aws-sdk/client-ec2'
import type { Call, Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { once } from './client-token.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, missingParameter } from './ec2-errors.ts'
import type { NatGatewayAddressRow, NatGatewayRow, SubnetRow } from './ec2-rows.ts'
import { makeNetworkInterface, removeNetworkInterface } from './network-interface-parts.ts'
import { existing, notFound } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** For how long a deleted or failed gateway is told of. Source: VPC user guide, "NAT gateways", states. */
const TOLD_MILLISECONDS = 3_600_000
/** Source: "Amazon VPC quotas". */
const MOST_ADDRESSES = 8

/**
 * Zonal NAT gateways. One is pending only in the answer that makes it, and deleting only in the one that deletes it: a client polls
 * while no simulated time passes.
 */
export function natGatewayOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, accountId } = context
  const output = (row: NatGatewayRow, state: NatGatewayState = row.state): NatGateway => ({
    NatGatewayId: row.natGatewayId,
    VpcId: row.vpcId,
    SubnetId: row.subnetId,
    State: state,
    ConnectivityType: row.connectivityType,
    AvailabilityMode: 'zonal',
    CreateTime: new Date(row.createMilliseconds),
    ...(row.deleteMilliseconds !== undefined && { DeleteTime: new Date(row.deleteMilliseconds) }),
    ...(row.failure && { FailureCode: row.failure.code, FailureMessage: row.failure.message }),
    NatGatewayAddresses: row.addresses.map((address, at) => ({
      AllocationId: address.allocationId,
      AssociationId: address.associationId,
      PublicIp: address.publicIp,
      PrivateIp: address.privateIp,
      NetworkInterfaceId: row.networkInterfaceId,
      IsPrimary: at === 0,
      Status: 'succeeded',
    })),
    Tags: tags.list(row.natGatewayId),
  })
  const told = ({ nowMilliseconds }: Call): NatGatewayRow[] =>
    [...tables.natGateways.values()].filter(
      ({ deleteMilliseconds }) =>
        deleteMilliseconds === undefined || nowMilliseconds - deleteMilliseconds < TOLD_MILLISECONDS,
    )

  const create: Operation<CreateNatGatewayRequest, CreateNatGatewayResult> = {
    acts: [
      'SubnetId',
      'AllocationId',
      'ConnectivityType',
      'PrivateIpAddress',
      'SecondaryAllocationIds',
      'SecondaryPrivateIpAddresses',
      'SecondaryPrivateIpAddressCount',
      'TagSpecifications',
      'ClientToken',
    ],
    handle: (input, call) => {
      checkTagSpecifications(input.TagSpecifications, ['natGateway'])
      if (input.SubnetId === undefined) throw missingParameter('subnetId')
      const subnet = existing('subnet', tables.subnets, input.SubnetId)
      const { ids } = once(context, 'CreateNatGateway', input, () => [makeNatGateway(context, subnet, input, call)])
      const row = existing('natGateway', tables.natGateways, ids[0])
      return { NatGateway: output(row, 'pending'), ...(input.ClientToken && { ClientToken: input.ClientToken }) }
    },
  }
  const remove: Operation<DeleteNatGatewayRequest, DeleteNatGatewayResult> = {
    acts: ['NatGatewayId'],
    handle: ({ NatGatewayId }, call) => {
      const row = told(call).find(({ natGatewayId }) => natGatewayId === NatGatewayId)
      if (!row) throw notFound('natGateway', [NatGatewayId ?? ''])
      if (row.state === 'available' && row.networkInterfaceId !== undefined) {
        removeNetworkInterface(context, row.networkInterfaceId)
      }
      const deleteMilliseconds = row.deleteMilliseconds ?? call.nowMilliseconds
      tables.natGateways.put(row.natGatewayId, { ...row, state: 'deleted', deleteMilliseconds })
      return { NatGatewayId: row.natGatewayId }
    },
  }
  const describe: Operation<DescribeNatGatewaysRequest, DescribeNatGatewaysResult> = {
    acts: ['Filter', 'NatGatewayIds', 'NextToken', 'MaxResults'],
    handle: ({ Filter, NatGatewayIds, ...paging }, call) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'natGateway',
          rows: told(call),
          id: (row) => row.natGatewayId,
          filters: {
            'nat-gateway-id': (row) => row.natGatewayId,
            'subnet-id': (row) => row.subnetId,
            'vpc-id': (row) => row.vpcId,
            state: (row) => row.state,
            'owner-id': () => accountId,
          },
          ids: NatGatewayIds,
          tags,
        },
        { ...paging, Filters: Filter },
      )
      return { NatGateways: rows.map((row) => output(row)), NextToken: nextToken }
    },
  }
  return { CreateNatGateway: create, DeleteNatGateway: remove, DescribeNatGateways: describe }
}

function makeNatGateway(
  context: Ec2Context,
  subnet: SubnetRow,
  input: CreateNatGatewayRequest,
  { nowMilliseconds }: Call,
): string {
  const { tables, ids, tags, accountId } = context
  const connectivityType = input.ConnectivityType ?? 'public'
  const isPublic = connectivityType === 'public'
  const allocationIds = [input.AllocationId, ...(input.SecondaryAllocationIds ?? [])].filter((id) => id !== undefined)
  const secondaries = input.SecondaryPrivateIpAddresses ?? []
  if (isPublic && input.AllocationId === undefined) throw missingParameter('AllocationId')
  if (!isPublic && allocationIds.length > 0) {
    throw invalidCombination('Elastic IP addresses cannot be specified for a private NAT gateway.')
  }
  const count = Math.max(
    1 + secondaries.length + (input.SecondaryPrivateIpAddressCount ?? 0),
    isPublic ? allocationIds.length : 1,
  )
  if (count > MOST_ADDRESSES) {
    throw new ServiceError(
      'PrivateIpAddressLimitExceeded',
      `A NAT gateway has at most ${MOST_ADDRESSES} private addresses; ${count} were asked for.`,
    )
  }
  const natGatewayId = ids.next('nat')
  const common = { natGatewayId, vpcId: subnet.vpcId, subnetId: subnet.subnetId, connectivityType } as const
  tags.apply(natGatewayId, 'natGateway', input.TagSpecifications)
  const elastic = allocationIds.map((id) => existing('address', tables.addresses, id))
  for (const { allocationId, association } of elastic) {
    if (association) {
      throw new ServiceError('Resource.AlreadyAssociated', `Elastic IP address [${allocationId}] is already associated`)
    }
  }
  if (isPublic && ![...tables.internetGateways.values()].some(({ vpcId }) => vpcId === subnet.vpcId)) {
    // EC2 makes it, and it fails. Source: VPC user guide, "Troubleshoot NAT gateways".
    const failure = {
      code: 'Gateway.NotAttached',
      message: `Network ${subnet.vpcId} has no Internet gateway attached`,
    }
    const times = { createMilliseconds: nowMilliseconds, deleteMilliseconds: nowMilliseconds }
    tables.natGateways.put(natGatewayId, { ...common, state: 'failed', failure, addresses: [], ...times })
    return natGatewayId
  }
  const { networkInterfaceId, privateIpAddresses } = makeNetworkInterface(context, {
    subnet,
    description: `Interface for NAT Gateway ${natGatewayId}`,
    interfaceType: 'nat_gateway',
    groupIds: [],
    sourceDestCheck: false,
    requesterId: 'amazon-vpc-nat',
    ...(input.PrivateIpAddress !== undefined && { privateIpAddress: input.PrivateIpAddress }),
    secondaryPrivateIpAddresses: secondaries,
    secondaryPrivateIpAddressCount: count - 1 - secondaries.length,
    attachment: {
      instanceOwnerId: 'amazon-aws',
      deviceIndex: 1,
      networkCardIndex: 0,
      deleteOnTermination: false,
      attachMilliseconds: nowMilliseconds,
    },
  })
  const addresses = privateIpAddresses.map(({ privateIpAddress }, at): NatGatewayAddressRow => {
    const address = elastic[at]
    if (!address) return { privateIp: privateIpAddress }
    const associationId = ids.next('eipassoc')
    tables.addresses.put(address.allocationId, {
      ...address,
      association: { associationId, networkInterfaceId, privateIpAddress, holder: natGatewayId },
    })
    return {
      privateIp: privateIpAddress,
      allocationId: address.allocationId,
      associationId,
      publicIp: address.publicIp,
    }
  })
  if (isPublic && addresses.some(({ publicIp }) => publicIp === undefined)) {
    throw invalidCombination(
      `Each private address of a public NAT gateway of ${accountId} needs an Elastic IP address: give SecondaryAllocationIds.`,
    )
  }
  tables.natGateways.put(natGatewayId, {
    ...common,
    state: 'available',
    networkInterfaceId,
    addresses,
    createMilliseconds: nowMilliseconds,
  })
  return natGatewayId
}
