import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import type { Packet } from '../packet/packet.ts'
import { NAT_DRAIN_SECONDS } from './draining-addresses.ts'
import { NAT_IDLE_SECONDS } from './nat-table.ts'
import { answerTo, ping, TestNetwork, tcp, udp } from './network-fixture.ts'

const SECOND = 1_000_000

/** The article's shape: a private host behind a NAT gateway in a public subnet, and a VPC that is peered. */
const design: Design = {
  vpcs: {
    main: {
      cidrBlocks: ['10.0.0.0/16'],
      internetGateway: true,
      subnets: {
        public: { cidrBlock: '10.0.101.0/24', routeTable: 'public' },
        private: { cidrBlock: '10.0.1.0/24', routeTable: 'private' },
      },
      routeTables: {
        public: {
          routes: [
            { destinationCidrBlock: '0.0.0.0/0', internetGateway: true },
            { destinationCidrBlock: '10.9.0.0/16', vpcPeeringConnection: 'peering' },
          ],
        },
        private: { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat' }] },
      },
      natGateways: { nat: { subnet: 'public', privateIpAddress: '10.0.101.200', publicIp: '52.0.0.200' } },
      securityGroups: { quiet: {} },
    },
    partner: {
      cidrBlocks: ['10.9.0.0/16'],
      subnets: { partner: { cidrBlock: '10.9.1.0/24' } },
      securityGroups: { open: { ingress: [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] } },
    },
  },
  vpcPeeringConnections: { peering: { vpc: 'main', peerVpc: 'partner' } },
  instances: {
    host: { subnet: 'private', privateIpAddress: '10.0.1.101', securityGroups: ['quiet'] },
    neighbour: { subnet: 'public', privateIpAddress: '10.0.101.10', securityGroups: ['quiet'] },
    server: { subnet: 'partner', privateIpAddress: '10.9.1.10', securityGroups: ['open'] },
  },
}

/** The lines with the gateway's own ports written as `NAT`, since the seed chooses them. */
function withoutPorts(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replaceAll(/(10\.0\.101\.200|52\.0\.0\.200):\d+/g, '$1:NAT'))
}

describe('NAT gateway', () => {
  it('is captured four times per conversation, with the addresses that are on the wire at each leg', () => {
    const test = new TestNetwork(design)
    expect(withoutPorts(test.send('host', tcp('10.0.1.101:40000', '203.0.113.5:443')))).toEqual([
      'host egress ACCEPT: tcp S 10.0.1.101:40000 > 203.0.113.5:443 to nat path 1',
      'nat ingress ACCEPT: tcp S 10.0.1.101:40000 > 203.0.113.5:443 from host',
      'nat egress ACCEPT: tcp S 10.0.101.200:NAT > 203.0.113.5:443 to - path 2',
      'delivered to internet: tcp S 52.0.0.200:NAT > 203.0.113.5:443',
    ])
    expect(withoutPorts(test.answer())).toEqual([
      'nat ingress ACCEPT: tcp SA 203.0.113.5:443 > 10.0.101.200:NAT from -',
      'nat egress ACCEPT: tcp SA 203.0.113.5:443 > 10.0.1.101:40000 to host path 1',
      'host ingress ACCEPT: tcp SA 203.0.113.5:443 > 10.0.1.101:40000 from nat',
      'delivered to host: tcp SA 203.0.113.5:443 > 10.0.1.101:40000',
    ])
  })

  it('translates ping by its identifier', () => {
    const test = new TestNetwork(design)
    test.send('host', ping('10.0.1.101', '203.0.113.5'))
    expect(test.answer().at(-1)).toBe('delivered to host: icmp 0/0 203.0.113.5 > 10.0.1.101')
    expect(test.observer.deliveries.at(-1)?.packet.icmpIdentifier).toBe(7)
  })

  it('takes the unasked-for from the internet as ACCEPT and drops it, pings too', () => {
    const test = new TestNetwork(design)
    expect(test.sendFromInternet(tcp('203.0.113.66:55555', '52.0.0.200:22'))).toEqual([
      'nat ingress ACCEPT: tcp S 203.0.113.66:55555 > 10.0.101.200:22 from -',
      'dropped at nat, unsolicited: tcp S 203.0.113.66:55555 > 10.0.101.200:22',
    ])
    expect(test.sendFromInternet(ping('203.0.113.66', '52.0.0.200')).at(-1)).toMatch(/^dropped at nat, unsolicited/)
  })

  it('answers no ping to its private address', () => {
    expect(new TestNetwork(design).send('host', ping('10.0.1.101', '10.0.101.200'))).toEqual([
      'host egress ACCEPT: icmp 8/0 10.0.1.101 > 10.0.101.200 to nat path 1',
      'nat ingress ACCEPT: icmp 8/0 10.0.1.101 > 10.0.101.200 from host',
      'dropped at nat, unsolicited: icmp 8/0 10.0.1.101 > 10.0.101.200',
    ])
  })

  it('answers with a RST, inside alone, what comes after 350 s of silence', () => {
    const test = new TestNetwork(design)
    test.send('host', tcp('10.0.1.101:40000', '203.0.113.5:443'), 0)
    test.answer({}, 0.1 * SECOND)
    const data = tcp('10.0.1.101:40000', '203.0.113.5:443', { tcpFlags: 24, tcpAcknowledgment: 99 })
    expect(test.send('host', data, 0.2 * SECOND).at(-1)).toMatch(/^delivered to internet/)
    expect(test.send('host', data, (NAT_IDLE_SECONDS + 1) * SECOND)).toEqual([
      'host egress ACCEPT: tcp PA 10.0.1.101:40000 > 203.0.113.5:443 to nat path 1',
      'nat ingress ACCEPT: tcp PA 10.0.1.101:40000 > 203.0.113.5:443 from host',
      'dropped at nat, idle-timeout: tcp PA 10.0.1.101:40000 > 203.0.113.5:443',
      'nat egress ACCEPT: tcp R 203.0.113.5:443 > 10.0.1.101:40000 to host path 1',
      'host ingress ACCEPT: tcp R 203.0.113.5:443 > 10.0.1.101:40000 from nat',
      'delivered to host: tcp R 203.0.113.5:443 > 10.0.1.101:40000',
    ])
    expect(test.observer.deliveries.at(-1)?.packet.tcpSequence).toBe(99)
  })

  it('drops TCP and ICMP fragments, and translates those of UDP', () => {
    const test = new TestNetwork(design)
    const fragment = { moreFragments: true, identification: 9, payloadLength: 1448 }
    expect(test.send('host', ping('10.0.1.101', '203.0.113.5', fragment)).at(-1)).toBe(
      'dropped at nat, fragment-not-translated: icmp 8/0 10.0.1.101 > 203.0.113.5 fragment at 0',
    )
    const first = udp('10.0.1.101:4000', '203.0.113.5:9', fragment)
    const second = udp('10.0.1.101', '203.0.113.5', { fragmentOffset: 1456, identification: 9, payloadLength: 100 })
    expect(withoutPorts(test.send('host', first)).at(-1)).toBe(
      'delivered to internet: udp 52.0.0.200:NAT > 203.0.113.5:9 fragment at 0',
    )
    expect(test.send('host', second).at(-1)).toBe(
      'delivered to internet: udp 52.0.0.200 > 203.0.113.5 fragment at 1456',
    )
  })

  it('is a hop: it takes one off the hop limit, and answers from its private address when none is left', () => {
    const test = new TestNetwork(design)
    test.send('host', udp('10.0.1.101:4000', '203.0.113.5:33435', { hopLimit: 2 }))
    expect(test.observer.deliveries.at(-1)?.packet.hopLimit).toBe(1)
    expect(test.send('host', udp('10.0.1.101:4001', '203.0.113.5:33434', { hopLimit: 1 }))).toEqual([
      'host egress ACCEPT: udp 10.0.1.101:4001 > 203.0.113.5:33434 to nat path 1',
      'nat ingress ACCEPT: udp 10.0.1.101:4001 > 203.0.113.5:33434 from host',
      'dropped at nat, hop-limit-exceeded: udp 10.0.1.101:4001 > 203.0.113.5:33434',
      'nat egress ACCEPT: icmp 11/0 10.0.101.200 > 10.0.1.101 to host path 1',
      'host ingress ACCEPT: icmp 11/0 10.0.101.200 > 10.0.1.101 from nat',
      'delivered to host: icmp 11/0 10.0.101.200 > 10.0.1.101',
    ])
  })

  it('carries 8,500 bytes and says so; what does not fit the internet gateway is told to the host in the host’s own terms', () => {
    const test = new TestNetwork(design)
    const large = udp('10.0.1.101:4000', '203.0.113.5:9', { payloadLength: 8600, dontFragment: true })
    expect(test.send('host', large).slice(2)).toEqual([
      'dropped at nat, mtu-exceeded: udp 10.0.1.101:4000 > 203.0.113.5:9',
      'nat egress ACCEPT: icmp 3/4 10.0.101.200 > 10.0.1.101 to host path 1',
      'host ingress ACCEPT: icmp 3/4 10.0.101.200 > 10.0.1.101 from nat',
      'delivered to host: icmp 3/4 10.0.101.200 > 10.0.1.101',
    ])
    expect(test.observer.deliveries.at(-1)?.packet.icmpMtu).toBe(8500)
    const medium = udp('10.0.1.101:4000', '203.0.113.5:9', { payloadLength: 3000, dontFragment: true })
    expect(withoutPorts(test.send('host', medium)).slice(2)).toEqual([
      'nat egress ACCEPT: udp 10.0.101.200:NAT > 203.0.113.5:9 to - path 2',
      'dropped at nat, mtu-exceeded: udp 10.0.101.200:NAT > 203.0.113.5:9',
      'nat ingress ACCEPT: icmp 3/4 10.0.101.1 > 10.0.101.200 from -',
      'nat egress ACCEPT: icmp 3/4 10.0.101.1 > 10.0.1.101 to host path 1',
      'host ingress ACCEPT: icmp 3/4 10.0.101.1 > 10.0.1.101 from nat',
      'delivered to host: icmp 3/4 10.0.101.1 > 10.0.1.101',
    ])
    const error = test.observer.deliveries.at(-1)?.packet
    expect([error?.icmpMtu, error?.quoted?.source.toString(), error?.quoted?.sourcePort]).toEqual([
      1500,
      '10.0.1.101',
      4000,
    ])
  })

  it('fragments a datagram that may be fragmented, for itself and again for the internet gateway', () => {
    const test = new TestNetwork(design)
    const lines = test.send('host', udp('10.0.1.101:4000', '203.0.113.5:9', { payloadLength: 8800, identification: 4 }))
    expect(lines.filter((line) => line.startsWith('nat egress'))).toHaveLength(2)
    const delivered = test.observer.deliveries.map(({ packet }) => packet)
    expect(delivered.every((packet) => packet.length <= 1500)).toBe(true)
    expect(delivered.reduce((sum, packet) => sum + packet.length - 20, 0)).toBe(8808)
  })

  it('is judged by the ACL of its own subnet on both legs, and by no group', () => {
    const entry = (ruleNumber: number, port: number) => ({
      ruleNumber,
      ruleAction: 'allow' as const,
      protocol: 'tcp' as const,
      portRange: { from: port, to: port },
      cidrBlock: '0.0.0.0/0',
    })
    const main = design.vpcs.main as Design['vpcs'][string]
    const withAcl = (ingress: number, egress: number): TestNetwork =>
      new TestNetwork({
        ...design,
        vpcs: {
          ...design.vpcs,
          main: {
            ...main,
            subnets: {
              ...main.subnets,
              public: { cidrBlock: '10.0.101.0/24', routeTable: 'public', networkAcl: 'narrow' },
            },
            networkAcls: { narrow: { ingress: [entry(100, ingress)], egress: [entry(100, egress)] } },
          },
        },
      })
    const request = tcp('10.0.1.101:40000', '203.0.113.5:443')
    expect(withAcl(80, 443).send('host', request).at(-2)).toMatch(/^nat ingress REJECT network-acl/)
    expect(withAcl(443, 80).send('host', request).at(-2)).toMatch(/^nat egress REJECT network-acl/)
    const open = withAcl(443, 443)
    expect(open.send('host', request).at(-1)).toMatch(/^delivered to internet/)
    // The answer comes to an allocated port, which the ACL has no entry for.
    expect(open.answer().at(-2)).toMatch(/^nat ingress REJECT network-acl/)
  })

  it('keeps the connections of hosts behind it tracked although rules allow everything both ways', () => {
    const test = new TestNetwork({
      ...design,
      vpcs: {
        ...design.vpcs,
        main: {
          ...(design.vpcs.main as Design['vpcs'][string]),
          securityGroups: { quiet: { ingress: [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] } },
        },
      },
    })
    test.send('host', tcp('10.0.1.101:40000', '203.0.113.5:443'))
    expect(test.observer.captures[0]?.verdict.reason).toMatchObject({ kind: 'security-group-rule', tracked: true })
    test.send('neighbour', tcp('10.0.101.10:40000', '10.0.1.101:80'))
    expect(test.observer.captures.at(-1)?.verdict.reason).toMatchObject({ kind: 'security-group-rule', tracked: false })
  })

  it('reaches a peered VPC, whose hosts answer without a route of their own', () => {
    const test = new TestNetwork(design)
    const request = tcp('10.0.1.101:40000', '10.9.1.10:443')
    expect(withoutPorts(test.send('host', request)).slice(2)).toEqual([
      'nat egress ACCEPT: tcp S 10.0.101.200:NAT > 10.9.1.10:443 to server path 4',
      'server ingress ACCEPT: tcp S 10.0.101.200:NAT > 10.9.1.10:443 from nat',
      'delivered to server: tcp S 10.0.101.200:NAT > 10.9.1.10:443',
    ])
    expect(withoutPorts(test.answer())).toEqual([
      'server egress ACCEPT: tcp SA 10.9.1.10:443 > 10.0.101.200:NAT to nat path 4',
      'nat ingress ACCEPT: tcp SA 10.9.1.10:443 > 10.0.101.200:NAT from server',
      'nat egress ACCEPT: tcp SA 10.9.1.10:443 > 10.0.1.101:40000 to host path 1',
      'host ingress ACCEPT: tcp SA 10.9.1.10:443 > 10.0.1.101:40000 from nat',
      'delivered to host: tcp SA 10.9.1.10:443 > 10.0.1.101:40000',
    ])
    expect(test.send('server', tcp('10.9.1.10:40000', '10.0.1.101:22')).at(-1)).toMatch(/^dropped at server, no-route/)
  })

  it('has no way out where its own subnet routes to it', () => {
    const main = design.vpcs.main as Design['vpcs'][string]
    const looped: Design = {
      ...design,
      vpcs: {
        ...design.vpcs,
        main: {
          ...main,
          routeTables: {
            public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat' }] },
            private: { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat' }] },
          },
        },
      },
    }
    expect(new TestNetwork(looped).send('host', tcp('10.0.1.101:40000', '203.0.113.5:443')).at(-1)).toMatch(
      /^dropped at nat, no-route/,
    )
  })

  it('keeps the connections of a lost address for 350 s, answers included, and opens none by it', () => {
    const withAddresses = (second: boolean): Design => {
      const nat = { subnet: 'public', privateIpAddress: '10.0.101.200', publicIp: '52.0.0.200' }
      const secondaryAddresses = [{ privateIpAddress: '10.0.101.201', publicIp: '52.0.0.201' }]
      const natGateways = { nat: second ? { ...nat, secondaryAddresses } : nat }
      return { ...design, vpcs: { ...design.vpcs, main: { ...design.vpcs.main, natGateways } } } as Design
    }
    const test = new TestNetwork(withAddresses(true))
    const syn = (port: number): Packet => tcp(`10.0.1.101:${port}`, '203.0.113.5:443')
    const outside = (): string => `${test.observer.deliveries.at(-1)?.packet.source}`
    const port = Array.from({ length: 40 }, (_, at) => 40_000 + at).find((each) => {
      test.send('host', syn(each))
      return outside() === '52.0.0.201'
    })
    if (port === undefined) throw new Error('the second address is never used')
    const sent = test.observer.deliveries.at(-1)?.packet as Packet
    test.answer()
    const data = syn(port).with({ tcpFlags: 24, payloadLength: 10 })
    test.update(withAddresses(false), 2 * SECOND)
    test.send('host', data, 3 * SECOND)
    expect(outside()).toBe('52.0.0.201')
    expect(test.sendFromInternet(answerTo(sent, { tcpFlags: 16 }), 4 * SECOND).at(-1)).toMatch(/^delivered to host/)
    for (let each = 50_000; each < 50_040; each++) {
      test.send('host', syn(each), 5 * SECOND)
      expect(outside()).toBe('52.0.0.200')
    }
    test.send('host', data, (NAT_DRAIN_SECONDS + 1) * SECOND)
    expect(outside()).toBe('52.0.0.201')
    expect(test.send('host', data, (NAT_DRAIN_SECONDS + 2) * SECOND).at(-1)).toMatch(/^delivered to host: tcp R /)
    expect(test.sendFromInternet(answerTo(sent), (NAT_DRAIN_SECONDS + 3) * SECOND)).toEqual([
      expect.stringMatching(/^dropped at -, no-such-address/),
    ])
  })

  it('as a private one has no public address for an internet gateway', () => {
    const main = design.vpcs.main as Design['vpcs'][string]
    const isolated: Design = {
      ...design,
      vpcs: {
        ...design.vpcs,
        main: { ...main, natGateways: { nat: { subnet: 'public', connectivityType: 'private' } } },
      },
    }
    const test = new TestNetwork(isolated)
    expect(test.send('host', tcp('10.0.1.101:40000', '203.0.113.5:443')).at(-1)).toMatch(
      /^dropped at nat, no-public-address/,
    )
    expect(test.send('host', tcp('10.0.1.101:40000', '10.9.1.10:443')).at(-1)).toMatch(/^delivered to server/)
  })
})
