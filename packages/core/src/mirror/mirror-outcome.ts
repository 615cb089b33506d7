import { DROPPED } from '../dataplane/drop-verdicts.ts'
import type { VerdictReason } from '../dataplane/verdict.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, MirrorSession, NetworkInterface } from '../topology/topology.ts'

/**
 * What traffic mirroring makes of a packet of a source ENI; one outcome for each packet.
 *
 * - `mirrored`: one session accepted it, and its copy came to a host.
 * - `filtered`: no session's filter accepted it.
 * - `excluded`: no filter was asked.
 * - `dropped`: one session accepted it, and its copy was not sent (`congestion`, `flow-bandwidth`, `mtu-exceeded`, `no-address`) or lost on its way to the target. AWS tells
 *   nobody of the latter: mirroring fails silently.
 */
export type MirrorOutcome =
  | { readonly kind: 'mirrored' }
  | { readonly kind: 'filtered' }
  | { readonly kind: 'excluded'; readonly reason: MirrorExclusion }
  | { readonly kind: 'dropped'; readonly reason: MirrorDropReason }

/** Why a packet is never mirrored: its kind, or that the source ENI's own network did not let it pass. */
export type MirrorExclusion =
  | 'dhcp'
  | 'instance-metadata'
  | 'time-sync'
  | 'windows-activation'
  | 'neighbour-discovery'
  | 'refused'
  | 'mirrored-copy'

/** Why a copy did not arrive. */
export type MirrorDropReason =
  | VerdictReason
  /** Production traffic took the instance's bandwidth. */
  | { readonly kind: 'congestion' }
  /** The packet's flow has more than a mirrored flow may have. */
  | { readonly kind: 'flow-bandwidth' }
  /** Source and target have no primary addresses of one IP version. */
  | { readonly kind: 'no-address' }

/** A copy of a packet on its way to a target. */
export interface MirroredCopy {
  readonly kind: 'copy'
  readonly session: MirrorSession
  readonly networkInterface: NetworkInterface
  readonly direction: FlowDirection
  readonly original: Packet
  /** The copy as it leaves the source: VXLAN over UDP. */
  readonly packet: Packet
  /** When the original was captured. */
  readonly timeMicroseconds: number
  /** Where and as what it came to a host; undefined until then, and where it is lost. */
  arrival: MirrorArrival | undefined
}

/** A copy at a host: the target itself, or a target of the balancer. */
export interface MirrorArrival {
  readonly networkInterface: NetworkInterface
  readonly packet: Packet
  readonly timeMicroseconds: number
}

/** Outcomes, made once since packets are many. */
export const MIRROR_OUTCOME: Readonly<
  Record<'mirrored' | 'filtered' | 'congestion' | 'flowBandwidth' | 'tooLong' | 'noAddress', MirrorOutcome>
> = {
  mirrored: { kind: 'mirrored' },
  filtered: { kind: 'filtered' },
  congestion: { kind: 'dropped', reason: { kind: 'congestion' } },
  flowBandwidth: { kind: 'dropped', reason: { kind: 'flow-bandwidth' } },
  tooLong: { kind: 'dropped', reason: DROPPED.tooBigForEndpoint.reason },
  noAddress: { kind: 'dropped', reason: { kind: 'no-address' } },
}

/** As {@link MIRROR_OUTCOME}. */
export const MIRROR_EXCLUDED: Readonly<Record<MirrorExclusion, MirrorOutcome>> = {
  dhcp: { kind: 'excluded', reason: 'dhcp' },
  'instance-metadata': { kind: 'excluded', reason: 'instance-metadata' },
  'time-sync': { kind: 'excluded', reason: 'time-sync' },
  'windows-activation': { kind: 'excluded', reason: 'windows-activation' },
  'neighbour-discovery': { kind: 'excluded', reason: 'neighbour-discovery' },
  refused: { kind: 'excluded', reason: 'refused' },
  'mirrored-copy': { kind: 'excluded', reason: 'mirrored-copy' },
}
