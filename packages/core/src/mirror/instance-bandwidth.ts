import type { Packet } from '../packet/packet.ts'
import type { Instance, NetworkInterface } from '../topology/topology.ts'
import { RateBucket } from './rate-bucket.ts'

/** Bits per second that an instance may send and receive together; undefined for no limit. */
export type BandwidthLimit = (instance: Instance) => number | undefined

/**
 * Counts traffic against the bandwidth of instances, to tell which copies congestion drops: production packets of all ENIs of an instance
 * take from its bandwidth first, whatever is left; a copy is sent where all of it fits. Production packets themselves are never dropped
 * here. It is off for instances without a limit.
 * Source: Traffic Mirroring guide, "Traffic bandwidth and prioritization limitations": mirrored traffic counts towards the instance's
 * bandwidth, and production traffic has priority.
 */
export class InstanceBandwidth {
  readonly #limit: BandwidthLimit
  readonly #buckets: Map<string, RateBucket | undefined> = new Map()

  constructor(limit: BandwidthLimit) {
    this.#limit = limit
  }

  /** A production packet passes an ENI. What production takes beyond the limit would have been delayed or dropped. */
  produce(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    this.#bucketOf(networkInterface, timeMicroseconds)?.spend(packet.length, timeMicroseconds)
  }

  /** Whether a copy may leave by an ENI, which then counts. */
  admit(networkInterface: NetworkInterface, copy: Packet, timeMicroseconds: number): boolean {
    return this.#bucketOf(networkInterface, timeMicroseconds)?.take(copy.length, timeMicroseconds) ?? true
  }

  #bucketOf({ attachment }: NetworkInterface, timeMicroseconds: number): RateBucket | undefined {
    if (attachment.kind !== 'instance') return undefined
    const { instance } = attachment
    if (!this.#buckets.has(instance.id)) this.#buckets.set(instance.id, this.#makeBucket(instance, timeMicroseconds))
    return this.#buckets.get(instance.id)
  }

  #makeBucket(instance: Instance, timeMicroseconds: number): RateBucket | undefined {
    const bitsPerSecond = this.#limit(instance)
    if (bitsPerSecond === undefined) return undefined
    if (!(bitsPerSecond > 0)) {
      throw new RangeError(
        `the bandwidth of ${instance.name} is a number of bits per second above 0, not ${bitsPerSecond}`,
      )
    }
    return new RateBucket(bitsPerSecond, timeMicroseconds)
  }
}
