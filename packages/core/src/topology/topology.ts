import type { CidrBlock } from '../net/cidr-block.ts'
import type { IpAddress } from '../net/ip-address.ts'

/**
 * A resolved design: every reference is an object, every default is filled in, every id is given. It is what the data plane runs on,
 * what the emulator and the CloudFormation importer resolve to as well, and it never changes: a change of the design is a new topology
 * (`Network.update` carries the state over by the resources' ids).
 */
export interface Topology {
  readonly accountId: string
  /** e.g. `us-west-2`. */
  readonly region: string
  readonly vpcs: readonly Vpc[]
  readonly subnets: readonly Subnet[]
  readonly routeTables: readonly RouteTable[]
  readonly securityGroups: readonly SecurityGroup[]
  readonly networkAcls: readonly NetworkAcl[]
  readonly prefixLists: readonly PrefixList[]
  readonly instances: readonly Instance[]
  /** Every ENI, those of instances and the requester-managed ones; `interfaces[i].index === i`. */
  readonly interfaces: readonly NetworkInterface[]
  readonly internetGateways: readonly InternetGateway[]
  readonly egressOnlyInternetGateways: readonly EgressOnlyInternetGateway[]
  readonly natGateways: readonly NatGateway[]
  readonly transitGateways: readonly TransitGateway[]
  readonly peeringConnections: readonly PeeringConnection[]
  readonly gatewayEndpoints: readonly GatewayEndpoint[]
  readonly interfaceEndpoints: readonly InterfaceEndpoint[]
  readonly loadBalancers: readonly NetworkLoadBalancer[]
  readonly gatewayLoadBalancers: readonly GatewayLoadBalancer[]
  readonly gatewayLoadBalancerEndpoints: readonly GatewayLoadBalancerEndpoint[]
  readonly flowLogs: readonly FlowLog[]
  readonly mirrorFilters: readonly MirrorFilter[]
  readonly mirrorTargets: readonly MirrorTarget[]
  readonly mirrorSessions: readonly MirrorSession[]
  readonly detectors: readonly Detector[]
  readonly internetHosts: readonly InternetHost[]
  /** Public ranges of AWS services, for `pkt-src-aws-service` and gateway endpoints; the most specific range decides. */
  readonly serviceRanges: readonly ServiceRange[]
}

/** What every resource has. Ids have AWS's form (`vpc-0…`); `name` is the design's own name, unique per kind. */
export interface Resource {
  readonly id: string
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
}

/** A VPC and what belongs to it. */
export interface Vpc extends Resource {
  readonly ownerId: string
  readonly region: string
  /** The first is the primary CIDR. */
  readonly cidrBlocks: readonly CidrBlock[]
  readonly ipv6CidrBlocks: readonly CidrBlock[]
  readonly enableDnsSupport: boolean
  readonly enableDnsHostnames: boolean
  readonly subnets: readonly Subnet[]
  readonly interfaces: readonly NetworkInterface[]
  readonly mainRouteTable: RouteTable
  readonly defaultNetworkAcl: NetworkAcl
  readonly defaultSecurityGroup: SecurityGroup
  readonly internetGateway: InternetGateway | undefined
  /** Mode of VPC Block Public Access after exclusions, for subnets that have no exclusion of their own. */
  readonly blockPublicAccess: BlockPublicAccessMode
}

/** `ingress` lets NAT gateways and egress-only gateways work; `bidirectional` blocks everything through internet gateways. */
export type BlockPublicAccessMode = 'off' | 'ingress' | 'bidirectional'

/** Where a subnet stands. */
export interface AvailabilityZone {
  /** e.g. `us-west-2a`. */
  readonly name: string
  /** e.g. `usw2-az1`. */
  readonly id: string
  readonly kind: 'availability-zone' | 'local-zone' | 'wavelength-zone' | 'outpost'
  /** Of a Local Zone, Wavelength Zone or Outpost: what `sublocation-id` shows. */
  readonly sublocationId: string | undefined
}

/** A subnet of a VPC. */
export interface Subnet extends Resource {
  readonly vpc: Vpc
  readonly availabilityZone: AvailabilityZone
  readonly cidrBlock: CidrBlock | undefined
  readonly ipv6CidrBlock: CidrBlock | undefined
  readonly routeTable: RouteTable
  readonly networkAcl: NetworkAcl
  readonly interfaces: readonly NetworkInterface[]
  readonly blockPublicAccess: BlockPublicAccessMode
  /** The subnet's router, base + 1; its messages are ICMP errors and traceroute answers. */
  readonly routerAddress: IpAddress | undefined
  readonly routerIpv6Address: IpAddress | undefined
}

/** A route table of a VPC. */
export interface RouteTable extends Resource {
  readonly vpc: Vpc
  /** Local routes included, prefix lists expanded, in the order in which they are to be tried: AWS's priorities are applied. */
  readonly routes: readonly Route[]
}

/** A route to a block of addresses. */
export interface Route {
  readonly destination: CidrBlock
  readonly origin: 'local' | 'static' | 'prefix-list' | 'propagated'
  readonly prefixList: PrefixList | undefined
  readonly target: RouteTarget
}

/** Where a route leads. */
export type RouteTarget =
  | { readonly kind: 'local' }
  | { readonly kind: 'internet-gateway'; readonly gateway: InternetGateway }
  | { readonly kind: 'egress-only-internet-gateway'; readonly gateway: EgressOnlyInternetGateway }
  | { readonly kind: 'nat-gateway'; readonly gateway: NatGateway }
  | { readonly kind: 'transit-gateway'; readonly attachment: TransitGatewayAttachment }
  | { readonly kind: 'peering-connection'; readonly peering: PeeringConnection }
  | { readonly kind: 'gateway-endpoint'; readonly endpoint: GatewayEndpoint }
  | { readonly kind: 'network-interface'; readonly networkInterface: NetworkInterface }
  /** The target is gone; packets vanish. */
  | { readonly kind: 'blackhole' }

/** A security group: what its rules do not allow is refused. */
export interface SecurityGroup extends Resource {
  readonly vpc: Vpc
  readonly ingress: readonly SecurityGroupRule[]
  readonly egress: readonly SecurityGroupRule[]
  /** The ENIs in the group: a group reference means their private addresses. */
  readonly members: readonly NetworkInterface[]
}

/** An allow rule of a group. */
export interface SecurityGroupRule {
  readonly id: string
  readonly direction: FlowDirection
  /** IANA number, or -1 for all. */
  readonly protocol: number
  /** TCP and UDP ports, 0 to 65535 for all; ICMP type and code in `fromPort` and `toPort`, -1 for all. */
  readonly fromPort: number
  readonly toPort: number
  readonly peer:
    | { readonly kind: 'cidr'; readonly block: CidrBlock }
    | { readonly kind: 'prefix-list'; readonly prefixList: PrefixList }
    /** `group` is undefined where the group or the peering is gone: a stale rule, which matches nothing. */
    | { readonly kind: 'security-group'; readonly group: SecurityGroup | undefined }
}

/** A network ACL: stateless, at the border of its subnets. */
export interface NetworkAcl extends Resource {
  readonly vpc: Vpc
  /** In order of rule number; the final `*` is not listed: what no entry matches is denied. */
  readonly ingress: readonly NetworkAclEntry[]
  readonly egress: readonly NetworkAclEntry[]
}

/** An entry of a network ACL. */
export interface NetworkAclEntry {
  /** 1 to 32766. */
  readonly ruleNumber: number
  readonly direction: FlowDirection
  readonly action: 'allow' | 'deny'
  /** IANA number, or -1 for all. */
  readonly protocol: number
  /** Destination ports of TCP and UDP; 0 to 65535 for all. */
  readonly fromPort: number
  readonly toPort: number
  /** -1 for all; of ICMP and ICMPv6 only. */
  readonly icmpType: number
  readonly icmpCode: number
  readonly cidrBlock: CidrBlock
}

/** A list of blocks that rules and routes refer to. */
export interface PrefixList extends Resource {
  readonly entries: readonly CidrBlock[]
  readonly maximumEntries: number
  /** Of AWS-managed lists, e.g. `S3`; undefined for a customer's. */
  readonly service: string | undefined
}

/** Relative to the ENI: `ingress` is into it. */
export type FlowDirection = 'ingress' | 'egress'

/** An EC2 instance. */
export interface Instance extends Resource {
  /** e.g. `t3.micro`. */
  readonly instanceType: string
  readonly isNitro: boolean
  /** Nitro v6 types: TCP connections are tracked for 350 s of idleness instead of 5 days. */
  readonly isNitroV6: boolean
  readonly interfaces: readonly NetworkInterface[]
  /** Decides ephemeral ports and what the shell's commands print. */
  readonly operatingSystem: 'linux' | 'windows'
  readonly autoScalingGroup: Readonly<{ name: string; tags: Readonly<Record<string, string>> }> | undefined
  readonly running: boolean
}

/** EC2's own words, also in the record field `interface-type`. */
export type InterfaceType =
  | 'interface'
  | 'nat_gateway'
  | 'network_load_balancer'
  | 'transit_gateway'
  | 'vpc_endpoint'
  | 'gateway_load_balancer'
  | 'gateway_load_balancer_endpoint'
  | 'lambda'
  | 'efa'

/** A private IPv4 address of an ENI, and the public one that belongs to it. */
export interface InterfaceAddress {
  readonly address: IpAddress
  /** The public or elastic IPv4 address that the internet gateway maps to `address`. */
  readonly publicAddress: IpAddress | undefined
}

/** An ENI. */
export interface NetworkInterface extends Resource {
  /** Place in `Topology.interfaces`: data-plane tables are arrays by it. */
  readonly index: number
  readonly vpc: Vpc
  readonly subnet: Subnet
  readonly ownerId: string
  readonly interfaceType: InterfaceType
  /** `02:…`, six bytes. */
  readonly macAddress: string
  /** IPv4 addresses, the primary first; empty on IPv6-only ENIs. */
  readonly addresses: readonly InterfaceAddress[]
  readonly ipv6Addresses: readonly IpAddress[]
  /** Empty for NAT gateways and other ENIs without groups: nothing is filtered there by groups. */
  readonly securityGroups: readonly SecurityGroup[]
  /** Whether groups filter at this ENI at all: false for NAT and transit gateways and for load balancers made without a group. */
  readonly hasSecurityGroups: boolean
  readonly sourceDestinationCheck: boolean
  readonly isRequesterManaged: boolean
  /** e.g. `amazon-rds`; of requester-managed ENIs. */
  readonly requesterId: string | undefined
  readonly attachment: InterfaceAttachment
  readonly connectionTracking: ConnectionTrackingTimeouts
}

/** What an ENI is made for or attached to. */
export type InterfaceAttachment =
  | { readonly kind: 'instance'; readonly instance: Instance; readonly deviceIndex: number }
  | { readonly kind: 'nat-gateway'; readonly gateway: NatGateway }
  | { readonly kind: 'transit-gateway'; readonly attachment: TransitGatewayAttachment }
  | { readonly kind: 'interface-endpoint'; readonly endpoint: InterfaceEndpoint }
  | { readonly kind: 'load-balancer'; readonly loadBalancer: NetworkLoadBalancer }
  | { readonly kind: 'gateway-load-balancer'; readonly gatewayLoadBalancer: GatewayLoadBalancer }
  | { readonly kind: 'gateway-load-balancer-endpoint'; readonly endpoint: GatewayLoadBalancerEndpoint }
  /** Another AWS service's, or attached to nothing. */
  | { readonly kind: 'none' }

/** Idle timers of security-group connection tracking, in seconds (EC2: ConnectionTrackingSpecification). */
export interface ConnectionTrackingTimeouts {
  /** 60 to 432,000. */
  readonly tcpEstablishedSeconds: number
  /** 30 to 60: one direction only, or one request and its answer. */
  readonly udpSeconds: number
  /** 60 to 180: more than one request and answer. */
  readonly udpStreamSeconds: number
}

/** The internet gateway of a VPC. */
export interface InternetGateway extends Resource {
  readonly vpc: Vpc
  /** Edge-associated (gateway) route table, if there is one. */
  readonly routeTable: RouteTable | undefined
}

/** The egress-only internet gateway of a VPC, for IPv6. */
export interface EgressOnlyInternetGateway extends Resource {
  readonly vpc: Vpc
}

/** A zonal NAT gateway. */
export interface NatGateway extends Resource {
  readonly vpc: Vpc
  readonly subnet: Subnet
  readonly connectivity: 'public' | 'private'
  readonly networkInterface: NetworkInterface
}

/** A transit gateway. */
export interface TransitGateway extends Resource {
  readonly attachments: readonly TransitGatewayAttachment[]
  readonly securityGroupReferencing: boolean
}

/** The attachment of a VPC to a transit gateway. */
export interface TransitGatewayAttachment extends Resource {
  readonly transitGateway: TransitGateway
  readonly vpc: Vpc
  /** One per zone. */
  readonly interfaces: readonly NetworkInterface[]
  readonly applianceMode: boolean
  readonly securityGroupReferencing: boolean
  /** The transit-gateway route table that the attachment is associated with, in the order to be tried. */
  readonly routes: readonly TransitGatewayRoute[]
}

/** A route of a transit gateway. */
export interface TransitGatewayRoute {
  readonly destination: CidrBlock
  readonly origin: 'static' | 'propagated'
  /** undefined: a blackhole route. */
  readonly attachment: TransitGatewayAttachment | undefined
}

/** An active peering of two VPCs. */
export interface PeeringConnection extends Resource {
  readonly requester: Vpc
  readonly accepter: Vpc
  readonly isInterRegion: boolean
}

/** S3 or DynamoDB. */
export interface GatewayEndpoint extends Resource {
  readonly vpc: Vpc
  /** e.g. `com.amazonaws.us-west-2.s3`. */
  readonly serviceName: string
  readonly prefixList: PrefixList
}

/** An interface endpoint (PrivateLink). */
export interface InterfaceEndpoint extends Resource {
  readonly vpc: Vpc
  readonly serviceName: string
  readonly privateDnsEnabled: boolean
  /** Names that resolve to the endpoint's addresses inside the VPC. */
  readonly dnsNames: readonly string[]
  readonly interfaces: readonly NetworkInterface[]
  /** The balancer behind an endpoint service of one's own. */
  readonly loadBalancer: NetworkLoadBalancer | undefined
}

/** A Gateway Load Balancer: packets go to appliances as they are, wrapped in GENEVE. */
export interface GatewayLoadBalancer extends Resource {
  readonly vpc: Vpc
  readonly crossZone: boolean
  /** One per zone; they send to the appliances. */
  readonly interfaces: readonly NetworkInterface[]
  /** Of its listener; undefined where it has none. */
  readonly targetGroup: TargetGroup | undefined
}

/** What leads to a Gateway Load Balancer, from one zone of any VPC. */
export interface GatewayLoadBalancerEndpoint extends Resource {
  readonly vpc: Vpc
  readonly serviceName: string
  readonly networkInterface: NetworkInterface
  readonly gatewayLoadBalancer: GatewayLoadBalancer
}

/** A Network Load Balancer. */
export interface NetworkLoadBalancer extends Resource {
  readonly vpc: Vpc
  readonly scheme: 'internal' | 'internet-facing'
  readonly dnsName: string
  readonly crossZone: boolean
  /** Whether the groups' inbound rules judge what comes by an endpoint of the balancer's service. */
  readonly enforcesInboundRulesOnPrivateLink: boolean
  /** One per zone. */
  readonly interfaces: readonly NetworkInterface[]
  readonly listeners: readonly LoadBalancerListener[]
}

/** What a balancer takes in, and where it goes. */
export interface LoadBalancerListener {
  readonly protocol: 'TCP' | 'UDP' | 'TCP_UDP' | 'TLS'
  readonly port: number
  readonly targetGroup: TargetGroup
}

/** The targets behind a listener. */
export interface TargetGroup extends Resource {
  readonly protocol: 'TCP' | 'UDP' | 'TCP_UDP' | 'TLS' | 'GENEVE'
  readonly targetType: 'instance' | 'ip'
  readonly preserveClientIp: boolean
  readonly targets: readonly LoadBalancerTarget[]
}

/** One target of a group. */
export interface LoadBalancerTarget {
  readonly address: IpAddress
  readonly port: number
  readonly networkInterface: NetworkInterface | undefined
  readonly healthy: boolean
}

/** Which records a flow log keeps. */
export type TrafficType = 'ACCEPT' | 'REJECT' | 'ALL'

/** A flow-log subscription on VPC, subnet, ENI, transit gateway or attachment. */
export interface FlowLog extends Resource {
  readonly resource:
    | { readonly kind: 'vpc'; readonly vpc: Vpc }
    | { readonly kind: 'subnet'; readonly subnet: Subnet }
    | { readonly kind: 'network-interface'; readonly networkInterface: NetworkInterface }
    | { readonly kind: 'transit-gateway'; readonly transitGateway: TransitGateway }
    | { readonly kind: 'transit-gateway-attachment'; readonly attachment: TransitGatewayAttachment }
  /** `ALL` for transit gateways. */
  readonly trafficType: TrafficType
  readonly maxAggregationIntervalSeconds: 60 | 600
  /** Record field names in order, e.g. `['version', 'account-id', …]`. */
  readonly logFormat: readonly string[]
  /** Tag keys of the v11 fields, by resource type. */
  readonly tagKeys: Readonly<{
    instance: readonly string[]
    networkInterface: readonly string[]
    autoScalingGroup: readonly string[]
  }>
  readonly destination: FlowLogDestination
}

/** Where a flow log delivers to. */
export type FlowLogDestination =
  | {
      readonly kind: 's3'
      readonly bucket: string
      /** Sub-folder without slashes at its ends; empty for none. */
      readonly prefix: string
      readonly fileFormat: 'plain-text' | 'parquet'
      readonly hiveCompatiblePartitions: boolean
      readonly perHourPartition: boolean
    }
  | { readonly kind: 'cloud-watch-logs'; readonly logGroupName: string }

/** What is mirrored; without rules nothing is. */
export interface MirrorFilter extends Resource {
  readonly rules: readonly MirrorFilterRule[]
  /** `amazon-dns`, or nothing. */
  readonly networkServices: readonly 'amazon-dns'[]
}

/** A rule of a mirror filter. */
export interface MirrorFilterRule {
  readonly id: string
  readonly ruleNumber: number
  readonly direction: FlowDirection
  readonly action: 'accept' | 'reject'
  /** undefined: all. */
  readonly protocol: number | undefined
  readonly sourceCidr: CidrBlock
  readonly destinationCidr: CidrBlock
  readonly sourcePorts: Readonly<{ from: number; to: number }> | undefined
  readonly destinationPorts: Readonly<{ from: number; to: number }> | undefined
}

/** Where mirrored packets go. */
export interface MirrorTarget extends Resource {
  readonly target:
    | { readonly kind: 'network-interface'; readonly networkInterface: NetworkInterface }
    | { readonly kind: 'load-balancer'; readonly loadBalancer: NetworkLoadBalancer }
    | { readonly kind: 'gateway-load-balancer-endpoint'; readonly endpoint: GatewayLoadBalancerEndpoint }
}

/** A source ENI, a filter and a target. */
export interface MirrorSession extends Resource {
  readonly source: NetworkInterface
  readonly target: MirrorTarget
  readonly filter: MirrorFilter
  readonly sessionNumber: number
  /** Bytes of each packet that are mirrored; undefined: all. */
  readonly packetLength: number | undefined
  readonly virtualNetworkId: number
}

/** A GuardDuty detector. */
export interface Detector extends Resource {
  readonly findingPublishingFrequency: 'FIFTEEN_MINUTES' | 'ONE_HOUR' | 'SIX_HOURS'
  readonly enabled: boolean
}

/** A host outside of AWS's network that the scenario can talk to. */
export interface InternetHost {
  readonly name: string
  /** Names that resolve to it. */
  readonly dnsNames: readonly string[]
  readonly addresses: readonly IpAddress[]
  /** Open TCP and UDP ports; others refuse. */
  readonly services: readonly Readonly<{ protocol: number; port: number }>[]
  readonly answersPing: boolean
  /** One-way delay from the internet gateway. */
  readonly latencyMicroseconds: number
}

/** A public range of an AWS service. */
export interface ServiceRange {
  readonly block: CidrBlock
  /** As in `pkt-src-aws-service`, e.g. `S3`. */
  readonly service: string
}
