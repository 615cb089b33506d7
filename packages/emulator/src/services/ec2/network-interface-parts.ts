import type { Ec2Context } from './ec2-context.ts'
import type { InterfaceAttachmentRow, NetworkInterfaceRow, NetworkInterfaceTypeWord, SubnetRow } from './ec2-rows.ts'
import { SubnetAddresses } from './subnet-addresses.ts'

/** What an ENI is made with; addresses that are not named are any free ones. */
export interface NewNetworkInterface {
  readonly subnet: SubnetRow
  readonly description?: string
  /** The VPC's default group unless given; `[]` for what has none. */
  readonly groupIds?: readonly string[]
  readonly interfaceType?: NetworkInterfaceTypeWord
  readonly privateIpAddress?: string
  readonly secondaryPrivateIpAddresses?: readonly string[]
  readonly secondaryPrivateIpAddressCount?: number
  readonly ipv6Addresses?: readonly string[]
  readonly ipv6AddressCount?: number
  readonly sourceDestCheck?: boolean
  /** Of ENIs that a service makes for itself, e.g. `amazon-elb`. */
  readonly requesterId?: string
  readonly attachment?: Omit<InterfaceAttachmentRow, 'attachmentId'>
  readonly connectionTracking?: NetworkInterfaceRow['connectionTracking']
}

/** Makes an ENI. @throws ServiceError where an address cannot be had. */
export function makeNetworkInterface(context: Ec2Context, wanted: NewNetworkInterface): NetworkInterfaceRow {
  const { tables, ids } = context
  const { subnet } = wanted
  const networkInterfaceId = ids.next('eni')
  const addresses = new SubnetAddresses(tables, ids, subnet)
  const named = [...(wanted.secondaryPrivateIpAddresses ?? [])]
  const ipv4: string[] = []
  if (subnet.cidrBlock !== undefined || wanted.privateIpAddress !== undefined) {
    const primary = wanted.privateIpAddress === undefined ? undefined : addresses.take(wanted.privateIpAddress)
    const taken = named.map((address) => addresses.take(address))
    ipv4.push(primary ?? addresses.next(), ...taken)
    for (let count = wanted.secondaryPrivateIpAddressCount ?? 0; count > 0; count--) ipv4.push(addresses.next())
  }
  const ipv6 = (wanted.ipv6Addresses ?? []).map((address) => addresses.take(address))
  const automatic = subnet.assignIpv6AddressOnCreation && ipv6.length === 0 && !wanted.requesterId ? 1 : 0
  for (let count = wanted.ipv6AddressCount ?? automatic; count > 0; count--) ipv6.push(addresses.nextIpv6())
  const vpc = tables.vpcs.get(subnet.vpcId)
  const row: NetworkInterfaceRow = {
    networkInterfaceId,
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    description: wanted.description ?? '',
    interfaceType: wanted.interfaceType ?? 'interface',
    groupIds: wanted.groupIds ?? (vpc ? [vpc.defaultSecurityGroupId] : []),
    sourceDestCheck: wanted.sourceDestCheck ?? true,
    macAddress: macAddress(ids.hex('mac-address', 10)),
    privateIpAddresses: ipv4.map((privateIpAddress) => ({ privateIpAddress })),
    ipv6Addresses: ipv6,
    requesterManaged: wanted.requesterId !== undefined,
    ...(wanted.requesterId !== undefined && { requesterId: wanted.requesterId }),
    ...(wanted.connectionTracking && { connectionTracking: wanted.connectionTracking }),
    ...(wanted.attachment && {
      attachment: {
        ...wanted.attachment,
        attachmentId: ids.next(wanted.attachment.instanceId === undefined ? 'ela-attach' : 'eni-attach'),
      },
    }),
  }
  tables.networkInterfaces.put(networkInterfaceId, row)
  return row
}

/** Takes an ENI away, with its elastic addresses' associations, its flow logs and its mirror sessions. */
export function removeNetworkInterface({ tables, tags }: Ec2Context, networkInterfaceId: string): void {
  for (const address of [...tables.addresses.values()]) {
    if (address.association?.networkInterfaceId !== networkInterfaceId) continue
    const { association: _, ...free } = address
    tables.addresses.put(address.allocationId, free)
  }
  for (const log of [...tables.flowLogs.values()]) {
    if (log.resourceId === networkInterfaceId) tables.flowLogs.delete(log.flowLogId)
  }
  for (const session of [...tables.trafficMirrorSessions.values()]) {
    if (session.networkInterfaceId !== networkInterfaceId) continue
    tables.trafficMirrorSessions.delete(session.trafficMirrorSessionId)
    tags.forget(session.trafficMirrorSessionId)
  }
  tables.networkInterfaces.delete(networkInterfaceId)
  tags.forget(networkInterfaceId)
}

function macAddress(digits: string): string {
  return `02:${(digits.match(/../g) ?? []).join(':')}`
}
