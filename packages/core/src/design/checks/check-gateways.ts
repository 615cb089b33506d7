import type { CheckContext } from '../check-context.ts'
import type { Keys, RouteTableEntry, VpcEntry } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import { type InterfacePlan, instanceInterfaceName } from '../interface-plan.ts'
import type { RouteDesign } from '../vpc-design.ts'
import { hasInternetGateway, noGateway } from './check-interfaces.ts'
import { wrongVpc } from './check-vpcs.ts'

/** NAT gateways and the edge-associated tables of internet gateways. */
export function checkGateways(context: CheckContext): void {
  checkNatGateways(context)
  for (const vpc of context.index.vpcs.values()) checkEdgeTable(context, vpc)
}

function checkNatGateways(context: CheckContext): void {
  for (const { keys, value, vpc } of context.index.natGateways.values()) {
    const place = [...keys, 'subnet']
    const subnet = context.find('subnets', value.subnet, place)
    if (subnet && subnet.vpc !== vpc) wrongVpc(context, place, `The subnet ${subnet.name}`, subnet.vpc, vpc)
    const isPrivate = value.connectivityType === 'private'
    if (!isPrivate && !hasInternetGateway(vpc)) noGateway(context, keys, vpc)
    if (isPrivate && value.publicIp !== undefined) {
      context.error(
        'conflicting-keys',
        [...keys, 'publicIp'],
        'A private NAT gateway has no public address. Leave publicIp out, or connectivityType.',
        'InvalidParameterCombination',
      )
    }
  }
}

/** Source: VPC user guide, "Gateway route tables". */
function checkEdgeTable(context: CheckContext, vpc: VpcEntry): void {
  const gateway = vpc.value.internetGateway
  if (typeof gateway !== 'object' || gateway.routeTable === undefined) return
  const place = [...vpc.keys, 'internetGateway', 'routeTable']
  const table = context.find('routeTables', gateway.routeTable, place)
  if (!table) return
  if (table.vpc !== vpc) {
    wrongVpc(context, place, `The route table ${table.name}`, table.vpc, vpc)
    return
  }
  const user = context.index.subnetsOf(vpc).find((subnet) => subnet.value.routeTable === table.name)
  if (table.isMain || user) {
    const what = table.isMain ? "the VPC's main route table" : `the table of the subnet ${user?.name}`
    context.error(
      'gateway-route-table',
      place,
      `${table.name} is ${what}. Give the gateway a table of its own.`,
      'InvalidParameterValue',
    )
  }
  for (const [at, route] of (table.value.routes ?? []).entries()) {
    checkEdgeRoute(context, [...table.keys, 'routes', at], table, route)
  }
}

function checkEdgeRoute(context: CheckContext, keys: Keys, table: RouteTableEntry, route: RouteDesign): void {
  const { vpc } = table
  if (route.destinationPrefixList !== undefined) {
    context.error(
      'gateway-route-table',
      [...keys, 'destinationPrefixList'],
      "A gateway's table has no prefix lists. Name the VPC's block or a subnet's.",
      'InvalidParameterValue',
    )
    return
  }
  const text = route.destinationCidrBlock
  if (text === undefined) return
  const block = context.block(text)
  const blocks = [...vpc.value.cidrBlocks, ...(vpc.value.ipv6CidrBlocks ?? [])]
  if (!blocks.some((each) => context.block(each).containsBlock(block))) {
    context.error(
      'gateway-route-table',
      [...keys, 'destinationCidrBlock'],
      `${block} lies outside of the VPC, where a gateway's table has no routes. Name the VPC's block or a subnet's.`,
      'InvalidParameterValue',
    )
  }
  if (route.natGateway !== undefined) {
    context.error(
      'gateway-route-table',
      [...keys, 'natGateway'],
      "A gateway's table leads to ENIs and instances only. Name one of them.",
      'InvalidParameterValue',
    )
    return
  }
  const plan = context.interfaceNamed(route.networkInterface ?? route.instance ?? '')
  if (!plan) return
  const place = [...keys, route.networkInterface === undefined ? 'instance' : 'networkInterface']
  if (!isRunning(context, plan)) {
    context.error(
      'gateway-route-table',
      place,
      `${plan.name} is not attached to a running instance. Attach it, or start the instance.`,
      'InvalidParameterValue',
    )
  } else if (!plan.ipv4.some((request) => request.publicIp !== false) && block.version === 4) {
    context.error(
      'gateway-route-table',
      place,
      `${plan.name} has no public address, which a target behind an internet gateway needs. Add publicIp: true.`,
      'InvalidParameterValue',
    )
  }
}

function isRunning(context: CheckContext, plan: InterfacePlan): boolean {
  for (const { name, value } of context.index.instances.values()) {
    const names = value.networkInterfaces ?? [instanceInterfaceName(name)]
    if (names.includes(plan.name)) return value.state !== 'stopped'
  }
  return false
}

/** Exclusions of Block Public Access: each of one VPC or subnet, each once. */
export function checkBlockPublicAccess(context: CheckContext): void {
  const seen = new Map<string, Keys>()
  for (const [at, exclusion] of (context.index.design.vpcBlockPublicAccess?.exclusions ?? []).entries()) {
    const keys = ['vpcBlockPublicAccess', 'exclusions', at]
    if ((exclusion.vpc === undefined) === (exclusion.subnet === undefined)) {
      const both = exclusion.vpc !== undefined
      context.error(
        both ? 'conflicting-keys' : 'missing-key',
        keys,
        `The exclusion names ${both ? 'two things' : 'nothing'}. Give exactly one of vpc and subnet.`,
        both ? 'InvalidParameterCombination' : 'MissingParameter',
      )
      continue
    }
    if (exclusion.vpc !== undefined) context.find('vpcs', exclusion.vpc, [...keys, 'vpc'])
    if (exclusion.subnet !== undefined) context.find('subnets', exclusion.subnet, [...keys, 'subnet'])
    const same = `${exclusion.vpc === undefined ? 'subnet' : 'vpc'} ${exclusion.vpc ?? exclusion.subnet}`
    const first = seen.get(same)
    if (first)
      context.error('conflicting-keys', keys, `The ${same} is excluded at ${formatPath(first)} already. Leave one out.`)
    else seen.set(same, keys)
  }
}
