import { MANAGED_PREFIX_LIST_IDS } from '../aws/service-range-table.ts'
import { serviceRangesOf } from '../aws/service-ranges.ts'
import type { Design, Named } from './design.ts'
import type {
  DuplicateName,
  Entry,
  EntryKind,
  EntryMap,
  Keys,
  NetworkAclEntry,
  PrefixListEntry,
  RouteTableEntry,
  SecurityGroupEntry,
  TransitGatewayOwned,
  VpcEntry,
  VpcOwned,
} from './design-entry.ts'
import type {
  TransitGatewayDesign,
  TransitGatewayRouteTableDesign,
  TransitGatewayVpcAttachmentDesign,
} from './transit-gateway-design.ts'
import type { VpcDesign } from './vpc-design.ts'

/** AWS's own prefix lists: the part of the name behind the region, the service, and what a reference counts as. */
const MANAGED_PREFIX_LISTS = [
  { suffix: 's3', service: 'S3', weight: 1, isGlobal: false },
  { suffix: 'dynamodb', service: 'DYNAMODB', weight: 1, isGlobal: false },
  { suffix: 'cloudfront.origin-facing', service: 'CLOUDFRONT_ORIGIN_FACING', weight: 55, isGlobal: true },
] as const

/** Named resources of a map, with their places. */
export function entriesOf<T>(map: Named<T> | undefined, keys: Keys): Entry<T>[] {
  return Object.entries(map ?? {}).map(([name, value]) => ({ name, keys: [...keys, name], value }))
}

/** A map of the design as entries by name. */
export function mapOf<T>(map: Named<T> | undefined, key: string): EntryMap<Entry<T>> {
  return new Map(entriesOf(map, [key]).map((entry) => [entry.name, entry]))
}

/** Entries by name; of two with one name the first, and the other is noted in `duplicates`. */
export function uniqueByName<T extends Entry<unknown>>(
  kind: EntryKind,
  entries: readonly T[],
  duplicates: DuplicateName[],
): EntryMap<T> {
  const map = new Map<string, T>()
  for (const entry of entries) {
    const first = map.get(entry.name)
    if (first) duplicates.push({ kind, name: entry.name, keys: entry.keys, firstKeys: first.keys })
    else map.set(entry.name, entry)
  }
  return map
}

/** The entries that belong to a VPC. */
export function ofVpc<T extends VpcOwned<unknown>>(map: EntryMap<T>, vpc: VpcEntry): readonly T[] {
  return [...map.values()].filter((entry) => entry.vpc === vpc)
}

/** The named resources that stand in VPCs under a key. */
export function ownedByVpc<T>(
  vpcs: readonly VpcEntry[],
  key: string,
  select: (vpc: VpcDesign) => Named<T> | undefined,
): VpcOwned<T>[] {
  return vpcs.flatMap((vpc) => entriesOf(select(vpc.value), [...vpc.keys, key]).map((each) => ({ ...each, vpc })))
}

/** Route tables, the implied main ones first. */
export function routeTables(vpcs: readonly VpcEntry[]): RouteTableEntry[] {
  const implied = vpcs
    .filter((vpc) => vpc.value.mainRouteTable === undefined)
    .map((vpc) => ({ name: `${vpc.name}/main`, keys: vpc.keys, value: {}, vpc, isMain: true }))
  const own = ownedByVpc(vpcs, 'routeTables', (vpc) => vpc.routeTables).map((each) => ({
    ...each,
    isMain: each.name === each.vpc.value.mainRouteTable,
  }))
  return [...implied, ...own]
}

/** Groups, the default ones first. */
export function securityGroups(vpcs: readonly VpcEntry[]): SecurityGroupEntry[] {
  const implied = vpcs.map(
    (vpc): SecurityGroupEntry => ({
      name: `${vpc.name}/default`,
      keys: [...vpc.keys, 'defaultSecurityGroup'],
      value: vpc.value.defaultSecurityGroup ?? {},
      vpc,
      isDefault: true,
    }),
  )
  const own = ownedByVpc(vpcs, 'securityGroups', (vpc) => vpc.securityGroups)
  return [...implied, ...own.map((each): SecurityGroupEntry => ({ ...each, isDefault: false }))]
}

/** Network ACLs, the default ones first. */
export function networkAcls(vpcs: readonly VpcEntry[]): NetworkAclEntry[] {
  const implied = vpcs.map((vpc) => ({
    name: `${vpc.name}/default`,
    keys: [...vpc.keys, 'defaultNetworkAcl'],
    value: vpc.value.defaultNetworkAcl ?? {},
    vpc,
    isDefault: true,
  }))
  const own = ownedByVpc(vpcs, 'networkAcls', (vpc) => vpc.networkAcls)
  return [...implied, ...own.map((each) => ({ ...each, isDefault: false }))]
}

/** VPC attachments of transit gateways. */
export function attachments(
  gateways: readonly Entry<TransitGatewayDesign>[],
): TransitGatewayOwned<TransitGatewayVpcAttachmentDesign>[] {
  return gateways.flatMap((transitGateway) =>
    entriesOf(transitGateway.value.vpcAttachments, [...transitGateway.keys, 'vpcAttachments']).map((each) => ({
      ...each,
      transitGateway,
    })),
  )
}

/** Route tables of transit gateways, each one's default table first. */
export function transitGatewayRouteTables(
  gateways: readonly Entry<TransitGatewayDesign>[],
): TransitGatewayOwned<TransitGatewayRouteTableDesign>[] {
  return gateways.flatMap((transitGateway) => {
    const { name, keys, value } = transitGateway
    const implied = {
      name: `${name}/default`,
      keys: [...keys, 'defaultRouteTable'],
      value: value.defaultRouteTable ?? {},
      transitGateway,
    }
    const own = entriesOf(value.routeTables, [...keys, 'routeTables']).map((each) => ({ ...each, transitGateway }))
    return hasDefaultRouteTable(value) ? [implied, ...own] : own
  })
}

/** EC2 makes a default table unless neither association nor propagation want one. */
function hasDefaultRouteTable(gateway: TransitGatewayDesign): boolean {
  return (
    gateway.defaultRouteTableAssociation !== false ||
    gateway.defaultRouteTablePropagation !== false ||
    gateway.defaultRouteTable !== undefined
  )
}

/** AWS's own prefix lists of the design's regions, and the design's. */
export function prefixLists(design: Design, region: string, vpcs: readonly VpcEntry[]): PrefixListEntry[] {
  const regions = [...new Set([region, ...vpcs.map((vpc) => vpc.region)])]
  const managed = MANAGED_PREFIX_LISTS.flatMap(({ suffix, service, weight, isGlobal }) =>
    (isGlobal ? ['global'] : regions).map((place) => {
      const name = `com.amazonaws.${place}.${suffix}`
      const id = MANAGED_PREFIX_LIST_IDS[name]
      const entries = rangesOf(design, region, service, isGlobal ? 'GLOBAL' : place)
      const value = { entries, maxEntries: weight, ...(id === undefined ? {} : { id }) }
      return { name, keys: [], value, service }
    }),
  )
  const own = entriesOf(design.prefixLists, ['prefixLists']).map((each) => ({ ...each, service: undefined }))
  return [...managed, ...own]
}

/** IPv4 ranges of a service in a region: the design's own list where it has one. */
function rangesOf(design: Design, ownRegion: string, service: string, region: string): string[] {
  if (!design.awsServiceRanges) return serviceRangesOf(service, region).map(String)
  return design.awsServiceRanges
    .filter((range) => range.service === service && (range.region ?? ownRegion) === region)
    .filter((range) => !range.ipPrefix.includes(':'))
    .map((range) => range.ipPrefix)
}
