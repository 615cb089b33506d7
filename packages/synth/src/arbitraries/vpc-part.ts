import type {
  FlowLogDesign,
  InstanceDesign,
  LoadBalancerDesign,
  Named,
  NetworkAclDesign,
  NetworkInterfaceDesign,
  SecurityGroupDesign,
  SubnetDesign,
  TargetGroupDesign,
  VpcEndpointDesign,
} from '@flowtap/core'
import fc from 'fast-check'
import { flowLogs } from './flow-log.ts'
import { instance, type PlacedInstance } from './instance.ts'
import { mostly, networkAcl, securityGroup } from './security-rules.ts'

/** Limits of {@link vpcPart}. */
export interface VpcPartConstraints {
  /** 4 unless given. */
  readonly maxInstances?: number
  /** Fields that every flow log has. */
  readonly logFields?: readonly string[]
}

/** A VPC with what belongs to it, before it is joined with others. */
export interface VpcPart {
  readonly name: string
  readonly cidrBlock: string
  readonly ipv6: boolean
  readonly hasGateway: boolean
  readonly hasNat: boolean
  readonly hasPrivateNat: boolean
  readonly routesPrefixList: boolean
  readonly groups: Named<SecurityGroupDesign>
  readonly acls: Named<NetworkAclDesign>
  readonly subnets: Named<SubnetDesign>
  readonly endpoints: Named<VpcEndpointDesign>
  readonly instances: Named<InstanceDesign>
  readonly networkInterfaces: Named<NetworkInterfaceDesign>
  readonly loadBalancers: Named<LoadBalancerDesign>
  readonly targetGroups: Named<TargetGroupDesign>
  readonly flowLogs: Named<FlowLogDesign>
}

const ZONES = ['us-west-2a', 'us-west-2b'] as const

/** What is drawn of a load balancer. */
interface BalancerDraft {
  readonly isInternal: boolean
  readonly zones: number
  readonly isGrouped: boolean
  readonly crossZoneEnabled: boolean
  readonly protocol: 'TCP' | 'UDP' | 'TCP_UDP' | 'TLS'
  readonly port: number
  readonly byAddress: boolean
  readonly keepsClients: boolean
  readonly targets: number
  readonly hasEndpoint: boolean
}

/** What is drawn of an interface endpoint. */
interface EndpointDraft {
  readonly serviceName: string
  readonly zones: number
  readonly isGrouped: boolean
  readonly privateDnsEnabled: boolean
}

/** Each VPC has a /16 of its own, so that any two can be joined. */
export function vpcPart(name: string, index: number, constraints: VpcPartConstraints): fc.Arbitrary<VpcPart> {
  const cidrBlock = `10.${index}.0.0/16`
  const groupNames = [`${name}-web`, `${name}-data`]
  const aclNames = [`${name}-open`, `${name}-strict`]
  const { maxInstances = 4, logFields } = constraints
  return fc
    .record({
      ipv6: fc.boolean(),
      hasGateway: mostly(),
      nat: fc.constantFrom('none', 'public', 'public', 'private'),
      routesPrefixList: fc.boolean(),
      gatewayServices: fc.subarray(['s3', 'dynamodb']),
      endpoint: fc.option(endpoint(), { nil: undefined, freq: 2 }),
      balancer: fc.option(balancer(), { nil: undefined, freq: 2 }),
      hasDatabase: fc.boolean(),
      groups: fc.tuple(...groupNames.map((own) => securityGroup(own, groupNames, cidrBlock))),
      acls: fc.tuple(...aclNames.map(() => networkAcl(cidrBlock))),
      subnetAcls: fc.array(fc.option(fc.constantFrom(...aclNames), { nil: undefined, freq: 1 }), {
        minLength: 4,
        maxLength: 4,
      }),
      instances: fc.array(instance(groupNames), { minLength: 1, maxLength: maxInstances }),
      vpcFlowLogs: flowLogs(logFields, 2),
      subnetFlowLogs: flowLogs(logFields, 1),
      interfaceFlowLogs: flowLogs(logFields, 2),
    })
    .map((made) => {
      const { ipv6, hasGateway } = made
      const subnets = subnetsOf(name, index, ipv6, hasGateway, made.subnetAcls)
      const subnetNames = Object.keys(subnets)
      return {
        name,
        cidrBlock,
        ipv6,
        hasGateway,
        hasNat: made.nat === 'private' || (made.nat === 'public' && hasGateway),
        hasPrivateNat: made.nat === 'private',
        routesPrefixList: made.routesPrefixList && hasGateway,
        groups: named(groupNames, made.groups),
        acls: named(aclNames, made.acls),
        subnets,
        endpoints: endpointsOf(name, made),
        instances: instancesOf(name, subnetNames, made.instances),
        networkInterfaces: made.hasDatabase ? databaseOf(name) : {},
        ...balancerParts(name, made.balancer, hasGateway, made.instances.length),
        flowLogs: {
          ...flowLogsOf(`${name}-vpc`, { vpc: name }, made.vpcFlowLogs),
          ...flowLogsOf(`${name}-subnet`, { subnet: `${name}-public-0` }, made.subnetFlowLogs),
          ...flowLogsOf(`${name}-interface`, { networkInterface: `${name}-instance-0` }, made.interfaceFlowLogs),
        },
      }
    })
}

function endpoint(): fc.Arbitrary<EndpointDraft> {
  return fc.record({
    serviceName: fc.constantFrom('sqs', 'secretsmanager', 's3'),
    zones: fc.integer({ min: 1, max: ZONES.length }),
    isGrouped: fc.boolean(),
    privateDnsEnabled: fc.boolean(),
  })
}

function balancer(): fc.Arbitrary<BalancerDraft> {
  return fc.record({
    isInternal: fc.boolean(),
    zones: fc.integer({ min: 1, max: ZONES.length }),
    isGrouped: fc.boolean(),
    crossZoneEnabled: fc.boolean(),
    protocol: fc.constantFrom('TCP', 'UDP', 'TCP_UDP', 'TLS'),
    port: fc.constantFrom(80, 443, 53, 4_789),
    byAddress: fc.boolean(),
    keepsClients: fc.boolean(),
    targets: fc.integer({ min: 0, max: 2 }),
    hasEndpoint: fc.boolean(),
  })
}

function subnetsOf(
  name: string,
  index: number,
  ipv6: boolean,
  hasGateway: boolean,
  acls: readonly (string | undefined)[],
): Named<SubnetDesign> {
  const subnets: Record<string, SubnetDesign> = {}
  for (const [row, kind] of (['public', 'private'] as const).entries()) {
    for (const [column, availabilityZone] of ZONES.entries()) {
      const number = row * 2 + column
      const networkAcl = acls[number]
      subnets[`${name}-${kind}-${column}`] = {
        cidrBlock: `10.${index}.${number}.0/24`,
        availabilityZone,
        routeTable: `${name}-${kind}`,
        ...(kind === 'public' && hasGateway ? { mapPublicIpOnLaunch: true } : {}),
        ...(ipv6 ? { ipv6CidrBlock: `2001:db8:${index}:${number}::/64`, assignIpv6AddressOnCreation: true } : {}),
        ...(networkAcl === undefined ? {} : { networkAcl }),
      }
    }
  }
  return subnets
}

function endpointsOf(
  name: string,
  made: Readonly<{
    gatewayServices: readonly string[]
    endpoint: EndpointDraft | undefined
    balancer: BalancerDraft | undefined
  }>,
): Named<VpcEndpointDesign> {
  const endpoints: Record<string, VpcEndpointDesign> = {}
  for (const serviceName of made.gatewayServices) {
    endpoints[`${name}-${serviceName}`] = { serviceName, routeTables: [`${name}-private`] }
  }
  if (made.endpoint) {
    const { serviceName, zones, isGrouped, privateDnsEnabled } = made.endpoint
    endpoints[`${name}-${serviceName}-interface`] = {
      vpcEndpointType: 'Interface',
      serviceName,
      subnets: ZONES.slice(0, zones).map((_, column) => `${name}-private-${column}`),
      ...(isGrouped && { securityGroups: [`${name}-web`] }),
      privateDnsEnabled,
    }
  }
  if (made.balancer?.hasEndpoint) {
    endpoints[`${name}-service`] = {
      vpcEndpointType: 'Interface',
      loadBalancer: `${name}-balancer`,
      subnets: [`${name}-public-0`],
    }
  }
  return endpoints
}

function instancesOf(
  name: string,
  subnetNames: readonly string[],
  drafts: readonly PlacedInstance[],
): Named<InstanceDesign> {
  return Object.fromEntries(
    drafts.map(({ place, ...rest }, number) => [
      `${name}-instance-${number}`,
      { ...rest, subnet: subnetNames[place] ?? `${name}-public-0` },
    ]),
  )
}

function databaseOf(name: string): Named<NetworkInterfaceDesign> {
  return {
    [`${name}-database`]: {
      subnet: `${name}-private-0`,
      securityGroups: [`${name}-data`],
      requesterManaged: true,
      requesterId: 'amazon-rds',
    },
  }
}

function balancerParts(
  name: string,
  draft: BalancerDraft | undefined,
  hasGateway: boolean,
  instances: number,
): Pick<VpcPart, 'loadBalancers' | 'targetGroups'> {
  if (!draft) return { loadBalancers: {}, targetGroups: {} }
  const { protocol, port, zones, crossZoneEnabled, isGrouped, byAddress, keepsClients } = draft
  const isInternal = draft.isInternal || !hasGateway
  const isDatagram = protocol === 'UDP' || protocol === 'TCP_UDP'
  const numbers = Array.from({ length: Math.min(draft.targets, instances) }, (_, number) => number)
  return {
    loadBalancers: {
      [`${name}-balancer`]: {
        scheme: isInternal ? 'internal' : 'internet-facing',
        subnets: ZONES.slice(0, zones).map((_, column) => `${name}-${isInternal ? 'private' : 'public'}-${column}`),
        crossZoneEnabled,
        ...(isGrouped && { securityGroups: [`${name}-web`] }),
        listeners: [{ protocol, port, targetGroup: `${name}-targets` }],
      },
    },
    targetGroups: {
      [`${name}-targets`]: {
        protocol: protocol === 'TLS' ? 'TCP' : protocol,
        port: port === 443 ? 80 : port,
        vpc: name,
        targetType: byAddress ? 'ip' : 'instance',
        ...(!isDatagram && { preserveClientIp: keepsClients }),
        targets: numbers.map((number) =>
          byAddress ? { ipAddress: `${cidrStart(name)}.2.${50 + number}` } : { instance: `${name}-instance-${number}` },
        ),
      },
    },
  }
}

/** The first two bytes of a VPC's block: of the names in order. */
function cidrStart(name: string): string {
  return `10.${VPC_NAMES.indexOf(name)}`
}

/** Names of VPCs in order. */
export const VPC_NAMES: readonly string[] = [
  'alpha',
  'bravo',
  'charlie',
  'delta',
  'echo',
  'foxtrot',
  'golf',
  'hotel',
  'india',
]

function flowLogsOf(name: string, resource: FlowLogDesign, made: readonly FlowLogDesign[]): Named<FlowLogDesign> {
  return Object.fromEntries(made.map((one, number) => [`${name}-${number}`, { ...resource, ...one }]))
}

function named<T>(names: readonly string[], values: readonly T[]): Named<T> {
  return Object.fromEntries(
    names.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]]])),
  )
}
