import { describe, expect, it } from 'vitest'
import { checkDesign } from '../design/check-design.ts'
import type { Design } from '../design/design.ts'
import type { VpcDesign } from '../design/vpc-design.ts'
import { CidrBlock } from '../net/cidr-block.ts'
import { resolveDesign } from './resolve-design.ts'
import { sortRoutes } from './route-priority.ts'
import type { Route, RouteTable, SecurityGroup, SecurityGroupRule, Topology } from './topology.ts'

const vpc = (more: Partial<VpcDesign> = {}, block = '10.0.0.0/16'): VpcDesign => ({
  cidrBlocks: [block],
  subnets: {},
  ...more,
})
const two = (first: Partial<VpcDesign>, second: Partial<VpcDesign>, more: Partial<Design> = {}): Design => ({
  vpcs: { a: vpc(first), b: vpc(second, '10.1.0.0/16') },
  ...more,
})
const named = <T extends { name: string }>(list: readonly T[], name: string): T => {
  const found = list.find((each) => each.name === name)
  if (!found) throw new Error(`no ${name} among ${list.map((each) => each.name)}`)
  return found
}
const ruleText = (rule: SecurityGroupRule): string => {
  const { peer } = rule
  const to =
    peer.kind === 'cidr'
      ? peer.block
      : peer.kind === 'prefix-list'
        ? peer.prefixList.name
        : (peer.group?.name ?? 'stale')
  return `${rule.protocol} ${rule.fromPort}-${rule.toPort} ${to}`
}
const rules = (group: SecurityGroup): unknown => ({ in: group.ingress.map(ruleText), out: group.egress.map(ruleText) })
const routeText = (table: RouteTable): string[] =>
  table.routes.map((route) => `${route.destination} ${route.origin} ${route.target.kind}`)

// AWS's own words are the expectation: VPC user guide, "Default security groups", "Default network ACL", "Custom network ACLs".
describe('what AWS makes by itself', () => {
  it('default and new groups', () => {
    const topology = resolveDesign({ vpcs: { a: vpc({ securityGroups: { web: {}, shut: { egress: [] } } }) } })
    expect(rules(named(topology.securityGroups, 'a/default'))).toEqual({
      in: ['-1 0-65535 a/default'],
      out: ['-1 0-65535 0.0.0.0/0'],
    })
    expect(rules(named(topology.securityGroups, 'web'))).toEqual({ in: [], out: ['-1 0-65535 0.0.0.0/0'] })
    expect(rules(named(topology.securityGroups, 'shut'))).toEqual({ in: [], out: [] })
    const dual = resolveDesign({ vpcs: { a: vpc({ ipv6CidrBlocks: ['2001:db8::/56'] }) } })
    expect(rules(named(dual.securityGroups, 'a/default'))).toEqual({
      in: ['-1 0-65535 a/default'],
      out: ['-1 0-65535 0.0.0.0/0', '-1 0-65535 ::/0'],
    })
  })

  it('default and custom ACLs', () => {
    const topology = resolveDesign({
      vpcs: { a: vpc({ ipv6CidrBlocks: ['2001:db8::/56'], networkAcls: { custom: {} } }) },
    })
    const acl = named(topology.networkAcls, 'a/default')
    for (const entries of [acl.ingress, acl.egress]) {
      expect(entries.map((each) => `${each.ruleNumber} ${each.action} ${each.protocol} ${each.cidrBlock}`)).toEqual([
        '100 allow -1 0.0.0.0/0',
        '101 allow -1 ::/0',
      ])
    }
    expect(named(topology.networkAcls, 'custom')).toMatchObject({ ingress: [], egress: [] })
  })

  it('local routes for each block, in every table', () => {
    const topology = resolveDesign({
      vpcs: {
        a: vpc({
          cidrBlocks: ['10.0.0.0/16', '10.4.0.0/16'],
          ipv6CidrBlocks: ['2001:db8::/56'],
          routeTables: { own: {} },
        }),
      },
    })
    for (const table of topology.routeTables) {
      expect(routeText(table)).toEqual([
        '10.0.0.0/16 local local',
        '10.4.0.0/16 local local',
        '2001:db8::/56 local local',
      ])
    }
  })

  it('instances get the default group, a private address, and a public one where the subnet says so', () => {
    const topology = resolveDesign({
      vpcs: { a: vpc({ subnets: { s: { cidrBlock: '10.0.0.0/24', mapPublicIpOnLaunch: true } } }) },
      instances: { one: { subnet: 's' }, two: { subnet: 's', publicIp: false } },
    })
    const [one, other] = topology.instances
    expect(one).toMatchObject({
      instanceType: 't3.micro',
      isNitro: true,
      isNitroV6: false,
      operatingSystem: 'linux',
      running: true,
    })
    expect(one?.interfaces[0]?.securityGroups.map((group) => group.name)).toEqual(['a/default'])
    expect(one?.interfaces[0]?.addresses[0]?.publicAddress?.toString()).toMatch(/^198\.51\.100\./)
    expect(other?.interfaces[0]?.addresses[0]?.publicAddress).toBeUndefined()
  })

  it('timers of connection tracking: 5 days, and 350 s on Nitro v6', () => {
    const topology = resolveDesign({
      vpcs: { a: vpc({ subnets: { s: { cidrBlock: '10.0.0.0/24' } } }) },
      instances: {
        old: { subnet: 's', instanceType: 't3.micro' },
        fifth: { subnet: 's', instanceType: 'm8g.large' },
        sixth: { subnet: 's', instanceType: 'm8i.large' },
        set: {
          subnet: 's',
          instanceType: 'm8i.large',
          connectionTrackingSpecification: { tcpEstablishedTimeout: 60, udpStreamTimeout: 100 },
        },
      },
    })
    expect(topology.interfaces.map((each) => Object.values(each.connectionTracking))).toEqual([
      [432_000, 30, 180],
      [432_000, 30, 180],
      [350, 30, 180],
      [60, 30, 100],
    ])
  })
})

describe('routes', () => {
  it('are tried by longest prefix, then local, static, prefix list, propagated', () => {
    const route = (destination: string, origin: Route['origin']): Route => ({
      destination: CidrBlock.of(destination),
      origin,
      prefixList: undefined,
      target: { kind: 'blackhole' },
    })
    const sorted = sortRoutes(
      [
        route('::/0', 'static'),
        route('0.0.0.0/0', 'propagated'),
        route('172.31.0.0/24', 'propagated'),
        route('172.31.0.0/24', 'prefix-list'),
        route('0.0.0.0/0', 'static'),
        route('172.31.0.0/24', 'static'),
        route('10.10.2.15/32', 'propagated'),
        route('10.10.2.0/24', 'local'),
      ].map((each) => ({ route: each, tieBreak: 0 })),
    )
    expect(sorted.map((each) => `${each.destination} ${each.origin}`)).toEqual([
      '10.10.2.15/32 propagated',
      '10.10.2.0/24 local',
      '172.31.0.0/24 static',
      '172.31.0.0/24 prefix-list',
      '172.31.0.0/24 propagated',
      '0.0.0.0/0 static',
      '0.0.0.0/0 propagated',
      '::/0 static',
    ])
  })

  it('to a prefix list are one for each entry; of two lists one wins, always the same', () => {
    const design: Design = two(
      {
        subnets: { s: { cidrBlock: '10.0.0.0/24' } },
        routeTables: {
          t: {
            routes: [
              { destinationPrefixList: 'x', instance: 'one' },
              { destinationPrefixList: 'y', instance: 'two' },
            ],
          },
        },
      },
      {},
      {
        instances: { one: { subnet: 's' }, two: { subnet: 's' } },
        prefixLists: { x: { entries: ['192.0.2.0/24', '198.51.100.0/24'] }, y: { entries: ['198.51.100.0/24'] } },
      },
    )
    const winner = (topology: Topology): unknown => {
      const found = named(topology.routeTables, 't').routes.find((route) =>
        route.destination.equals(CidrBlock.of('198.51.100.0/24')),
      )
      return found?.target.kind === 'network-interface' ? found.target.networkInterface.name : undefined
    }
    expect(named(resolveDesign(design).routeTables, 't').routes).toHaveLength(4)
    expect(winner(resolveDesign(design))).toBe(winner(resolveDesign(structuredClone(design))))
  })

  it('can take the local route’s place, and be more specific for a whole subnet', () => {
    const topology = resolveDesign({
      vpcs: {
        a: vpc({
          subnets: { s: { cidrBlock: '10.0.1.0/24' }, fw: { cidrBlock: '10.0.2.0/24' } },
          routeTables: {
            t: {
              routes: [
                { destinationCidrBlock: '10.0.0.0/16', instance: 'firewall' },
                { destinationCidrBlock: '10.0.1.0/24', instance: 'firewall' },
              ],
            },
          },
        }),
      },
      instances: { firewall: { subnet: 'fw', sourceDestCheck: false } },
    })
    expect(routeText(named(topology.routeTables, 't'))).toEqual([
      '10.0.1.0/24 static network-interface',
      '10.0.0.0/16 static network-interface',
    ])
  })

  it('of a gateway endpoint lead to the region’s prefix list', () => {
    const topology = resolveDesign({
      vpcs: { a: vpc({ vpcEndpoints: { s3: { serviceName: 's3', routeTables: ['a/main'] } } }) },
    })
    const [endpoint] = topology.gatewayEndpoints
    expect(endpoint).toMatchObject({
      serviceName: 'com.amazonaws.us-west-2.s3',
      prefixList: { id: 'pl-68a54001', service: 'S3' },
    })
    const s3 = topology.vpcs[0]?.mainRouteTable.routes.filter((route) => route.target.kind === 'gateway-endpoint')
    expect(s3?.map((route) => route.destination.toString()).sort()).toEqual(
      endpoint?.prefixList.entries.map(String).sort(),
    )
    expect(s3?.length).toBeGreaterThan(5)
  })
})

describe('groups across VPCs', () => {
  const design = (more: Partial<Design>): Design =>
    two(
      {
        subnets: { sa: { cidrBlock: '10.0.0.0/24' } },
        securityGroups: { ga: { ingress: [{ ipProtocol: 'all', securityGroup: 'gb' }] } },
      },
      { subnets: { sb: { cidrBlock: '10.1.0.0/24' } }, securityGroups: { gb: {} } },
      { instances: { one: { subnet: 'sb', securityGroups: ['gb'] } }, ...more },
    )
  const hub = (referencing: boolean, ofAttachment: boolean): Partial<Design> => ({
    transitGateways: {
      hub: {
        securityGroupReferencingSupport: referencing,
        vpcAttachments: {
          'to-a': { vpc: 'a', subnets: ['sa'], securityGroupReferencingSupport: ofAttachment },
          'to-b': { vpc: 'b', subnets: ['sb'] },
        },
      },
    },
  })

  it('are reached by peering, and by a transit gateway that supports it at both ends', () => {
    const reached = (more: Partial<Design>): unknown =>
      named(resolveDesign(design(more)).securityGroups, 'ga').ingress.map(ruleText)
    expect(reached({ vpcPeeringConnections: { p: { vpc: 'b', peerVpc: 'a' } } })).toEqual(['-1 0-65535 gb'])
    expect(reached(hub(true, true))).toEqual(['-1 0-65535 gb'])
    for (const more of [{}, hub(false, true), hub(true, false)]) {
      expect(checkDesign(design(more)).map((issue) => issue.code)).toEqual(['wrong-vpc'])
    }
  })

  it('of outbound rules are not reached by a transit gateway', () => {
    const outbound = design(hub(true, true))
    const group = { egress: [{ ipProtocol: 'all', securityGroup: 'gb' }] } as const
    const changed: Design = {
      ...outbound,
      vpcs: { ...outbound.vpcs, a: { ...(outbound.vpcs.a as VpcDesign), securityGroups: { ga: group } } },
    }
    expect(checkDesign(changed).map((issue) => issue.code)).toEqual(['wrong-vpc'])
  })

  it('that are gone leave a stale rule, which names no group', () => {
    const stale: Design = {
      vpcs: {
        a: vpc({ securityGroups: { g: { ingress: [{ ipProtocol: 'all', securityGroup: 'sg-0123456789abcdef0' }] } } }),
      },
    }
    expect(checkDesign(stale).map((issue) => `${issue.severity} ${issue.code}`)).toEqual(['warning stale-rule'])
    expect(named(resolveDesign(stale).securityGroups, 'g').ingress.map(ruleText)).toEqual(['-1 0-65535 stale'])
  })
})

describe('VPCs elsewhere', () => {
  const design: Design = {
    vpcs: {
      here: vpc({ securityGroups: { web: {} } }),
      there: vpc(
        {
          region: 'eu-west-1',
          ownerId: '210987654321',
          subnets: { s: { cidrBlock: '10.1.0.0/24' } },
          vpcEndpoints: { s3: { serviceName: 's3', routeTables: ['there/main'] } },
        },
        '10.1.0.0/16',
      ),
    },
    vpcPeeringConnections: { far: { vpc: 'here', peerVpc: 'there' } },
    instances: { one: { subnet: 's' } },
    vpcBlockPublicAccess: { internetGatewayBlockMode: 'block-bidirectional' },
  }

  it('keep their account, region, zones and prefix lists; Block Public Access is not theirs', () => {
    const topology = resolveDesign(design)
    expect(topology.peeringConnections[0]?.isInterRegion).toBe(true)
    expect(topology.interfaces[0]).toMatchObject({
      ownerId: '210987654321',
      subnet: { availabilityZone: { name: 'eu-west-1a', id: 'euw1-az1' } },
    })
    expect(topology.gatewayEndpoints[0]).toMatchObject({
      serviceName: 'com.amazonaws.eu-west-1.s3',
      prefixList: { id: 'pl-6da54004' },
    })
    expect(topology.vpcs.map((each) => each.blockPublicAccess)).toEqual(['bidirectional', 'off'])
  })

  it('cannot be logged, and their groups not named', () => {
    const logged: Design = { ...design, flowLogs: { far: { subnet: 's', logDestination: 's3://logs' } } }
    expect(checkDesign(logged).map((issue) => `${issue.code} ${issue.path}`)).toEqual([
      'flow-log-resource flowLogs.far.subnet',
    ])
    const here = vpc({ securityGroups: { web: { ingress: [{ ipProtocol: 'all', securityGroup: 'there/default' }] } } })
    expect(checkDesign({ ...design, vpcs: { ...design.vpcs, here } }).map((issue) => issue.code)).toEqual(['wrong-vpc'])
  })
})

describe('transit gateways', () => {
  it('learn the blocks of their VPCs; static routes come first, overlapping blocks are left', () => {
    const topology = resolveDesign({
      vpcs: {
        a: vpc({ subnets: { sa: { cidrBlock: '10.0.0.0/24' } } }),
        b: vpc({ subnets: { sb: { cidrBlock: '10.1.0.0/24' } } }, '10.1.0.0/16'),
        c: vpc({ subnets: { sc: { cidrBlock: '10.1.9.0/24' } } }, '10.1.0.0/16'),
      },
      transitGateways: {
        hub: {
          vpcAttachments: {
            'to-a': { vpc: 'a', subnets: ['sa'] },
            'to-b': { vpc: 'b', subnets: ['sb'] },
            'to-c': {
              vpc: 'c',
              subnets: ['sc'],
              associatedRouteTable: 'alone',
              propagatedRouteTables: ['hub/default', 'alone'],
            },
          },
          defaultRouteTable: {
            routes: [
              { destinationCidrBlock: '10.0.0.0/16', blackhole: true },
              { destinationCidrBlock: '0.0.0.0/0', attachment: 'to-b' },
            ],
          },
          routeTables: { alone: {} },
        },
      },
    })
    const text = (name: string): unknown =>
      named(topology.transitGateways[0]?.attachments ?? [], name).routes.map(
        (route) => `${route.destination} ${route.origin} ${route.attachment?.name ?? 'blackhole'}`,
      )
    const shared = [
      '10.0.0.0/16 static blackhole',
      '10.0.0.0/16 propagated to-a',
      '10.1.0.0/16 propagated to-b',
      '0.0.0.0/0 static to-b',
    ]
    expect(text('to-a')).toEqual(shared)
    expect(text('to-b')).toEqual(shared)
    expect(text('to-c')).toEqual(['10.1.0.0/16 propagated to-c'])
  })

  it('without a default table have no routes for attachments that name none', () => {
    const topology = resolveDesign({
      vpcs: { a: vpc({ subnets: { sa: { cidrBlock: '10.0.0.0/24' } } }) },
      transitGateways: {
        hub: { defaultRouteTableAssociation: false, vpcAttachments: { 'to-a': { vpc: 'a', subnets: ['sa'] } } },
      },
    })
    expect(topology.transitGateways[0]?.attachments[0]?.routes).toEqual([])
  })
})

describe('Block Public Access', () => {
  it.each([
    ['off', undefined, 'off'],
    ['block-ingress', undefined, 'ingress'],
    ['block-bidirectional', undefined, 'bidirectional'],
    ['block-bidirectional', 'allow-egress', 'ingress'],
    ['block-bidirectional', 'allow-bidirectional', 'off'],
    ['block-ingress', 'allow-egress', 'ingress'],
  ] as const)('%s with the exclusion %s is %s', (internetGatewayBlockMode, mode, expected) => {
    const exclusions = mode ? [{ subnet: 's', internetGatewayExclusionMode: mode }] : []
    const topology = resolveDesign({
      vpcs: { a: vpc({ subnets: { s: { cidrBlock: '10.0.0.0/24' }, other: { cidrBlock: '10.0.1.0/24' } } }) },
      vpcBlockPublicAccess: { internetGatewayBlockMode, exclusions },
    })
    const plain = { off: 'off', 'block-ingress': 'ingress', 'block-bidirectional': 'bidirectional' }[
      internetGatewayBlockMode
    ]
    expect(topology.subnets.map((each) => each.blockPublicAccess)).toEqual([expected, plain])
    expect(topology.vpcs[0]?.blockPublicAccess).toBe(plain)
  })
})

describe('zones', () => {
  it('have ids, sublocations and Outposts', () => {
    const topology = resolveDesign({
      availabilityZones: { 'us-west-2b': { zoneId: 'usw2-az9' } },
      vpcs: {
        a: vpc({
          subnets: {
            a: { cidrBlock: '10.0.0.0/24' },
            b: { cidrBlock: '10.0.1.0/24', availabilityZone: 'us-west-2b' },
            local: { cidrBlock: '10.0.2.0/24', availabilityZone: 'us-west-2-lax-1a' },
            wave: { cidrBlock: '10.0.3.0/24', availabilityZone: 'us-west-2-wl1-las-wlz-1' },
            post: {
              cidrBlock: '10.0.4.0/24',
              outpostArn: 'arn:aws:outposts:us-west-2:123456789012:outpost/op-1234567890abcdef0',
            },
          },
        }),
      },
    })
    expect(
      topology.subnets.map(
        ({ availabilityZone: zone }) => `${zone.name} ${zone.id} ${zone.kind} ${zone.sublocationId}`,
      ),
    ).toEqual([
      'us-west-2a usw2-az1 availability-zone undefined',
      'us-west-2b usw2-az9 availability-zone undefined',
      'us-west-2-lax-1a usw2-lax1-az1 local-zone usw2-lax1-az1',
      'us-west-2-wl1-las-wlz-1 usw2-wl1-las1-az1 wavelength-zone usw2-wl1-las1-az1',
      'us-west-2a usw2-az1 outpost op-1234567890abcdef0',
    ])
    expect(topology.subnets[0]?.routerAddress?.toString()).toBe('10.0.0.1')
  })
})

describe('endpoints and balancers', () => {
  const topology = resolveDesign({
    vpcs: {
      a: vpc({
        enableDnsHostnames: true,
        internetGateway: true,
        subnets: {
          s: { cidrBlock: '10.0.0.0/24', availabilityZone: 'us-west-2a' },
          t: { cidrBlock: '10.0.1.0/24', availabilityZone: 'us-west-2b' },
        },
        vpcEndpoints: {
          ecr: { vpcEndpointType: 'Interface', serviceName: 'ecr.api', subnets: ['s', 't'] },
          own: { vpcEndpointType: 'Interface', loadBalancer: 'lb', subnets: ['s'] },
        },
      }),
    },
    instances: { one: { subnet: 's', privateIpAddress: '10.0.0.10' } },
    loadBalancers: {
      lb: {
        subnets: ['s', { subnet: 't', privateIpAddress: '10.0.1.20', publicIp: '203.0.113.20' }],
        listeners: [
          { protocol: 'TCP', port: 80, targetGroup: 'tcp' },
          { protocol: 'UDP', port: 53, targetGroup: 'udp' },
        ],
      },
    },
    targetGroups: {
      tcp: { protocol: 'TCP', port: 8080, vpc: 'a', targets: [{ instance: 'one' }] },
      udp: {
        protocol: 'UDP',
        port: 53,
        vpc: 'a',
        targetType: 'ip',
        targets: [{ ipAddress: '10.0.0.10', port: 5353, healthy: false }, { ipAddress: '192.168.7.7' }],
      },
    },
  })

  it('have an ENI in each zone, named and addressed', () => {
    expect(
      topology.interfaces.map(
        (each) => `${each.name} ${each.interfaceType} ${each.hasSecurityGroups} ${each.isRequesterManaged}`,
      ),
    ).toEqual([
      'one/eth0 interface true false',
      'ecr/interface-endpoint/s vpc_endpoint true true',
      'ecr/interface-endpoint/t vpc_endpoint true true',
      'own/interface-endpoint/s vpc_endpoint true true',
      'lb/load-balancer/s network_load_balancer false true',
      'lb/load-balancer/t network_load_balancer false true',
    ])
    const balancer = topology.loadBalancers[0]
    expect(balancer?.interfaces.map((each) => each.addresses[0]?.publicAddress !== undefined)).toEqual([true, true])
    expect(
      `${balancer?.interfaces[1]?.addresses[0]?.address} ${balancer?.interfaces[1]?.addresses[0]?.publicAddress}`,
    ).toBe('10.0.1.20 203.0.113.20')
    expect(balancer?.id).toMatch(
      /^arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer\/net\/lb\/[0-9a-f]{16}$/,
    )
  })

  it('have the service’s name where private DNS is on', () => {
    const [ecr, own] = topology.interfaceEndpoints
    expect(ecr?.dnsNames.at(-1)).toBe('api.ecr.us-west-2.amazonaws.com')
    expect(ecr?.dnsNames[0]).toMatch(/^vpce-0[0-9a-f]{16}-[0-9a-f]{8}\.api\.ecr\.us-west-2\.vpce\.amazonaws\.com$/)
    expect(own).toMatchObject({ privateDnsEnabled: false, loadBalancer: { name: 'lb' } })
    expect(own?.serviceName).toMatch(/^com\.amazonaws\.vpce\.us-west-2\.vpce-svc-0[0-9a-f]{16}$/)
  })

  it('keep client addresses as AWS does: always for UDP, by target type for TCP', () => {
    const [tcp, udp] = topology.loadBalancers[0]?.listeners.map((listener) => listener.targetGroup) ?? []
    expect([tcp?.preserveClientIp, udp?.preserveClientIp]).toEqual([true, true])
    expect(
      tcp?.targets.map((each) => `${each.address}:${each.port} ${each.networkInterface?.name} ${each.healthy}`),
    ).toEqual(['10.0.0.10:8080 one/eth0 true'])
    expect(
      udp?.targets.map((each) => `${each.address}:${each.port} ${each.networkInterface?.name} ${each.healthy}`),
    ).toEqual(['10.0.0.10:5353 one/eth0 false', '192.168.7.7:53 undefined true'])
  })
})

describe('flow logs', () => {
  it('have AWS’s defaults, by the kind of resource', () => {
    const topology = resolveDesign({
      vpcs: { a: vpc({ subnets: { s: { cidrBlock: '10.0.0.0/24' } } }) },
      instances: { one: { subnet: 's', tags: { team: 'x' } } },
      transitGateways: { hub: { vpcAttachments: { att: { vpc: 'a', subnets: ['s'] } } } },
      flowLogs: {
        plain: { vpc: 'a', logDestination: 'arn:aws:s3:::logs/some/folder/' },
        hub: { transitGateway: 'hub', logGroupName: '/tgw' },
        att: {
          transitGatewayAttachment: 'att',
          logDestination: 'arn:aws:logs:us-west-2:123456789012:log-group:/tgw:*',
        },
        eni: {
          networkInterface: 'one',
          trafficType: 'REJECT',
          logFormat: '${interface-id}   ${instance-tag}',
          tagFieldSpecifications: [{ resourceType: 'instance', tagKeys: ['team'] }],
          logDestination: 's3://logs',
          destinationOptions: { fileFormat: 'parquet', perHourPartition: true },
        },
      },
    })
    const [plain, hub, att, eni] = topology.flowLogs
    expect(plain).toMatchObject({
      trafficType: 'ALL',
      maxAggregationIntervalSeconds: 600,
      destination: {
        kind: 's3',
        bucket: 'logs',
        prefix: 'some/folder',
        fileFormat: 'plain-text',
        hiveCompatiblePartitions: false,
        perHourPartition: false,
      },
    })
    expect(plain?.logFormat.join(' ')).toBe(
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
    )
    expect(hub).toMatchObject({
      maxAggregationIntervalSeconds: 60,
      trafficType: 'ALL',
      destination: { kind: 'cloud-watch-logs', logGroupName: '/tgw' },
    })
    expect(hub?.logFormat).toContain('packets-lost-no-route')
    expect(att).toMatchObject({
      resource: { kind: 'transit-gateway-attachment', attachment: { name: 'att' } },
      destination: { logGroupName: '/tgw' },
    })
    expect(eni).toMatchObject({
      resource: { kind: 'network-interface', networkInterface: { name: 'one/eth0' } },
      logFormat: ['interface-id', 'instance-tag'],
      tagKeys: { instance: ['team'], networkInterface: [], autoScalingGroup: [] },
      destination: { fileFormat: 'parquet', perHourPartition: true },
    })
  })
})

describe('ids and names of AWS’s own examples', () => {
  it('can be given: the transit-gateway example of the VPC user guide', () => {
    const topology = resolveDesign({
      accountId: '123456789010',
      region: 'us-east-1',
      vpcs: {
        a: {
          id: 'vpc-abcdefab012345678',
          cidrBlocks: ['10.40.0.0/16'],
          subnets: {
            one: { id: 'subnet-11111111aaaaaaaaa', cidrBlock: '10.40.1.0/24', availabilityZone: 'us-east-1a' },
            two: { id: 'subnet-22222222bbbbbbbbb', cidrBlock: '10.40.2.0/24', availabilityZone: 'us-east-1b' },
          },
        },
      },
      instances: {
        web: {
          id: 'i-01234567890123456',
          subnet: 'two',
          networkInterfaceId: 'eni-33333333333333333',
          privateIpAddress: '10.40.2.236',
        },
      },
      transitGateways: {
        hub: {
          vpcAttachments: {
            att: {
              vpc: 'a',
              subnets: [
                { subnet: 'one', networkInterfaceId: 'eni-11111111111111111', privateIpAddress: '10.40.1.175' },
                { subnet: 'two', networkInterfaceId: 'eni-22222222222222222', privateIpAddress: '10.40.2.31' },
              ],
            },
          },
        },
      },
    })
    expect(topology.interfaces.map((each) => `${each.id} ${each.addresses[0]?.address} ${each.subnet.id}`)).toEqual([
      'eni-33333333333333333 10.40.2.236 subnet-22222222bbbbbbbbb',
      'eni-11111111111111111 10.40.1.175 subnet-11111111aaaaaaaaa',
      'eni-22222222222222222 10.40.2.31 subnet-22222222bbbbbbbbb',
    ])
  })
})
