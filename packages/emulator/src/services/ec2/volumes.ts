import type {
  BlockDeviceMapping,
  DescribeVolumesRequest,
  DescribeVolumesResult,
  Volume,
  VolumeType,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import type { InstanceRow, VolumeRow } from './ec2-rows.ts'
import type { PublicImage } from './images.ts'

/** Of a root volume that a request says nothing of. */
const ROOT_GIB = 8
const WINDOWS_ROOT_GIB = 30

/** The volumes that come with instances: told of, and nothing is stored on them. */
export function volumeOperations({ tables, tags }: Ec2Context): ServiceOperations {
  const output = (row: VolumeRow): Volume => ({
    VolumeId: row.volumeId,
    AvailabilityZone: row.availabilityZone,
    Size: row.sizeGib,
    VolumeType: row.volumeType as VolumeType,
    Iops: row.iops,
    Throughput: row.throughput,
    Encrypted: row.encrypted,
    KmsKeyId: row.kmsKeyId,
    SnapshotId: row.snapshotId ?? '',
    CreateTime: new Date(row.createMilliseconds),
    MultiAttachEnabled: false,
    State: row.attachment ? 'in-use' : 'available',
    Attachments: row.attachment
      ? [
          {
            VolumeId: row.volumeId,
            InstanceId: row.attachment.instanceId,
            Device: row.attachment.device,
            DeleteOnTermination: row.attachment.deleteOnTermination,
            AttachTime: new Date(row.createMilliseconds),
            State: 'attached',
          },
        ]
      : [],
    Tags: tags.list(row.volumeId),
  })
  const describe: Operation<DescribeVolumesRequest, DescribeVolumesResult> = {
    acts: ['VolumeIds', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'volume',
          rows: tables.volumes.values(),
          id: (row) => row.volumeId,
          filters: {
            'volume-id': (row) => row.volumeId,
            'availability-zone': (row) => row.availabilityZone,
            size: (row) => row.sizeGib,
            'volume-type': (row) => row.volumeType,
            encrypted: (row) => row.encrypted,
            status: (row) => (row.attachment ? 'in-use' : 'available'),
            'attachment.instance-id': (row) => row.attachment?.instanceId,
            'attachment.device': (row) => row.attachment?.device,
            'attachment.status': (row) => row.attachment && 'attached',
            'attachment.delete-on-termination': (row) => row.attachment?.deleteOnTermination,
          },
          ids: input.VolumeIds,
          tags,
        },
        input,
      )
      return { Volumes: rows.map(output), NextToken: nextToken }
    },
  }
  return { DescribeVolumes: describe }
}

/** The volumes of a new instance: the root one, and those that its request maps. */
export function makeVolumes(
  { tables, ids }: Ec2Context,
  instance: InstanceRow,
  image: PublicImage,
  mappings: readonly BlockDeviceMapping[] | undefined = [],
): readonly string[] {
  const isRoot = ({ DeviceName }: BlockDeviceMapping): boolean => DeviceName === image.rootDeviceName
  const wanted = [
    mappings.find(isRoot) ?? { DeviceName: image.rootDeviceName },
    ...mappings.filter((each) => !isRoot(each) && each.Ebs && each.NoDevice === undefined),
  ]
  return wanted.map(({ DeviceName: device = '', Ebs: ebs }, at) => {
    const volumeId = ids.next('vol')
    const volumeType = ebs?.VolumeType ?? 'gp3'
    const isGp3 = volumeType === 'gp3'
    tables.volumes.put(volumeId, {
      volumeId,
      availabilityZone: instance.availabilityZone,
      sizeGib: ebs?.VolumeSize ?? (image.platform ? WINDOWS_ROOT_GIB : ROOT_GIB),
      volumeType,
      ...((ebs?.Iops !== undefined || isGp3) && { iops: ebs?.Iops ?? 3000 }),
      ...(isGp3 && { throughput: ebs?.Throughput ?? 125 }),
      encrypted: ebs?.Encrypted ?? false,
      ...(ebs?.KmsKeyId !== undefined && { kmsKeyId: ebs.KmsKeyId }),
      ...(ebs?.SnapshotId !== undefined && { snapshotId: ebs.SnapshotId }),
      createMilliseconds: instance.launchMilliseconds,
      attachment: {
        instanceId: instance.instanceId,
        device,
        deleteOnTermination: ebs?.DeleteOnTermination ?? at === 0,
      },
    })
    return volumeId
  })
}
