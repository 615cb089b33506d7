import { type FlowLogRecord, parseFlowLogs } from '@flowtap/parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Network } from '../dataplane/network.ts'
import { demoDesign } from '../design/demo-design.ts'
import {
  type CheckedPacket,
  checkConservation,
  checkNodata,
  checkNothingUnlogged,
  checkTimes,
  type FlowLogRecords,
  type FlowRecordChecker,
} from '../flow/flow-record-checkers.ts'
import { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { Packet } from '../packet/packet.ts'
import { resolveDesign } from '../topology/resolve-design.ts'
import type { NetworkInterface } from '../topology/topology.ts'
import { FlowLogPipeline } from './flow-log-pipeline.ts'
import { InMemoryLogEventSink, InMemoryLogObjectSink } from './in-memory-sinks.ts'

const START = 1_700_000_400
const topology = resolveDesign(demoDesign())
const hosts = topology.interfaces.filter(({ attachment }) => attachment.kind === 'instance')
const destinations = [
  ...hosts.flatMap(({ addresses }) => addresses.flatMap((one) => [one.address, one.publicAddress ?? one.address])),
  ...topology.internetHosts.slice(0, 3).flatMap(({ addresses }) => addresses.slice(0, 1)),
  IpAddress.of('169.254.169.254'),
  IpAddress.of('169.254.169.253'),
  IpAddress.of('10.0.0.2'),
]

interface Send {
  readonly afterMilliseconds: number
  readonly host: number
  readonly destination: number
  readonly fromInternet: boolean
  readonly protocol: number
  readonly port: number
  readonly payloadLength: number
}

const sends: fc.Arbitrary<Send[]> = fc.array(
  fc.record({
    afterMilliseconds: fc.oneof(fc.nat({ max: 900 }), fc.nat({ max: 100_000 })),
    host: fc.nat({ max: hosts.length - 1 }),
    destination: fc.nat({ max: destinations.length - 1 }),
    fromInternet: fc.boolean(),
    protocol: fc.constantFrom(IP_PROTOCOL.icmp, IP_PROTOCOL.tcp, IP_PROTOCOL.udp),
    port: fc.constantFrom(22, 53, 443, 4789, 40_000),
    payloadLength: fc.nat({ max: 1400 }),
  }),
  { minLength: 1, maxLength: 80 },
)

/** Sends packets through the reference design's network; gives what was captured, and what the delivered files and events say. */
async function run(all: readonly Send[]): Promise<Parameters<FlowRecordChecker>> {
  const objects = new InMemoryLogObjectSink()
  const events = new InMemoryLogEventSink()
  const pipeline = new FlowLogPipeline(topology, {
    startMicroseconds: START * 1e6,
    objectSink: objects,
    eventSink: events,
  })
  const packets: CheckedPacket[] = []
  let state = 1
  const network = new Network({
    topology,
    random: { nextUint32: () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) },
    observer: {
      capture: (...call) => {
        packets.push(captured(...call))
        pipeline.capture(...call)
      },
      captureAtTransitGateway: (...call) => pipeline.captureAtTransitGateway(...call),
      deliver: () => undefined,
      drop: () => undefined,
    },
  })
  let now = START * 1e6
  for (const send of all) {
    now += send.afterMilliseconds * 1000
    const host = hosts[send.host] as NetworkInterface
    const destination = destinations[send.destination] as IpAddress
    const source = send.fromInternet ? IpAddress.of('198.51.100.77') : (host.addresses[0]?.address as IpAddress)
    const hasPorts = send.protocol !== IP_PROTOCOL.icmp
    const packet = new Packet({
      source,
      destination,
      protocol: send.protocol,
      payloadLength: send.payloadLength,
      ...(hasPorts ? { sourcePort: 50_000, destinationPort: send.port, tcpFlags: 2 } : { icmpType: 8 }),
    })
    if (send.fromInternet) network.sendFromInternet(packet, now)
    else network.send(host, packet, now)
    await pipeline.advance(now)
  }
  await pipeline.end(now)
  const logs: FlowLogRecords[] = []
  for (const flowLog of topology.flowLogs) {
    const records: FlowLogRecord[] = []
    for (const { body } of objects.objects.filter(({ flowLogId }) => flowLogId === flowLog.id)) {
      for await (const record of parseFlowLogs(body, { strict: true })) records.push(record)
    }
    const header = `${flowLog.logFormat.join(' ')}\n`
    for (const batch of events.batches.filter(({ flowLogId }) => flowLogId === flowLog.id)) {
      const text = header + batch.events.map(({ message }) => message).join('\n')
      for await (const record of parseFlowLogs(text, { strict: true })) records.push(record)
    }
    logs.push({ flowLog, records })
  }
  return [packets, logs]
}

function captured(
  ...[networkInterface, direction, packet, timeMicroseconds, verdict]: Parameters<FlowLogPipeline['capture']>
): CheckedPacket {
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
    // The target has records of a mirror session's copies, the source has none.
    isUnlogged:
      verdict.reason.kind === 'not-filtered' || (verdict.reason.kind === 'mirrored-traffic' && direction === 'egress'),
  }
}

describe('the network of the reference design', () => {
  it('has hosts and flow logs', () => {
    expect(hosts.length).toBeGreaterThan(1)
    expect(topology.flowLogs.length).toBeGreaterThan(2)
  })

  for (const [name, check] of Object.entries({ checkConservation, checkNothingUnlogged, checkTimes, checkNodata })) {
    it(`gives records that pass ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(sends, async (all) => {
          expect(check(...(await run(all)))).toEqual([])
        }),
        { numRuns: 40 },
      )
    })
  }
})
