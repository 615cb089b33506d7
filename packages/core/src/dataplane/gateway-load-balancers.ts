import type { MirrorReordering } from '../mirror/mirror-reordering.ts'
import { RateBucket } from '../mirror/rate-bucket.ts'
import type { IpAddress } from '../net/ip-address.ts'
import type { Packet } from '../packet/packet.ts'
import type { GatewayLoadBalancerEndpoint, NetworkInterface } from '../topology/topology.ts'
import { primaryAddress } from './address-lookup.ts'
import { DROPPED } from './drop-verdicts.ts'
import { flowHash } from './flow-hash.ts'
import { GeneveEncapsulation } from './geneve-encapsulation.ts'
import { HOP_DELAY } from './hop-delays.ts'
import { IdleFlows } from './idle-flows.ts'
import { usableTargets } from './load-balancer-target.ts'
import { MTU } from './path-mtu.ts'
import { ResourceNumbers } from './resource-numbers.ts'
import { LOAD_BALANCER_UDP_SECONDS } from './tracking-timers.ts'
import type { Walk } from './walk.ts'

/**
 * Bits per second through an endpoint, which stands in one zone. AWS scales an endpoint up to 100 Gbit/s by itself, and does not say how
 * fast; here it stays as it begins. Source: PrivateLink guide, "Quotas": bandwidth; Traffic Mirroring guide, "Traffic Mirroring quotas".
 */
export const GATEWAY_LOAD_BALANCER_ENDPOINT_BITS_PER_SECOND = 10e9

/**
 * Gateway Load Balancers, where packets have arrived at one of their endpoints: each goes, as it is, in GENEVE from the balancer's ENI in
 * the endpoint's zone to the appliance of its flow. A new flow's is chosen by a hash of the 5-tuple among the healthy appliances of that
 * zone, or of all zones with cross-zone balancing; where none of the group is healthy, all of it counts ("fail open"). A flow keeps its
 * appliance until it is idle, even where that became unhealthy or left the group ("no rebalance").
 *
 * Between endpoint and balancer nothing is judged or recorded. What is larger than 8,500 bytes vanishes without an ICMP error.
 * Source: Gateway Load Balancer guide, "Target groups", "Edit target group attributes" (target failover), "Cross-zone load balancing".
 */
export class GatewayLoadBalancers {
  readonly #walk: Walk
  readonly #reordering: MirrorReordering
  readonly #flows = new IdleFlows(LOAD_BALANCER_UDP_SECONDS)
  /** Addresses of appliances by the numbers that flows remember. */
  readonly #addresses: IpAddress[] = []
  readonly #numbers = new ResourceNumbers()
  readonly #encapsulations: Map<string, GeneveEncapsulation> = new Map()
  readonly #rates: Map<string, RateBucket> = new Map()

  constructor(walk: Walk, reordering: MirrorReordering) {
    this.#walk = walk
    this.#reordering = reordering
  }

  /** A packet has come to an endpoint's interface. */
  receive(
    networkInterface: NetworkInterface,
    endpoint: GatewayLoadBalancerEndpoint,
    packet: Packet,
    timeMicroseconds: number,
  ): void {
    const walk = this.#walk
    if (packet.length > MTU.gatewayLoadBalancerEndpoint) {
      walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.tooBigForEndpoint)
      return
    }
    if (!this.#rateOf(endpoint, timeMicroseconds).take(packet.length, timeMicroseconds)) {
      walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.endpointBandwidth)
      return
    }
    const { gatewayLoadBalancer } = endpoint
    const zone = networkInterface.subnet.availabilityZone.name
    const node = gatewayLoadBalancer.interfaces.find(({ subnet }) => subnet.availabilityZone.name === zone)
    const from = node && primaryAddress(node, 4)
    if (!node || !from || !gatewayLoadBalancer.targetGroup) {
      walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.noListener)
      return
    }
    const to = this.#applianceFor(networkInterface, endpoint, packet, timeMicroseconds)
    if (!to) {
      walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.noHealthyTarget)
      return
    }
    const wrapped = this.#encapsulationOf(endpoint).wrap(packet, from, to)
    const delay = HOP_DELAY.endpoint + HOP_DELAY.loadBalancer + (packet.tunnel ? this.#reordering.next() : 0)
    walk.leave(node, wrapped, timeMicroseconds + delay)
  }

  #applianceFor(
    networkInterface: NetworkInterface,
    { gatewayLoadBalancer: { targetGroup, crossZone } }: GatewayLoadBalancerEndpoint,
    packet: Packet,
    timeMicroseconds: number,
  ): IpAddress | undefined {
    const scope = this.#walk.map.scopeOf(networkInterface)
    const known = this.#flows.find(scope, packet, false, timeMicroseconds)
    if (known >= 0) return this.#addresses[known]
    const candidates = usableTargets(targetGroup?.targets ?? [], networkInterface, crossZone)
    const address = candidates[flowHash(packet) % candidates.length]?.address
    if (!address) return undefined
    const number = this.#numbers.numberOf(address.toString())
    this.#addresses[number] = address
    this.#flows.remember(scope, packet, false, number, timeMicroseconds)
    return address
  }

  #encapsulationOf(endpoint: GatewayLoadBalancerEndpoint): GeneveEncapsulation {
    let encapsulation = this.#encapsulations.get(endpoint.id)
    if (!encapsulation) {
      encapsulation = new GeneveEncapsulation(endpoint)
      this.#encapsulations.set(endpoint.id, encapsulation)
    }
    return encapsulation
  }

  #rateOf({ id }: GatewayLoadBalancerEndpoint, timeMicroseconds: number): RateBucket {
    let rate = this.#rates.get(id)
    if (!rate) {
      rate = new RateBucket(GATEWAY_LOAD_BALANCER_ENDPOINT_BITS_PER_SECOND, timeMicroseconds)
      this.#rates.set(id, rate)
    }
    return rate
  }
}
