import type { Random } from '../random.ts'
import type { ConversationPair } from './conversation.ts'

/** First port of NAT gateways and how many there are (VPC user guide, "NAT gateway basics"). */
export const NAT_PORTS = { first: 1_024, count: 64_512 } as const
/** Has no factor in common with the number of NAT ports. */
const STEP = 24_683

/**
 * What the network draws for the ports of NAT gateways and balancers. Conversations of pairs whose client ports are unique get ports that
 * are unique as well: for each destination all of them come before one comes twice, in an order that looks random. For the others it is
 * what the packet path draws, from the same stream; there a port that is in use is passed over. AWS's choice is unpublished.
 */
export class NatDraws {
  readonly #network: Random
  readonly #firstPlace: number
  readonly #ofPairs = new Map<ConversationPair, { place: number }>()
  readonly #ofDestinations = new Map<string, { place: number }>()

  constructor(random: Random) {
    this.#network = random.stream('network')
    this.#firstPlace = random.stream('nat-ports').integer(0, NAT_PORTS.count - 1)
  }

  /** A number from 0 to 2^32 - 1. */
  next(pair: ConversationPair): number {
    if (!pair.hasUniquePorts) return this.#network.uint32()
    const counter = this.#ofPairs.get(pair) ?? this.#begin(pair)
    counter.place = (counter.place + STEP) % NAT_PORTS.count
    return counter.place
  }

  #begin(pair: ConversationPair): { place: number } {
    const destination = `${pair.server} ${pair.serverPort}`
    const counter = this.#ofDestinations.get(destination) ?? { place: this.#firstPlace }
    this.#ofDestinations.set(destination, counter)
    this.#ofPairs.set(pair, counter)
    return counter
  }
}
