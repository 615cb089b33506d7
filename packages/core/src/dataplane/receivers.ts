import type { GatewayEndpoint, InterfaceEndpoint, NetworkInterface } from '../topology/topology.ts'
import type { LinkLocalService, Receiver } from './network-observer.ts'

/** Makes each {@link Receiver} once. */
export class Receivers {
  readonly internet: Receiver = { kind: 'internet' }
  readonly #interfaces: (Receiver | undefined)[]
  readonly #endpointServices: Receiver[] = []
  readonly #gatewayEndpoints: Map<GatewayEndpoint, Receiver> = new Map()
  readonly #linkLocalServices: Partial<Record<LinkLocalService, Receiver>>[] = []

  constructor(interfaceCount: number) {
    this.#interfaces = new Array(interfaceCount).fill(undefined)
  }

  networkInterface(networkInterface: NetworkInterface): Receiver {
    const { index } = networkInterface
    this.#interfaces[index] ??= { kind: 'interface', networkInterface }
    return this.#interfaces[index]
  }

  endpointService(networkInterface: NetworkInterface, endpoint: InterfaceEndpoint): Receiver {
    const { index } = networkInterface
    const { serviceName } = endpoint
    this.#endpointServices[index] ??= { kind: 'endpoint-service', networkInterface, serviceName }
    return this.#endpointServices[index]
  }

  gatewayEndpoint(endpoint: GatewayEndpoint): Receiver {
    const receiver = this.#gatewayEndpoints.get(endpoint) ?? { kind: 'gateway-endpoint', endpoint }
    this.#gatewayEndpoints.set(endpoint, receiver)
    return receiver
  }

  linkLocalService(service: LinkLocalService, networkInterface: NetworkInterface): Receiver {
    const { index } = networkInterface
    this.#linkLocalServices[index] ??= {}
    const receivers = this.#linkLocalServices[index]
    receivers[service] ??= { kind: 'link-local-service', service, networkInterface }
    return receivers[service]
  }
}
