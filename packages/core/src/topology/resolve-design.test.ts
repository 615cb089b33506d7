import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { articleDesign } from '../design/article-design.ts'
import { checkDesign } from '../design/check-design.ts'
import { defineDesign } from '../design/define-design.ts'
import { demoDesign } from '../design/demo-design.ts'
import type { Design } from '../design/design.ts'
import type { RouteDesign, SubnetDesign, VpcDesign } from '../design/vpc-design.ts'
import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import { resolveDesign } from './resolve-design.ts'
import type {
  EgressOnlyInternetGateway,
  FlowLog,
  GatewayEndpoint,
  Instance,
  InterfaceEndpoint,
  InternetGateway,
  MirrorFilter,
  MirrorSession,
  MirrorTarget,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  NetworkLoadBalancer,
  PeeringConnection,
  PrefixList,
  Route,
  RouteTable,
  SecurityGroup,
  Subnet,
  Topology,
  TransitGateway,
  TransitGatewayAttachment,
  Vpc,
} from './topology.ts'

type Keys<T> = Readonly<Record<keyof T, true>>
const resource = { id: true, name: true, tags: true } as const

/** The properties that each part must have: a property that is added to a type does not compile until it stands here. */
const PARTS: Readonly<Partial<Record<keyof Topology, Readonly<Record<string, true>>>>> = {
  vpcs: {
    ...resource,
    ownerId: true,
    region: true,
    cidrBlocks: true,
    ipv6CidrBlocks: true,
    enableDnsSupport: true,
    enableDnsHostnames: true,
    subnets: true,
    interfaces: true,
    mainRouteTable: true,
    defaultNetworkAcl: true,
    defaultSecurityGroup: true,
    internetGateway: true,
    blockPublicAccess: true,
  } satisfies Keys<Vpc>,
  subnets: {
    ...resource,
    vpc: true,
    availabilityZone: true,
    cidrBlock: true,
    ipv6CidrBlock: true,
    routeTable: true,
    networkAcl: true,
    interfaces: true,
    blockPublicAccess: true,
    routerAddress: true,
    routerIpv6Address: true,
  } satisfies Keys<Subnet>,
  routeTables: { ...resource, vpc: true, routes: true } satisfies Keys<RouteTable>,
  securityGroups: { ...resource, vpc: true, ingress: true, egress: true, members: true } satisfies Keys<SecurityGroup>,
  networkAcls: { ...resource, vpc: true, ingress: true, egress: true } satisfies Keys<NetworkAcl>,
  prefixLists: { ...resource, entries: true, maximumEntries: true, service: true } satisfies Keys<PrefixList>,
  instances: {
    ...resource,
    instanceType: true,
    isNitro: true,
    isNitroV6: true,
    interfaces: true,
    operatingSystem: true,
    autoScalingGroup: true,
    running: true,
  } satisfies Keys<Instance>,
  interfaces: {
    ...resource,
    index: true,
    vpc: true,
    subnet: true,
    ownerId: true,
    interfaceType: true,
    macAddress: true,
    addresses: true,
    ipv6Addresses: true,
    securityGroups: true,
    hasSecurityGroups: true,
    sourceDestinationCheck: true,
    isRequesterManaged: true,
    requesterId: true,
    attachment: true,
    connectionTracking: true,
  } satisfies Keys<NetworkInterface>,
  internetGateways: { ...resource, vpc: true, routeTable: true } satisfies Keys<InternetGateway>,
  egressOnlyInternetGateways: { ...resource, vpc: true } satisfies Keys<EgressOnlyInternetGateway>,
  natGateways: {
    ...resource,
    vpc: true,
    subnet: true,
    connectivity: true,
    networkInterface: true,
  } satisfies Keys<NatGateway>,
  transitGateways: { ...resource, attachments: true, securityGroupReferencing: true } satisfies Keys<TransitGateway>,
  peeringConnections: {
    ...resource,
    requester: true,
    accepter: true,
    isInterRegion: true,
  } satisfies Keys<PeeringConnection>,
  gatewayEndpoints: { ...resource, vpc: true, serviceName: true, prefixList: true } satisfies Keys<GatewayEndpoint>,
  interfaceEndpoints: {
    ...resource,
    vpc: true,
    serviceName: true,
    privateDnsEnabled: true,
    dnsNames: true,
    interfaces: true,
    loadBalancer: true,
  } satisfies Keys<InterfaceEndpoint>,
  loadBalancers: {
    ...resource,
    vpc: true,
    scheme: true,
    dnsName: true,
    crossZone: true,
    enforcesInboundRulesOnPrivateLink: true,
    interfaces: true,
    listeners: true,
  } satisfies Keys<NetworkLoadBalancer>,
  flowLogs: {
    ...resource,
    resource: true,
    trafficType: true,
    maxAggregationIntervalSeconds: true,
    logFormat: true,
    tagKeys: true,
    destination: true,
  } satisfies Keys<FlowLog>,
  mirrorFilters: { ...resource, rules: true, networkServices: true } satisfies Keys<MirrorFilter>,
  mirrorTargets: { ...resource, target: true } satisfies Keys<MirrorTarget>,
  mirrorSessions: {
    ...resource,
    source: true,
    target: true,
    filter: true,
    sessionNumber: true,
    packetLength: true,
    virtualNetworkId: true,
  } satisfies Keys<MirrorSession>,
}
const ATTACHMENT = {
  ...resource,
  transitGateway: true,
  vpc: true,
  interfaces: true,
  applianceMode: true,
  securityGroupReferencing: true,
  routes: true,
} satisfies Keys<TransitGatewayAttachment>

/** Properties that are rightly undefined in some resources. */
const MAY_BE_UNDEFINED = new Set([
  'internetGateway',
  'cidrBlock',
  'ipv6CidrBlock',
  'routerAddress',
  'routerIpv6Address',
  'service',
  'autoScalingGroup',
  'requesterId',
  'routeTable',
  'loadBalancer',
  'packetLength',
])

/** Knows what a topology must be, and nothing of how one is made. */
function checkTopology(topology: Topology): void {
  for (const [kind, keys] of Object.entries(PARTS)) {
    for (const part of topology[kind as keyof Topology] as readonly object[]) checkPart(part, keys)
  }
  for (const gateway of topology.transitGateways) for (const each of gateway.attachments) checkPart(each, ATTACHMENT)
  const ids = (Object.keys(PARTS) as (keyof Topology)[]).flatMap((kind) =>
    (topology[kind] as readonly { id: string }[]).map((each) => each.id),
  )
  expect(new Set(ids).size).toBe(ids.length)
  checkLinks(topology)
  for (const subnet of topology.subnets) checkAddresses(subnet)
  const publicAddresses = topology.interfaces.flatMap((each) =>
    each.addresses.flatMap(({ publicAddress }) => publicAddress?.toString() ?? []),
  )
  expect(new Set(publicAddresses).size).toBe(publicAddresses.length)
  const hosts = new Set(topology.internetHosts.flatMap((host) => host.addresses.map(String)))
  expect(publicAddresses.filter((each) => hosts.has(each))).toEqual([])
  for (const table of topology.routeTables) checkRoutes(table)
  checkFrozen(topology)
}

function checkPart(part: object, keys: Readonly<Record<string, true>>): void {
  expect(Object.keys(part).sort()).toEqual(Object.keys(keys).sort())
  const holes = Object.entries(part).filter(([key, value]) => value === undefined && !MAY_BE_UNDEFINED.has(key))
  expect(holes).toEqual([])
}

function checkLinks(topology: Topology): void {
  expect(topology.interfaces.map((each) => each.index)).toEqual(topology.interfaces.map((_, index) => index))
  for (const vpc of topology.vpcs) {
    expect(vpc.subnets).toEqual(topology.subnets.filter((each) => each.vpc === vpc))
    expect(vpc.interfaces).toEqual(topology.interfaces.filter((each) => each.vpc === vpc))
    for (const own of [vpc.mainRouteTable, vpc.defaultNetworkAcl, vpc.defaultSecurityGroup]) expect(own.vpc).toBe(vpc)
  }
  for (const subnet of topology.subnets) {
    expect(topology.vpcs).toContain(subnet.vpc)
    expect(topology.routeTables).toContain(subnet.routeTable)
    expect(topology.networkAcls).toContain(subnet.networkAcl)
    expect(subnet.interfaces).toEqual(topology.interfaces.filter((each) => each.subnet === subnet))
  }
  for (const group of topology.securityGroups) {
    expect(group.members).toEqual(topology.interfaces.filter((each) => each.securityGroups.includes(group)))
  }
  for (const each of topology.interfaces) {
    expect(each.vpc).toBe(each.subnet.vpc)
    expect(each.securityGroups.every((group) => group.vpc === each.vpc)).toBe(true)
    expect(each.securityGroups.length > 0).toBe(each.hasSecurityGroups)
    const { attachment } = each
    if (attachment.kind === 'instance') expect(attachment.instance.interfaces[attachment.deviceIndex]).toBe(each)
    if (attachment.kind === 'nat-gateway') expect(attachment.gateway.networkInterface).toBe(each)
    if (attachment.kind === 'transit-gateway') expect(attachment.attachment.interfaces).toContain(each)
    if (attachment.kind === 'interface-endpoint') expect(attachment.endpoint.interfaces).toContain(each)
    if (attachment.kind === 'load-balancer') expect(attachment.loadBalancer.interfaces).toContain(each)
  }
}

function checkAddresses(subnet: Subnet): void {
  const addresses = subnet.interfaces.flatMap((each) => [
    ...each.addresses.map(({ address }) => address),
    ...each.ipv6Addresses,
  ])
  expect(new Set(addresses.map(String)).size).toBe(addresses.length)
  for (const address of addresses) {
    const block = address.version === 4 ? subnet.cidrBlock : subnet.ipv6CidrBlock
    expect(block?.contains(address)).toBe(true)
    const offset = BigInt(numberOf(address)) - BigInt(numberOf(block?.network ?? address))
    expect(offset >= 4n).toBe(true)
    expect(address.toString()).not.toBe(block?.last.toString())
  }
}

function numberOf(address: IpAddress): string {
  return `0x${[...address.toBytes()].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** The first route that contains an address is the best one by AWS's priorities, found the slow way. */
function checkRoutes(table: RouteTable): void {
  for (const block of [...table.vpc.cidrBlocks, ...table.vpc.ipv6CidrBlocks]) {
    expect(table.routes.some((route) => route.destination.equals(block))).toBe(true)
  }
  const probes = table.routes.flatMap(({ destination }) => [destination.network, destination.last])
  for (const probe of probes) {
    const matching = table.routes.filter((route) => route.destination.contains(probe))
    const longest = Math.max(...matching.map((route) => route.destination.prefixLength))
    const order: readonly Route['origin'][] = ['local', 'static', 'prefix-list', 'propagated']
    const best = matching
      .filter((route) => route.destination.prefixLength === longest)
      .map((route) => order.indexOf(route.origin))
    const first = table.routes.find((route) => route.destination.contains(probe))
    expect(first?.destination.prefixLength).toBe(longest)
    expect(order.indexOf(first?.origin ?? 'propagated')).toBe(Math.min(...best))
  }
}

function checkFrozen(root: unknown): void {
  const seen = new Set<unknown>()
  const waiting = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (value === null || typeof value !== 'object' || seen.has(value)) continue
    seen.add(value)
    if (value instanceof CidrBlock || value instanceof IpAddress) continue
    expect(Object.isFrozen(value)).toBe(true)
    waiting.push(...Object.values(value))
  }
}

/** A topology as text: resources inside of resources by their ids. */
function textOf(topology: Topology): string {
  const flat = Object.entries(topology).map(([kind, part]) => {
    if (!Array.isArray(part)) return [kind, part]
    const parts = part.map((each: object) =>
      JSON.stringify(each, (key, value: unknown) => {
        const isOther = key !== '' && value !== null && typeof value === 'object' && 'id' in value && 'tags' in value
        return isOther ? `${(value as { id: string }).id}` : value
      }),
    )
    return [kind, parts]
  })
  return JSON.stringify(flat)
}

/** Designs that are valid by the way in which they are made: up to three VPCs with what the seed gives them. */
const validDesigns: fc.Arbitrary<Design> = fc
  .record({
    vpcs: fc.array(
      fc.record({
        subnets: fc.array(
          fc.record({ zone: fc.constantFrom('a', 'b', 'c'), isPublic: fc.boolean(), ipv6: fc.boolean() }),
          { minLength: 1, maxLength: 4 },
        ),
        instances: fc.array(
          fc.record({
            subnet: fc.nat(9),
            type: fc.constantFrom('t3.micro', 't2.micro', 'm8i.large'),
            publicIp: fc.boolean(),
            secondaries: fc.nat(3),
            group: fc.boolean(),
          }),
          { maxLength: 5 },
        ),
        endpoint: fc.boolean(),
        balancer: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    isPeered: fc.boolean(),
    isAttached: fc.boolean(),
    format: fc.boolean(),
  })
  .map(({ vpcs, isPeered, isAttached, format }): Design => {
    const entries = vpcs.map((vpc, at): [string, VpcDesign] => {
      const name = `v${at}`
      const routes: RouteDesign[] = [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }]
      if (isPeered && vpcs.length > 1 && at < 2)
        routes.push({ destinationCidrBlock: `10.${1 - at}.0.0/16`, vpcPeeringConnection: 'pair' })
      if (isAttached) routes.push({ destinationCidrBlock: '10.0.0.0/8', transitGateway: 'hub' })
      const subnets = vpc.subnets.map((subnet, number): [string, SubnetDesign] => [
        `${name}-s${number}`,
        {
          cidrBlock: `10.${at}.${number}.0/24`,
          availabilityZone: `us-west-2${subnet.zone}`,
          ...(subnet.isPublic ? { routeTable: `${name}-public`, mapPublicIpOnLaunch: true } : {}),
          ...(subnet.ipv6 ? { ipv6CidrBlock: `2001:db8:${at}:${number}::/64`, assignIpv6AddressOnCreation: true } : {}),
        },
      ])
      return [
        name,
        {
          cidrBlocks: [`10.${at}.0.0/16`],
          ipv6CidrBlocks: [`2001:db8:${at}::/56`],
          enableDnsHostnames: true,
          internetGateway: true,
          subnets: Object.fromEntries(subnets),
          routeTables: { [`${name}-public`]: { routes } },
          securityGroups: { [`${name}-web`]: { ingress: [{ ipProtocol: 'tcp', fromPort: 443, self: true }] } },
          natGateways: { [`${name}-nat`]: { subnet: `${name}-s0` } },
          vpcEndpoints: {
            ...(vpc.endpoint
              ? { [`${name}-ssm`]: { vpcEndpointType: 'Interface', serviceName: 'ssm', subnets: [`${name}-s0`] } }
              : {}),
            [`${name}-s3`]: { serviceName: 's3', routeTables: [`${name}-public`] },
          },
        },
      ]
    })
    const instances = vpcs.flatMap((vpc, at) =>
      vpc.instances.map((each, number) => [
        `v${at}-i${number}`,
        {
          instanceType: each.type,
          subnet: `v${at}-s${each.subnet % vpc.subnets.length}`,
          publicIp: each.publicIp,
          secondaryPrivateIpAddresses: Array.from({ length: each.secondaries }, () => ({})),
          ...(each.group ? { securityGroups: [`v${at}-web`, 'default'] } : {}),
        },
      ]),
    )
    const balancers = vpcs.flatMap((vpc, at) =>
      vpc.balancer ? [[`v${at}-nlb`, { scheme: 'internal', subnets: [`v${at}-s0`] }]] : [],
    )
    return {
      vpcs: Object.fromEntries(entries),
      instances: Object.fromEntries(instances),
      loadBalancers: Object.fromEntries(balancers),
      ...(isPeered && vpcs.length > 1 ? { vpcPeeringConnections: { pair: { vpc: 'v0', peerVpc: 'v1' } } } : {}),
      ...(isAttached
        ? {
            transitGateways: {
              hub: {
                vpcAttachments: Object.fromEntries(
                  vpcs.map((_, at) => [`v${at}-att`, { vpc: `v${at}`, subnets: [`v${at}-s0`] }]),
                ),
              },
            },
          }
        : {}),
      flowLogs: {
        all: { vpc: 'v0', logDestination: 's3://logs', ...(format ? { logFormat: '${srcaddr} ${dstaddr}' } : {}) },
      },
    }
  })

/** The same data with the keys of every object in another order. */
function shuffled(value: unknown, order: (keys: string[]) => string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, order))
  if (value === null || typeof value !== 'object') return value
  const object = value as Record<string, unknown>
  return Object.fromEntries(order(Object.keys(object)).map((key) => [key, shuffled(object[key], order)]))
}

describe('resolveDesign, for any valid design', () => {
  it('gives a topology that is whole, linked, frozen and by AWS’s rules', () => {
    fc.assert(
      fc.property(validDesigns, (design) => {
        expect(checkDesign(design)).toEqual([])
        checkTopology(resolveDesign(design))
      }),
      { numRuns: 60 },
    )
  })

  it('gives the same topology after a way through JSON', () => {
    fc.assert(
      fc.property(validDesigns, (design) => {
        const back = JSON.parse(JSON.stringify(defineDesign(design))) as Design
        expect(textOf(resolveDesign(back))).toBe(textOf(resolveDesign(design)))
      }),
      { numRuns: 30 },
    )
  })

  it('gives the same ids and addresses whatever the order of the keys', () => {
    const facts = (design: Design): unknown =>
      resolveDesign(design)
        .interfaces.map(
          (each) =>
            `${each.name} ${each.id} ${each.macAddress} ${each.addresses.map(({ address, publicAddress }) => `${address} ${publicAddress}`)} ${each.ipv6Addresses}`,
        )
        .sort()
    fc.assert(
      fc.property(validDesigns, (design) => {
        expect(facts(shuffled(design, (keys) => [...keys].reverse()) as Design)).toEqual(facts(design))
      }),
      { numRuns: 30 },
    )
  })

  it('other accounts and regions give other ids', () => {
    const ids = (design: Design): string[] => resolveDesign(design).interfaces.map((each) => each.id)
    const design = {
      vpcs: { v: { cidrBlocks: ['10.0.0.0/16'], subnets: { s: { cidrBlock: '10.0.0.0/24' } } } },
      instances: { i: { subnet: 's' } },
    }
    const all = [ids(design), ids({ ...design, accountId: '210987654321' }), ids({ ...design, region: 'eu-west-1' })]
    expect(new Set(all.flat()).size).toBe(3)
  })
})

describe('the checker of this test', () => {
  it.each<[string, (topology: Topology) => Topology]>([
    ['an ENI in the wrong place', (topology) => ({ ...topology, interfaces: [...topology.interfaces].reverse() })],
    ['a subnet whose VPC does not know it', (topology) => ({ ...topology, subnets: topology.subnets.slice(1) })],
    [
      'a route that comes too early',
      (topology) => ({
        ...topology,
        routeTables: topology.routeTables.map((table) => ({ ...table, routes: [...table.routes].reverse() })),
      }),
    ],
    ['a part that is not frozen', (topology) => ({ ...topology, detectors: [{ ...topology.detectors[0] }] as never })],
    [
      'a hole',
      (topology) => ({ ...topology, flowLogs: [{ ...topology.flowLogs[0], destination: undefined }] as never }),
    ],
  ])('sees %s', (_, spoil) => {
    const topology = resolveDesign(demoDesign())
    checkTopology(topology)
    expect(() => checkTopology(spoil(topology))).toThrow()
  })
})

describe('the reference designs', () => {
  it('resolve to the article’s network', () => {
    for (const design of [demoDesign(), articleDesign()]) {
      expect(checkDesign(design)).toEqual([])
      const topology = resolveDesign(design)
      checkTopology(topology)
      const demo = topology.interfaces.find((each) => each.name === 'demo')
      expect(demo?.addresses.map(({ address }) => address.toString())).toEqual(['10.0.1.101'])
      expect(demo?.subnet.routeTable.routes.at(-1)?.target).toMatchObject({
        kind: 'nat-gateway',
        gateway: { name: 'nat-a' },
      })
      expect(topology.natGateways.map((each) => each.subnet.availabilityZone.name)).toEqual([
        'us-west-2a',
        'us-west-2b',
      ])
      expect(
        topology.mirrorSessions.map((each) => [each.source.name, each.target.target.kind, each.sessionNumber]),
      ).toEqual([['demo', 'network-interface', 1]])
      expect(topology.internetHosts.flatMap((host) => host.dnsNames)).toContain('google.com')
      expect(topology.internetHosts.flatMap((host) => host.addresses.map(String))).toContain('54.246.214.20')
      expect(topology.detectors[0]?.findingPublishingFrequency).toBe('FIFTEEN_MINUTES')
    }
  })

  it('differ in the article’s faults', () => {
    const prefixes = (design: Design): unknown =>
      resolveDesign(design).flowLogs.map(({ destination }) => (destination.kind === 's3' ? destination.prefix : ''))
    expect(prefixes(articleDesign())).toEqual(['', '', ''])
    expect(prefixes(demoDesign())).toEqual(['', 'subnet', 'interface'])
    const article = resolveDesign(articleDesign())
    const demo = resolveDesign(demoDesign())
    expect(article.flowLogs.map((each) => [each.logFormat.length, each.maxAggregationIntervalSeconds])).toEqual([
      [14, 600],
      [14, 600],
      [14, 600],
    ])
    expect(demo.flowLogs.map((each) => each.logFormat.length)).toEqual([29, 29, 29])
    const directions = (topology: Topology): unknown =>
      topology.mirrorFilters.flatMap(({ rules }) => rules.map((rule) => rule.direction))
    expect(directions(article)).toEqual(['egress'])
    expect(directions(demo)).toEqual(['ingress', 'egress'])
    const groups = (topology: Topology, name: string): unknown =>
      topology.interfaces.find((each) => each.name === name)?.securityGroups.map((group) => group.name)
    expect([groups(article, 'demo'), groups(article, 'suricata')]).toEqual([['main/default'], ['main/default']])
    expect([groups(demo, 'demo'), groups(demo, 'suricata')]).toEqual([['demo'], ['sensor']])
    expect(article.instances.map((each) => each.name)).toContain('jumpbox')
  })
})
