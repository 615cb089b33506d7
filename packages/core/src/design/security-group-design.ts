import type { ResourceDesign } from './design.ts'
import type { IpProtocolDesign } from './ip-protocol-design.ts'

/** A security group: its rules allow, everything else is refused. */
export interface SecurityGroupDesign extends ResourceDesign {
  /** The resource's name in the design unless given; unique in the VPC without regard to case. */
  readonly groupName?: string
  /** None unless given. */
  readonly ingress?: readonly SecurityGroupRuleDesign[]
  /** Everything to everywhere unless given; `[]` for none. */
  readonly egress?: readonly SecurityGroupRuleDesign[]
}

/** An allow rule: a protocol with its ports, and one peer of `cidrBlock`, `prefixList`, `securityGroup` and `self`. */
export interface SecurityGroupRuleDesign {
  /** `sgr-…` */
  readonly id?: string
  readonly ipProtocol: IpProtocolDesign
  /** First port, or ICMP type (-1: all); all unless given. */
  readonly fromPort?: number
  /** Last port, `fromPort` unless given; or ICMP code, -1 (all) unless given. */
  readonly toPort?: number
  /** IPv4 or IPv6 block. */
  readonly cidrBlock?: string
  readonly prefixList?: string
  /** A group of this VPC, or of a VPC that is peered or behind the same transit gateway; an unknown `sg-…` id is a stale rule. */
  readonly securityGroup?: string
  /** The rule's own group. */
  readonly self?: true
  readonly description?: string
}

/** Entries of a network ACL; what none matches is denied. */
export interface NetworkAclDesign extends ResourceDesign {
  readonly ingress?: readonly NetworkAclEntryDesign[]
  readonly egress?: readonly NetworkAclEntryDesign[]
}

/** An entry of a network ACL: the lowest number that matches decides. */
export interface NetworkAclEntryDesign {
  /** 1 to 32766. */
  readonly ruleNumber: number
  readonly ruleAction: 'allow' | 'deny'
  readonly protocol: IpProtocolDesign
  /** TCP and UDP: destination ports; all unless given. */
  readonly portRange?: Readonly<{ from: number; to: number }>
  /** ICMP and ICMPv6: -1 for all; all unless given. */
  readonly icmpTypeCode?: Readonly<{ type: number; code?: number }>
  /** IPv4 or IPv6 block. */
  readonly cidrBlock: string
}

/** A customer-managed prefix list. AWS's own are there by their names, e.g. `com.amazonaws.us-west-2.s3`. */
export interface PrefixListDesign extends ResourceDesign {
  /** Blocks of one IP version. */
  readonly entries: readonly string[]
  /** What the list counts as against quotas; the number of entries unless given. */
  readonly maxEntries?: number
}
