import type { InterfaceAddress, Topology } from '../topology/topology.ts'
import type { AddressOwner } from './address-lookup.ts'

/**
 * How long an address that was taken from a NAT gateway serves the connections that it has (`MaxDrainDurationSeconds`, its default).
 * Source: VPC user guide, "NAT gateway basics"; EC2 API reference, DisassociateNatGatewayAddress.
 */
export const NAT_DRAIN_SECONDS = 350

interface Draining extends InterfaceAddress {
  readonly gatewayId: string
  readonly endMicroseconds: number
}

/** Addresses that NAT gateways have lost, for as long as their connections may go on. */
export class DrainingAddresses {
  #draining: readonly Draining[] = []

  /** Takes down what the gateways of one topology have and those of the next have not. */
  replace(before: Topology, after: Topology, timeMicroseconds: number): void {
    const endMicroseconds = timeMicroseconds + NAT_DRAIN_SECONDS * 1_000_000
    const lost = before.natGateways.flatMap(({ id, networkInterface }) => {
      const next = after.natGateways.find((gateway) => gateway.id === id)?.networkInterface.addresses
      const gone = networkInterface.addresses.filter(
        ({ address }) => next && !next.some((one) => one.address.equals(address)),
      )
      return gone.map((one): Draining => ({ ...one, gatewayId: id, endMicroseconds }))
    })
    this.#draining = [...this.#draining, ...lost]
  }

  /** Forgets what has drained; whether there was any. */
  expire(timeMicroseconds: number): boolean {
    if (this.#draining.length === 0) return false
    const left = this.#draining.filter(({ endMicroseconds }) => timeMicroseconds < endMicroseconds)
    const isChanged = left.length < this.#draining.length
    this.#draining = left
    return isChanged
  }

  /** The gateways' interfaces with the addresses that drain there. */
  ownersIn(topology: Topology): readonly AddressOwner[] {
    return this.#draining.flatMap(({ gatewayId, address, publicAddress }) => {
      const gateway = topology.natGateways.find(({ id }) => id === gatewayId)
      return gateway ? [{ networkInterface: gateway.networkInterface, address, publicAddress }] : []
    })
  }
}
