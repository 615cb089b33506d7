import type { RunInstancesRequest } from '@aws-sdk/client-ec2'
import { ServiceError } from '../../wire/service-error.ts'
import { once } from './client-token.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, invalidValue, missingParameter } from './ec2-errors.ts'
import type { InstanceRow, NetworkInterfaceRow, SubnetRow } from './ec2-rows.ts'
import { imageOf, type PublicImage } from './images.ts'
import { type PlannedInterface, placeInterfaces, planInterfaces } from './instance-interfaces.ts'
import { architectureOf, isInstanceType } from './instance-types.ts'
import { withLaunchTemplate } from './launch-request.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'
import { makeVolumes } from './volumes.ts'

/** EC2's own where a request names none. Source: EC2 API reference, RunInstances. */
const DEFAULT_INSTANCE_TYPE = 'm1.small'
/** Source: EC2 API reference, RunInstances: user data is limited to 16 KB before it is encoded. */
const MOST_USER_DATA_BYTES = 16_384

/** What is told along with instances. */
export interface LaunchOptions {
  readonly nowMilliseconds: number
  /** The Auto Scaling group that makes them. */
  readonly autoScalingGroupName?: string
}

/** Makes instances, which run at once; their ids. For RunInstances and for Auto Scaling groups. @throws ServiceError. */
export function runInstances(
  context: Ec2Context,
  input: RunInstancesRequest,
  options: LaunchOptions,
): readonly string[] {
  checkTagSpecifications(input.TagSpecifications, ['instance', 'volume', 'networkInterface'])
  const { request, template } = withLaunchTemplate(context, input)
  const { MinCount: least = 1, MaxCount: most = 1 } = request
  if (least < 1 || most < 1) throw invalidValue('Value (0) for parameter minCount is invalid. Must be at least 1.')
  if (least > most) {
    throw invalidCombination(`The minimum number of instances, ${least}, is larger than the maximum, ${most}.`)
  }
  return once(context, 'RunInstances', input, () => {
    const plan = planLaunch(context, request)
    const reservationId = context.ids.next('r')
    return Array.from({ length: most }, (_, at) => {
      return launchOne(context, plan, { ...options, reservationId, at, ...(template && { template }) })
    })
  }).ids
}

interface LaunchPlan {
  readonly request: RunInstancesRequest
  readonly image: PublicImage
  readonly instanceType: string
  readonly interfaces: readonly [PlannedInterface, ...PlannedInterface[]]
  readonly subnet: SubnetRow
}

function planLaunch(context: Ec2Context, request: RunInstancesRequest): LaunchPlan {
  const { tables } = context
  if (!request.ImageId) throw missingParameter('ImageId')
  const instanceType = request.InstanceType ?? DEFAULT_INSTANCE_TYPE
  if (!isInstanceType(instanceType)) throw invalidValue(`Invalid value '${instanceType}' for InstanceType.`)
  const architecture = architectureOf(instanceType)
  const image = imageOf(request.ImageId, architecture)
  if (image.architecture !== architecture) {
    throw invalidValue(
      `The architecture '${architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
    )
  }
  if (request.KeyName && ![...tables.keyPairs.values()].some(({ keyName }) => keyName === request.KeyName)) {
    throw new ServiceError('InvalidKeyPair.NotFound', `The key pair '${request.KeyName}' does not exist`)
  }
  if (request.UserData !== undefined) checkUserData(request.UserData)
  const interfaces = planInterfaces(context, request)
  const [{ subnet }] = interfaces
  const zone = request.Placement?.AvailabilityZone
  if (zone !== undefined && zone !== subnet.availabilityZone) {
    throw invalidValue(`The subnet '${subnet.subnetId}' is not in the availability zone '${zone}'.`)
  }
  return { request, image, instanceType, interfaces, subnet }
}

function launchOne(
  context: Ec2Context,
  plan: LaunchPlan,
  made: LaunchOptions & {
    readonly reservationId: string
    readonly at: number
    readonly template?: InstanceRow['launchTemplate']
  },
): string {
  const { tables, ids, tags, accountId } = context
  const { request, image, subnet } = plan
  const instanceId = ids.next('i')
  const profile = request.IamInstanceProfile
  const metadata = request.MetadataOptions
  const row: InstanceRow = {
    instanceId,
    reservationId: made.reservationId,
    imageId: image.imageId,
    instanceType: plan.instanceType,
    state: 'running',
    stateTransitionReason: '',
    launchMilliseconds: made.nowMilliseconds,
    amiLaunchIndex: made.at,
    vpcId: subnet.vpcId,
    subnetId: subnet.subnetId,
    availabilityZone: subnet.availabilityZone,
    architecture: image.architecture,
    ...(image.platform && { platform: image.platform }),
    rootDeviceName: image.rootDeviceName,
    ...(request.KeyName && { keyName: request.KeyName }),
    ...(request.UserData && { userData: request.UserData }),
    ...(request.ClientToken && { clientToken: request.ClientToken }),
    ...(made.template && { launchTemplate: made.template }),
    ...((profile?.Arn || profile?.Name) && {
      iamInstanceProfile: {
        arn: profile.Arn ?? `arn:aws:iam::${accountId}:instance-profile/${profile.Name}`,
        id: `AIPA${ids.hex('instance-profile', 16).toUpperCase()}`,
        associationId: ids.next('iip-assoc'),
      },
    }),
    ...(made.autoScalingGroupName !== undefined && { autoScalingGroupName: made.autoScalingGroupName }),
    ebsOptimized: request.EbsOptimized ?? false,
    monitoring: request.Monitoring?.Enabled ?? false,
    tenancy: request.Placement?.Tenancy ?? 'default',
    ...(request.Placement?.GroupName && { placementGroupName: request.Placement.GroupName }),
    disableApiTermination: request.DisableApiTermination ?? false,
    disableApiStop: request.DisableApiStop ?? false,
    instanceInitiatedShutdownBehavior: request.InstanceInitiatedShutdownBehavior ?? 'stop',
    ...(request.CreditSpecification?.CpuCredits && { cpuCredits: request.CreditSpecification.CpuCredits }),
    metadataOptions: {
      httpTokens: metadata?.HttpTokens ?? 'required',
      httpPutResponseHopLimit: metadata?.HttpPutResponseHopLimit ?? 2,
      httpEndpoint: metadata?.HttpEndpoint ?? 'enabled',
      httpProtocolIpv6: metadata?.HttpProtocolIpv6 ?? 'disabled',
      instanceMetadataTags: metadata?.InstanceMetadataTags ?? 'disabled',
    },
  }
  tables.instances.put(instanceId, row)
  tags.apply(instanceId, 'instance', request.TagSpecifications)
  const interfaces: readonly NetworkInterfaceRow[] = placeInterfaces(context, plan.interfaces, row)
  for (const { networkInterfaceId } of interfaces) {
    tags.apply(networkInterfaceId, 'networkInterface', request.TagSpecifications)
  }
  for (const volumeId of makeVolumes(context, row, image, request.BlockDeviceMappings)) {
    tags.apply(volumeId, 'volume', request.TagSpecifications)
  }
  return existing('instance', tables.instances, instanceId).instanceId
}

function checkUserData(text: string): void {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) throw invalidValue('Invalid BASE64 encoding of user data.')
  if (Buffer.from(text, 'base64').length > MOST_USER_DATA_BYTES) {
    throw invalidValue(`User data is limited to ${MOST_USER_DATA_BYTES} bytes`)
  }
}
