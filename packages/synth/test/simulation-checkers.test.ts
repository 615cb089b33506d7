import {
  CidrBlock,
  demoDesign,
  type FlowLog,
  IP_PROTOCOL,
  IpAddress,
  resolveDesign,
  type Topology,
} from '@flowtap/core'
import type { FlowLogRecord } from '@flowtap/parser'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  CHECKED_FIELDS,
  type CapturedPacket as CheckedPacket,
  type Checker,
  checkConservation,
  checkNodata,
  checkNothingUnlogged,
  checkTimes,
  checkUnion,
} from '../../core/src/flow/flow-record-checkers.ts'
import { design } from '../src/arbitraries/index.ts'
import { minutes } from '../src/duration.ts'
import { cataloguedScenario, SCENARIO_NAMES } from '../src/scenarios/scenario-catalogue.ts'
import { simulate } from '../src/simulation.ts'
import type { CapturedPacket } from '../src/simulation-observer.ts'

// The checkers see the packets of a simulation and the records that come out of it, and share no code with the flow table.

/** One sends several 100,000 packets in its first minute, the others make a record of each packet: too slow for checkers. */
const UNCHECKED = ['data-exfiltration', 'dos-tcp', 'dos-dns']
/** These send so many packets that two minutes of them are enough. */
const HEAVY = ['dos-udp', 'dos-udp-on-tcp-port', 'dos-unusual-protocol']
const LIGHT = SCENARIO_NAMES.map(({ name }) => name).filter((name) => ![...UNCHECKED, ...HEAVY].includes(name))
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32'].map((text) => CidrBlock.of(text))

/** A captured packet as the checkers want it. */
type Observed = Omit<CheckedPacket, 'networkInterface'> & Pick<CapturedPacket, 'networkInterface'>

interface Run {
  readonly topology: Topology
  readonly packets: readonly Observed[]
  readonly logs: readonly { readonly flowLog: FlowLog; readonly records: readonly FlowLogRecord[] }[]
}

/** The design's own flow logs with all fields that are checked, and for each interval one of every VPC and one of every ENI. */
function withFlowLogs(topology: Topology): Topology {
  const own = topology.flowLogs.filter(({ resource }) => !resource.kind.startsWith('transit-gateway'))
  const resources: FlowLog['resource'][] = [
    ...topology.vpcs.map((vpc) => ({ kind: 'vpc', vpc }) as const),
    ...topology.interfaces.map((networkInterface) => ({ kind: 'network-interface', networkInterface }) as const),
  ]
  const added = resources.flatMap((resource, index) =>
    ([60, 600] as const).map(
      (maxAggregationIntervalSeconds): FlowLog => ({
        id: `fl-${maxAggregationIntervalSeconds}-${index}`,
        name: `added-${maxAggregationIntervalSeconds}-${index}`,
        tags: {},
        resource,
        trafficType: 'ALL',
        maxAggregationIntervalSeconds,
        logFormat: CHECKED_FIELDS,
        tagKeys: { instance: [], networkInterface: [], autoScalingGroup: [] },
        destination: { kind: 'cloud-watch-logs', logGroupName: 'added' },
      }),
    ),
  )
  return { ...topology, flowLogs: [...own.map((flowLog) => ({ ...flowLog, logFormat: CHECKED_FIELDS })), ...added] }
}

function run(resolved: Topology, name: string, durationMicroseconds: number, seed: number): Run {
  const scenario = cataloguedScenario(name, { durationMicroseconds })
  if (!scenario) throw new Error(`the catalogue has no scenario "${name}"`)
  const topology = withFlowLogs(resolved)
  const packets: Observed[] = []
  const logs = topology.flowLogs.map((flowLog) => ({ flowLog, records: [] as FlowLogRecord[] }))
  const byId = new Map(logs.map((log) => [log.flowLog.id, log.records]))
  simulate(topology, scenario, { seed, records: true }).runSync({
    onPacket: (captured) => packets.push(observed(captured)),
    onRecord: (record, flowLog) => byId.get(flowLog.id)?.push(record),
  })
  return { topology, packets, logs }
}

/** Ports are 0 where a record shows 0: for other protocols than TCP and UDP. */
function observed(captured: CapturedPacket): Observed {
  const { networkInterface, direction, packet, timeMicroseconds, verdict } = captured
  if (packet.moreFragments || packet.fragmentOffset > 0)
    throw new Error('the checkers do not know the ports of fragments')
  const hasPorts = packet.protocol === IP_PROTOCOL.tcp || packet.protocol === IP_PROTOCOL.udp
  return {
    networkInterface,
    direction,
    source: packet.source.toString(),
    destination: packet.destination.toString(),
    sourcePort: hasPorts ? packet.sourcePort : 0,
    destinationPort: hasPorts ? packet.destinationPort : 0,
    protocol: packet.protocol,
    bytes: packet.length,
    timeMicroseconds,
    action: verdict.action,
    isBlockedPublicAccess: verdict.reason.kind === 'block-public-access',
    isUnlogged: isExcluded(captured),
  }
}

/** What the VPC user guide lists under "Flow log limitations", as far as scenarios of the catalogue make it. */
function isExcluded({ networkInterface, direction, packet, verdict }: CapturedPacket): boolean {
  const peer = direction === 'egress' ? packet.destination : packet.source
  const isMirrored = verdict.reason.kind === 'mirrored-traffic' && direction === 'egress'
  return isMirrored || isReserved(peer, networkInterface)
}

/** Whether an address belongs to link-local services, or is the Amazon resolver's or the router's of an ENI. */
function isReserved(peer: IpAddress, { vpc, subnet }: CapturedPacket['networkInterface']): boolean {
  const [primary] = vpc.cidrBlocks
  const last = (text: string, offset: number): string => text.replace(/\d+$/u, (digits) => `${Number(digits) + offset}`)
  return (
    LINK_LOCAL.some((block) => block.contains(peer)) ||
    (primary !== undefined && `${peer}` === last(`${primary.network}`, 2)) ||
    `${peer}` === `${subnet.routerAddress}` ||
    `${peer}` === `${subnet.routerIpv6Address}`
  )
}

/** No record has an address that belongs to traffic which AWS leaves out, whatever was captured. */
function checkReservedAddresses({ topology, logs }: Run): string[] {
  return logs.flatMap(({ flowLog, records }) =>
    records.flatMap((record) => {
      const networkInterface = topology.interfaces.find(({ id }) => id === record['interface-id'])
      const { 'pkt-srcaddr': source, 'pkt-dstaddr': destination, 'flow-direction': direction } = record
      const peer = direction === 'egress' ? destination : source
      if (!networkInterface || peer === undefined || !isReserved(IpAddress.of(peer), networkInterface)) return []
      return [`${flowLog.id}: a record of ${direction} traffic from ${source} to ${destination}`]
    }),
  )
}

const CHECKERS: Readonly<Record<string, (run: Run) => string[]>> = {
  ...Object.fromEntries(
    Object.entries({ checkConservation, checkUnion, checkNothingUnlogged, checkTimes, checkNodata }).map(
      // To TypeScript the classes of core's sources and of its build are different ones; the tests run the sources alone.
      ([name, check]: [string, Checker]) => [
        name,
        ({ packets, logs }: Run) => check(...([packets, logs] as unknown as Parameters<Checker>)),
      ],
    ),
  ),
  checkReservedAddresses,
}

function faults(all: Run): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(CHECKERS).flatMap(([name, check]) => {
      const found = check(all)
      return found.length > 0 ? [[name, found.slice(0, 5)]] : []
    }),
  )
}

/** What a run has for the checkers to check. */
function kindsOf({ packets, logs }: Run): string[] {
  return [
    ...logs.flatMap(({ records }) => records.map((one) => one.action ?? `${one['log-status']}`)),
    ...(packets.some(({ isUnlogged }) => isUnlogged) ? ['unlogged'] : []),
    ...(packets.some(({ source }) => source.includes(':')) ? ['IPv6'] : []),
    ...(new Set(packets.map(({ networkInterface }) => networkInterface.id)).size > 1 ? ['several ENIs'] : []),
  ]
}

describe('the records of a simulation', () => {
  it('agree with the packets in designs and scenarios of all kinds', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(
        design({ maxVpcs: 2, maxInstances: 3 }),
        fc.constantFrom(...LIGHT),
        fc.integer({ min: 5, max: 15 }),
        fc.nat({ max: 1_000 }),
        (made, name, length, seed) => {
          const all = run(resolveDesign(made), name, minutes(length), seed)
          for (const kind of kindsOf(all)) seen.add(kind)
          expect(faults(all)).toEqual({})
        },
      ),
      { numRuns: 25 },
    )
    expect([...seen]).toEqual(
      expect.arrayContaining(['ACCEPT', 'REJECT', 'NODATA', 'unlogged', 'IPv6', 'several ENIs']),
    )
  }, 120_000)

  for (const name of [...LIGHT, ...HEAVY]) {
    it(`agree with the packets of "${name}" in the reference design`, () => {
      const length = minutes(HEAVY.includes(name) ? 2 : 7)
      expect(faults(run(resolveDesign(demoDesign()), name, length, 1))).toEqual({})
    })
  }
})

describe('a mistake in one record', () => {
  let sound: Run

  beforeAll(() => {
    sound = run(resolveDesign(demoDesign()), 'reference', minutes(15), 1)
  })

  /** The same run with the records of one flow log changed, from a record of a flow or a silent interval on. */
  function spoil(kind: 'OK' | 'NODATA', change: (record: FlowLogRecord) => readonly FlowLogRecord[]): Run {
    const at = sound.logs.findIndex(
      ({ flowLog, records }) =>
        flowLog.resource.kind === 'vpc' && records.some((record) => record['log-status'] === kind),
    )
    const logs = sound.logs.map((log, index) => {
      if (index !== at) return log
      const place = log.records.findIndex((record) => record['log-status'] === kind)
      return { ...log, records: log.records.flatMap((one, number) => (number === place ? change(one) : [one])) }
    })
    expect(at).toBeGreaterThanOrEqual(0)
    return { ...sound, logs }
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
    ['ends in a later interval', ['checkTimes'], 'OK', (one) => [{ ...one, end: Number(one.end) + 60 }]],
    ['ends before it starts', ['checkTimes'], 'OK', (one) => [{ ...one, end: Number(one.start) - 1 }]],
    [
      'speaks of the resolver',
      ['checkConservation', 'checkNothingUnlogged', 'checkReservedAddresses'],
      'OK',
      (one) => [one, ...resolverRecord(one)],
    ],
    ['of NODATA is left out', ['checkNodata'], 'NODATA', () => []],
    ['of NODATA comes twice', ['checkNodata'], 'NODATA', (one) => [one, one]],
  ]

  function other(action: FlowLogRecord['action']): 'ACCEPT' | 'REJECT' {
    return action === 'ACCEPT' ? 'REJECT' : 'ACCEPT'
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
    expect(faults(sound)).toEqual({})
  })

  for (const [words, checkers, kind, change] of mistakes) {
    it(`that ${words} is found by ${checkers.join(', ')}`, () => {
      expect(Object.keys(faults(spoil(kind, change)))).toEqual(expect.arrayContaining(checkers))
    })
  }
})
