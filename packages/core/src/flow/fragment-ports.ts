import type { Packet } from '../packet/packet.ts'
import type { FlowDirection } from '../topology/topology.ts'
import { FRAGMENT_MEMORY_MICROSECONDS } from './record-assumptions.ts'

/** Datagrams that are remembered; a later one takes the place of an earlier one with the same hash. A power of two. */
const DATAGRAMS = 4096
const WORDS = 12

/**
 * Remembers the ports of fragmented datagrams by ENI, direction, addresses, protocol and IP id, so that later fragments, which have no
 * ports, count into the first one's flow. A table of fixed size.
 */
export class FragmentPorts {
  readonly #words: Int32Array = new Int32Array(DATAGRAMS * WORDS)
  readonly #times: Float64Array = new Float64Array(DATAGRAMS).fill(Number.NEGATIVE_INFINITY)

  /** The ports of a fragment's flow in one word, source above destination; 0 where its first fragment was not seen here. */
  portsOf(observer: number, direction: FlowDirection, packet: Packet, ports: number, timeMicroseconds: number): number {
    const { source, destination, identification, protocol } = packet
    const place = (observer << 1) | (direction === 'egress' ? 1 : 0)
    const mixed = Math.imul(source.hash ^ Math.imul(destination.hash, 31) ^ (identification << 8) ^ place, 0x9e3779b1)
    const datagram = (mixed ^ (mixed >>> 15)) & (DATAGRAMS - 1)
    const words = this.#words
    const at = datagram * WORDS
    if (packet.fragmentOffset === 0) {
      words[at] = place
      words[at + 1] = identification
      words[at + 2] = protocol
      words[at + 3] = ports
      words[at + 4] = source.word0
      words[at + 5] = source.word1
      words[at + 6] = source.word2
      words[at + 7] = source.word3
      words[at + 8] = destination.word0
      words[at + 9] = destination.word1
      words[at + 10] = destination.word2
      words[at + 11] = destination.word3
      this.#times[datagram] = timeMicroseconds
      return ports
    }
    const isKnown =
      timeMicroseconds - (this.#times[datagram] as number) <= FRAGMENT_MEMORY_MICROSECONDS &&
      words[at] === place &&
      words[at + 1] === (identification | 0) &&
      words[at + 2] === protocol &&
      words[at + 4] === (source.word0 | 0) &&
      words[at + 5] === (source.word1 | 0) &&
      words[at + 6] === (source.word2 | 0) &&
      words[at + 7] === (source.word3 | 0) &&
      words[at + 8] === (destination.word0 | 0) &&
      words[at + 9] === (destination.word1 | 0) &&
      words[at + 10] === (destination.word2 | 0) &&
      words[at + 11] === (destination.word3 | 0)
    return isKnown ? (words[at + 3] as number) : 0
  }
}
