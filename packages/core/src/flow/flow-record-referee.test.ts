import { describe, expect, it } from 'vitest'
import { ACCEPT, BLOCKED, flowTopology, INTERNET, MIRRORED, NOT_FILTERED, packetOf } from './flow-fixture.ts'
import { CHECKED_FIELDS } from './flow-record-checkers.ts'
import { FlowRecordReferee } from './flow-record-referee.ts'

const TOPOLOGY = flowTopology({
  interfaces: [{ id: 'eni-0', addresses: ['10.0.0.10'] }],
  flowLogs: [{ on: 'eni-0', interval: 60, format: CHECKED_FIELDS }],
})
const START = 1_700_000_040_000_000

/** The referee after these packets came to eni-0, one each millisecond. */
function after(
  sent: readonly [from: string, to: string, protocol: number, verdict?: typeof ACCEPT][],
): FlowRecordReferee {
  const referee = new FlowRecordReferee(TOPOLOGY)
  const [eni] = TOPOLOGY.interfaces
  sent.forEach(([from, to, protocol, verdict = ACCEPT], place) => {
    if (!eni) return
    const direction = from.startsWith('10.0.0.10') ? 'egress' : 'ingress'
    const packet = packetOf(from, to, protocol, { payloadLength: 100 })
    referee.capture(eni, direction, packet, START + place * 1_000, verdict, INTERNET)
  })
  return referee
}

describe('the referee of flow-log records', () => {
  it('sums packets that are alike in a second, and no others', () => {
    const referee = after([
      ['10.0.0.10:40000', '198.51.100.7:443', 6],
      ['10.0.0.10:40000', '198.51.100.7:443', 6],
      ['10.0.0.10:40001', '198.51.100.7:443', 6],
      ['198.51.100.7:443', '10.0.0.10:40000', 6],
      ['10.0.0.10:40000', '198.51.100.7:443', 6, BLOCKED],
    ])
    expect(referee.packets.map(({ packets, direction, sourcePort }) => [packets, direction, sourcePort])).toEqual([
      [2, 'egress', 40_000],
      [1, 'egress', 40_001],
      [1, 'ingress', 443],
      [1, 'egress', 40_000],
    ])
  })

  // VPC user guide, "Flow log limitations".
  const UNLOGGED: readonly [string, Parameters<typeof after>[0][number]][] = [
    ['the Amazon resolver', ['10.0.0.10:40000', '10.0.0.2:53', 17, NOT_FILTERED]],
    ['its link-local address', ['10.0.0.10:40000', '169.254.169.253:53', 17, NOT_FILTERED]],
    ['instance metadata', ['10.0.0.10:40000', '169.254.169.254:80', 6, NOT_FILTERED]],
    ['the time service', ['10.0.0.10:123', '169.254.169.123:123', 17, NOT_FILTERED]],
    ['DHCP', ['10.0.0.10:68', '255.255.255.255:67', 17, NOT_FILTERED]],
    ['the source side of mirrored traffic', ['10.0.0.10:65408', '10.0.0.99:4789', 17, MIRRORED]],
  ]
  for (const [words, packet] of UNLOGGED) {
    it(`knows that ${words} is not logged`, () => {
      expect(after([packet]).packets.map(({ isUnlogged }) => isUnlogged)).toEqual([true])
    })
  }

  it('knows that other name and time servers and the target side of mirrored traffic are logged', () => {
    const referee = after([
      ['10.0.0.10:40000', '8.8.8.8:53', 17],
      ['10.0.0.10:123', '203.0.113.5:123', 17],
      ['10.0.0.99:65408', '10.0.0.10:4789', 17, MIRRORED],
    ])
    expect(referee.packets.map(({ isUnlogged }) => isUnlogged)).toEqual([false, false, false])
  })

  it('misses a flow log that records nothing', () => {
    expect(after([]).problems()).toEqual([])
    expect(
      after([['10.0.0.10:40000', '198.51.100.7:443', 6]])
        .problems()
        .join(),
    ).toContain('none recorded')
  })

  it('names the fields that it needs', () => {
    const topology = flowTopology({
      interfaces: [{ id: 'eni-0', addresses: ['10.0.0.10'] }],
      flowLogs: [{ on: 'eni-0', format: CHECKED_FIELDS.filter((field) => field !== 'pkt-srcaddr') }],
    })
    expect(new FlowRecordReferee(topology).problems().join()).toContain(
      'its format lacks pkt-srcaddr: add these fields',
    )
  })

  it('takes no record of a flow log that it does not know', () => {
    const [flowLog] = TOPOLOGY.flowLogs
    const stranger = { ...flowLog, id: 'fl-other' } as typeof flowLog & object
    expect(() => new FlowRecordReferee(TOPOLOGY).record({}, stranger)).toThrow('in no topology that the referee knows')
  })

  it('knows when flow logs come and go', () => {
    const referee = after([])
    referee.update({ ...TOPOLOGY, flowLogs: [] }, START)
    referee.update(TOPOLOGY, START + 5)
    expect([...(referee.exemptions.flowLogTimes ?? [])].map(([, times]) => times)).toEqual([
      { deletedMicroseconds: START },
    ])
  })
})
