import { CHECKED_FIELDS, type Design, demoDesign, FLOW_RECORD_CHECKERS, type FlowRecordReferee } from '@flowtap/core'
import type { FlowLogRecord } from '@flowtap/parser'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { designWithPlan, scenarioOf } from '../src/arbitraries/index.ts'
import { minutes } from '../src/duration.ts'
import { cataloguedScenario, SCENARIO_NAMES } from '../src/scenarios/scenario-catalogue.ts'
import { refereedRun } from './checked-run.ts'

// The checkers see the packets of a simulation and the records that come out of it, and share no code with the flow table. A failing
// property prints the design, the plan and the seed; scenarioOf(plan) runs it again.

/** These send so many packets that a short time of them is enough. */
const MINUTES: Readonly<Record<string, number>> = {
  'data-exfiltration': 1,
  'dos-udp': 2,
  'dos-tcp': 1,
  'dos-dns': 1,
  'dos-udp-on-tcp-port': 2,
  'dos-unusual-protocol': 2,
}

function cataloguedRun(design: Design, name: string, durationMicroseconds: number, seed: number): FlowRecordReferee {
  const scenario = cataloguedScenario(name, { durationMicroseconds })
  if (!scenario) throw new Error(`the catalogue has no scenario "${name}"`)
  return refereedRun(design, scenario, seed, undefined, MANY_RECORDS.includes(name) ? [] : undefined)
}

/** A record for each packet: the design's own flow logs are enough. */
const MANY_RECORDS: readonly string[] = ['dos-tcp', 'dos-dns']

/** What a run has for the checkers to check. */
function kindsOf({ packets, logs }: FlowRecordReferee): string[] {
  return [
    ...logs.flatMap(({ records }) => records.map((one) => one.action ?? `${one['log-status']}`)),
    ...packets.map(({ networkInterface }) => networkInterface.attachment.kind),
    ...packets.flatMap((one) => [
      ...(one.isUnlogged ? ['unlogged'] : []),
      ...(one.isBlockedPublicAccess ? ['blocked'] : []),
      ...(one.source.includes(':') ? ['IPv6'] : []),
    ]),
  ]
}

describe('the records of a simulation', () => {
  it('agree with the packets in designs and scenarios of all kinds, with changes and faults', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(
        designWithPlan({ maxInstances: 3, logFields: CHECKED_FIELDS }),
        fc.nat({ max: 1_000 }),
        ({ design, plan }, seed) => {
          const referee = refereedRun(design, scenarioOf(plan), seed, plan)
          for (const kind of kindsOf(referee)) seen.add(kind)
          expect(referee.problems()).toEqual([])
        },
      ),
      { numRuns: 50 },
    )
    expect([...seen]).toEqual(
      expect.arrayContaining(['ACCEPT', 'REJECT', 'NODATA', 'unlogged', 'instance', 'nat-gateway']),
    )
  }, 120_000)

  for (const { name } of SCENARIO_NAMES) {
    it(`agree with the packets of "${name}" in the reference design`, () => {
      const referee = cataloguedRun(demoDesign(), name, minutes(MINUTES[name] ?? 7), 1)
      if (name !== 'quiet') expect(referee.packets.length).toBeGreaterThan(0)
      expect(referee.problems()).toEqual([])
    }, 60_000)
  }
})

describe('a mistake in one record', () => {
  let sound: FlowRecordReferee

  beforeAll(() => {
    sound = cataloguedRun(demoDesign(), 'reference', minutes(15), 1)
  })

  /** The checkers that find something when the records of one flow log are changed from a record of a flow or a silent interval on. */
  function finders(kind: 'OK' | 'NODATA', change: (record: FlowLogRecord) => readonly FlowLogRecord[]): string[] {
    const at = sound.logs.findIndex(
      ({ flowLog, records }) =>
        flowLog.resource.kind === 'vpc' && records.some((record) => record['log-status'] === kind),
    )
    expect(at).toBeGreaterThanOrEqual(0)
    const logs = sound.logs.map((log, index) => {
      if (index !== at) return log
      const place = log.records.findIndex((record) => record['log-status'] === kind)
      return { ...log, records: log.records.flatMap((one, number) => (number === place ? change(one) : [one])) }
    })
    return Object.entries(FLOW_RECORD_CHECKERS).flatMap(([name, check]) =>
      check(sound.packets, logs, sound.exemptions).length > 0 ? [name] : [],
    )
  }

  const mistakes: readonly [string, string[], 'OK' | 'NODATA', (record: FlowLogRecord) => FlowLogRecord[]][] = [
    ['is left out', ['checkConservation', 'checkUnion'], 'OK', () => []],
    ['comes twice', ['checkConservation', 'checkUnion'], 'OK', (one) => [one, one]],
    [
      'counts a byte more',
      ['checkConservation', 'checkUnion'],
      'OK',
      (one) => [{ ...one, bytes: (one.bytes ?? 0n) + 1n }],
    ],
    ['counts a packet less', ['checkConservation'], 'OK', (one) => [{ ...one, packets: (one.packets ?? 0n) - 1n }]],
    ['has the other action', ['checkConservation'], 'OK', (one) => [{ ...one, action: other(one.action) }]],
    ['has another port', ['checkConservation'], 'OK', (one) => [{ ...one, srcport: 1 }]],
    [
      'speaks of another ENI',
      ['checkConservation', 'checkUnion'],
      'OK',
      (one) => [{ ...one, 'interface-id': anotherInterface(one) }],
    ],
    [
      'stands in the next interval',
      ['checkConservation', 'checkTimes'],
      'OK',
      (one) => [{ ...one, start: Number(one.start) + 600, end: Number(one.end) + 600 }],
    ],
    ['ends in a later interval', ['checkTimes'], 'OK', (one) => [{ ...one, end: Number(one.end) + 60 }]],
    ['ends before it starts', ['checkTimes'], 'OK', (one) => [{ ...one, end: Number(one.start) - 1 }]],
    ['starts a second early', ['checkTimes'], 'OK', (one) => [{ ...one, start: Number(one.start) - 1 }]],
    [
      'speaks of the resolver',
      ['checkConservation', 'checkNothingUnlogged'],
      'OK',
      (one) => [one, ...resolverRecord(one)],
    ],
    [
      'of SKIPDATA stands where nothing was lost',
      ['checkSkipdata'],
      'NODATA',
      (one) => [{ ...one, 'log-status': 'SKIPDATA' }],
    ],
    ['of NODATA is left out', ['checkNodata'], 'NODATA', () => []],
    ['of NODATA comes twice', ['checkNodata'], 'NODATA', (one) => [one, one]],
    [
      'of NODATA stands before all traffic',
      ['checkNodata'],
      'NODATA',
      (one) => [one, { ...one, start: Number(one.start) - 86_400, end: Number(one.end) - 86_400 }],
    ],
  ]

  function other(action: FlowLogRecord['action']): 'ACCEPT' | 'REJECT' {
    return action === 'ACCEPT' ? 'REJECT' : 'ACCEPT'
  }

  function anotherInterface(record: FlowLogRecord): string {
    const others = sound.packets.map(({ networkInterface }) => networkInterface.id)
    return others.find((id) => id !== record['interface-id']) ?? ''
  }

  /** The record that a captured question to the resolver would have. */
  function resolverRecord(like: FlowLogRecord): FlowLogRecord[] {
    const question = sound.packets.find((one) => one.isUnlogged && one.destinationPort === 53)
    if (!question) throw new Error('no question to the resolver was captured')
    const { networkInterface, direction, source, destination, sourcePort, destinationPort, protocol } = question
    const ends = { 'pkt-srcaddr': source, 'pkt-dstaddr': destination, srcport: sourcePort, dstport: destinationPort }
    return [{ ...like, ...ends, protocol, 'interface-id': networkInterface.id, 'flow-direction': direction }]
  }

  it('is there to be found: the run has none', () => {
    expect(sound.problems()).toEqual([])
  })

  for (const [words, checkers, kind, change] of mistakes) {
    it(`that ${words} is found by ${checkers.join(', ')}`, () => {
      expect(finders(kind, change)).toEqual(expect.arrayContaining(checkers))
    })
  }
})
