import { CidrBlock } from '../net/cidr-block.ts'
import { IpAddress } from '../net/ip-address.ts'
import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import { Packet, type PacketFields } from '../packet/packet.ts'
import type {
  ConnectionTrackingTimeouts,
  FlowDirection,
  InterfaceAttachment,
  NetworkInterface,
  PrefixList,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Topology,
  Vpc,
} from '../topology/topology.ts'

// Topologies for the tests of groups and connection tracking: groups, prefix lists and ENIs, and nothing around them.

/** A rule in words: `peer` is a CIDR block, the name of a group or prefix list, or `stale`. */
export interface RuleSpec {
  readonly direction: FlowDirection
  readonly protocol: number
  readonly from?: number
  readonly to?: number
  readonly peer: string
}

/** An ENI in words. */
export interface InterfaceSpec {
  readonly id: string
  readonly addresses: readonly string[]
  readonly groups: readonly string[]
  readonly hasSecurityGroups?: boolean
  readonly timeouts?: Partial<ConnectionTrackingTimeouts>
  readonly attachment?: InterfaceAttachment
}

/** A topology in words. */
export interface TrackingSpec {
  readonly groups: Readonly<Record<string, readonly RuleSpec[]>>
  readonly prefixLists?: Readonly<Record<string, readonly string[]>>
  readonly interfaces: readonly InterfaceSpec[]
}

/** AWS's idle timers where nothing else is set, before Nitro v6. */
export const DEFAULT_TIMEOUTS: ConnectionTrackingTimeouts = {
  tcpEstablishedSeconds: 432_000,
  udpSeconds: 30,
  udpStreamSeconds: 180,
}

/** The VPC of all groups and ENIs. */
export const TRACKING_VPC: Vpc = { id: 'vpc-1', name: 'vpc', tags: {} } as unknown as Vpc
const vpc = TRACKING_VPC
const subnet = { id: 'subnet-1', name: 'subnet', tags: {}, vpc } as unknown as Subnet

/** Makes a topology of groups, prefix lists and ENIs; the rest of it is empty. */
export function trackingTopology(spec: TrackingSpec): Topology {
  type Mutable<T> = { -readonly [K in keyof T]: T[K] }
  const groups = new Map<string, Mutable<SecurityGroup>>(
    Object.keys(spec.groups).map((name) => [
      name,
      { id: `sg-${name}`, name, tags: {}, vpc, ingress: [], egress: [], members: [] },
    ]),
  )
  const prefixLists = new Map<string, PrefixList>(
    Object.entries(spec.prefixLists ?? {}).map(([name, entries]) => [
      name,
      {
        id: `pl-${name}`,
        name,
        tags: {},
        entries: entries.map((entry) => CidrBlock.of(entry)),
        maximumEntries: 100,
        service: undefined,
      },
    ]),
  )
  const interfaces = spec.interfaces.map((one, index) => makeInterface(one, index, groups))
  for (const [name, group] of groups) {
    const rules = (spec.groups[name] ?? []).map((rule, index) => makeRule(name, rule, index, groups, prefixLists))
    group.ingress = rules.filter((rule) => rule.direction === 'ingress')
    group.egress = rules.filter((rule) => rule.direction === 'egress')
    group.members = interfaces.filter((one) => one.securityGroups.includes(group))
  }
  return { interfaces, securityGroups: [...groups.values()] } as unknown as Topology
}

function makeRule(
  groupName: string,
  rule: RuleSpec,
  index: number,
  groups: ReadonlyMap<string, SecurityGroup>,
  prefixLists: ReadonlyMap<string, PrefixList>,
): SecurityGroupRule {
  const prefixList = prefixLists.get(rule.peer)
  const hasPorts = rule.protocol === IP_PROTOCOL.tcp || rule.protocol === IP_PROTOCOL.udp
  return {
    id: `sgr-${groupName}-${index}`,
    direction: rule.direction,
    protocol: rule.protocol,
    fromPort: rule.from ?? (hasPorts ? 0 : -1),
    toPort: rule.to ?? (hasPorts ? 65_535 : -1),
    peer: rule.peer.includes('/')
      ? { kind: 'cidr', block: CidrBlock.of(rule.peer) }
      : prefixList
        ? { kind: 'prefix-list', prefixList }
        : { kind: 'security-group', group: groups.get(rule.peer) },
  }
}

function makeInterface(
  spec: InterfaceSpec,
  index: number,
  groups: ReadonlyMap<string, SecurityGroup>,
): NetworkInterface {
  const addresses = spec.addresses.map((address) => IpAddress.of(address))
  return {
    id: spec.id,
    name: spec.id,
    tags: {},
    index,
    vpc,
    subnet,
    ownerId: '123456789012',
    interfaceType: 'interface',
    macAddress: '02:00:00:00:00:01',
    addresses: addresses
      .filter(({ version }) => version === 4)
      .map((address) => ({ address, publicAddress: undefined })),
    ipv6Addresses: addresses.filter(({ version }) => version === 6),
    securityGroups: spec.groups.flatMap((name) => groups.get(name) ?? []),
    hasSecurityGroups: spec.hasSecurityGroups ?? true,
    sourceDestinationCheck: true,
    isRequesterManaged: false,
    requesterId: undefined,
    attachment: spec.attachment ?? { kind: 'none' },
    connectionTracking: { ...DEFAULT_TIMEOUTS, ...spec.timeouts },
  }
}

/** A packet from words: `10.0.0.1:443` or `[::1]:443`, ports only where there are some. */
export function packetBetween(
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

function endpoint(text: string): { address: IpAddress; port: number } {
  const match = /^(?:\[(.+)\]:(\d+)|([\d.]+):(\d+)|(.+))$/.exec(text)
  const address = match?.[1] ?? match?.[3] ?? match?.[5] ?? ''
  return { address: IpAddress.of(address), port: Number(match?.[2] ?? match?.[4] ?? 0) }
}
