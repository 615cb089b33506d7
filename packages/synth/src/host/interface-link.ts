import type { Network, NetworkInterface, Packet } from '@flowtap/core'
import { AddressMap } from './address-map.ts'
import type { IpLink } from './ip-stack.ts'

/** What the packets of a host in a VPC leave by: the ENI that has their source address, else the primary one. */
export class InterfaceLink implements IpLink {
  readonly #network: () => Network
  #primary: NetworkInterface | undefined
  #byAddress: AddressMap<NetworkInterface> | undefined

  constructor(network: () => Network) {
    this.#network = network
  }

  /** The host's ENIs, the primary first. */
  attach(interfaces: readonly NetworkInterface[]): void {
    this.#primary = interfaces[0]
    this.#byAddress = undefined
    if (interfaces.length < 2) return
    this.#byAddress = new AddressMap()
    for (const networkInterface of interfaces) {
      for (const { address } of networkInterface.addresses) this.#byAddress.set(address, networkInterface)
      for (const address of networkInterface.ipv6Addresses) this.#byAddress.set(address, networkInterface)
    }
  }

  send(packet: Packet, timeMicroseconds: number): void {
    const networkInterface = this.#byAddress?.get(packet.source) ?? this.#primary
    if (networkInterface) this.#network().send(networkInterface, packet, timeMicroseconds)
  }
}
