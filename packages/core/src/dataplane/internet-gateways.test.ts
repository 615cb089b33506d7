import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import type { BlockPublicAccessDesign } from '../design/vpc-design.ts'
import { EGRESS_ONLY_IDLE_SECONDS } from './internet-gateways.ts'
import { answerTo, inWords, ping, TestNetwork, tcp, udp } from './network-fixture.ts'

const SECOND = 1_000_000

const design: Design = {
  vpcs: {
    main: {
      cidrBlocks: ['10.0.0.0/16'],
      ipv6CidrBlocks: ['2600:1f14:abc::/56'],
      internetGateway: true,
      egressOnlyInternetGateway: true,
      subnets: {
        public: { cidrBlock: '10.0.1.0/24', ipv6CidrBlock: '2600:1f14:abc:1::/64', routeTable: 'public' },
        private: { cidrBlock: '10.0.2.0/24', ipv6CidrBlock: '2600:1f14:abc:2::/64', routeTable: 'private' },
      },
      routeTables: {
        public: {
          routes: [
            { destinationCidrBlock: '0.0.0.0/0', internetGateway: true },
            { destinationCidrBlock: '::/0', internetGateway: true },
          ],
        },
        private: {
          routes: [
            { destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat' },
            { destinationCidrBlock: '::/0', egressOnlyInternetGateway: true },
          ],
        },
      },
      natGateways: { nat: { subnet: 'public', privateIpAddress: '10.0.1.200', publicIp: '52.0.0.200' } },
      securityGroups: {
        web: {
          ingress: [
            { ipProtocol: 'tcp', fromPort: 80, cidrBlock: '0.0.0.0/0' },
            { ipProtocol: 'tcp', fromPort: 80, cidrBlock: '::/0' },
            { ipProtocol: 'icmp', cidrBlock: '0.0.0.0/0' },
          ],
        },
        udp: { ingress: [{ ipProtocol: 'udp', fromPort: 0, toPort: 65_535, cidrBlock: '0.0.0.0/0' }] },
        members: { ingress: [{ ipProtocol: 'all', securityGroup: 'members' }] },
      },
    },
  },
  instances: {
    web: {
      subnet: 'public',
      privateIpAddress: '10.0.1.10',
      publicIp: '52.0.0.10',
      secondaryPrivateIpAddresses: [{ privateIpAddress: '10.0.1.20', publicIp: '52.0.0.20' }, '10.0.1.30'],
      ipv6Addresses: ['2600:1f14:abc:1::10'],
      securityGroups: ['web'],
    },
    old: {
      subnet: 'public',
      instanceType: 't2.micro',
      privateIpAddress: '10.0.1.11',
      publicIp: true,
      securityGroups: ['web'],
    },
    one: { subnet: 'public', privateIpAddress: '10.0.1.12', publicIp: '52.0.0.12', securityGroups: ['members'] },
    two: { subnet: 'public', privateIpAddress: '10.0.1.13', publicIp: '52.0.0.13', securityGroups: ['members'] },
    untracked: { subnet: 'public', privateIpAddress: '10.0.1.14', publicIp: '52.0.0.14', securityGroups: ['udp'] },
    inner: {
      subnet: 'private',
      privateIpAddress: '10.0.2.10',
      ipv6Addresses: ['2600:1f14:abc:2::10'],
      securityGroups: ['web'],
    },
  },
}

function withBlock(internetGatewayBlockMode: BlockPublicAccessDesign['internetGatewayBlockMode']): Design {
  return { ...design, vpcBlockPublicAccess: { internetGatewayBlockMode } }
}

describe('internet gateway', () => {
  it('maps the private address to the public one outside of every interface, both ways', () => {
    const test = new TestNetwork(design)
    expect(test.sendFromInternet(tcp('203.0.113.9:50000', '52.0.0.10:80'))).toEqual([
      'web ingress ACCEPT: tcp S 203.0.113.9:50000 > 10.0.1.10:80 from -',
      'delivered to web: tcp S 203.0.113.9:50000 > 10.0.1.10:80',
    ])
    expect(test.answer()).toEqual([
      'web egress ACCEPT: tcp SA 10.0.1.10:80 > 203.0.113.9:50000 to - path 8',
      'delivered to internet: tcp SA 52.0.0.10:80 > 203.0.113.9:50000',
    ])
  })

  it('is path 8 for Nitro instances and 2 for all others', () => {
    const test = new TestNetwork(design)
    expect(test.send('old', udp('10.0.1.11:4000', '203.0.113.9:9'))[0]).toMatch(/ path 2$/)
    expect(test.send('web', udp('10.0.1.10:4000', '203.0.113.9:9'))[0]).toMatch(/ path 8$/)
  })

  it('maps each secondary address to its own public one, and drops what comes from an address without', () => {
    const test = new TestNetwork(design)
    expect(test.send('web', udp('10.0.1.20:4000', '203.0.113.9:9')).at(-1)).toBe(
      'delivered to internet: udp 52.0.0.20:4000 > 203.0.113.9:9',
    )
    expect(test.send('web', udp('10.0.1.30:4000', '203.0.113.9:9'))).toEqual([
      'web egress ACCEPT: udp 10.0.1.30:4000 > 203.0.113.9:9 to - path 8',
      'dropped at web, no-public-address: udp 10.0.1.30:4000 > 203.0.113.9:9',
    ])
    expect(test.sendFromInternet(ping('203.0.113.9', '52.0.0.20'))[0]).toBe(
      'web ingress ACCEPT: icmp 8/0 203.0.113.9 > 10.0.1.20 from -',
    )
  })

  it('leaves IPv6 addresses alone', () => {
    const test = new TestNetwork(design)
    test.sendFromInternet(tcp('[2001:db8::9]:50000', '[2600:1f14:abc:1::10]:80'))
    expect(test.answer()).toEqual([
      'web egress ACCEPT: tcp SA [2600:1f14:abc:1::10]:80 > [2001:db8::9]:50000 to - path 8',
      'delivered to internet: tcp SA [2600:1f14:abc:1::10]:80 > [2001:db8::9]:50000',
    ])
  })

  it('drops what nobody has', () => {
    expect(new TestNetwork(design).sendFromInternet(tcp('203.0.113.9:50000', '52.0.0.99:80'))).toEqual([
      'dropped at -, no-such-address: tcp S 203.0.113.9:50000 > 52.0.0.99:80',
    ])
  })

  it('turns traffic to a public address of the same network round, where a group reference no longer matches', () => {
    const test = new TestNetwork(design)
    expect(test.send('one', tcp('10.0.1.12:40000', '52.0.0.13:80'))).toEqual([
      'one egress ACCEPT: tcp S 10.0.1.12:40000 > 52.0.0.13:80 to - path 8',
      'two ingress REJECT no-security-group-rule: tcp S 52.0.0.12:40000 > 10.0.1.13:80 from -',
      'dropped at two, no-security-group-rule: tcp S 52.0.0.12:40000 > 10.0.1.13:80',
    ])
    expect(test.send('one', tcp('10.0.1.12:40000', '10.0.1.13:80')).at(-1)).toBe(
      'delivered to two: tcp S 10.0.1.12:40000 > 10.0.1.13:80',
    )
  })

  it('shows private addresses in what ICMP errors quote inside, and public ones outside', () => {
    const test = new TestNetwork(design)
    const sent = udp('10.0.1.10:4000', '203.0.113.9:9')
    test.send('web', sent)
    const outside = test.observer.deliveries.at(-1)?.packet
    if (!outside) throw new Error('nothing came out')
    const error = ping('203.0.113.9', '52.0.0.10', { icmpType: 3, icmpCode: 3, quoted: outside, payloadLength: 0 })
    expect(test.sendFromInternet(error).at(-1)).toBe('delivered to web: icmp 3/3 203.0.113.9 > 10.0.1.10')
    const inside = test.observer.deliveries.at(-1)?.packet
    expect(inside?.quoted && inWords(inside.quoted)).toBe('udp 10.0.1.10:4000 > 203.0.113.9:9')
    const back = ping('10.0.1.10', '203.0.113.9', {
      icmpType: 3,
      icmpCode: 3,
      quoted: answerTo(sent),
      payloadLength: 0,
    })
    expect(test.send('web', back).at(-1)).toBe('delivered to internet: icmp 3/3 52.0.0.10 > 203.0.113.9')
    const quoted = test.observer.deliveries.at(-1)?.packet.quoted
    expect(quoted && inWords(quoted)).toBe('udp 203.0.113.9:9 > 52.0.0.10:4000')
  })

  it('carries 1,500 bytes: fragments what may be, answers for the rest from the subnet’s router', () => {
    const test = new TestNetwork(design)
    const large = udp('10.0.1.10:4000', '203.0.113.9:9', { payloadLength: 3000, identification: 5 })
    expect(test.send('web', large)).toEqual([
      'web egress ACCEPT: udp 10.0.1.10:4000 > 203.0.113.9:9 to - path 8',
      'delivered to internet: udp 52.0.0.10:4000 > 203.0.113.9:9 fragment at 0',
      'delivered to internet: udp 52.0.0.10 > 203.0.113.9 fragment at 1480',
      'delivered to internet: udp 52.0.0.10 > 203.0.113.9 fragment at 2960',
    ])
    expect(test.send('web', large.with({ dontFragment: true }))).toEqual([
      'web egress ACCEPT: udp 10.0.1.10:4000 > 203.0.113.9:9 to - path 8',
      'dropped at web, mtu-exceeded: udp 10.0.1.10:4000 > 203.0.113.9:9',
      'web ingress ACCEPT: icmp 3/4 10.0.1.1 > 10.0.1.10 from -',
      'delivered to web: icmp 3/4 10.0.1.1 > 10.0.1.10',
    ])
    expect(test.observer.deliveries.at(-1)?.packet.icmpMtu).toBe(1500)
    const large6 = udp('[2600:1f14:abc:1::10]:4000', '[2001:db8::9]:9', { payloadLength: 3000 })
    expect(test.send('web', large6).slice(1)).toEqual([
      'dropped at web, mtu-exceeded: udp [2600:1f14:abc:1::10]:4000 > [2001:db8::9]:9',
      'web ingress ACCEPT: icmp 2/0 2600:1f14:abc:1::1 > 2600:1f14:abc:1::10 from -',
      'delivered to web: icmp 2/0 2600:1f14:abc:1::1 > 2600:1f14:abc:1::10',
    ])
  })

  it('answers in vain where the flow is untracked and no rule lets ICMP in', () => {
    const large = udp('10.0.1.14:4000', '203.0.113.9:9', { payloadLength: 3000, dontFragment: true })
    expect(new TestNetwork(design).send('untracked', large).slice(2)).toEqual([
      'untracked ingress REJECT no-security-group-rule: icmp 3/4 10.0.1.1 > 10.0.1.14 from -',
      'dropped at untracked, no-security-group-rule: icmp 3/4 10.0.1.1 > 10.0.1.14',
    ])
  })
})

describe('edge route table of an internet gateway', () => {
  const edge: Design = {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: { routeTable: 'edge' },
        subnets: {
          servers: { cidrBlock: '10.0.1.0/24', routeTable: 'servers' },
          firewalls: { cidrBlock: '10.0.2.0/24', routeTable: 'firewalls' },
        },
        routeTables: {
          edge: { routes: [{ destinationCidrBlock: '10.0.1.0/24', instance: 'firewall' }] },
          servers: { routes: [{ destinationCidrBlock: '0.0.0.0/0', instance: 'firewall' }] },
          firewalls: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] },
        },
        securityGroups: { open: { ingress: [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] } },
      },
    },
    instances: {
      server: { subnet: 'servers', privateIpAddress: '10.0.1.10', publicIp: '52.0.0.10', securityGroups: ['open'] },
      firewall: {
        subnet: 'firewalls',
        privateIpAddress: '10.0.2.10',
        publicIp: '52.0.0.20',
        securityGroups: ['open'],
        sourceDestCheck: false,
      },
    },
  }

  it('brings what is for a server to the appliance first, and the server’s answer out through it', () => {
    const test = new TestNetwork(edge)
    const request = tcp('203.0.113.9:50000', '52.0.0.10:80')
    expect(test.sendFromInternet(request)).toEqual([
      'firewall ingress ACCEPT: tcp S 203.0.113.9:50000 > 10.0.1.10:80 from -',
      'delivered to firewall: tcp S 203.0.113.9:50000 > 10.0.1.10:80',
    ])
    const inside = tcp('203.0.113.9:50000', '10.0.1.10:80')
    expect(test.send('firewall', inside).at(-1)).toBe('delivered to server: tcp S 203.0.113.9:50000 > 10.0.1.10:80')
    expect(test.answer().at(-1)).toBe('delivered to firewall: tcp SA 10.0.1.10:80 > 203.0.113.9:50000')
    const answer = tcp('10.0.1.10:80', '203.0.113.9:50000', { tcpFlags: 18 })
    expect(test.send('firewall', answer)).toEqual([
      'firewall egress ACCEPT: tcp SA 10.0.1.10:80 > 203.0.113.9:50000 to - path 8',
      'delivered to internet: tcp SA 52.0.0.10:80 > 203.0.113.9:50000',
    ])
  })

  it('leaves addresses that it has no route for to their owners', () => {
    expect(new TestNetwork(edge).sendFromInternet(tcp('203.0.113.9:50000', '52.0.0.20:22')).at(-1)).toBe(
      'delivered to firewall: tcp S 203.0.113.9:50000 > 10.0.2.10:22',
    )
  })
})

describe('egress-only internet gateway', () => {
  const request = tcp('[2600:1f14:abc:2::10]:40000', '[2001:db8::9]:443')
  const stranger = tcp('[2001:db8::9]:50000', '[2600:1f14:abc:2::10]:80')

  it('lets out, and lets the answers in, for as long as the flow is not idle', () => {
    const test = new TestNetwork(design)
    expect(test.send('inner', request)).toEqual([
      'inner egress ACCEPT: tcp S [2600:1f14:abc:2::10]:40000 > [2001:db8::9]:443 to - path 8',
      'delivered to internet: tcp S [2600:1f14:abc:2::10]:40000 > [2001:db8::9]:443',
    ])
    expect(test.answer({}, 1 * SECOND)).toEqual([
      'inner ingress ACCEPT: tcp SA [2001:db8::9]:443 > [2600:1f14:abc:2::10]:40000 from -',
      'delivered to inner: tcp SA [2001:db8::9]:443 > [2600:1f14:abc:2::10]:40000',
    ])
    test.send('inner', request.with({ tcpFlags: 16 }), 1 * SECOND)
    const late = tcp('[2001:db8::9]:443', '[2600:1f14:abc:2::10]:40000', { tcpFlags: 16 })
    expect(test.sendFromInternet(late, (EGRESS_ONLY_IDLE_SECONDS + 0.9) * SECOND).at(-1)).toMatch(/^delivered/)
    expect(test.sendFromInternet(late, (EGRESS_ONLY_IDLE_SECONDS * 2 + 2) * SECOND)).toEqual([
      'dropped at -, unsolicited: tcp A [2001:db8::9]:443 > [2600:1f14:abc:2::10]:40000',
    ])
  })

  it('lets nothing in that was not asked for, whatever the groups allow', () => {
    expect(new TestNetwork(design).sendFromInternet(stranger)).toEqual([
      'dropped at -, unsolicited: tcp S [2001:db8::9]:50000 > [2600:1f14:abc:2::10]:80',
    ])
  })

  it('lets in what another host of the same service sends only to the port that was used', () => {
    const test = new TestNetwork(design)
    test.send('inner', request)
    const otherPort = tcp('[2001:db8::9]:444', '[2600:1f14:abc:2::10]:40000', { tcpFlags: 18 })
    expect(test.sendFromInternet(otherPort)[0]).toMatch(/^dropped at -, unsolicited/)
  })

  it('has its connections tracked although rules allow everything both ways', () => {
    const open: Design = {
      ...design,
      instances: { inner: { ...design.instances?.inner, securityGroups: ['open'] } },
      vpcs: {
        main: {
          ...(design.vpcs.main as Design['vpcs'][string]),
          securityGroups: { open: { ingress: [{ ipProtocol: 'all', cidrBlock: '::/0' }] } },
        },
      },
    }
    const test = new TestNetwork(open)
    test.send('inner', request)
    expect(test.observer.captures.at(-1)?.verdict.reason).toMatchObject({ kind: 'security-group-rule', tracked: true })
    test.answer()
    expect(test.observer.captures.at(-1)?.verdict.reason.kind).toBe('tracked-connection')
  })
})

describe('block public access', () => {
  const out = udp('10.0.1.10:4000', '203.0.113.9:9')
  const into = tcp('203.0.113.9:50000', '52.0.0.10:80')
  const blockedOut = [
    'web egress REJECT block-public-access: udp 10.0.1.10:4000 > 203.0.113.9:9 to - path 8',
    'dropped at web, block-public-access: udp 10.0.1.10:4000 > 203.0.113.9:9',
  ]
  const blockedIn = [
    'web ingress REJECT block-public-access: tcp S 203.0.113.9:50000 > 10.0.1.10:80 from -',
    'dropped at web, block-public-access: tcp S 203.0.113.9:50000 > 10.0.1.10:80',
  ]

  it('bidirectional stops everything through internet and egress-only gateways, NAT gateways too', () => {
    const test = new TestNetwork(withBlock('block-bidirectional'))
    expect(test.send('web', out)).toEqual(blockedOut)
    expect(test.sendFromInternet(into)).toEqual(blockedIn)
    expect(test.send('inner', tcp('[2600:1f14:abc:2::10]:40000', '[2001:db8::9]:443'))[0]).toMatch(
      /^inner egress REJECT block-public-access/,
    )
    const viaNat = test.send('inner', udp('10.0.2.10:4000', '203.0.113.9:9'))
    expect(viaNat.slice(0, 2).map((line) => line.split(':')[0])).toEqual(['inner egress ACCEPT', 'nat ingress ACCEPT'])
    expect(viaNat[2]).toMatch(/^nat egress REJECT block-public-access: udp 10\.0\.1\.200:\d+ > 203\.0\.113\.9:9/)
  })

  it('ingress lets NAT gateways and egress-only gateways work, and no public instance', () => {
    const test = new TestNetwork(withBlock('block-ingress'))
    expect(test.send('web', out)).toEqual(blockedOut)
    expect(test.sendFromInternet(into)).toEqual(blockedIn)
    test.send('inner', udp('10.0.2.10:4000', '203.0.113.9:9'))
    expect(test.answer().at(-1)).toBe('delivered to inner: udp 203.0.113.9:9 > 10.0.2.10:4000')
    test.send('inner', tcp('[2600:1f14:abc:2::10]:40000', '[2001:db8::9]:443'))
    expect(test.answer().at(-1)).toMatch(/^delivered to inner: tcp SA/)
  })

  it('exempts a subnet, and leaves traffic inside the VPC alone', () => {
    const test = new TestNetwork({
      ...design,
      vpcBlockPublicAccess: {
        internetGatewayBlockMode: 'block-bidirectional',
        exclusions: [{ subnet: 'public', internetGatewayExclusionMode: 'allow-bidirectional' }],
      },
    })
    expect(test.send('web', out).at(-1)).toMatch(/^delivered to internet/)
    expect(test.sendFromInternet(into).at(-1)).toMatch(/^delivered to web/)
    const blocked = new TestNetwork(withBlock('block-bidirectional'))
    expect(blocked.send('one', tcp('10.0.1.12:40000', '10.0.1.13:80')).at(-1)).toMatch(/^delivered to two/)
  })
})
