import type { ResourceDesign } from './design.ts'
import type { IpProtocolDesign } from './ip-protocol-design.ts'

/** What is mirrored: per direction the first rule that matches decides; without rules nothing is. */
export interface TrafficMirrorFilterDesign extends ResourceDesign {
  readonly ingressFilterRules?: readonly TrafficMirrorFilterRuleDesign[]
  readonly egressFilterRules?: readonly TrafficMirrorFilterRuleDesign[]
  /** `['amazon-dns']` mirrors the traffic with the Amazon resolver, whatever the rules say. */
  readonly networkServices?: readonly 'amazon-dns'[]
}

/** A rule of a mirror filter. */
export interface TrafficMirrorFilterRuleDesign {
  /** `tmfr-…` */
  readonly id?: string
  /** 1 to 32766, unique per direction; the lowest is tried first. */
  readonly ruleNumber: number
  readonly ruleAction: 'accept' | 'reject'
  /** All unless given. */
  readonly protocol?: IpProtocolDesign
  readonly sourceCidrBlock: string
  readonly destinationCidrBlock: string
  /** TCP and UDP only. */
  readonly sourcePortRange?: Readonly<{ fromPort: number; toPort: number }>
  /** TCP and UDP only. */
  readonly destinationPortRange?: Readonly<{ fromPort: number; toPort: number }>
}

/** An ENI, a Network Load Balancer or a Gateway Load Balancer endpoint: one of them. */
export interface TrafficMirrorTargetDesign extends ResourceDesign {
  /** An ENI, or an instance for its primary ENI. */
  readonly networkInterface?: string
  readonly loadBalancer?: string
  /** A VPC endpoint whose type is GatewayLoadBalancer. */
  readonly gatewayLoadBalancerEndpoint?: string
}

/** A mirror session: source, filter and target. */
export interface TrafficMirrorSessionDesign extends ResourceDesign {
  /** The source: an ENI, or an instance for its primary ENI. */
  readonly networkInterface: string
  readonly trafficMirrorTarget: string
  readonly trafficMirrorFilter: string
  /** 1 to 32766, unique per source; the lowest is tried first. */
  readonly sessionNumber: number
  /** Bytes after the VXLAN header; whole packets unless given. */
  readonly packetLength?: number
  /** 0 to 16,777,215; made from the session's name unless given. */
  readonly virtualNetworkId?: number
}
