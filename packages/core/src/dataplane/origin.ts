import type { NetworkInterface } from '../topology/topology.ts'
import { isAutomaticallyTracked, loadBalancerOf } from './automatic-tracking.ts'
import type { GroupPath, GroupReferences } from './group-path.ts'
import type { NextHop } from './next-hop.ts'
import type { NextHops } from './next-hops.ts'
import { TRAFFIC_PATH } from './traffic-path.ts'

/** Where a packet that arrives at an interface comes from, as far as judging and recording it go. */
export interface Origin extends GroupPath {
  /** The sending interface, for the record; `traffic-path` is of egress alone. */
  readonly sender: NextHop
  /** The packet comes from outside of the interface's subnet, so that the subnet's ACL judges it. */
  readonly entersSubnet: boolean
}

/** Makes each {@link Origin} once. */
export class Origins {
  /** The internet gateway, a gateway endpoint, a router's own message. */
  readonly outside: Origin
  /** An egress-only internet gateway or a gateway endpoint whose connections are always tracked. */
  readonly outsideTracked: Origin
  /** The link-local services, which no ACL judges. */
  readonly link: Origin
  readonly #neighbours: Map<GroupReferences, Origin>[] = []
  readonly #others: Map<GroupReferences, Origin>[] = []
  readonly #hops: NextHops

  constructor(hops: NextHops) {
    this.#hops = hops
    const outside = {
      sender: hops.gateway(TRAFFIC_PATH.none),
      entersSubnet: true,
      automaticTracking: false,
      throughLoadBalancer: false,
      groupReferences: 'none',
    } as const
    this.outside = outside
    this.outsideTracked = { ...outside, automaticTracking: true }
    this.link = { ...outside, entersSubnet: false }
  }

  /** Another interface, in the subnet or outside of it, and the references to groups that hold for what it sends. */
  networkInterface(sender: NetworkInterface, entersSubnet: boolean, groupReferences: GroupReferences): Origin {
    const { index } = sender
    const senders = entersSubnet ? this.#others : this.#neighbours
    senders[index] ??= new Map()
    const origins = senders[index] as Map<GroupReferences, Origin>
    let origin = origins.get(groupReferences)
    if (origin === undefined) {
      origin = {
        sender: this.#hops.networkInterface(sender, TRAFFIC_PATH.none),
        entersSubnet,
        automaticTracking: isAutomaticallyTracked(sender),
        throughLoadBalancer: loadBalancerOf(sender),
        groupReferences,
      }
      origins.set(groupReferences, origin)
    }
    return origin
  }
}
