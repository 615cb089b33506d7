import type { FlowLogRecord } from '@flowtap/parser'
import { describe, expect, it } from 'vitest'
import type { NextHop } from '../dataplane/next-hop.ts'
import { FlowLogPipeline } from '../delivery/flow-log-pipeline.ts'
import type { Topology } from '../topology/topology.ts'
import { ACCEPT, flowTopology, INTERNET, interfaceOf, packetOf, REJECT } from './flow-fixture.ts'

// The examples that AWS documents (VPC user guide, "Flow log record examples"), as captures in and records out. Values stand here as AWS
// prints them; what the captures are is told by the example.

const SECOND = 1_000_000

/** The records of captures from `startSeconds` on, which is where an aggregation interval begins. */
function record(topology: Topology, capture: (pipeline: FlowLogPipeline) => void, startSeconds: number): string[] {
  const records: FlowLogRecord[] = []
  const pipeline = new FlowLogPipeline(topology, {
    startMicroseconds: startSeconds * SECOND,
    intervalPhaseSeconds: startSeconds % 600,
    onRecord: (record) => records.push(record),
  })
  capture(pipeline)
  void pipeline.end((startSeconds + 1) * SECOND)
  const fields = topology.flowLogs[0]?.logFormat ?? []
  return records.map((one) => fields.map((field) => String(one[field] ?? '-')).join(' '))
}

describe('the ping of the group and ACL example', () => {
  const topology = flowTopology({
    interfaces: [{ id: 'eni-1235b8ca123456789', addresses: ['172.31.16.139'], isNitro: false }],
    cidrBlocks: { 'vpc-0a1': '172.31.0.0/16' },
    flowLogs: [{ on: 'vpc-0a1', interval: 600 }],
  })
  const own = interfaceOf(topology, 'eni-1235b8ca123456789')
  const request = packetOf('203.0.113.12', '172.31.16.139', 1, { icmpType: 8, payloadLength: 56 })
  const reply = packetOf('172.31.16.139', '203.0.113.12', 1, { icmpType: 0, payloadLength: 56 })

  it('allowed in by the group, its answer refused by the ACL: an ACCEPT and a REJECT of 4 packets and 336 bytes', () => {
    const lines = record(
      topology,
      (pipeline) => {
        for (const [at, answered] of [
          [27, 94],
          [50, 100],
          [80, 130],
          [142, 142],
        ] as const) {
          pipeline.capture(own, 'ingress', request, (1_432_917_000 + at) * SECOND, ACCEPT, INTERNET)
          pipeline.capture(own, 'egress', reply, (1_432_917_000 + answered) * SECOND, REJECT, INTERNET)
        }
      },
      1_432_917_000,
    )
    expect(lines).toEqual([
      '2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK',
      '2 123456789010 eni-1235b8ca123456789 172.31.16.139 203.0.113.12 0 0 1 4 336 1432917094 1432917142 REJECT OK',
    ])
  })

  it('refused on its way in: one REJECT', () => {
    const lines = record(
      topology,
      (pipeline) => pipeline.capture(own, 'ingress', request, 1_432_917_027 * SECOND, REJECT, INTERNET),
      1_432_917_000,
    )
    expect(lines).toEqual([
      '2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 1 84 1432917027 1432917027 REJECT OK',
    ])
  })
})

describe('TCP flags', () => {
  const topology = flowTopology({
    interfaces: [{ id: 'eni-1235b8ca123456789', addresses: ['10.0.0.62'] }],
    flowLogs: [{ on: 'vpc-0a1', format: ['srcport', 'dstport', 'packets', 'start', 'end', 'tcp-flags'] }],
  })
  const own = interfaceOf(topology, 'eni-1235b8ca123456789')
  const FIN_ACK = 0x11
  const SYN = 0x02
  const SYN_ACK = 0x12
  const ACK = 0x10
  const PSH_ACK = 0x18

  function client(pipeline: FlowLogPipeline, port: number, tcpFlags: number, atSeconds: number): void {
    const packet = packetOf(`52.213.180.42:${port}`, '10.0.0.62:5001', 6, { tcpFlags })
    pipeline.capture(own, 'ingress', packet, atSeconds * SECOND, ACCEPT, INTERNET)
  }
  function server(pipeline: FlowLogPipeline, port: number, tcpFlags: number, atSeconds: number): void {
    const packet = packetOf('10.0.0.62:5001', `52.213.180.42:${port}`, 6, { tcpFlags })
    pipeline.capture(own, 'egress', packet, atSeconds * SECOND, ACCEPT, INTERNET)
  }

  it('a short connection shows 3 and 19', () => {
    const at = 1_566_933_133
    const lines = record(
      topology,
      (pipeline) => {
        client(pipeline, 43638, SYN, at)
        server(pipeline, 43638, SYN_ACK, at)
        client(pipeline, 43638, ACK, at)
        client(pipeline, 43638, PSH_ACK, at + 1)
        server(pipeline, 43638, PSH_ACK, at + 1)
        client(pipeline, 43638, FIN_ACK, at + 2)
        server(pipeline, 43638, FIN_ACK, at + 2)
      },
      at,
    )
    expect(lines).toEqual([`43638 5001 4 ${at} ${at + 2} 3`, `5001 43638 3 ${at} ${at + 2} 19`])
  })

  it('a long one shows 2 and 18, then 0, and 1 and 1 where it closes', () => {
    const at = 1_566_848_875
    const lines = record(
      topology,
      (pipeline) => {
        client(pipeline, 43418, SYN, at)
        server(pipeline, 43418, SYN_ACK, at)
        client(pipeline, 43418, PSH_ACK, at + 1)
        client(pipeline, 43418, PSH_ACK, at + 70)
        server(pipeline, 43418, ACK, at + 70)
        client(pipeline, 43418, FIN_ACK, at + 130)
        server(pipeline, 43418, FIN_ACK, at + 131)
        client(pipeline, 43418, ACK, at + 131)
      },
      at,
    )
    expect(lines).toEqual([
      `43418 5001 2 ${at} ${at + 1} 2`,
      `5001 43418 1 ${at} ${at} 18`,
      `43418 5001 1 ${at + 70} ${at + 70} 0`,
      `5001 43418 1 ${at + 70} ${at + 70} 0`,
      `43418 5001 2 ${at + 130} ${at + 131} 1`,
      `5001 43418 1 ${at + 131} ${at + 131} 1`,
    ])
  })
})

describe('addresses of the ENI and of the packet', () => {
  it('the six records of a connection through a NAT gateway', () => {
    const topology = flowTopology({
      interfaces: [
        { id: 'eni-1235b8ca123456789', kind: 'nat-gateway', addresses: ['10.0.0.220'] },
        { id: 'eni-1111aaaa2222bbbb3', instanceId: 'i-01234567890123456', addresses: ['10.0.1.5'] },
      ],
      flowLogs: [
        {
          on: 'vpc-0a1',
          format: ['instance-id', 'interface-id', 'srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'],
        },
      ],
    })
    const nat = interfaceOf(topology, 'eni-1235b8ca123456789')
    const instance = interfaceOf(topology, 'eni-1111aaaa2222bbbb3')
    const toNat: NextHop = { trafficPath: 1, networkInterface: nat }
    const toInstance: NextHop = { trafficPath: 1, networkInterface: instance }
    const out = packetOf('10.0.1.5:40000', '203.0.113.5:443', 6)
    const outTranslated = packetOf('10.0.0.220:1024', '203.0.113.5:443', 6)
    const backTranslated = packetOf('203.0.113.5:443', '10.0.0.220:1024', 6)
    const back = packetOf('203.0.113.5:443', '10.0.1.5:40000', 6)
    const lines = record(
      topology,
      (pipeline) => {
        pipeline.capture(instance, 'egress', out, 1, ACCEPT, toNat)
        pipeline.capture(nat, 'ingress', out, 2, ACCEPT, toInstance)
        pipeline.capture(nat, 'egress', outTranslated, 3, ACCEPT, INTERNET)
        pipeline.capture(nat, 'ingress', backTranslated, 4, ACCEPT, INTERNET)
        pipeline.capture(nat, 'egress', back, 5, ACCEPT, toInstance)
        pipeline.capture(instance, 'ingress', back, 6, ACCEPT, toNat)
      },
      0,
    )
    expect(lines.sort()).toEqual(
      [
        '- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5',
        '- eni-1235b8ca123456789 10.0.0.220 203.0.113.5 10.0.0.220 203.0.113.5',
        '- eni-1235b8ca123456789 203.0.113.5 10.0.0.220 203.0.113.5 10.0.0.220',
        '- eni-1235b8ca123456789 10.0.0.220 10.0.1.5 203.0.113.5 10.0.1.5',
        'i-01234567890123456 eni-1111aaaa2222bbbb3 10.0.1.5 203.0.113.5 10.0.1.5 203.0.113.5',
        'i-01234567890123456 eni-1111aaaa2222bbbb3 203.0.113.5 10.0.1.5 203.0.113.5 10.0.1.5',
      ].sort(),
    )
  })

  it('the four capture points behind a transit gateway', () => {
    const topology = flowTopology({
      cidrBlocks: { 'vpc-abcdefab012345678': '10.40.0.0/16' },
      interfaces: [
        {
          id: 'eni-33333333333333333',
          instanceId: 'i-01234567890123456',
          vpc: 'vpc-abcdefab012345678',
          subnet: 'subnet-22222222bbbbbbbbb',
          addresses: ['10.40.2.236'],
        },
        {
          id: 'eni-11111111111111111',
          kind: 'transit-gateway',
          vpc: 'vpc-abcdefab012345678',
          subnet: 'subnet-11111111aaaaaaaaa',
          addresses: ['10.40.1.175'],
        },
        {
          id: 'eni-22222222222222222',
          kind: 'transit-gateway',
          vpc: 'vpc-abcdefab012345678',
          subnet: 'subnet-22222222bbbbbbbbb',
          addresses: ['10.40.2.31'],
        },
      ],
      flowLogs: [
        {
          on: 'vpc-abcdefab012345678',
          format: (
            'version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol tcp-flags type ' +
            'pkt-srcaddr pkt-dstaddr action log-status'
          ).split(' '),
        },
      ],
    })
    const instance = interfaceOf(topology, 'eni-33333333333333333')
    const enters = interfaceOf(topology, 'eni-11111111111111111')
    const leaves = interfaceOf(topology, 'eni-22222222222222222')
    const lines = record(
      topology,
      (pipeline) => {
        for (const tcpFlags of [0x02, 0x10, 0x11]) {
          const request = packetOf('10.20.33.164:39812', '10.40.2.236:80', 6, { tcpFlags })
          const toInstance: NextHop = { trafficPath: 1, networkInterface: instance }
          pipeline.capture(enters, 'egress', request, 10, ACCEPT, toInstance)
          pipeline.capture(instance, 'ingress', request, 11, ACCEPT, { trafficPath: 0, networkInterface: enters })
        }
        for (const tcpFlags of [0x12, 0x10, 0x11]) {
          const answer = packetOf('10.40.2.236:80', '10.20.33.164:39812', 6, { tcpFlags })
          pipeline.capture(instance, 'egress', answer, 12, ACCEPT, { trafficPath: 1, networkInterface: leaves })
          pipeline.capture(leaves, 'ingress', answer, 13, ACCEPT, { trafficPath: 0, networkInterface: instance })
        }
      },
      0,
    )
    const place = '123456789010 vpc-abcdefab012345678'
    expect(lines.sort()).toEqual(
      [
        `3 eni-33333333333333333 ${place} subnet-22222222bbbbbbbbb i-01234567890123456 10.20.33.164 10.40.2.236 39812 80 6 3 IPv4 10.20.33.164 10.40.2.236 ACCEPT OK`,
        `3 eni-33333333333333333 ${place} subnet-22222222bbbbbbbbb i-01234567890123456 10.40.2.236 10.20.33.164 80 39812 6 19 IPv4 10.40.2.236 10.20.33.164 ACCEPT OK`,
        `3 eni-11111111111111111 ${place} subnet-11111111aaaaaaaaa - 10.40.1.175 10.40.2.236 39812 80 6 3 IPv4 10.20.33.164 10.40.2.236 ACCEPT OK`,
        `3 eni-22222222222222222 ${place} subnet-22222222bbbbbbbbb - 10.40.2.236 10.40.2.31 80 39812 6 19 IPv4 10.40.2.236 10.20.33.164 ACCEPT OK`,
      ].sort(),
    )
  })
})

describe('S3 through an internet gateway', () => {
  it('shows the service and traffic path 8 on the way out, and no path on the way in', () => {
    const topology = flowTopology({
      interfaces: [{ id: 'eni-1235b8ca123456789', instanceId: 'i-0c50d5961bcb2d47b', addresses: ['10.0.0.71'] }],
      zones: {
        'subnet-0a1': {
          name: 'ap-southeast-2c',
          id: 'apse2-az3',
          kind: 'availability-zone',
          sublocationId: undefined,
        },
      },
      serviceRanges: { '52.95.128.0/21': 'S3', '52.92.0.0/14': 'AMAZON' },
      flowLogs: [
        {
          on: 'vpc-0a1',
          format: (
            'version srcaddr dstaddr srcport dstport protocol start end type packets bytes instance-id interface-id az-id sublocation-type ' +
            'sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service traffic-path flow-direction ' +
            'log-status'
          ).split(' '),
        },
      ],
    })
    const own = interfaceOf(topology, 'eni-1235b8ca123456789')
    const start = 1_616_729_292
    const lines = record(
      topology,
      (pipeline) => {
        const sent: readonly (readonly [number, number])[] = [
          [0x02, 0],
          [0x10, 0],
          [0x18, 191],
          [0x10, 0],
          [0x10, 0],
          [0x10, 0],
          [0x11, 0],
        ]
        sent.forEach(([tcpFlags, payloadLength], place) => {
          const packet = packetOf('10.0.0.71:34210', '52.95.128.179:80', 6, { tcpFlags, payloadLength })
          pipeline.capture(own, 'egress', packet, (start + (place === 6 ? 57 : 0)) * SECOND, ACCEPT, INTERNET)
        })
        for (let place = 0; place < 14; place += 1) {
          const tcpFlags = place === 0 ? 0x12 : place === 13 ? 0x11 : 0x10
          const payloadLength = place === 0 || place === 13 ? 0 : place === 12 ? 1124 : 1214 + (place === 1 ? 6 : 0)
          const packet = packetOf('52.95.128.179:80', '10.0.0.71:34210', 6, { tcpFlags, payloadLength })
          pipeline.capture(own, 'ingress', packet, (start + (place === 13 ? 57 : 0)) * SECOND, ACCEPT, INTERNET)
        }
      },
      start,
    )
    const place = 'i-0c50d5961bcb2d47b eni-1235b8ca123456789 apse2-az3 - - ACCEPT'
    expect(lines.reverse()).toEqual([
      `5 52.95.128.179 10.0.0.71 80 34210 6 ${start} ${start + 57} IPv4 14 15044 ${place} 19 52.95.128.179 10.0.0.71 S3 - - ingress OK`,
      `5 10.0.0.71 52.95.128.179 34210 80 6 ${start} ${start + 57} IPv4 7 471 ${place} 3 10.0.0.71 52.95.128.179 - S3 8 egress OK`,
    ])
  })
})
