import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import { ping, TestNetwork, tcp, udp } from './network-fixture.ts'

const open = { ingress: [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] } as const

/** A is peered with B, B with C (another Region); A's table sends C's block to B. */
const design: Design = {
  vpcs: {
    a: {
      cidrBlocks: ['10.1.0.0/16'],
      subnets: { a: { cidrBlock: '10.1.1.0/24', routeTable: 'a-hosts' } },
      routeTables: {
        'a-hosts': {
          routes: [
            { destinationCidrBlock: '10.2.0.0/16', vpcPeeringConnection: 'ab' },
            { destinationCidrBlock: '10.3.0.0/16', vpcPeeringConnection: 'ab' },
            { destinationCidrBlock: '0.0.0.0/0', vpcPeeringConnection: 'ab' },
          ],
        },
      },
      securityGroups: { 'a-open': open },
    },
    b: {
      cidrBlocks: ['10.2.0.0/16'],
      internetGateway: true,
      subnets: {
        b: { cidrBlock: '10.2.1.0/24', routeTable: 'b-hosts', networkAcl: 'noUdp' },
        mute: { cidrBlock: '10.2.2.0/24' },
      },
      networkAcls: {
        noUdp: {
          ingress: [
            {
              ruleNumber: 90,
              ruleAction: 'deny',
              protocol: 'udp',
              portRange: { from: 99, to: 99 },
              cidrBlock: '10.1.0.0/16',
            },
            { ruleNumber: 100, ruleAction: 'allow', protocol: 'all', cidrBlock: '0.0.0.0/0' },
          ],
          egress: [{ ruleNumber: 100, ruleAction: 'allow', protocol: 'all', cidrBlock: '0.0.0.0/0' }],
        },
      },
      routeTables: {
        'b-hosts': {
          routes: [
            { destinationCidrBlock: '10.1.0.0/16', vpcPeeringConnection: 'ab' },
            { destinationCidrBlock: '10.3.0.0/16', vpcPeeringConnection: 'bc' },
            { destinationCidrBlock: '0.0.0.0/0', internetGateway: true },
          ],
        },
      },
      securityGroups: {
        'b-open': open,
        fromA: { ingress: [{ ipProtocol: 'tcp', fromPort: 80, securityGroup: 'a-open' }] },
      },
    },
    c: {
      cidrBlocks: ['10.3.0.0/16'],
      region: 'eu-west-1',
      subnets: { c: { cidrBlock: '10.3.1.0/24', availabilityZone: 'eu-west-1a', routeTable: 'c-hosts' } },
      routeTables: { 'c-hosts': { routes: [{ destinationCidrBlock: '10.2.0.0/16', vpcPeeringConnection: 'bc' }] } },
      securityGroups: { 'c-open': open },
    },
  },
  vpcPeeringConnections: { ab: { vpc: 'a', peerVpc: 'b' }, bc: { vpc: 'b', peerVpc: 'c' } },
  instances: {
    a: { subnet: 'a', privateIpAddress: '10.1.1.10', securityGroups: ['a-open'], sourceDestCheck: false },
    b: { subnet: 'b', privateIpAddress: '10.2.1.10', publicIp: '52.0.0.2', securityGroups: ['b-open'] },
    member: { subnet: 'b', privateIpAddress: '10.2.1.11', securityGroups: ['fromA'] },
    mute: { subnet: 'mute', privateIpAddress: '10.2.2.10', securityGroups: ['b-open'] },
    c: { subnet: 'c', privateIpAddress: '10.3.1.10', securityGroups: ['c-open'] },
  },
}

describe('peering', () => {
  it('is path 4 within a Region and 5 between Regions, next hop the far interface', () => {
    const test = new TestNetwork(design)
    expect(test.send('a', tcp('10.1.1.10:40000', '10.2.1.10:80'))).toEqual([
      'a egress ACCEPT: tcp S 10.1.1.10:40000 > 10.2.1.10:80 to b path 4',
      'b ingress ACCEPT: tcp S 10.1.1.10:40000 > 10.2.1.10:80 from a',
      'delivered to b: tcp S 10.1.1.10:40000 > 10.2.1.10:80',
    ])
    expect(test.send('c', tcp('10.3.1.10:40000', '10.2.1.10:80'))[0]).toBe(
      'c egress ACCEPT: tcp S 10.3.1.10:40000 > 10.2.1.10:80 to b path 5',
    )
  })

  it('is not transitive, and leads to no gateway of the peer', () => {
    const test = new TestNetwork(design)
    expect(test.send('a', tcp('10.1.1.10:40000', '10.3.1.10:80'))).toEqual([
      'a egress ACCEPT: tcp S 10.1.1.10:40000 > 10.3.1.10:80 to - path 4',
      'dropped at a, not-transitive: tcp S 10.1.1.10:40000 > 10.3.1.10:80',
    ])
    expect(test.send('a', tcp('10.1.1.10:40000', '203.0.113.9:80')).at(-1)).toMatch(/^dropped at a, not-transitive/)
    expect(test.send('a', udp('10.1.1.10:40000', '10.2.0.2:53')).at(-1)).toMatch(/^dropped at a, no-such-address/)
  })

  it('carries nothing that comes from outside of the sender’s VPC', () => {
    expect(new TestNetwork(design).send('a', tcp('10.77.1.1:40000', '10.2.1.10:80')).at(-1)).toMatch(
      /^dropped at a, not-transitive/,
    )
  })

  it('needs a route for the answer, and is judged by the peer’s ACL', () => {
    const test = new TestNetwork(design)
    expect(test.send('a', tcp('10.1.1.10:40000', '10.2.2.10:80')).at(-1)).toMatch(/^delivered to mute/)
    expect(test.answer().at(-1)).toMatch(/^dropped at mute, no-route/)
    expect(test.send('a', udp('10.1.1.10:40000', '10.2.1.10:99')).at(-2)).toMatch(/^b ingress REJECT network-acl/)
  })

  it('lets rules of one VPC name a group of the other', () => {
    const test = new TestNetwork(design)
    expect(test.send('a', tcp('10.1.1.10:40000', '10.2.1.11:80')).at(-1)).toMatch(/^delivered to member/)
    expect(test.send('c', tcp('10.3.1.10:40000', '10.2.1.11:80')).at(-2)).toMatch(/^member ingress REJECT/)
  })

  it('carries 9,001 bytes within a Region and 8,500 between Regions', () => {
    const test = new TestNetwork(design)
    const large = udp('10.1.1.10:4000', '10.2.1.10:9', { payloadLength: 8900, dontFragment: true })
    expect(test.send('a', large).at(-1)).toMatch(/^delivered to b/)
    const far = udp('10.3.1.10:4000', '10.2.1.10:9', { payloadLength: 8900, dontFragment: true })
    expect(test.send('c', far).slice(1)).toEqual([
      'dropped at c, mtu-exceeded: udp 10.3.1.10:4000 > 10.2.1.10:9',
      'c ingress ACCEPT: icmp 3/4 10.3.1.1 > 10.3.1.10 from -',
      'delivered to c: icmp 3/4 10.3.1.1 > 10.3.1.10',
    ])
    expect(
      test.send('c', far.with({ dontFragment: false })).filter((line) => line.startsWith('delivered')),
    ).toHaveLength(2)
  })

  it('takes longer between Regions', () => {
    const test = new TestNetwork(design)
    test.send('a', ping('10.1.1.10', '10.2.1.10'))
    const near = test.observer.times.at(-1) ?? 0
    test.send('c', ping('10.3.1.10', '10.2.1.10'))
    const far = test.observer.times.at(-1) ?? 0
    expect(far).toBeGreaterThan(near * 10)
  })
})
