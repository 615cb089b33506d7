import type { Signature } from './signature.ts'

const ACTION_RANK: Readonly<Record<Signature['action'], number>> = {
  pass: 0,
  drop: 1,
  reject: 2,
  rejectsrc: 2,
  rejectdst: 2,
  rejectboth: 2,
  alert: 3,
}

/**
 * The order in which Suricata asks signatures and lists alerts: pass, drop, reject, alert; then those that set flow bits, those that
 * set and ask, those that only ask, the others; then by priority; then as loaded.
 */
export function orderSignatures(signatures: readonly Signature[]): Signature[] {
  return signatures.toSorted(
    (a, b) =>
      ACTION_RANK[a.action] - ACTION_RANK[b.action] ||
      flowbitRank(a) - flowbitRank(b) ||
      a.priority - b.priority ||
      a.index - b.index,
  )
}

function flowbitRank({ flowbits }: Signature): number {
  const asks = flowbits.some(({ action }) => action === 'isset' || action === 'isnotset')
  const changes = flowbits.some(({ action }) => action !== 'isset' && action !== 'isnotset')
  if (changes) return asks ? 1 : 0
  return asks ? 2 : 3
}
