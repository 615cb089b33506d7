import type { Packet } from '../packet/packet.ts'
import type { GatewayEndpoint, NetworkInterface } from '../topology/topology.ts'
import { isAutomaticallyTrackedEndpoint } from './automatic-tracking.ts'
import { DROPPED } from './drop-verdicts.ts'
import type { GatewayEndpointPath } from './egress-path.ts'
import { HOP_DELAY } from './hop-delays.ts'
import type { Walk } from './walk.ts'

/**
 * Gateway endpoints (S3, DynamoDB): the service is reached at its public address from private ones, without translation, and from the
 * endpoint's own VPC alone. Source: PrivateLink guide, "Gateway endpoints".
 */
export class GatewayEndpoints {
  readonly #walk: Walk

  constructor(walk: Walk) {
    this.#walk = walk
  }

  send(sender: NetworkInterface, packet: Packet, timeMicroseconds: number, path: GatewayEndpointPath): void {
    const walk = this.#walk
    const { map } = walk
    const { endpoint } = path
    if (!map.addresses.inVpc(endpoint.vpc, packet.source)) {
      walk.drop(sender, packet, timeMicroseconds, DROPPED.notTransitive)
      return
    }
    walk.observer.deliver(map.receivers.gatewayEndpoint(endpoint), packet, timeMicroseconds + path.delayMicroseconds)
  }

  /** The service answers a private address of the VPC. */
  answer(endpoint: GatewayEndpoint, packet: Packet, timeMicroseconds: number): void {
    const walk = this.#walk
    const { addresses, origins } = walk.map
    const owner = addresses.inVpc(endpoint.vpc, packet.destination)
    if (!owner) {
      walk.drop(undefined, packet, timeMicroseconds, DROPPED.noSuchAddress)
      return
    }
    const origin = isAutomaticallyTrackedEndpoint(endpoint) ? origins.outsideTracked : origins.outside
    walk.arrive(owner.networkInterface, packet, timeMicroseconds + HOP_DELAY.endpoint, origin)
  }
}
