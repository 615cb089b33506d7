import type { NetworkInterface } from '../topology/topology.ts'
import type { NextHop } from './next-hop.ts'

/** Makes each {@link NextHop} once, so that none is allocated per packet. */
export class NextHops {
  readonly #gateways: NextHop[] = []
  readonly #interfaces: NextHop[][] = []

  /** A gateway or a host outside, which has no interface. */
  gateway(trafficPath: number): NextHop {
    this.#gateways[trafficPath] ??= { trafficPath, networkInterface: undefined }
    return this.#gateways[trafficPath]
  }

  networkInterface(networkInterface: NetworkInterface, trafficPath: number): NextHop {
    this.#interfaces[networkInterface.index] ??= []
    const hops = this.#interfaces[networkInterface.index] as NextHop[]
    hops[trafficPath] ??= { trafficPath, networkInterface }
    return hops[trafficPath]
  }
}
