import { type FlowLogRecord, parseFlowLogs } from '@flowtap/parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NextHop } from '../dataplane/next-hop.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, FlowLog, NetworkInterface, Topology } from '../topology/topology.ts'
import { AwsServiceLookup } from './aws-service-lookup.ts'
import {
  ACCEPT,
  BLOCKED,
  flowTopology,
  INTERNET,
  MIRRORED,
  NOT_FILTERED,
  packetOf,
  REJECT,
  type TopologySpec,
} from './flow-fixture.ts'
import {
  CHECKED_FIELDS,
  type CheckedPacket,
  checkConservation,
  checkNodata,
  checkNothingUnlogged,
  checkTimes,
  checkUnion,
  type FlowLogRecords,
  type FlowRecordChecker,
} from './flow-record-checkers.ts'
import type { FlowRow } from './flow-row.ts'
import { FlowTable } from './flow-table.ts'
import { LineBuffer } from './line-buffer.ts'
import { VPC_FIELDS } from './record-fields.ts'
import { RecordFormat } from './record-format.ts'

interface Step {
  /** Since the step before. */
  readonly afterMicroseconds: number
  /** Of the capture, before or after the step's own time: hops of one packet are captured at once. */
  readonly jitterMicroseconds: number
  readonly networkInterface: number
  readonly direction: FlowDirection
  readonly peer: number
  readonly port: number
  readonly protocol: number
  readonly payloadLength: number
  readonly tcpFlags: number
  readonly verdict: 'accept' | 'reject' | 'blocked' | 'not-filtered' | 'mirrored'
}

interface Scenario {
  readonly topology: TopologySpec
  readonly steps: readonly Step[]
}

const START_SECONDS = 1_700_000_000
const ADDRESSES = ['10.0.0.10', '10.0.0.11', '10.0.1.12', '10.1.0.13', '2001:db8::14'] as const
const PEERS_IPV4 = [
  '198.51.100.7',
  '203.0.113.9',
  '10.0.0.99',
  '52.95.128.179',
  '169.254.169.254',
  '10.0.0.2',
  '10.0.0.1',
] as const
const PEERS_IPV6 = ['2001:db8:1::7', '2001:db8:1::8', 'fd00:ec2::253', 'fe80::1'] as const
const VERDICTS: Readonly<Record<Step['verdict'], Verdict>> = {
  accept: ACCEPT,
  reject: REJECT,
  blocked: BLOCKED,
  'not-filtered': NOT_FILTERED,
  mirrored: MIRRORED,
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    afterMicroseconds: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 400_000 }) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 30_000_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 1_500_000_000 }) },
    ),
    jitterMicroseconds: fc.integer({ min: -300_000, max: 300_000 }),
    networkInterface: fc.nat({ max: 4 }),
    direction: fc.constantFrom('ingress', 'egress'),
    peer: fc.nat({ max: 27 }),
    port: fc.constantFrom(0, 443, 40_000, 65_535),
    protocol: fc.constantFrom(1, 6, 6, 17, 47),
    payloadLength: fc.integer({ min: 0, max: 1460 }),
    tcpFlags: fc.nat({ max: 255 }),
    verdict: fc.constantFrom('accept', 'accept', 'accept', 'reject', 'reject', 'blocked', 'not-filtered', 'mirrored'),
  }),
  { minLength: 1, maxLength: 60 },
)

const topologies: fc.Arbitrary<TopologySpec> = fc
  .record({
    nitro: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    logs: fc.array(
      fc.record({
        on: fc.constantFrom('vpc-0a1', 'vpc-0a2', 'subnet-0a1', 'subnet-0a2', 'eni-0', 'eni-4'),
        trafficType: fc.constantFrom('ALL', 'ACCEPT', 'REJECT'),
        interval: fc.constantFrom(60, 600),
      }),
      { maxLength: 4 },
    ),
    unionInterval: fc.constantFrom(60, 600),
  })
  .map(({ nitro, logs, unionInterval }) => ({
    cidrBlocks: { 'vpc-0a2': '10.1.0.0/16' },
    interfaces: ADDRESSES.map((address, place) => ({
      id: `eni-${place}`,
      addresses: [address],
      vpc: place === 3 ? 'vpc-0a2' : 'vpc-0a1',
      subnet: place === 3 ? 'subnet-0a3' : place === 2 ? 'subnet-0a2' : 'subnet-0a1',
      isNitro: nitro[place] ?? true,
    })),
    flowLogs: [
      ...logs,
      { on: 'vpc-0a1', interval: unionInterval },
      ...[0, 1, 2, 4].map((place) => ({ on: `eni-${place}`, interval: unionInterval })),
    ],
  }))

const scenarios: fc.Arbitrary<Scenario> = fc.record({ topology: topologies, steps })

/** What a wrong table would do, put around the right one. */
interface Variant {
  readonly capture?: (call: Parameters<FlowTable['capture']>, place: number) => Parameters<FlowTable['capture']>[]
  readonly row?: (row: FlowRow, flowLog: FlowLog) => boolean
}

/** Runs a scenario through a table; the records are what the parser reads from the lines that the rows become. */
async function run({ topology: spec, steps }: Scenario, variant: Variant = {}): Promise<Parameters<FlowRecordChecker>> {
  const flowLogs = spec.flowLogs?.map((one) => ({ ...one, format: CHECKED_FIELDS })) ?? []
  const topology = flowTopology({ ...spec, flowLogs })
  const logs = new Map<FlowLog, LineBuffer>()
  const context = { accountId: '', region: '', services: new AwsServiceLookup([]) }
  const table = new FlowTable(
    topology,
    (flowLog) => {
      const format = new RecordFormat(
        flowLog,
        VPC_FIELDS,
        (row) => row.networkInterface,
        () => context,
      )
      const lines = new LineBuffer()
      logs.set(flowLog, lines)
      return {
        row: (row) => {
          if (variant.row?.(row, flowLog) !== false) format.write(row, lines)
        },
        intervalClosed: () => undefined,
        close: () => undefined,
      }
    },
    { startMicroseconds: START_SECONDS * 1e6 },
  )
  const packets: CheckedPacket[] = []
  let now = START_SECONDS * 1e6 + 1_000_000
  steps.forEach((step, place) => {
    now += step.afterMicroseconds
    const call = callOf(topology, step, now + step.jitterMicroseconds)
    packets.push(packetOfCall(step, call))
    for (const changed of variant.capture?.(call, place) ?? [call]) table.capture(...changed)
  })
  const end = Math.max(...packets.map((one) => one.timeMicroseconds))
  table.end(end)
  const records: FlowLogRecords[] = []
  for (const [flowLog, lines] of logs) {
    const parsed: FlowLogRecord[] = []
    const text = `${CHECKED_FIELDS.join(' ')}\n${Buffer.from(lines.written())}`
    for await (const one of parseFlowLogs(text, { strict: true })) parsed.push(one)
    records.push({ flowLog, records: parsed })
  }
  return [packets, records]
}

function callOf({ interfaces }: Topology, step: Step, timeMicroseconds: number): Parameters<FlowTable['capture']> {
  const networkInterface = interfaces[step.networkInterface] as NetworkInterface
  const own = ADDRESSES[step.networkInterface] as string
  const peers = own.includes(':') ? PEERS_IPV6 : PEERS_IPV4
  const peer = peers[step.peer % peers.length] as string
  const hasPorts = step.protocol === 6 || step.protocol === 17
  const at = (address: string, port: number): string =>
    hasPorts ? (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`) : address
  const from = step.direction === 'egress' ? at(own, step.port) : at(peer, 443)
  const to = step.direction === 'egress' ? at(peer, 443) : at(own, step.port)
  const packet: Packet = packetOf(from, to, step.protocol, {
    payloadLength: step.payloadLength,
    tcpFlags: step.protocol === 6 ? step.tcpFlags : 0,
  })
  const nextHop: NextHop = INTERNET
  return [networkInterface, step.direction, packet, timeMicroseconds, VERDICTS[step.verdict], nextHop]
}

function packetOfCall(
  step: Step,
  [networkInterface, direction, packet, timeMicroseconds, verdict]: Parameters<FlowTable['capture']>,
): CheckedPacket {
  const source = packet.source.toString()
  const destination = packet.destination.toString()
  const peer = direction === 'egress' ? destination : source
  return {
    networkInterface,
    direction,
    source,
    destination,
    sourcePort: packet.sourcePort,
    destinationPort: packet.destinationPort,
    protocol: packet.protocol,
    bytes: packet.length,
    timeMicroseconds,
    action: verdict.action,
    isBlockedPublicAccess: step.verdict === 'blocked',
    isUnlogged:
      step.verdict === 'not-filtered' ||
      (step.verdict === 'mirrored' && direction === 'egress') ||
      // The resolver and router of vpc-0a1; vpc-0a2 has others.
      ['169.254.169.254', 'fd00:ec2::253', 'fe80::1'].includes(peer) ||
      (['10.0.0.2', '10.0.0.1'].includes(peer) && networkInterface.vpc.id === 'vpc-0a1'),
  }
}

const CHECKERS: Readonly<Record<string, FlowRecordChecker>> = {
  'bytes and packets of records equal those of the packets': checkConservation,
  'the records of a VPC are those of its ENIs together': checkUnion,
  'what AWS does not log leaves no record': checkNothingUnlogged,
  'start and end lie inside the interval': checkTimes,
  'silent ENIs have NODATA records': checkNodata,
}

describe('records against packets', () => {
  for (const [name, check] of Object.entries(CHECKERS)) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(scenarios, async (scenario) => {
          expect(check(...(await run(scenario)))).toEqual([])
        }),
        { numRuns: 150 },
      )
    })
  }
})

describe('a wrong table is found out', () => {
  const MISTAKES: Readonly<Record<string, { checker: FlowRecordChecker; variant: Variant }>> = {
    'a packet is lost': {
      checker: checkConservation,
      variant: { capture: (call, place) => (place % 7 === 3 ? [] : [call]) },
    },
    'a packet counts twice': {
      checker: checkConservation,
      variant: { capture: (call, place) => (place % 7 === 3 ? [call, call] : [call]) },
    },
    'an interval late': {
      checker: checkConservation,
      variant: {
        capture: ([eni, direction, packet, time, ...rest]) => [[eni, direction, packet, time + 60e6, ...rest]],
      },
    },
    'an action is wrong': {
      checker: checkConservation,
      variant: { capture: ([eni, direction, packet, time, , hop]) => [[eni, direction, packet, time, ACCEPT, hop]] },
    },
    'a record of the VPC is missing': {
      checker: checkUnion,
      variant: { row: (row, flowLog) => flowLog.resource.kind !== 'vpc' || row.direction === 'egress' },
    },
    'unlogged traffic is logged': {
      checker: checkNothingUnlogged,
      variant: {
        capture: ([eni, direction, packet, time, verdict, hop]) => [
          [eni, direction, packet, time, verdict === NOT_FILTERED ? ACCEPT : verdict, hop],
        ],
      },
    },
    'an end is in the next interval': {
      checker: checkTimes,
      variant: {
        row: (row) => {
          row.endSeconds += 60
          return true
        },
      },
    },
    'a start is after the end': {
      checker: checkTimes,
      variant: {
        row: (row) => {
          row.startSeconds = row.endSeconds + 1
          return true
        },
      },
    },
    'NODATA is missing': { checker: checkNodata, variant: { row: (row) => row.logStatus !== 'NODATA' } },
  }

  for (const [name, { checker, variant }] of Object.entries(MISTAKES)) {
    it(name, async () => {
      const samples = fc.sample(scenarios, { seed: 7, numRuns: 60 })
      let found = 0
      for (const scenario of samples) found += checker(...(await run(scenario, variant))).length > 0 ? 1 : 0
      expect(found).toBeGreaterThan(3)
    })
  }
})
