import { CidrBlock } from '../../net/cidr-block.ts'
import { NAT64_PREFIX } from '../../net/nat64-prefix.ts'
import type { CheckContext } from '../check-context.ts'
import type { Keys, RouteTableEntry, VpcEntry } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import type { RouteDesign } from '../vpc-design.ts'
import { hasInternetGateway, noGateway } from './check-interfaces.ts'
import { checkCanonical, wrongVpc } from './check-vpcs.ts'

/** Ranges of AWS's own services to which no route can be added. Source: VPC user guide, "Subnet route tables", rules. */
const RESERVED_DESTINATIONS = ['169.254.168.0/22', 'fd00:ec2::/32'].map(CidrBlock.of)

/** IPv4 hosts as IPv6 clients see them. */
const NAT64 = CidrBlock.of(NAT64_PREFIX)

/** Keys of which a route has exactly one. */
export const ROUTE_TARGETS = [
  'internetGateway',
  'egressOnlyInternetGateway',
  'natGateway',
  'transitGateway',
  'vpcPeeringConnection',
  'networkInterface',
  'instance',
  'blackhole',
] as const

type TargetKey = (typeof ROUTE_TARGETS)[number]

/** Targets of routes that are as specific as the local route or more. */
const MIDDLEBOX_TARGETS: ReadonlySet<TargetKey> = new Set(['natGateway', 'networkInterface', 'instance', 'blackhole'])

/** Routes of VPC route tables. Source: VPC user guide, "Subnet route tables", and EC2 API reference, CreateRoute. */
export function checkRoutes(context: CheckContext): void {
  for (const table of context.index.routeTables.values()) {
    const destinations = new Map<string, Keys>()
    for (const [at, route] of (table.value.routes ?? []).entries()) {
      const keys = [...table.keys, 'routes', at]
      const target = soleTarget(context, keys, route)
      const destination = checkDestination(context, keys, table, route, target)
      if (destination !== undefined) {
        const first = destinations.get(destination)
        if (first) {
          context.error(
            'duplicate-route',
            keys,
            `The destination ${destination} stands at ${formatPath(first)} already. Leave one out.`,
            'RouteAlreadyExists',
          )
        } else destinations.set(destination, keys)
      }
      if (target) checkTarget(context, keys, table, route, target)
    }
  }
}

function soleTarget(context: CheckContext, keys: Keys, route: RouteDesign): TargetKey | undefined {
  const given = ROUTE_TARGETS.filter((key) => route[key] !== undefined)
  if (given.length === 1) return given[0]
  context.error(
    given.length === 0 ? 'missing-key' : 'conflicting-keys',
    keys,
    `The route names ${given.length === 0 ? 'no target' : given.join(' and ')}. Give exactly one of ${ROUTE_TARGETS.join(', ')}.`,
    given.length === 0 ? 'MissingParameter' : 'InvalidParameterCombination',
  )
  return undefined
}

/** The destination as a text that is the same for the same destination; undefined where there is an issue. */
function checkDestination(
  context: CheckContext,
  keys: Keys,
  table: RouteTableEntry,
  route: RouteDesign,
  target: TargetKey | undefined,
): string | undefined {
  const { destinationCidrBlock: text, destinationPrefixList: list } = route
  if ((text === undefined) === (list === undefined)) {
    context.error(
      text === undefined ? 'missing-key' : 'conflicting-keys',
      keys,
      `The route names ${text === undefined ? 'no destination' : 'two destinations'}. Give destinationCidrBlock or destinationPrefixList.`,
      text === undefined ? 'MissingParameter' : 'InvalidParameterCombination',
    )
    return undefined
  }
  if (list !== undefined) return checkPrefixListDestination(context, [...keys, 'destinationPrefixList'], list)
  const place = [...keys, 'destinationCidrBlock']
  const block = context.block(text ?? '')
  checkCanonical(context, place, text ?? '')
  const reserved = RESERVED_DESTINATIONS.find((each) => each.containsBlock(block))
  if (reserved) {
    context.error(
      'route-destination',
      place,
      `${block} lies in ${reserved}, which AWS keeps for its own services. Choose another destination.`,
      'InvalidParameterValue',
    )
    return undefined
  }
  if (target) checkInsideVpc(context, place, table.vpc, block, target)
  return block.toString()
}

function checkPrefixListDestination(context: CheckContext, keys: Keys, name: string): string | undefined {
  const list = context.find('prefixLists', name, keys)
  if (!list) return undefined
  if (list.service === 'S3' || list.service === 'DYNAMODB') {
    context.error(
      'route-destination',
      keys,
      `Routes to ${name} are made by a gateway endpoint. Name the table in a vpcEndpoint's routeTables.`,
      'InvalidParameterValue',
    )
    return undefined
  }
  return name
}

/** A destination inside of the VPC: the local route's own, or a whole subnet's, and only to what forwards. */
function checkInsideVpc(context: CheckContext, keys: Keys, vpc: VpcEntry, block: CidrBlock, target: TargetKey): void {
  const { value } = vpc
  const blocks = [...value.cidrBlocks, ...(value.ipv6CidrBlocks ?? [])].map((each) => context.block(each))
  const local = blocks.find((each) => each.containsBlock(block))
  if (!local) return
  if (!MIDDLEBOX_TARGETS.has(target)) {
    context.error(
      'route-destination',
      keys,
      `${block} lies in the VPC's own ${local}, where only a NAT gateway, an ENI or an instance can be the target. Choose another target.`,
      'InvalidParameterValue',
    )
    return
  }
  const isSubnet = context.index
    .subnetsOf(vpc)
    .flatMap((subnet) => [subnet.value.cidrBlock, subnet.value.ipv6CidrBlock])
    .some((text) => text !== undefined && context.block(text).equals(block))
  if (!local.equals(block) && !isSubnet) {
    context.error(
      'route-destination',
      keys,
      `${block} is more specific than the local route ${local} and is no subnet's whole block. Name a subnet's block, or ${local}.`,
      'InvalidParameterValue',
    )
  }
}

function checkTarget(
  context: CheckContext,
  keys: Keys,
  table: RouteTableEntry,
  route: RouteDesign,
  target: TargetKey,
): void {
  const { vpc } = table
  const place = [...keys, target]
  const name = String(route[target])
  switch (target) {
    case 'internetGateway':
      if (!hasInternetGateway(vpc)) noGateway(context, place, vpc)
      return
    case 'egressOnlyInternetGateway':
      checkEgressOnly(context, place, vpc, route)
      return
    case 'natGateway': {
      const gateway = context.find('natGateways', name, place)
      if (gateway && gateway.vpc !== vpc) wrongVpc(context, place, `The NAT gateway ${name}`, gateway.vpc, vpc)
      if (isIpv6(context, route) && !isNat64(context, route)) {
        context.error(
          'route-destination',
          place,
          `Of IPv6, a NAT gateway takes ${NAT64} alone. Name that, or use egressOnlyInternetGateway.`,
          'InvalidParameterValue',
        )
      }
      return
    }
    case 'transitGateway': {
      const gateway = context.find('transitGateways', name, place)
      const isAttached = Object.values(gateway?.value.vpcAttachments ?? {}).some((each) => each.vpc === vpc.name)
      if (gateway && !isAttached) {
        context.error(
          'route-target',
          place,
          `The VPC ${vpc.name} is not attached to ${name}. Add an attachment to its vpcAttachments.`,
          'InvalidTransitGatewayID.NotFound',
        )
      }
      return
    }
    case 'vpcPeeringConnection': {
      const peering = context.find('vpcPeeringConnections', name, place)
      if (peering && peering.value.vpc !== vpc.name && peering.value.peerVpc !== vpc.name) {
        context.error(
          'route-target',
          place,
          `${name} does not connect the VPC ${vpc.name}. Name one of its peering connections.`,
          'InvalidVpcPeeringConnectionID.NotFound',
        )
      }
      return
    }
    case 'networkInterface':
    case 'instance':
      checkMiddlebox(context, place, vpc, name, target)
      return
    case 'blackhole':
  }
}

function checkEgressOnly(context: CheckContext, keys: Keys, vpc: VpcEntry, route: RouteDesign): void {
  const { egressOnlyInternetGateway: gateway } = vpc.value
  if (gateway === undefined || gateway === false) {
    context.error(
      'route-target',
      keys,
      `The VPC ${vpc.name} has no egress-only internet gateway. Add egressOnlyInternetGateway: true to it.`,
      'InvalidGatewayID.NotFound',
    )
  } else if (!isIpv6(context, route)) {
    context.error(
      'route-target',
      keys,
      'An egress-only internet gateway takes IPv6 only. Choose a natGateway for IPv4, or an IPv6 destination such as ::/0.',
      'InvalidParameterValue',
    )
  }
}

function isIpv6(context: CheckContext, route: RouteDesign): boolean {
  const [listed] = context.index.prefixLists.get(route.destinationPrefixList ?? '')?.value.entries ?? []
  const text = route.destinationCidrBlock ?? listed
  return text !== undefined && context.block(text).version === 6
}

/** Source: VPC user guide, "DNS64 and NAT64". */
function isNat64(context: CheckContext, route: RouteDesign): boolean {
  const text = route.destinationCidrBlock
  return text !== undefined && NAT64.containsBlock(context.block(text))
}

function checkMiddlebox(
  context: CheckContext,
  keys: Keys,
  vpc: VpcEntry,
  name: string,
  target: 'networkInterface' | 'instance',
): void {
  if (target === 'instance' && !context.find('instances', name, keys)) return
  const plan = target === 'instance' ? context.interfaceNamed(name) : context.findInterface(name, keys)
  if (!plan) return
  if (plan.subnet.vpc !== vpc) wrongVpc(context, keys, `The network interface ${plan.name}`, plan.subnet.vpc, vpc)
  if (plan.owner.kind !== 'network-interface' && plan.owner.kind !== 'instance') {
    context.error(
      'route-target',
      keys,
      `${plan.name} belongs to a gateway, an endpoint or a balancer. Name an ENI of an instance.`,
      'InvalidParameterValue',
    )
  }
}
