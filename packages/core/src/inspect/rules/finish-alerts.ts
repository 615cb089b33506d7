import type { MatchContext, RuleHit } from './match-context.ts'
import type { ThresholdTable } from './threshold-table.ts'

/** Suricata's `packet-alert-max` unless configured: further alerts of one packet are dropped. */
export const PACKET_ALERTS_MAX = 15

/**
 * What becomes of a packet's hits: they are put in the order of signatures; a pass rule ends them and, with a flow, all that follows of
 * the flow; `noalert` and thresholds take out theirs; at most `most` are left. The given array is sorted in place.
 */
export function finishAlerts(
  hits: RuleHit[],
  context: MatchContext,
  thresholds: ThresholdTable,
  most: number = PACKET_ALERTS_MAX,
): RuleHit[] {
  const alerts: RuleHit[] = []
  if (hits.length === 0) return alerts
  hits.sort((a, b) => a.order - b.order)
  for (const hit of hits) {
    const { signature } = hit
    if (signature.action === 'pass') {
      decide(hit, context)
      break
    }
    if (!thresholds.allows(signature, context.packet, context.timeMicroseconds)) continue
    if (!signature.isNoalert && alerts.length < most) alerts.push(hit)
    if (signature.action !== 'alert') decide(hit, context)
  }
  return alerts
}

/** A pass, drop or reject rule decides for the flow, unless it looked at one packet alone; the first decision stays. */
function decide({ signature, from }: RuleHit, { flow }: MatchContext): void {
  if (!flow || flow.action !== undefined || (signature.kind === 'packet' && from === 'packet')) return
  flow.action = signature.action === 'pass' ? 'pass' : 'drop'
}
