import type { NetworkInterface } from '../topology/topology.ts'
import { isAutomaticallyTracked, loadBalancerOf } from './automatic-tracking.ts'
import type { NextHop } from './next-hop.ts'
import type { NextHops } from './next-hops.ts'
import type { PassedLoadBalancer } from './security-group-verdict.ts'
import { TRAFFIC_PATH } from './traffic-path.ts'

/** Where a packet that arrives at an interface comes from, as far as judging and recording it go. */
export interface Origin {
  /** The sending interface, for the record; `traffic-path` is of egress alone. */
  readonly sender: NextHop
  /** The packet comes from outside of the interface's subnet, so that the subnet's ACL judges it. */
  readonly entersSubnet: boolean
  readonly automaticTracking: boolean
  readonly throughLoadBalancer: PassedLoadBalancer
}

/** Makes each {@link Origin} once. */
export class Origins {
  /** The internet gateway, a gateway endpoint, a router's own message. */
  readonly outside: Origin
  /** An egress-only internet gateway or a gateway endpoint whose connections are always tracked. */
  readonly outsideTracked: Origin
  /** The link-local services, which no ACL judges. */
  readonly link: Origin
  readonly #neighbours: (Origin | undefined)[]
  readonly #others: (Origin | undefined)[]
  readonly #hops: NextHops

  constructor(hops: NextHops, interfaceCount: number) {
    this.#hops = hops
    this.#neighbours = new Array(interfaceCount).fill(undefined)
    this.#others = new Array(interfaceCount).fill(undefined)
    const sender = hops.gateway(TRAFFIC_PATH.none)
    const outside = { sender, entersSubnet: true, automaticTracking: false, throughLoadBalancer: false } as const
    this.outside = outside
    this.outsideTracked = { ...outside, automaticTracking: true }
    this.link = { ...outside, entersSubnet: false }
  }

  /** Another interface, in the subnet or outside of it. */
  networkInterface(sender: NetworkInterface, entersSubnet: boolean): Origin {
    const origins = entersSubnet ? this.#others : this.#neighbours
    origins[sender.index] ??= {
      sender: this.#hops.networkInterface(sender, TRAFFIC_PATH.none),
      entersSubnet,
      automaticTracking: isAutomaticallyTracked(sender),
      throughLoadBalancer: loadBalancerOf(sender),
    }
    return origins[sender.index] as Origin
  }
}
