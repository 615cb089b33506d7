import type { IpAddress } from '../net/ip-address.ts'
import { FiveTupleTable } from './five-tuple-table.ts'
import type { RandomSource } from './random-source.ts'

/** First port and ICMP identifier that NAT gateways give out (VPC user guide, "NAT gateway basics"). */
export const NAT_FIRST_PORT = 1024

/** The last one. */
export const NAT_LAST_PORT = 65_535

/** Simultaneous connections of one gateway address to one destination address, destination port and protocol (same page). */
export const NAT_CONNECTIONS_PER_DESTINATION = 55_000

/**
 * How many ports are tried at random before the range is walked through: with 55,000 of 64,512 taken, one in 2,000 allocations walks.
 */
const RANDOM_TRIES = 48
const PORTS = NAT_LAST_PORT - NAT_FIRST_PORT + 1
const NO_PORT = 0

/**
 * The ports of a NAT gateway's addresses: which one a new connection gets, and how many connections each destination has. One address
 * and port serve many destinations at a time. Whether AWS keeps the client's port, and how it chooses among a gateway's addresses, is
 * unpublished: here both are chosen by the random source, and an address whose ports for the destination are used up is passed over.
 */
export class NatPorts {
  readonly #random: RandomSource
  /** By gateway address, protocol, destination port and address; the value counts connections. */
  readonly #counts = new FiveTupleTable()

  constructor(random: RandomSource) {
    this.#random = random
  }

  /**
   * Takes a port for a connection to a destination and returns `place * 65,536 + port`, `place` being that of the gateway's address; -1
   * where none is left. `isTaken` tells whether an address and port are in use for this destination.
   */
  take(
    gatewayAddresses: readonly IpAddress[],
    protocol: number,
    farPort: number,
    far: IpAddress,
    isTaken: (gatewayAddress: IpAddress, port: number) => boolean,
  ): number {
    const count = gatewayAddresses.length
    const first = count > 1 ? this.#random.nextUint32() % count : 0
    for (let step = 0; step < count; step++) {
      const place = (first + step) % count
      const address = gatewayAddresses[place] as IpAddress
      const entry = this.#counts.find(0, protocol, 0, farPort, address, far)
      const connections = entry < 0 ? 0 : this.#counts.value(entry)
      if (connections >= NAT_CONNECTIONS_PER_DESTINATION) continue
      const port = this.#choose((candidate) => isTaken(address, candidate))
      if (port === NO_PORT) continue
      this.#counts.setValue(
        entry < 0 ? this.#counts.insert(0, protocol, 0, farPort, address, far) : entry,
        connections + 1,
      )
      return place * 65_536 + port
    }
    return -1
  }

  /** Gives the port of an ended connection back. */
  release(gatewayAddress: IpAddress, protocol: number, farPort: number, far: IpAddress): void {
    const entry = this.#counts.find(0, protocol, 0, farPort, gatewayAddress, far)
    const connections = this.#counts.value(entry) - 1
    if (connections === 0) this.#counts.remove(entry)
    else this.#counts.setValue(entry, connections)
  }

  #choose(isTaken: (port: number) => boolean): number {
    let port = NO_PORT
    for (let attempt = 0; attempt < RANDOM_TRIES; attempt++) {
      port = NAT_FIRST_PORT + (this.#random.nextUint32() % PORTS)
      if (!isTaken(port)) return port
    }
    for (let step = 1; step < PORTS; step++) {
      const next = NAT_FIRST_PORT + ((port - NAT_FIRST_PORT + step) % PORTS)
      if (!isTaken(next)) return next
    }
    return NO_PORT
  }
}
