import type { DescribeImagesRequest, DescribeImagesResult, Image } from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { notFound } from './resource-kinds.ts'

/** A public image. Nothing of it is loaded: an instance is what its platform and architecture say. */
export interface PublicImage {
  readonly imageId: string
  readonly name: string
  readonly description: string
  readonly architecture: 'x86_64' | 'arm64'
  readonly platform?: 'windows'
  readonly ownerId: string
  readonly ownerAlias?: 'amazon'
  readonly rootDeviceName: string
  readonly creationDate: string
  /** In the paths of SSM's public parameters, e.g. `/aws/service/ami-amazon-linux-latest/…`. */
  readonly parameter: string
}

const AMAZON = '137112412989'
const WINDOWS = '801119661308'
const CANONICAL = '099720109477'

/** A small set of public images; their ids are the emulator's own, the same in every region. */
export const PUBLIC_IMAGES: readonly PublicImage[] = [
  {
    imageId: 'ami-0f10a7a1000002023',
    name: 'al2023-ami-2023.9.20251117.1-kernel-6.1-x86_64',
    description: 'Amazon Linux 2023 AMI 2023.9.20251117.1 x86_64 HVM kernel-6.1',
    architecture: 'x86_64',
    ownerId: AMAZON,
    ownerAlias: 'amazon',
    rootDeviceName: '/dev/xvda',
    creationDate: '2025-11-17T18:00:00.000Z',
    parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64',
  },
  {
    imageId: 'ami-0f10a7a1000a02023',
    name: 'al2023-ami-2023.9.20251117.1-kernel-6.1-arm64',
    description: 'Amazon Linux 2023 AMI 2023.9.20251117.1 arm64 HVM kernel-6.1',
    architecture: 'arm64',
    ownerId: AMAZON,
    ownerAlias: 'amazon',
    rootDeviceName: '/dev/xvda',
    creationDate: '2025-11-17T18:00:00.000Z',
    parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64',
  },
  {
    imageId: 'ami-0f10a7a1000000002',
    name: 'amzn2-ami-hvm-2.0.20251110.1-x86_64-gp2',
    description: 'Amazon Linux 2 AMI 2.0.20251110.1 x86_64 HVM gp2',
    architecture: 'x86_64',
    ownerId: AMAZON,
    ownerAlias: 'amazon',
    rootDeviceName: '/dev/xvda',
    creationDate: '2025-11-10T18:00:00.000Z',
    parameter: '/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2',
  },
  {
    imageId: 'ami-0f10a7a1000002404',
    name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251115',
    description: 'Canonical, Ubuntu, 24.04, amd64 noble image',
    architecture: 'x86_64',
    ownerId: CANONICAL,
    rootDeviceName: '/dev/sda1',
    creationDate: '2025-11-15T06:00:00.000Z',
    parameter: '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
  },
  {
    imageId: 'ami-0f10a7a1000002022',
    name: 'Windows_Server-2022-English-Full-Base-2025.11.12',
    description: 'Microsoft Windows Server 2022 Full Locale English AMI provided by Amazon',
    architecture: 'x86_64',
    platform: 'windows',
    ownerId: WINDOWS,
    ownerAlias: 'amazon',
    rootDeviceName: '/dev/sda1',
    creationDate: '2025-11-12T10:00:00.000Z',
    parameter: '/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base',
  },
]

/**
 * The image of an id. Any id of the right form is taken for a Linux image of Amazon's, so that templates with ids of real images work.
 * @throws ServiceError for what is no image id.
 */
export function imageOf(imageId: string, architecture: 'x86_64' | 'arm64'): PublicImage {
  const known = PUBLIC_IMAGES.find((image) => image.imageId === imageId)
  if (known) return known
  if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(imageId)) throw notFound('image', [imageId])
  const [first] = PUBLIC_IMAGES
  return { ...(first as PublicImage), imageId, name: imageId, description: '', architecture }
}

/** Public images. */
export function imageOperations({ tags }: Ec2Context): ServiceOperations {
  const describe: Operation<DescribeImagesRequest, DescribeImagesResult> = {
    acts: ['Filters', 'ImageIds', 'Owners', 'ExecutableUsers', 'NextToken', 'MaxResults'],
    ignores: ['IncludeDeprecated', 'IncludeDisabled'],
    handle: ({ Owners, ExecutableUsers, ImageIds, ...input }) => {
      const isOfOwner = ({ ownerId, ownerAlias }: PublicImage): boolean =>
        !Owners?.length || Owners.includes(ownerId) || (ownerAlias !== undefined && Owners.includes(ownerAlias))
      const isExecutable = !ExecutableUsers?.length || ExecutableUsers.includes('all')
      const rows = PUBLIC_IMAGES.filter((image) => isOfOwner(image) && isExecutable)
      const described = describeRows(
        {
          kind: 'image',
          rows,
          id: (row) => row.imageId,
          filters: {
            'image-id': (row) => row.imageId,
            name: (row) => row.name,
            description: (row) => row.description,
            architecture: (row) => row.architecture,
            'owner-id': (row) => row.ownerId,
            'owner-alias': (row) => row.ownerAlias,
            platform: (row) => row.platform,
            'root-device-name': (row) => row.rootDeviceName,
            'root-device-type': () => 'ebs',
            'virtualization-type': () => 'hvm',
            'block-device-mapping.volume-type': () => 'gp3',
            'creation-date': (row) => row.creationDate,
            'ena-support': () => true,
            'image-type': () => 'machine',
            hypervisor: () => 'xen',
            'is-public': () => true,
            state: () => 'available',
          },
          ids: ImageIds,
          tags,
        },
        input,
      )
      return { Images: described.rows.map(imageOutput), NextToken: described.nextToken }
    },
  }
  return { DescribeImages: describe }
}

function imageOutput(row: PublicImage): Image {
  return {
    ImageId: row.imageId,
    Name: row.name,
    Description: row.description,
    Architecture: row.architecture,
    ...(row.platform && { Platform: 'windows' as 'Windows' }),
    PlatformDetails: row.platform ? 'Windows' : 'Linux/UNIX',
    UsageOperation: row.platform ? 'RunInstances:0002' : 'RunInstances',
    OwnerId: row.ownerId,
    ImageOwnerAlias: row.ownerAlias,
    ImageLocation: `${row.ownerAlias ?? row.ownerId}/${row.name}`,
    ImageType: 'machine',
    Public: true,
    State: 'available',
    Hypervisor: 'xen',
    VirtualizationType: 'hvm',
    RootDeviceType: 'ebs',
    RootDeviceName: row.rootDeviceName,
    EnaSupport: true,
    SriovNetSupport: 'simple',
    CreationDate: row.creationDate,
    BlockDeviceMappings: [
      {
        DeviceName: row.rootDeviceName,
        Ebs: { VolumeSize: row.platform ? 30 : 8, VolumeType: 'gp3', DeleteOnTermination: true, Encrypted: false },
      },
    ],
    Tags: [],
  }
}
