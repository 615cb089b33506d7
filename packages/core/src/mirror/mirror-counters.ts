import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, NetworkInterface } from '../topology/topology.ts'
import type { MirrorDropReason, MirrorExclusion, MirrorOutcome } from './mirror-outcome.ts'

/**
 * The metrics of a mirror source in the namespace `AWS/EC2`. Bytes are those of the IP packets that were mirrored, not of their copies
 * (AWS says "bytes received … that are mirrored"). `Skip` counts what congestion or the
 * limit of a flow kept from being mirrored; a copy that is lost on its way
 * counts as mirrored, as nobody tells the source. Source: Traffic Mirroring guide, "Monitor mirrored traffic using Amazon CloudWatch".
 */
export interface MirrorMetrics {
  NetworkMirrorIn: number
  NetworkMirrorOut: number
  NetworkPacketsMirrorIn: number
  NetworkPacketsMirrorOut: number
  NetworkSkipMirrorIn: number
  NetworkSkipMirrorOut: number
  NetworkPacketsSkipMirrorIn: number
  NetworkPacketsSkipMirrorOut: number
}

/** Packets of a source ENI by what became of them; the four numbers add up to all packets that passed or were refused there. */
export interface MirrorTally {
  readonly networkInterface: NetworkInterface
  mirrored: number
  filtered: number
  /** By the reason. */
  readonly excluded: Partial<Record<MirrorExclusion, number>>
  /** By the reason. */
  readonly dropped: Partial<Record<MirrorDropReason['kind'], number>>
  readonly metrics: Readonly<MirrorMetrics>
}

/** What the source itself leaves out, and counts. */
type SkippedReason = 'congestion' | 'flow-bandwidth'

/** Copies that were sent and did not arrive, of which AWS tells nobody. */
export interface MirrorLoss {
  readonly networkInterface: NetworkInterface
  readonly reason: Exclude<MirrorDropReason['kind'], SkippedReason>
  readonly packets: number
}

/** Counts what becomes of the packets of mirror sources, by ENI; a network's observer. Memory does not grow with the packets. */
export class MirrorCounters {
  readonly #tallies: Map<string, MirrorTally & { readonly metrics: MirrorMetrics }> = new Map()

  /** As of `NetworkObserver`. */
  mirror(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    _time: number,
    outcome: MirrorOutcome,
  ): void {
    const tally = this.#tallies.get(networkInterface.id) ?? this.#begin(networkInterface)
    switch (outcome.kind) {
      case 'mirrored':
        tally.mirrored += 1
        countMirrored(tally.metrics, direction, packet)
        return
      case 'filtered':
        tally.filtered += 1
        return
      case 'excluded':
        tally.excluded[outcome.reason] = (tally.excluded[outcome.reason] ?? 0) + 1
        return
      case 'dropped': {
        const { kind } = outcome.reason
        tally.dropped[kind] = (tally.dropped[kind] ?? 0) + 1
        if (isSkipped(kind)) countSkipped(tally.metrics, direction, packet)
        else countMirrored(tally.metrics, direction, packet)
        return
      }
    }
  }

  /** The sources that had packets, in the order of their first. */
  get tallies(): readonly MirrorTally[] {
    return [...this.#tallies.values()]
  }

  /** The silent losses: copies that no target got, by source and reason. */
  get losses(): readonly MirrorLoss[] {
    return this.tallies.flatMap(({ networkInterface, dropped }) =>
      Object.entries(dropped).flatMap(([reason, packets]) =>
        isSkipped(reason as MirrorDropReason['kind'])
          ? []
          : [{ networkInterface, reason: reason as MirrorLoss['reason'], packets }],
      ),
    )
  }

  #begin(networkInterface: NetworkInterface): MirrorTally & { readonly metrics: MirrorMetrics } {
    const tally = { networkInterface, mirrored: 0, filtered: 0, excluded: {}, dropped: {}, metrics: noMetrics() }
    this.#tallies.set(networkInterface.id, tally)
    return tally
  }
}

function isSkipped(reason: MirrorDropReason['kind']): reason is SkippedReason {
  return reason === 'congestion' || reason === 'flow-bandwidth'
}

function noMetrics(): MirrorMetrics {
  return {
    NetworkMirrorIn: 0,
    NetworkMirrorOut: 0,
    NetworkPacketsMirrorIn: 0,
    NetworkPacketsMirrorOut: 0,
    NetworkSkipMirrorIn: 0,
    NetworkSkipMirrorOut: 0,
    NetworkPacketsSkipMirrorIn: 0,
    NetworkPacketsSkipMirrorOut: 0,
  }
}

function countMirrored(metrics: MirrorMetrics, direction: FlowDirection, { length }: Packet): void {
  if (direction === 'ingress') {
    metrics.NetworkMirrorIn += length
    metrics.NetworkPacketsMirrorIn += 1
  } else {
    metrics.NetworkMirrorOut += length
    metrics.NetworkPacketsMirrorOut += 1
  }
}

function countSkipped(metrics: MirrorMetrics, direction: FlowDirection, { length }: Packet): void {
  if (direction === 'ingress') {
    metrics.NetworkSkipMirrorIn += length
    metrics.NetworkPacketsSkipMirrorIn += 1
  } else {
    metrics.NetworkSkipMirrorOut += length
    metrics.NetworkPacketsSkipMirrorOut += 1
  }
}
