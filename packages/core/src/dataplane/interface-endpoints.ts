import type { Packet } from '../packet/packet.ts'
import type { InterfaceEndpoint, NetworkInterface, NetworkLoadBalancer } from '../topology/topology.ts'
import { clampMss } from './clamp-mss.ts'
import { DROPPED } from './drop-verdicts.ts'
import { HOP_DELAY } from './hop-delays.ts'
import { MTU } from './path-mtu.ts'
import type { Walk } from './walk.ts'

/** Takes what comes by an endpoint of a balancer's service. */
export type EndpointConsumer = (
  networkInterface: NetworkInterface,
  loadBalancer: NetworkLoadBalancer,
  packet: Packet,
  timeMicroseconds: number,
) => void

/**
 * Interface endpoints, where packets have arrived at their interface: they go to AWS's service or to the balancer behind a service of
 * one's own. What is larger than 8,500 bytes vanishes without an ICMP error.
 * Source: PrivateLink guide, "Quotas" (MTU); EC2 user guide, "Network MTU for your EC2 instance".
 */
export class InterfaceEndpoints {
  readonly #walk: Walk
  readonly #toLoadBalancer: EndpointConsumer

  constructor(walk: Walk, toLoadBalancer: EndpointConsumer) {
    this.#walk = walk
    this.#toLoadBalancer = toLoadBalancer
  }

  receive(
    networkInterface: NetworkInterface,
    endpoint: InterfaceEndpoint,
    packet: Packet,
    timeMicroseconds: number,
  ): void {
    const walk = this.#walk
    if (packet.length > MTU.interfaceEndpoint) {
      walk.drop(networkInterface, packet, timeMicroseconds, DROPPED.tooBigForEndpoint)
      return
    }
    const clamped = clampMss(packet, MTU.interfaceEndpoint)
    if (endpoint.loadBalancer) {
      this.#toLoadBalancer(networkInterface, endpoint.loadBalancer, clamped, timeMicroseconds)
      return
    }
    const receiver = walk.map.receivers.endpointService(networkInterface, endpoint)
    walk.observer.deliver(receiver, clamped, timeMicroseconds + HOP_DELAY.endpoint)
  }

  /** The service answers by the endpoint's interface. */
  answer(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const walk = this.#walk
    const time = timeMicroseconds + HOP_DELAY.endpoint
    if (packet.length > MTU.interfaceEndpoint) {
      walk.drop(undefined, packet, time, DROPPED.tooBigForEndpoint)
      return
    }
    walk.leave(networkInterface, clampMss(packet, MTU.interfaceEndpoint), time)
  }
}
