import { ExpiryWheel } from '../dataplane/expiry-wheel.ts'
import { FiveTupleTable } from '../dataplane/five-tuple-table.ts'
import { ResourceNumbers } from '../dataplane/resource-numbers.ts'
import type { Packet } from '../packet/packet.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import { BANDWIDTH_BURST_MICROSECONDS, RateBucket } from './rate-bucket.ts'

/**
 * Bits per second of a single flow that can be mirrored outside of a placement group: a flow has 5 Gbit/s there, which its copy takes as
 * well. AWS says that faster flows are dropped from the mirror; here what is beyond the limit is.
 * Source: Traffic Mirroring guide, "Traffic bandwidth and prioritization limitations".
 */
export const MIRRORED_FLOW_BITS_PER_SECOND = 2.5e9

interface SourceRate {
  readonly scope: number
  /** All flows of the source together. */
  readonly bucket: RateBucket
}

/**
 * Holds each mirrored flow (5-tuple, one direction, at one source) to a bandwidth. Flows are told apart only while a source mirrors more
 * than one flow may have, so that others cost next to nothing; memory follows the flows of such moments.
 */
export class MirroredFlowLimit {
  readonly #bitsPerSecond: number
  readonly #numbers = new ResourceNumbers()
  readonly #sources: SourceRate[] = []
  readonly #flows = new FiveTupleTable()
  /** By the flow's entry. */
  readonly #buckets: RateBucket[] = []
  readonly #wheel = new ExpiryWheel(this.#flows, (entry) => this.#flows.remove(entry))

  /** RangeError where the limit is not above 0. */
  constructor(bitsPerSecond: number) {
    if (!(bitsPerSecond > 0)) {
      throw new RangeError(
        `the bandwidth of a mirrored flow is a number of bits per second above 0, not ${bitsPerSecond}`,
      )
    }
    this.#bitsPerSecond = bitsPerSecond
  }

  /** Flows that are told apart. */
  get size(): number {
    return this.#flows.size
  }

  /** Whether a packet of a source may be mirrored, which then counts. */
  admit({ id }: NetworkInterface, packet: Packet, timeMicroseconds: number): boolean {
    const scope = this.#numbers.numberOf(id)
    this.#sources[scope] ??= { scope, bucket: new RateBucket(this.#bitsPerSecond, timeMicroseconds) }
    if (this.#sources[scope].bucket.spend(packet.length, timeMicroseconds)) return true
    return this.#bucketOf(scope, packet, timeMicroseconds).take(packet.length, timeMicroseconds)
  }

  #bucketOf(scope: number, packet: Packet, timeMicroseconds: number): RateBucket {
    this.#wheel.advance(timeMicroseconds)
    const { protocol, sourcePort, destinationPort, source, destination } = packet
    let entry = this.#flows.find(scope, protocol, sourcePort, destinationPort, source, destination)
    const deadline = timeMicroseconds + BANDWIDTH_BURST_MICROSECONDS
    if (entry >= 0) {
      this.#flows.setDeadline(entry, deadline)
      return this.#buckets[entry] as RateBucket
    }
    entry = this.#flows.insert(scope, protocol, sourcePort, destinationPort, source, destination)
    this.#flows.setDeadline(entry, deadline)
    this.#wheel.start(entry)
    const bucket = new RateBucket(this.#bitsPerSecond, timeMicroseconds)
    this.#buckets[entry] = bucket
    return bucket
  }
}
