import type { NetworkAcl, NetworkInterface, Subnet, Topology } from '../topology/topology.ts'
import { AddressLookup, type AddressOwner } from './address-lookup.ts'
import { NextHops } from './next-hops.ts'
import { Origins } from './origin.ts'
import { Receivers } from './receivers.ts'
import type { ResourceNumbers } from './resource-numbers.ts'
import { SubnetRouter } from './subnet-router.ts'

/** A topology as the data plane reads it: routers, address tables and the shared objects that observers are given. */
export class NetworkMap {
  readonly topology: Topology
  readonly addresses: AddressLookup
  readonly origins: Origins
  readonly receivers: Receivers
  readonly #routers: ReadonlyMap<Subnet, SubnetRouter>
  readonly #routersByInterface: readonly SubnetRouter[]
  readonly #scopes: readonly number[]
  readonly #interfacesByScope: NetworkInterface[] = []
  readonly #interfacesById: ReadonlyMap<string, NetworkInterface>

  /** `draining`: addresses that NAT gateways have lost, and still serve. */
  constructor(topology: Topology, numbers: ResourceNumbers, draining: readonly AddressOwner[] = []) {
    const hops = new NextHops()
    const addresses = new AddressLookup(topology, draining)
    const routers = new Map(topology.subnets.map((subnet) => [subnet, new SubnetRouter(subnet, addresses, hops)]))
    this.topology = topology
    this.addresses = addresses
    this.origins = new Origins(hops)
    this.receivers = new Receivers(topology.interfaces.length)
    this.#routers = routers
    this.#routersByInterface = topology.interfaces.map(({ subnet }) => routers.get(subnet) as SubnetRouter)
    this.#scopes = topology.interfaces.map(({ id }) => numbers.numberOf(id))
    for (const networkInterface of topology.interfaces) {
      this.#interfacesByScope[numbers.numberOf(networkInterface.id)] = networkInterface
    }
    this.#interfacesById = new Map(
      topology.interfaces.map((networkInterface) => [networkInterface.id, networkInterface]),
    )
  }

  /** The router of the interface's subnet. */
  routerOf(networkInterface: NetworkInterface): SubnetRouter {
    return this.#routersByInterface[networkInterface.index] as SubnetRouter
  }

  /** The interface's number among all that ever were: it stays when the topology changes. */
  scopeOf(networkInterface: NetworkInterface): number {
    return this.#scopes[networkInterface.index] as number
  }

  interfaceOfScope(scope: number): NetworkInterface | undefined {
    return this.#interfacesByScope[scope]
  }

  /** The interface as this topology has it, where the given one may be of an older topology; undefined where it is gone. */
  current(networkInterface: NetworkInterface): NetworkInterface | undefined {
    const { interfaces } = this.topology
    return interfaces[networkInterface.index] === networkInterface
      ? networkInterface
      : this.#interfacesById.get(networkInterface.id)
  }

  /** The ACLs in force, by subnet id. */
  networkAcls(): ReadonlyMap<string, NetworkAcl> {
    return new Map([...this.#routers.values()].map((router) => [router.subnet.id, router.networkAcl]))
  }

  /** Puts ACLs into force, by subnet id; other subnets keep theirs. */
  enforce(networkAcls: ReadonlyMap<string, NetworkAcl>): void {
    for (const router of this.#routers.values()) {
      router.networkAcl = networkAcls.get(router.subnet.id) ?? router.networkAcl
    }
  }
}
