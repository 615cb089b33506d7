import { DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT, FLOW_LOG_FIELDS, formatRecord, parseFlowLogs } from '@flowtap/parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import type { FlowLog, Topology } from '../topology/topology.ts'
import { AwsServiceLookup } from './aws-service-lookup.ts'
import type { RecordContext } from './field-source.ts'
import { ALL_VPC_FIELDS, type FlowLogSpec, flowTopology, type InterfaceSpec, interfaceOf } from './flow-fixture.ts'
import { FlowRow, TransitGatewayRow } from './flow-row.ts'
import { LineBuffer } from './line-buffer.ts'
import { VPC_FIELDS } from './record-fields.ts'
import { RecordFormat } from './record-format.ts'
import { TRANSIT_GATEWAY_FIELDS } from './transit-gateway-fields.ts'

const CONTEXT: RecordContext = {
  accountId: '123456789010',
  region: 'us-west-2',
  services: new AwsServiceLookup([{ block: CidrBlock.of('52.92.0.0/16'), service: 'S3' }]),
}

const INTERFACES: readonly InterfaceSpec[] = [
  {
    id: 'eni-0a',
    addresses: ['10.0.0.10', '2001:db8::10'],
    tags: { Name: 'front end', team: 'über/ops' },
    instanceTags: { Name: '100 %' },
    autoScalingGroupTags: { stage: 'a=b' },
  },
  { id: 'eni-0b', addresses: ['10.0.1.10'], subnet: 'subnet-0b', kind: 'nat-gateway' },
  { id: 'eni-0c', addresses: ['2001:db8::11'], subnet: 'subnet-0c', isNitro: false },
]
const TAG_KEYS = { instance: ['Name', 'missing'], networkInterface: ['Name', 'team'], autoScalingGroup: ['stage'] }

function topologyOf(flowLog: FlowLogSpec): Topology {
  return flowTopology({
    interfaces: INTERFACES,
    zones: {
      'subnet-0c': {
        name: 'us-west-2-lax-1a',
        id: 'usw2-lax1-az1',
        kind: 'local-zone',
        sublocationId: 'us-west-2-lax-1a',
      },
    },
    flowLogs: [flowLog],
  })
}

function onlyFlowLog({ flowLogs }: Topology): FlowLog {
  return flowLogs[0] as FlowLog
}

const addresses = fc.oneof(
  fc.nat({ max: 0xffffffff }).map((bits) => IpAddress.fromIpv4Bits(bits)),
  fc.constantFrom(IpAddress.of('52.92.7.7'), IpAddress.of('10.0.0.11')),
  fc
    .tuple(fc.nat({ max: 0xffffffff }), fc.constantFrom(0, 0xffff0000), fc.nat({ max: 0xffffffff }))
    .map(([a, b, c]) => IpAddress.fromIpv6Words(a, b, b, c)),
)

const counts = {
  logStatus: fc.constantFrom('OK', 'OK', 'OK', 'NODATA', 'SKIPDATA'),
  direction: fc.constantFrom('ingress', 'egress'),
  source: addresses,
  destination: addresses,
  sourcePort: fc.nat({ max: 65_535 }),
  destinationPort: fc.nat({ max: 65_535 }),
  protocol: fc.nat({ max: 255 }),
  packets: fc.maxSafeNat(),
  bytes: fc.maxSafeNat(),
  tcpFlags: fc.constantFrom(-1, 0, 2, 18, 23),
  startSeconds: fc.nat(),
  endSeconds: fc.nat(),
}

async function agree<Row extends FlowRow | TransitGatewayRow>(
  format: RecordFormat<Row>,
  rows: readonly Row[],
): Promise<void> {
  const lines = new LineBuffer(16)
  const expected = rows.map((row) => {
    format.write(row, lines)
    return format.record(row)
  })
  const text = Buffer.from(lines.written()).toString()
  const { fields } = format
  expect(text).toBe(expected.map((record) => `${formatRecord(record, { fields })}\n`).join(''))
  const parsed = []
  const file = `${fields.join(' ')}\n${text}`
  for await (const record of parseFlowLogs(file, { strict: true })) parsed.push(record)
  expect(parsed).toEqual(expected)
}

describe('records of ENIs', () => {
  it('are the same as text and as objects, and the parser reads them back', async () => {
    const rows = fc.array(
      fc.record({
        ...counts,
        networkInterface: fc.nat({ max: 2 }),
        action: fc.constantFrom('ACCEPT', 'REJECT'),
        rejectReason: fc.constantFrom(undefined, undefined, 'BPA'),
        trafficPath: fc.nat({ max: 8 }),
        hasNextHop: fc.boolean(),
      }),
      { minLength: 1, maxLength: 20 },
    )
    const formats = fc.shuffledSubarray([...ALL_VPC_FIELDS], { minLength: 2 })
    await fc.assert(
      fc.asyncProperty(formats, rows, async (fields, all) => {
        const topology = topologyOf({ on: 'vpc-0a1', format: fields, tagKeys: TAG_KEYS })
        const format = new RecordFormat(
          onlyFlowLog(topology),
          VPC_FIELDS,
          (row) => row.networkInterface,
          () => CONTEXT,
        )
        const filled = all.map(({ source, destination, networkInterface, trafficPath, hasNextHop, ...rest }) => {
          const { interfaces } = topology
          const row = new FlowRow(interfaces[networkInterface] ?? interfaceOf(topology, 'eni-0a'))
          row.source.set(source)
          row.destination.set(destination)
          const nextHop = {
            trafficPath,
            networkInterface: hasNextHop ? interfaces[(networkInterface + 1) % 3] : undefined,
          }
          return Object.assign(row, { ...rest, nextHop: trafficPath === 8 ? undefined : nextHop })
        })
        await agree(format, filled)
      }),
      { numRuns: 150 },
    )
  })

  it('have every field, with the values that AWS describes', () => {
    const topology = topologyOf({ on: 'vpc-0a1', format: ALL_VPC_FIELDS, tagKeys: TAG_KEYS })
    const format = new RecordFormat(
      onlyFlowLog(topology),
      VPC_FIELDS,
      (row) => row.networkInterface,
      () => CONTEXT,
    )
    const row = new FlowRow(interfaceOf(topology, 'eni-0a'))
    row.direction = 'egress'
    row.action = 'REJECT'
    row.rejectReason = 'BPA'
    // A secondary address: the record shows the primary one as the ENI's own.
    row.source.set(IpAddress.of('10.0.0.77'))
    row.destination.set(IpAddress.of('52.92.7.7'))
    row.nextHop = { trafficPath: 1, networkInterface: interfaceOf(topology, 'eni-0b') }
    expect(format.record(row)).toEqual({
      version: 11,
      'account-id': '123456789010',
      'interface-id': 'eni-0a',
      srcaddr: '10.0.0.10',
      dstaddr: '52.92.7.7',
      srcport: 0,
      dstport: 0,
      protocol: 0,
      packets: 0n,
      start: 0,
      end: 0,
      action: 'REJECT',
      'log-status': 'OK',
      'vpc-id': 'vpc-0a1',
      'subnet-id': 'subnet-0a1',
      'instance-id': 'i-0a',
      'tcp-flags': 0,
      type: 'IPv4',
      'pkt-srcaddr': '10.0.0.77',
      'pkt-dstaddr': '52.92.7.7',
      region: 'us-west-2',
      'az-id': 'usw2-az1',
      'pkt-dst-aws-service': 'S3',
      'flow-direction': 'egress',
      'traffic-path': 1,
      'reject-reason': 'BPA',
      'instance-tag': '100%20%25',
      'interface-tag': 'front%20end',
      'interface-tag-2': '%C3%BCber%2Fops',
      'asg-tag': 'a%3Db',
      'interface-type': 'interface',
      'next-hop-interface-id': 'eni-0b',
      'next-hop-subnet-id': 'subnet-0b',
      'next-hop-az-id': 'usw2-az1',
      'next-hop-vpc-id': 'vpc-0a1',
      'next-hop-interface-type': 'nat_gateway',
    })
  })

  it('show a foreign source on the way in, and an IPv6 address as it is in the packet', () => {
    const topology = topologyOf({ on: 'vpc-0a1', format: ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'] })
    const format = new RecordFormat(
      onlyFlowLog(topology),
      VPC_FIELDS,
      (row) => row.networkInterface,
      () => CONTEXT,
    )
    const row = new FlowRow(interfaceOf(topology, 'eni-0a'))
    row.source.set(IpAddress.of('192.168.0.1'))
    row.destination.set(IpAddress.of('10.0.0.77'))
    const { srcaddr, dstaddr } = format.record(row)
    expect([srcaddr, dstaddr]).toEqual(['192.168.0.1', '10.0.0.10'])
    row.source.set(IpAddress.of('2001:db8::1'))
    row.destination.set(IpAddress.of('2001:db8::99'))
    expect(format.record(row).dstaddr).toBe('2001:db8::99')
  })

  it('name the sublocation in place of the zone, and the account but no instance of an ENI that a service made', () => {
    const fields = ['account-id', 'interface-id', 'instance-id', 'az-id', 'sublocation-type', 'sublocation-id']
    const topology = topologyOf({ on: 'vpc-0a1', format: fields })
    const format = new RecordFormat(
      onlyFlowLog(topology),
      VPC_FIELDS,
      (row) => row.networkInterface,
      () => CONTEXT,
    )
    const line = (id: string): string => {
      const lines = new LineBuffer()
      format.write(new FlowRow(interfaceOf(topology, id)), lines)
      return Buffer.from(lines.written()).toString()
    }
    expect(line('eni-0c')).toBe('123456789010 eni-0c i-0c - localzone us-west-2-lax-1a\n')
    expect(line('eni-0b')).toBe('123456789010 eni-0b - usw2-az1 - -\n')
  })

  it('without traffic say where the ENI stands, and nothing else', () => {
    const topology = topologyOf({ on: 'vpc-0a1', format: ALL_VPC_FIELDS, tagKeys: TAG_KEYS })
    const format = new RecordFormat(
      onlyFlowLog(topology),
      VPC_FIELDS,
      (row) => row.networkInterface,
      () => CONTEXT,
    )
    const row = new FlowRow(interfaceOf(topology, 'eni-0a'))
    Object.assign(row, { logStatus: 'NODATA', startSeconds: 100, endSeconds: 153 })
    expect(format.record(row)).toEqual({
      version: 11,
      'account-id': '123456789010',
      'interface-id': 'eni-0a',
      start: 100,
      end: 153,
      'log-status': 'NODATA',
      'vpc-id': 'vpc-0a1',
      'subnet-id': 'subnet-0a1',
      region: 'us-west-2',
      'az-id': 'usw2-az1',
    })
  })

  it('refuse a field that only transit gateways have', () => {
    const topology = topologyOf({ on: 'vpc-0a1', format: ['version', 'tgw-id'] })
    const make = (): unknown =>
      new RecordFormat(
        onlyFlowLog(topology),
        VPC_FIELDS,
        () => undefined,
        () => CONTEXT,
      )
    expect(make).toThrow(/flow log fl-01 has the field "tgw-id", which records of a vpc do not have/)
  })
})

describe('records of transit gateways', () => {
  const topology = flowTopology({
    interfaces: [
      { id: 'eni-0a', addresses: ['10.0.0.10'], kind: 'transit-gateway', transitGatewayAttachment: 'tgw-attach-0a' },
      {
        id: 'eni-0b',
        addresses: ['10.1.0.10'],
        kind: 'transit-gateway',
        vpc: 'vpc-0b',
        subnet: 'subnet-0b',
        transitGatewayAttachment: 'tgw-attach-0b',
      },
    ],
    flowLogs: [{ on: 'tgw-0a1', format: DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT.fields }],
  })
  const [source, out] = topology.transitGateways[0]?.attachments ?? []
  const format = new RecordFormat(
    onlyFlowLog(topology),
    TRANSIT_GATEWAY_FIELDS,
    () => undefined,
    () => CONTEXT,
  )

  it('are the same as text and as objects, and the parser reads them back', async () => {
    const rows = fc.array(
      fc.record({ ...counts, hasOut: fc.boolean(), lost: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }) }),
      { minLength: 1, maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const filled = all.map((one) => {
          const { hasOut, source: from, destination: to, lost, ...rest } = one
          if (!source || !out) throw new Error('the fixture has two attachments')
          const row = new TransitGatewayRow(source, interfaceOf(topology, 'eni-0a'))
          row.source.set(from)
          row.destination.set(to)
          row.lost.splice(0, 4, ...lost)
          if (hasOut) Object.assign(row, { outAttachment: out, outInterface: interfaceOf(topology, 'eni-0b') })
          return Object.assign(row, { ...rest, logStatus: 'OK' as const })
        })
        await agree(format, filled)
      }),
      { numRuns: 60 },
    )
  })

  it('have every field of version 6', () => {
    const fields = FLOW_LOG_FIELDS.filter(({ appliesTo }) => appliesTo.includes('transit-gateway')).map(
      ({ name }) => name,
    )
    expect(Object.keys(TRANSIT_GATEWAY_FIELDS).sort()).toEqual([...fields].sort())
    expect([...DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT.fields].sort()).toEqual([...fields].sort())
  })
})
