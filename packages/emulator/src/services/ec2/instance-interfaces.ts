import type { InstanceNetworkInterfaceSpecification, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { ServiceError } from '../../wire/service-error.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, invalidValue, missingParameter, unsupported } from './ec2-errors.ts'
import type { InstanceRow, NetworkInterfaceRow, SubnetRow } from './ec2-rows.ts'
import { makeNetworkInterface, type NewNetworkInterface } from './network-interface-parts.ts'
import { checkGroups, ownInterface, trackingOf } from './network-interfaces.ts'
import { nextPublicAddress } from './public-addresses.ts'
import { existing } from './resource-kinds.ts'
import { defaultVpcId } from './security-groups.ts'

const PREFIXES = ['Ipv4Prefixes', 'Ipv4PrefixCount', 'Ipv6Prefixes', 'Ipv6PrefixCount'] as const

/** An ENI that a launch asks for: a new one, or one that is there. */
export interface PlannedInterface {
  readonly deviceIndex: number
  readonly networkCardIndex: number
  readonly subnet: SubnetRow
  /** Of one that is there. */
  readonly networkInterfaceId: string | undefined
  readonly wanted: NewNetworkInterface
  readonly deleteOnTermination: boolean
  readonly associatesPublicIp: boolean
}

/** The ENIs of a launch, by device index. @throws ServiceError for a request that EC2 refuses. */
export function planInterfaces(
  context: Ec2Context,
  request: RunInstancesRequest,
): readonly [PlannedInterface, ...PlannedInterface[]] {
  const listed = request.NetworkInterfaces ?? []
  if (listed.length === 0) return [planFromRequest(context, request)]
  if (request.SubnetId) {
    throw invalidCombination(
      'Network interfaces and an instance-level subnet ID may not be specified on the same request',
    )
  }
  if (request.SecurityGroupIds?.length || request.SecurityGroups?.length) {
    throw invalidCombination(
      'Network interfaces and instance-level security groups may not be specified on the same request',
    )
  }
  const plans = listed
    .map((specification) => planListed(context, request, specification))
    .sort((one, other) => one.deviceIndex - other.deviceIndex)
  const [first, ...others] = plans
  if (first?.deviceIndex !== 0)
    throw invalidValue('The request must contain a network interface with the device index 0.')
  const indexes = new Set(plans.map(({ deviceIndex }) => deviceIndex))
  if (indexes.size < plans.length) {
    throw invalidCombination('Each network interface requires a device index of its own.')
  }
  const foreign = others.find(({ subnet }) => subnet.availabilityZone !== first.subnet.availabilityZone)
  if (foreign) {
    throw invalidCombination(
      'You may not attach a network interface to an instance if they are not in the same availability zone',
    )
  }
  return [first, ...others]
}

function planFromRequest(context: Ec2Context, request: RunInstancesRequest): PlannedInterface {
  const subnet = subnetOf(context, request.SubnetId, request.Placement?.AvailabilityZone)
  const groupIds = [
    ...(request.SecurityGroupIds ?? []),
    ...(request.SecurityGroups ?? []).map((name) => groupNamed(context, name, subnet.vpcId)),
  ]
  return {
    deviceIndex: 0,
    networkCardIndex: 0,
    subnet,
    networkInterfaceId: undefined,
    wanted: {
      subnet,
      ...(groupIds.length > 0 && { groupIds: checkGroups(context, groupIds, subnet.vpcId) }),
      ...(request.PrivateIpAddress && { privateIpAddress: request.PrivateIpAddress }),
      ...(request.Ipv6Addresses?.length && {
        ipv6Addresses: request.Ipv6Addresses.map(({ Ipv6Address = '' }) => Ipv6Address),
      }),
      ...(request.Ipv6AddressCount !== undefined && { ipv6AddressCount: request.Ipv6AddressCount }),
    },
    deleteOnTermination: true,
    associatesPublicIp: subnet.mapPublicIpOnLaunch,
  }
}

function planListed(
  context: Ec2Context,
  request: RunInstancesRequest,
  specification: InstanceNetworkInterfaceSpecification,
): PlannedInterface {
  const { DeviceIndex: deviceIndex, NetworkInterfaceId: networkInterfaceId } = specification
  if (deviceIndex === undefined) throw missingParameter('NetworkInterface.DeviceIndex')
  for (const name of PREFIXES) {
    if (specification[name] === undefined) continue
    throw unsupported(`RunInstances: prefixes of network interfaces are not simulated; leave ${name} out.`)
  }
  const known = networkInterfaceId ? ownInterface(context, networkInterfaceId) : undefined
  if (known?.attachment) {
    throw new ServiceError('InvalidNetworkInterface.InUse', `Interface: [${networkInterfaceId}] in use.`)
  }
  const subnet = known
    ? existing('subnet', context.tables.subnets, known.subnetId)
    : subnetOf(context, specification.SubnetId, request.Placement?.AvailabilityZone)
  const addresses = specification.PrivateIpAddresses ?? []
  const primary = specification.PrivateIpAddress ?? addresses.find(({ Primary }) => Primary)?.PrivateIpAddress
  const { Groups: groups, InterfaceType: type, ConnectionTrackingSpecification: tracking } = specification
  if (type !== undefined && type !== 'interface' && type !== 'efa') {
    throw invalidValue(`Value (${type}) for parameter InterfaceType is invalid. It is interface or efa.`)
  }
  return {
    deviceIndex,
    networkCardIndex: specification.NetworkCardIndex ?? 0,
    subnet,
    networkInterfaceId: known?.networkInterfaceId,
    wanted: {
      subnet,
      ...(specification.Description !== undefined && { description: specification.Description }),
      ...(groups?.length && { groupIds: checkGroups(context, groups, subnet.vpcId) }),
      ...(type !== undefined && { interfaceType: type as 'interface' | 'efa' }),
      ...(primary !== undefined && { privateIpAddress: primary }),
      secondaryPrivateIpAddresses: addresses.flatMap(({ Primary, PrivateIpAddress }) =>
        Primary || PrivateIpAddress === undefined ? [] : [PrivateIpAddress],
      ),
      secondaryPrivateIpAddressCount: specification.SecondaryPrivateIpAddressCount ?? 0,
      ...(specification.Ipv6Addresses?.length && {
        ipv6Addresses: specification.Ipv6Addresses.map(({ Ipv6Address = '' }) => Ipv6Address),
      }),
      ...(specification.Ipv6AddressCount !== undefined && { ipv6AddressCount: specification.Ipv6AddressCount }),
      ...(tracking && { connectionTracking: trackingOf(tracking) }),
    },
    deleteOnTermination: specification.DeleteOnTermination ?? known === undefined,
    associatesPublicIp:
      known === undefined &&
      deviceIndex === 0 &&
      (specification.AssociatePublicIpAddress ?? subnet.mapPublicIpOnLaunch),
  }
}

/** Makes the ENIs of an instance, or takes those that are there, and attaches them. */
export function placeInterfaces(
  context: Ec2Context,
  plans: readonly PlannedInterface[],
  instance: InstanceRow,
): readonly NetworkInterfaceRow[] {
  const { tables, ids, accountId } = context
  return plans.map((plan) => {
    const attachment = {
      instanceId: instance.instanceId,
      instanceOwnerId: accountId,
      deviceIndex: plan.deviceIndex,
      networkCardIndex: plan.networkCardIndex,
      deleteOnTermination: plan.deleteOnTermination,
      attachMilliseconds: instance.launchMilliseconds,
    }
    if (plan.networkInterfaceId !== undefined) {
      const known = ownInterface(context, plan.networkInterfaceId)
      if (known.attachment) {
        throw new ServiceError('InvalidNetworkInterface.InUse', `Interface: [${plan.networkInterfaceId}] in use.`)
      }
      const row = { ...known, attachment: { ...attachment, attachmentId: ids.next('eni-attach') } }
      tables.networkInterfaces.put(row.networkInterfaceId, row)
      return row
    }
    const made = makeNetworkInterface(context, { ...plan.wanted, attachment })
    if (!plan.associatesPublicIp) return made
    return lendPublicAddress(context, { ...made, associatesPublicIp: true })
  })
}

/** Gives an ENI's primary address a public one for as long as its instance runs. */
export function lendPublicAddress(context: Ec2Context, row: NetworkInterfaceRow): NetworkInterfaceRow {
  const [primary, ...others] = row.privateIpAddresses
  if (!primary) return row
  const lent = { ...primary, publicIp: nextPublicAddress(context) }
  const changed = { ...row, privateIpAddresses: [lent, ...others] }
  context.tables.networkInterfaces.put(row.networkInterfaceId, changed)
  return changed
}

/** A subnet that is named, or the default one of a zone: of the first zone where none is named. */
function subnetOf(context: Ec2Context, subnetId: string | undefined, zone: string | undefined): SubnetRow {
  const { tables } = context
  if (subnetId) return existing('subnet', tables.subnets, subnetId)
  const vpcId = defaultVpcId(context)
  for (const row of tables.subnets.values()) {
    if (row.vpcId === vpcId && row.isDefaultForAz && (zone === undefined || row.availabilityZone === zone)) return row
  }
  throw new ServiceError('MissingInput', `No subnets found for the default VPC '${vpcId}'. Please specify a subnet.`)
}

function groupNamed({ tables }: Ec2Context, name: string, vpcId: string): string {
  for (const row of tables.securityGroups.values()) {
    if (row.vpcId === vpcId && row.groupName === name) return row.groupId
  }
  throw new ServiceError('InvalidGroup.NotFound', `The security group '${name}' does not exist in VPC '${vpcId}'`)
}
