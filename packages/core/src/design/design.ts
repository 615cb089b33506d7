import type { FlowLogDesign } from './flow-log-design.ts'
import type { AutoScalingGroupDesign, InstanceDesign, NetworkInterfaceDesign } from './instance-design.ts'
import type { AwsServiceRangeDesign, InternetHostDesign } from './internet-design.ts'
import type { GatewayLoadBalancerDesign, LoadBalancerDesign, TargetGroupDesign } from './load-balancer-design.ts'
import type { PrefixListDesign } from './security-group-design.ts'
import type {
  TrafficMirrorFilterDesign,
  TrafficMirrorSessionDesign,
  TrafficMirrorTargetDesign,
} from './traffic-mirror-design.ts'
import type { TransitGatewayDesign, VpcPeeringConnectionDesign } from './transit-gateway-design.ts'
import type { BlockPublicAccessDesign, VpcDesign } from './vpc-design.ts'

/** Resources by name. Names start with a letter, hold letters, digits, `-` and `_`, and are unique per kind over the whole design. */
export type Named<T> = Readonly<Record<string, T>>

/** What every resource may have beside its own keys. */
export interface ResourceDesign {
  /** The id in AWS's form, e.g. `vpc-0a1b2c3d4e5f60718`. Made from account, region, kind and name where it is not given. */
  readonly id?: string
  readonly tags?: Readonly<Record<string, string>>
}

/**
 * A design of a network on AWS: plain data that JSON can carry. What has an account-wide or regional life of its own stands at the top,
 * what belongs to one VPC stands in the VPC. Keys are AWS's parameter names in camelCase; a reference is the other resource's name.
 * What is left out is as AWS makes it: local routes, a main route table, a default network ACL and security group, ids, addresses.
 *
 * `defineDesign` checks one, `resolveDesign` turns it into a `Topology`. docs/design.md explains every key.
 */
export interface Design {
  /** For editors; ignored. */
  readonly $schema?: string
  /** 12 digits; `123456789012` unless given. */
  readonly accountId?: string
  /** Region code; `us-west-2` unless given. */
  readonly region?: string
  /** Zones whose id differs from the order of letters (`us-west-2a` → `usw2-az1`), by zone name. */
  readonly availabilityZones?: Readonly<Record<string, AvailabilityZoneDesign>>
  readonly vpcs: Named<VpcDesign>
  readonly instances?: Named<InstanceDesign>
  /** ENIs made apart from an instance, and those of other services. */
  readonly networkInterfaces?: Named<NetworkInterfaceDesign>
  readonly autoScalingGroups?: Named<AutoScalingGroupDesign>
  readonly prefixLists?: Named<PrefixListDesign>
  readonly loadBalancers?: Named<LoadBalancerDesign>
  readonly gatewayLoadBalancers?: Named<GatewayLoadBalancerDesign>
  readonly targetGroups?: Named<TargetGroupDesign>
  readonly transitGateways?: Named<TransitGatewayDesign>
  readonly vpcPeeringConnections?: Named<VpcPeeringConnectionDesign>
  readonly vpcBlockPublicAccess?: BlockPublicAccessDesign
  readonly flowLogs?: Named<FlowLogDesign>
  readonly trafficMirrorFilters?: Named<TrafficMirrorFilterDesign>
  readonly trafficMirrorTargets?: Named<TrafficMirrorTargetDesign>
  readonly trafficMirrorSessions?: Named<TrafficMirrorSessionDesign>
  /** GuardDuty; one per account and region. */
  readonly detectors?: Named<DetectorDesign>
  /** Hosts that scenarios can talk to. Left out: `DEFAULT_INTERNET_HOSTS`; given: these alone. */
  readonly internetHosts?: Named<InternetHostDesign>
  /** Public ranges of AWS's services. Left out: a dated excerpt of AWS's own list for the region; given: these alone. */
  readonly awsServiceRanges?: readonly AwsServiceRangeDesign[]
}

/** What a design says of a zone. */
export interface AvailabilityZoneDesign {
  /** e.g. `usw2-az2`; for a Local Zone `usw2-lax1-az1`. */
  readonly zoneId: string
}

/** A GuardDuty detector. */
export interface DetectorDesign {
  /** 32 hexadecimal digits. */
  readonly id?: string
  readonly tags?: Readonly<Record<string, string>>
  /** `true` unless given. */
  readonly enable?: boolean
  /** `SIX_HOURS` unless given. */
  readonly findingPublishingFrequency?: 'FIFTEEN_MINUTES' | 'ONE_HOUR' | 'SIX_HOURS'
}
