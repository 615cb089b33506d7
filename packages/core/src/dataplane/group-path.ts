import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface, NetworkLoadBalancer, Vpc } from '../topology/topology.ts'
import { hasAddress } from './address-lookup.ts'

/**
 * The balancer that a packet has passed, whose groups it may be matched by; `true` where the caller does not know which one, `false` for
 * none.
 */
export type PassedLoadBalancer = NetworkLoadBalancer | boolean

/**
 * Which references to groups hold for a packet: those to groups of any VPC, of one VPC, or none.
 *
 * A reference means the ENIs of the group as they are seen without anything in between. It does not hold where routes lead through a
 * middlebox (an appliance, a NAT gateway), nor through an internet gateway. Across a transit gateway it holds for inbound rules, where the
 * gateway and both attachments support it, for the ENIs of the VPC that the packet came from; not behind an inspection VPC, whose
 * attachment is another one than that of the group. Nor does it hold for clients behind a balancer, even if their addresses are kept: there,
 * the balancer's own group is what can be named.
 * Sources: VPC user guide, "Security group rules" and "Security group referencing"; Transit Gateway guide, "Security group referencing";
 * Network Load Balancer guide, "Register targets", target security groups.
 */
export type GroupReferences = 'all' | 'none' | Vpc

/** What the way of a packet, behind it or before it, means to the groups of an ENI. Ways are objects that are made once. */
export interface GroupPath {
  /**
   * The way goes through something whose connections are always tracked: NAT gateway, egress-only internet gateway, Network Load Balancer,
   * interface endpoint, Lambda, Global Accelerator, Network Firewall, DynamoDB's gateway endpoint.
   */
  readonly automaticTracking: boolean
  /**
   * The balancer on the way: tracked in any case, with fixed idle timers, and rules that reference the balancer's groups match although
   * the client's address is kept.
   */
  readonly throughLoadBalancer: PassedLoadBalancer
  readonly groupReferences: GroupReferences
}

/** What holds for a packet that an ENI has sent: everything, unless it only passes on what another one's address stands for. */
export function referencesTo(sender: NetworkInterface, packet: Packet): 'all' | 'none' {
  return hasAddress(sender, packet.source) ? 'all' : 'none'
}

/** From one ENI to another with nothing in between that groups look at. */
export const DIRECT_PATH: GroupPath = {
  automaticTracking: false,
  throughLoadBalancer: false,
  groupReferences: 'all',
}
