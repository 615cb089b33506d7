import type {
  Design,
  FlowLogDesign,
  InstanceDesign,
  Named,
  NetworkAclDesign,
  NetworkAclEntryDesign,
  RouteDesign,
  SecurityGroupDesign,
  SecurityGroupRuleDesign,
  SubnetDesign,
  VpcDesign,
} from '@flowtap/core'
import fc from 'fast-check'
import { port } from './five-tuple.ts'
import { logFormat } from './log-format.ts'

/** Limits of {@link design}. */
export interface DesignConstraints {
  /** 3 unless given, 1 to 9. */
  readonly maxVpcs?: number
  /** Instances in each VPC; 4 unless given. */
  readonly maxInstances?: number
  /** Whether a transit gateway or peering joins the VPCs, where there are several; true unless given. */
  readonly connectVpcs?: boolean
  /** Fields that every flow log has; the default format and others unless given. */
  readonly logFields?: readonly string[]
}

const ZONES = ['us-west-2a', 'us-west-2b'] as const
const TYPES = ['t3.micro', 'm5.large', 't2.micro', 'c7g.large', 'm4.large'] as const
const EVERYWHERE = '0.0.0.0/0'
const EVERYWHERE_IPV6 = '::/0'
/** Fields of version 11 that show tags, and whose they are. */
const TAGGED = [
  { field: 'instance-tag', resourceType: 'instance' },
  { field: 'interface-tag', resourceType: 'network-interface' },
  { field: 'asg-tag', resourceType: 'auto-scaling-group' },
] as const
const NAMES = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india'] as const

/**
 * A valid design of one to a few VPCs: public and private subnets in two zones with internet and NAT gateways, gateway endpoints, groups
 * and ACLs with rules of all kinds, tracked and untracked, instances of old and new types, flow logs at all three scopes with formats and
 * destinations of all kinds, and peering or a transit gateway between the VPCs. It shrinks to one VPC with one instance.
 */
export function design(constraints: DesignConstraints = {}): fc.Arbitrary<Design> {
  const { maxVpcs = 3, connectVpcs = true } = constraints
  return fc
    .integer({ min: 1, max: Math.min(maxVpcs, NAMES.length) })
    .chain((count) =>
      fc.record({
        parts: fc.tuple(...NAMES.slice(0, count).map((name, index) => vpcPart(name, index, constraints))),
        joint: connectVpcs && count > 1 ? fc.constantFrom('none', 'peering', 'transit-gateway') : fc.constant('none'),
      }),
    )
    .map(({ parts, joint }) => {
      const vpcs: Record<string, VpcDesign> = {}
      const instances: Record<string, InstanceDesign> = {}
      const flowLogs: Record<string, FlowLogDesign> = {}
      for (const part of parts) {
        vpcs[part.name] = withRoutes(part, joint, parts)
        Object.assign(instances, part.instances)
        Object.assign(flowLogs, part.flowLogs)
      }
      return { vpcs, instances, flowLogs, ...jointParts(joint, parts) }
    })
}

interface VpcPart {
  readonly name: string
  readonly cidrBlock: string
  readonly ipv6: boolean
  readonly hasGateway: boolean
  readonly hasNat: boolean
  readonly hasEndpoint: boolean
  readonly groups: Named<SecurityGroupDesign>
  readonly acls: Named<NetworkAclDesign>
  readonly subnets: Named<SubnetDesign>
  readonly instances: Named<InstanceDesign>
  readonly flowLogs: Named<FlowLogDesign>
}

/** Each VPC has a /16 of its own, so that any two can be joined. */
function vpcPart(name: string, index: number, constraints: DesignConstraints): fc.Arbitrary<VpcPart> {
  const cidrBlock = `10.${index}.0.0/16`
  const groupNames = [`${name}-web`, `${name}-data`]
  const aclNames = [`${name}-open`, `${name}-strict`]
  return fc
    .record({
      ipv6: fc.boolean(),
      hasGateway: fc.boolean(),
      hasNat: fc.boolean(),
      hasEndpoint: fc.boolean(),
      groups: fc.tuple(...groupNames.map((own) => securityGroup(own, groupNames, cidrBlock))),
      acls: fc.tuple(...aclNames.map(() => networkAcl(cidrBlock))),
      subnetAcls: fc.array(fc.option(fc.constantFrom(...aclNames), { nil: undefined }), { minLength: 4, maxLength: 4 }),
      instances: fc.array(instance(groupNames), { minLength: 1, maxLength: constraints.maxInstances ?? 4 }),
      scopes: fc.subarray(['vpc', 'subnet', 'networkInterface'] as const),
      flowLogs: fc.tuple(...[0, 1, 2].map(() => flowLog(constraints.logFields))),
    })
    .map((made) => {
      const { ipv6, hasGateway } = made
      const hasNat = made.hasNat && hasGateway
      const subnets: Record<string, SubnetDesign> = {}
      const kinds = ['public', 'private'] as const
      kinds.forEach((kind, row) => {
        ZONES.forEach((availabilityZone, column) => {
          const number = row * 2 + column
          const networkAcl = made.subnetAcls[number]
          subnets[`${name}-${kind}-${column}`] = {
            cidrBlock: `10.${index}.${number}.0/24`,
            availabilityZone,
            routeTable: `${name}-${kind}`,
            ...(kind === 'public' && hasGateway ? { mapPublicIpOnLaunch: true } : {}),
            ...(ipv6 ? { ipv6CidrBlock: `2001:db8:${index}:${number}::/64`, assignIpv6AddressOnCreation: true } : {}),
            ...(networkAcl === undefined ? {} : { networkAcl }),
          }
        })
      })
      const subnetNames = Object.keys(subnets)
      const instances: Record<string, InstanceDesign> = {}
      made.instances.forEach(({ place, ...rest }, number) => {
        instances[`${name}-instance-${number}`] = { ...rest, subnet: subnetNames[place] ?? `${name}-public-0` }
      })
      const flowLogs: Record<string, FlowLogDesign> = {}
      made.scopes.forEach((scope, number) => {
        const resource = { vpc: name, subnet: `${name}-public-0`, networkInterface: `${name}-instance-0` }[scope]
        flowLogs[`${name}-${scope}`] = { [scope]: resource, ...made.flowLogs[number] }
      })
      return {
        name,
        cidrBlock,
        ipv6,
        hasGateway,
        hasNat,
        hasEndpoint: made.hasEndpoint,
        groups: named(groupNames, made.groups),
        acls: named(aclNames, made.acls),
        subnets,
        instances,
        flowLogs,
      }
    })
}

function named<T>(names: readonly string[], values: readonly T[]): Named<T> {
  return Object.fromEntries(
    names.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]]])),
  )
}

function withRoutes(part: VpcPart, joint: string, parts: readonly VpcPart[]): VpcDesign {
  const { name, ipv6, hasGateway, hasNat } = part
  const others = parts.filter((other) => other !== part)
  const between: RouteDesign[] = []
  if (joint === 'transit-gateway') between.push({ destinationCidrBlock: '10.0.0.0/8', transitGateway: 'hub' })
  if (joint === 'peering') {
    // Each VPC is peered with the first one only: the others cannot reach each other through it.
    const [first] = parts
    for (const other of part === first ? others : first ? [first] : []) {
      const peering = part === first ? `${name}-${other.name}` : `${other.name}-${name}`
      between.push({ destinationCidrBlock: other.cidrBlock, vpcPeeringConnection: peering })
    }
  }
  const outside: RouteDesign[] = hasGateway ? [{ destinationCidrBlock: EVERYWHERE, internetGateway: true }] : []
  if (hasGateway && ipv6) outside.push({ destinationCidrBlock: EVERYWHERE_IPV6, internetGateway: true })
  const behindNat: RouteDesign[] = hasNat ? [{ destinationCidrBlock: EVERYWHERE, natGateway: `${name}-nat` }] : []
  if (ipv6) behindNat.push({ destinationCidrBlock: EVERYWHERE_IPV6, egressOnlyInternetGateway: true })
  return {
    cidrBlocks: [part.cidrBlock],
    ...(ipv6
      ? { ipv6CidrBlocks: [`2001:db8:${part.cidrBlock.split('.')[1]}::/56`], egressOnlyInternetGateway: true }
      : {}),
    ...(hasGateway ? { internetGateway: true } : {}),
    ...(hasNat ? { natGateways: { [`${name}-nat`]: { subnet: `${name}-public-0` } } } : {}),
    routeTables: {
      [`${name}-public`]: { routes: [...between, ...outside] },
      [`${name}-private`]: { routes: [...between, ...behindNat] },
    },
    ...(part.hasEndpoint
      ? { vpcEndpoints: { [`${name}-s3`]: { serviceName: 's3', routeTables: [`${name}-private`] } } }
      : {}),
    securityGroups: part.groups,
    networkAcls: part.acls,
    subnets: part.subnets,
  }
}

function jointParts(joint: string, parts: readonly VpcPart[]): Partial<Design> {
  const [first, ...others] = parts
  if (!first) return {}
  if (joint === 'peering') {
    return {
      vpcPeeringConnections: Object.fromEntries(
        others.map((other) => [`${first.name}-${other.name}`, { vpc: first.name, peerVpc: other.name }]),
      ),
    }
  }
  if (joint === 'transit-gateway') {
    const attachments = parts.map(
      ({ name }) => [`${name}-attachment`, { vpc: name, subnets: [`${name}-private-0`, `${name}-private-1`] }] as const,
    )
    return { transitGateways: { hub: { vpcAttachments: Object.fromEntries(attachments) } } }
  }
  return {}
}

function instance(groupNames: readonly string[]): fc.Arbitrary<Omit<InstanceDesign, 'subnet'> & { place: number }> {
  return fc
    .record({
      place: fc.nat({ max: 3 }),
      instanceType: fc.constantFrom(...TYPES),
      securityGroups: fc.option(fc.subarray([...groupNames], { minLength: 1 }), { nil: undefined }),
      sourceDestCheck: fc.oneof(
        { weight: 5, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
    })
    .map(({ securityGroups, ...rest }) => ({ ...rest, ...(securityGroups ? { securityGroups } : {}) }))
}

/** Groups with rules of all kinds; without rules for what comes in, with AWS's own for what goes out, or with neither. */
function securityGroup(
  own: string,
  groupNames: readonly string[],
  cidrBlock: string,
): fc.Arbitrary<SecurityGroupDesign> {
  const rules = fc.uniqueArray(securityGroupRule(groupNames, cidrBlock), {
    maxLength: 4,
    selector: (rule) => ruleKey(own, rule),
  })
  return fc.record({ ingress: rules, egress: rules }, { requiredKeys: [] })
}

/** What EC2 tells rules apart by: protocol, ports and peer; a group's own name is the same peer as `self`. */
function ruleKey(
  own: string,
  { ipProtocol, fromPort, toPort, cidrBlock, self, securityGroup }: SecurityGroupRuleDesign,
): string {
  return [ipProtocol, fromPort, toPort, cidrBlock, self ? own : securityGroup].join(' ')
}

function securityGroupRule(groupNames: readonly string[], cidrBlock: string): fc.Arbitrary<SecurityGroupRuleDesign> {
  const peer = fc.constantFrom<Pick<SecurityGroupRuleDesign, 'cidrBlock' | 'self' | 'securityGroup'>>(
    { cidrBlock: EVERYWHERE },
    { cidrBlock },
    { cidrBlock: EVERYWHERE_IPV6 },
    { self: true },
    ...groupNames.map((securityGroup) => ({ securityGroup })),
  )
  const ports = fc.constantFrom('tcp', 'udp').chain((ipProtocol) =>
    fc.oneof(
      fc.constant({ ipProtocol, fromPort: 0, toPort: 65_535 }),
      fc
        .tuple(port(), port())
        .map(([one, other]) => ({ ipProtocol, fromPort: Math.min(one, other), toPort: Math.max(one, other) })),
    ),
  )
  const protocol = fc.oneof(ports, fc.constant({ ipProtocol: 'all' as const }))
  return fc
    .oneof(
      fc.tuple(protocol, peer),
      // ICMP of the peer's version.
      peer.map((one) => [{ ipProtocol: one.cidrBlock === EVERYWHERE_IPV6 ? 'icmpv6' : 'icmp' }, one] as const),
    )
    .map(([one, other]) => ({ ...one, ...other }) as SecurityGroupRuleDesign)
}

function networkAcl(cidrBlock: string): fc.Arbitrary<NetworkAclDesign> {
  const entry: fc.Arbitrary<Omit<NetworkAclEntryDesign, 'ruleNumber'>> = fc.oneof(
    fc.constant({ ruleAction: 'allow', protocol: 'all', cidrBlock: EVERYWHERE } as const),
    fc.record({
      ruleAction: fc.constantFrom('allow', 'deny'),
      protocol: fc.constantFrom('tcp', 'udp'),
      portRange: fc.oneof(
        fc.constant({ from: 1_024, to: 65_535 }),
        port().map((one) => ({ from: one, to: one })),
      ),
      cidrBlock: fc.constantFrom(EVERYWHERE, cidrBlock, EVERYWHERE_IPV6),
    }),
  )
  const entries = fc
    .array(entry, { maxLength: 4 })
    .map((list) => list.map((one, index) => ({ ...one, ruleNumber: 100 + index * 10 })))
  return fc.record({ ingress: entries, egress: entries })
}

function flowLog(fields: readonly string[] | undefined): fc.Arbitrary<FlowLogDesign> {
  return fc
    .record({
      trafficType: fc.oneof(
        { weight: 3, arbitrary: fc.constant('ALL' as const) },
        { weight: 1, arbitrary: fc.constantFrom('ACCEPT' as const, 'REJECT' as const) },
      ),
      maxAggregationInterval: fc.constantFrom<60 | 600>(60, 600),
      format: logFormat(fields ? { including: fields } : {}),
      destination: fc.oneof(
        fc
          .record({
            fileFormat: fc.constantFrom<'plain-text' | 'parquet'>('plain-text', 'parquet'),
            hiveCompatiblePartitions: fc.boolean(),
            perHourPartition: fc.boolean(),
          })
          .map((destinationOptions) => ({ logDestination: 'arn:aws:s3:::flow-logs', destinationOptions })),
        fc.constant({ logGroupName: '/flow-logs' }),
      ),
    })
    .map(({ format, destination, ...rest }) => {
      const tagged = TAGGED.filter(({ field }) => format.fields.some((name) => name.startsWith(field)))
      return {
        ...rest,
        ...destination,
        logFormat: format.fields,
        ...(tagged.length > 0
          ? { tagFieldSpecifications: tagged.map(({ resourceType }) => ({ resourceType, tagKeys: ['Name', 'team'] })) }
          : {}),
      }
    })
}
