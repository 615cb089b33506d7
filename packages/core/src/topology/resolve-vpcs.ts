import { firstZone, zoneFacts } from '../aws/region.ts'
import type { Keys, VpcEntry, VpcOwned } from '../design/design-entry.ts'
import type { DesignIndex } from '../design/design-index.ts'
import { zoneOf } from '../design/interface-plan.ts'
import type { SubnetDesign } from '../design/vpc-design.ts'
import { draft } from './draft.ts'
import type {
  AvailabilityZone,
  BlockPublicAccessMode,
  EgressOnlyInternetGateway,
  InternetGateway,
  RouteTable,
  Subnet,
  Vpc,
} from './topology.ts'
import { must, type TopologyDrafts } from './topology-drafts.ts'

/** VPCs with their internet gateways, tables still without routes. */
export function resolveVpcs(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.vpcs.values()) {
    const { name, value } = entry
    drafts.vpcs.set(
      name,
      draft<Vpc>({
        ...drafts.resource('vpc', entry),
        ownerId: entry.ownerId,
        region: entry.region,
        cidrBlocks: value.cidrBlocks.map((text) => drafts.block(text)),
        ipv6CidrBlocks: (value.ipv6CidrBlocks ?? []).map((text) => drafts.block(text)),
        enableDnsSupport: value.enableDnsSupport ?? true,
        enableDnsHostnames: value.enableDnsHostnames ?? false,
        blockPublicAccess: blockPublicAccess(drafts.index, entry, undefined),
        internetGateway: undefined,
      }),
    )
  }
  for (const entry of drafts.index.routeTables.values()) {
    const vpc = must(drafts.vpcs.get(entry.vpc.name), `VPC ${entry.vpc.name}`)
    drafts.routeTables.set(entry.name, draft<RouteTable>({ ...drafts.resource('routeTable', entry), vpc }))
  }
  for (const entry of drafts.index.vpcs.values()) {
    const vpc = must(drafts.vpcs.get(entry.name), `VPC ${entry.name}`)
    vpc.mainRouteTable = drafts.mainRouteTable(entry)
    resolveInternetGateways(drafts, entry)
  }
}

function resolveInternetGateways(drafts: TopologyDrafts, entry: VpcEntry): void {
  const { name, keys } = entry
  const vpc = must(drafts.vpcs.get(name), `VPC ${name}`)
  const { internetGateway, egressOnlyInternetGateway } = entry.value
  if (internetGateway !== undefined && internetGateway !== false) {
    const value = internetGateway === true ? {} : internetGateway
    const named = gatewayEntry(`${name}/internet-gateway`, keys, value)
    const gateway = draft<InternetGateway>({
      ...drafts.resource('internetGateway', named),
      vpc,
      routeTable: value.routeTable === undefined ? undefined : drafts.routeTables.get(value.routeTable),
    })
    drafts.internetGateways.set(name, gateway)
    vpc.internetGateway = gateway
  }
  if (egressOnlyInternetGateway !== undefined && egressOnlyInternetGateway !== false) {
    const value = egressOnlyInternetGateway === true ? {} : egressOnlyInternetGateway
    const named = gatewayEntry(`${name}/egress-only-internet-gateway`, keys, value)
    drafts.egressOnlyInternetGateways.set(
      name,
      draft<EgressOnlyInternetGateway>({ ...drafts.resource('egressOnlyInternetGateway', named), vpc }),
    )
  }
}

function gatewayEntry<T>(name: string, keys: Keys, value: T): { name: string; keys: Keys; value: T } {
  return { name, keys, value }
}

/** Subnets, with their tables and ACLs. */
export function resolveSubnets(drafts: TopologyDrafts): void {
  const zones = new Map<string, AvailabilityZone>()
  for (const entry of drafts.index.subnets.values()) {
    const { value, vpc: owner } = entry
    const cidrBlock = value.cidrBlock === undefined ? undefined : drafts.block(value.cidrBlock)
    const ipv6CidrBlock = value.ipv6CidrBlock === undefined ? undefined : drafts.block(value.ipv6CidrBlock)
    const table =
      value.routeTable === undefined ? drafts.mainRouteTable(owner) : drafts.routeTables.get(value.routeTable)
    drafts.subnets.set(
      entry.name,
      draft<Subnet>({
        ...drafts.resource('subnet', entry),
        vpc: must(drafts.vpcs.get(owner.name), `VPC ${owner.name}`),
        availabilityZone: zone(drafts.index, entry, zones),
        cidrBlock,
        ipv6CidrBlock,
        routeTable: must(table, `route table of ${entry.name}`),
        networkAcl: must(drafts.networkAcls.get(value.networkAcl ?? `${owner.name}/default`), `ACL of ${entry.name}`),
        blockPublicAccess: blockPublicAccess(drafts.index, owner, entry.name),
        routerAddress: cidrBlock?.network.plus(1),
        routerIpv6Address: ipv6CidrBlock?.network.plus(1),
      }),
    )
  }
}

/** One object for each zone and Outpost. */
function zone(
  index: DesignIndex,
  subnet: VpcOwned<SubnetDesign>,
  zones: Map<string, AvailabilityZone>,
): AvailabilityZone {
  const name = zoneOf(subnet, firstZone)
  const facts = must(zoneFacts(subnet.vpc.region, name), `zone ${name}`)
  const outpost = subnet.value.outpostArn?.split('/').at(-1)
  const key = `${name} ${outpost ?? ''}`
  const known = zones.get(key)
  if (known) return known
  const ids = index.design.availabilityZones ?? {}
  const id = Object.hasOwn(ids, name) ? (ids[name]?.zoneId ?? facts.id) : facts.id
  const isSublocation = facts.kind !== 'availability-zone'
  const made: AvailabilityZone = {
    name,
    id,
    kind: outpost === undefined ? facts.kind : 'outpost',
    sublocationId: outpost ?? (isSublocation ? id : undefined),
  }
  zones.set(key, made)
  return made
}

/**
 * The mode of Block Public Access after exclusions: a subnet's own counts before its VPC's. It is a setting of the account in its region,
 * so VPCs of others have none. An egress exclusion lets nothing more out than the ingress mode does.
 * Source: VPC user guide, "Block public access to VPCs and subnets".
 */
function blockPublicAccess(index: DesignIndex, vpc: VpcEntry, subnet: string | undefined): BlockPublicAccessMode {
  const design = index.design.vpcBlockPublicAccess
  if (!design || design.internetGatewayBlockMode === 'off') return 'off'
  if (vpc.region !== index.region || vpc.ownerId !== index.accountId) return 'off'
  const exclusions = design.exclusions ?? []
  const exclusion =
    exclusions.find((each) => subnet !== undefined && each.subnet === subnet) ??
    exclusions.find((each) => each.vpc === vpc.name)
  if (exclusion?.internetGatewayExclusionMode === 'allow-bidirectional') return 'off'
  if (exclusion?.internetGatewayExclusionMode === 'allow-egress') return 'ingress'
  return design.internetGatewayBlockMode === 'block-ingress' ? 'ingress' : 'bidirectional'
}
