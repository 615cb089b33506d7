import type { IpAddress } from '../../net/ip-address.ts'
import type { Signature, Threshold, TrackBy } from './signature.ts'
import { type EventFilter, type Suppression, suppresses } from './threshold-config.ts'

/** How many counters are kept at most; the oldest go first. */
export const THRESHOLD_ENTRIES_MAX = 100_000

interface Counter {
  startMicroseconds: number
  count: number
}

/** Who is counted: the ends of the packet that matched, and its flow. */
export interface Counted {
  readonly source: IpAddress
  readonly destination: IpAddress
}

/** Counts matches for `threshold` and `detection_filter`, in the time of packets, and says which of them become alerts. */
export class ThresholdTable {
  readonly #counters = new Map<string, Counter>()
  readonly #suppressions: readonly Suppression[]
  readonly #eventFilters: readonly EventFilter[]

  /** With what a threshold.config says, where there is one. An event filter stands in for the signature's own threshold. */
  constructor(
    config: { readonly suppressions: readonly Suppression[]; readonly eventFilters: readonly EventFilter[] } = {
      suppressions: [],
      eventFilters: [],
    },
  ) {
    this.#suppressions = config.suppressions
    this.#eventFilters = config.eventFilters
  }

  /** Whether this match of the signature becomes an alert. To be called for each match, once. */
  allows(signature: Signature, ends: Counted, timeMicroseconds: number): boolean {
    for (const suppression of this.#suppressions) if (suppresses(suppression, signature, ends)) return false
    const threshold = this.#filterOf(signature) ?? signature.detectionFilter ?? signature.threshold
    if (threshold === undefined) return true
    const key = `${signature.gid}:${signature.sid} ${trackKey(threshold.track, ends)}`
    return this.#count(threshold, key, timeMicroseconds)
  }

  /** How many counters there are. */
  get size(): number {
    return this.#counters.size
  }

  #filterOf({ gid, sid }: Signature): Threshold | undefined {
    for (const filter of this.#eventFilters) {
      if ((filter.gid === 0 || filter.gid === gid) && (filter.sid === 0 || filter.sid === sid)) return filter.threshold
    }
    return undefined
  }

  #count(threshold: Threshold, key: string, now: number): boolean {
    const counter = this.#counters.get(key)
    if (counter === undefined) {
      this.#add(key, now)
      return isFirstAllowed(threshold)
    }
    if (now > counter.startMicroseconds + threshold.seconds * 1_000_000) {
      counter.startMicroseconds = now
      counter.count = 1
      return isFirstAllowed(threshold)
    }
    counter.count += 1
    switch (threshold.type) {
      case 'limit':
        return counter.count <= threshold.count
      case 'both':
        return counter.count === threshold.count
      case 'rate':
        return counter.count > threshold.count
      case 'threshold':
        if (counter.count < threshold.count) return false
        counter.count = 0
        return true
    }
  }

  #add(key: string, now: number): void {
    if (this.#counters.size >= THRESHOLD_ENTRIES_MAX) {
      const oldest = this.#counters.keys().next()
      if (!oldest.done) this.#counters.delete(oldest.value)
    }
    this.#counters.set(key, { startMicroseconds: now, count: 1 })
  }
}

function isFirstAllowed({ type, count }: Threshold): boolean {
  return type === 'limit' || (type !== 'rate' && count === 1)
}

function trackKey(track: TrackBy, { source, destination }: Counted): string {
  switch (track) {
    case 'by_src':
      return `s ${source}`
    case 'by_dst':
      return `d ${destination}`
    case 'by_both':
    case 'by_flow':
      // A pair of hosts counts as one, whichever of them sent the packet.
      return source.compare(destination) <= 0 ? `b ${source} ${destination}` : `b ${destination} ${source}`
    case 'by_rule':
      return 'r'
  }
}
