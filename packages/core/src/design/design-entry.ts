import type { NetworkAclDesign, PrefixListDesign, SecurityGroupDesign } from './security-group-design.ts'
import type { TransitGatewayDesign } from './transit-gateway-design.ts'
import type { RouteTableDesign, VpcDesign } from './vpc-design.ts'

/** The design's own account where it names none. */
export const DEFAULT_ACCOUNT_ID = '123456789012'
/** The design's own region where it names none. */
export const DEFAULT_REGION = 'us-west-2'

/** An instance's type where it names none. */
export const DEFAULT_INSTANCE_TYPE = 't3.micro'

/** A place in a design: keys and array indexes. */
export type Keys = readonly (string | number)[]

/** A resource of a design with its name and place. */
export interface Entry<T> {
  readonly name: string
  readonly keys: Keys
  readonly value: T
}

/** A VPC. */
export interface VpcEntry extends Entry<VpcDesign> {
  readonly region: string
  readonly ownerId: string
}

/** A resource of a VPC. */
export interface VpcOwned<T> extends Entry<T> {
  readonly vpc: VpcEntry
}

/** A group, the VPC's default one or another. */
export interface SecurityGroupEntry extends VpcOwned<SecurityGroupDesign> {
  readonly isDefault: boolean
}

/** An ACL, the VPC's default one or another. */
export interface NetworkAclEntry extends VpcOwned<NetworkAclDesign> {
  readonly isDefault: boolean
}

/** A table of a VPC; the implied main one is at no place of its own but the VPC's. */
export interface RouteTableEntry extends VpcOwned<RouteTableDesign> {
  readonly isMain: boolean
}

/** Something of a transit gateway. */
export interface TransitGatewayOwned<T> extends Entry<T> {
  readonly transitGateway: Entry<TransitGatewayDesign>
}

/** A prefix list, a customer's or AWS's own. */
export interface PrefixListEntry extends Entry<PrefixListDesign> {
  /** `S3` and so on of AWS's own lists. */
  readonly service: string | undefined
}

/** The kinds of things that a design refers to by name, with the words for them. */
export const KIND_WORDS = {
  vpcs: 'VPC',
  subnets: 'subnet',
  routeTables: 'route table',
  securityGroups: 'security group',
  networkAcls: 'network ACL',
  natGateways: 'NAT gateway',
  vpcEndpoints: 'VPC endpoint',
  instances: 'instance',
  networkInterfaces: 'network interface',
  autoScalingGroups: 'Auto Scaling group',
  prefixLists: 'prefix list',
  loadBalancers: 'load balancer',
  gatewayLoadBalancers: 'Gateway Load Balancer',
  targetGroups: 'target group',
  transitGateways: 'transit gateway',
  transitGatewayAttachments: 'transit gateway attachment',
  transitGatewayRouteTables: 'transit gateway route table',
  vpcPeeringConnections: 'peering connection',
  flowLogs: 'flow log',
  trafficMirrorFilters: 'traffic mirror filter',
  trafficMirrorTargets: 'traffic mirror target',
  trafficMirrorSessions: 'traffic mirror session',
  detectors: 'detector',
  internetHosts: 'internet host',
} as const

/** A kind of thing that has a name. */
export type EntryKind = keyof typeof KIND_WORDS

/** A name that two resources of a kind have: where the later stands, and the first. */
export interface DuplicateName {
  readonly kind: EntryKind
  readonly name: string
  readonly keys: Keys
  readonly firstKeys: Keys
}

/** Resources of a kind by name. */
export type EntryMap<T> = ReadonlyMap<string, T>
