import { DEFAULT_LOG_FORMAT, FLOW_LOG_FIELDS } from '@flowtap/parser'
import type { NextHop } from '../dataplane/next-hop.ts'
import type { Verdict } from '../dataplane/verdict.ts'
import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import { Packet, type PacketFields } from '../packet/packet.ts'
import type {
  AvailabilityZone,
  FlowLog,
  FlowLogDestination,
  InterfaceAttachment,
  InterfaceType,
  NetworkInterface,
  Subnet,
  Topology,
  TransitGateway,
  TransitGatewayAttachment,
  Vpc,
} from '../topology/topology.ts'

// Small topologies for the tests of flow tables, records and delivery: VPCs, subnets, ENIs, transit gateways and flow logs alone.

/** An ENI in words. Its VPC and subnet are made as they are named. */
export interface InterfaceSpec {
  readonly id: string
  readonly vpc?: string
  readonly subnet?: string
  readonly addresses: readonly string[]
  readonly kind?: InterfaceAttachment['kind']
  /** Instance id and family; of ENIs of instances. */
  readonly instanceId?: string
  readonly isNitro?: boolean
  readonly isRequesterManaged?: boolean
  readonly tags?: Readonly<Record<string, string>>
  readonly instanceTags?: Readonly<Record<string, string>>
  readonly autoScalingGroupTags?: Readonly<Record<string, string>>
  /** Of the transit-gateway attachment that it belongs to. */
  readonly transitGatewayAttachment?: string
}

/** A flow log in words: `on` is the id of a VPC, subnet, ENI, transit gateway or attachment. */
export interface FlowLogSpec {
  readonly id?: string
  readonly on: string
  readonly trafficType?: FlowLog['trafficType']
  readonly interval?: 60 | 600
  readonly format?: readonly string[]
  readonly tagKeys?: Partial<FlowLog['tagKeys']>
  readonly destination?: Partial<Extract<FlowLogDestination, { kind: 's3' }>> | { readonly logGroupName: string }
}

/** A topology in words. */
export interface TopologySpec {
  readonly interfaces: readonly InterfaceSpec[]
  readonly flowLogs?: readonly FlowLogSpec[]
  readonly serviceRanges?: Readonly<Record<string, string>>
  /** By subnet id. */
  readonly zones?: Readonly<Record<string, AvailabilityZone>>
  /** Primary CIDR blocks by VPC id; 10.0.0.0/16 unless given. */
  readonly cidrBlocks?: Readonly<Record<string, string>>
}

const REGION = 'us-west-2'
const ACCOUNT_ID = '123456789010'
const ZONE: AvailabilityZone = {
  name: 'us-west-2a',
  id: 'usw2-az1',
  kind: 'availability-zone',
  sublocationId: undefined,
}
const ATTACHMENT_INTERFACE_TYPES: Readonly<Record<InterfaceAttachment['kind'], InterfaceType>> = {
  instance: 'interface',
  'nat-gateway': 'nat_gateway',
  'transit-gateway': 'transit_gateway',
  'interface-endpoint': 'vpc_endpoint',
  'load-balancer': 'network_load_balancer',
  'gateway-load-balancer': 'gateway_load_balancer',
  'gateway-load-balancer-endpoint': 'gateway_load_balancer_endpoint',
  none: 'interface',
}

/** Every field of VPC flow logs. */
export const ALL_VPC_FIELDS: readonly string[] = FLOW_LOG_FIELDS.filter(({ appliesTo }) =>
  appliesTo.includes('vpc'),
).map(({ name }) => name)

/** Makes a topology of what flow logs look at; the rest of it is empty. */
export function flowTopology(spec: TopologySpec): Topology {
  const vpcs = new Map<string, Vpc>()
  const subnets = new Map<string, Subnet>()
  const attachments = new Map<string, TransitGatewayAttachment & { interfaces: NetworkInterface[] }>()
  const gateway = { id: 'tgw-0a1', name: 'gateway', tags: {}, attachments: [] as TransitGatewayAttachment[] }
  const interfaces: NetworkInterface[] = []
  spec.interfaces.forEach((one, index) => {
    const vpc = ensure(vpcs, one.vpc ?? 'vpc-0a1', (id) => makeVpc(id, spec.cidrBlocks?.[id] ?? '10.0.0.0/16'))
    const subnet = ensure(subnets, one.subnet ?? 'subnet-0a1', (id) => makeSubnet(id, vpc, spec.zones?.[id] ?? ZONE))
    const networkInterface = makeInterface(one, index, vpc, subnet)
    interfaces.push(networkInterface)
    if (one.transitGatewayAttachment === undefined) return
    const attachment = ensure(attachments, one.transitGatewayAttachment, (id) => {
      const transitGateway = gateway as unknown as TransitGateway
      return { id, name: id, tags: {}, vpc, transitGateway, interfaces: [] } as never
    })
    attachment.interfaces.push(networkInterface)
  })
  gateway.attachments.push(...attachments.values())
  const resources = { vpcs, subnets, interfaces, attachments, gateway: gateway as unknown as TransitGateway }
  return {
    accountId: ACCOUNT_ID,
    region: REGION,
    vpcs: [...vpcs.values()],
    subnets: [...subnets.values()],
    interfaces,
    transitGateways: attachments.size > 0 ? [gateway] : [],
    flowLogs: (spec.flowLogs ?? []).map((flowLog, index) => makeFlowLog(flowLog, index, resources)),
    serviceRanges: Object.entries(spec.serviceRanges ?? {}).map(([block, service]) => ({
      block: CidrBlock.of(block),
      service,
    })),
  } as unknown as Topology
}

/** The ENI with an id; throws where there is none. */
export function interfaceOf({ interfaces }: Topology, id: string): NetworkInterface {
  const found = interfaces.find((one) => one.id === id)
  if (!found) throw new RangeError(`no ENI ${id}`)
  return found
}

/** A packet from words: `10.0.0.1:443` or `[::1]:443`, ports only where there are some. */
export function packetOf(
  source: string,
  destination: string,
  protocol: number,
  fields: Partial<PacketFields> = {},
): Packet {
  const from = endpoint(source)
  const to = endpoint(destination)
  return new Packet({
    source: from.address,
    destination: to.address,
    protocol,
    sourcePort: from.port,
    destinationPort: to.port,
    ...fields,
  })
}

export const ACCEPT: Verdict = { action: 'ACCEPT', reason: { kind: 'tracked-connection' } }
export const REJECT: Verdict = { action: 'REJECT', reason: { kind: 'no-security-group-rule', groups: [] } }
export const BLOCKED: Verdict = { action: 'REJECT', reason: { kind: 'block-public-access' } }
export const NOT_FILTERED: Verdict = { action: 'ACCEPT', reason: { kind: 'not-filtered' } }
export const MIRRORED: Verdict = { action: 'ACCEPT', reason: { kind: 'mirrored-traffic' } }
/** The internet behind a gateway, from a Nitro instance. */
export const INTERNET: NextHop = { trafficPath: 8, networkInterface: undefined }

function ensure<T>(map: Map<string, T>, id: string, make: (id: string) => T): T {
  const known = map.get(id)
  if (known !== undefined) return known
  const made = make(id)
  map.set(id, made)
  return made
}

function makeVpc(id: string, cidrBlock: string): Vpc {
  return {
    id,
    name: id,
    tags: {},
    ownerId: ACCOUNT_ID,
    region: REGION,
    cidrBlocks: [CidrBlock.of(cidrBlock)],
    ipv6CidrBlocks: [],
    enableDnsSupport: true,
  } as unknown as Vpc
}

function makeSubnet(id: string, vpc: Vpc, availabilityZone: AvailabilityZone): Subnet {
  const routerAddress = vpc.cidrBlocks[0]?.network.plus(1)
  return { id, name: id, tags: {}, vpc, availabilityZone, routerAddress, routerIpv6Address: undefined } as never
}

function makeInterface(spec: InterfaceSpec, index: number, vpc: Vpc, subnet: Subnet): NetworkInterface {
  const addresses = spec.addresses.map((address) => IpAddress.of(address))
  const kind = spec.kind ?? 'instance'
  const instance = {
    id: spec.instanceId ?? `i-${spec.id.slice(4)}`,
    name: spec.id,
    tags: spec.instanceTags ?? {},
    isNitro: spec.isNitro ?? true,
    autoScalingGroup: spec.autoScalingGroupTags && { name: 'group', tags: spec.autoScalingGroupTags },
  }
  return {
    id: spec.id,
    name: spec.id,
    tags: spec.tags ?? {},
    index,
    vpc,
    subnet,
    ownerId: ACCOUNT_ID,
    interfaceType: ATTACHMENT_INTERFACE_TYPES[kind],
    addresses: addresses
      .filter(({ version }) => version === 4)
      .map((address) => ({ address, publicAddress: undefined })),
    ipv6Addresses: addresses.filter(({ version }) => version === 6),
    isRequesterManaged: spec.isRequesterManaged ?? kind !== 'instance',
    attachment: kind === 'instance' ? { kind, instance, deviceIndex: 0 } : { kind },
  } as unknown as NetworkInterface
}

interface Resources {
  readonly vpcs: ReadonlyMap<string, Vpc>
  readonly subnets: ReadonlyMap<string, Subnet>
  readonly interfaces: readonly NetworkInterface[]
  readonly attachments: ReadonlyMap<string, TransitGatewayAttachment>
  readonly gateway: TransitGateway
}

function makeFlowLog(spec: FlowLogSpec, index: number, resources: Resources): FlowLog {
  const id = spec.id ?? `fl-0${index + 1}`
  const destination = spec.destination ?? {}
  return {
    id,
    name: id,
    tags: {},
    resource: resourceOf(spec.on, resources),
    trafficType: spec.trafficType ?? 'ALL',
    maxAggregationIntervalSeconds: spec.interval ?? 60,
    logFormat: spec.format ?? DEFAULT_LOG_FORMAT.fields,
    tagKeys: { instance: [], networkInterface: [], autoScalingGroup: [], ...spec.tagKeys },
    destination:
      'logGroupName' in destination
        ? { kind: 'cloud-watch-logs', logGroupName: destination.logGroupName }
        : {
            kind: 's3',
            bucket: 'flow-logs',
            prefix: '',
            fileFormat: 'plain-text',
            hiveCompatiblePartitions: false,
            perHourPartition: false,
            ...destination,
          },
  }
}

function resourceOf(id: string, resources: Resources): FlowLog['resource'] {
  const vpc = resources.vpcs.get(id)
  if (vpc) return { kind: 'vpc', vpc }
  const subnet = resources.subnets.get(id)
  if (subnet) return { kind: 'subnet', subnet }
  const networkInterface = resources.interfaces.find((one) => one.id === id)
  if (networkInterface) return { kind: 'network-interface', networkInterface }
  const attachment = resources.attachments.get(id)
  if (attachment) return { kind: 'transit-gateway-attachment', attachment }
  if (id === resources.gateway.id) return { kind: 'transit-gateway', transitGateway: resources.gateway }
  throw new RangeError(`no resource ${id} for a flow log`)
}

function endpoint(text: string): { address: IpAddress; port: number } {
  const match = /^(?:\[(.+)\]:(\d+)|([\d.]+):(\d+)|(.+))$/.exec(text)
  const address = match?.[1] ?? match?.[3] ?? match?.[5] ?? ''
  return { address: IpAddress.of(address), port: Number(match?.[2] ?? match?.[4] ?? 0) }
}
