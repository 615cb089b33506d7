import { hashNumber } from '../aws/resource-id.ts'
import type { RouteTableEntry } from '../design/design-entry.ts'
import { fullServiceName } from '../design/endpoint-service.ts'
import { associationTable, propagatedBlocks } from '../design/transit-gateway-routes.ts'
import type { RouteDesign } from '../design/vpc-design.ts'
import { type RankedRoute, sortRoutes, sortTransitGatewayRoutes } from './route-priority.ts'
import type { PrefixList, Route, RouteTarget, TransitGatewayRoute } from './topology.ts'
import { must, type TopologyDrafts } from './topology-drafts.ts'

/** The routes of VPC route tables: local, static, by prefix lists, and those of gateway endpoints. */
export function resolveRoutes(drafts: TopologyDrafts): void {
  const endpoints = endpointRoutes(drafts)
  for (const entry of drafts.index.routeTables.values()) {
    const table = must(drafts.routeTables.get(entry.name), `route table ${entry.name}`)
    const own = (entry.value.routes ?? []).flatMap((route) => resolveRoute(drafts, entry, route))
    const replaced = new Set(own.map(({ route }) => route.destination.toString()))
    const local = [...table.vpc.cidrBlocks, ...table.vpc.ipv6CidrBlocks]
      .filter((block) => !replaced.has(block.toString()))
      .map(
        (destination): RankedRoute => ({
          route: { destination, origin: 'local', prefixList: undefined, target: { kind: 'local' } },
          tieBreak: 0,
        }),
      )
    table.routes = sortRoutes([...local, ...own, ...(endpoints.get(entry.name) ?? [])])
  }
}

function resolveRoute(drafts: TopologyDrafts, table: RouteTableEntry, route: RouteDesign): RankedRoute[] {
  const target = targetOf(drafts, table, route)
  if (route.destinationCidrBlock !== undefined) {
    const destination = drafts.block(route.destinationCidrBlock)
    return [{ route: { destination, origin: 'static', prefixList: undefined, target }, tieBreak: 0 }]
  }
  const name = route.destinationPrefixList ?? ''
  return expand(drafts, table.name, must(drafts.prefixLists.get(name), `prefix list ${name}`), target)
}

/** A route for each entry of a prefix list. */
function expand(drafts: TopologyDrafts, table: string, prefixList: PrefixList, target: RouteTarget): RankedRoute[] {
  const tieBreak = hashNumber(drafts.index, ['route', table, prefixList.name])
  return prefixList.entries.map((destination) => {
    const route: Route = { destination, origin: 'prefix-list', prefixList, target }
    return { route, tieBreak }
  })
}

function targetOf(drafts: TopologyDrafts, table: RouteTableEntry, route: RouteDesign): RouteTarget {
  const vpc = table.vpc.name
  if (route.internetGateway) {
    return { kind: 'internet-gateway', gateway: must(drafts.internetGateways.get(vpc), `internet gateway of ${vpc}`) }
  }
  if (route.egressOnlyInternetGateway) {
    const gateway = must(drafts.egressOnlyInternetGateways.get(vpc), `egress-only internet gateway of ${vpc}`)
    return { kind: 'egress-only-internet-gateway', gateway }
  }
  if (route.natGateway !== undefined) {
    return { kind: 'nat-gateway', gateway: must(drafts.natGateways.get(route.natGateway), route.natGateway) }
  }
  if (route.transitGateway !== undefined) {
    const attachment = [...drafts.attachments.values()].find(
      (each) => each.transitGateway.name === route.transitGateway && each.vpc.name === vpc,
    )
    return { kind: 'transit-gateway', attachment: must(attachment, `attachment of ${vpc}`) }
  }
  if (route.vpcPeeringConnection !== undefined) {
    const peering = must(drafts.peeringConnections.get(route.vpcPeeringConnection), route.vpcPeeringConnection)
    return { kind: 'peering-connection', peering }
  }
  const middlebox = route.networkInterface ?? route.instance
  if (middlebox === undefined) return { kind: 'blackhole' }
  const networkInterface =
    route.instance === undefined
      ? drafts.interfaceNamed(middlebox)
      : must(drafts.instances.get(middlebox)?.interfaces[0], `network interface of ${middlebox}`)
  return { kind: 'network-interface', networkInterface }
}

/** By route table: the routes that gateway endpoints bring. */
function endpointRoutes(drafts: TopologyDrafts): ReadonlyMap<string, readonly RankedRoute[]> {
  const routes = new Map<string, RankedRoute[]>()
  for (const { name, value, vpc } of drafts.index.vpcEndpoints.values()) {
    const endpoint = drafts.gatewayEndpoints.get(name)
    if (!endpoint) continue
    const list = must(
      drafts.prefixLists.get(fullServiceName(value.serviceName ?? '', vpc.region)),
      `prefix list of ${name}`,
    )
    for (const table of value.routeTables ?? []) {
      const known = routes.get(table) ?? []
      routes.set(table, [...known, ...expand(drafts, table, list, { kind: 'gateway-endpoint', endpoint })])
    }
  }
  return routes
}

/** The routes that each attachment's traffic meets at its transit gateway. */
export function resolveTransitGatewayRoutes(drafts: TopologyDrafts): void {
  const tables = new Map<string, TransitGatewayRoute[]>()
  for (const table of drafts.index.transitGatewayRouteTables.values()) {
    const routes = (table.value.routes ?? []).map(
      (route): TransitGatewayRoute => ({
        destination: drafts.block(route.destinationCidrBlock),
        origin: 'static',
        attachment:
          route.attachment === undefined ? undefined : must(drafts.attachments.get(route.attachment), route.attachment),
      }),
    )
    const propagated = propagatedBlocks(drafts.index, table).learned.map(
      ({ attachment, block }): TransitGatewayRoute => ({
        destination: block,
        origin: 'propagated',
        attachment: must(drafts.attachments.get(attachment.name), attachment.name),
      }),
    )
    tables.set(table.name, sortTransitGatewayRoutes([...routes, ...propagated]))
  }
  for (const entry of drafts.index.transitGatewayAttachments.values()) {
    const attachment = must(drafts.attachments.get(entry.name), `attachment ${entry.name}`)
    attachment.routes = tables.get(associationTable(entry) ?? '') ?? []
  }
}
