import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelOf, ping, tcp } from '../dataplane/network-fixture.ts'
import type { Design } from '../design/design.ts'
import type { InstanceDesign } from '../design/instance-design.ts'
import type { GatewayLoadBalancerDesign, TargetGroupDesign } from '../design/load-balancer-design.ts'
import { decodePacket } from '../packet/decode-packet.ts'
import { encodeIpPacket } from '../packet/encode-packet.ts'
import { LINK_TYPE } from '../packet/link-type.ts'
import type { Packet } from '../packet/packet.ts'
import { unwrapVxlan } from '../packet/unwrap-vxlan.ts'
import { resolveDesign } from '../topology/resolve-design.ts'
import { MirrorTestNetwork } from './mirror-fixture.ts'
import type { MirroredCopy } from './mirror-outcome.ts'

const everywhere = [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] as const
const all = {
  ruleNumber: 1,
  ruleAction: 'accept',
  sourceCidrBlock: '0.0.0.0/0',
  destinationCidrBlock: '0.0.0.0/0',
} as const
const ENDPOINT_ID = 'vpce-0fedcba9876543210'

interface Changes {
  readonly balancer?: Partial<GatewayLoadBalancerDesign>
  readonly group?: Partial<TargetGroupDesign>
  readonly appliances?: Partial<InstanceDesign>
  readonly design?: Partial<Design>
  readonly packetLength?: number
}

/** Sources in zone a of one VPC, the endpoint beside them; the balancer and three appliances in two zones of another VPC. */
function gatewayDesign({ balancer, group, appliances, design, packetLength }: Changes = {}): Design {
  const appliance = (subnet: string): InstanceDesign => ({ subnet, securityGroups: ['appliance'], ...appliances })
  return {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        subnets: {
          one: { cidrBlock: '10.0.1.0/24', availabilityZone: 'us-west-2a' },
          two: { cidrBlock: '10.0.2.0/24', availabilityZone: 'us-west-2b' },
        },
        securityGroups: { open: { ingress: everywhere } },
        vpcEndpoints: {
          mirror: {
            id: ENDPOINT_ID,
            vpcEndpointType: 'GatewayLoadBalancer',
            gatewayLoadBalancer: 'inspection',
            subnets: [{ subnet: 'one', privateIpAddress: '10.0.1.200' }],
          },
        },
      },
      security: {
        cidrBlocks: ['10.9.0.0/16'],
        subnets: {
          'security-a': { cidrBlock: '10.9.1.0/24', availabilityZone: 'us-west-2a' },
          'security-b': { cidrBlock: '10.9.2.0/24', availabilityZone: 'us-west-2b' },
        },
        securityGroups: {
          appliance: { ingress: [{ ipProtocol: 'udp', fromPort: 6081, cidrBlock: '10.9.0.0/16' }] },
          vxlan: { ingress: [{ ipProtocol: 'udp', fromPort: 4789, cidrBlock: '0.0.0.0/0' }] },
        },
      },
    },
    instances: {
      a: { subnet: 'one', privateIpAddress: '10.0.1.10', securityGroups: ['open'] },
      b: { subnet: 'two', privateIpAddress: '10.0.2.10', securityGroups: ['open'] },
      first: appliance('security-a'),
      second: appliance('security-a'),
      third: appliance('security-b'),
    },
    gatewayLoadBalancers: {
      inspection: {
        subnets: [{ subnet: 'security-a', privateIpAddress: '10.9.1.100' }, 'security-b'],
        listeners: [{ targetGroup: 'appliances' }],
        ...balancer,
      },
    },
    targetGroups: {
      appliances: {
        protocol: 'GENEVE',
        port: 6081,
        vpc: 'security',
        targets: [{ instance: 'first' }, { instance: 'second' }, { instance: 'third' }],
        ...group,
      },
    },
    trafficMirrorFilters: { all: { ingressFilterRules: [all], egressFilterRules: [all] } },
    trafficMirrorTargets: { endpoint: { gatewayLoadBalancerEndpoint: 'mirror' } },
    trafficMirrorSessions: {
      one: {
        networkInterface: 'a',
        trafficMirrorTarget: 'endpoint',
        trafficMirrorFilter: 'all',
        sessionNumber: 1,
        virtualNetworkId: 4242,
        ...(packetLength !== undefined && { packetLength }),
      },
    },
    ...design,
  }
}

const flows = Array.from({ length: 64 }, (_, index) => tcp(`10.0.1.10:${40_000 + index}`, '10.0.2.10:80'))

/** The copy of a packet that a sends. */
function copyOf(test: MirrorTestNetwork, packet: Packet, timeMicroseconds = 0): MirroredCopy {
  test.network.send(test.networkInterface('a'), packet, timeMicroseconds)
  const copy = test.seen.splice(0)[0]?.copy
  if (!copy) throw new Error('nothing was mirrored')
  return copy
}

function bytesOf(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(packet.length)
  encodeIpPacket(packet, bytes, 0)
  return bytes
}

/** Who receives the copies of the flows. */
function receivers(changes: Changes): readonly string[] {
  const test = new MirrorTestNetwork(gatewayDesign(changes))
  return [...new Set(flows.map((packet) => labelOf(copyOf(test, packet).arrival?.networkInterface)))].sort()
}

describe('a Gateway Load Balancer endpoint as the target', () => {
  it('has ENIs that nobody can attach', () => {
    const { interfaces } = resolveDesign(gatewayDesign())
    const made = interfaces.filter(({ interfaceType }) => interfaceType.startsWith('gateway_load_balancer'))
    expect(
      made.map((one) => [one.interfaceType, one.isRequesterManaged, one.requesterId, one.securityGroups.length]),
    ).toEqual([
      ['gateway_load_balancer', true, 'amazon-elb', 0],
      ['gateway_load_balancer', true, 'amazon-elb', 0],
      ['gateway_load_balancer_endpoint', true, undefined, 0],
    ])
  })

  it('gets copies in VXLAN, which its appliances receive in GENEVE from the balancer', () => {
    const test = new MirrorTestNetwork(gatewayDesign())
    const copy = copyOf(test, ping('10.0.1.10', '10.0.2.10'))
    const passed = test.captures
      .filter(([, , { tunnel }]) => tunnel)
      .map(([one, direction, { source, destination, destinationPort }, , { action }]) =>
        [labelOf(one), direction, `${source} > ${destination}:${destinationPort}`, action].join(' '),
      )
    const { networkInterface, packet: arrived } = copy.arrival ?? {}
    const appliance = networkInterface?.addresses[0]?.address.toString()
    expect(passed).toEqual([
      'a egress 10.0.1.10 > 10.0.1.200:4789 ACCEPT',
      'mirror ingress 10.0.1.10 > 10.0.1.200:4789 ACCEPT',
      `inspection-a egress 10.9.1.100 > ${appliance}:6081 ACCEPT`,
      `${labelOf(networkInterface)} ingress 10.9.1.100 > ${appliance}:6081 ACCEPT`,
    ])
    // Gateway Load Balancer guide: "adds 68 bytes to the original packet".
    expect(arrived?.length).toBe(copy.packet.length + 68)
  })

  it('whose header is as RFC 8926 and AWS have it, field by field', () => {
    const copy = copyOf(new MirrorTestNetwork(gatewayDesign()), ping('10.0.1.10', '10.0.2.10'))
    const bytes = bytesOf(copy.arrival?.packet ?? copy.packet)
    const hex = Buffer.from(bytes).toString('hex')
    // Version 0 with eight words of options, no flags, IPv4 inside, VNI 0.
    expect(hex.slice(56, 72)).toBe('0800080000000000')
    expect(hex.slice(72, 96)).toBe('01080102fedcba9876543210')
    expect(hex.slice(96, 120)).toBe('010802020000000000000000')
    expect(hex.slice(120, 128)).toBe('01080301')
    // The copy itself, byte for byte.
    expect(hex.slice(136)).toBe(Buffer.from(bytesOf(copy.packet)).toString('hex'))
    const { layers, issues } = decodePacket(bytes, LINK_TYPE.raw)
    expect(issues).toEqual([])
    expect(layers.map(({ kind }) => kind)).toEqual([
      ...['ipv4', 'udp', 'geneve', 'ipv4', 'udp', 'vxlan', 'ethernet', 'ipv4', 'icmp'],
      ...layers.slice(9).map(({ kind }) => kind),
    ])
    const unwrapped = unwrapVxlan(bytes, LINK_TYPE.raw)
    expect(unwrapped?.virtualNetworkId).toBe(4242)
    expect(unwrapped?.frame.length).toBe(14 + 84)
  })

  it('spreads flows over the healthy appliances of its zone, all packets of a flow to one', () => {
    expect(receivers({})).toEqual(['first', 'second'])
    fc.assert(
      fc.property(
        fc.nat({ max: 60_000 }),
        fc.nat({ max: 1_000 }),
        fc.boolean(),
        (port, payloadLength, crossZoneEnabled) => {
          const test = new MirrorTestNetwork(gatewayDesign({ balancer: { crossZoneEnabled } }))
          const there = copyOf(test, tcp(`10.0.1.10:${port + 1}`, '10.0.2.10:443'))
          const then = copyOf(test, tcp(`10.0.1.10:${port + 1}`, '10.0.2.10:443', { payloadLength, tcpFlags: 16 }), 9)
          expect(then.arrival?.networkInterface).toBe(there.arrival?.networkInterface)
          const cookie = ({ arrival }: MirroredCopy): Uint8Array | undefined => arrival?.packet.tunnel?.header.slice(36)
          expect(cookie(then)).toEqual(cookie(there))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('with cross-zone balancing, over those of all zones', () => {
    expect(receivers({ balancer: { crossZoneEnabled: true } })).toEqual(['first', 'second', 'third'])
  })

  it('leaves unhealthy appliances out, but takes all where none is healthy', () => {
    const targets = (...healthy: boolean[]): Changes => ({
      group: {
        targets: ['first', 'second', 'third'].map((instance, at) => ({ instance, healthy: healthy[at] ?? true })),
      },
    })
    expect(receivers(targets(true, false, true))).toEqual(['first'])
    expect(receivers(targets(false, false, false))).toEqual(['first', 'second'])
    // Nothing healthy in the zone of the endpoint.
    expect(receivers(targets(false, false, true))).toEqual(['-'])
  })

  it('keeps a flow at its appliance until it is idle, even where that becomes unhealthy', () => {
    const test = new MirrorTestNetwork(gatewayDesign())
    const before = flows.map((packet) => labelOf(copyOf(test, packet).arrival?.networkInterface))
    const unhealthy = { group: { targets: [{ instance: 'first', healthy: false }, { instance: 'second' }] } }
    test.network.update(resolveDesign(gatewayDesign(unhealthy)), 1)
    expect(flows.map((packet) => labelOf(copyOf(test, packet, 1_000).arrival?.networkInterface))).toEqual(before)
    // 120 seconds later they are new flows.
    const later = flows.map((packet) => labelOf(copyOf(test, packet, 130_000_000).arrival?.networkInterface))
    expect(new Set(later)).toEqual(new Set(['second']))
  })

  it.each<[string, Changes, string]>([
    ['no listener', { balancer: { listeners: [] } }, 'no-listener'],
    ['no appliances', { group: { targets: [] } }, 'no-healthy-target'],
    ['none in the zone', { group: { targets: [{ instance: 'third' }] } }, 'no-healthy-target'],
    ['a group for VXLAN alone', { appliances: { securityGroups: ['vxlan'] } }, 'no-security-group-rule'],
    ['stopped appliances', { appliances: { state: 'stopped' } }, 'instance-not-running'],
  ])('loses everything silently for %s, and says so', (_, changes, reason) => {
    const test = new MirrorTestNetwork(gatewayDesign(changes))
    expect(test.send('a', flows[0] ?? ping('10.0.1.10', '10.0.2.10'))).toEqual([`a egress dropped ${reason} by one`])
    expect(test.counters.losses).toEqual([{ networkInterface: test.networkInterface('a'), reason, packets: 1 }])
    expect(test.counters.tallies[0]?.metrics.NetworkPacketsMirrorOut).toBe(1)
  })

  it('loses what no route brings to it', () => {
    const made = gatewayDesign()
    const { main, security } = made.vpcs
    if (!main?.vpcEndpoints?.mirror || !security) throw new Error('the design has other VPCs')
    const { vpcEndpoints, ...withoutEndpoint } = main
    const mirror = { ...vpcEndpoints.mirror, subnets: ['security-a'] }
    const moved = { main: withoutEndpoint, security: { ...security, vpcEndpoints: { mirror } } }
    const test = new MirrorTestNetwork({ ...made, vpcs: moved })
    expect(test.send('a', ping('10.0.1.10', '10.0.2.10'))).toEqual(['a egress dropped no-route by one'])
  })

  it('takes packets of 8,446 bytes, and larger ones where the session cuts them', () => {
    const large = (bytes: number): Packet => ping('10.0.1.10', '10.0.2.10', { payloadLength: bytes - 28 })
    const whole = new MirrorTestNetwork(gatewayDesign())
    const copy = copyOf(whole, large(8_446))
    expect(copy.packet.length).toBe(8_446 + 50)
    expect(copy.arrival?.packet.length).toBe(8_446 + 50 + 68)
    expect(whole.send('a', large(8_447))).toEqual(['a egress dropped mtu-exceeded'])
    expect(whole.counters.losses.map(({ reason }) => reason)).toEqual(['mtu-exceeded'])
    const cut = new MirrorTestNetwork(gatewayDesign({ packetLength: 1_000 }))
    expect(copyOf(cut, large(9_001)).arrival?.packet.length).toBe(36 + 1_000 + 68)
  })

  it('carries 10 Gbit/s, and drops what is more', () => {
    const test = new MirrorTestNetwork(gatewayDesign(), { mirroredFlowBandwidth: Number.POSITIVE_INFINITY })
    const large = ping('10.0.1.10', '10.0.2.10', { payloadLength: 8_000 })
    // 12.5 MB in the first 10 ms.
    for (let sent = 0; sent < 1_700; sent += 1) test.network.send(test.networkInterface('a'), large, 0)
    const { mirrored, dropped } = test.counters.tallies[0] ?? {}
    expect([mirrored, dropped]).toEqual([Math.floor(12_500_000 / 8_078), { 'endpoint-bandwidth': 1_700 - 1_547 }])
    expect(test.counters.losses.map(({ reason }) => reason)).toEqual(['endpoint-bandwidth'])
    test.take()
    expect(test.send('a', large, 1_000)).toEqual([expect.stringContaining('mirrored by one')])
  })
})
