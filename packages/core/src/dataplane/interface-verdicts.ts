import type { Packet } from '../packet/packet.ts'
import type { NetworkAcl, NetworkInterface } from '../topology/topology.ts'
import { BLOCKED, isEgressOnlyGatewayBlocked, isInternetGatewayBlocked } from './block-public-access.ts'
import type { ConnectionTracker } from './connection-tracker.ts'
import type { EgressPath } from './egress-path.ts'
import type { GroupPath } from './group-path.ts'
import { judgeNetworkAcl } from './network-acl-verdict.ts'
import type { Origin } from './origin.ts'
import type { Verdict } from './verdict.ts'

/** PrivateLink's own way from an endpoint to a balancer: no group of the client's VPC can be named there. */
const UNSEEN_PATH: GroupPath = { automaticTracking: true, throughLoadBalancer: false, groupReferences: 'none' }

/**
 * The verdict on a packet at an interface. On its way out: groups, then the subnet's outbound ACL where the packet leaves the subnet, then
 * Block Public Access. On its way in: the subnet's inbound ACL where it enters the subnet, then groups.
 * Source: VPC user guide, "Network ACL basics" and "Control traffic with security groups".
 */
export class InterfaceVerdicts {
  readonly #tracker: ConnectionTracker

  constructor(tracker: ConnectionTracker) {
    this.#tracker = tracker
  }

  egress(
    networkInterface: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    path: EgressPath,
    networkAcl: NetworkAcl,
  ): Verdict {
    const byGroups = this.#tracker.judge(networkInterface, 'egress', packet, timeMicroseconds, path)
    if (byGroups.action === 'REJECT') return byGroups
    if (path.leavesSubnet) {
      const byAcl = judgeNetworkAcl(networkAcl, 'egress', packet)
      if (byAcl.action === 'REJECT') return byAcl
    }
    const isBlocked =
      (path.kind === 'internet-gateway' && isInternetGatewayBlocked(networkInterface)) ||
      (path.kind === 'egress-only-internet-gateway' && isEgressOnlyGatewayBlocked(networkInterface))
    return isBlocked ? BLOCKED : byGroups
  }

  ingress(
    networkInterface: NetworkInterface,
    packet: Packet,
    timeMicroseconds: number,
    origin: Origin,
    networkAcl: NetworkAcl,
  ): Verdict {
    if (origin.entersSubnet) {
      const byAcl = judgeNetworkAcl(networkAcl, 'ingress', packet)
      if (byAcl.action === 'REJECT') return byAcl
    }
    return this.#tracker.judge(networkInterface, 'ingress', packet, timeMicroseconds, origin)
  }

  /** By groups alone, of a packet that comes to the interface by a way that no ACL lies on and no record shows. */
  unseen(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): Verdict {
    return this.#tracker.judge(networkInterface, 'ingress', packet, timeMicroseconds, UNSEEN_PATH)
  }
}
