import type { Packet } from '../packet/packet.ts'
import type { Instance, NetworkInterface } from '../topology/topology.ts'

/** Bits per second that an instance may send and receive together; undefined for no limit. */
export type BandwidthLimit = (instance: Instance) => number | undefined

/**
 * How long an instance may exceed its bandwidth after it was idle. AWS gives burst credits by instance type and publishes no numbers of
 * this kind: 10 milliseconds' worth.
 */
export const BANDWIDTH_BURST_MICROSECONDS = 10_000

interface Bucket {
  readonly bytesPerMicrosecond: number
  readonly capacity: number
  level: number
  timeMicroseconds: number
}

/**
 * Counts traffic against the bandwidth of instances, to tell which copies congestion drops: a bucket per instance that fills at its
 * bandwidth, up to {@link BANDWIDTH_BURST_MICROSECONDS}. Production packets of all its ENIs take from it first, whatever is left; a copy
 * is sent where all of it fits. Production packets themselves are never dropped here. It is off for instances without a limit.
 * Source: Traffic Mirroring guide, "Traffic bandwidth and prioritization limitations": mirrored traffic counts towards the instance's
 * bandwidth, and production traffic has priority.
 */
export class InstanceBandwidth {
  readonly #limit: BandwidthLimit
  readonly #buckets: Map<string, Bucket | undefined> = new Map()

  constructor(limit: BandwidthLimit) {
    this.#limit = limit
  }

  /** A production packet passes an ENI. */
  produce(networkInterface: NetworkInterface, packet: Packet, timeMicroseconds: number): void {
    const bucket = this.#bucketOf(networkInterface, timeMicroseconds)
    // A debt of at most one burst: what production takes beyond the limit would have been delayed or dropped.
    if (bucket) bucket.level = Math.max(-bucket.capacity, bucket.level - packet.length)
  }

  /** Whether a copy may leave by an ENI, which then counts. */
  admit(networkInterface: NetworkInterface, copy: Packet, timeMicroseconds: number): boolean {
    const bucket = this.#bucketOf(networkInterface, timeMicroseconds)
    if (!bucket) return true
    if (bucket.level < copy.length) return false
    bucket.level -= copy.length
    return true
  }

  #bucketOf({ attachment }: NetworkInterface, timeMicroseconds: number): Bucket | undefined {
    if (attachment.kind !== 'instance') return undefined
    const { instance } = attachment
    if (!this.#buckets.has(instance.id)) this.#buckets.set(instance.id, this.#makeBucket(instance, timeMicroseconds))
    const bucket = this.#buckets.get(instance.id)
    if (bucket && timeMicroseconds > bucket.timeMicroseconds) {
      const gained = (timeMicroseconds - bucket.timeMicroseconds) * bucket.bytesPerMicrosecond
      bucket.level = Math.min(bucket.capacity, bucket.level + gained)
      bucket.timeMicroseconds = timeMicroseconds
    }
    return bucket
  }

  #makeBucket(instance: Instance, timeMicroseconds: number): Bucket | undefined {
    const bitsPerSecond = this.#limit(instance)
    if (bitsPerSecond === undefined) return undefined
    if (!(bitsPerSecond > 0)) {
      throw new RangeError(
        `the bandwidth of ${instance.name} is a number of bits per second above 0, not ${bitsPerSecond}`,
      )
    }
    const bytesPerMicrosecond = bitsPerSecond / 8e6
    const capacity = bytesPerMicrosecond * BANDWIDTH_BURST_MICROSECONDS
    return { bytesPerMicrosecond, capacity, level: capacity, timeMicroseconds }
  }
}
