import type { ResourceDesign } from './design.ts'
import type { SubnetPlacementDesign } from './vpc-design.ts'

/** A Network Load Balancer. `id` is its ARN. */
export interface LoadBalancerDesign extends ResourceDesign {
  /** `network`; other types are refused. */
  readonly type?: 'network'
  /** `internet-facing` unless given, as in CreateLoadBalancer. */
  readonly scheme?: 'internal' | 'internet-facing'
  /** One per zone. */
  readonly subnets: readonly SubnetPlacementDesign[]
  /** None unless given: everything then reaches the listeners. */
  readonly securityGroups?: readonly string[]
  /** Whether the groups' inbound rules judge what comes by PrivateLink; `on` unless given. */
  readonly enforceSecurityGroupInboundRulesOnPrivateLinkTraffic?: 'on' | 'off'
  /** `false` unless given. */
  readonly crossZoneEnabled?: boolean
  readonly listeners?: readonly ListenerDesign[]
}

/** What a balancer takes in, and where it goes. */
export interface ListenerDesign {
  readonly protocol: LoadBalancerProtocol
  readonly port: number
  readonly targetGroup: string
}

/** Protocols of listeners. */
export type LoadBalancerProtocol = 'TCP' | 'UDP' | 'TCP_UDP' | 'TLS'

/** Protocols of target groups: `GENEVE` is for Gateway Load Balancers. */
export type TargetGroupProtocol = LoadBalancerProtocol | 'GENEVE'

/**
 * A Gateway Load Balancer: what comes by its endpoints goes to appliances, wrapped in GENEVE. It has neither security groups nor public
 * addresses. `id` is its ARN.
 */
export interface GatewayLoadBalancerDesign extends ResourceDesign {
  /** One per zone; endpoints can stand in these zones alone. */
  readonly subnets: readonly SubnetPlacementDesign[]
  /** `false` unless given. */
  readonly crossZoneEnabled?: boolean
  /** At most one. Without it everything that comes is lost. */
  readonly listeners?: readonly GatewayListenerDesign[]
}

/** Where a Gateway Load Balancer's packets go, of all protocols and ports. */
export interface GatewayListenerDesign {
  /** Its protocol is GENEVE. */
  readonly targetGroup: string
}

/** `id` is its ARN. */
export interface TargetGroupDesign extends ResourceDesign {
  readonly protocol: TargetGroupProtocol
  /** GENEVE: 6081. */
  readonly port: number
  readonly vpc: string
  /** `instance` unless given. */
  readonly targetType?: 'instance' | 'ip'
  /** On for UDP and TCP_UDP, not for GENEVE; else on for instance targets and off for IP targets unless given. */
  readonly preserveClientIp?: boolean
  readonly targets?: readonly TargetDesign[]
}

/** A target: an instance, or an address. */
export interface TargetDesign {
  /** Its primary ENI gets the traffic. */
  readonly instance?: string
  readonly ipAddress?: string
  /** The group's port unless given. */
  readonly port?: number
  /** `true` unless given; health checks are not simulated. */
  readonly healthy?: boolean
}
