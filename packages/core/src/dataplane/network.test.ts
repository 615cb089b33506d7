import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import type { SecurityGroupRuleDesign } from '../design/security-group-design.ts'
import { fragmentPacket } from '../packet/fragment-packet.ts'
import { NETWORK_ACL_DELAY_MICROSECONDS } from './network.ts'
import { TestNetwork, tcp, udp } from './network-fixture.ts'

const SECOND = 1_000_000
const web: SecurityGroupRuleDesign = { ipProtocol: 'tcp', fromPort: 80, cidrBlock: '10.0.0.0/16' }
const all = { ruleNumber: 100, ruleAction: 'allow', protocol: 'all', cidrBlock: '0.0.0.0/0' } as const

interface Options {
  readonly rules?: readonly SecurityGroupRuleDesign[]
  readonly aclOpen?: boolean
  readonly extra?: Design['instances']
  readonly withServer?: boolean
  readonly natAddress?: string
}

/** A client and a server in two subnets; ids are given, since state stays with them. */
function design({
  rules = [web],
  aclOpen = true,
  extra = {},
  withServer = true,
  natAddress = '10.0.1.200',
}: Options = {}): Design {
  const entries = aclOpen ? { ingress: [all], egress: [all] } : {}
  return {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: {
          one: { cidrBlock: '10.0.1.0/24', routeTable: 'public' },
          two: { cidrBlock: '10.0.2.0/24', routeTable: 'private', networkAcl: 'acl' },
        },
        routeTables: {
          public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] },
          private: { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat' }] },
        },
        natGateways: { nat: { subnet: 'one', privateIpAddress: natAddress, publicIp: '52.0.0.200' } },
        networkAcls: { acl: entries },
        securityGroups: { client: {}, server: { ingress: rules } },
      },
    },
    instances: {
      ...extra,
      client: { subnet: 'one', privateIpAddress: '10.0.1.10', securityGroups: ['client'] },
      ...(withServer && { server: { subnet: 'two', privateIpAddress: '10.0.2.10', securityGroups: ['server'] } }),
    },
  }
}

const request = tcp('10.0.1.10:40000', '10.0.2.10:80')

/** A network with an established connection from client to server. */
function connected(options?: Options): TestNetwork {
  const test = new TestNetwork(design(options))
  test.send('client', request, 0)
  test.answer({}, 0.1 * SECOND)
  test.send('client', request.with({ tcpFlags: 16 }), 0.2 * SECOND)
  return test
}

describe('fragments that a host sends', () => {
  it('are limited to 1,024 a second for each ENI, and not recorded beyond; whole packets are not', () => {
    const open = [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] as const
    const test = new TestNetwork({
      vpcs: {
        main: {
          cidrBlocks: ['10.0.0.0/16'],
          subnets: { one: { cidrBlock: '10.0.1.0/24' } },
          securityGroups: { open: { ingress: open } },
        },
      },
      instances: {
        a: { subnet: 'one', privateIpAddress: '10.0.1.10', securityGroups: ['open'] },
        b: { subnet: 'one', privateIpAddress: '10.0.1.11', securityGroups: ['open'] },
      },
    })
    const [first, last] = fragmentPacket(udp('10.0.1.10:1', '10.0.1.11:2', { payloadLength: 2000 }), 1500)
    if (!first || !last) throw new Error('the datagram is too small')
    const lost = 'dropped at a, fragment-rate: udp 10.0.1.10 > 10.0.1.11 fragment at 1480'
    const sent = (count: number, from: number): number =>
      Array.from({ length: count }, (_, at) => test.send('a', at % 2 ? last : first, from + at)).filter((lines) =>
        lines.some((line) => line.startsWith('a egress ACCEPT')),
      ).length
    expect(sent(1024, 0)).toBe(1024)
    expect(test.send('a', last, 900_000)).toEqual([lost])
    expect(test.send('a', udp('10.0.1.10:1', '10.0.1.11:2'), 900_000)).toHaveLength(3)
    expect(test.send('b', udp('10.0.1.11:1', '10.0.1.10:2', { moreFragments: true }), 900_000)).toHaveLength(3)
    expect(sent(1100, 1_000_000)).toBe(1024)
  })
})

describe('a change of the design', () => {
  const data = request.with({ tcpFlags: 24 })

  it('removing a rule leaves tracked connections alone and refuses new ones', () => {
    const test = connected()
    test.update(design({ rules: [] }), 1 * SECOND)
    expect(test.send('client', data, 2 * SECOND).at(-1)).toMatch(/^delivered to server/)
    expect(test.answer({}, 2 * SECOND).at(-1)).toMatch(/^delivered to client/)
    expect(test.send('client', tcp('10.0.1.10:40001', '10.0.2.10:80'), 2 * SECOND).at(-2)).toMatch(
      /^server ingress REJECT no-security-group-rule/,
    )
  })

  it('removing a rule cuts an untracked flow at once', () => {
    const everywhere: SecurityGroupRuleDesign = { ipProtocol: 'tcp', fromPort: 80, cidrBlock: '0.0.0.0/0' }
    const test = connected({ rules: [everywhere] })
    test.update(design({ rules: [] }), 1 * SECOND)
    expect(test.send('client', data, 2 * SECOND).at(-2)).toMatch(/^server ingress REJECT no-security-group-rule/)
  })

  it('a changed ACL cuts established connections, after a delay', () => {
    const test = connected()
    test.update(design({ aclOpen: false }), 1 * SECOND)
    const acts = 1 * SECOND + NETWORK_ACL_DELAY_MICROSECONDS
    expect(test.send('client', data, acts - 1).at(-1)).toMatch(/^delivered to server/)
    expect(test.send('client', data, acts).at(-2)).toMatch(/^server ingress REJECT network-acl/)
  })

  it('changes of an ACL that follow one another act in their order, each after its own delay', () => {
    const test = connected()
    test.update(design({ aclOpen: false }), 1 * SECOND)
    test.update(design({ aclOpen: true }), 3 * SECOND)
    const at = (seconds: number): string | undefined =>
      test.send('client', data, seconds * SECOND + NETWORK_ACL_DELAY_MICROSECONDS).at(-1)
    expect(at(0.9)).toMatch(/^delivered/)
    expect(at(1)).toMatch(/^dropped at server, network-acl/)
    expect(at(2.9)).toMatch(/^dropped at server, network-acl/)
    expect(at(3)).toMatch(/^delivered/)
  })

  it('keeps state with the ids of interfaces, whose places may change', () => {
    const test = connected()
    const extra = { another: { subnet: 'one', privateIpAddress: '10.0.1.77', securityGroups: ['client'] } }
    const before = test.networkInterface('server').index
    test.update(design({ rules: [], extra }), 1 * SECOND)
    expect(test.networkInterface('server').index).not.toBe(before)
    expect(test.send('client', data, 2 * SECOND).at(-1)).toMatch(/^delivered to server/)
  })

  it('keeps the translations of NAT gateways', () => {
    const test = new TestNetwork(design())
    test.send('server', tcp('10.0.2.10:50000', '203.0.113.9:443'), 0)
    const extra = { another: { subnet: 'one', privateIpAddress: '10.0.1.77', securityGroups: ['client'] } }
    test.update(design({ extra }), 1 * SECOND)
    expect(test.answer({}, 2 * SECOND).at(-1)).toBe('delivered to server: tcp SA 203.0.113.9:443 > 10.0.2.10:50000')
  })

  it('lets no service answer what is gone or stopped by then', () => {
    const test = new TestNetwork(design())
    test.send('server', udp('10.0.2.10:4000', '169.254.169.123:123'), 0)
    const stopped = { ...design(), instances: { server: { ...design().instances?.server, state: 'stopped' as const } } }
    test.update(stopped, 1 * SECOND)
    expect(test.answer({}, 2 * SECOND)).toEqual([
      'dropped at server, instance-not-running: udp 169.254.169.123:123 > 10.0.2.10:4000',
    ])
    test.update(design({ withServer: false }), 3 * SECOND)
    expect(test.answer({}, 4 * SECOND)).toEqual(['dropped at -, no-route: udp 169.254.169.123:123 > 10.0.2.10:4000'])
  })

  it('takes interfaces of an older topology for what they have become, and those that are gone for silent', () => {
    const test = new TestNetwork(design())
    const server = test.networkInterface('server')
    const client = test.networkInterface('client')
    test.update(design({ withServer: false }), 1 * SECOND)
    test.network.send(server, udp('10.0.2.10:1', '10.0.1.10:2'), 2 * SECOND)
    expect(test.observer.take()).toEqual(['dropped at -, instance-not-running: udp 10.0.2.10:1 > 10.0.1.10:2'])
    test.network.send(client, request, 2 * SECOND)
    expect(test.observer.take()).toEqual([
      'client egress ACCEPT: tcp S 10.0.1.10:40000 > 10.0.2.10:80 to - path 1',
      'dropped at client, no-such-address: tcp S 10.0.1.10:40000 > 10.0.2.10:80',
    ])
  })
})
