import type {
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  DetachNetworkInterfaceRequest,
  ModifyNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { once } from './client-token.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, invalidValue, missingParameter } from './ec2-errors.ts'
import type { NetworkInterfaceRow } from './ec2-rows.ts'
import { networkInterfaceFilters } from './network-interface-filters.ts'
import { elasticAddresses, networkInterfaceOutput } from './network-interface-output.ts'
import { makeNetworkInterface, removeNetworkInterface } from './network-interface-parts.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** Source: "Amazon VPC quotas": 5, which AWS raises to 16. */
const MOST_GROUPS = 16

/** ENIs: made, described, attached, changed. */
export function networkInterfaceOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId } = context
  const put = (row: NetworkInterfaceRow): void => tables.networkInterfaces.put(row.networkInterfaceId, row)

  const create: Operation<CreateNetworkInterfaceRequest, CreateNetworkInterfaceResult> = {
    acts: [
      'SubnetId',
      'Groups',
      'PrivateIpAddress',
      'PrivateIpAddresses',
      'SecondaryPrivateIpAddressCount',
      'Ipv6Addresses',
      'Ipv6AddressCount',
      'InterfaceType',
      'ConnectionTrackingSpecification',
      'TagSpecifications',
      'ClientToken',
    ],
    keeps: ['Description'],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['networkInterface'])
      const subnet = existing('subnet', tables.subnets, input.SubnetId)
      const interfaceType: string = input.InterfaceType ?? 'interface'
      if (interfaceType !== 'interface' && interfaceType !== 'efa') {
        throw invalidValue(`Value (${interfaceType}) for parameter InterfaceType is invalid. It is interface or efa.`)
      }
      const { primary, secondaries } = namedAddresses(input)
      const { ids: made } = once(context, 'CreateNetworkInterface', input, () => {
        const row = makeNetworkInterface(context, {
          subnet,
          interfaceType,
          ...(input.Description !== undefined && { description: input.Description }),
          ...(input.Groups?.length && { groupIds: checkGroups(context, input.Groups, subnet.vpcId) }),
          ...(primary !== undefined && { privateIpAddress: primary }),
          secondaryPrivateIpAddresses: secondaries,
          secondaryPrivateIpAddressCount: input.SecondaryPrivateIpAddressCount ?? 0,
          ...(input.Ipv6Addresses && {
            ipv6Addresses: input.Ipv6Addresses.map(({ Ipv6Address = '' }) => Ipv6Address),
          }),
          ...(input.Ipv6AddressCount !== undefined && { ipv6AddressCount: input.Ipv6AddressCount }),
          ...(input.ConnectionTrackingSpecification && {
            connectionTracking: trackingOf(input.ConnectionTrackingSpecification),
          }),
        })
        tags.apply(row.networkInterfaceId, 'networkInterface', input.TagSpecifications)
        return [row.networkInterfaceId]
      })
      const row = existing('networkInterface', tables.networkInterfaces, made[0])
      return {
        NetworkInterface: { ...networkInterfaceOutput(context, row), Status: 'pending' as 'available' },
        ...(input.ClientToken && { ClientToken: input.ClientToken }),
      }
    },
  }
  const remove: Operation<DeleteNetworkInterfaceRequest, object> = {
    acts: ['NetworkInterfaceId'],
    handle: ({ NetworkInterfaceId }) => {
      const row = ownInterface(context, NetworkInterfaceId)
      if (row.attachment) {
        throw new ServiceError(
          'InvalidNetworkInterface.InUse',
          `Network interface '${row.networkInterfaceId}' is currently in use.`,
        )
      }
      refuseMirrorTarget(context, row)
      removeNetworkInterface(context, row.networkInterfaceId)
      return {}
    },
  }
  const describe: Operation<DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult> = {
    acts: ['Filters', 'NetworkInterfaceIds', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const elastic = elasticAddresses(context)
      const { rows, nextToken } = describeRows(
        {
          kind: 'networkInterface',
          rows: tables.networkInterfaces.values(),
          id: (row) => row.networkInterfaceId,
          filters: networkInterfaceFilters(context, elastic),
          ids: input.NetworkInterfaceIds,
          tags,
        },
        input,
      )
      return {
        NetworkInterfaces: rows.map((row) => networkInterfaceOutput(context, row, elastic)),
        NextToken: nextToken,
      }
    },
  }
  const attach: Operation<AttachNetworkInterfaceRequest, AttachNetworkInterfaceResult> = {
    acts: ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex', 'NetworkCardIndex'],
    handle: ({ NetworkInterfaceId, InstanceId, DeviceIndex, NetworkCardIndex }, { nowMilliseconds }) => {
      const row = ownInterface(context, NetworkInterfaceId)
      const instance = existing('instance', tables.instances, InstanceId)
      if (DeviceIndex === undefined) throw missingParameter('deviceIndex')
      if (row.attachment) {
        throw new ServiceError('InvalidNetworkInterface.InUse', `Interface: [${row.networkInterfaceId}] in use.`)
      }
      if (instance.state === 'terminated') {
        throw new ServiceError(
          'IncorrectInstanceState',
          `The instance '${instance.instanceId}' is not in a valid state for this operation.`,
        )
      }
      if (instance.availabilityZone !== row.availabilityZone) {
        throw invalidCombination(
          `You may not attach a network interface to an instance if they are not in the same availability zone`,
        )
      }
      const isTaken = [...tables.networkInterfaces.values()].some(
        ({ attachment }) => attachment?.instanceId === InstanceId && attachment?.deviceIndex === DeviceIndex,
      )
      if (isTaken) {
        throw invalidValue(
          `Instance '${InstanceId}' already has an interface attached at device index '${DeviceIndex}'.`,
        )
      }
      const attachment = {
        attachmentId: ids.next('eni-attach'),
        instanceId: instance.instanceId,
        instanceOwnerId: accountId,
        deviceIndex: DeviceIndex,
        networkCardIndex: NetworkCardIndex ?? 0,
        deleteOnTermination: false,
        attachMilliseconds: nowMilliseconds,
      }
      put({ ...row, attachment })
      return { AttachmentId: attachment.attachmentId, NetworkCardIndex: attachment.networkCardIndex }
    },
  }
  const detach: Operation<DetachNetworkInterfaceRequest, object> = {
    acts: ['AttachmentId'],
    ignores: ['Force'],
    handle: ({ AttachmentId }) => {
      const row = [...tables.networkInterfaces.values()].find((each) => each.attachment?.attachmentId === AttachmentId)
      if (!row?.attachment) {
        throw new ServiceError('InvalidAttachmentID.NotFound', `The attachment '${AttachmentId}' does not exist.`)
      }
      refuseManaged(row)
      if (row.attachment.deviceIndex === 0) {
        throw new ServiceError(
          'OperationNotPermitted',
          `The network interface at device index 0 and networkCard index 0 cannot be detached.`,
        )
      }
      const { attachment: _, ...rest } = row
      put(rest)
      return {}
    },
  }
  const modify: Operation<ModifyNetworkInterfaceAttributeRequest, object> = {
    acts: ['NetworkInterfaceId', 'Groups', 'SourceDestCheck', 'Attachment', 'ConnectionTrackingSpecification'],
    keeps: ['Description'],
    handle: (input) => {
      const row = ownInterface(context, input.NetworkInterfaceId)
      let changed: NetworkInterfaceRow = row
      if (input.Description) changed = { ...changed, description: input.Description.Value ?? '' }
      if (input.SourceDestCheck) changed = { ...changed, sourceDestCheck: input.SourceDestCheck.Value ?? true }
      if (input.Groups?.length) changed = { ...changed, groupIds: checkGroups(context, input.Groups, row.vpcId) }
      if (input.ConnectionTrackingSpecification) {
        changed = { ...changed, connectionTracking: trackingOf(input.ConnectionTrackingSpecification) }
      }
      if (input.Attachment) {
        if (!row.attachment || row.attachment.attachmentId !== input.Attachment.AttachmentId) {
          throw new ServiceError(
            'InvalidAttachmentID.NotFound',
            `The attachment '${input.Attachment.AttachmentId}' does not exist.`,
          )
        }
        const deleteOnTermination = input.Attachment.DeleteOnTermination ?? row.attachment.deleteOnTermination
        changed = { ...changed, attachment: { ...row.attachment, deleteOnTermination } }
      }
      put(changed)
      return {}
    },
  }
  const describeAttribute: Operation<
    DescribeNetworkInterfaceAttributeRequest,
    DescribeNetworkInterfaceAttributeResult
  > = {
    acts: ['NetworkInterfaceId', 'Attribute'],
    handle: ({ NetworkInterfaceId, Attribute }) => {
      const row = existing('networkInterface', tables.networkInterfaces, NetworkInterfaceId)
      const { Attachment, Groups } = networkInterfaceOutput(context, row)
      switch (Attribute) {
        case 'description':
          return { NetworkInterfaceId, Description: { Value: row.description } }
        case 'groupSet':
          return { NetworkInterfaceId, Groups }
        case 'sourceDestCheck':
          return { NetworkInterfaceId, SourceDestCheck: { Value: row.sourceDestCheck } }
        case 'attachment':
          return { NetworkInterfaceId, Attachment }
        default:
          throw invalidValue(
            `Value (${Attribute}) for parameter attribute is invalid. Unknown network interface attribute.`,
          )
      }
    },
  }
  return {
    CreateNetworkInterface: create,
    DeleteNetworkInterface: remove,
    DescribeNetworkInterfaces: describe,
    AttachNetworkInterface: attach,
    DetachNetworkInterface: detach,
    ModifyNetworkInterfaceAttribute: modify,
    DescribeNetworkInterfaceAttribute: describeAttribute,
  }
}

/** Groups of a request: they exist, in the VPC, each once. @throws ServiceError. */
export function checkGroups({ tables }: Ec2Context, groupIds: readonly string[], vpcId: string): readonly string[] {
  for (const id of groupIds) {
    const group = existing('securityGroup', tables.securityGroups, id)
    if (group.vpcId !== vpcId) {
      throw new ServiceError('InvalidGroup.NotFound', `The security group '${id}' does not exist in VPC '${vpcId}'`)
    }
  }
  const unique = [...new Set(groupIds)]
  if (unique.length > MOST_GROUPS) {
    throw new ServiceError(
      'SecurityGroupsPerInterfaceLimitExceeded',
      `The maximum number of security groups per interface has been reached.`,
    )
  }
  return unique
}

/** An ENI that clients may change: none that a service has made for itself. @throws ServiceError. */
export function ownInterface({ tables }: Ec2Context, id: string | undefined): NetworkInterfaceRow {
  const row = existing('networkInterface', tables.networkInterfaces, id)
  refuseManaged(row)
  return row
}

function refuseManaged(row: NetworkInterfaceRow): void {
  if (!row.requesterManaged) return
  throw new ServiceError(
    'OperationNotPermitted',
    `You do not have permission to access the specified resource: the network interface ${row.networkInterfaceId} is managed by ${row.requesterId}.`,
  )
}

function refuseMirrorTarget({ tables }: Ec2Context, { networkInterfaceId }: NetworkInterfaceRow): void {
  for (const target of tables.trafficMirrorTargets.values()) {
    if (target.networkInterfaceId !== networkInterfaceId) continue
    throw new ServiceError(
      'InvalidNetworkInterface.InUse',
      `Network interface '${networkInterfaceId}' is the traffic mirror target '${target.trafficMirrorTargetId}'.`,
    )
  }
}

function namedAddresses({ PrivateIpAddress, PrivateIpAddresses }: CreateNetworkInterfaceRequest): {
  readonly primary: string | undefined
  readonly secondaries: readonly string[]
} {
  const listed = PrivateIpAddresses ?? []
  const primaries = listed.filter(({ Primary }) => Primary)
  if (primaries.length > 1 || (primaries.length === 1 && PrivateIpAddress !== undefined)) {
    throw invalidCombination('Only one primary private IP address can be specified.')
  }
  const primary = PrivateIpAddress ?? primaries[0]?.PrivateIpAddress
  return {
    primary,
    secondaries: listed.filter(({ Primary }) => !Primary).map((each) => each.PrivateIpAddress ?? ''),
  }
}

/** Source: EC2 API reference, ConnectionTrackingSpecificationRequest. */
export function trackingOf(
  given: NonNullable<CreateNetworkInterfaceRequest['ConnectionTrackingSpecification']>,
): NonNullable<NetworkInterfaceRow['connectionTracking']> {
  const { TcpEstablishedTimeout, UdpTimeout, UdpStreamTimeout } = given
  const check = (name: string, value: number | undefined, lowest: number, highest: number): void => {
    if (value === undefined || (value >= lowest && value <= highest)) return
    throw invalidValue(`Value (${value}) for parameter ${name} is invalid. It is from ${lowest} to ${highest} seconds.`)
  }
  check('TcpEstablishedTimeout', TcpEstablishedTimeout, 60, 432_000)
  check('UdpTimeout', UdpTimeout, 30, 60)
  check('UdpStreamTimeout', UdpStreamTimeout, 60, 180)
  return {
    ...(TcpEstablishedTimeout !== undefined && { tcpEstablishedTimeout: TcpEstablishedTimeout }),
    ...(UdpTimeout !== undefined && { udpTimeout: UdpTimeout }),
    ...(UdpStreamTimeout !== undefined && { udpStreamTimeout: UdpStreamTimeout }),
  }
}
