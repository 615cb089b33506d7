import { DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT, type FlowLogRecord } from '@flowtap/parser'
import { describe, expect, it } from 'vitest'
import { FlowLogPipeline } from '../delivery/flow-log-pipeline.ts'
import type { TransitGatewayAttachment } from '../topology/topology.ts'
import { flowTopology, interfaceOf, packetOf, type TopologySpec } from './flow-fixture.ts'

const SECOND = 1_000_000
const SPEC: TopologySpec = {
  interfaces: [
    {
      id: 'eni-0a',
      addresses: ['10.0.0.10'],
      kind: 'transit-gateway',
      vpc: 'vpc-0a',
      subnet: 'subnet-0a',
      transitGatewayAttachment: 'tgw-attach-0a',
    },
    {
      id: 'eni-0b',
      addresses: ['10.1.0.10'],
      kind: 'transit-gateway',
      vpc: 'vpc-0b',
      subnet: 'subnet-0b',
      transitGatewayAttachment: 'tgw-attach-0b',
    },
  ],
  cidrBlocks: { 'vpc-0b': '10.1.0.0/16' },
  serviceRanges: { '52.92.0.0/16': 'S3' },
}
const format = DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT.fields
const topology = flowTopology({
  ...SPEC,
  flowLogs: [
    { id: 'fl-01', on: 'tgw-0a1', format },
    { id: 'fl-02', on: 'tgw-attach-0b', format },
  ],
})
const [from, to] = (topology.transitGateways[0]?.attachments ?? []) as [
  TransitGatewayAttachment,
  TransitGatewayAttachment,
]
const enters = interfaceOf(topology, 'eni-0a')
const leaves = interfaceOf(topology, 'eni-0b')
const request = packetOf('10.0.0.5:40000', '10.1.0.6:443', 6, { tcpFlags: 2 })

function recordsOf(run: (pipeline: FlowLogPipeline) => void): readonly (readonly [string, FlowLogRecord])[] {
  const records: [string, FlowLogRecord][] = []
  const pipeline = new FlowLogPipeline(topology, { onRecord: (record, { id }) => records.push([id, record]) })
  run(pipeline)
  void pipeline.end(200 * SECOND)
  return records
}

describe('flow logs of transit gateways', () => {
  it('have an ingress record where a flow comes in and an egress record where it goes out', () => {
    const records = recordsOf((pipeline) => {
      for (const at of [10, 20, 70]) {
        pipeline.captureAtTransitGateway(from, enters, to, leaves, request, at * SECOND, 'none')
      }
    })
    const line = (record: FlowLogRecord): string => format.map((field) => record[field] ?? '-').join(' ')
    const shared = 'vpc-0a vpc-0b subnet-0a subnet-0b eni-0a eni-0b usw2-az1 usw2-az1'.replace(
      '',
      '123456789010 123456789010 ',
    )
    const flow = '10.0.0.5 10.1.0.6 40000 443 6 2 80 10 20 OK IPv4 0 0 0 0 2 us-west-2'
    expect(records.slice(0, 3).map(([id, record]) => `${id}: ${line(record)}`)).toEqual([
      `fl-01: 6 TransitGateway 123456789010 tgw-0a1 tgw-attach-0a ${shared} tgw-attach-0b ${flow} ingress - -`,
      `fl-01: 6 TransitGateway 123456789010 tgw-0a1 tgw-attach-0b ${shared} tgw-attach-0a ${flow} egress - -`,
      `fl-02: 6 TransitGatewayAttachment 123456789010 tgw-0a1 tgw-attach-0b ${shared} tgw-attach-0a ${flow} egress - -`,
    ])
    expect(records.length).toBe(6)
  })

  it('count what the gateway loses by its reason, in a record without a destination', () => {
    const records = recordsOf((pipeline) => {
      pipeline.captureAtTransitGateway(from, enters, to, leaves, request, 1, 'none')
      pipeline.captureAtTransitGateway(from, enters, undefined, undefined, request, 2, 'no-route')
      pipeline.captureAtTransitGateway(from, enters, undefined, undefined, request, 3, 'blackhole')
      pipeline.captureAtTransitGateway(from, enters, undefined, undefined, request, 4, 'blackhole')
      pipeline.captureAtTransitGateway(from, enters, undefined, undefined, request, 5, 'mtu-exceeded')
      pipeline.captureAtTransitGateway(from, enters, undefined, undefined, request, 6, 'ttl-expired')
    })
    const lost = records.find(([, record]) => record['tgw-dst-eni'] === undefined)?.[1]
    expect(lost).toMatchObject({
      'flow-direction': 'ingress',
      packets: 5n,
      bytes: 200n,
      'packets-lost-no-route': 1n,
      'packets-lost-blackhole': 2n,
      'packets-lost-mtu-exceeded': 1n,
      'packets-lost-ttl-expired': 1n,
    })
    expect(lost?.['tgw-dst-vpc-id']).toBeUndefined()
    expect(lost?.['tgw-pair-attachment-id']).toBeUndefined()
    expect(records.map(([id]) => id)).toEqual(['fl-01', 'fl-01', 'fl-02', 'fl-01'])
  })

  it('follow the design: a flow log that is deleted ends with its interval', () => {
    const without = flowTopology({ ...SPEC, flowLogs: [{ id: 'fl-02', on: 'tgw-attach-0b', format }] })
    const records = recordsOf((pipeline) => {
      pipeline.captureAtTransitGateway(from, enters, to, leaves, request, 10 * SECOND, 'none')
      pipeline.update(without, 20 * SECOND)
      const [newFrom, newTo] = (without.transitGateways[0]?.attachments ?? []) as [typeof from, typeof to]
      const at = interfaceOf(without, 'eni-0a')
      pipeline.captureAtTransitGateway(newFrom, at, newTo, interfaceOf(without, 'eni-0b'), request, 70 * SECOND, 'none')
    })
    expect(records.map(([id]) => id)).toEqual(['fl-01', 'fl-01', 'fl-02', 'fl-02'])
  })

  it('cost nothing where there are none', () => {
    const bare = flowTopology(SPEC)
    const pipeline = new FlowLogPipeline(bare, { onRecord: () => expect.unreachable() })
    const [one, other] = (bare.transitGateways[0]?.attachments ?? []) as [typeof from, typeof to]
    pipeline.captureAtTransitGateway(
      one,
      interfaceOf(bare, 'eni-0a'),
      other,
      interfaceOf(bare, 'eni-0b'),
      request,
      1,
      'none',
    )
    void pipeline.end(100 * SECOND)
  })
})
