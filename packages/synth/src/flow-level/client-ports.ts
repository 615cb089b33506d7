import type { Host } from '../host/host.ts'
import { STACK_PROFILES } from '../host/operating-system.ts'
import type { Random } from '../random.ts'

/** Has no factor in common with the sizes of the operating systems' port ranges. */
const STEP = 7_919

/**
 * Ports of a client's ephemeral range in an order that looks random and in which none comes twice before all have come, as an operating
 * system does not give a port to the same destination again while the last connection is waited out (RFC 6056).
 */
export class ClientPorts {
  /** Conversations after which ports come again. */
  readonly size: number
  readonly #first: number
  #place: number

  constructor({ operatingSystem }: Pick<Host, 'operatingSystem'>, random: Random) {
    const { firstEphemeralPort, lastEphemeralPort } = STACK_PROFILES[operatingSystem]
    this.#first = firstEphemeralPort
    this.size = lastEphemeralPort - firstEphemeralPort + 1
    this.#place = random.integer(0, this.size - 1)
  }

  next(): number {
    this.#place = (this.#place + STEP) % this.size
    return this.#first + this.#place
  }
}
