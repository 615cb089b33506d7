import type { Named, ResourceDesign } from './design.ts'
import type { NetworkAclDesign, SecurityGroupDesign, SecurityGroupRuleDesign } from './security-group-design.ts'

/** A VPC and what belongs to it. */
export interface VpcDesign extends ResourceDesign {
  /** The owner, where it is another account than the design's. */
  readonly ownerId?: string
  /** The VPC's region, where it is another one than the design's: such a VPC is reached by inter-Region peering. */
  readonly region?: string
  /** IPv4 blocks of /16 to /28, the primary first. */
  readonly cidrBlocks: readonly string[]
  /** IPv6 blocks of /44 to /60 in steps of 4; Amazon's own are /56. */
  readonly ipv6CidrBlocks?: readonly string[]
  /** The Amazon resolver at base + 2; `true` unless given. */
  readonly enableDnsSupport?: boolean
  /** `false` unless given, as for every VPC but a default VPC. */
  readonly enableDnsHostnames?: boolean
  readonly subnets?: Named<SubnetDesign>
  /** Beside the implied main table, which has local routes only. */
  readonly routeTables?: Named<RouteTableDesign>
  /** One of `routeTables` as the main one instead of the implied `<vpc>/main`. */
  readonly mainRouteTable?: string
  readonly securityGroups?: Named<SecurityGroupDesign>
  /** Rules of the default group, referenced as `default` (in this VPC) or `<vpc>/default`; AWS's own unless given. */
  readonly defaultSecurityGroup?: DefaultSecurityGroupDesign
  readonly networkAcls?: Named<NetworkAclDesign>
  /** Entries of the default ACL; AWS's own (allow all) unless given. */
  readonly defaultNetworkAcl?: NetworkAclDesign
  /** `true` or an object: the VPC has an internet gateway, `<vpc>/internet-gateway`. */
  readonly internetGateway?: boolean | InternetGatewayDesign
  /** For IPv6; `true` or an object: `<vpc>/egress-only-internet-gateway`. */
  readonly egressOnlyInternetGateway?: boolean | ResourceDesign
  readonly natGateways?: Named<NatGatewayDesign>
  readonly vpcEndpoints?: Named<VpcEndpointDesign>
}

/** The default group: its rules replace AWS's, direction by direction. */
export interface DefaultSecurityGroupDesign extends ResourceDesign {
  readonly ingress?: readonly SecurityGroupRuleDesign[]
  readonly egress?: readonly SecurityGroupRuleDesign[]
}

/** A subnet: a block of addresses in one zone. */
export interface SubnetDesign extends ResourceDesign {
  /** A block of /16 to /28 inside the VPC; left out for an IPv6-only subnet. */
  readonly cidrBlock?: string
  /** A block of /44 to /64 in steps of 4. */
  readonly ipv6CidrBlock?: string
  /** Zone name, e.g. `us-west-2a`, `us-west-2-lax-1a`, `us-west-2-wl1-las-wlz-1`; the region's first unless given. */
  readonly availabilityZone?: string
  /** `arn:aws:outposts:…:outpost/op-…` of a subnet on an Outpost. */
  readonly outpostArn?: string
  /** The VPC's main table unless given. */
  readonly routeTable?: string
  /** The VPC's default ACL unless given. */
  readonly networkAcl?: string
  /** Instances' primary ENIs get a public IPv4 address; `false` unless given. */
  readonly mapPublicIpOnLaunch?: boolean
  /** ENIs get an IPv6 address; `false` unless given, `true` on IPv6-only subnets. */
  readonly assignIpv6AddressOnCreation?: boolean
}

/** An internet gateway. */
export interface InternetGatewayDesign extends ResourceDesign {
  /** Edge association: the table for what comes in, routes to `local`, an ENI or an instance. */
  readonly routeTable?: string
}

/** A route table of a VPC. */
export interface RouteTableDesign extends ResourceDesign {
  /** Beside the local routes, which are always there, and those of gateway endpoints. */
  readonly routes?: readonly RouteDesign[]
}

/** A route: one destination and one target. */
export interface RouteDesign {
  /** IPv4 or IPv6 block. */
  readonly destinationCidrBlock?: string
  /** Name of a prefix list. */
  readonly destinationPrefixList?: string

  /** The VPC's own internet gateway. */
  readonly internetGateway?: true
  /** The VPC's own egress-only internet gateway. */
  readonly egressOnlyInternetGateway?: true
  readonly natGateway?: string
  /** A transit gateway that the VPC is attached to. */
  readonly transitGateway?: string
  readonly vpcPeeringConnection?: string
  readonly networkInterface?: string
  /** The instance's primary ENI. */
  readonly instance?: string
  /** The target is gone. */
  readonly blackhole?: true
}

/** A zonal NAT gateway. */
export interface NatGatewayDesign extends ResourceDesign {
  readonly subnet: string
  /** `public` unless given. */
  readonly connectivityType?: 'public' | 'private'
  /** `zonal`; regional NAT gateways are refused. */
  readonly availabilityMode?: 'zonal'
  readonly privateIpAddress?: string
  /** The elastic address; one is allocated unless given. */
  readonly publicIp?: string
  /** Up to seven more. */
  readonly secondaryAddresses?: readonly InterfaceAddressDesign[]
  readonly networkInterfaceId?: string
}

/** A private IPv4 address, or one with a public address. */
export type InterfaceAddressDesign = string | AddressPairDesign

/** A private IPv4 address and the public one that belongs to it. */
export interface AddressPairDesign {
  /** One is allocated unless given. */
  readonly privateIpAddress?: string
  /** `true` for an address out of the pool, or an elastic address of one's own. */
  readonly publicIp?: boolean | string
}

/** A gateway endpoint (S3, DynamoDB), an interface endpoint (PrivateLink) or a Gateway Load Balancer endpoint. */
export interface VpcEndpointDesign extends ResourceDesign {
  /** `Gateway` unless given, as in CreateVpcEndpoint. */
  readonly vpcEndpointType?: 'Gateway' | 'Interface' | 'GatewayLoadBalancer'
  /** e.g. `com.amazonaws.us-west-2.s3`, or short: `s3`. */
  readonly serviceName?: string
  /** Instead of `serviceName`: an endpoint service of one's own, behind a Network Load Balancer. */
  readonly loadBalancer?: string
  /** GatewayLoadBalancer: the balancer behind it. Only mirror sessions send there: routes to such an endpoint are not simulated. */
  readonly gatewayLoadBalancer?: string
  /** Gateway: the tables that get a route to the service's prefix list. */
  readonly routeTables?: readonly string[]
  /** Interface: one subnet per zone. GatewayLoadBalancer: one subnet. */
  readonly subnets?: readonly SubnetPlacementDesign[]
  /** Interface: the VPC's default group unless given. */
  readonly securityGroups?: readonly string[]
  /** Interface: the service's own name resolves to the endpoint; `true` unless given (AWS services). */
  readonly privateDnsEnabled?: boolean
}

/** A subnet in which a service makes an ENI: its name, or more. */
export type SubnetPlacementDesign = string | SubnetMappingDesign

/** A subnet in which a service makes an ENI, with that ENI's addresses and id. */
export interface SubnetMappingDesign {
  readonly subnet: string
  readonly privateIpAddress?: string
  /** Internet-facing load balancers: the elastic address. */
  readonly publicIp?: string
  readonly networkInterfaceId?: string
}

/** VPC Block Public Access of the region. */
export interface BlockPublicAccessDesign {
  readonly internetGatewayBlockMode: 'off' | 'block-ingress' | 'block-bidirectional'
  readonly exclusions?: readonly BlockPublicAccessExclusionDesign[]
}

/** Exempts one VPC or one subnet. */
export interface BlockPublicAccessExclusionDesign {
  readonly vpc?: string
  readonly subnet?: string
  readonly internetGatewayExclusionMode: 'allow-bidirectional' | 'allow-egress'
}
