import { describe, expect, it } from 'vitest'
import { ping, tcp, udp } from '../dataplane/network-fixture.ts'
import type { Design } from '../design/design.ts'
import type { TrafficMirrorFilterRuleDesign } from '../design/traffic-mirror-design.ts'
import { MacAddress } from '../net/mac-address.ts'
import { encodePacket, frameLength } from '../packet/encode-packet.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { unwrapVxlan } from '../packet/unwrap-vxlan.ts'
import { MirrorTestNetwork } from './mirror-fixture.ts'

const everywhere = [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] as const
const all: TrafficMirrorFilterRuleDesign = {
  ruleNumber: 100,
  ruleAction: 'accept',
  sourceCidrBlock: '0.0.0.0/0',
  destinationCidrBlock: '0.0.0.0/0',
}
const port = (number: number): TrafficMirrorFilterRuleDesign => ({
  ...all,
  protocol: 'tcp',
  destinationPortRange: { fromPort: number, toPort: number },
})

const base: Design = {
  vpcs: {
    main: {
      cidrBlocks: ['10.0.0.0/16'],
      internetGateway: true,
      subnets: {
        one: { cidrBlock: '10.0.1.0/24', availabilityZone: 'us-west-2a', routeTable: 'public' },
        two: { cidrBlock: '10.0.2.0/24', availabilityZone: 'us-west-2b' },
        closed: { cidrBlock: '10.0.3.0/24', availabilityZone: 'us-west-2a', networkAcl: 'closed' },
      },
      routeTables: { public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] } },
      networkAcls: { closed: {} },
      securityGroups: {
        open: { ingress: everywhere },
        mute: { ingress: everywhere, egress: [] },
        sensor: { ingress: [{ ipProtocol: 'udp', fromPort: 4789, cidrBlock: '10.0.0.0/16' }] },
        deaf: {},
      },
    },
  },
  instances: {
    a: { subnet: 'one', privateIpAddress: '10.0.1.10', publicIp: '52.0.0.10', securityGroups: ['open'] },
    b: { subnet: 'two', privateIpAddress: '10.0.2.10', securityGroups: ['open'] },
    mute: { subnet: 'one', privateIpAddress: '10.0.1.12', securityGroups: ['mute'] },
    deaf: { subnet: 'one', privateIpAddress: '10.0.1.13', securityGroups: ['deaf'] },
    fenced: { subnet: 'closed', privateIpAddress: '10.0.3.10', securityGroups: ['open'] },
    sensor: { subnet: 'two', privateIpAddress: '10.0.2.99', securityGroups: ['sensor'] },
    second: { subnet: 'two', privateIpAddress: '10.0.2.98', securityGroups: ['sensor'] },
  },
  trafficMirrorFilters: {
    all: { ingressFilterRules: [all], egressFilterRules: [all] },
    https: { egressFilterRules: [port(443)] },
    dns: { networkServices: ['amazon-dns'] },
    none: {},
  },
  trafficMirrorTargets: { sensor: { networkInterface: 'sensor' }, second: { networkInterface: 'second' } },
}

function mirroring(sessions: Design['trafficMirrorSessions'], changes: Partial<Design> = {}): MirrorTestNetwork {
  return new MirrorTestNetwork({ ...base, ...changes, trafficMirrorSessions: sessions ?? {} })
}

const session = (
  networkInterface: string,
  trafficMirrorFilter: string,
  sessionNumber = 1,
  trafficMirrorTarget = 'sensor',
): { networkInterface: string; trafficMirrorFilter: string; sessionNumber: number; trafficMirrorTarget: string } => ({
  networkInterface,
  trafficMirrorFilter,
  sessionNumber,
  trafficMirrorTarget,
})

describe('sessions', () => {
  it('mirror both sides of a packet that passes two sources, each once', () => {
    const test = mirroring({ one: session('a', 'all'), two: session('b', 'all') })
    expect(test.send('a', tcp('10.0.1.10:40000', '10.0.2.10:80'))).toEqual([
      'a egress mirrored by one to sensor',
      'b ingress mirrored by two to sensor',
    ])
  })

  it('are asked in order of their numbers, and the first that accepts has the packet', () => {
    const test = mirroring({ low: session('a', 'https', 5), high: session('a', 'all', 20, 'second') })
    expect(test.send('a', tcp('10.0.1.10:40000', '10.0.2.10:443'))).toEqual(['a egress mirrored by low to sensor'])
    expect(test.send('a', tcp('10.0.1.10:40000', '10.0.2.10:80'))).toEqual(['a egress mirrored by high to second'])
    const turned = mirroring({ low: session('a', 'https', 20), high: session('a', 'all', 5, 'second') })
    expect(turned.send('a', tcp('10.0.1.10:40000', '10.0.2.10:443'))).toEqual(['a egress mirrored by high to second'])
  })

  it('mirror nothing without rules', () => {
    expect(mirroring({ one: session('a', 'none') }).send('a', ping('10.0.1.10', '10.0.2.10'))).toEqual([
      'a egress filtered',
    ])
  })

  it('come into force and end with a change of the design', () => {
    const test = mirroring({})
    expect(test.send('a', ping('10.0.1.10', '10.0.2.10'))).toEqual([])
    const with_ = mirroring({ one: session('a', 'all') }).network.topology
    test.network.update(with_, 1_000)
    expect(test.send('a', ping('10.0.1.10', '10.0.2.10'), 2_000)).toEqual(['a egress mirrored by one to sensor'])
    test.network.update(mirroring({}).network.topology, 3_000)
    expect(test.send('a', ping('10.0.1.10', '10.0.2.10'), 4_000)).toEqual([])
  })
})

describe('network identifiers', () => {
  const idsOf = (sessions: Design['trafficMirrorSessions']): readonly number[] =>
    mirroring(sessions).network.topology.mirrorSessions.map(({ virtualNetworkId }) => virtualNetworkId)

  it('are given, or made and then of one session alone', () => {
    const one = session('a', 'all')
    const [made = 0] = idsOf({ one })
    expect(made).toBeGreaterThan(0)
    expect(idsOf({ one })).toEqual([made])
    const two = { ...session('b', 'all'), virtualNetworkId: made }
    expect(idsOf({ one, two })).toEqual([made + 1, made])
  })
})

describe('what is mirrored', () => {
  it('Amazon DNS by the network service alone, both ways, and then whatever the rules say', () => {
    const query = udp('10.0.1.10:40000', '10.0.0.2:53', { payloadLength: 40 })
    expect(mirroring({ one: session('a', 'all') }).send('a', query)).toEqual(['a egress filtered'])
    const test = mirroring({ one: session('a', 'dns') })
    expect(test.send('a', query)).toEqual(['a egress mirrored by one to sensor'])
    expect(test.send('a', udp('10.0.1.10:40000', '169.254.169.253:53'))).toEqual(['a egress mirrored by one to sensor'])
    expect(test.send('a', udp('10.0.1.10:40000', '10.0.2.10:53'))).toEqual(['a egress filtered'])
    const a = test.networkInterface('a')
    const answer = udp('10.0.0.2:53', '10.0.1.10:40000', { payloadLength: 90 })
    test.network.sendFromService({ kind: 'link-local-service', service: 'amazon-dns', networkInterface: a }, answer, 9)
    expect(test.seen.map(({ copy }) => copy?.packet.sourcePort)).toEqual([65_408])
    expect(test.take()).toEqual(['a ingress mirrored by one to sensor'])
  })

  it.each([
    ['instance-metadata', tcp('10.0.1.10:40000', '169.254.169.254:80')],
    ['time-sync', udp('10.0.1.10:123', '169.254.169.123:123')],
    ['windows-activation', tcp('10.0.1.10:40000', '169.254.169.250:1688')],
    ['dhcp', udp('10.0.1.10:68', '10.0.1.1:67')],
  ])('not %s', (reason, packet) => {
    expect(mirroring({ one: session('a', 'all') }).send('a', packet)).toEqual([`a egress excluded ${reason}`])
  })

  it('time from other hosts, as a real capture shows', () => {
    const test = mirroring({ one: session('a', 'all') })
    expect(test.send('a', udp('10.0.1.10:123', '203.0.113.5:123'))).toEqual(['a egress mirrored by one to sensor'])
    expect(test.sendFromInternet(udp('203.0.113.5:123', '52.0.0.10:123'))).toEqual([
      'a ingress mirrored by one to sensor',
    ])
  })

  it('not what groups or ACLs refuse on its way in', () => {
    const test = mirroring({ one: session('deaf', 'all'), two: session('fenced', 'all') })
    expect(test.send('b', ping('10.0.2.10', '10.0.1.13'))).toEqual(['deaf ingress excluded refused'])
    expect(test.send('b', ping('10.0.2.10', '10.0.3.10'))).toEqual(['fenced ingress excluded refused'])
  })

  it('on its way out what an ACL refuses, not what a group refuses', () => {
    const test = mirroring({ one: session('mute', 'all'), two: session('fenced', 'all') })
    expect(test.send('mute', ping('10.0.1.12', '10.0.2.10'))).toEqual(['mute egress excluded refused'])
    // The copy meets the same ACL.
    expect(test.send('fenced', ping('10.0.3.10', '10.0.2.10'))).toEqual(['fenced egress dropped network-acl by two'])
  })

  it('carries private addresses where the internet gateway translates', () => {
    const test = mirroring({ one: session('a', 'all') })
    test.sendFromInternet(tcp('203.0.113.5:40000', '52.0.0.10:80'))
    expect(test.seen).toEqual([])
    expect(test.counters.tallies[0]?.mirrored).toBe(1)
    test.network.sendFromInternet(tcp('203.0.113.5:40000', '52.0.0.10:80'), 0)
    expect(test.seen[0]?.packet.destination.toString()).toBe('10.0.1.10')
  })
})

describe('copies', () => {
  it('leave the source without its groups, unlogged there, and are judged and captured at the target', () => {
    const test = mirroring({ one: session('mute', 'all') })
    // The group of `mute` lets nothing out but the copy.
    expect(test.send('b', ping('10.0.2.10', '10.0.1.12'))).toEqual(['mute ingress mirrored by one to sensor'])
    const copies = test.captures.filter(([, , packet]) => packet.destinationPort === 4789)
    expect(copies.map(([one, direction, , , verdict]) => [one.name, direction, verdict.reason.kind])).toEqual([
      ['mute/eth0', 'egress', 'mirrored-traffic'],
      ['sensor/eth0', 'ingress', 'security-group-rule'],
    ])
  })

  it('come after all calls of the packet’s own way', () => {
    const test = mirroring({ one: session('a', 'all'), two: session('b', 'all') })
    test.send('a', ping('10.0.1.10', '10.0.2.10'))
    expect(test.captures.map(([, , packet]) => packet.protocol)).toEqual([1, 1, 17, 17, 17, 17])
  })

  it('are lost without a word where the target does not let them in, and the loss is counted', () => {
    const closed: Design = {
      ...base,
      trafficMirrorTargets: { sensor: { networkInterface: 'deaf' } },
      trafficMirrorSessions: { one: session('a', 'all') },
    }
    const test = new MirrorTestNetwork(closed)
    expect(test.send('a', ping('10.0.1.10', '10.0.2.10'))).toEqual(['a egress dropped no-security-group-rule by one'])
    expect(test.counters.losses.map(({ reason, packets }) => [reason, packets])).toEqual([
      ['no-security-group-rule', 1],
    ])
    // CloudWatch counts it as mirrored.
    expect(test.counters.tallies[0]?.metrics.NetworkPacketsMirrorOut).toBe(1)
  })

  it('are lost where the target does not run', () => {
    const { sensor, ...others } = base.instances ?? {}
    const off: Partial<Design> = {
      instances: { ...others, ...(sensor && { sensor: { ...sensor, state: 'stopped' } }) },
    }
    expect(mirroring({ one: session('a', 'all') }, off).send('a', ping('10.0.1.10', '10.0.2.10'))).toEqual([
      'a egress dropped instance-not-running by one',
    ])
  })

  it('have the session’s network identifier and the frame between the ENI and its router', () => {
    const test = mirroring({ one: { ...session('a', 'all'), virtualNetworkId: 4242 } })
    test.network.send(test.networkInterface('a'), ping('10.0.1.10', '10.0.2.10'), 0)
    const copy = test.seen[0]?.copy?.packet
    if (!copy) throw new Error('nothing was mirrored')
    const macs = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
    const bytes = new Uint8Array(frameLength(copy))
    encodePacket(copy, bytes, 0, macs)
    const unwrapped = unwrapVxlan(bytes)
    expect(unwrapped?.virtualNetworkId).toBe(4242)
    expect(MacAddress.fromBytes(unwrapped?.frame ?? bytes, 6).toString()).toBe(test.networkInterface('a').macAddress)
    expect(unwrapped?.frame.length).toBe(14 + 84)
  })

  it.each([
    ['whole up to 8,947 bytes', 8_947, undefined, 14 + 8_947],
    ['cut to what the target’s MTU leaves', 8_996, undefined, 14 + 8_947],
    ['cut to the packet length', 1_000, 100, 100],
    ['not cut to less than 35 bytes', 1_000, 1, 35],
  ])('are %s', (_, length, packetLength, carried) => {
    const test = mirroring({ one: { ...session('a', 'all'), ...(packetLength && { packetLength }) } })
    const packet = ping('10.0.1.10', '10.0.2.10', { payloadLength: length - 28 })
    test.network.send(test.networkInterface('a'), packet, 0)
    const copy = test.seen[0]?.copy
    expect(copy?.packet.length).toBe(20 + 8 + 8 + carried)
    expect(copy?.arrival).toBeDefined()
  })
})

describe('a balancer as the target', () => {
  const balanced = (listener: boolean, crossZone: boolean, zones: readonly string[]): Partial<Design> => ({
    loadBalancers: {
      balancer: {
        scheme: 'internal',
        subnets: zones.map((subnet) => ({ subnet })),
        crossZoneEnabled: crossZone,
        ...(listener && { listeners: [{ protocol: 'UDP' as const, port: 4789, targetGroup: 'sensors' }] }),
      },
    },
    targetGroups: {
      sensors: {
        protocol: 'UDP',
        port: 4789,
        vpc: 'main',
        targets: [{ instance: 'sensor' }, { instance: 'second' }],
      },
    },
    trafficMirrorTargets: { sensor: { loadBalancer: 'balancer' } },
  })
  const packets = Array.from({ length: 64 }, (_, index) => tcp(`10.0.1.10:${40_000 + index}`, '10.0.2.10:80'))

  it('spreads flows over healthy targets, all packets of a flow to one', () => {
    const test = mirroring({ one: session('a', 'all') }, balanced(true, true, ['one', 'two']))
    const first = packets.map((packet, index) => test.send('a', packet, index)[0])
    expect(new Set(first)).toEqual(
      new Set(['a egress mirrored by one to sensor', 'a egress mirrored by one to second']),
    )
    expect(packets.map((packet, index) => test.send('a', packet, 100 + index)[0])).toEqual(first)
  })

  it('without cross-zone balancing reaches targets in the source’s zone alone', () => {
    const test = mirroring({ one: session('a', 'all') }, balanced(true, false, ['one', 'two']))
    expect(test.send('a', packets[0] ?? ping('10.0.1.10', '10.0.2.10'))).toEqual([
      'a egress dropped no-healthy-target by one',
    ])
    const crossing = mirroring({ one: session('a', 'all') }, balanced(true, false, ['two']))
    expect(crossing.send('a', packets[0] ?? ping('10.0.1.10', '10.0.2.10'))[0]).toMatch(/mirrored by one/)
  })

  it('gives a zone that is added later nothing without cross-zone balancing', () => {
    const test = mirroring({ one: session('b', 'all') }, balanced(true, false, ['one']))
    const packet = ping('10.0.2.10', '10.0.1.10')
    expect(test.send('b', packet)).toEqual(['b egress dropped no-healthy-target by one'])
    test.network.update(
      mirroring({ one: session('b', 'all') }, balanced(true, false, ['one', 'two'])).network.topology,
      1,
    )
    expect(test.send('b', packet, 10_000_000)).toEqual(['b egress dropped no-healthy-target by one'])
    const fresh = mirroring({ one: session('b', 'all') }, balanced(true, false, ['one', 'two']))
    expect(fresh.send('b', packet)[0]).toMatch(/mirrored by one/)
  })

  it('loses all without a listener, silently', () => {
    const test = mirroring({ one: session('a', 'all') }, balanced(false, true, ['one', 'two']))
    expect(test.send('a', packets[0] ?? ping('10.0.1.10', '10.0.2.10'))).toEqual([
      'a egress dropped no-listener by one',
    ])
    expect(test.counters.losses).toEqual([
      { networkInterface: test.networkInterface('a'), reason: 'no-listener', packets: 1 },
    ])
  })

  it('does not mirror copies again at a sensor that is a source itself', () => {
    const test = mirroring(
      { one: session('a', 'all'), two: { ...session('sensor', 'all') }, three: session('second', 'all') },
      balanced(true, true, ['one', 'two']),
    )
    const lines = test.send('a', ping('10.0.1.10', '10.0.2.10'))
    expect(lines).toContainEqual(expect.stringMatching(/^(sensor|second) ingress excluded mirrored-copy$/))
    expect(lines.filter((line) => line.includes('mirrored by'))).toHaveLength(1)
  })

  it('carries at most 8,500 bytes of a frame', () => {
    const test = mirroring({ one: session('a', 'all') }, balanced(true, true, ['one', 'two']))
    test.network.send(test.networkInterface('a'), ping('10.0.1.10', '10.0.2.10', { payloadLength: 8_800 }), 0)
    expect(test.seen[0]?.copy?.packet.length).toBe(36 + 8_500)
  })
})

describe('congestion', () => {
  it('drops copies before production traffic, and counts them as skipped', () => {
    // 1 Mbit/s: 1,250 bytes in a burst of 10 ms, 125 bytes each millisecond.
    const test = new MirrorTestNetwork(
      { ...base, trafficMirrorSessions: { one: session('a', 'all') } },
      { instanceBandwidth: ({ name }) => (name === 'a' ? 1_000_000 : undefined) },
    )
    const packet = udp('10.0.1.10:40000', '10.0.2.10:5000', { payloadLength: 472 })
    // 500 bytes and a copy of 550: the second copy does not fit any more.
    expect(test.send('a', packet, 0)).toEqual(['a egress mirrored by one to sensor'])
    expect(test.send('a', packet, 0)).toEqual(['a egress dropped congestion'])
    expect(
      test.captures.filter(([one, , { protocol }]) => one.name === 'b/eth0' && protocol === IP_PROTOCOL.udp),
    ).toHaveLength(2)
    expect(test.counters.tallies[0]?.metrics).toMatchObject({
      NetworkMirrorOut: 500,
      NetworkPacketsMirrorOut: 1,
      NetworkSkipMirrorOut: 500,
      NetworkPacketsSkipMirrorOut: 1,
      NetworkMirrorIn: 0,
    })
    // Congestion is no silent loss.
    expect(test.counters.losses).toEqual([])
    expect(test.send('a', packet, 20_000)).toEqual(['a egress mirrored by one to sensor'])
  })
})

describe('a flow that is too fast', () => {
  it('is mirrored at 2.5 Gbit/s at the most, and what is more is skipped, not lost', () => {
    const test = mirroring({ one: session('a', 'all') })
    const packet = udp('10.0.1.10:40000', '10.0.2.10:5000', { payloadLength: 8_000 })
    // 4 Gbit/s for 100 milliseconds.
    const gap = (packet.length * 8e6) / 4e9
    for (let time = 0; time < 100_000; time += gap) {
      test.network.send(test.networkInterface('a'), packet, Math.floor(time))
    }
    const { mirrored = 0, dropped, metrics } = test.counters.tallies[0] ?? {}
    const share = mirrored / (mirrored + (dropped?.['flow-bandwidth'] ?? 0))
    expect(share).toBeGreaterThan(2.5 / 4)
    expect(share).toBeLessThan(0.85)
    expect(metrics?.NetworkPacketsSkipMirrorOut).toBe(dropped?.['flow-bandwidth'])
    expect(test.counters.losses).toEqual([])
    const free = new MirrorTestNetwork(
      { ...base, trafficMirrorSessions: { one: session('a', 'all') } },
      { mirroredFlowBandwidth: Number.POSITIVE_INFINITY },
    )
    for (let sent = 0; sent < 1_000; sent += 1) free.network.send(free.networkInterface('a'), packet, 0)
    expect(free.counters.tallies[0]?.mirrored).toBe(1_000)
  })
})
