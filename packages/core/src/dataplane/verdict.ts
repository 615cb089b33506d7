import type { NetworkAcl, NetworkAclEntry, Route, SecurityGroup, SecurityGroupRule } from '../topology/topology.ts'

/**
 * What became of a packet at a point of its way. `action` is what a flow-log record shows and speaks of groups, ACLs, Block Public
 * Access and encryption controls alone; what a route or gateway drops later is ACCEPT (VPC user guide, "Flow log records", action).
 */
export interface Verdict {
  readonly action: 'ACCEPT' | 'REJECT'
  readonly reason: VerdictReason
}

/** Why a packet passed, was refused or was lost: what allowed it for ACCEPT, what refused it for REJECT, what lost it afterwards in a drop. */
export type VerdictReason =
  /** Allowed by a rule of a group; `tracked` tells whether its answers pass by state. */
  | {
      readonly kind: 'security-group-rule'
      readonly group: SecurityGroup
      readonly rule: SecurityGroupRule
      readonly tracked: boolean
    }
  /** Allowed as part of a tracked connection. */
  | { readonly kind: 'tracked-connection' }
  /** The ENI has no groups that filter (gateways). */
  | { readonly kind: 'no-security-group' }
  /** Never filtered and never logged: link-local services and the router's reserved addresses. */
  | { readonly kind: 'not-filtered' }
  /** The copy that a mirror session sends: skips the source's outbound group, and the source side is not logged. */
  | { readonly kind: 'mirrored-traffic' }
  /** No group has a rule for it: refused. */
  | { readonly kind: 'no-security-group-rule'; readonly groups: readonly SecurityGroup[] }
  /** A rule allows it, but the instance tracks as many connections as it may: dropped (`conntrack_allowance_exceeded`). */
  | { readonly kind: 'connection-tracking-allowance' }
  /** An ACL denied it; `entry` is undefined for the final `*`. */
  | { readonly kind: 'network-acl'; readonly acl: NetworkAcl; readonly entry: NetworkAclEntry | undefined }
  | { readonly kind: 'block-public-access' }
  | { readonly kind: 'no-route' }
  | { readonly kind: 'blackhole'; readonly route: Route }
  | { readonly kind: 'source-destination-check' }
  /** No ENI has the destination's address. */
  | { readonly kind: 'no-such-address' }
  /** Sent to an internet gateway from an address that has no public one. */
  | { readonly kind: 'no-public-address' }
  /** From the internet or a far VPC to a gateway that only lets answers in. */
  | { readonly kind: 'unsolicited' }
  | { readonly kind: 'protocol-not-translated' }
  | { readonly kind: 'fragment-not-translated' }
  | { readonly kind: 'port-allocation' }
  /** A NAT gateway or balancer forgot the connection: answered with a RST. */
  | { readonly kind: 'idle-timeout' }
  | { readonly kind: 'mtu-exceeded'; readonly mtu: number }
  | { readonly kind: 'hop-limit-exceeded' }
  | { readonly kind: 'no-listener' }
  /** A balancer that keeps client addresses sent a target its own packet, which its host takes for a forgery. */
  | { readonly kind: 'hairpin' }
  | { readonly kind: 'no-healthy-target' }
  /** A transit gateway has no attachment in the sender's zone. */
  | { readonly kind: 'no-transit-gateway-zone' }
  /** A path that AWS does not forward (transitive peering, edge to edge). */
  | { readonly kind: 'not-transitive' }
  /** More than 1,024 packets a second to link-local services. */
  | { readonly kind: 'link-local-rate' }
  /** More than 1,024 fragments a second from one ENI. */
  | { readonly kind: 'fragment-rate' }
  /** More than a Gateway Load Balancer endpoint carries. */
  | { readonly kind: 'endpoint-bandwidth' }
  | { readonly kind: 'instance-not-running' }
  | { readonly kind: 'packet-loss' }
