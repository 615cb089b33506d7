import type { StateStore } from '../../state/state-store.ts'
import type { Table } from '../../state/table.ts'
import type * as Rows from './ec2-rows.ts'

/** EC2's tables, each by the id of its resource, which is also the first member of its rows. */
export class Ec2Tables {
  /** By resource id. */
  readonly tags: Table<Rows.TagsRow>
  /** By operation and token, `RunInstances/…`. */
  readonly clientTokens: Table<Rows.ClientTokenRow>
  /** One row, `account`. */
  readonly account: Table<Rows.Ec2AccountRow>
  readonly vpcs: Table<Rows.VpcRow>
  readonly subnets: Table<Rows.SubnetRow>
  readonly routeTables: Table<Rows.RouteTableRow>
  readonly internetGateways: Table<Rows.InternetGatewayRow>
  readonly egressOnlyInternetGateways: Table<Rows.EgressOnlyInternetGatewayRow>
  readonly natGateways: Table<Rows.NatGatewayRow>
  readonly addresses: Table<Rows.AddressRow>
  readonly securityGroups: Table<Rows.SecurityGroupRow>
  readonly securityGroupRules: Table<Rows.SecurityGroupRuleRow>
  readonly networkAcls: Table<Rows.NetworkAclRow>
  readonly prefixLists: Table<Rows.PrefixListRow>
  readonly networkInterfaces: Table<Rows.NetworkInterfaceRow>
  readonly instances: Table<Rows.InstanceRow>
  readonly volumes: Table<Rows.VolumeRow>
  readonly keyPairs: Table<Rows.KeyPairRow>
  readonly launchTemplates: Table<Rows.LaunchTemplateRow>
  readonly vpcEndpoints: Table<Rows.VpcEndpointRow>
  readonly vpcEndpointServices: Table<Rows.VpcEndpointServiceRow>
  readonly vpcPeeringConnections: Table<Rows.VpcPeeringConnectionRow>
  readonly transitGateways: Table<Rows.TransitGatewayRow>
  readonly transitGatewayAttachments: Table<Rows.TransitGatewayAttachmentRow>
  readonly transitGatewayRouteTables: Table<Rows.TransitGatewayRouteTableRow>
  readonly flowLogs: Table<Rows.FlowLogRow>
  readonly trafficMirrorFilters: Table<Rows.TrafficMirrorFilterRow>
  readonly trafficMirrorFilterRules: Table<Rows.TrafficMirrorFilterRuleRow>
  readonly trafficMirrorTargets: Table<Rows.TrafficMirrorTargetRow>
  readonly trafficMirrorSessions: Table<Rows.TrafficMirrorSessionRow>
  /** S3's, by name: EC2 only looks whether a flow log's bucket is there. */
  readonly buckets: Pick<Table<object>, 'has'>

  constructor(store: StateStore) {
    this.tags = store.table('ec2-tags')
    this.clientTokens = store.table('ec2-client-tokens')
    this.account = store.table('ec2-account')
    this.vpcs = store.table('ec2-vpcs')
    this.subnets = store.table('ec2-subnets')
    this.routeTables = store.table('ec2-route-tables')
    this.internetGateways = store.table('ec2-internet-gateways')
    this.egressOnlyInternetGateways = store.table('ec2-egress-only-internet-gateways')
    this.natGateways = store.table('ec2-nat-gateways')
    this.addresses = store.table('ec2-addresses')
    this.securityGroups = store.table('ec2-security-groups')
    this.securityGroupRules = store.table('ec2-security-group-rules')
    this.networkAcls = store.table('ec2-network-acls')
    this.prefixLists = store.table('ec2-prefix-lists')
    this.networkInterfaces = store.table('ec2-network-interfaces')
    this.instances = store.table('ec2-instances')
    this.volumes = store.table('ec2-volumes')
    this.keyPairs = store.table('ec2-key-pairs')
    this.launchTemplates = store.table('ec2-launch-templates')
    this.vpcEndpoints = store.table('ec2-vpc-endpoints')
    this.vpcEndpointServices = store.table('ec2-vpc-endpoint-services')
    this.vpcPeeringConnections = store.table('ec2-vpc-peering-connections')
    this.transitGateways = store.table('ec2-transit-gateways')
    this.transitGatewayAttachments = store.table('ec2-transit-gateway-attachments')
    this.transitGatewayRouteTables = store.table('ec2-transit-gateway-route-tables')
    this.flowLogs = store.table('ec2-flow-logs')
    this.trafficMirrorFilters = store.table('ec2-traffic-mirror-filters')
    this.trafficMirrorFilterRules = store.table('ec2-traffic-mirror-filter-rules')
    this.trafficMirrorTargets = store.table('ec2-traffic-mirror-targets')
    this.trafficMirrorSessions = store.table('ec2-traffic-mirror-sessions')
    this.buckets = store.table('s3-buckets')
  }
}

/**
 * Tables of what stands in the network. Operations that change these alone have checked subnets, groups and addresses, so that a network
 * always comes of them.
 */
export const PLACEMENT_TABLES: ReadonlySet<string> = new Set([
  'ec2-instances',
  'ec2-network-interfaces',
  'ec2-addresses',
  'ec2-tags',
])

/** Tables that the network does not depend on: the changes of all others, and of tags, are seen by packets or their records. */
export const TABLES_BESIDE_THE_NETWORK: ReadonlySet<string> = new Set([
  'ec2-client-tokens',
  'ec2-account',
  'ec2-volumes',
  'ec2-key-pairs',
  'ec2-launch-templates',
])
