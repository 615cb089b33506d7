import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import { ping, TestNetwork, tcp, udp } from './network-fixture.ts'

const everywhere = [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] as const

/** Two subnets, one of them with an ACL that denies all. */
const design: Design = {
  vpcs: {
    main: {
      cidrBlocks: ['10.0.0.0/16'],
      subnets: {
        one: { cidrBlock: '10.0.1.0/24', networkAcl: 'closed' },
        two: { cidrBlock: '10.0.2.0/24' },
        three: { cidrBlock: '10.0.3.0/24' },
      },
      securityGroups: {
        open: { ingress: everywhere },
        mute: { ingress: [{ ipProtocol: 'tcp', fromPort: 80, cidrBlock: '10.0.0.0/16' }], egress: [] },
        deaf: {},
      },
      networkAcls: { closed: {} },
    },
  },
  instances: {
    a: { subnet: 'one', privateIpAddress: '10.0.1.10', securityGroups: ['open'] },
    b: { subnet: 'one', privateIpAddress: '10.0.1.11', securityGroups: ['open'] },
    c: { subnet: 'two', privateIpAddress: '10.0.2.10', securityGroups: ['open'] },
    mute: { subnet: 'two', privateIpAddress: '10.0.2.12', securityGroups: ['mute'] },
    deaf: { subnet: 'three', privateIpAddress: '10.0.3.13', securityGroups: ['deaf'] },
    off: { subnet: 'three', privateIpAddress: '10.0.3.14', securityGroups: ['open'], state: 'stopped' },
  },
}

describe('where a packet is judged and captured', () => {
  it('no ACL between two interfaces of one subnet', () => {
    expect(new TestNetwork(design).send('a', tcp('10.0.1.10:40000', '10.0.1.11:80'))).toEqual([
      'a egress ACCEPT: tcp S 10.0.1.10:40000 > 10.0.1.11:80 to b path 1',
      'b ingress ACCEPT: tcp S 10.0.1.10:40000 > 10.0.1.11:80 from a',
      'delivered to b: tcp S 10.0.1.10:40000 > 10.0.1.11:80',
    ])
  })

  it('what the outbound ACL refuses: at the sender alone', () => {
    expect(new TestNetwork(design).send('a', tcp('10.0.1.10:40000', '10.0.2.10:80'))).toEqual([
      'a egress REJECT network-acl: tcp S 10.0.1.10:40000 > 10.0.2.10:80 to c path 1',
      'dropped at a, network-acl: tcp S 10.0.1.10:40000 > 10.0.2.10:80',
    ])
  })

  it('what the inbound ACL refuses: ACCEPT at the sender, REJECT at the receiver', () => {
    expect(new TestNetwork(design).send('c', tcp('10.0.2.10:40000', '10.0.1.10:80'))).toEqual([
      'c egress ACCEPT: tcp S 10.0.2.10:40000 > 10.0.1.10:80 to a path 1',
      'a ingress REJECT network-acl: tcp S 10.0.2.10:40000 > 10.0.1.10:80 from c',
      'dropped at a, network-acl: tcp S 10.0.2.10:40000 > 10.0.1.10:80',
    ])
  })

  it('what the sender’s groups refuse: at the sender alone, before the ACL is asked', () => {
    expect(new TestNetwork(design).send('mute', tcp('10.0.2.12:40000', '10.0.1.10:80'))).toEqual([
      'mute egress REJECT no-security-group-rule: tcp S 10.0.2.12:40000 > 10.0.1.10:80 to a path 1',
      'dropped at mute, no-security-group-rule: tcp S 10.0.2.12:40000 > 10.0.1.10:80',
    ])
  })

  it('what the receiver’s groups refuse: ACCEPT at the sender, REJECT at the receiver, no RST', () => {
    expect(new TestNetwork(design).send('c', tcp('10.0.2.10:40000', '10.0.3.13:80'))).toEqual([
      'c egress ACCEPT: tcp S 10.0.2.10:40000 > 10.0.3.13:80 to deaf path 1',
      'deaf ingress REJECT no-security-group-rule: tcp S 10.0.2.10:40000 > 10.0.3.13:80 from c',
      'dropped at deaf, no-security-group-rule: tcp S 10.0.2.10:40000 > 10.0.3.13:80',
    ])
  })

  it('answers of tracked connections pass groups without outbound rules', () => {
    const test = new TestNetwork(design)
    test.send('c', tcp('10.0.2.10:40000', '10.0.2.12:80'))
    expect(test.answer()).toEqual([
      'mute egress ACCEPT: tcp SA 10.0.2.12:80 > 10.0.2.10:40000 to c path 1',
      'c ingress ACCEPT: tcp SA 10.0.2.12:80 > 10.0.2.10:40000 from mute',
      'delivered to c: tcp SA 10.0.2.12:80 > 10.0.2.10:40000',
    ])
  })

  it('connections that a Lambda function opens are tracked although rules allow everything both ways', () => {
    const test = new TestNetwork({
      ...design,
      networkInterfaces: {
        lambda: {
          subnet: 'three',
          privateIpAddress: '10.0.3.50',
          interfaceType: 'lambda',
          requesterManaged: true,
          securityGroups: ['open'],
        },
      },
    })
    test.send('lambda', tcp('10.0.3.50:40000', '10.0.2.10:80'))
    expect(test.observer.captures.at(-1)?.verdict.reason).toMatchObject({ kind: 'security-group-rule', tracked: true })
    test.send('b', tcp('10.0.1.11:40000', '10.0.1.10:80'))
    expect(test.observer.captures.at(-1)?.verdict.reason).toMatchObject({ kind: 'security-group-rule', tracked: false })
  })

  it('times rise from hop to hop', () => {
    const test = new TestNetwork(design)
    test.send('c', tcp('10.0.2.10:40000', '10.0.3.13:80'), 5_000_000)
    const { times } = test.observer
    expect(times[0]).toBe(5_000_000)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(times.at(-1)).toBeGreaterThan(5_000_000)
  })
})

describe('what never gets out of the host or into it', () => {
  it('source/destination check: foreign sources do not leave, foreign destinations are not received, neither is recorded', () => {
    const test = new TestNetwork(design)
    expect(test.send('c', tcp('10.0.9.9:40000', '10.0.2.12:80'))).toEqual([
      'dropped at c, source-destination-check: tcp S 10.0.9.9:40000 > 10.0.2.12:80',
    ])
    const unchecked: Design = {
      ...design,
      instances: {
        ...design.instances,
        c: { subnet: 'two', privateIpAddress: '10.0.2.10', securityGroups: ['open'], sourceDestCheck: false },
      },
    }
    expect(new TestNetwork(unchecked).send('c', tcp('10.0.9.9:40000', '10.0.2.12:80'))[0]).toBe(
      'c egress ACCEPT: tcp S 10.0.9.9:40000 > 10.0.2.12:80 to mute path 1',
    )
  })

  it('a stopped instance sends nothing; what is sent to it is lost without a record', () => {
    const test = new TestNetwork(design)
    expect(test.send('off', tcp('10.0.3.14:40000', '10.0.2.10:80'))).toEqual([
      'dropped at off, instance-not-running: tcp S 10.0.3.14:40000 > 10.0.2.10:80',
    ])
    expect(test.send('c', tcp('10.0.2.10:40000', '10.0.3.14:80'))).toEqual([
      'c egress ACCEPT: tcp S 10.0.2.10:40000 > 10.0.3.14:80 to off path 1',
      'dropped at off, instance-not-running: tcp S 10.0.2.10:40000 > 10.0.3.14:80',
    ])
  })

  it('packets above the interface’s MTU', () => {
    const test = new TestNetwork(design)
    const whole = udp('10.0.2.10:4000', '10.0.2.12:53', { payloadLength: 9001 - 28 })
    expect(test.send('c', whole)).toHaveLength(3)
    expect(test.send('c', whole.with({ payloadLength: 9002 - 28 }))).toEqual([
      'dropped at c, mtu-exceeded: udp 10.0.2.10:4000 > 10.0.2.12:53',
    ])
  })
})

describe('mirrored copies', () => {
  const mirrored = udp('10.0.2.12:65408', '10.0.2.10:4789', { payloadLength: 200 })

  it('skip the source’s outbound groups and are judged as usual at the target', () => {
    const test = new TestNetwork(design)
    test.network.sendMirrored(test.networkInterface('mute'), mirrored, 0)
    expect(test.observer.captures[0]?.verdict).toEqual({ action: 'ACCEPT', reason: { kind: 'mirrored-traffic' } })
    expect(test.observer.take()).toEqual([
      'mute egress ACCEPT: udp 10.0.2.12:65408 > 10.0.2.10:4789 to c path 1',
      'c ingress ACCEPT: udp 10.0.2.12:65408 > 10.0.2.10:4789 from mute',
      'delivered to c: udp 10.0.2.12:65408 > 10.0.2.10:4789',
    ])
  })

  it('are lost, without a record at the source, where the source’s outbound ACL denies them', () => {
    const test = new TestNetwork(design)
    test.network.sendMirrored(test.networkInterface('a'), udp('10.0.1.10:65408', '10.0.2.10:4789'), 0)
    expect(test.observer.take()).toEqual(['dropped at a, network-acl: udp 10.0.1.10:65408 > 10.0.2.10:4789'])
  })
})

describe('the router of a subnet', () => {
  const routed: Design = {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16', '10.1.0.0/16'],
        ipv6CidrBlocks: ['2600:1f14:abc::/56'],
        internetGateway: true,
        subnets: {
          one: { cidrBlock: '10.0.1.0/24', ipv6CidrBlock: '2600:1f14:abc:1::/64', routeTable: 'custom' },
          two: { cidrBlock: '10.0.2.0/24' },
          three: { cidrBlock: '10.1.3.0/24' },
        },
        routeTables: {
          custom: {
            routes: [
              { destinationCidrBlock: '0.0.0.0/0', internetGateway: true },
              { destinationCidrBlock: '203.0.113.0/24', blackhole: true },
              { destinationCidrBlock: '10.0.2.0/24', instance: 'appliance' },
              { destinationPrefixList: 'partners', instance: 'appliance' },
            ],
          },
        },
        securityGroups: { open: { ingress: everywhere } },
      },
    },
    prefixLists: { partners: { entries: ['198.51.100.0/24', '192.0.2.0/25'] } },
    instances: {
      a: {
        subnet: 'one',
        privateIpAddress: '10.0.1.10',
        publicIp: '52.1.1.1',
        ipv6Addresses: ['2600:1f14:abc:1::10'],
        securityGroups: ['open'],
      },
      appliance: {
        subnet: 'three',
        privateIpAddress: '10.1.3.10',
        securityGroups: ['open'],
        sourceDestCheck: false,
      },
      b: { subnet: 'two', privateIpAddress: '10.0.2.10', securityGroups: ['open'] },
    },
  }
  const send = (destination: string): readonly string[] =>
    new TestNetwork(routed).send('a', udp('10.0.1.10:4000', `${destination}:9`))

  it('takes the longest prefix: a blackhole, a list and a subnet of its own before the default route', () => {
    expect(send('203.0.114.9').at(-1)).toBe('delivered to internet: udp 52.1.1.1:4000 > 203.0.114.9:9')
    expect(send('203.0.113.9')).toEqual([
      'a egress ACCEPT: udp 10.0.1.10:4000 > 203.0.113.9:9 to - path -',
      'dropped at a, blackhole: udp 10.0.1.10:4000 > 203.0.113.9:9',
    ])
    expect(send('192.0.2.127').at(-1)).toBe('delivered to appliance: udp 10.0.1.10:4000 > 192.0.2.127:9')
    expect(send('192.0.2.128').at(-1)).toBe('delivered to internet: udp 52.1.1.1:4000 > 192.0.2.128:9')
  })

  it('sends what is for another subnet to an appliance where a route names it, and the appliance passes it on', () => {
    expect(send('10.0.2.10')).toEqual([
      'a egress ACCEPT: udp 10.0.1.10:4000 > 10.0.2.10:9 to appliance path 1',
      'appliance ingress ACCEPT: udp 10.0.1.10:4000 > 10.0.2.10:9 from a',
      'delivered to appliance: udp 10.0.1.10:4000 > 10.0.2.10:9',
    ])
    expect(new TestNetwork(routed).send('appliance', udp('10.0.1.10:4000', '10.0.2.10:9'))).toEqual([
      'appliance egress ACCEPT: udp 10.0.1.10:4000 > 10.0.2.10:9 to b path 1',
      'b ingress ACCEPT: udp 10.0.1.10:4000 > 10.0.2.10:9 from appliance',
      'delivered to b: udp 10.0.1.10:4000 > 10.0.2.10:9',
    ])
  })

  it('gives nothing to an appliance whose source/destination check is on', () => {
    const checked: Design = {
      ...routed,
      instances: {
        ...routed.instances,
        appliance: { subnet: 'three', privateIpAddress: '10.1.3.10', securityGroups: ['open'] },
      },
    }
    expect(new TestNetwork(checked).send('a', udp('10.0.1.10:4000', '10.0.2.10:9'))).toEqual([
      'a egress ACCEPT: udp 10.0.1.10:4000 > 10.0.2.10:9 to appliance path 1',
      'dropped at appliance, source-destination-check: udp 10.0.1.10:4000 > 10.0.2.10:9',
    ])
  })

  it('has a local route for every block of the VPC, and records what is sent to an address without owner', () => {
    expect(send('10.1.3.10').at(-1)).toBe('delivered to appliance: udp 10.0.1.10:4000 > 10.1.3.10:9')
    expect(send('10.1.3.99')).toEqual([
      'a egress ACCEPT: udp 10.0.1.10:4000 > 10.1.3.99:9 to - path 1',
      'dropped at a, no-such-address: udp 10.0.1.10:4000 > 10.1.3.99:9',
    ])
  })

  it('is not asked inside the subnet, where nobody answers for an absent neighbour', () => {
    expect(send('10.0.1.99')).toEqual(['dropped at a, no-such-address: udp 10.0.1.10:4000 > 10.0.1.99:9'])
  })

  it('keeps IPv4 and IPv6 apart: 0.0.0.0/0 is no route for IPv6', () => {
    expect(new TestNetwork(routed).send('a', ping('2600:1f14:abc:1::10', '2001:db8::9'))).toEqual([
      'a egress ACCEPT: icmp 128/0 2600:1f14:abc:1::10 > 2001:db8::9 to - path -',
      'dropped at a, no-route: icmp 128/0 2600:1f14:abc:1::10 > 2001:db8::9',
    ])
  })

  it('forwards nothing to the link-local ranges, however wide a route is, nor private addresses to the internet', () => {
    expect(send('169.254.168.7')).toEqual([
      'a egress ACCEPT: udp 10.0.1.10:4000 > 169.254.168.7:9 to - path -',
      'dropped at a, no-route: udp 10.0.1.10:4000 > 169.254.168.7:9',
    ])
    expect(send('172.20.1.1')).toEqual([
      'a egress ACCEPT: udp 10.0.1.10:4000 > 172.20.1.1:9 to - path 8',
      'dropped at a, no-route: udp 10.0.1.10:4000 > 172.20.1.1:9',
    ])
  })

  it('has no way out of a table with local routes alone', () => {
    expect(new TestNetwork(routed).send('b', udp('10.0.2.10:4000', '203.0.114.9:9'))).toEqual([
      'b egress ACCEPT: udp 10.0.2.10:4000 > 203.0.114.9:9 to - path -',
      'dropped at b, no-route: udp 10.0.2.10:4000 > 203.0.114.9:9',
    ])
  })
})
