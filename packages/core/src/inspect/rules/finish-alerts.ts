import type { MatchContext, RuleHit } from './match-context.ts'
import type { ThresholdTable } from './threshold-table.ts'

/** Suricata's `packet-alert-max`: further alerts of one packet are dropped. */
export const PACKET_ALERTS_MAX = 15

/**
 * What becomes of a packet's hits: they are put in the order of signatures; a pass rule ends them and, with a flow, all that follows of
 * the flow; `noalert` and thresholds take out theirs; at most {@link PACKET_ALERTS_MAX} are left. The given array is sorted in place.
 */
export function finishAlerts(hits: RuleHit[], context: MatchContext, thresholds: ThresholdTable): RuleHit[] {
  const alerts: RuleHit[] = []
  if (hits.length === 0) return alerts
  hits.sort((a, b) => a.order - b.order)
  for (const hit of hits) {
    const { signature } = hit
    if (signature.action === 'pass') {
      if (context.flow) context.flow.isPassed = true
      break
    }
    if (!thresholds.allows(signature, context.packet, context.timeMicroseconds)) continue
    if (!signature.isNoalert && alerts.length < PACKET_ALERTS_MAX) alerts.push(hit)
  }
  return alerts
}
