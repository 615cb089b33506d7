import { describe, expect, it } from 'vitest'
import type { FlowLog, NetworkInterface, Topology } from '../topology/topology.ts'
import { ACCEPT, BLOCKED, flowTopology, INTERNET, interfaceOf, MIRRORED, packetOf, REJECT } from './flow-fixture.ts'
import { FlowRow } from './flow-row.ts'
import { FlowTable, type FlowTableOptions } from './flow-table.ts'
import { INTERVAL_GRACE_MICROSECONDS } from './record-assumptions.ts'

const SECOND = 1_000_000
const PACKET = packetOf('10.0.0.10:40000', '198.51.100.7:443', 6, { payloadLength: 60, tcpFlags: 2 })

/** A table whose rows become lines in the order in which they come, with the flow log's id in front. */
function tableOf(topology: Topology, options: FlowTableOptions = {}): { table: FlowTable; lines: string[] } {
  const lines: string[] = []
  const table = new FlowTable(
    topology,
    ({ id }: FlowLog) => ({
      row: (row) => lines.push(`${id} ${textOf(row)}`),
      intervalClosed: () => undefined,
      close: () => lines.push(`${id} closed`),
    }),
    options,
  )
  return { table, lines }
}

function textOf(row: FlowRow): string {
  const { logStatus, networkInterface, direction, action, packets, bytes, startSeconds, endSeconds, tcpFlags } = row
  if (logStatus !== 'OK') return `${logStatus} ${networkInterface.id} in ${row.intervalStartSeconds}`
  return `${networkInterface.id} ${direction} ${action} ${packets} ${bytes} ${startSeconds}-${endSeconds} flags ${tcpFlags}`
}

const ONE_NITRO = { id: 'eni-0a', addresses: ['10.0.0.10'] }
const ONE_XEN = { ...ONE_NITRO, isNitro: false }

function egress(table: FlowTable, own: NetworkInterface, seconds: number): void {
  table.capture(own, 'egress', PACKET, seconds * SECOND, ACCEPT, INTERNET)
}

describe('aggregation intervals', () => {
  it('of 600 and of 60 seconds at one ENI have the same packets', () => {
    const topology = flowTopology({
      interfaces: [ONE_XEN],
      flowLogs: [
        { id: 'fl-60', on: 'eni-0a', interval: 60 },
        { id: 'fl-600', on: 'vpc-0a1', interval: 600 },
      ],
    })
    const { table, lines } = tableOf(topology)
    for (const at of [10, 70, 71, 599, 601]) egress(table, interfaceOf(topology, 'eni-0a'), at)
    table.end(602 * SECOND)
    expect(lines.filter((line) => !line.includes('NODATA'))).toEqual([
      'fl-60 eni-0a egress ACCEPT 1 100 10-10 flags 2',
      'fl-60 eni-0a egress ACCEPT 2 200 70-71 flags 2',
      'fl-60 eni-0a egress ACCEPT 1 100 599-599 flags 2',
      'fl-600 eni-0a egress ACCEPT 4 400 10-599 flags 2',
      'fl-60 eni-0a egress ACCEPT 1 100 601-601 flags 2',
      'fl-600 eni-0a egress ACCEPT 1 100 601-601 flags 2',
      'fl-60 closed',
      'fl-600 closed',
    ])
  })

  it('are a minute at ENIs of Nitro instances, whatever is asked for, and what is asked for elsewhere', () => {
    const topology = flowTopology({
      interfaces: [ONE_NITRO, { id: 'eni-0b', addresses: ['10.0.0.11'], kind: 'nat-gateway' }],
      flowLogs: [{ on: 'vpc-0a1', interval: 600 }],
    })
    const { table } = tableOf(topology)
    expect(topology.interfaces.map((one) => table.intervalOf(one))).toEqual([60, 600])
  })

  it('take packets of the grace after their end by the packets’ own times', () => {
    const topology = flowTopology({ interfaces: [ONE_NITRO], flowLogs: [{ on: 'vpc-0a1' }] })
    const own = interfaceOf(topology, 'eni-0a')
    const { table, lines } = tableOf(topology)
    const grace = INTERVAL_GRACE_MICROSECONDS / SECOND
    for (const at of [59.9, 60.2, 59.95, 60 + grace - 0.001, 59.99]) egress(table, own, at)
    expect(lines).toEqual([])
    expect(table.lateCaptures).toBe(0)
    egress(table, own, 60 + grace)
    expect(lines).toEqual(['fl-01 eni-0a egress ACCEPT 3 300 59-59 flags 2'])
    // Too late: it counts at the beginning of the interval that is open.
    egress(table, own, 59.5)
    expect(table.lateCaptures).toBe(1)
    table.end(100 * SECOND)
    expect(lines[1]).toBe('fl-01 eni-0a egress ACCEPT 4 400 60-61 flags 2')
  })

  it('begin at the phase that is asked for', () => {
    const topology = flowTopology({ interfaces: [ONE_NITRO], flowLogs: [{ on: 'vpc-0a1' }] })
    const { table, lines } = tableOf(topology, { intervalPhaseSeconds: 48 })
    for (const at of [30, 47.5, 48, 107.9, 108]) egress(table, interfaceOf(topology, 'eni-0a'), at)
    table.end(109 * SECOND)
    expect(lines.map((line) => line.split(' ')[5])).toEqual(['200', '200', '100', undefined])
  })
})

describe('rows', () => {
  const topology = flowTopology({
    interfaces: [ONE_NITRO, { id: 'eni-0b', addresses: ['10.0.0.11'] }],
    flowLogs: [
      { id: 'fl-all', on: 'vpc-0a1' },
      { id: 'fl-accept', on: 'subnet-0a1', trafficType: 'ACCEPT' },
      { id: 'fl-reject', on: 'eni-0a', trafficType: 'REJECT' },
    ],
  })
  const own = interfaceOf(topology, 'eni-0a')
  const other = interfaceOf(topology, 'eni-0b')

  it('are apart by action, and go to the flow logs of their traffic type', () => {
    const { table, lines } = tableOf(topology)
    table.capture(own, 'ingress', PACKET, 1, ACCEPT, INTERNET)
    table.capture(own, 'ingress', PACKET, 2, REJECT, INTERNET)
    table.capture(own, 'ingress', PACKET, 3, BLOCKED, INTERNET)
    table.end(0)
    expect(lines.filter((line) => !line.includes('closed'))).toEqual([
      'fl-all eni-0a ingress ACCEPT 1 100 0-0 flags 2',
      'fl-accept eni-0a ingress ACCEPT 1 100 0-0 flags 2',
      'fl-all eni-0a ingress REJECT 1 100 0-0 flags 2',
      'fl-reject eni-0a ingress REJECT 1 100 0-0 flags 2',
      'fl-all eni-0a ingress REJECT 1 100 0-0 flags 2',
      'fl-reject eni-0a ingress REJECT 1 100 0-0 flags 2',
    ])
  })

  it('of mirrored packets are at the target alone', () => {
    const { table, lines } = tableOf(topology)
    const mirrored = packetOf('10.0.0.10:65408', '10.0.0.11:4789', 17)
    table.capture(own, 'egress', mirrored, 1, MIRRORED, INTERNET)
    table.capture(other, 'ingress', mirrored, 2, ACCEPT, INTERNET)
    table.end(0)
    expect(lines[0]).toBe('fl-all eni-0b ingress ACCEPT 1 28 0-0 flags 0')
    expect(lines.filter((line) => line.includes('eni-0a'))).toEqual([])
  })

  it('cannot have flags computed where one packet has an invalid combination', () => {
    const { table, lines } = tableOf(topology)
    table.capture(own, 'egress', PACKET, 1, ACCEPT, INTERNET)
    table.capture(own, 'egress', PACKET.with({ tcpFlags: 3 }), 2, ACCEPT, INTERNET)
    table.end(0)
    expect(lines[0]).toContain('flags -1')
  })

  it('count later fragments into the flow of the first, where that was seen', () => {
    const { table, lines } = tableOf(topology)
    const first = packetOf('10.0.0.10:5000', '10.0.0.11:53', 17, {
      identification: 7,
      moreFragments: true,
      payloadLength: 1464,
    })
    const later = packetOf('10.0.0.10', '10.0.0.11', 17, {
      identification: 7,
      fragmentOffset: 1472,
      payloadLength: 100,
    })
    table.capture(own, 'egress', first, 1, ACCEPT, INTERNET)
    table.capture(own, 'egress', later, 2, ACCEPT, INTERNET)
    table.capture(own, 'egress', later.with({ identification: 8 }), 3, ACCEPT, INTERNET)
    table.capture(other, 'ingress', later, 3, ACCEPT, INTERNET)
    // Linux gives up a datagram after 30 seconds.
    table.capture(own, 'egress', later, 31 * SECOND, ACCEPT, INTERNET)
    table.end(0)
    expect(lines.filter((line) => line.startsWith('fl-all eni'))).toEqual([
      'fl-all eni-0a egress ACCEPT 2 1612 0-0 flags 0',
      'fl-all eni-0a egress ACCEPT 2 240 0-31 flags 0',
      'fl-all eni-0b ingress ACCEPT 1 120 0-0 flags 0',
    ])
  })

  it('have ports 0 for ICMP, whatever the packet carries', () => {
    const rows: number[] = []
    const table = new FlowTable(topology, () => ({
      row: (row) => rows.push(row.sourcePort, row.destinationPort, row.packets),
      intervalClosed: () => undefined,
      close: () => undefined,
    }))
    const echo = packetOf('10.0.0.10', '10.0.0.11', 1, { icmpType: 8, icmpIdentifier: 77 })
    table.capture(other, 'ingress', echo, 1, ACCEPT, INTERNET)
    table.capture(other, 'ingress', echo.with({ icmpType: 3, sourcePort: 9, destinationPort: 9 }), 1, ACCEPT, INTERNET)
    table.end(0)
    expect(rows.slice(0, 3)).toEqual([0, 0, 2])
  })

  it('cost nothing at an ENI without flow logs', () => {
    const bare = flowTopology({
      interfaces: [ONE_NITRO, { id: 'eni-0b', addresses: ['10.0.0.11'] }],
      flowLogs: [{ on: 'eni-0b' }],
    })
    const { table } = tableOf(bare)
    egress(table, interfaceOf(bare, 'eni-0a'), 1)
    expect(table.openFlows).toBe(0)
    expect(table.intervalOf(interfaceOf(bare, 'eni-0a'))).toBeUndefined()
  })

  it('of every ENI are told per minute to who asks for flows, flow log or not', () => {
    const bare = flowTopology({ interfaces: [ONE_XEN], flowLogs: [{ on: 'vpc-0a1', interval: 600 }] })
    const flows: string[] = []
    const { table, lines } = tableOf(bare, { onFlow: (row) => flows.push(textOf(row)) })
    for (const at of [1, 61]) egress(table, interfaceOf(bare, 'eni-0a'), at)
    table.end(100 * SECOND)
    expect(flows).toEqual(['eni-0a egress ACCEPT 1 100 1-1 flags 2', 'eni-0a egress ACCEPT 1 100 61-61 flags 2'])
    expect(lines).toEqual(['fl-01 eni-0a egress ACCEPT 2 200 1-61 flags 2', 'fl-01 closed'])
  })

  it('may be added whole, and count together with packets', () => {
    const { table, lines } = tableOf(topology)
    const row = new FlowRow(own)
    row.direction = 'egress'
    row.source.set(PACKET.source)
    row.destination.set(PACKET.destination)
    Object.assign(row, { sourcePort: 40_000, destinationPort: 443, protocol: 6, packets: 5, bytes: 500, tcpFlags: 18 })
    Object.assign(row, { startSeconds: 3, endSeconds: 9 })
    table.add(row)
    egress(table, own, 4)
    Object.assign(row, { startSeconds: 70, endSeconds: 71, tcpFlags: -1 })
    table.add(row)
    table.end(0)
    expect(lines.filter((line) => line.startsWith('fl-all eni'))).toEqual([
      'fl-all eni-0a egress ACCEPT 6 600 3-9 flags 18',
      'fl-all eni-0a egress ACCEPT 5 500 70-71 flags -1',
    ])
  })
})

describe('flows that are written at once', () => {
  const row = (topology: Topology, startSeconds: number): FlowRow => {
    const made = new FlowRow(interfaceOf(topology, 'eni-0a'))
    return Object.assign(made, {
      direction: 'egress',
      packets: 5,
      bytes: 500,
      startSeconds,
      endSeconds: startSeconds + 1,
    })
  }

  it('are the rows that added ones give, without waiting', () => {
    const topology = flowTopology({ interfaces: [ONE_NITRO], flowLogs: [{ on: 'vpc-0a1', interval: 600 }] })
    const written = tableOf(topology)
    const added = tableOf(topology)
    for (const at of [3, 62, 250]) {
      written.table.write(row(topology, at))
      added.table.add(row(topology, at))
    }
    expect(written.lines.length).toBe(added.lines.length + 1)
    written.table.end(300 * SECOND)
    added.table.end(300 * SECOND)
    expect(written.lines).toEqual(added.lines)
    expect(written.lines.filter((line) => line.includes('NODATA')).length).toBe(2)
  })

  it('are kept for a long interval that is put together from short ones', () => {
    const topology = flowTopology({
      interfaces: [ONE_XEN],
      flowLogs: [{ on: 'eni-0a' }, { on: 'vpc-0a1', interval: 600 }],
    })
    const { table, lines } = tableOf(topology)
    for (const at of [3, 62]) table.write(row(topology, at))
    table.end(100 * SECOND)
    expect(lines.slice(0, 3)).toEqual([
      'fl-01 eni-0a egress ACCEPT 5 500 3-4 flags 0',
      'fl-01 eni-0a egress ACCEPT 5 500 62-63 flags 0',
      'fl-02 eni-0a egress ACCEPT 10 1000 3-63 flags 0',
    ])
  })
})

describe('NODATA', () => {
  const topology = flowTopology({ interfaces: [ONE_NITRO], flowLogs: [{ on: 'vpc-0a1', trafficType: 'REJECT' }] })
  const own = interfaceOf(topology, 'eni-0a')

  it('comes for each silent interval after the first traffic, whatever the traffic type', () => {
    const { table, lines } = tableOf(topology)
    egress(table, own, 130)
    table.advance(400 * SECOND)
    table.end(420 * SECOND)
    expect(lines).toEqual([
      'fl-01 NODATA eni-0a in 180',
      'fl-01 NODATA eni-0a in 240',
      'fl-01 NODATA eni-0a in 300',
      'fl-01 NODATA eni-0a in 360',
      'fl-01 closed',
    ])
  })

  it('comes before it too where that is asked for', () => {
    const { table, lines } = tableOf(topology, { nodataBeforeFirstTraffic: true, startMicroseconds: 30 * SECOND })
    table.end(180 * SECOND)
    expect(lines).toEqual(['fl-01 NODATA eni-0a in 60', 'fl-01 NODATA eni-0a in 120', 'fl-01 closed'])
  })

  it('does not come from traffic that is not logged', () => {
    const { table, lines } = tableOf(topology)
    const dns = packetOf('10.0.0.10:5000', '10.0.0.2:53', 17)
    table.capture(own, 'egress', dns, 10 * SECOND, ACCEPT, INTERNET)
    table.end(300 * SECOND)
    expect(lines).toEqual(['fl-01 closed'])
  })
})

describe('SKIPDATA', () => {
  it('comes once for the interval in which packets were lost, and those are not counted', () => {
    const topology = flowTopology({
      interfaces: [ONE_XEN],
      flowLogs: [
        { id: 'fl-60', on: 'eni-0a', interval: 60 },
        { id: 'fl-600', on: 'vpc-0a1', interval: 600 },
      ],
    })
    const own = interfaceOf(topology, 'eni-0a')
    const { table, lines } = tableOf(topology)
    table.skipData('eni-0a', 20 * SECOND, 30 * SECOND)
    table.skipData('eni-0a', 90 * SECOND, 100 * SECOND)
    for (const at of [10, 20, 29, 30, 95]) egress(table, own, at)
    table.end(101 * SECOND)
    expect(lines).toEqual([
      'fl-60 eni-0a egress ACCEPT 2 200 10-30 flags 2',
      'fl-60 SKIPDATA eni-0a in 0',
      'fl-60 SKIPDATA eni-0a in 60',
      'fl-600 eni-0a egress ACCEPT 2 200 10-30 flags 2',
      'fl-600 SKIPDATA eni-0a in 0',
      'fl-60 closed',
      'fl-600 closed',
    ])
  })

  it('never comes from Block Public Access or traffic that is not logged', () => {
    const topology = flowTopology({ interfaces: [ONE_NITRO], flowLogs: [{ on: 'vpc-0a1' }] })
    const own = interfaceOf(topology, 'eni-0a')
    const { table, lines } = tableOf(topology)
    table.skipData('eni-0a', 0, 60 * SECOND)
    table.capture(own, 'ingress', PACKET, 1, BLOCKED, INTERNET)
    table.capture(own, 'egress', packetOf('10.0.0.10:5000', '10.0.0.2:53', 17), 1, ACCEPT, INTERNET)
    table.end(10 * SECOND)
    expect(lines).toEqual(['fl-01 closed'])
  })
})

describe('a change of the design', () => {
  const spec = { interfaces: [ONE_NITRO] }
  const before = flowTopology({ ...spec, flowLogs: [{ id: 'fl-old', on: 'vpc-0a1' }] })
  const both = flowTopology({
    ...spec,
    flowLogs: [
      { id: 'fl-old', on: 'vpc-0a1' },
      { id: 'fl-new', on: 'eni-0a' },
    ],
  })
  const after = flowTopology({ ...spec, flowLogs: [{ id: 'fl-new', on: 'eni-0a' }] })

  it('lets a new flow log begin with the next interval, and a deleted one end with the current', () => {
    const { table, lines } = tableOf(before)
    egress(table, interfaceOf(before, 'eni-0a'), 10)
    table.update(both, 20 * SECOND)
    egress(table, interfaceOf(both, 'eni-0a'), 30)
    egress(table, interfaceOf(both, 'eni-0a'), 70)
    table.update(after, 80 * SECOND)
    egress(table, interfaceOf(after, 'eni-0a'), 90)
    egress(table, interfaceOf(after, 'eni-0a'), 130)
    table.end(131 * SECOND)
    expect(lines).toEqual([
      'fl-old eni-0a egress ACCEPT 2 200 10-30 flags 2',
      'fl-old eni-0a egress ACCEPT 2 200 70-90 flags 2',
      'fl-new eni-0a egress ACCEPT 2 200 70-90 flags 2',
      'fl-old closed',
      'fl-new eni-0a egress ACCEPT 1 100 130-130 flags 2',
      'fl-new closed',
    ])
  })

  it('keeps ENIs by their ids: at another place, from an older topology, and after they are gone', () => {
    const two = flowTopology({
      interfaces: [{ id: 'eni-0z', addresses: ['10.0.0.99'] }, ONE_NITRO],
      flowLogs: [{ id: 'fl-old', on: 'vpc-0a1' }],
    })
    const without = flowTopology({
      interfaces: [{ id: 'eni-0z', addresses: ['10.0.0.99'] }],
      flowLogs: [{ id: 'fl-old', on: 'vpc-0a1' }],
    })
    const { table, lines } = tableOf(before)
    egress(table, interfaceOf(before, 'eni-0a'), 10)
    table.update(two)
    egress(table, interfaceOf(two, 'eni-0a'), 11)
    egress(table, interfaceOf(before, 'eni-0a'), 12)
    table.update(without)
    egress(table, interfaceOf(two, 'eni-0a'), 13)
    table.end(200 * SECOND)
    expect(lines).toEqual(['fl-old eni-0a egress ACCEPT 3 300 10-12 flags 2', 'fl-old closed'])
  })

  it('takes no packets after the end', () => {
    const { table } = tableOf(before)
    table.end(0)
    expect(() => egress(table, interfaceOf(before, 'eni-0a'), 1)).toThrow('the flow table has ended')
  })
})
