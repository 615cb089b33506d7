import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import { Packet } from '../packet/packet.ts'
import type { FlowDirection, NetworkAcl, NetworkAclEntry, NetworkInterface, Vpc } from '../topology/topology.ts'
import { ConnectionTracker } from './connection-tracker.ts'
import { judgeNetworkAcl } from './network-acl-verdict.ts'
import { packetBetween, type RuleSpec, trackingTopology } from './tracking-fixture.ts'

const TCP = 6
const UDP = 17
const ICMP = 1

function entry(ruleNumber: number, cidr: string, changes: Partial<NetworkAclEntry> = {}): NetworkAclEntry {
  return {
    ruleNumber,
    direction: 'ingress',
    action: 'allow',
    protocol: -1,
    fromPort: 0,
    toPort: 65_535,
    icmpType: -1,
    icmpCode: -1,
    cidrBlock: CidrBlock.of(cidr),
    ...changes,
  }
}

function acl(ingress: readonly NetworkAclEntry[], egress: readonly NetworkAclEntry[] = []): NetworkAcl {
  return { id: 'acl-1', name: 'acl', tags: {}, vpc: {} as Vpc, ingress, egress }
}

/** The entry that decides, by the text of the VPC user guide and with Node's own address tests. */
function decidingEntry(entries: readonly NetworkAclEntry[], direction: FlowDirection, packet: Packet): number {
  for (const one of entries) {
    if (one.protocol !== -1 && one.protocol !== packet.protocol) continue
    const isIcmp = one.protocol === 1 || one.protocol === 58
    const isPorts = one.protocol === 6 || one.protocol === 17
    if (packet.fragmentOffset > 0) {
      if (isPorts && !(one.fromPort === 0 && one.toPort === 65_535)) continue
      if (isIcmp && !(one.icmpType === -1 && one.icmpCode === -1)) continue
    } else {
      if (isPorts && !(one.fromPort <= packet.destinationPort && packet.destinationPort <= one.toPort)) continue
      if (isIcmp && one.icmpType !== -1 && one.icmpType !== packet.icmpType) continue
      if (isIcmp && one.icmpCode !== -1 && one.icmpCode !== packet.icmpCode) continue
    }
    const far = direction === 'ingress' ? packet.source : packet.destination
    if (far.version !== one.cidrBlock.version) continue
    const family = far.version === 4 ? 'ipv4' : 'ipv6'
    const block = new BlockList()
    block.addSubnet(`${one.cidrBlock.network}`, one.cidrBlock.prefixLength, family)
    if (block.check(`${far}`, family)) return one.ruleNumber
  }
  return 0
}

describe('network ACL verdict', () => {
  it('is that of the first entry that matches, or of the final *', () => {
    const entries = fc
      .array(
        fc.record({
          action: fc.constantFrom<'allow' | 'deny'>('allow', 'deny'),
          protocol: fc.constantFrom(-1, 6, 17, 1, 58, 47),
          ports: fc.constantFrom<readonly number[]>([0, 65_535], [80, 80], [1024, 65_535]),
          icmpType: fc.constantFrom(-1, 8, 3),
          icmpCode: fc.constantFrom(-1, 0, 4),
          cidr: fc.constantFrom(
            ...['0.0.0.0/0', '10.0.0.0/8', '10.0.1.0/25', '10.0.1.7/32', '::/0', '2001:db8::/33', '2001:db8:8000::/34'],
            ...['2001:db8::1:0:0/80', '2001:db8::7/128'],
          ),
        }),
        { maxLength: 8 },
      )
      .map((drawn) =>
        drawn.map(({ action, protocol, ports: [fromPort = 0, toPort = 0], icmpType, icmpCode, cidr }, index) =>
          entry(index * 10 + 10, cidr, { action, protocol, fromPort, toPort, icmpType, icmpCode }),
        ),
      )
    const packet = fc
      .record({
        addresses: fc.constantFrom<readonly string[]>(
          ['10.0.1.7', '10.0.1.200'],
          ['203.0.113.1', '10.0.1.7'],
          ['2001:db8::7', '2001:db8:8000::1'],
          ['2001:db8:c000::1', '2001:db8::1:0:9'],
        ),
        protocol: fc.constantFrom(6, 17, 1, 58, 47),
        destinationPort: fc.constantFrom(80, 443, 50_000),
        icmpType: fc.constantFrom(8, 3, 0),
        icmpCode: fc.constantFrom(0, 4),
        fragmentOffset: fc.constantFrom(0, 0, 0, 1480),
      })
      .map(
        ({
          addresses: [source = '', destination = ''],
          protocol,
          destinationPort,
          icmpType,
          icmpCode,
          fragmentOffset,
        }) => {
          const hasPorts = protocol === 6 || protocol === 17
          const isIcmp = protocol === 1 || protocol === 58
          return new Packet({
            source: IpAddress.of(source),
            destination: IpAddress.of(destination),
            protocol,
            destinationPort: hasPorts ? destinationPort : 0,
            icmpType: isIcmp ? icmpType : 0,
            icmpCode: isIcmp ? icmpCode : 0,
            fragmentOffset,
          })
        },
      )
    fc.assert(
      fc.property(entries, entries, fc.array(packet, { minLength: 1 }), (ingress, egress, packets) => {
        const one = acl(ingress, egress)
        for (const each of packets) {
          for (const direction of ['ingress', 'egress'] as const) {
            const { action, reason } = judgeNetworkAcl(one, direction, each)
            const deciding = decidingEntry(one[direction], direction, each)
            const expected = one[direction].find(({ ruleNumber }) => ruleNumber === deciding)
            expect(reason).toEqual({ kind: 'network-acl', acl: one, entry: expected })
            expect(action).toBe(expected?.action === 'allow' ? 'ACCEPT' : 'REJECT')
          }
        }
      }),
      { numRuns: 400 },
    )
  })

  it('keeps no state: an answer to an ephemeral port needs its own entry', () => {
    const web = acl(
      [entry(100, '0.0.0.0/0', { protocol: TCP, fromPort: 80, toPort: 80 })],
      [entry(100, '0.0.0.0/0', { protocol: TCP, fromPort: 32_768, toPort: 61_000 })],
    )
    const request = packetBetween('203.0.113.7:40000', '10.0.1.5:80', TCP)
    const answer = packetBetween('10.0.1.5:80', '203.0.113.7:40000', TCP)
    expect(judgeNetworkAcl(web, 'ingress', request).action).toBe('ACCEPT')
    expect(judgeNetworkAcl(web, 'egress', answer).action).toBe('ACCEPT')
    const closed = acl(web.ingress, [])
    expect(judgeNetworkAcl(closed, 'egress', answer).action).toBe('REJECT')
  })

  it('shares one verdict for each entry', () => {
    const one = acl([entry(100, '0.0.0.0/0')])
    const verdicts = ['203.0.113.7:1', '203.0.113.8:2'].map((source) =>
      judgeNetworkAcl(one, 'ingress', packetBetween(source, '10.0.1.5:80', UDP)),
    )
    expect(verdicts[0]).toBe(verdicts[1])
  })
})

describe('ping through group and ACL, the table of the VPC user guide ("Flow log record examples")', () => {
  const allow = [entry(100, '0.0.0.0/0')]
  const pingIn: RuleSpec = { direction: 'ingress', protocol: ICMP, from: 8, to: -1, peer: '203.0.113.12/32' }
  const request = packetBetween('203.0.113.12', '172.31.16.139', ICMP, { icmpType: 8, icmpIdentifier: 3 })
  const reply = packetBetween('172.31.16.139', '203.0.113.12', ICMP, { icmpType: 0, icmpIdentifier: 3 })

  it.each([
    { group: 'allows', aclIn: allow, aclOut: [], records: ['ingress ACCEPT', 'egress REJECT'] },
    { group: 'allows', aclIn: allow, aclOut: allow, records: ['ingress ACCEPT', 'egress ACCEPT'] },
    { group: 'denies', aclIn: allow, aclOut: allow, records: ['ingress REJECT'] },
    { group: 'allows', aclIn: [], aclOut: allow, records: ['ingress REJECT'] },
  ])('group $group, records $records', ({ group, aclIn, aclOut, records }) => {
    // The group has no outbound rule at all: the reply passes it by state.
    const topology = trackingTopology({
      groups: { one: group === 'allows' ? [pingIn] : [] },
      interfaces: [{ id: 'eni-1', addresses: ['172.31.16.139'], groups: ['one'] }],
    })
    const eni = topology.interfaces[0] as NetworkInterface
    const tracker = new ConnectionTracker(topology)
    const subnetAcl = acl(aclIn, aclOut)
    const made: string[] = []
    const judge = (direction: FlowDirection, packet: Packet): boolean => {
      const steps = [
        () => judgeNetworkAcl(subnetAcl, direction, packet),
        () => tracker.judge(eni, direction, packet, 0),
      ]
      if (direction === 'egress') steps.reverse()
      const isRefused = steps.some((step) => step().action === 'REJECT')
      made.push(`${direction} ${isRefused ? 'REJECT' : 'ACCEPT'}`)
      return !isRefused
    }
    if (judge('ingress', request)) judge('egress', reply)
    expect(made).toEqual(records)
  })
})
