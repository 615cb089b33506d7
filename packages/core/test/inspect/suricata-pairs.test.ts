import { describe, expect, it } from 'vitest'
import { requireSuricata, suricataIsPresent } from '../../src/inspect/testing/real-suricata.ts'
import { comparePairs } from './differential-pairs.ts'

// Random captures with random rules, beside the real Suricata: a sample of what suricata-pairs.slow.test.ts does.

requireSuricata()

const PAIRS = 60
const SEED = Number(process.env.FLOWTAP_SEED ?? 1)

describe.skipIf(!suricataIsPresent)('random pairs of captures and rules', () => {
  it(`say the same as Suricata 7: ${PAIRS} pairs, seed ${SEED} (another: FLOWTAP_SEED)`, {
    timeout: 120_000,
  }, async () => {
    const { rules, refusals, alerting, differences } = await comparePairs(PAIRS, SEED)
    expect(differences).toEqual([])
    expect(refusals).toBeLessThan(rules * 0.03)
    expect(alerting).toBeGreaterThan(rules * 0.5)
  })
})
