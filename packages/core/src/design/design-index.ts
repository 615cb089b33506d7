import {
  attachments,
  entriesOf,
  mapOf,
  networkAcls,
  ofVpc,
  ownedByVpc,
  prefixLists,
  routeTables,
  securityGroups,
  transitGatewayRouteTables,
  uniqueByName,
} from './collect-entries.ts'
import { defaultInternetHosts } from './default-internet-hosts.ts'
import type { Design, DetectorDesign } from './design.ts'
import {
  DEFAULT_ACCOUNT_ID,
  DEFAULT_REGION,
  type DuplicateName,
  type Entry,
  type EntryKind,
  type EntryMap,
  type NetworkAclEntry,
  type PrefixListEntry,
  type RouteTableEntry,
  type SecurityGroupEntry,
  type TransitGatewayOwned,
  type VpcEntry,
  type VpcOwned,
} from './design-entry.ts'
import type { FlowLogDesign } from './flow-log-design.ts'
import type { AutoScalingGroupDesign, InstanceDesign, NetworkInterfaceDesign } from './instance-design.ts'
import type { InternetHostDesign } from './internet-design.ts'
import type { GatewayLoadBalancerDesign, LoadBalancerDesign, TargetGroupDesign } from './load-balancer-design.ts'
import type {
  TrafficMirrorFilterDesign,
  TrafficMirrorSessionDesign,
  TrafficMirrorTargetDesign,
} from './traffic-mirror-design.ts'
import type {
  TransitGatewayDesign,
  TransitGatewayRouteTableDesign,
  TransitGatewayVpcAttachmentDesign,
  VpcPeeringConnectionDesign,
} from './transit-gateway-design.ts'
import type { NatGatewayDesign, SubnetDesign, VpcEndpointDesign } from './vpc-design.ts'

/** Every named thing of a design, the implied ones included, by kind and name. */
export class DesignIndex {
  readonly design: Design
  readonly accountId: string
  readonly region: string
  readonly vpcs: EntryMap<VpcEntry>
  readonly subnets: EntryMap<VpcOwned<SubnetDesign>>
  readonly routeTables: EntryMap<RouteTableEntry>
  readonly securityGroups: EntryMap<SecurityGroupEntry>
  readonly networkAcls: EntryMap<NetworkAclEntry>
  readonly natGateways: EntryMap<VpcOwned<NatGatewayDesign>>
  readonly vpcEndpoints: EntryMap<VpcOwned<VpcEndpointDesign>>
  readonly instances: EntryMap<Entry<InstanceDesign>>
  readonly networkInterfaces: EntryMap<Entry<NetworkInterfaceDesign>>
  readonly autoScalingGroups: EntryMap<Entry<AutoScalingGroupDesign>>
  readonly prefixLists: EntryMap<PrefixListEntry>
  readonly loadBalancers: EntryMap<Entry<LoadBalancerDesign>>
  readonly gatewayLoadBalancers: EntryMap<Entry<GatewayLoadBalancerDesign>>
  readonly targetGroups: EntryMap<Entry<TargetGroupDesign>>
  readonly transitGateways: EntryMap<Entry<TransitGatewayDesign>>
  readonly transitGatewayAttachments: EntryMap<TransitGatewayOwned<TransitGatewayVpcAttachmentDesign>>
  readonly transitGatewayRouteTables: EntryMap<TransitGatewayOwned<TransitGatewayRouteTableDesign>>
  readonly vpcPeeringConnections: EntryMap<Entry<VpcPeeringConnectionDesign>>
  readonly flowLogs: EntryMap<Entry<FlowLogDesign>>
  readonly trafficMirrorFilters: EntryMap<Entry<TrafficMirrorFilterDesign>>
  readonly trafficMirrorTargets: EntryMap<Entry<TrafficMirrorTargetDesign>>
  readonly trafficMirrorSessions: EntryMap<Entry<TrafficMirrorSessionDesign>>
  readonly detectors: EntryMap<Entry<DetectorDesign>>
  readonly internetHosts: EntryMap<Entry<InternetHostDesign>>
  /** Names that stand twice, in different VPCs or transit gateways. */
  readonly duplicates: readonly DuplicateName[]

  constructor(design: Design) {
    const duplicates: DuplicateName[] = []
    const unique = <T extends Entry<unknown>>(kind: EntryKind, entries: readonly T[]): EntryMap<T> =>
      uniqueByName(kind, entries, duplicates)
    this.design = design
    this.accountId = design.accountId ?? DEFAULT_ACCOUNT_ID
    this.region = design.region ?? DEFAULT_REGION
    const vpcs = entriesOf(design.vpcs, ['vpcs']).map((entry) => ({
      ...entry,
      region: entry.value.region ?? this.region,
      ownerId: entry.value.ownerId ?? this.accountId,
    }))
    const gateways = entriesOf(design.transitGateways, ['transitGateways'])
    this.vpcs = unique('vpcs', vpcs)
    this.subnets = unique(
      'subnets',
      ownedByVpc(vpcs, 'subnets', (vpc) => vpc.subnets),
    )
    this.routeTables = unique('routeTables', routeTables(vpcs))
    this.securityGroups = unique('securityGroups', securityGroups(vpcs))
    this.networkAcls = unique('networkAcls', networkAcls(vpcs))
    this.natGateways = unique(
      'natGateways',
      ownedByVpc(vpcs, 'natGateways', (vpc) => vpc.natGateways),
    )
    this.vpcEndpoints = unique(
      'vpcEndpoints',
      ownedByVpc(vpcs, 'vpcEndpoints', (vpc) => vpc.vpcEndpoints),
    )
    this.transitGateways = unique('transitGateways', gateways)
    this.transitGatewayAttachments = unique('transitGatewayAttachments', attachments(gateways))
    this.transitGatewayRouteTables = unique('transitGatewayRouteTables', transitGatewayRouteTables(gateways))
    this.prefixLists = unique('prefixLists', prefixLists(design, this.region, vpcs))
    this.instances = mapOf(design.instances, 'instances')
    this.networkInterfaces = mapOf(design.networkInterfaces, 'networkInterfaces')
    this.autoScalingGroups = mapOf(design.autoScalingGroups, 'autoScalingGroups')
    this.loadBalancers = mapOf(design.loadBalancers, 'loadBalancers')
    this.gatewayLoadBalancers = mapOf(design.gatewayLoadBalancers, 'gatewayLoadBalancers')
    this.targetGroups = mapOf(design.targetGroups, 'targetGroups')
    this.vpcPeeringConnections = mapOf(design.vpcPeeringConnections, 'vpcPeeringConnections')
    this.flowLogs = mapOf(design.flowLogs, 'flowLogs')
    this.trafficMirrorFilters = mapOf(design.trafficMirrorFilters, 'trafficMirrorFilters')
    this.trafficMirrorTargets = mapOf(design.trafficMirrorTargets, 'trafficMirrorTargets')
    this.trafficMirrorSessions = mapOf(design.trafficMirrorSessions, 'trafficMirrorSessions')
    this.detectors = mapOf(design.detectors, 'detectors')
    this.internetHosts = mapOf(design.internetHosts ?? defaultInternetHosts(this.region), 'internetHosts')
    this.duplicates = duplicates
  }

  /** The subnets of a VPC. */
  subnetsOf(vpc: VpcEntry): readonly VpcOwned<SubnetDesign>[] {
    return ofVpc(this.subnets, vpc)
  }

  /** The route tables of a VPC. */
  routeTablesOf(vpc: VpcEntry): readonly RouteTableEntry[] {
    return ofVpc(this.routeTables, vpc)
  }

  /** The group that a name means in a VPC: `default` is the VPC's own. */
  securityGroup(name: string, vpc: VpcEntry): SecurityGroupEntry | undefined {
    return this.securityGroups.get(name === 'default' ? `${vpc.name}/default` : name)
  }
}
