import { readFileSync } from 'node:fs'
import { demoDesign, resolveDesign } from '@flowtap/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DetectionEngine } from '../../core/src/inspect/rules/detection-engine.ts'
import { requireSuricata, suricataIsPresent } from '../../core/src/inspect/testing/real-suricata.ts'
import { builtinEvents, compileRules, essentials } from '../../core/test/inspect/essentials.ts'
import { RealSuricataSession } from '../../core/test/inspect/real-suricata-session.ts'
import { minutes } from '../src/duration.ts'
import { MirrorTaps } from '../src/mirror-taps.ts'
import { cataloguedScenario } from '../src/scenarios/scenario-catalogue.ts'
import { simulate } from '../src/simulation.ts'
import { PcapTaps } from '../src/taps.ts'

// The builtin inspector against the real Suricata 7, over what the simulation captures at ENIs and sends to a mirror target.

requireSuricata()

const RULES = readFileSync(new URL('../../core/test/inspect/differential.rules', import.meta.url), 'utf8')

/** Scenarios, how long they run, and of how many captures, the largest first, the comparison is. */
const SCENARIOS: readonly { readonly name: string; readonly length: number; readonly captures: number }[] = [
  { name: 'web', length: minutes(3), captures: 2 },
  { name: 'services', length: minutes(2), captures: 2 },
  { name: 'reference', length: minutes(10), captures: 2 },
  { name: 'dns-tunnelling', length: minutes(2), captures: 1 },
  { name: 'ssh-brute-force', length: minutes(2), captures: 1 },
  { name: 'port-scan', length: minutes(1), captures: 1 },
  { name: 'beaconing', length: minutes(5), captures: 1 },
]
const MOST_BYTES = 1_500_000

/** Captures of ENIs and mirror sessions, by name. */
function simulated(name: string, duration: number, most: number): readonly [string, Uint8Array][] {
  const scenario = cataloguedScenario(name, { durationMicroseconds: duration })
  if (!scenario) throw new Error(`the catalogue has no scenario "${name}"`)
  const pieces = new Map<string, Uint8Array[]>()
  const open = (file: string): ((bytes: Uint8Array) => void) => {
    const own: Uint8Array[] = []
    pieces.set(file, own)
    return (bytes) => void own.push(bytes.slice())
  }
  const taps = new PcapTaps(({ id }) => open(id))
  const mirrors = new MirrorTaps(({ id }) => open(id))
  simulate(resolveDesign(demoDesign()), scenario, { seed: 3 }).runSync({
    onPacket: (packet) => taps.write(packet),
    onMirroredPacket: (packet) => mirrors.write(packet),
  })
  taps.end()
  mirrors.end()
  return [...pieces]
    .map(([file, own]): [string, Uint8Array] => [`${name}: ${file}`, new Uint8Array(Buffer.concat(own))])
    .filter(([, bytes]) => bytes.length > 1000 && bytes.length < MOST_BYTES)
    .sort(([, one], [, other]) => other.length - one.length)
    .slice(0, most)
}

describe.skipIf(!suricataIsPresent)('the same as Suricata 7, of simulated traffic', () => {
  const captures = SCENARIOS.flatMap(({ name, length, captures: most }) => simulated(name, length, most))
  let session: RealSuricataSession
  let engine: DetectionEngine
  let alerts = 0

  beforeAll(async () => {
    engine = compileRules(RULES)
    session = await RealSuricataSession.start(RULES)
  })
  afterAll(() => session.close())

  for (const [name, capture] of captures) {
    it(name, async () => {
      const moved = session.later(capture)
      const real = essentials(await session.events(moved))
      const ours = essentials(builtinEvents(moved, { rules: engine, oneSided: false, packetAlerts: 255 }))
      alerts += ours.filter((line) => line.includes('"event_type":"alert"')).length
      expect(ours).toEqual(real)
    })
  }

  it('with captures and alerts', () => {
    expect(captures.length).toBeGreaterThanOrEqual(8)
    expect(alerts).toBeGreaterThan(1000)
  })
})
