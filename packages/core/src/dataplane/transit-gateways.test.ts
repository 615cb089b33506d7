import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import type { NetworkAclDesign } from '../design/security-group-design.ts'
import { ping, TestNetwork, tcp, udp } from './network-fixture.ts'

const open = { ingress: [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] } as const
const toGateway = [{ destinationCidrBlock: '10.0.0.0/8', transitGateway: 'tgw' }] as const

/** A client VPC with zones a and b, a server VPC with zones a and b; attachments in subnets of their own. */
function design(
  options: { serverAcl?: NetworkAclDesign; attachmentAcl?: NetworkAclDesign; applianceMode?: boolean } = {},
): Design {
  const { serverAcl, attachmentAcl, applianceMode = false } = options
  return {
    vpcs: {
      client: {
        cidrBlocks: ['10.20.0.0/16'],
        subnets: {
          'client-a': { cidrBlock: '10.20.1.0/24', availabilityZone: 'us-west-2a', routeTable: 'client-hosts' },
          'client-b': { cidrBlock: '10.20.2.0/24', availabilityZone: 'us-west-2b', routeTable: 'client-hosts' },
          'client-c': { cidrBlock: '10.20.3.0/24', availabilityZone: 'us-west-2c', routeTable: 'client-hosts' },
          'client-tgw-a': { cidrBlock: '10.20.101.0/28', availabilityZone: 'us-west-2a' },
          'client-tgw-b': { cidrBlock: '10.20.102.0/28', availabilityZone: 'us-west-2b' },
        },
        routeTables: { 'client-hosts': { routes: toGateway } },
        securityGroups: { clients: open },
      },
      server: {
        cidrBlocks: ['10.40.0.0/16'],
        subnets: {
          'server-a': {
            cidrBlock: '10.40.1.0/24',
            availabilityZone: 'us-west-2a',
            routeTable: 'hosts',
            ...(serverAcl && { networkAcl: 'servers' }),
          },
          'server-b': {
            cidrBlock: '10.40.2.0/24',
            availabilityZone: 'us-west-2b',
            routeTable: 'hosts',
            ...(serverAcl && { networkAcl: 'servers' }),
          },
          'server-tgw-a': {
            cidrBlock: '10.40.101.0/28',
            availabilityZone: 'us-west-2a',
            ...(attachmentAcl && { networkAcl: 'attachment' }),
          },
          'server-tgw-b': {
            cidrBlock: '10.40.102.0/28',
            availabilityZone: 'us-west-2b',
            ...(attachmentAcl && { networkAcl: 'attachment' }),
          },
        },
        routeTables: { hosts: { routes: toGateway } },
        networkAcls: { ...(serverAcl && { servers: serverAcl }), ...(attachmentAcl && { attachment: attachmentAcl }) },
        securityGroups: { open },
      },
    },
    transitGateways: {
      tgw: {
        vpcAttachments: {
          clients: {
            vpc: 'client',
            subnets: [{ subnet: 'client-tgw-a', privateIpAddress: '10.20.101.4' }, 'client-tgw-b'],
          },
          servers: { vpc: 'server', subnets: ['server-tgw-a', 'server-tgw-b'], applianceModeSupport: applianceMode },
        },
        defaultRouteTable: { routes: [{ destinationCidrBlock: '10.66.0.0/16', blackhole: true }] },
      },
    },
    instances: {
      'client-a': { subnet: 'client-a', privateIpAddress: '10.20.1.10', securityGroups: ['clients'] },
      'client-b': { subnet: 'client-b', privateIpAddress: '10.20.2.10', securityGroups: ['clients'] },
      'client-c': { subnet: 'client-c', privateIpAddress: '10.20.3.10', securityGroups: ['clients'] },
      'server-a': { subnet: 'server-a', privateIpAddress: '10.40.1.10', securityGroups: ['open'] },
      'server-b': { subnet: 'server-b', privateIpAddress: '10.40.2.10', securityGroups: ['open'] },
    },
  }
}

const request = tcp('10.20.1.10:39812', '10.40.2.10:80')

describe('transit gateway', () => {
  it('keeps each direction to the zone it came from, so that request and answer pass different interfaces', () => {
    const test = new TestNetwork(design())
    expect(test.send('client-a', request)).toEqual([
      'client-a egress ACCEPT: tcp S 10.20.1.10:39812 > 10.40.2.10:80 to clients-a path 1',
      'clients-a ingress ACCEPT: tcp S 10.20.1.10:39812 > 10.40.2.10:80 from client-a',
      'transit gateway clients: clients-a -> servers: servers-a, loss none: tcp S 10.20.1.10:39812 > 10.40.2.10:80',
      'servers-a egress ACCEPT: tcp S 10.20.1.10:39812 > 10.40.2.10:80 to server-b path 1',
      'server-b ingress ACCEPT: tcp S 10.20.1.10:39812 > 10.40.2.10:80 from servers-a',
      'delivered to server-b: tcp S 10.20.1.10:39812 > 10.40.2.10:80',
    ])
    expect(test.answer()).toEqual([
      'server-b egress ACCEPT: tcp SA 10.40.2.10:80 > 10.20.1.10:39812 to servers-b path 1',
      'servers-b ingress ACCEPT: tcp SA 10.40.2.10:80 > 10.20.1.10:39812 from server-b',
      'transit gateway servers: servers-b -> clients: clients-b, loss none: tcp SA 10.40.2.10:80 > 10.20.1.10:39812',
      'clients-b egress ACCEPT: tcp SA 10.40.2.10:80 > 10.20.1.10:39812 to client-a path 1',
      'client-a ingress ACCEPT: tcp SA 10.40.2.10:80 > 10.20.1.10:39812 from clients-b',
      'delivered to client-a: tcp SA 10.40.2.10:80 > 10.20.1.10:39812',
    ])
  })

  it('is out of reach from a zone in which the VPC has no attachment', () => {
    expect(new TestNetwork(design()).send('client-c', tcp('10.20.3.10:39812', '10.40.2.10:80'))).toEqual([
      'client-c egress ACCEPT: tcp S 10.20.3.10:39812 > 10.40.2.10:80 to - path 1',
      'dropped at client-c, no-transit-gateway-zone: tcp S 10.20.3.10:39812 > 10.40.2.10:80',
    ])
  })

  it('counts what it loses: no route, blackhole, hop limit, size', () => {
    const test = new TestNetwork(design())
    const losses = [
      tcp('10.20.1.10:1', '10.77.0.1:80'),
      tcp('10.20.1.10:1', '10.66.0.1:80'),
      tcp('10.20.1.10:1', '10.40.2.10:80', { hopLimit: 1 }),
      udp('10.20.1.10:1', '10.40.2.10:80', { payloadLength: 8600 }),
    ].map((packet) => test.send('client-a', packet))
    const ofGateway = losses.map((lines) => lines.find((line) => line.startsWith('transit gateway'))?.split(': tcp')[0])
    expect(ofGateway.slice(0, 3)).toEqual([
      'transit gateway clients: clients-a -> -: -, loss no-route',
      'transit gateway clients: clients-a -> -: -, loss blackhole',
      'transit gateway clients: clients-a -> -: -, loss ttl-expired',
    ])
    expect(losses[3]?.slice(2)).toEqual([
      'transit gateway clients: clients-a -> -: -, loss mtu-exceeded: udp 10.20.1.10:1 > 10.40.2.10:80',
      'dropped at clients-a, mtu-exceeded: udp 10.20.1.10:1 > 10.40.2.10:80',
      'clients-a egress ACCEPT: icmp 3/4 10.20.101.4 > 10.20.1.10 to client-a path 1',
      'client-a ingress ACCEPT: icmp 3/4 10.20.101.4 > 10.20.1.10 from clients-a',
      'delivered to client-a: icmp 3/4 10.20.101.4 > 10.20.1.10',
    ])
    expect(test.observer.deliveries.at(-1)?.packet.icmpMtu).toBe(8500)
  })

  it('takes one off the hop limit and lowers the maximum segment size of SYNs', () => {
    const test = new TestNetwork(design())
    test.send('client-a', request.with({ tcpOptions: Uint8Array.of(2, 4, 0x23, 0x01) }))
    const arrived = test.observer.deliveries.at(-1)?.packet
    expect([arrived?.hopLimit, ...(arrived?.tcpOptions ?? [])]).toEqual([63, 2, 4, 8460 >> 8, 8460 & 255])
  })

  it('is no host: what is sent to its interfaces is lost', () => {
    expect(new TestNetwork(design()).send('client-a', ping('10.20.1.10', '10.20.101.4')).at(-1)).toMatch(
      /^dropped at clients-a, unsolicited/,
    )
  })
})

describe('appliance mode', () => {
  it('chooses one interface per flow, and uses all of them', () => {
    const test = new TestNetwork(design({ applianceMode: true }))
    const used = new Set<string | undefined>()
    for (let port = 1024; port < 1064; port++) {
      const enter = (): string | undefined =>
        test.send('client-a', tcp(`10.20.1.10:${port}`, '10.40.2.10:80'))[3]?.split(' ')[0]
      const entered = enter()
      used.add(entered)
      expect(enter()).toBe(entered)
    }
    expect([...used].toSorted()).toEqual(['servers-a', 'servers-b'])
  })

  it('keeps to the zone that source and destination share', () => {
    const test = new TestNetwork(design({ applianceMode: true }))
    for (let port = 1024; port < 1054; port++) {
      expect(test.send('client-b', tcp(`10.20.2.10:${port}`, '10.40.2.10:80'))[3]).toMatch(/^servers-b egress/)
    }
  })

  it('lets an inspection VPC see both directions by the same interface', () => {
    const attached = (vpc: string, subnets: readonly string[], table: string) => ({
      vpc,
      subnets,
      associatedRouteTable: table,
      propagatedRouteTables: ['inspected'],
    })
    const spoke = (block: string, zone: string, name: string): Design['vpcs'][string] => ({
      cidrBlocks: [`${block}.0.0/16`],
      subnets: { [name]: { cidrBlock: `${block}.1.0/24`, availabilityZone: zone, routeTable: `${name}-hosts` } },
      routeTables: { [`${name}-hosts`]: { routes: toGateway } },
      securityGroups: { [`${name}-open`]: open },
    })
    const inspected: Design = {
      vpcs: {
        one: spoke('10.1', 'us-west-2a', 'one'),
        two: spoke('10.2', 'us-west-2b', 'two'),
        inspection: {
          cidrBlocks: ['10.100.0.0/16'],
          subnets: {
            'inspect-a': { cidrBlock: '10.100.1.0/24', availabilityZone: 'us-west-2a' },
            'inspect-b': { cidrBlock: '10.100.2.0/24', availabilityZone: 'us-west-2b' },
          },
        },
      },
      transitGateways: {
        tgw: {
          routeTables: {
            spokes: { routes: [{ destinationCidrBlock: '0.0.0.0/0', attachment: 'inspection' }] },
            inspected: {},
          },
          vpcAttachments: {
            one: attached('one', ['one'], 'spokes'),
            two: attached('two', ['two'], 'spokes'),
            inspection: {
              ...attached('inspection', ['inspect-a', 'inspect-b'], 'inspected'),
              applianceModeSupport: true,
            },
          },
        },
      },
      instances: {
        one: { subnet: 'one', privateIpAddress: '10.1.1.10', securityGroups: ['one-open'] },
        two: { subnet: 'two', privateIpAddress: '10.2.1.10', securityGroups: ['two-open'] },
      },
    }
    const test = new TestNetwork(inspected)
    const outOf = (lines: readonly string[]): string | undefined =>
      lines.find((line) => line.startsWith('transit gateway'))?.split(' ')[6]
    const used = new Set<string | undefined>()
    for (let port = 1024; port < 1054; port++) {
      const there = outOf(test.send('one', tcp(`10.1.1.10:${port}`, '10.2.1.10:80')))
      const back = outOf(test.send('two', tcp('10.2.1.10:80', `10.1.1.10:${port}`, { tcpFlags: 18 })))
      expect(there).toMatch(/^inspection-[ab],$/)
      expect(back).toBe(there)
      used.add(there)
    }
    expect(used.size).toBe(2)
  })
})

describe('ACLs around a transit gateway', () => {
  const deny: NetworkAclDesign = {}
  const all = { ruleNumber: 100, ruleAction: 'allow', protocol: 'all', cidrBlock: '0.0.0.0/0' } as const

  it('different subnets: inbound of the attachment’s subnet judges what comes from hosts, outbound what goes to them', () => {
    const inboundOnly = new TestNetwork(design({ attachmentAcl: { ingress: [all] } }))
    expect(inboundOnly.send('client-a', request).at(-2)).toMatch(/^servers-a egress REJECT network-acl/)
    expect(inboundOnly.send('server-a', tcp('10.40.1.10:1', '10.20.1.10:80')).at(-1)).toMatch(/^delivered to client-a/)
    const outboundOnly = new TestNetwork(design({ attachmentAcl: { egress: [all] } }))
    expect(outboundOnly.send('client-a', request).at(-1)).toMatch(/^delivered to server-b/)
    expect(outboundOnly.send('server-a', tcp('10.40.1.10:1', '10.20.1.10:80')).at(-2)).toMatch(
      /^servers-a ingress REJECT network-acl/,
    )
  })

  it('different subnets: the host’s ACL judges both directions', () => {
    const test = new TestNetwork(design({ serverAcl: deny }))
    expect(test.send('client-a', request).at(-2)).toMatch(/^server-b ingress REJECT network-acl/)
    expect(test.send('server-a', tcp('10.40.1.10:1', '10.20.1.10:80')).at(-2)).toMatch(
      /^server-a egress REJECT network-acl/,
    )
  })

  describe('host and attachment in one subnet', () => {
    const shared = (acl: NetworkAclDesign): TestNetwork => {
      const base = design()
      const server = base.vpcs.server as Design['vpcs'][string]
      return new TestNetwork({
        ...base,
        vpcs: {
          ...base.vpcs,
          server: {
            ...server,
            subnets: {
              'server-a': {
                cidrBlock: '10.40.1.0/24',
                availabilityZone: 'us-west-2a',
                routeTable: 'hosts',
                networkAcl: 'shared',
              },
            },
            networkAcls: { shared: acl },
          },
        },
        transitGateways: {
          tgw: {
            vpcAttachments: {
              clients: {
                vpc: 'client',
                subnets: [{ subnet: 'client-tgw-a', privateIpAddress: '10.20.101.4' }, 'client-tgw-b'],
              },
              servers: { vpc: 'server', subnets: ['server-a'] },
            },
          },
        },
        instances: {
          'client-a': { subnet: 'client-a', privateIpAddress: '10.20.1.10', securityGroups: ['clients'] },
          'server-a': { subnet: 'server-a', privateIpAddress: '10.40.1.10', securityGroups: ['open'] },
        },
      })
    }

    it('nothing judges what comes from the gateway', () => {
      expect(shared(deny).send('client-a', tcp('10.20.1.10:1', '10.40.1.10:80')).at(-1)).toMatch(
        /^delivered to server-a/,
      )
    })

    it('outbound and inbound rules judge what goes to the gateway', () => {
      const answer = tcp('10.40.1.10:80', '10.20.1.10:1', { tcpFlags: 18 })
      expect(
        shared({ egress: [all] })
          .send('server-a', answer)
          .at(-2),
      ).toMatch(/^servers-a ingress REJECT network-acl/)
      expect(
        shared({ ingress: [all] })
          .send('server-a', answer)
          .at(-2),
      ).toMatch(/^server-a egress REJECT network-acl/)
      expect(
        shared({ ingress: [all], egress: [all] })
          .send('server-a', answer)
          .at(-1),
      ).toMatch(/^delivered to client-a/)
    })
  })
})

describe('central egress behind a transit gateway', () => {
  it('brings a spoke’s traffic to the NAT gateway of another VPC and the answer back', () => {
    const central: Design = {
      vpcs: {
        spoke: {
          cidrBlocks: ['10.1.0.0/16'],
          subnets: { spoke: { cidrBlock: '10.1.1.0/24', routeTable: 'hosts' } },
          routeTables: { hosts: { routes: [{ destinationCidrBlock: '0.0.0.0/0', transitGateway: 'tgw' }] } },
        },
        egress: {
          cidrBlocks: ['10.100.0.0/16'],
          internetGateway: true,
          subnets: {
            attachment: { cidrBlock: '10.100.1.0/28', routeTable: 'attachment' },
            public: { cidrBlock: '10.100.2.0/24', routeTable: 'public' },
          },
          routeTables: {
            attachment: { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat' }] },
            public: {
              routes: [
                { destinationCidrBlock: '0.0.0.0/0', internetGateway: true },
                { destinationCidrBlock: '10.1.0.0/16', transitGateway: 'tgw' },
              ],
            },
          },
          natGateways: { nat: { subnet: 'public', privateIpAddress: '10.100.2.200', publicIp: '52.0.0.200' } },
        },
      },
      transitGateways: {
        tgw: {
          vpcAttachments: {
            spoke: { vpc: 'spoke', subnets: ['spoke'] },
            egress: { vpc: 'egress', subnets: ['attachment'] },
          },
          defaultRouteTable: { routes: [{ destinationCidrBlock: '0.0.0.0/0', attachment: 'egress' }] },
        },
      },
      instances: { host: { subnet: 'spoke', privateIpAddress: '10.1.1.10' } },
    }
    const test = new TestNetwork(central)
    const way = (lines: readonly string[]): readonly string[] => lines.map((line) => line.split(':')[0] ?? '')
    expect(way(test.send('host', tcp('10.1.1.10:40000', '203.0.113.9:443')))).toEqual([
      'host egress ACCEPT',
      'spoke-a ingress ACCEPT',
      'transit gateway spoke',
      'egress-a egress ACCEPT',
      'nat ingress ACCEPT',
      'nat egress ACCEPT',
      'delivered to internet',
    ])
    expect(way(test.answer())).toEqual([
      'nat ingress ACCEPT',
      'nat egress ACCEPT',
      'egress-a ingress ACCEPT',
      'transit gateway egress',
      'spoke-a egress ACCEPT',
      'host ingress ACCEPT',
      'delivered to host',
    ])
  })
})
