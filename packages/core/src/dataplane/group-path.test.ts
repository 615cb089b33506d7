import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import type { RouteDesign } from '../design/vpc-design.ts'
import { TestNetwork, tcp } from './network-fixture.ts'

const everywhere = [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] as const
const fromClients = { ipProtocol: 'tcp', fromPort: 80, securityGroup: 'clients' } as const
const fromClientBlock = { ipProtocol: 'tcp', fromPort: 80, cidrBlock: '10.1.0.0/16' } as const

/** What was refused at an interface, else who got the packet. */
function outcome(lines: readonly string[]): string {
  const refused = lines.find((line) => line.includes(' REJECT '))
  const last = lines.at(-1) ?? ''
  return refused ? (refused.split(':', 1)[0] ?? '') : (last.split(':', 1)[0] ?? '')
}

describe('references to groups and a middlebox (VPC user guide, "Security group rules")', () => {
  /** A client, a server and an appliance in one VPC; routes lead the one, the other or both through the appliance. */
  function design(through: 'client' | 'server' | 'none', rule: typeof fromClients | typeof fromClientBlock): Design {
    const toServer: RouteDesign[] = [{ destinationCidrBlock: '10.1.2.0/24', instance: 'appliance' }]
    return {
      vpcs: {
        main: {
          cidrBlocks: ['10.1.0.0/16'],
          subnets: {
            one: { cidrBlock: '10.1.1.0/24', ...(through !== 'none' && { routeTable: 'through' }) },
            two: { cidrBlock: '10.1.2.0/24' },
            three: { cidrBlock: '10.1.3.0/24' },
          },
          routeTables: { through: { routes: toServer } },
          securityGroups: {
            clients:
              through === 'client'
                ? { egress: [{ ipProtocol: 'tcp', fromPort: 80, securityGroup: 'servers' }] }
                : { egress: everywhere },
            servers: { ingress: [rule] },
            open: { ingress: everywhere },
          },
        },
      },
      instances: {
        client: { subnet: 'one', privateIpAddress: '10.1.1.10', securityGroups: ['clients'] },
        server: { subnet: 'two', privateIpAddress: '10.1.2.10', securityGroups: ['servers'] },
        appliance: {
          subnet: 'three',
          privateIpAddress: '10.1.3.10',
          securityGroups: ['open'],
          sourceDestCheck: false,
        },
      },
    }
  }
  const request = tcp('10.1.1.10:40000', '10.1.2.10:80')

  it('hold where the local route leads', () => {
    const test = new TestNetwork(design('none', fromClients))
    expect(outcome(test.send('client', request))).toBe('delivered to server')
  })

  it('do not hold at the sender whose route leads through an appliance', () => {
    const test = new TestNetwork(design('client', fromClients))
    expect(outcome(test.send('client', request))).toBe('client egress REJECT no-security-group-rule')
  })

  it('do not hold at the receiver behind an appliance; blocks do', () => {
    for (const [rule, expected] of [
      [fromClients, 'server ingress REJECT no-security-group-rule'],
      [fromClientBlock, 'delivered to server'],
    ] as const) {
      const test = new TestNetwork(design('server', rule))
      expect(outcome(test.send('client', request))).toBe('delivered to appliance')
      expect(outcome(test.send('appliance', request, 1_000))).toBe(expected)
    }
  })

  it('hold for what the appliance sends and gets itself', () => {
    const base = design('client', fromClients)
    const test = new TestNetwork({
      ...base,
      instances: { ...base.instances, appliance: { ...base.instances?.appliance, securityGroups: ['clients'] } },
    })
    expect(outcome(test.send('appliance', tcp('10.1.3.10:40000', '10.1.2.10:80')))).toBe('delivered to server')
  })
})

describe('references to groups across a transit gateway (Transit Gateway guide, "Security group referencing")', () => {
  interface Options {
    readonly support?: boolean
    readonly attachmentSupport?: boolean
    readonly peered?: boolean
    readonly inspected?: boolean
    readonly localAppliance?: boolean
  }

  /** A client VPC and a server VPC, whose group names the clients' one; an inspection VPC between them where asked for. */
  function design({ support = true, attachmentSupport, peered, inspected, localAppliance }: Options): Design {
    const toGateway: RouteDesign[] = [{ destinationCidrBlock: '10.0.0.0/8', transitGateway: 'tgw' }]
    const pairOfSubnets = (place: number, routes: string) => ({
      [`hosts-${place}`]: { cidrBlock: `10.${place}.1.0/24`, routeTable: routes },
      [`tgw-${place}`]: { cidrBlock: `10.${place}.101.0/28` },
    })
    const attachment = (vpc: string, place: number) => ({
      vpc,
      subnets: [`tgw-${place}`],
      ...(attachmentSupport !== undefined &&
        vpc === 'client' && { securityGroupReferencingSupport: attachmentSupport }),
      ...(inspected && {
        associatedRouteTable: vpc === 'inspection' ? 'inspected' : 'spokes',
        propagatedRouteTables: ['inspected'],
      }),
    })
    return {
      vpcs: {
        client: {
          cidrBlocks: ['10.1.0.0/16'],
          subnets: {
            ...pairOfSubnets(1, localAppliance ? 'client-hosts' : 'client-tgw'),
            'appliance-1': { cidrBlock: '10.1.2.0/24', routeTable: 'client-tgw' },
          },
          routeTables: {
            'client-tgw': { routes: toGateway },
            'client-hosts': { routes: [{ destinationCidrBlock: '10.2.0.0/16', instance: 'local-appliance' }] },
          },
          securityGroups: { clients: { ingress: everywhere } },
        },
        server: {
          cidrBlocks: ['10.2.0.0/16'],
          subnets: pairOfSubnets(2, 'server-tgw'),
          routeTables: { 'server-tgw': { routes: toGateway } },
          securityGroups: { servers: { ingress: [fromClients] } },
        },
        inspection: {
          cidrBlocks: ['10.3.0.0/16'],
          subnets: {
            'hosts-3': { cidrBlock: '10.3.1.0/24', routeTable: 'inspection-tgw' },
            'tgw-3': { cidrBlock: '10.3.101.0/28', routeTable: 'to-appliance' },
          },
          routeTables: {
            'inspection-tgw': { routes: toGateway },
            'to-appliance': { routes: [{ destinationCidrBlock: '10.0.0.0/8', instance: 'appliance' }] },
          },
          securityGroups: { inspected: { ingress: everywhere } },
        },
      },
      transitGateways: {
        tgw: {
          securityGroupReferencingSupport: support,
          vpcAttachments: {
            client: attachment('client', 1),
            server: attachment('server', 2),
            inspection: attachment('inspection', 3),
          },
          ...(inspected && {
            routeTables: {
              spokes: { routes: [{ destinationCidrBlock: '10.0.0.0/8', attachment: 'inspection' }] },
              inspected: {},
            },
          }),
        },
      },
      ...(peered && { vpcPeeringConnections: { pair: { vpc: 'client', peerVpc: 'server' } } }),
      instances: {
        client: { subnet: 'hosts-1', privateIpAddress: '10.1.1.10', securityGroups: ['clients'] },
        'local-appliance': {
          subnet: 'appliance-1',
          privateIpAddress: '10.1.2.10',
          securityGroups: ['clients'],
          sourceDestCheck: false,
        },
        server: { subnet: 'hosts-2', privateIpAddress: '10.2.1.10', securityGroups: ['servers'] },
        appliance: {
          subnet: 'hosts-3',
          privateIpAddress: '10.3.1.10',
          securityGroups: ['inspected'],
          sourceDestCheck: false,
        },
      },
    }
  }
  const request = tcp('10.1.1.10:40000', '10.2.1.10:80')
  const refused = 'server ingress REJECT no-security-group-rule'

  it('hold for inbound rules where the gateway and the attachments support them', () => {
    expect(outcome(new TestNetwork(design({})).send('client', request))).toBe('delivered to server')
  })

  it('do not hold on the way across where a peering made the rule possible, but the gateway or an attachment supports none', () => {
    for (const options of [
      { support: false, peered: true },
      { attachmentSupport: false, peered: true },
    ]) {
      expect(outcome(new TestNetwork(design(options)).send('client', request))).toBe(refused)
    }
  })

  it('do not hold behind an inspection VPC', () => {
    const test = new TestNetwork(design({ inspected: true }))
    expect(outcome(test.send('client', request))).toBe('delivered to appliance')
    expect(outcome(test.send('appliance', request, 1_000))).toBe(refused)
  })

  it('do not hold behind an appliance before the gateway', () => {
    const test = new TestNetwork(design({ localAppliance: true }))
    expect(outcome(test.send('client', request))).toBe('delivered to local-appliance')
    expect(outcome(test.send('local-appliance', request, 1_000))).toBe(refused)
    const own = tcp('10.1.2.10:40000', '10.2.1.10:80')
    expect(outcome(test.send('local-appliance', own, 2_000))).toBe('delivered to server')
  })

  it('hold for no outbound rule, not even where a peering made it possible', () => {
    const base = design({ peered: true })
    const { client } = base.vpcs
    const egress = [{ ipProtocol: 'tcp', fromPort: 80, securityGroup: 'servers' }] as const
    const vpcs = { ...base.vpcs, client: { ...client, securityGroups: { clients: { egress } } } } as Design['vpcs']
    expect(outcome(new TestNetwork({ ...base, vpcs }).send('client', request))).toBe(
      'client egress REJECT no-security-group-rule',
    )
  })
})

describe('references to groups and a balancer', () => {
  it('cover the balancer whose client addresses are kept, not the clients behind it', () => {
    const design = (group: string): Design => ({
      vpcs: {
        main: {
          cidrBlocks: ['10.1.0.0/16'],
          subnets: { one: { cidrBlock: '10.1.1.0/24' }, two: { cidrBlock: '10.1.2.0/24' } },
          securityGroups: {
            clients: {},
            balancer: { ingress: everywhere },
            servers: { ingress: [{ ipProtocol: 'tcp', fromPort: 80, securityGroup: group }] },
          },
        },
      },
      instances: {
        client: { subnet: 'one', privateIpAddress: '10.1.1.10', securityGroups: ['clients'] },
        server: { subnet: 'two', privateIpAddress: '10.1.2.10', securityGroups: ['servers'] },
      },
      targetGroups: { web: { protocol: 'TCP', port: 80, vpc: 'main', targets: [{ instance: 'server' }] } },
      loadBalancers: {
        web: {
          scheme: 'internal',
          subnets: [{ subnet: 'two', privateIpAddress: '10.1.2.50' }],
          securityGroups: ['balancer'],
          listeners: [{ protocol: 'TCP', port: 80, targetGroup: 'web' }],
        },
      },
    })
    const request = tcp('10.1.1.10:40000', '10.1.2.50:80')
    const direct = tcp('10.1.1.10:40000', '10.1.2.10:80')
    expect(outcome(new TestNetwork(design('balancer')).send('client', request))).toBe('delivered to server')
    expect(outcome(new TestNetwork(design('clients')).send('client', request))).toBe(
      'server ingress REJECT no-security-group-rule',
    )
    expect(outcome(new TestNetwork(design('clients')).send('client', direct))).toBe('delivered to server')
  })
})
