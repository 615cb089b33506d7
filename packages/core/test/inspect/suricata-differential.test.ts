import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DetectionEngine } from '../../src/inspect/rules/detection-engine.ts'
import { parseRules, RULE_KEYWORDS } from '../../src/inspect/rules/parse-rules.ts'
import { requireSuricata, suricataEvents, suricataIsPresent } from '../../src/inspect/testing/real-suricata.ts'
import { builtinEvents, compileRules, essentials } from './essentials.ts'
import { RealSuricataSession } from './real-suricata-session.ts'
import { requireScapy } from './scapy.ts'
import { scapyCaptures, scapyIsPresent } from './scapy-captures.ts'

// The builtin inspector against the real Suricata 7, over captures that scapy wrote, with all rules at once.

requireSuricata()
requireScapy()

const captures = suricataIsPresent ? scapyCaptures('./captures.py') : new Map<string, Uint8Array>()

const RULES = readFileSync(new URL('./differential.rules', import.meta.url), 'utf8')

/** What differs, with the reason; docs/inspection.md has the same list. */
const DIFFERENCES: Readonly<Record<string, (line: string) => boolean>> = {
  // GRE is not taken apart.
  'decode-errors': (line) => line.includes('decoder.gre.'),
  // A gap is announced when it is passed over, which Suricata does a packet later.
  'http-gap': (line) => line.includes('fileinfo') && line.includes('TRUNCATED'),
  // Rules on the headers of a message in chunks alert once more when its end comes in another packet.
  'http-chunked-gzip': (line) => line.includes('"header of responses"'),
  // ESP has no flow.
  'odd-headers': (line) => line.includes('"flow"') && line.includes('"proto":"ESP"'),
}

/** Rules that are there to stay silent. */
const SILENT: ReadonlySet<number> = new Set([15, 75, 79, 83, 84])

describe('the rules of the comparison', () => {
  const { signatures, errors } = parseRules(RULES, { file: 'differential.rules' })

  it('are at least 120, and have every keyword', () => {
    expect(errors).toEqual([])
    expect(signatures.length).toBeGreaterThanOrEqual(120)
    const isUsed = (keyword: string): boolean => new RegExp(`[( ]${keyword.replaceAll('.', '[.]')}[:;]`).test(RULES)
    expect(RULE_KEYWORDS.filter((keyword) => !isUsed(keyword))).toEqual([])
  })
})

describe.skipIf(!suricataIsPresent || !scapyIsPresent)('the same as Suricata 7', () => {
  let session: RealSuricataSession
  let engine: DetectionEngine
  const alerted = new Set<number>()

  beforeAll(async () => {
    engine = compileRules(RULES)
    session = await RealSuricataSession.start(RULES)
  })
  afterAll(() => session.close())

  it('has captures', () => {
    expect(captures.size).toBeGreaterThanOrEqual(40)
  })

  for (const [name, capture] of captures) {
    const isOther = DIFFERENCES[name] ?? (() => false)

    it(`in alerts, dns, http, tls, ssh, fileinfo, flow and anomalies: ${name}`, async () => {
      const moved = session.later(capture)
      const events = await session.events(moved)
      for (const { alert } of events) if (alert) alerted.add((alert as { signature_id: number }).signature_id)
      const real = essentials(events).filter((line) => !isOther(line))
      const builtin = builtinEvents(moved, { rules: engine, oneSided: false, packetAlerts: 255 })
      const ours = essentials(builtin).filter((line) => !isOther(line))
      expect(ours).toEqual(real)
    })
  }

  it('with rules of which nearly all alert', () => {
    const { signatures } = parseRules(RULES, { file: 'differential.rules' })
    expect(signatures.length).toBeGreaterThanOrEqual(120)
    const silent = signatures.map(({ sid }) => sid).filter((sid) => !alerted.has(sid))
    expect(silent).toEqual([...SILENT])
  })

  it('with midstream and one-sided pick-up: http-midstream', () => {
    const capture = captures.get('http-midstream') ?? new Uint8Array()
    const real = essentials(suricataEvents(capture, { midstream: true }))
    expect(essentials(builtinEvents(capture, { midstream: true, oneSided: false }))).toEqual(real)
  })

  it('with midstream and one-sided pick-up: http-egress-only', () => {
    const capture = captures.get('http-egress-only') ?? new Uint8Array()
    const http = (lines: readonly string[]): readonly string[] =>
      lines.filter((line) => line.includes('"event_type":"fileinfo"'))
    const real = http(essentials(suricataEvents(capture, { midstream: true, asyncOneside: true })))
    const ours = http(essentials(builtinEvents(capture, { midstream: true, oneSided: true })))
    expect(ours.map((line) => line.replace(/"http_port":0,/, ''))).toEqual(
      real.map((line) => line.replace(/"http_port":0,/, '')),
    )
    expect(real).toHaveLength(1)
  })
})
