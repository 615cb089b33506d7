import type { Verdict } from '../dataplane/verdict.ts'
import { loggedAs } from './unlogged-traffic.ts'

/**
 * What a flow's key says besides ENI, addresses, ports and protocol, in one number: bit 0 is egress, the bits above it one of the outcomes
 * below.
 */
export const ACCEPTED = 0
export const REJECTED = 1
/** Kept apart from other refusals: such records have a reason and no bytes. */
export const REJECTED_BY_BLOCK_PUBLIC_ACCESS = 2
/** Traffic that leaves no record. */
export const NEVER_LOGGED = -1

/** Tells how packets are logged by their verdict. The network gives many packets the same verdict object, so the last answer is kept. */
export class VerdictOutcomes {
  #verdict: Verdict | undefined
  #ingress = NEVER_LOGGED
  #egress = NEVER_LOGGED

  /** The aspect of a packet with this verdict, or {@link NEVER_LOGGED}. */
  aspectOf(verdict: Verdict, isEgress: boolean): number {
    if (verdict !== this.#verdict) this.#judge(verdict)
    return isEgress ? this.#egress : this.#ingress
  }

  #judge(verdict: Verdict): void {
    const logged = loggedAs(verdict)
    const outcome = outcomeOf(verdict.action, verdict.reason.kind === 'block-public-access')
    this.#verdict = verdict
    this.#ingress = logged === 'never' ? NEVER_LOGGED : flowAspect(outcome, false)
    this.#egress = logged === 'logged' ? flowAspect(outcome, true) : NEVER_LOGGED
  }
}

/** The number of an outcome. */
export function outcomeOf(action: 'ACCEPT' | 'REJECT', isBlockPublicAccess: boolean): number {
  if (action === 'ACCEPT') return ACCEPTED
  return isBlockPublicAccess ? REJECTED_BY_BLOCK_PUBLIC_ACCESS : REJECTED
}

/** Outcome and direction as one number. */
export function flowAspect(outcome: number, isEgress: boolean): number {
  return (outcome << 1) | (isEgress ? 1 : 0)
}
