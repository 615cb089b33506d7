/**
 * The rows of EC2's tables: plain JSON, times in milliseconds since 1970, references by id. What follows from other rows is not kept:
 * an ENI's status, a route's blackhole, a subnet's free addresses. Members have the names of EC2's API in camelCase.
 */

/** Tags of a resource, by its id, in the order in which they were given. */
export interface TagsRow {
  readonly resourceId: string
  /** EC2's word, e.g. `vpc`, `network-interface`. */
  readonly resourceType: string
  readonly tags: Readonly<Record<string, string>>
}

/** What a client token has brought about: the same request is answered by the same resources, another one is refused. */
export interface ClientTokenRow {
  /** A digest of the request without its token. */
  readonly fingerprint: string
  readonly resourceIds: readonly string[]
}

/** A block that belongs to a VPC or a subnet. */
export interface CidrAssociationRow {
  /** `vpc-cidr-assoc-…` or `subnet-cidr-assoc-…` */
  readonly associationId: string
  readonly cidrBlock: string
}

/** A VPC. */
export interface VpcRow {
  readonly vpcId: string
  /** The primary block first. */
  readonly cidrBlockAssociations: readonly CidrAssociationRow[]
  readonly ipv6CidrBlockAssociations: readonly CidrAssociationRow[]
  readonly isDefault: boolean
  readonly instanceTenancy: string
  readonly dhcpOptionsId: string
  readonly enableDnsSupport: boolean
  readonly enableDnsHostnames: boolean
  readonly enableNetworkAddressUsageMetrics: boolean
  readonly defaultSecurityGroupId: string
  readonly defaultNetworkAclId: string
}

/** A subnet of a VPC. */
export interface SubnetRow {
  readonly subnetId: string
  readonly vpcId: string
  /** Name, e.g. `eu-west-1a`. */
  readonly availabilityZone: string
  /** Absent in IPv6-only subnets. */
  readonly cidrBlock?: string
  readonly ipv6CidrBlockAssociation?: CidrAssociationRow
  readonly mapPublicIpOnLaunch: boolean
  readonly assignIpv6AddressOnCreation: boolean
  readonly isDefaultForAz: boolean
  readonly hostnameType: string
  readonly enableResourceNameDnsARecord: boolean
  readonly enableResourceNameDnsAaaaRecord: boolean
}

/** A route table of a VPC. */
export interface RouteTableRow {
  readonly routeTableId: string
  readonly vpcId: string
  readonly associations: readonly RouteTableAssociationRow[]
  /** Those that were created, or replace a local one. Local routes and those of gateway endpoints follow from other rows. */
  readonly routes: readonly RouteRow[]
}

/** What a route table is associated with: the VPC as its main table, a subnet, or a gateway. */
export interface RouteTableAssociationRow {
  /** `rtbassoc-…` */
  readonly associationId: string
  readonly main: boolean
  readonly subnetId?: string
  /** Edge association. */
  readonly gatewayId?: string
}

/** A route: one destination of the three. */
export interface RouteRow {
  readonly destinationCidrBlock?: string
  readonly destinationIpv6CidrBlock?: string
  readonly destinationPrefixListId?: string
  /** An id that shows its kind by its prefix: `igw-`, `eigw-`, `nat-`, `tgw-`, `pcx-`, `eni-` (also for instances), or `local`. */
  readonly targetId: string
}

/** An internet gateway. */
export interface InternetGatewayRow {
  readonly internetGatewayId: string
  /** Where it is attached. */
  readonly vpcId?: string
}

/** An egress-only internet gateway, attached from the start. */
export interface EgressOnlyInternetGatewayRow {
  readonly egressOnlyInternetGatewayId: string
  readonly vpcId: string
}

/** A zonal NAT gateway. */
export interface NatGatewayRow {
  readonly natGatewayId: string
  readonly vpcId: string
  readonly subnetId: string
  readonly connectivityType: 'public' | 'private'
  /** Deleted and failed ones are told of for an hour. */
  readonly state: 'available' | 'deleted' | 'failed'
  readonly failure?: Readonly<{ code: string; message: string }>
  /** Absent of failed ones. */
  readonly networkInterfaceId?: string
  /** The primary address first. */
  readonly addresses: readonly NatGatewayAddressRow[]
  readonly createMilliseconds: number
  readonly deleteMilliseconds?: number
}

/** An address of a NAT gateway. */
export interface NatGatewayAddressRow {
  readonly privateIp: string
  /** Of public gateways: the elastic address. */
  readonly allocationId?: string
  readonly associationId?: string
  readonly publicIp?: string
}

/** An elastic address. */
export interface AddressRow {
  readonly allocationId: string
  readonly publicIp: string
  readonly networkBorderGroup: string
  readonly association?: AddressAssociationRow
}

/** Where an elastic address is. */
export interface AddressAssociationRow {
  /** `eipassoc-…` */
  readonly associationId: string
  readonly networkInterfaceId: string
  readonly privateIpAddress: string
  /** The NAT gateway or balancer that holds it: clients cannot take it away. */
  readonly holder?: string
}

/** A security group; its rules stand in a table of their own. */
export interface SecurityGroupRow {
  readonly groupId: string
  readonly groupName: string
  readonly description: string
  readonly vpcId: string
}

/** An allow rule with one peer of `cidrIpv4`, `cidrIpv6`, `prefixListId` and `referencedGroupId`. */
export interface SecurityGroupRuleRow {
  /** `sgr-…` */
  readonly securityGroupRuleId: string
  readonly groupId: string
  readonly isEgress: boolean
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1`, or another protocol's number. */
  readonly ipProtocol: string
  /** First port or ICMP type; -1 for all. */
  readonly fromPort: number
  /** Last port or ICMP code; -1 for all. */
  readonly toPort: number
  readonly cidrIpv4?: string
  readonly cidrIpv6?: string
  readonly prefixListId?: string
  readonly referencedGroupId?: string
  readonly description?: string
}

/** A network ACL. */
export interface NetworkAclRow {
  readonly networkAclId: string
  readonly vpcId: string
  readonly isDefault: boolean
  /** Without the last one that denies everything. */
  readonly entries: readonly NetworkAclEntryRow[]
  readonly associations: readonly Readonly<{ associationId: string; subnetId: string }>[]
}

/** An entry of a network ACL. */
export interface NetworkAclEntryRow {
  readonly ruleNumber: number
  readonly egress: boolean
  readonly ruleAction: 'allow' | 'deny'
  /** The number as a text; `-1` for all. */
  readonly protocol: string
  readonly cidrBlock?: string
  readonly ipv6CidrBlock?: string
  readonly portRange?: Readonly<{ from: number; to: number }>
  readonly icmpTypeCode?: Readonly<{ type: number; code: number }>
}

/** A customer's prefix list. */
export interface PrefixListRow {
  readonly prefixListId: string
  readonly prefixListName: string
  readonly addressFamily: 'IPv4' | 'IPv6'
  readonly maxEntries: number
  readonly state: string
  readonly version: number
  /** The entries of each version, the first at index 0. */
  readonly versions: readonly (readonly PrefixListEntryRow[])[]
}

/** A block of a prefix list. */
export interface PrefixListEntryRow {
  readonly cidr: string
  readonly description?: string
}

/** EC2's words for what an ENI is. Those of gateways, endpoints and balancers are made with their owner. */
export type NetworkInterfaceTypeWord =
  | 'interface'
  | 'efa'
  | 'lambda'
  | 'nat_gateway'
  | 'network_load_balancer'
  | 'gateway_load_balancer'
  | 'gateway_load_balancer_endpoint'
  | 'transit_gateway'
  | 'vpc_endpoint'

/** An ENI. */
export interface NetworkInterfaceRow {
  readonly networkInterfaceId: string
  readonly subnetId: string
  readonly vpcId: string
  readonly availabilityZone: string
  readonly description: string
  readonly interfaceType: NetworkInterfaceTypeWord
  readonly groupIds: readonly string[]
  readonly sourceDestCheck: boolean
  readonly macAddress: string
  /** The primary address first; none in IPv6-only subnets. */
  readonly privateIpAddresses: readonly PrivateAddressRow[]
  readonly ipv6Addresses: readonly string[]
  readonly requesterManaged: boolean
  /** e.g. `amazon-elb`; whoever has made a requester-managed ENI. */
  readonly requesterId?: string
  readonly attachment?: InterfaceAttachmentRow
  /** Whether it gets a public address from Amazon whenever its instance starts. */
  readonly associatesPublicIp?: boolean
  readonly connectionTracking?: Readonly<{
    tcpEstablishedTimeout?: number
    udpTimeout?: number
    udpStreamTimeout?: number
  }>
}

/** A private IPv4 address of an ENI. */
export interface PrivateAddressRow {
  readonly privateIpAddress: string
  /** A public address that Amazon lends for as long as the instance runs. Elastic ones stand in {@link AddressRow}. */
  readonly publicIp?: string
}

/** What an ENI is attached to. */
export interface InterfaceAttachmentRow {
  /** `eni-attach-…`; `ela-attach-…` of Amazon's own. */
  readonly attachmentId: string
  /** Absent where it is attached to a service's own. */
  readonly instanceId?: string
  readonly instanceOwnerId: string
  readonly deviceIndex: number
  readonly networkCardIndex: number
  readonly deleteOnTermination: boolean
  readonly attachMilliseconds: number
}

/** States in which an instance stays; what lies between is over at once. */
export type InstanceStateName = 'running' | 'stopped' | 'terminated'

/** An instance. */
export interface InstanceRow {
  readonly instanceId: string
  readonly reservationId: string
  readonly imageId: string
  readonly instanceType: string
  readonly state: InstanceStateName
  readonly stateTransitionReason: string
  readonly stateReason?: Readonly<{ code: string; message: string }>
  readonly launchMilliseconds: number
  /** Terminated ones are told of for an hour. */
  readonly terminateMilliseconds?: number
  readonly amiLaunchIndex: number
  readonly vpcId: string
  readonly subnetId: string
  readonly availabilityZone: string
  readonly architecture: string
  readonly platform?: 'windows'
  readonly rootDeviceName: string
  readonly keyName?: string
  /** base64 */
  readonly userData?: string
  readonly clientToken?: string
  readonly launchTemplate?: Readonly<{ launchTemplateId: string; version: number }>
  readonly iamInstanceProfile?: Readonly<{ arn: string; id: string; associationId: string }>
  readonly autoScalingGroupName?: string
  readonly ebsOptimized: boolean
  readonly monitoring: boolean
  readonly tenancy: string
  readonly placementGroupName?: string
  readonly disableApiTermination: boolean
  readonly disableApiStop: boolean
  readonly instanceInitiatedShutdownBehavior: string
  readonly cpuCredits?: string
  readonly metadataOptions: Readonly<{
    httpTokens: string
    httpPutResponseHopLimit: number
    httpEndpoint: string
    httpProtocolIpv6: string
    instanceMetadataTags: string
  }>
}

/** As far as DescribeInstances and DescribeVolumes show it: nothing is stored on it. */
export interface VolumeRow {
  readonly volumeId: string
  readonly availabilityZone: string
  readonly sizeGib: number
  readonly volumeType: string
  readonly iops?: number
  readonly throughput?: number
  readonly encrypted: boolean
  readonly kmsKeyId?: string
  readonly snapshotId?: string
  readonly createMilliseconds: number
  readonly attachment?: Readonly<{ instanceId: string; device: string; deleteOnTermination: boolean }>
}

/** A key pair, of which the private half is with the client alone. */
export interface KeyPairRow {
  readonly keyPairId: string
  readonly keyName: string
  readonly keyType: 'rsa' | 'ed25519'
  readonly keyFingerprint: string
  /** As OpenSSH writes it. */
  readonly publicKey: string
  readonly createMilliseconds: number
}

/** A launch template. */
export interface LaunchTemplateRow {
  readonly launchTemplateId: string
  readonly launchTemplateName: string
  readonly createMilliseconds: number
  readonly defaultVersionNumber: number
  readonly versions: readonly LaunchTemplateVersionRow[]
}

/** A version of a launch template. */
export interface LaunchTemplateVersionRow {
  readonly versionNumber: number
  readonly versionDescription?: string
  readonly createMilliseconds: number
  /** EC2's RequestLaunchTemplateData, as JSON carries it. */
  readonly data: Readonly<Record<string, unknown>>
}

/** A VPC endpoint. */
export interface VpcEndpointRow {
  readonly vpcEndpointId: string
  readonly vpcEndpointType: 'Gateway' | 'Interface' | 'GatewayLoadBalancer'
  readonly vpcId: string
  readonly serviceName: string
  /** `available`, or `pendingAcceptance` and so on; only available ones act. */
  readonly state: string
  readonly policyDocument?: string
  readonly routeTableIds: readonly string[]
  readonly subnetIds: readonly string[]
  readonly groupIds: readonly string[]
  /** One per subnet, in their order. */
  readonly networkInterfaceIds: readonly string[]
  readonly privateDnsEnabled: boolean
  readonly ipAddressType: string
  readonly createMilliseconds: number
}

/** A service of one's own behind balancers, for endpoints. */
export interface VpcEndpointServiceRow {
  /** `vpce-svc-…` */
  readonly serviceId: string
  readonly serviceName: string
  readonly acceptanceRequired: boolean
  readonly privateDnsName?: string
  readonly networkLoadBalancerArns: readonly string[]
  readonly gatewayLoadBalancerArns: readonly string[]
  readonly allowedPrincipals: readonly string[]
}

/** A peering connection of two of the account's VPCs. */
export interface VpcPeeringConnectionRow {
  readonly vpcPeeringConnectionId: string
  readonly requesterVpcId: string
  readonly accepterVpcId: string
  readonly statusCode: 'pending-acceptance' | 'active' | 'rejected' | 'deleted' | 'expired' | 'failed'
  readonly statusMessage: string
  readonly expirationMilliseconds: number
  /** When it was deleted, rejected or expired: it is told of for two hours more. */
  readonly endMilliseconds?: number
}

/** A transit gateway. */
export interface TransitGatewayRow {
  readonly transitGatewayId: string
  readonly description: string
  readonly state: 'available' | 'deleted'
  readonly amazonSideAsn: number
  readonly autoAcceptSharedAttachments: string
  readonly defaultRouteTableAssociation: 'enable' | 'disable'
  readonly defaultRouteTablePropagation: 'enable' | 'disable'
  readonly associationDefaultRouteTableId?: string
  readonly propagationDefaultRouteTableId?: string
  readonly vpnEcmpSupport: string
  readonly dnsSupport: string
  readonly securityGroupReferencingSupport: 'enable' | 'disable'
  readonly transitGatewayCidrBlocks: readonly string[]
  readonly createMilliseconds: number
  readonly deleteMilliseconds?: number
}

/** The attachment of a VPC. */
export interface TransitGatewayAttachmentRow {
  readonly transitGatewayAttachmentId: string
  readonly transitGatewayId: string
  readonly vpcId: string
  readonly subnetIds: readonly string[]
  /** One per subnet, in their order. */
  readonly networkInterfaceIds: readonly string[]
  /** Only available ones act. */
  readonly state: 'available' | 'pendingAcceptance' | 'rejected' | 'deleted'
  readonly dnsSupport: string
  readonly ipv6Support: string
  readonly applianceModeSupport: 'enable' | 'disable'
  readonly securityGroupReferencingSupport: 'enable' | 'disable'
  readonly associatedRouteTableId?: string
  readonly propagatedRouteTableIds: readonly string[]
  readonly createMilliseconds: number
  readonly deleteMilliseconds?: number
}

/** A route table of a transit gateway. */
export interface TransitGatewayRouteTableRow {
  readonly transitGatewayRouteTableId: string
  readonly transitGatewayId: string
  readonly defaultAssociationRouteTable: boolean
  readonly defaultPropagationRouteTable: boolean
  /** Static ones; what is propagated follows from the attachments. */
  readonly routes: readonly TransitGatewayRouteRow[]
  readonly createMilliseconds: number
}

/** To an attachment, or a blackhole where it has none. */
export interface TransitGatewayRouteRow {
  readonly destinationCidrBlock: string
  readonly transitGatewayAttachmentId?: string
}

/** A flow log. */
export interface FlowLogRow {
  readonly flowLogId: string
  /** `vpc-…`, `subnet-…`, `eni-…`, `tgw-…` or `tgw-attach-…` */
  readonly resourceId: string
  readonly trafficType?: 'ACCEPT' | 'REJECT' | 'ALL'
  readonly logDestinationType: 's3' | 'cloud-watch-logs'
  readonly logDestination?: string
  readonly logGroupName?: string
  readonly logFormat: string
  readonly maxAggregationInterval: 60 | 600
  readonly destinationOptions?: Readonly<{
    fileFormat: 'plain-text' | 'parquet'
    hiveCompatiblePartitions: boolean
    perHourPartition: boolean
  }>
  readonly tagFieldSpecifications?: readonly Readonly<{
    resourceType: 'instance' | 'network-interface' | 'auto-scaling-group'
    tagKeys: readonly string[]
  }>[]
  readonly deliverLogsPermissionArn?: string
  readonly deliverCrossAccountRole?: string
  readonly createMilliseconds: number
}

/** A mirror filter; its rules stand in a table of their own. */
export interface TrafficMirrorFilterRow {
  readonly trafficMirrorFilterId: string
  readonly description: string
  readonly networkServices: readonly 'amazon-dns'[]
}

/** A rule of a mirror filter. */
export interface TrafficMirrorFilterRuleRow {
  readonly trafficMirrorFilterRuleId: string
  readonly trafficMirrorFilterId: string
  readonly trafficDirection: 'ingress' | 'egress'
  readonly ruleNumber: number
  readonly ruleAction: 'accept' | 'reject'
  /** All where there is none. */
  readonly protocol?: number
  readonly sourceCidrBlock: string
  readonly destinationCidrBlock: string
  readonly sourcePortRange?: Readonly<{ fromPort: number; toPort: number }>
  readonly destinationPortRange?: Readonly<{ fromPort: number; toPort: number }>
  readonly description?: string
}

/** A target: one of the three. */
export interface TrafficMirrorTargetRow {
  readonly trafficMirrorTargetId: string
  readonly networkInterfaceId?: string
  readonly networkLoadBalancerArn?: string
  readonly gatewayLoadBalancerEndpointId?: string
  readonly description: string
}

/** A mirror session. */
export interface TrafficMirrorSessionRow {
  readonly trafficMirrorSessionId: string
  readonly networkInterfaceId: string
  readonly trafficMirrorTargetId: string
  readonly trafficMirrorFilterId: string
  readonly sessionNumber: number
  /** Whole packets where there is none. */
  readonly packetLength?: number
  readonly virtualNetworkId: number
  readonly description: string
}

/** What the account itself has: that it was set up, and what later calls need to know of it. */
export interface Ec2AccountRow {
  /** `dopt-…` of the options that every VPC begins with. */
  readonly defaultDhcpOptionsId: string
}
