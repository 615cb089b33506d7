import type {
  _InstanceType,
  Instance,
  InstanceBlockDeviceMapping,
  InstanceMetadataOptionsResponse,
  InstanceNetworkInterface,
  Tenancy,
} from '@aws-sdk/client-ec2'
import type { Ec2Context } from './ec2-context.ts'
import type { InstanceRow, NetworkInterfaceRow, VolumeRow } from './ec2-rows.ts'
import { instanceState } from './instance-states.ts'
import {
  elasticAddresses,
  instanceInterfaceOutput,
  type PublicAddresses,
  privateDnsName,
  publicAddressOf,
  publicDnsName,
} from './network-interface-output.ts'

/** Instances as answers show them; made for one answer, as it reads ENIs and volumes once. */
export class InstanceOutputs {
  readonly #context: Ec2Context
  readonly #elastic: PublicAddresses
  readonly #interfaces: ReadonlyMap<string, readonly NetworkInterfaceRow[]>
  readonly #volumes: ReadonlyMap<string, readonly VolumeRow[]>

  constructor(context: Ec2Context) {
    this.#context = context
    this.#elastic = elasticAddresses(context)
    this.#interfaces = interfacesByInstance(context)
    this.#volumes = byInstance(context.tables.volumes.values())
  }

  of(row: InstanceRow): Instance {
    const { tags, region, tables } = this.#context
    const interfaces = this.#interfaces.get(row.instanceId) ?? []
    const [primary] = interfaces
    const privateIp = primary?.privateIpAddresses[0]?.privateIpAddress
    const publicIp = primary && privateIp ? publicAddressOf(this.#elastic, primary, privateIp)?.publicIp : undefined
    const isLive = row.state !== 'terminated'
    return {
      InstanceId: row.instanceId,
      ImageId: row.imageId,
      InstanceType: row.instanceType as _InstanceType,
      State: instanceState(row.state),
      StateTransitionReason: row.stateTransitionReason,
      ...(row.stateReason && { StateReason: { Code: row.stateReason.code, Message: row.stateReason.message } }),
      LaunchTime: new Date(row.launchMilliseconds),
      UsageOperationUpdateTime: new Date(row.launchMilliseconds),
      AmiLaunchIndex: row.amiLaunchIndex,
      Architecture: row.architecture as 'x86_64',
      // The client's type has a capital letter; EC2 answers without.
      Platform: row.platform as 'Windows' | undefined,
      PlatformDetails: row.platform ? 'Windows' : 'Linux/UNIX',
      UsageOperation: row.platform ? 'RunInstances:0002' : 'RunInstances',
      KeyName: row.keyName,
      ClientToken: row.clientToken ?? '',
      EbsOptimized: row.ebsOptimized,
      EnaSupport: true,
      Hypervisor: 'xen',
      VirtualizationType: 'hvm',
      RootDeviceName: row.rootDeviceName,
      RootDeviceType: 'ebs',
      BlockDeviceMappings: (this.#volumes.get(row.instanceId) ?? []).map(volumeOutput),
      ...(row.iamInstanceProfile && {
        IamInstanceProfile: { Arn: row.iamInstanceProfile.arn, Id: row.iamInstanceProfile.id },
      }),
      Monitoring: { State: row.monitoring ? 'enabled' : 'disabled' },
      Placement: {
        AvailabilityZone: row.availabilityZone,
        Tenancy: row.tenancy as Tenancy,
        GroupName: row.placementGroupName ?? '',
      },
      MetadataOptions: metadataOutput(row),
      ...(isLive && { SubnetId: row.subnetId, VpcId: row.vpcId }),
      PrivateIpAddress: privateIp,
      PrivateDnsName: privateDnsName(region, privateIp) ?? '',
      PublicIpAddress: publicIp,
      PublicDnsName: publicDnsName(this.#context, row.vpcId, publicIp) ?? '',
      Ipv6Address: primary?.ipv6Addresses[0],
      SourceDestCheck: primary?.sourceDestCheck,
      SecurityGroups: (primary?.groupIds ?? []).map((GroupId) => ({
        GroupId,
        GroupName: tables.securityGroups.get(GroupId)?.groupName,
      })),
      NetworkInterfaces: interfaces.map(
        (each): InstanceNetworkInterface => instanceInterfaceOutput(this.#context, each, this.#elastic),
      ),
      ProductCodes: [],
      CapacityReservationSpecification: { CapacityReservationPreference: 'open' },
      HibernationOptions: { Configured: false },
      EnclaveOptions: { Enabled: false },
      MaintenanceOptions: { AutoRecovery: 'default' },
      BootMode: 'uefi-preferred',
      CurrentInstanceBootMode: 'uefi',
      Tags: tags.list(row.instanceId),
    }
  }
}

/** ENIs by the instance that they are attached to, in the order of their device indexes. */
export function interfacesByInstance({ tables }: Ec2Context): ReadonlyMap<string, readonly NetworkInterfaceRow[]> {
  const map = byInstance(tables.networkInterfaces.values())
  for (const rows of map.values()) {
    if (rows.length > 1) rows.sort((one, other) => deviceIndex(one) - deviceIndex(other))
  }
  return map
}

function deviceIndex({ attachment }: NetworkInterfaceRow): number {
  return attachment?.deviceIndex ?? 0
}

function byInstance<Row extends { readonly attachment?: { readonly instanceId?: string } }>(
  rows: Iterable<Row>,
): Map<string, Row[]> {
  const map = new Map<string, Row[]>()
  for (const row of rows) {
    const id = row.attachment?.instanceId
    if (id === undefined) continue
    const known = map.get(id)
    if (known) known.push(row)
    else map.set(id, [row])
  }
  return map
}

function volumeOutput({ volumeId, attachment, createMilliseconds }: VolumeRow): InstanceBlockDeviceMapping {
  return {
    DeviceName: attachment?.device,
    Ebs: {
      VolumeId: volumeId,
      Status: 'attached',
      AttachTime: new Date(createMilliseconds),
      DeleteOnTermination: attachment?.deleteOnTermination,
    },
  }
}

/** Metadata options as answers show them. */
export function metadataOutput({ metadataOptions: options }: InstanceRow): InstanceMetadataOptionsResponse {
  return {
    State: 'applied',
    HttpTokens: options.httpTokens as 'required',
    HttpPutResponseHopLimit: options.httpPutResponseHopLimit,
    HttpEndpoint: options.httpEndpoint as 'enabled',
    HttpProtocolIpv6: options.httpProtocolIpv6 as 'disabled',
    InstanceMetadataTags: options.instanceMetadataTags as 'disabled',
  }
}
