import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import type { ListenerDesign, TargetGroupDesign } from '../design/load-balancer-design.ts'
import { TestNetwork, tcp, udp } from './network-fixture.ts'
import { LOAD_BALANCER_TCP_SECONDS, LOAD_BALANCER_UDP_SECONDS } from './tracking-timers.ts'

const SECOND = 1_000_000
const open = { ingress: [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] } as const

interface Options {
  readonly targetGroup?: Partial<TargetGroupDesign>
  readonly listener?: Partial<ListenerDesign>
  readonly crossZone?: boolean
  readonly groups?: readonly string[]
  readonly targetGroups?: readonly string[]
  readonly targets?: TargetGroupDesign['targets']
}

/** A balancer in two zones with one target in each; clients inside, in a peered VPC and on the internet. */
function design(options: Options = {}): Design {
  const { targetGroup, listener, crossZone = false, groups, targetGroups = ['open'] } = options
  return {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: {
          'front-a': { cidrBlock: '10.0.1.0/24', availabilityZone: 'us-west-2a', routeTable: 'public' },
          'front-b': { cidrBlock: '10.0.2.0/24', availabilityZone: 'us-west-2b', routeTable: 'public' },
          'back-a': { cidrBlock: '10.0.3.0/24', availabilityZone: 'us-west-2a' },
          'back-b': { cidrBlock: '10.0.4.0/24', availabilityZone: 'us-west-2b' },
        },
        routeTables: { public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] } },
        securityGroups: {
          open,
          balancer: { ingress: [{ ipProtocol: 'tcp', fromPort: 80, cidrBlock: '203.0.113.0/24' }] },
          fromBalancer: { ingress: [{ ipProtocol: 'tcp', fromPort: 8080, securityGroup: 'balancer' }] },
        },
      },
      consumer: {
        cidrBlocks: ['10.8.0.0/16'],
        subnets: { consumer: { cidrBlock: '10.8.1.0/24' } },
        securityGroups: { consumers: open },
        vpcEndpoints: {
          service: {
            vpcEndpointType: 'Interface',
            loadBalancer: 'lb',
            subnets: [{ subnet: 'consumer', privateIpAddress: '10.8.1.100' }],
            securityGroups: ['consumers'],
          },
        },
      },
    },
    loadBalancers: {
      lb: {
        subnets: [
          { subnet: 'front-a', privateIpAddress: '10.0.1.100', publicIp: '52.0.0.100' },
          { subnet: 'front-b', privateIpAddress: '10.0.2.100', publicIp: '52.0.0.101' },
        ],
        crossZoneEnabled: crossZone,
        ...(groups && { securityGroups: groups }),
        listeners: [{ protocol: 'TCP', port: 80, targetGroup: 'web', ...listener }],
      },
    },
    targetGroups: {
      web: {
        protocol: 'TCP',
        port: 8080,
        vpc: 'main',
        targets: options.targets ?? [{ instance: 'target-a' }, { instance: 'target-b' }],
        ...targetGroup,
      },
    },
    instances: {
      client: { subnet: 'front-a', privateIpAddress: '10.0.1.10', securityGroups: ['open'] },
      'target-a': { subnet: 'back-a', privateIpAddress: '10.0.3.10', securityGroups: targetGroups },
      'target-b': { subnet: 'back-b', privateIpAddress: '10.0.4.10', securityGroups: targetGroups },
      consumer: { subnet: 'consumer', privateIpAddress: '10.8.1.10', securityGroups: ['consumers'] },
    },
  }
}

const request = tcp('203.0.113.9:50000', '52.0.0.100:80')

function withoutPorts(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replaceAll(/10\.0\.1\.100:(?!80\b)\d+/g, '10.0.1.100:LB'))
}

describe('Network Load Balancer', () => {
  it('keeps the client’s address: the target answers the client, by the balancer', () => {
    const test = new TestNetwork(design())
    expect(test.sendFromInternet(request)).toEqual([
      'lb-a ingress ACCEPT: tcp S 203.0.113.9:50000 > 10.0.1.100:80 from -',
      'lb-a egress ACCEPT: tcp S 203.0.113.9:50000 > 10.0.3.10:8080 to target-a path 1',
      'target-a ingress ACCEPT: tcp S 203.0.113.9:50000 > 10.0.3.10:8080 from lb-a',
      'delivered to target-a: tcp S 203.0.113.9:50000 > 10.0.3.10:8080',
    ])
    // The target's subnet has no route to the internet at all.
    expect(test.answer()).toEqual([
      'target-a egress ACCEPT: tcp SA 10.0.3.10:8080 > 203.0.113.9:50000 to lb-a path 1',
      'lb-a ingress ACCEPT: tcp SA 10.0.3.10:8080 > 203.0.113.9:50000 from target-a',
      'lb-a egress ACCEPT: tcp SA 10.0.1.100:80 > 203.0.113.9:50000 to - path 2',
      'delivered to internet: tcp SA 52.0.0.100:80 > 203.0.113.9:50000',
    ])
  })

  it('without that, speaks to the target from its own address and a port of its own', () => {
    const test = new TestNetwork(design({ targetGroup: { preserveClientIp: false } }))
    expect(withoutPorts(test.sendFromInternet(request)).slice(1)).toEqual([
      'lb-a egress ACCEPT: tcp S 10.0.1.100:LB > 10.0.3.10:8080 to target-a path 1',
      'target-a ingress ACCEPT: tcp S 10.0.1.100:LB > 10.0.3.10:8080 from lb-a',
      'delivered to target-a: tcp S 10.0.1.100:LB > 10.0.3.10:8080',
    ])
    expect(withoutPorts(test.answer())).toEqual([
      'target-a egress ACCEPT: tcp SA 10.0.3.10:8080 > 10.0.1.100:LB to lb-a path 1',
      'lb-a ingress ACCEPT: tcp SA 10.0.3.10:8080 > 10.0.1.100:LB from target-a',
      'lb-a egress ACCEPT: tcp SA 10.0.1.100:80 > 203.0.113.9:50000 to - path 2',
      'delivered to internet: tcp SA 52.0.0.100:80 > 203.0.113.9:50000',
    ])
  })

  it('always keeps the client’s address over UDP', () => {
    const test = new TestNetwork(
      design({
        targetGroup: { protocol: 'UDP', port: 4789 },
        listener: { protocol: 'UDP', port: 4789 },
      }),
    )
    expect(test.send('client', udp('10.0.1.10:65408', '10.0.1.100:4789')).at(-1)).toBe(
      'delivered to target-a: udp 10.0.1.10:65408 > 10.0.3.10:4789',
    )
  })

  it('keeps the client’s address for a target in a peered VPC as well, whose answers go by the balancer', () => {
    const base = design({
      targetGroup: { targetType: 'ip', preserveClientIp: true },
      targets: [{ ipAddress: '10.8.1.10' }],
    })
    const test = new TestNetwork({
      ...base,
      vpcs: {
        ...base.vpcs,
        main: {
          ...base.vpcs.main,
          cidrBlocks: ['10.0.0.0/16'],
          routeTables: {
            public: {
              routes: [
                { destinationCidrBlock: '0.0.0.0/0', internetGateway: true },
                { destinationCidrBlock: '10.8.0.0/16', vpcPeeringConnection: 'pair' },
              ],
            },
          },
        },
      },
      vpcPeeringConnections: { pair: { vpc: 'main', peerVpc: 'consumer' } },
    })
    expect(test.sendFromInternet(request).slice(1)).toEqual([
      'lb-a egress ACCEPT: tcp S 203.0.113.9:50000 > 10.8.1.10:8080 to consumer path 4',
      'consumer ingress ACCEPT: tcp S 203.0.113.9:50000 > 10.8.1.10:8080 from lb-a',
      'delivered to consumer: tcp S 203.0.113.9:50000 > 10.8.1.10:8080',
    ])
    expect(test.answer().at(-1)).toBe('delivered to internet: tcp SA 52.0.0.100:80 > 203.0.113.9:50000')
  })

  it('gives each address to a target of its zone, and with cross-zone balancing to all', () => {
    const targetsOf = (crossZone: boolean): readonly string[] => {
      const test = new TestNetwork(design({ crossZone }))
      const used = new Set<string>()
      for (let port = 1024; port < 1074; port++) {
        const last = test.sendFromInternet(tcp(`203.0.113.9:${port}`, '52.0.0.101:80')).at(-1)
        used.add(last?.split(':')[0] ?? '')
      }
      return [...used].toSorted()
    }
    expect(targetsOf(false)).toEqual(['delivered to target-b'])
    expect(targetsOf(true)).toEqual(['delivered to target-a', 'delivered to target-b'])
  })

  it('sends all packets of a flow to one target, and one UDP source port always to the same', () => {
    const test = new TestNetwork(
      design({
        crossZone: true,
        targetGroup: { protocol: 'UDP', port: 4789 },
        listener: { protocol: 'UDP', port: 4789 },
      }),
    )
    const targetOf = (port: number, seconds: number): string | undefined =>
      test.send('client', udp(`10.0.1.10:${port}`, '10.0.1.100:4789'), seconds * SECOND).at(-1)
    for (let port = 65_408; port < 65_448; port++) {
      const first = targetOf(port, 0)
      expect(targetOf(port, 1)).toBe(first)
      expect(targetOf(port, LOAD_BALANCER_UDP_SECONDS * 5)).toBe(first)
    }
  })

  it('uses healthy targets, drops in a zone that has none, and uses all where no zone has any', () => {
    const targets = (...healthy: readonly boolean[]): TargetGroupDesign['targets'] =>
      ['target-a', 'target-b'].map((instance, index) => ({ instance, healthy: healthy[index] ?? true }))
    const lastOf = (options: Options): string | undefined =>
      new TestNetwork(design(options)).sendFromInternet(request).at(-1)?.split(':')[0]
    expect(lastOf({ targets: targets(true, false) })).toBe('delivered to target-a')
    expect(lastOf({ targets: targets(false, true) })).toBe('dropped at lb-a, no-healthy-target')
    expect(lastOf({ targets: targets(false, true), crossZone: true })).toBe('delivered to target-b')
    expect(lastOf({ targets: targets(false, false) })).toBe('delivered to target-a')
    expect(lastOf({ targets: [] })).toBe('dropped at lb-a, no-healthy-target')
  })

  it('has no answer where nothing listens', () => {
    const test = new TestNetwork(design())
    for (const packet of [tcp('203.0.113.9:50000', '52.0.0.100:81'), udp('203.0.113.9:50000', '52.0.0.100:80')]) {
      const lines = test.sendFromInternet(packet)
      expect(lines).toHaveLength(2)
      expect(lines.at(-1)).toMatch(/^dropped at lb-a, no-listener/)
    }
  })

  it('answers what belongs to no connection any more with a RST: 350 s of silence', () => {
    const test = new TestNetwork(design())
    test.sendFromInternet(request, 0)
    test.answer({}, 1 * SECOND)
    const data = request.with({ tcpFlags: 24 })
    expect(test.sendFromInternet(data, (LOAD_BALANCER_TCP_SECONDS + 0.9) * SECOND).at(-1)).toMatch(
      /^delivered to target-a/,
    )
    expect(test.sendFromInternet(data, (LOAD_BALANCER_TCP_SECONDS * 2 + 2) * SECOND).slice(1)).toEqual([
      'dropped at lb-a, idle-timeout: tcp PA 203.0.113.9:50000 > 10.0.1.100:80',
      'lb-a egress ACCEPT: tcp R 10.0.1.100:80 > 203.0.113.9:50000 to - path 2',
      'delivered to internet: tcp R 52.0.0.100:80 > 203.0.113.9:50000',
    ])
  })

  it('answers a target that speaks too late with a RST as well', () => {
    const test = new TestNetwork(design())
    test.sendFromInternet(request, 0)
    test.answer({}, 1 * SECOND)
    const late = tcp('10.0.3.10:8080', '203.0.113.9:50000', { tcpFlags: 24 })
    const lines = test.send('target-a', late, (LOAD_BALANCER_TCP_SECONDS + 2) * SECOND)
    expect(lines.slice(2)).toEqual([
      'dropped at lb-a, idle-timeout: tcp PA 10.0.3.10:8080 > 203.0.113.9:50000',
      'lb-a egress ACCEPT: tcp R 203.0.113.9:50000 > 10.0.3.10:8080 to target-a path 1',
      'target-a ingress ACCEPT: tcp R 203.0.113.9:50000 > 10.0.3.10:8080 from lb-a',
      'delivered to target-a: tcp R 203.0.113.9:50000 > 10.0.3.10:8080',
    ])
  })

  it('fails a client that is its own target while addresses are kept, and serves it otherwise', () => {
    const itself = tcp('10.0.3.10:40000', '10.0.1.100:80')
    const kept = new TestNetwork(design({ targets: [{ instance: 'target-a' }] }))
    expect(kept.send('target-a', itself).slice(2)).toEqual([
      'lb-a egress ACCEPT: tcp S 10.0.3.10:40000 > 10.0.3.10:8080 to target-a path 1',
      'target-a ingress ACCEPT: tcp S 10.0.3.10:40000 > 10.0.3.10:8080 from lb-a',
      'dropped at target-a, hairpin: tcp S 10.0.3.10:40000 > 10.0.3.10:8080',
    ])
    const own = new TestNetwork(
      design({ targets: [{ instance: 'target-a' }], targetGroup: { preserveClientIp: false } }),
    )
    expect(own.send('target-a', itself).at(-1)).toMatch(/^delivered to target-a/)
    expect(own.answer().at(-1)).toBe('delivered to target-a: tcp SA 10.0.1.100:80 > 10.0.3.10:40000')
  })

  it('ends a circle: a balancer that is its own target', () => {
    const test = new TestNetwork(
      design({ targetGroup: { targetType: 'ip', port: 80 }, targets: [{ ipAddress: '10.0.1.100' }] }),
    )
    expect(test.sendFromInternet(request).at(-1)).toMatch(/^dropped at lb-a, hop-limit-exceeded/)
    expect(test.send('client', tcp('10.0.1.10:1', '10.0.3.10:8080')).at(-1)).toMatch(/^delivered to target-a/)
  })

  it('is judged by its groups where it has some, and targets may name them although clients keep their addresses', () => {
    const grouped = new TestNetwork(design({ groups: ['balancer'], targetGroups: ['fromBalancer'] }))
    expect(grouped.sendFromInternet(request).at(-1)).toMatch(/^delivered to target-a: tcp S 203\.0\.113\.9/)
    expect(grouped.answer().at(-1)).toMatch(/^delivered to internet/)
    expect(grouped.sendFromInternet(tcp('198.51.100.9:50000', '52.0.0.100:80')).at(-2)).toMatch(/^lb-a ingress REJECT/)
    expect(grouped.send('client', tcp('10.0.1.10:40000', '10.0.3.10:8080')).at(-2)).toMatch(/^target-a ingress REJECT/)
    const ungrouped = new TestNetwork(design({ targetGroups: ['fromBalancer'] }))
    expect(ungrouped.sendFromInternet(request).at(-2)).toMatch(/^target-a ingress REJECT/)
  })

  it('has its connections tracked at the target although rules allow everything both ways', () => {
    const test = new TestNetwork(design())
    test.sendFromInternet(request)
    expect(test.observer.captures.at(-1)?.verdict.reason).toMatchObject({ kind: 'security-group-rule', tracked: true })
    test.send('client', tcp('10.0.1.10:40000', '10.0.3.10:8080'))
    expect(test.observer.captures.at(-1)?.verdict.reason).toMatchObject({ kind: 'security-group-rule', tracked: false })
  })

  it('passes a lost target’s client a RST, and leaves the connections of one that was taken out alone', () => {
    const data = request.with({ tcpFlags: 24 })
    const afterUpdate = (targets: TargetGroupDesign['targets']): readonly string[] => {
      const test = new TestNetwork(design({ crossZone: true, targets: [{ instance: 'target-a' }] }))
      test.sendFromInternet(request, 0)
      test.answer({}, 0.1 * SECOND)
      test.update(design({ crossZone: true, targets }), 1 * SECOND)
      return test.sendFromInternet(data, 2 * SECOND)
    }
    expect(afterUpdate([{ instance: 'target-a', healthy: false }, { instance: 'target-b' }]).slice(1)).toEqual([
      'dropped at lb-a, no-healthy-target: tcp PA 203.0.113.9:50000 > 10.0.1.100:80',
      'lb-a egress ACCEPT: tcp R 10.0.1.100:80 > 203.0.113.9:50000 to - path 2',
      'delivered to internet: tcp R 52.0.0.100:80 > 203.0.113.9:50000',
    ])
    expect(afterUpdate([{ instance: 'target-b' }]).at(-1)).toMatch(/^delivered to target-a: tcp PA/)
  })
})

describe('an endpoint of a balancer’s service', () => {
  it('hides the client, and leaves no record between endpoint and balancer', () => {
    const test = new TestNetwork(design())
    expect(withoutPorts(test.send('consumer', tcp('10.8.1.10:40000', '10.8.1.100:80')))).toEqual([
      'consumer egress ACCEPT: tcp S 10.8.1.10:40000 > 10.8.1.100:80 to service-a path 1',
      'service-a ingress ACCEPT: tcp S 10.8.1.10:40000 > 10.8.1.100:80 from consumer',
      'lb-a egress ACCEPT: tcp S 10.0.1.100:LB > 10.0.3.10:8080 to target-a path 1',
      'target-a ingress ACCEPT: tcp S 10.0.1.100:LB > 10.0.3.10:8080 from lb-a',
      'delivered to target-a: tcp S 10.0.1.100:LB > 10.0.3.10:8080',
    ])
    expect(withoutPorts(test.answer())).toEqual([
      'target-a egress ACCEPT: tcp SA 10.0.3.10:8080 > 10.0.1.100:LB to lb-a path 1',
      'lb-a ingress ACCEPT: tcp SA 10.0.3.10:8080 > 10.0.1.100:LB from target-a',
      'service-a egress ACCEPT: tcp SA 10.8.1.100:80 > 10.8.1.10:40000 to consumer path 1',
      'consumer ingress ACCEPT: tcp SA 10.8.1.100:80 > 10.8.1.10:40000 from service-a',
      'delivered to consumer: tcp SA 10.8.1.100:80 > 10.8.1.10:40000',
    ])
  })

  it('is subject to the balancer’s inbound rules', () => {
    const test = new TestNetwork(design({ groups: ['balancer'] }))
    expect(test.send('consumer', tcp('10.8.1.10:40000', '10.8.1.100:80')).at(-1)).toMatch(
      /^dropped at lb-a, no-security-group-rule/,
    )
  })

  it('passes these rules where they are switched off for it, outbound ones not', () => {
    const base = design({ groups: ['balancer'] })
    const off = { enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'off' } as const
    const { lb } = base.loadBalancers ?? {}
    if (!lb) throw new Error('no balancer')
    const test = new TestNetwork({ ...base, loadBalancers: { lb: { ...lb, ...off } } })
    expect(test.send('consumer', tcp('10.8.1.10:40000', '10.8.1.100:80')).at(-1)).toMatch(/^delivered to target-a/)
    expect(test.answer().at(-1)).toBe('delivered to consumer: tcp SA 10.8.1.100:80 > 10.8.1.10:40000')
    expect(test.sendFromInternet(tcp('198.51.100.9:50000', '52.0.0.100:80')).at(-1)).toMatch(
      /^dropped at lb-a, no-security-group-rule/,
    )
  })
})
