import type { InstanceNetworkInterface, NetworkInterface, NetworkInterfaceType } from '@aws-sdk/client-ec2'
import type { Ec2Context } from './ec2-context.ts'
import type { AddressRow, NetworkInterfaceRow } from './ec2-rows.ts'

/** Public addresses by ENI and private address, `eni-… 10.0.0.4`. */
export type PublicAddresses = ReadonlyMap<string, AddressRow>

/** Elastic addresses by where they are: made once for an answer. */
export function elasticAddresses({ tables }: Ec2Context): PublicAddresses {
  const map = new Map<string, AddressRow>()
  for (const row of tables.addresses.values()) {
    if (row.association) map.set(`${row.association.networkInterfaceId} ${row.association.privateIpAddress}`, row)
  }
  return map
}

/** The public address of an ENI's private one: an elastic one, or one that Amazon lends. */
export function publicAddressOf(
  elastic: PublicAddresses,
  row: NetworkInterfaceRow,
  privateIpAddress: string,
): { readonly publicIp: string; readonly address: AddressRow | undefined } | undefined {
  const address = elastic.get(`${row.networkInterfaceId} ${privateIpAddress}`)
  if (address) return { publicIp: address.publicIp, address }
  const lent = row.privateIpAddresses.find((each) => each.privateIpAddress === privateIpAddress)?.publicIp
  return lent === undefined ? undefined : { publicIp: lent, address: undefined }
}

/** `ip-10-0-0-4.eu-west-1.compute.internal` */
export function privateDnsName(region: string, privateIpAddress: string | undefined): string | undefined {
  if (privateIpAddress === undefined) return undefined
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`
  return `ip-${privateIpAddress.replaceAll('.', '-')}.${domain}`
}

/** `ec2-198-51-100-4.eu-west-1.compute.amazonaws.com`, where the VPC has DNS host names. */
export function publicDnsName(
  { tables, region }: Ec2Context,
  vpcId: string,
  publicIp: string | undefined,
): string | undefined {
  const vpc = tables.vpcs.get(vpcId)
  if (publicIp === undefined || !vpc?.enableDnsHostnames || !vpc.enableDnsSupport) return undefined
  const domain = region === 'us-east-1' ? 'compute-1' : `${region}.compute`
  return `ec2-${publicIp.replaceAll('.', '-')}.${domain}.amazonaws.com`
}

/** What DescribeNetworkInterfaces and DescribeInstances show alike. */
function commonOutput(context: Ec2Context, row: NetworkInterfaceRow, elastic: PublicAddresses) {
  const { tables, accountId, region } = context
  const association = (privateIpAddress: string) => {
    const found = publicAddressOf(elastic, row, privateIpAddress)
    return (
      found && {
        PublicIp: found.publicIp,
        PublicDnsName: publicDnsName(context, row.vpcId, found.publicIp) ?? '',
        IpOwnerId: found.address ? accountId : 'amazon',
        ...(found.address && {
          AllocationId: found.address.allocationId,
          AssociationId: found.address.association?.associationId,
        }),
      }
    )
  }
  const primary = row.privateIpAddresses[0]?.privateIpAddress
  return {
    NetworkInterfaceId: row.networkInterfaceId,
    SubnetId: row.subnetId,
    VpcId: row.vpcId,
    OwnerId: accountId,
    Description: row.description,
    // Where the client's type has natGateway, EC2 answers nat_gateway.
    InterfaceType: row.interfaceType as NetworkInterfaceType,
    MacAddress: row.macAddress,
    SourceDestCheck: row.sourceDestCheck,
    PrivateIpAddress: primary,
    PrivateDnsName: privateDnsName(region, primary),
    Groups: row.groupIds.map((GroupId) => ({ GroupId, GroupName: tables.securityGroups.get(GroupId)?.groupName })),
    Ipv6Addresses: row.ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
    Association: primary === undefined ? undefined : association(primary),
    PrivateIpAddresses: row.privateIpAddresses.map(({ privateIpAddress }, at) => ({
      PrivateIpAddress: privateIpAddress,
      PrivateDnsName: privateDnsName(region, privateIpAddress),
      Primary: at === 0,
      Association: association(privateIpAddress),
    })),
  } satisfies Partial<NetworkInterface>
}

/** An ENI as DescribeNetworkInterfaces shows it. */
export function networkInterfaceOutput(
  context: Ec2Context,
  row: NetworkInterfaceRow,
  elastic: PublicAddresses = elasticAddresses(context),
): NetworkInterface {
  const { attachment } = row
  return {
    ...commonOutput(context, row, elastic),
    AvailabilityZone: row.availabilityZone,
    Status: attachment ? 'in-use' : 'available',
    RequesterManaged: row.requesterManaged,
    RequesterId: row.requesterId,
    ...(attachment && {
      Attachment: {
        AttachmentId: attachment.attachmentId,
        InstanceId: attachment.instanceId,
        InstanceOwnerId: attachment.instanceOwnerId,
        DeviceIndex: attachment.deviceIndex,
        NetworkCardIndex: attachment.networkCardIndex,
        DeleteOnTermination: attachment.deleteOnTermination,
        AttachTime: new Date(attachment.attachMilliseconds),
        Status: 'attached',
      },
    }),
    ...(row.connectionTracking && { ConnectionTrackingConfiguration: trackingOutput(row) }),
    TagSet: context.tags.list(row.networkInterfaceId),
  }
}

/** An ENI as DescribeInstances shows it. */
export function instanceInterfaceOutput(
  context: Ec2Context,
  row: NetworkInterfaceRow,
  elastic: PublicAddresses,
): InstanceNetworkInterface {
  const { attachment } = row
  return {
    ...commonOutput(context, row, elastic),
    Status: 'in-use',
    ...(attachment && {
      Attachment: {
        AttachmentId: attachment.attachmentId,
        DeviceIndex: attachment.deviceIndex,
        NetworkCardIndex: attachment.networkCardIndex,
        DeleteOnTermination: attachment.deleteOnTermination,
        AttachTime: new Date(attachment.attachMilliseconds),
        Status: 'attached',
      },
    }),
  }
}

function trackingOutput({
  connectionTracking,
}: NetworkInterfaceRow): NetworkInterface['ConnectionTrackingConfiguration'] {
  const { tcpEstablishedTimeout, udpTimeout, udpStreamTimeout } = connectionTracking ?? {}
  return {
    TcpEstablishedTimeout: tcpEstablishedTimeout,
    UdpTimeout: udpTimeout,
    UdpStreamTimeout: udpStreamTimeout,
  }
}
