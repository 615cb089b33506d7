import {
  type Design,
  demoDesign,
  type FlowLog,
  type ReplayOptions,
  replayCaptures,
  resolveDesign,
  type Topology,
} from '@flowtap/core'
import { FLOW_LOG_FIELDS, type FlowLogRecord } from '@flowtap/parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { design } from '../src/arbitraries/index.ts'
import { minutes } from '../src/duration.ts'
import { cataloguedScenario } from '../src/scenarios/scenario-catalogue.ts'
import { simulate } from '../src/simulation.ts'
import type { CapturedPacket } from '../src/simulation-observer.ts'
import { PcapTaps } from '../src/taps.ts'
import { balanced, centralEgress, shielded } from './replayed-designs.ts'

// Everything derives from the same packets: the captures of a simulation, given to `flowtap flows` with the same design, make the records
// of the simulation again, although the replay knows neither the hosts nor what became of a packet elsewhere.

const START = Date.UTC(2026, 0, 5) * 1_000
const FIELDS = FLOW_LOG_FIELDS.filter(({ appliesTo }) => appliesTo.includes('vpc')).map(({ name }) => name)
const ACCEPTED = { action: 'ACCEPT', reason: { kind: 'tracked-connection' } } as const

/** A flow log of every ENI, for each interval, with all fields. */
function withFlowLogs(topology: Topology): Topology {
  const flowLogs = topology.interfaces.flatMap((networkInterface, index) =>
    ([60, 600] as const).map(
      (maxAggregationIntervalSeconds): FlowLog => ({
        id: `fl-${maxAggregationIntervalSeconds}-${index}`,
        name: `eni-${maxAggregationIntervalSeconds}-${index}`,
        tags: {},
        resource: { kind: 'network-interface', networkInterface },
        trafficType: 'ALL',
        maxAggregationIntervalSeconds,
        logFormat: FIELDS,
        tagKeys: { instance: ['Name'], networkInterface: ['Name'], autoScalingGroup: [] },
        destination: { kind: 'cloud-watch-logs', logGroupName: 'all' },
      }),
    ),
  )
  return { ...topology, flowLogs }
}

interface Run {
  readonly topology: Topology
  readonly endMicroseconds: number
  /** Captures by ENI id. */
  readonly captures: ReadonlyMap<string, Uint8Array[]>
  readonly records: readonly string[]
  readonly packets: number
}

/** Simulates, with a capture of every ENI: what is refused on the way in is in it where `refused` says so, as only the network sees it. */
function record(resolved: Topology, name: string, duration: number, seed: number, refused = true): Run {
  const scenario = cataloguedScenario(name, { durationMicroseconds: duration, startMicroseconds: START })
  if (!scenario) throw new Error(`the catalogue has no scenario "${name}"`)
  const topology = withFlowLogs(resolved)
  const captures = new Map<string, Uint8Array[]>()
  const taps = new PcapTaps(({ id }) => {
    const pieces: Uint8Array[] = []
    captures.set(id, pieces)
    return (bytes) => void pieces.push(bytes.slice())
  })
  const records: string[] = []
  const onPacket = (captured: CapturedPacket): void =>
    taps.write(refused ? { ...captured, verdict: ACCEPTED } : captured)
  simulate(topology, scenario, { seed, packets: 'all' }).runSync({
    onPacket,
    onRecord: (one, flowLog) => records.push(inWords(one, flowLog)),
  })
  taps.end()
  return { topology, endMicroseconds: START + duration, captures, records: records.sort(), packets: taps.packetCount }
}

interface Replay {
  readonly records: readonly string[]
  readonly issues: readonly string[]
  readonly packets: number
}

async function replay(
  { topology, endMicroseconds, captures }: Run,
  options: ReplayOptions = {},
  ids: readonly string[] = [...captures.keys()],
): Promise<Replay> {
  const records: string[] = []
  const issues: string[] = []
  const summary = await replayCaptures(
    topology,
    ids.map((id) => ({ name: `${id}.pcap`, bytes: captures.get(id) ?? [], networkInterface: id })),
    {
      startMicroseconds: START,
      endMicroseconds,
      onRecord: (one, flowLog) => records.push(inWords(one, flowLog)),
      onIssue: ({ message }) => issues.push(message),
      ...options,
    },
  )
  return { records: records.sort(), issues, packets: summary.packets }
}

function inWords(one: FlowLogRecord, { id }: FlowLog): string {
  return `${id} ${FIELDS.map((field) => one[field] ?? '-').join(' ')}`
}

function differences(found: readonly string[], wanted: readonly string[]): { missing: string[]; extra: string[] } {
  const count = (texts: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>()
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
    return counts
  }
  const [foundCounts, wantedCounts] = [count(found), count(wanted)]
  const more = (some: Map<string, number>, others: Map<string, number>): string[] =>
    [...some].filter(([text, times]) => times > (others.get(text) ?? 0)).map(([text]) => text)
  return { missing: more(wantedCounts, foundCounts), extra: more(foundCounts, wantedCounts) }
}

const NONE = { missing: [], extra: [] }
const SCENARIOS: readonly (readonly [string, number])[] = [
  ['reference', 20],
  ['web', 15],
  ['services', 15],
  ['port-scan', 20],
  ['port-sweep', 20],
  ['ssh-brute-force', 20],
  ['dns-tunnelling', 15],
  ['tor', 15],
  ['quiet', 15],
  ['dos-unusual-protocol', 2],
]

const DESIGNS: readonly (readonly [string, Design, string])[] = [
  ['a balancer', balanced(false), 'ssh-brute-force'],
  ['a balancer that keeps client addresses', balanced(true), 'ssh-brute-force'],
  ['blocked public access from outside', shielded('block-ingress'), 'ssh-brute-force'],
  ['blocked public access', shielded('block-bidirectional'), 'web'],
  ['central egress', centralEgress(), 'services'],
  ['central egress', centralEgress(), 'reference'],
]

/**
 * A target whose balancer keeps client addresses gets the same packets with it and without it: a capture at a target that clients also reach
 * directly does not tell which.
 */
function keepsClientAddresses({ loadBalancers }: Topology): boolean {
  return loadBalancers.some(({ listeners }) => listeners.some(({ targetGroup }) => targetGroup.preserveClientIp))
}

describe('captures of a simulation, replayed', () => {
  it.each(SCENARIOS)('make the records of "%s" again', async (name, length) => {
    const run = record(resolveDesign(demoDesign()), name, minutes(length), 1)
    const again = await replay(run)
    expect(again.issues).toEqual([])
    expect(again.packets).toBe(run.packets)
    expect(differences(again.records, run.records)).toEqual(NONE)
    expect(again.records.length).toBe(run.records.length)
  })

  it.each(DESIGNS)('make the records of %s again', async (_, made, name) => {
    const run = record(resolveDesign(made), name, minutes(15), 1)
    const again = await replay(run)
    expect(again.issues).toEqual([])
    expect(run.records.length).toBeGreaterThan(20)
    expect(differences(again.records, run.records)).toEqual(NONE)
  })

  it('make the records of random designs again', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        design({ maxVpcs: 3, maxInstances: 3 }).filter((made) => !keepsClientAddresses(resolveDesign(made))),
        fc.constantFrom('reference', 'web', 'services', 'port-scan', 'ssh-brute-force', 'beaconing'),
        fc.nat({ max: 1_000 }),
        async (made, name, seed) => {
          const run = record(resolveDesign(made), name, minutes(6), seed)
          // The captures have all connections from their SYN on.
          const again = await replay(run, { trackTcpFromMidstream: false })
          expect(again.issues).toEqual([])
          expect(differences(again.records, run.records)).toEqual(NONE)
          for (const text of run.records) {
            for (const word of ['ACCEPT', 'REJECT', 'NODATA', 'IPv6', 'nat_gateway']) {
              if (text.includes(word)) seen.add(word)
            }
          }
        },
      ),
      { numRuns: 40 },
    )
    expect([...seen].sort()).toEqual(['ACCEPT', 'IPv6', 'NODATA', 'REJECT', 'nat_gateway'])
  }, 240_000)

  it('make the records of the ENIs that were captured, and of no others', async () => {
    const run = record(resolveDesign(demoDesign()), 'reference', minutes(10), 1)
    const ids = [...run.captures.keys()].slice(0, 2)
    const again = await replay(run, {}, ids)
    const isOfThem = (text: string): boolean => ids.some((id) => text.includes(` ${id} `))
    const own = run.records.filter((text) => isOfThem(text.split(' ').slice(0, 5).join(' ')))
    expect(own.length).toBeGreaterThan(20)
    expect(own.length).toBeLessThan(run.records.length)
    expect(differences(again.records, own)).toEqual(NONE)
  })

  it('taken on the hosts themselves lack only what is refused on its way in', async () => {
    const run = record(resolveDesign(shielded('block-ingress')), 'ssh-brute-force', minutes(15), 1, false)
    const { missing, extra } = differences((await replay(run)).records, run.records)
    const refusedIn = missing.filter((text) => / REJECT OK /.test(text) && / ingress /.test(text))
    expect(refusedIn.length).toBeGreaterThan(0)
    // An interval of nothing else is silent then.
    expect(missing.filter((text) => !refusedIn.includes(text) && !text.includes('NODATA'))).toEqual([])
    expect(extra.filter((text) => !text.includes('NODATA'))).toEqual([])
  })
})
