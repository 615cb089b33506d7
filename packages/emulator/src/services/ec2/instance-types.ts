import type {
  _InstanceType,
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceTypeInfo,
} from '@aws-sdk/client-ec2'
import { checkDesign, resolveDesign } from '@flowtap/core'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { page, selectRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { zonesOf } from './zones.ts'

/** What DescribeInstanceTypes tells of a type. */
interface KnownType {
  readonly name: string
  readonly vcpus: number
  readonly memoryMib: number
  readonly isBurstable: boolean
}

/** Sizes of burstable families: virtual processors and GiB. Source: Amazon EC2 instance types guide, "General purpose". */
const BURSTABLE_SIZES: readonly (readonly [size: string, vcpus: number, memoryGib: number])[] = [
  ['nano', 2, 0.5],
  ['micro', 2, 1],
  ['small', 2, 2],
  ['medium', 2, 4],
  ['large', 2, 8],
  ['xlarge', 4, 16],
  ['2xlarge', 8, 32],
]
const SIZES: readonly (readonly [size: string, vcpus: number])[] = [
  ['large', 2],
  ['xlarge', 4],
  ['2xlarge', 8],
  ['4xlarge', 16],
]
/** GiB per virtual processor. */
const FAMILIES: Readonly<Record<string, number>> = {
  c5: 2,
  c5n: 2.625,
  c6i: 2,
  c7g: 2,
  c7i: 2,
  m5: 4,
  m6g: 4,
  m6i: 4,
  m7g: 4,
  m7i: 4,
  r5: 8,
  r6i: 8,
  r7g: 8,
}

/** The types that DescribeInstanceTypes knows; instances can have any type of EC2. */
const KNOWN_TYPES: readonly KnownType[] = [
  ...['t3', 't3a', 't4g'].flatMap((family) =>
    BURSTABLE_SIZES.map(([size, vcpus, gib]) => ({
      name: `${family}.${size}`,
      vcpus,
      memoryMib: gib * 1024,
      isBurstable: true,
    })),
  ),
  ...Object.entries(FAMILIES).flatMap(([family, gibPerVcpu]) =>
    SIZES.map(([size, vcpus]) => ({
      name: `${family}.${size}`,
      vcpus,
      memoryMib: vcpus * gibPerVcpu * 1024,
      isBurstable: false,
    })),
  ),
]

const checked = new Map<string, boolean>()

/** Whether EC2 has a type of that name. */
export function isInstanceType(name: string): boolean {
  let isKnown = checked.get(name)
  if (isKnown === undefined) {
    isKnown = !checkDesign(designWith(name)).some(({ severity }) => severity === 'error')
    checked.set(name, isKnown)
  }
  return isKnown
}

/** The processors of a type: Graviton families have a `g` behind their number. Source: Amazon EC2 instance types guide, naming conventions. */
export function architectureOf(instanceType: string): 'x86_64' | 'arm64' {
  return /^(?:a1|[a-z]+\d+g[a-z-]*)\./.test(instanceType) ? 'arm64' : 'x86_64'
}

/** Types of instances, and where they are offered: in every zone. */
export function instanceTypeOperations({ region }: Ec2Context): ServiceOperations {
  const describe: Operation<DescribeInstanceTypesRequest, DescribeInstanceTypesResult> = {
    acts: ['InstanceTypes', 'Filters', 'NextToken', 'MaxResults'],
    handle: ({ InstanceTypes, Filters, ...paging }) => {
      const unknown = (InstanceTypes ?? []).filter((name) => !KNOWN_TYPES.some((type) => type.name === name))
      if (unknown.length > 0) {
        throw new ServiceError(
          'InvalidInstanceType',
          `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
        )
      }
      const rows = selectRows(
        {
          kind: 'instance',
          rows: KNOWN_TYPES.filter(
            ({ name }) => !InstanceTypes?.length || InstanceTypes.includes(name as _InstanceType),
          ),
          id: (row) => row.name,
          filters: {
            'instance-type': (row) => row.name,
            'processor-info.supported-architecture': (row) => architectureOf(row.name),
            'vcpu-info.default-vcpus': (row) => row.vcpus,
            'memory-info.size-in-mib': (row) => row.memoryMib,
            'current-generation': () => true,
            'bare-metal': () => false,
            'burstable-performance-supported': (row) => row.isBurstable,
            hypervisor: () => 'nitro',
            'supported-virtualization-type': () => 'hvm',
          },
        },
        Filters,
      )
      const { rows: shown, nextToken } = page(rows, (row) => row.name, paging, [5, 100])
      return { InstanceTypes: shown.map(typeOutput), NextToken: nextToken }
    },
  }
  const offerings: Operation<DescribeInstanceTypeOfferingsRequest, DescribeInstanceTypeOfferingsResult> = {
    acts: ['LocationType', 'Filters', 'NextToken', 'MaxResults'],
    handle: ({ LocationType = 'region', Filters, ...paging }) => {
      const locations =
        LocationType === 'region'
          ? [region]
          : zonesOf(region).map((zone) => (LocationType === 'availability-zone-id' ? zone.id : zone.name))
      const all = KNOWN_TYPES.flatMap(({ name }) => locations.map((location) => ({ name, location })))
      const id = ({ name, location }: { readonly name: string; readonly location: string }): string =>
        `${name} ${location}`
      const rows = selectRows(
        {
          kind: 'instance',
          rows: all,
          id,
          filters: { 'instance-type': (row) => row.name, location: (row) => row.location },
        },
        Filters,
      )
      const { rows: shown, nextToken } = page(rows, id, paging, [5, 1000])
      return {
        InstanceTypeOfferings: shown.map(({ name, location }) => ({
          InstanceType: name as _InstanceType,
          LocationType,
          Location: location,
        })),
        NextToken: nextToken,
      }
    },
  }
  return { DescribeInstanceTypes: describe, DescribeInstanceTypeOfferings: offerings }
}

function typeOutput({ name, vcpus, memoryMib, isBurstable }: KnownType): InstanceTypeInfo {
  const architecture = architectureOf(name)
  return {
    InstanceType: name as _InstanceType,
    CurrentGeneration: true,
    FreeTierEligible: name === 't3.micro',
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: false,
    Hypervisor: resolveDesign(designWith(name)).instances[0]?.isNitro ? 'nitro' : 'xen',
    ProcessorInfo: { SupportedArchitectures: [architecture] },
    VCpuInfo: {
      DefaultVCpus: vcpus,
      DefaultCores: architecture === 'arm64' ? vcpus : vcpus / 2,
      DefaultThreadsPerCore: architecture === 'arm64' ? 1 : 2,
    },
    MemoryInfo: { SizeInMiB: memoryMib },
    InstanceStorageSupported: false,
    EbsInfo: { EbsOptimizedSupport: 'default', EncryptionSupport: 'supported', NvmeSupport: 'required' },
    NetworkInfo: { Ipv6Supported: true, EnaSupport: 'required', EfaSupported: false, DefaultNetworkCardIndex: 0 },
    BurstablePerformanceSupported: isBurstable,
    DedicatedHostsSupported: true,
    AutoRecoverySupported: true,
    HibernationSupported: false,
  }
}

function designWith(instanceType: string): Parameters<typeof resolveDesign>[0] {
  return {
    vpcs: { vpc: { cidrBlocks: ['10.0.0.0/16'], subnets: { subnet: { cidrBlock: '10.0.0.0/24' } } } },
    instances: { instance: { instanceType, subnet: 'subnet' } },
  }
}
