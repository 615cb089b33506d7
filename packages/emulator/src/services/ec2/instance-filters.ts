import type { FilterValue, RowFilters } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import type { InstanceRow, NetworkInterfaceRow } from './ec2-rows.ts'
import { interfacesByInstance } from './instance-output.ts'
import { instanceState } from './instance-states.ts'
import { elasticAddresses, privateDnsName, publicAddressOf, publicDnsName } from './network-interface-output.ts'

/** The filters of DescribeInstances; made for one answer. */
export function instanceFilters(context: Ec2Context): RowFilters<InstanceRow> {
  const { tables, accountId, region } = context
  const interfaces = interfacesByInstance(context)
  const elastic = elasticAddresses(context)
  const ofInterfaces =
    (value: (row: NetworkInterfaceRow) => string | number | boolean | undefined) =>
    (row: InstanceRow): FilterValue =>
      (interfaces.get(row.instanceId) ?? []).map(value)
  const ofAddresses =
    (value: (row: NetworkInterfaceRow, address: string, at: number) => string | boolean | undefined) =>
    (row: InstanceRow): FilterValue =>
      (interfaces.get(row.instanceId) ?? []).flatMap((each) =>
        each.privateIpAddresses.map(({ privateIpAddress }, at) => value(each, privateIpAddress, at)),
      )
  const primary = (row: InstanceRow): NetworkInterfaceRow | undefined => interfaces.get(row.instanceId)?.[0]
  const privateIp = (row: InstanceRow): string | undefined => primary(row)?.privateIpAddresses[0]?.privateIpAddress
  const publicIp = (row: InstanceRow): string | undefined => {
    const [own, address] = [primary(row), privateIp(row)]
    return own && address ? publicAddressOf(elastic, own, address)?.publicIp : undefined
  }
  const groupNames = (ids: readonly string[]): (string | undefined)[] =>
    ids.map((id) => tables.securityGroups.get(id)?.groupName)
  const allGroups = (row: InstanceRow): string[] =>
    (interfaces.get(row.instanceId) ?? []).flatMap(({ groupIds }) => [...groupIds])
  return {
    'instance-id': (row) => row.instanceId,
    'image-id': (row) => row.imageId,
    'instance-type': (row) => row.instanceType,
    'instance-state-name': (row) => row.state,
    'instance-state-code': (row) => instanceState(row.state).Code,
    'availability-zone': (row) => row.availabilityZone,
    architecture: (row) => row.architecture,
    'client-token': (row) => row.clientToken,
    'dns-name': (row) => publicDnsName(context, row.vpcId, publicIp(row)),
    'iam-instance-profile.arn': (row) => row.iamInstanceProfile?.arn,
    'key-name': (row) => row.keyName,
    'launch-index': (row) => row.amiLaunchIndex,
    'launch-time': (row) => new Date(row.launchMilliseconds).toISOString(),
    'monitoring-state': (row) => (row.monitoring ? 'enabled' : 'disabled'),
    'owner-id': () => accountId,
    platform: (row) => row.platform,
    'platform-details': (row) => (row.platform ? 'Windows' : 'Linux/UNIX'),
    'placement-group-name': (row) => row.placementGroupName,
    tenancy: (row) => row.tenancy,
    'reservation-id': (row) => row.reservationId,
    'root-device-name': (row) => row.rootDeviceName,
    'root-device-type': () => 'ebs',
    'virtualization-type': () => 'hvm',
    hypervisor: () => 'xen',
    'source-dest-check': (row) => primary(row)?.sourceDestCheck,
    'state-reason-code': (row) => row.stateReason?.code,
    'subnet-id': (row) => (row.state === 'terminated' ? undefined : row.subnetId),
    'vpc-id': (row) => (row.state === 'terminated' ? undefined : row.vpcId),
    'private-ip-address': privateIp,
    'private-dns-name': (row) => privateDnsName(region, privateIp(row)),
    'ip-address': publicIp,
    'ipv6-address': (row) => primary(row)?.ipv6Addresses,
    'group-id': allGroups,
    'instance.group-id': allGroups,
    'group-name': (row) => groupNames(allGroups(row)),
    'instance.group-name': (row) => groupNames(allGroups(row)),
    'network-interface.network-interface-id': ofInterfaces((row) => row.networkInterfaceId),
    'network-interface.subnet-id': ofInterfaces((row) => row.subnetId),
    'network-interface.vpc-id': ofInterfaces((row) => row.vpcId),
    'network-interface.description': ofInterfaces((row) => row.description),
    'network-interface.mac-address': ofInterfaces((row) => row.macAddress),
    'network-interface.group-id': allGroups,
    'network-interface.group-name': (row) => groupNames(allGroups(row)),
    'network-interface.source-dest-check': ofInterfaces((row) => row.sourceDestCheck),
    'network-interface.status': ofInterfaces(() => 'in-use'),
    'network-interface.attachment.attachment-id': ofInterfaces((row) => row.attachment?.attachmentId),
    'network-interface.attachment.device-index': ofInterfaces((row) => row.attachment?.deviceIndex),
    'network-interface.addresses.private-ip-address': ofAddresses((_, address) => address),
    'network-interface.addresses.primary': ofAddresses((_, __, at) => at === 0),
    'network-interface.addresses.association.public-ip': ofAddresses(
      (row, address) => publicAddressOf(elastic, row, address)?.publicIp,
    ),
    'network-interface.association.public-ip': ofInterfaces(
      (row) => publicAddressOf(elastic, row, row.privateIpAddresses[0]?.privateIpAddress ?? '')?.publicIp,
    ),
  }
}
