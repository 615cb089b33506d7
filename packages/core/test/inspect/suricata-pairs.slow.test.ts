import { describe, expect, it } from 'vitest'
import { requireSuricata, suricataIsPresent } from '../../src/inspect/testing/real-suricata.ts'
import { comparePairs } from './differential-pairs.ts'

// Random captures with random rules, beside the real Suricata.

requireSuricata()

const PAIRS = Number(process.env.FLOWTAP_PAIRS ?? 2000)
const SEED = Number(process.env.FLOWTAP_SEED ?? 7)

describe.skipIf(!suricataIsPresent)('random pairs of captures and rules', () => {
  it(`say the same as Suricata 7: ${PAIRS} pairs, seed ${SEED} (others: FLOWTAP_PAIRS, FLOWTAP_SEED)`, async () => {
    const { rules, refusals, alerting, differences } = await comparePairs(PAIRS, SEED)
    expect(differences).toEqual([])
    expect(refusals).toBeLessThan(rules * 0.03)
    expect(alerting).toBeGreaterThan(rules * 0.5)
  })
})
