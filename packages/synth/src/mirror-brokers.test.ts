import {
  type Design,
  demoDesign,
  encodeIpPacket,
  frameLength,
  type InstanceDesign,
  LINK_TYPE,
  type Packet,
  unwrapVxlan,
} from '@flowtap/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minutes, seconds } from './duration.ts'
import type { AddedBrokerPlatform, MirrorBrokerTally } from './mirror-brokers.ts'
import { defineScenario } from './scenario.ts'
import { cataloguedScenario } from './scenarios/scenario-catalogue.ts'
import { type SimulationSummary, simulate } from './simulation.ts'
import type { CapturedPacket, MirroredPacket } from './simulation-observer.ts'

type Target = 'interface' | 'balancer' | 'gateway'

/** The reference design, whose sensor is a broker, with platforms beside it; `deaf` lets no VXLAN in. */
function brokerDesign(target: Target = 'interface'): Design {
  const made = demoDesign()
  const { main } = made.vpcs
  if (!main) throw new Error('the reference design has another VPC')
  const host = (group: string): InstanceDesign => ({ subnet: 'private-b', securityGroups: [group] })
  const open = [4789, 6081].map((fromPort) => ({ ipProtocol: 'udp' as const, fromPort, cidrBlock: '10.0.0.0/16' }))
  const endpoint = { vpcEndpointType: 'GatewayLoadBalancer', gatewayLoadBalancer: 'inspection' } as const
  const targets = [{ instance: 'broker' }]
  return {
    ...made,
    vpcs: {
      main: {
        ...main,
        securityGroups: { ...main.securityGroups, vxlan: { ingress: open }, deaf: { ingress: [] } },
        vpcEndpoints: { ...main.vpcEndpoints, mirror: { ...endpoint, subnets: ['private-b'] } },
      },
    },
    instances: {
      ...made.instances,
      broker: host('vxlan'),
      ids: host('vxlan'),
      archive: host('vxlan'),
      deaf: host('deaf'),
    },
    loadBalancers: {
      brokers: {
        scheme: 'internal',
        subnets: ['private-b'],
        listeners: [{ protocol: 'UDP', port: 4789, targetGroup: 'brokers' }],
      },
    },
    gatewayLoadBalancers: { inspection: { subnets: ['private-b'], listeners: [{ targetGroup: 'appliances' }] } },
    targetGroups: {
      brokers: { protocol: 'UDP', port: 4789, vpc: 'main', targets },
      appliances: { protocol: 'GENEVE', port: 6081, vpc: 'main', targets },
    },
    trafficMirrorTargets: {
      suricata:
        target === 'interface'
          ? { networkInterface: 'broker' }
          : target === 'balancer'
            ? { loadBalancer: 'brokers' }
            : { gatewayLoadBalancerEndpoint: 'mirror' },
    },
  }
}

interface Run {
  readonly mirrored: readonly MirroredPacket[]
  readonly captured: readonly CapturedPacket[]
  readonly tallies: ReadonlyMap<string, MirrorBrokerTally>
  readonly summary: SimulationSummary
}

function run(design: Design, platforms: readonly AddedBrokerPlatform[], seed = 1, name = 'web'): Run {
  const traffic = cataloguedScenario(name, { durationMicroseconds: minutes(10) })
  if (!traffic) throw new Error(`the catalogue has no scenario '${name}'`)
  const scenario = defineScenario({
    ...traffic,
    setup(context) {
      traffic.setup(context)
      context.addMirrorBroker({ host: 'broker', platforms })
    },
  })
  const mirrored: MirroredPacket[] = []
  const captured: CapturedPacket[] = []
  const summary = simulate(design, scenario, { seed, packets: 'all' }).runSync({
    onMirroredPacket: (one) => mirrored.push(one),
    onPacket: (one) => captured.push(one),
  })
  const tallies = new Map(summary.mirrorBrokerTallies.map((tally) => [tally.platform, tally]))
  return { mirrored, captured, tallies, summary }
}

/** Network identifier, frame and source port, read from the bytes. */
function inside(packet: Packet): string {
  const bytes = new Uint8Array(frameLength(packet))
  encodeIpPacket(packet, bytes, 0)
  const unwrapped = unwrapVxlan(bytes.subarray(0, packet.length), LINK_TYPE.raw)
  if (!unwrapped) return 'no VXLAN'
  return `${unwrapped.virtualNetworkId} ${unwrapped.outer.sourcePort} ${Buffer.from(unwrapped.frame).toString('hex')}`
}

/** What an ENI was sent in VXLAN, whatever its groups made of it. */
function arrivals({ captured }: Run, host: string): readonly CapturedPacket[] {
  return captured.filter(
    ({ networkInterface, direction, packet }) =>
      networkInterface.name === `${host}/eth0` && direction === 'ingress' && packet.tunnel !== undefined,
  )
}

const both = [{ to: 'ids' }, { to: 'archive' }]

describe('a mirror broker on an instance', () => {
  it.each<Target>(['interface', 'balancer', 'gateway'])(
    'gives every platform what it was sent by way of a %s',
    (target) => {
      const one = run(brokerDesign(target), both)
      const expected = one.mirrored.map(({ packet }) =>
        inside(packet.destinationPort === 6081 ? copyIn(packet) : packet),
      )
      expect(expected.length).toBeGreaterThan(200)
      for (const platform of ['ids', 'archive']) {
        const own = arrivals(one, platform)
        // In the order in which the copies came to the broker.
        expect(own.map(({ packet }) => inside(packet))).toEqual(expected)
        expect(own.every(({ verdict }) => verdict.action === 'ACCEPT')).toBe(true)
        expect(one.tallies.get(platform)).toMatchObject({ host: 'broker', sent: expected.length, lost: {} })
      }
      expect(one.summary.mirrorLosses).toEqual([])
    },
  )

  it('has filters, sampling, truncation and network identifiers of its own for each platform', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 400 }),
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        fc.nat({ max: 1_000 }),
        (packetLength, sampling, seed) => {
          const one = run(
            brokerDesign(),
            [{ to: 'ids' }, { to: 'ids', name: 'cut', packetLength, virtualNetworkId: 7 }, { to: 'archive', sampling }],
            seed,
          )
          const whole = one.mirrored.map(({ packet }) => inside(packet))
          const own = arrivals(one, 'ids').map(({ packet }) => inside(packet))
          expect(own.filter((_, at) => at % 2 === 0)).toEqual(whole)
          const cut = whole.map((text) => {
            const [, port, frame = ''] = text.split(' ')
            return `7 ${port} ${frame.slice(0, 2 * packetLength)}`
          })
          expect(own.filter((_, at) => at % 2 === 1)).toEqual(cut)
          const sampled = arrivals(one, 'archive')
          const { sent = 0, sampledOut = 0, ignored = 0, filtered = 0 } = one.tallies.get('archive') ?? {}
          expect(sampled.length).toBe(sent)
          expect(sent + sampledOut + ignored + filtered).toBe(whole.length)
          expect(sampledOut).toBeGreaterThan(0)
        },
      ),
      { numRuns: 5 },
    )
  })

  it('tells of copies that a group refuses or nobody gets, as flow logs do', () => {
    const one = run(brokerDesign(), [{ to: 'deaf' }, { to: '10.0.1.250', name: 'nobody' }, { to: 'ids' }])
    const refused = arrivals(one, 'deaf')
    expect(refused.length).toBe(one.mirrored.length)
    expect(refused.every(({ verdict }) => verdict.reason.kind === 'no-security-group-rule')).toBe(true)
    expect(one.tallies.get('deaf')?.lost).toEqual({ 'no-security-group-rule': one.mirrored.length })
    expect(one.tallies.get('nobody')?.lost).toEqual({ 'no-such-address': one.mirrored.length })
    expect(one.tallies.get('ids')?.lost).toEqual({})
  })

  it('tells which platform’s copies were lost behind a load balancer', () => {
    const made = brokerDesign()
    const behind = (instance: string): Design => ({
      ...made,
      targetGroups: { brokers: { protocol: 'UDP', port: 4789, vpc: 'main', targets: [{ instance }] } },
      gatewayLoadBalancers: { inspection: { subnets: ['private-b'] } },
    })
    const address = '10.0.2.240'
    const balanced = (instance: string): Design => ({
      ...behind(instance),
      loadBalancers: {
        brokers: {
          scheme: 'internal',
          subnets: [{ subnet: 'private-b', privateIpAddress: address }],
          listeners: [{ protocol: 'UDP', port: 4789, targetGroup: 'brokers' }],
        },
      },
    })
    const platforms = [{ to: 'ids' }, { to: address, name: 'fleet' }]
    const lost = run(balanced('deaf'), platforms)
    expect(lost.tallies.get('fleet')?.lost).toEqual({ 'no-security-group-rule': lost.mirrored.length })
    expect(lost.tallies.get('ids')?.lost).toEqual({})
    const kept = run(balanced('archive'), platforms)
    expect(kept.tallies.get('fleet')?.lost).toEqual({})
    expect(arrivals(kept, 'archive').length).toBe(kept.mirrored.length)
  })

  it('makes no difference to what its platforms do not see', () => {
    const [alone, replicated] = [run(brokerDesign(), []), run(brokerDesign(), both)]
    const others = ({ captured }: Run): readonly string[] =>
      captured
        .filter(({ packet }) => packet.tunnel === undefined)
        .map(
          ({ networkInterface, timeMicroseconds, packet }) =>
            `${networkInterface.name} ${timeMicroseconds} ${packet.length}`,
        )
    expect(others(replicated)).toEqual(others(alone))
  })

  it.each<[string, readonly AddedBrokerPlatform[], RegExp]>([
    ['a host that is not there', [{ to: 'nobody' }], /there is no host 'nobody'/],
    ['another IP version', [{ to: '2001:db8::1' }], /of another IP version than the broker's/],
    ['a name that occurs twice', [{ to: 'ids' }, { to: 'ids' }], /platform 'ids': the name occurs twice/],
    ['a share above 1', [{ to: 'ids', sampling: 2 }], /sampling is a share of 0 to 1, not 2/],
  ])('refuses %s', (_, platforms, message) => {
    expect(() => run(brokerDesign(), platforms)).toThrow(message)
  })

  it('refuses a second broker on a host', () => {
    const scenario = defineScenario({
      name: 'two',
      durationMicroseconds: seconds(1),
      setup({ addMirrorBroker }) {
        addMirrorBroker({ host: 'broker', platforms: both })
        addMirrorBroker({ host: 'broker', platforms: both })
      },
    })
    expect(() => simulate(brokerDesign(), scenario).runSync()).toThrow(/UDP port 4789 is in use/)
  })
})

/** What a packet from a Gateway Load Balancer carries. */
function copyIn(packet: Packet): Packet {
  if (!packet.tunnel) throw new Error('the packet carries nothing')
  return packet.tunnel.packet
}
