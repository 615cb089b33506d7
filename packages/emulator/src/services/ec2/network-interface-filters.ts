import type { RowFilters } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import type { NetworkInterfaceRow } from './ec2-rows.ts'
import { type PublicAddresses, privateDnsName, publicAddressOf } from './network-interface-output.ts'

/** The filters of DescribeNetworkInterfaces. */
export function networkInterfaceFilters(
  { tables, accountId, region }: Ec2Context,
  elastic: PublicAddresses,
): RowFilters<NetworkInterfaceRow> {
  const publicAddresses = (row: NetworkInterfaceRow) =>
    row.privateIpAddresses.map(({ privateIpAddress }) => publicAddressOf(elastic, row, privateIpAddress))
  const primary = (row: NetworkInterfaceRow): string | undefined => row.privateIpAddresses[0]?.privateIpAddress
  return {
    'network-interface-id': (row) => row.networkInterfaceId,
    'subnet-id': (row) => row.subnetId,
    'vpc-id': (row) => row.vpcId,
    'availability-zone': (row) => row.availabilityZone,
    description: (row) => row.description,
    'group-id': (row) => row.groupIds,
    'group-name': (row) => row.groupIds.map((id) => tables.securityGroups.get(id)?.groupName),
    'interface-type': (row) => row.interfaceType,
    'mac-address': (row) => row.macAddress,
    'owner-id': () => accountId,
    'private-ip-address': (row) => row.privateIpAddresses.map(({ privateIpAddress }) => privateIpAddress),
    'private-dns-name': (row) => privateDnsName(region, primary(row)),
    'addresses.private-ip-address': (row) => row.privateIpAddresses.map(({ privateIpAddress }) => privateIpAddress),
    'addresses.primary': (row) => row.privateIpAddresses.map((_, at) => at === 0),
    'addresses.association.public-ip': (row) => publicAddresses(row).map((each) => each?.publicIp),
    'association.public-ip': (row) => publicAddresses(row)[0]?.publicIp,
    'association.allocation-id': (row) => publicAddresses(row)[0]?.address?.allocationId,
    'association.association-id': (row) => publicAddresses(row)[0]?.address?.association?.associationId,
    'ipv6-addresses.ipv6-address': (row) => row.ipv6Addresses,
    'requester-id': (row) => row.requesterId,
    'requester-managed': (row) => row.requesterManaged,
    'source-dest-check': (row) => row.sourceDestCheck,
    status: (row) => (row.attachment ? 'in-use' : 'available'),
    'attachment.attachment-id': (row) => row.attachment?.attachmentId,
    'attachment.instance-id': (row) => row.attachment?.instanceId,
    'attachment.instance-owner-id': (row) => row.attachment?.instanceOwnerId,
    'attachment.device-index': (row) => row.attachment?.deviceIndex,
    'attachment.delete-on-termination': (row) => row.attachment?.deleteOnTermination,
    'attachment.status': (row) => row.attachment && 'attached',
    'attachment.attach-time': (row) => row.attachment && new Date(row.attachment.attachMilliseconds).toISOString(),
  }
}
