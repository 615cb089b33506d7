import { describe, expect, it } from 'vitest'
import type { Packet, PacketFields } from '../packet/packet.ts'
import type {
  FlowDirection,
  InterfaceAttachment,
  NetworkInterface,
  NetworkLoadBalancer,
  Topology,
  Vpc,
} from '../topology/topology.ts'
import { ConnectionTracker } from './connection-tracker.ts'
import { FRAGMENT_MICROSECONDS } from './fragment-table.ts'
import { DIRECT_PATH, type GroupPath, type GroupReferences } from './group-path.ts'
import { packetBetween, type RuleSpec, TRACKING_VPC, type TrackingSpec, trackingTopology } from './tracking-fixture.ts'
import {
  ICMP_SECONDS,
  TCP_CLOSED_SECONDS,
  TCP_HALF_CLOSED_SECONDS,
  TCP_OPENING_SECONDS,
  TCP_RESET_SECONDS,
} from './tracking-timers.ts'

const TCP = 6
const UDP = 17
const ICMP = 1
const ICMPV6 = 58
const GRE = 47
const SYN = 2
const SYN_ACK = 18
const ACK = 16
const FIN_ACK = 17
const RST = 4
const RST_ACK = 20

const HOST = '10.0.1.101'
const HOST6 = '2001:db8::101'
const PEER = '203.0.113.7'
const PEER6 = '2001:db8:f::7'

const ALL_OUT: RuleSpec = { direction: 'egress', protocol: -1, peer: '0.0.0.0/0' }
const ALL_OUT6: RuleSpec = { direction: 'egress', protocol: -1, peer: '::/0' }
const ALL_IN: RuleSpec = { direction: 'ingress', protocol: -1, peer: '0.0.0.0/0' }
const tcpIn = (port: number, peer: string): RuleSpec => ({
  direction: 'ingress',
  protocol: TCP,
  from: port,
  to: port,
  peer,
})

/** One host with one group, and a clock. */
class Host {
  topology: Topology
  readonly tracker: ConnectionTracker
  seconds = 1_630_000_000
  path: GroupPath = DIRECT_PATH

  constructor(rules: readonly RuleSpec[], more: Partial<TrackingSpec['interfaces'][number]> = {}) {
    this.topology = Host.with(rules, more)
    this.tracker = new ConnectionTracker(this.topology)
  }

  static with(rules: readonly RuleSpec[], more: Partial<TrackingSpec['interfaces'][number]> = {}): Topology {
    return trackingTopology({
      groups: { one: rules },
      interfaces: [{ id: 'eni-1', addresses: [HOST, HOST6], groups: ['one'], ...more }],
    })
  }

  get eni(): NetworkInterface {
    return this.topology.interfaces[0] as NetworkInterface
  }

  change(rules: readonly RuleSpec[]): void {
    this.topology = Host.with(rules)
    this.tracker.update(this.topology)
  }

  judge(direction: FlowDirection, packet: Packet): string {
    const time = Math.round(this.seconds * 1_000_000)
    const { reason } = this.tracker.judge(this.eni, direction, packet, time, this.path)
    if (reason.kind === 'security-group-rule') return reason.tracked ? 'rule, tracked' : 'rule, untracked'
    return reason.kind === 'tracked-connection'
      ? 'state'
      : reason.kind === 'no-security-group-rule'
        ? 'refused'
        : reason.kind
  }

  out(near: number, far: number, protocol: number, fields: Partial<PacketFields> = {}): string {
    return this.judge('egress', packetBetween(`${HOST}:${near}`, `${PEER}:${far}`, protocol, fields))
  }

  in(near: number, far: number, protocol: number, fields: Partial<PacketFields> = {}): string {
    return this.judge('ingress', packetBetween(`${PEER}:${far}`, `${HOST}:${near}`, protocol, fields))
  }

  /** A connection from outside to a port of the host, up to the third packet. */
  accept(port: number, far = 40_000): string[] {
    return [
      this.in(port, far, TCP, { tcpFlags: SYN }),
      this.out(port, far, TCP, { tcpFlags: SYN_ACK }),
      this.in(port, far, TCP, { tcpFlags: ACK }),
    ]
  }

  /** A connection of the host to port 443, up to the third packet. */
  connect(near = 40_000): string[] {
    return [
      this.out(near, 443, TCP, { tcpFlags: SYN }),
      this.in(near, 443, TCP, { tcpFlags: SYN_ACK }),
      this.out(near, 443, TCP, { tcpFlags: ACK }),
    ]
  }
}

describe('what is tracked (EC2 user guide, "Security group connection tracking")', () => {
  it('tracks what a rule allows from some addresses, or where the other direction has no rule for everything', () => {
    expect(new Host([tcpIn(22, `${PEER}/32`), ALL_OUT]).accept(22)).toEqual(['rule, tracked', 'state', 'state'])
    expect(new Host([tcpIn(80, '0.0.0.0/0')]).accept(80)).toEqual(['rule, tracked', 'state', 'state'])
    const ports: RuleSpec = { direction: 'egress', protocol: TCP, from: 1024, to: 65_535, peer: '0.0.0.0/0' }
    expect(new Host([tcpIn(80, '0.0.0.0/0'), ports]).accept(80)).toEqual(['rule, tracked', 'state', 'state'])
    expect(new Host([ALL_OUT]).connect()).toEqual(['rule, tracked', 'state', 'state'])
  })

  it('does not track what a rule allows from everywhere when the other direction allows everything', () => {
    const untracked = ['rule, untracked', 'rule, untracked', 'rule, untracked']
    expect(new Host([tcpIn(80, '0.0.0.0/0'), ALL_OUT]).accept(80)).toEqual(untracked)
    const allTcpOut: RuleSpec = { direction: 'egress', protocol: TCP, from: 0, to: 65_535, peer: '0.0.0.0/0' }
    expect(new Host([tcpIn(80, '0.0.0.0/0'), allTcpOut]).accept(80)).toEqual(untracked)
    expect(new Host([ALL_IN, ALL_OUT]).connect()).toEqual(untracked)
    const host = new Host([{ direction: 'ingress', protocol: UDP, from: 53, to: 53, peer: '0.0.0.0/0' }, ALL_OUT])
    expect([host.in(53, 5353, UDP), host.out(53, 5353, UDP), host.tracker.size]).toEqual([
      'rule, untracked',
      'rule, untracked',
      0,
    ])
  })

  it('judges IPv4 and IPv6 apart', () => {
    const host = new Host([tcpIn(80, '0.0.0.0/0'), tcpIn(80, '::/0'), ALL_OUT])
    expect(host.accept(80)[0]).toBe('rule, untracked')
    const syn = packetBetween(`[${PEER6}]:40000`, `[${HOST6}]:80`, TCP, { tcpFlags: SYN })
    expect(host.judge('ingress', syn)).toBe('rule, tracked')
    const both = new Host([tcpIn(80, '0.0.0.0/0'), tcpIn(80, '::/0'), ALL_OUT, ALL_OUT6])
    expect(both.judge('ingress', syn)).toBe('rule, untracked')
    expect(new Host([tcpIn(80, '0.0.0.0/0'), ALL_OUT6]).judge('ingress', syn)).toBe('refused')
  })

  it('always tracks ICMP, and other protocols by address and number for 600 s', () => {
    const host = new Host([ALL_IN, ALL_OUT])
    expect(host.in(0, 0, ICMP, { icmpType: 8, icmpIdentifier: 1 })).toBe('rule, tracked')
    expect(host.out(0, 0, ICMP, { icmpType: 0, icmpIdentifier: 1 })).toBe('state')
    const outOnly = new Host([ALL_OUT])
    expect(outOnly.in(0, 0, GRE)).toBe('refused')
    expect(outOnly.out(0, 0, GRE)).toBe('rule, tracked')
    outOnly.seconds += 599.999_999
    expect(outOnly.in(0, 0, GRE)).toBe('state')
    outOnly.seconds += 600
    expect(outOnly.in(0, 0, GRE)).toBe('refused')
  })

  it('tracks whatever goes through what is tracked automatically', () => {
    const host = new Host([tcpIn(80, '0.0.0.0/0'), ALL_OUT])
    host.path = { ...DIRECT_PATH, automaticTracking: true }
    expect(host.accept(80)).toEqual(['rule, tracked', 'state', 'state'])
  })

  it('keeps a ping apart from the ping of the other side, and an answer without a question out', () => {
    const host = new Host([ALL_OUT])
    const echo = (icmpType: number, icmpIdentifier = 7): Partial<PacketFields> => ({ icmpType, icmpIdentifier })
    expect(host.in(0, 0, ICMP, echo(0))).toBe('refused')
    expect(host.out(0, 0, ICMP, echo(8))).toBe('rule, tracked')
    expect(host.in(0, 0, ICMP, echo(0))).toBe('state')
    expect(host.in(0, 0, ICMP, echo(8))).toBe('refused')
    expect(host.in(0, 0, ICMP, echo(0, 8))).toBe('refused')
    host.seconds += ICMP_SECONDS
    expect(host.in(0, 0, ICMP, echo(0))).toBe('refused')
  })

  it('tracks each ENI on its own: an answer by another ENI is a new flow there', () => {
    const topology = trackingTopology({
      groups: { one: [tcpIn(443, '203.0.113.0/24')], two: [tcpIn(443, '203.0.113.0/24')] },
      interfaces: [
        { id: 'eni-1', addresses: [HOST], groups: ['one'] },
        { id: 'eni-2', addresses: ['10.0.1.102'], groups: ['two'] },
      ],
    })
    const tracker = new ConnectionTracker(topology)
    const [first, second] = topology.interfaces as [NetworkInterface, NetworkInterface]
    const syn = packetBetween(`${PEER}:40000`, `${HOST}:443`, TCP, { tcpFlags: SYN })
    const answer = packetBetween(`${HOST}:443`, `${PEER}:40000`, TCP, { tcpFlags: SYN_ACK })
    expect(tracker.judge(first, 'ingress', syn, 0).action).toBe('ACCEPT')
    expect(tracker.judge(second, 'egress', answer, 1).action).toBe('REJECT')
    expect(tracker.judge(first, 'egress', answer, 2).action).toBe('ACCEPT')
  })
})

describe('the allowance of tracked connections', () => {
  const REFUSED = 'connection-tracking-allowance'

  it('is shared by the ENIs of an instance: full, what needs an entry is dropped, and all else goes on', () => {
    const instance = { id: 'i-1', interfaces: [] as NetworkInterface[] }
    const attachment = { kind: 'instance', instance, deviceIndex: 0 } as unknown as InterfaceAttachment
    const topology = trackingTopology({
      groups: { one: [tcpIn(22, '203.0.113.0/24'), tcpIn(80, '0.0.0.0/0'), ALL_OUT] },
      interfaces: [
        { id: 'eni-1', addresses: ['10.0.1.5'], groups: ['one'], attachment },
        { id: 'eni-2', addresses: ['10.0.2.5'], groups: ['one'], attachment },
        { id: 'eni-3', addresses: ['10.0.3.5'], groups: ['one'] },
      ],
    })
    instance.interfaces.push(...topology.interfaces.slice(0, 2))
    const tracker = new ConnectionTracker(topology, { trackedConnectionsPerInstance: 3 })
    const at = (which: number, port: number, far: number, tcpFlags: number, seconds: number): string => {
      const packet = packetBetween(`${PEER}:${far}`, `10.0.${which}.5:${port}`, TCP, { tcpFlags })
      const eni = topology.interfaces[which - 1] as NetworkInterface
      return tracker.judge(eni, 'ingress', packet, seconds * 1_000_000).reason.kind
    }
    expect([at(1, 22, 1, SYN, 0), at(1, 22, 2, SYN, 0), at(2, 22, 3, SYN, 0)]).not.toContain(REFUSED)
    expect([at(1, 22, 4, SYN, 1), at(2, 22, 5, SYN, 1)]).toEqual([REFUSED, REFUSED])
    // Known connections, untracked ones, other instances' and what no rule allows.
    expect(at(1, 22, 1, ACK, 2)).toBe('tracked-connection')
    expect(at(1, 80, 6, SYN, 2)).toBe('security-group-rule')
    expect(at(3, 22, 7, SYN, 2)).toBe('security-group-rule')
    expect(at(1, 23, 8, SYN, 2)).toBe('no-security-group-rule')
    // One connection is reset, two are never answered.
    at(1, 22, 1, RST, 3)
    expect([at(1, 22, 9, SYN, 4), at(1, 22, 10, SYN, 4)]).toEqual(['security-group-rule', REFUSED])
    expect(at(2, 22, 11, SYN, 61)).toBe('security-group-rule')
  })
})

describe('rules', () => {
  it('an ENI without filtering groups lets everything pass, one with an empty group nothing', () => {
    expect(new Host([], { hasSecurityGroups: false }).in(80, 1, TCP)).toBe('no-security-group')
    expect(new Host([]).in(80, 1, TCP, { tcpFlags: SYN })).toBe('refused')
    expect(new Host([]).out(80, 1, UDP)).toBe('refused')
  })

  it('a reference to a group means the private addresses of its ENIs, of both versions', () => {
    const spec = (members: readonly string[]): Topology =>
      trackingTopology({
        groups: { web: [], db: [tcpIn(5432, 'web')] },
        interfaces: [
          { id: 'eni-db', addresses: [HOST, HOST6], groups: ['db'] },
          { id: 'eni-web', addresses: ['10.0.1.5', '10.0.1.6', '2001:db8::5'], groups: members },
        ],
      })
    const topology = spec(['web'])
    const tracker = new ConnectionTracker(topology)
    const from = (source: string, destination = `${HOST}:5432`): string => {
      const packet = packetBetween(source, destination, TCP, { tcpFlags: SYN })
      return tracker.judge(topology.interfaces[0] as NetworkInterface, 'ingress', packet, 0).action
    }
    expect(['10.0.1.5:40000', '10.0.1.6:40000'].map((source) => from(source))).toEqual(['ACCEPT', 'ACCEPT'])
    expect(from('[2001:db8::5]:40000', `[${HOST6}]:5432`)).toBe('ACCEPT')
    // The public address of the same ENI, and a neighbour.
    expect([from('198.51.100.5:40000'), from('10.0.1.7:40000')]).toEqual(['REJECT', 'REJECT'])
    const left = spec([])
    tracker.update(left)
    const later = packetBetween('10.0.1.5:40001', `${HOST}:5432`, TCP, { tcpFlags: SYN })
    expect(tracker.judge(left.interfaces[0] as NetworkInterface, 'ingress', later, 1).action).toBe('REJECT')
  })

  it('a stale reference matches nothing', () => {
    expect(new Host([tcpIn(22, 'gone')]).accept(22)[0]).toBe('refused')
  })

  it('a prefix list matches its blocks', () => {
    const topology = trackingTopology({
      groups: { one: [tcpIn(22, 'office')] },
      prefixLists: { office: ['198.51.100.0/24', '203.0.113.0/29'] },
      interfaces: [{ id: 'eni-1', addresses: [HOST], groups: ['one'] }],
    })
    const tracker = new ConnectionTracker(topology)
    const from = (source: string): string => {
      const packet = packetBetween(`${source}:1`, `${HOST}:22`, TCP, { tcpFlags: SYN })
      return tracker.judge(topology.interfaces[0] as NetworkInterface, 'ingress', packet, 0).action
    }
    expect([PEER, '203.0.113.8', '198.51.100.255'].map(from)).toEqual(['ACCEPT', 'REJECT', 'ACCEPT'])
  })

  it('a reference to the group of a load balancer covers clients whose address it keeps', () => {
    const balancer = { id: 'nlb-1' } as NetworkLoadBalancer
    const other = { id: 'nlb-2' } as NetworkLoadBalancer
    const topology = trackingTopology({
      groups: { balancer: [], target: [tcpIn(443, 'balancer')] },
      interfaces: [
        { id: 'eni-1', addresses: [HOST], groups: ['target'] },
        {
          id: 'eni-2',
          addresses: ['10.0.1.50'],
          groups: ['balancer'],
          attachment: { kind: 'load-balancer', loadBalancer: balancer },
        },
      ],
    })
    const syn = packetBetween(`${PEER}:40000`, `${HOST}:443`, TCP, { tcpFlags: SYN })
    const judged = (passed: NetworkLoadBalancer | boolean): string =>
      new ConnectionTracker(topology).judge(topology.interfaces[0] as NetworkInterface, 'ingress', syn, 0, {
        automaticTracking: true,
        throughLoadBalancer: passed,
        groupReferences: 'none',
      }).action
    expect([balancer, true, other, false].map(judged)).toEqual(['ACCEPT', 'ACCEPT', 'REJECT', 'REJECT'])
  })

  it("a balancer's own group that references itself lets no client in", () => {
    const topology = trackingTopology({
      groups: { balancer: [tcpIn(443, 'balancer')] },
      interfaces: [
        {
          id: 'eni-1',
          addresses: [HOST],
          groups: ['balancer'],
          attachment: { kind: 'load-balancer', loadBalancer: { id: 'nlb-1' } as NetworkLoadBalancer },
        },
      ],
    })
    const syn = packetBetween(`${PEER}:40000`, `${HOST}:443`, TCP, { tcpFlags: SYN })
    const verdict = new ConnectionTracker(topology).judge(topology.interfaces[0] as NetworkInterface, 'ingress', syn, 0)
    expect(verdict.action).toBe('REJECT')
  })

  it('a reference holds on the ways that it is supported on: a middlebox takes it away, a transit gateway narrows it', () => {
    const topology = trackingTopology({
      groups: { client: [], server: [tcpIn(443, 'client'), tcpIn(80, '10.0.1.0/24')] },
      interfaces: [
        { id: 'eni-1', addresses: [HOST], groups: ['server'] },
        { id: 'eni-2', addresses: ['10.0.1.50'], groups: ['client'] },
      ],
    })
    const judged = (groupReferences: GroupReferences, port: number): string => {
      const syn = packetBetween('10.0.1.50:40000', `${HOST}:${port}`, TCP, { tcpFlags: SYN })
      const path = { ...DIRECT_PATH, groupReferences }
      return new ConnectionTracker(topology).judge(topology.interfaces[0] as NetworkInterface, 'ingress', syn, 0, path)
        .action
    }
    const ways: GroupReferences[] = ['all', TRACKING_VPC, 'none', { id: 'vpc-2' } as Vpc]
    expect(ways.map((way) => judged(way, 443))).toEqual(['ACCEPT', 'ACCEPT', 'REJECT', 'REJECT'])
    expect(ways.map((way) => judged(way, 80))).toEqual(['ACCEPT', 'ACCEPT', 'ACCEPT', 'ACCEPT'])
  })

  it('an ICMP rule names type and code', () => {
    const rule = (from: number, to: number): RuleSpec => ({
      direction: 'ingress',
      protocol: ICMP,
      from,
      to,
      peer: `${PEER}/32`,
    })
    const judged = (rules: RuleSpec[], icmpType: number, icmpCode: number): string =>
      new Host(rules).in(0, 0, ICMP, { icmpType, icmpCode })
    expect(judged([rule(3, 4)], 3, 4)).toBe('rule, untracked')
    expect(judged([rule(3, 4)], 3, 1)).toBe('refused')
    expect(judged([rule(3, -1)], 3, 1)).toBe('rule, untracked')
    expect(judged([rule(8, -1)], 8, 0)).toBe('rule, tracked')
    expect(judged([rule(8, -1)], 13, 0)).toBe('refused')
    expect(judged([rule(-1, -1)], 13, 0)).toBe('rule, tracked')
    expect(judged([{ ...rule(-1, -1), protocol: ICMPV6 }], 8, 0)).toBe('refused')
  })

  it('shares its verdicts: one for each rule, one for tracked connections, one refusal for each ENI', () => {
    const { tracker, eni } = new Host([tcpIn(22, '203.0.113.0/24')])
    const judge = (source: string, port: number): unknown =>
      tracker.judge(eni, 'ingress', packetBetween(source, `${HOST}:${port}`, TCP, { tcpFlags: SYN }), 0)
    expect(judge('203.0.113.1:1', 22)).toBe(judge('203.0.113.2:1', 22))
    expect(judge('203.0.113.1:1', 22)).toBe(judge('203.0.113.2:1', 22))
    expect(judge('203.0.113.1:1', 23)).toBe(judge('198.51.100.1:1', 24))
  })
})

describe('what a rule change cuts', () => {
  it('a tracked connection goes on without its rule, a new one does not begin', () => {
    const host = new Host([tcpIn(22, `${PEER}/32`)])
    host.accept(22)
    host.change([])
    expect(host.in(22, 40_000, TCP, { tcpFlags: ACK })).toBe('state')
    expect(host.out(22, 40_000, TCP, { tcpFlags: ACK })).toBe('state')
    expect(host.in(22, 40_001, TCP, { tcpFlags: SYN })).toBe('refused')
  })

  it('an untracked flow is cut at once, although the server goes on sending', () => {
    const host = new Host([tcpIn(80, '0.0.0.0/0'), ALL_OUT])
    host.accept(80)
    host.change([tcpIn(80, '198.51.100.0/24'), ALL_OUT])
    expect(host.out(80, 40_000, TCP, { tcpFlags: ACK })).toBe('rule, untracked')
    expect(host.in(80, 40_000, TCP, { tcpFlags: ACK })).toBe('refused')
    expect(host.tracker.size).toBe(0)
  })

  it('an untracked flow that a narrower rule still allows goes on', () => {
    const host = new Host([tcpIn(80, '0.0.0.0/0'), ALL_OUT])
    host.accept(80)
    host.change([tcpIn(80, '203.0.113.0/24'), ALL_OUT])
    expect(host.in(80, 40_000, TCP, { tcpFlags: ACK })).toBe('rule, untracked')
    expect(host.out(80, 40_000, TCP, { tcpFlags: ACK })).toBe('rule, untracked')
  })

  it('an answer of an untracked flow is judged by the rule of its own direction', () => {
    const host = new Host([tcpIn(80, '0.0.0.0/0'), ALL_OUT])
    host.accept(80)
    host.change([tcpIn(80, '0.0.0.0/0')])
    expect(host.out(80, 40_000, TCP, { tcpFlags: ACK })).toBe('refused')
  })

  it('state follows the ENI by its id, and goes with the ENI', () => {
    const group = { one: [ALL_OUT] }
    const eni = (id: string, address: string): TrackingSpec['interfaces'][number] => ({
      id,
      addresses: [address],
      groups: ['one'],
    })
    const first = trackingTopology({ groups: group, interfaces: [eni('eni-1', HOST), eni('eni-2', '10.0.1.102')] })
    const tracker = new ConnectionTracker(first)
    const ask = (topology: Topology, index: number, direction: FlowDirection): string => {
      const address = topology.interfaces[index]?.addresses[0]?.address
      const packet =
        direction === 'egress'
          ? packetBetween(`${address}:5`, `${PEER}:53`, UDP)
          : packetBetween(`${PEER}:53`, `${address}:5`, UDP)
      return tracker.judge(topology.interfaces[index] as NetworkInterface, direction, packet, 0).action
    }
    ask(first, 0, 'egress')
    ask(first, 1, 'egress')
    const second = trackingTopology({
      groups: group,
      interfaces: [eni('eni-9', '10.0.1.9'), eni('eni-2', '10.0.1.102')],
    })
    tracker.update(second)
    expect(tracker.size).toBe(1)
    expect(ask(second, 1, 'ingress')).toBe('ACCEPT')
    const third = trackingTopology({ groups: group, interfaces: [eni('eni-2', '10.0.1.102'), eni('eni-1', HOST)] })
    tracker.update(third)
    expect([ask(third, 0, 'ingress'), ask(third, 1, 'ingress')]).toEqual(['ACCEPT', 'REJECT'])
    expect(() => ask(first, 0, 'egress')).toThrow('eni-1 is not an ENI of the tracker')
  })
})

describe('idle timers', () => {
  const passes = (host: Host, seconds: number, direction: 'in' | 'out', ...packet: Parameters<Host['in']>): string => {
    host.seconds += seconds
    return host[direction](...packet)
  }

  it.each([
    ['5 days unless set', {}, 432_000],
    ['350 s as on Nitro v6', { tcpEstablishedSeconds: 350 }, 350],
  ])('established TCP connections: %s', (_, timeouts, seconds) => {
    const host = new Host([tcpIn(22, `${PEER}/32`)], { timeouts })
    host.accept(22)
    expect(passes(host, seconds - 0.000_001, 'out', 22, 40_000, TCP, { tcpFlags: ACK })).toBe('state')
    expect(passes(host, seconds - 0.000_001, 'in', 22, 40_000, TCP, { tcpFlags: ACK })).toBe('state')
    expect(passes(host, seconds, 'out', 22, 40_000, TCP, { tcpFlags: ACK })).toBe('refused')
  })

  it('a TCP connection that is not established', () => {
    const host = new Host([ALL_OUT])
    host.out(40_000, 443, TCP, { tcpFlags: SYN })
    expect(passes(host, TCP_OPENING_SECONDS - 1, 'in', 40_000, 443, TCP, { tcpFlags: SYN_ACK })).toBe('state')
    expect(passes(host, TCP_OPENING_SECONDS, 'in', 40_000, 443, TCP, { tcpFlags: SYN_ACK })).toBe('refused')
  })

  it('UDP: 30 s for one request and its answer, 180 s for a stream', () => {
    const host = new Host([ALL_OUT])
    host.out(5000, 53, UDP)
    expect(passes(host, 29, 'in', 5000, 53, UDP)).toBe('state')
    expect(passes(host, 30, 'in', 5000, 53, UDP)).toBe('refused')
    for (let pair = 0; pair < 2; pair++) {
      host.out(5000, 53, UDP)
      host.in(5000, 53, UDP)
    }
    expect(passes(host, 179, 'in', 5000, 53, UDP)).toBe('state')
    expect(passes(host, 180, 'in', 5000, 53, UDP)).toBe('refused')
  })

  it('through a Network Load Balancer: TCP 350 s, UDP 120 s, whatever the ENI has', () => {
    const host = new Host([ALL_OUT, ALL_IN], { timeouts: { tcpEstablishedSeconds: 60 } })
    host.path = { ...DIRECT_PATH, throughLoadBalancer: true }
    host.accept(443)
    host.in(514, 514, UDP)
    host.change([])
    expect(passes(host, 119, 'out', 514, 514, UDP)).toBe('state')
    expect(passes(host, 120, 'out', 514, 514, UDP)).toBe('refused')
    expect(passes(host, 100, 'out', 443, 40_000, TCP, { tcpFlags: ACK })).toBe('state')
    expect(passes(host, 350, 'out', 443, 40_000, TCP, { tcpFlags: ACK })).toBe('refused')
  })
})

describe('late packets', () => {
  it('after FIN both ways the last ACK passes, and what comes later is refused', () => {
    const host = new Host([ALL_OUT])
    host.connect()
    expect(host.out(40_000, 443, TCP, { tcpFlags: FIN_ACK })).toBe('state')
    expect(host.in(40_000, 443, TCP, { tcpFlags: FIN_ACK })).toBe('state')
    expect(host.out(40_000, 443, TCP, { tcpFlags: ACK })).toBe('state')
    host.seconds += TCP_CLOSED_SECONDS
    expect(host.in(40_000, 443, TCP, { tcpFlags: FIN_ACK })).toBe('refused')
    expect(host.in(40_000, 443, TCP, { tcpFlags: RST_ACK })).toBe('refused')
  })

  it('after one FIN the other side may go on sending', () => {
    const host = new Host([ALL_OUT])
    host.connect()
    host.out(40_000, 443, TCP, { tcpFlags: FIN_ACK })
    host.seconds += TCP_HALF_CLOSED_SECONDS - 1
    expect(host.in(40_000, 443, TCP, { tcpFlags: ACK })).toBe('state')
    host.seconds += TCP_HALF_CLOSED_SECONDS
    expect(host.in(40_000, 443, TCP, { tcpFlags: ACK })).toBe('refused')
  })

  it('after a RST what is under way is refused', () => {
    const host = new Host([ALL_OUT])
    host.connect()
    expect(host.out(40_000, 443, TCP, { tcpFlags: RST })).toBe('state')
    host.seconds += TCP_RESET_SECONDS
    expect(host.in(40_000, 443, TCP, { tcpFlags: ACK })).toBe('refused')
    expect(host.in(40_000, 443, TCP, { tcpFlags: FIN_ACK })).toBe('refused')
  })

  it('a SYN with the ports of a closed connection is a new one, judged by the rules of then', () => {
    const host = new Host([tcpIn(22, `${PEER}/32`)])
    host.accept(22)
    host.in(22, 40_000, TCP, { tcpFlags: FIN_ACK })
    host.out(22, 40_000, TCP, { tcpFlags: FIN_ACK })
    expect(host.in(22, 40_000, TCP, { tcpFlags: SYN })).toBe('rule, tracked')
    host.change([])
    expect(host.out(22, 40_000, TCP, { tcpFlags: SYN_ACK })).toBe('state')
    host.in(22, 40_000, TCP, { tcpFlags: FIN_ACK })
    host.out(22, 40_000, TCP, { tcpFlags: FIN_ACK })
    expect(host.in(22, 40_000, TCP, { tcpFlags: SYN })).toBe('refused')
  })

  it('an unknown connection is tracked amid its course only where that is asked for', () => {
    const topology = Host.with([ALL_OUT])
    const ack = packetBetween(`${HOST}:40000`, `${PEER}:443`, TCP, { tcpFlags: ACK })
    const answer = packetBetween(`${PEER}:443`, `${HOST}:40000`, TCP, { tcpFlags: ACK })
    const judged = (trackTcpFromMidstream: boolean): string[] => {
      const tracker = new ConnectionTracker(topology, { trackTcpFromMidstream })
      const eni = topology.interfaces[0] as NetworkInterface
      return [tracker.judge(eni, 'egress', ack, 0).action, tracker.judge(eni, 'ingress', answer, 100_000_000).action]
    }
    expect(judged(false)).toEqual(['ACCEPT', 'REJECT'])
    expect(judged(true)).toEqual(['ACCEPT', 'ACCEPT'])
  })
})

describe('ICMP errors and path MTU discovery', () => {
  const tooBig = (about: Packet): Packet =>
    packetBetween('10.0.1.1', HOST, ICMP, { icmpType: 3, icmpCode: 4, icmpMtu: 1500, quoted: about })
  const data = packetBetween(`${HOST}:80`, `${PEER}:40000`, TCP, { tcpFlags: ACK })

  it('an error about a tracked connection passes without a rule, and keeps nothing alive', () => {
    const host = new Host([tcpIn(80, `${PEER}/32`)])
    expect(host.judge('ingress', tooBig(data))).toBe('refused')
    host.accept(80)
    expect(host.judge('ingress', tooBig(data))).toBe('state')
    host.seconds += 432_000 - 1
    expect(host.judge('ingress', tooBig(data))).toBe('state')
    host.seconds += 1
    expect(host.judge('ingress', tooBig(data))).toBe('refused')
  })

  it('an error about an untracked flow needs a rule: without one the flow meets a black hole', () => {
    const rules = [tcpIn(80, '0.0.0.0/0'), ALL_OUT]
    const host = new Host(rules)
    host.accept(80)
    expect(host.judge('ingress', tooBig(data))).toBe('refused')
    host.change([...rules, { direction: 'ingress', protocol: ICMP, from: 3, to: 4, peer: '0.0.0.0/0' }])
    expect(host.judge('ingress', tooBig(data))).toBe('rule, untracked')
  })

  it('an error that the host itself sends about what came in passes by state', () => {
    const host = new Host([{ direction: 'ingress', protocol: UDP, from: 33_434, to: 33_534, peer: '0.0.0.0/0' }])
    const probe = packetBetween(`${PEER}:5000`, `${HOST}:33434`, UDP)
    const closed = packetBetween(HOST, PEER, ICMP, { icmpType: 3, icmpCode: 3, quoted: probe })
    expect(host.judge('egress', closed)).toBe('refused')
    expect(host.judge('ingress', probe)).toBe('rule, tracked')
    expect(host.judge('egress', closed)).toBe('state')
  })

  it('ICMPv6 "packet too big" likewise', () => {
    const host = new Host([ALL_OUT6])
    const syn = packetBetween(`[${HOST6}]:40000`, `[${PEER6}]:443`, TCP, { tcpFlags: SYN })
    const error = packetBetween('2001:db8::1', HOST6, ICMPV6, { icmpType: 2, icmpMtu: 1280, quoted: syn })
    expect(host.judge('ingress', error)).toBe('refused')
    host.judge('egress', syn)
    expect(host.judge('ingress', error)).toBe('state')
  })
})

describe('fragments', () => {
  const first = (identification: number): Partial<PacketFields> => ({ identification, moreFragments: true })
  const later = (identification: number): Partial<PacketFields> => ({ identification, fragmentOffset: 1480 })

  it('later fragments follow the first one of their datagram', () => {
    const host = new Host([{ direction: 'ingress', protocol: UDP, from: 514, to: 514, peer: `${PEER}/32` }])
    expect(host.in(514, 5000, UDP, first(1))).toBe('rule, tracked')
    expect(host.in(0, 0, UDP, later(1))).toBe('rule, tracked')
    expect(host.in(0, 0, UDP, later(2))).toBe('refused')
    expect(host.in(515, 5000, UDP, first(3))).toBe('refused')
    expect(host.in(0, 0, UDP, later(3))).toBe('refused')
    host.seconds += FRAGMENT_MICROSECONDS / 1_000_000
    expect(host.in(0, 0, UDP, later(1))).toBe('refused')
  })

  it('later fragments of an unknown datagram pass by rules that ask for no port', () => {
    expect(new Host([{ direction: 'ingress', protocol: UDP, peer: '0.0.0.0/0' }]).in(0, 0, UDP, later(1))).toBe(
      'rule, untracked',
    )
    expect(new Host([tcpIn(0, '0.0.0.0/0')]).in(0, 0, TCP, later(1))).toBe('refused')
  })
})

describe('memory', () => {
  it('follows the flows that live, not those that were', () => {
    const host = new Host([ALL_OUT])
    let most = 0
    for (let index = 0; index < 300_000; index++) {
      host.out(1024 + (index % 60_000), 53 + Math.floor(index / 60_000), UDP)
      host.seconds += 0.01
      most = Math.max(most, host.tracker.size)
    }
    // 30 s of UDP at 100 a second, and what one second adds.
    expect(most).toBeGreaterThan(2_900)
    expect(most).toBeLessThanOrEqual(3_101)
    host.seconds += 31
    host.out(1, 1, UDP)
    expect(host.tracker.size).toBe(1)
  })
})
