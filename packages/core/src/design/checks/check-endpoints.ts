import { firstZone } from '../../aws/region.ts'
import type { CheckContext } from '../check-context.ts'
import type { Keys, VpcEntry, VpcOwned } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import { fullServiceName, isGatewayService } from '../endpoint-service.ts'
import { placement, zoneOf } from '../interface-plan.ts'
import type { SubnetPlacementDesign, VpcEndpointDesign } from '../vpc-design.ts'
import { checkGroups } from './check-interfaces.ts'
import { wrongVpc } from './check-vpcs.ts'

type Endpoint = VpcOwned<VpcEndpointDesign>

type EndpointType = NonNullable<VpcEndpointDesign['vpcEndpointType']>
type EndpointKey = Exclude<keyof VpcEndpointDesign, 'id' | 'tags' | 'vpcEndpointType'>

/** What endpoints of a type have, and what they are called. */
const ENDPOINT_TYPES: Readonly<Record<EndpointType, { readonly word: string; readonly keys: readonly EndpointKey[] }>> =
  {
    Gateway: { word: 'A gateway endpoint', keys: ['serviceName', 'routeTables'] },
    Interface: {
      word: 'An interface endpoint',
      keys: ['serviceName', 'loadBalancer', 'subnets', 'securityGroups', 'privateDnsEnabled'],
    },
    GatewayLoadBalancer: {
      word: 'A Gateway Load Balancer endpoint',
      keys: ['gatewayLoadBalancer', 'subnets'],
    },
  }
const ENDPOINT_KEYS: readonly EndpointKey[] = [...new Set(Object.values(ENDPOINT_TYPES).flatMap(({ keys }) => keys))]

/** VPC endpoints of all types. Source: AWS PrivateLink guide; EC2 API reference, CreateVpcEndpoint. */
export function checkEndpoints(context: CheckContext): void {
  const tables = new Map<string, Keys>()
  const privateNames = new Map<string, Keys>()
  for (const endpoint of context.index.vpcEndpoints.values()) {
    const { vpcEndpointType = 'Gateway' } = endpoint.value
    const { word, keys } = ENDPOINT_TYPES[vpcEndpointType]
    for (const key of ENDPOINT_KEYS) {
      if (keys.includes(key) || endpoint.value[key] === undefined) continue
      const others = Object.entries(ENDPOINT_TYPES).filter(([, type]) => type.keys.includes(key))
      context.error(
        'conflicting-keys',
        [...endpoint.keys, key],
        `${word} has no ${key}. Leave it out, or write vpcEndpointType: ${others.map(([type]) => `'${type}'`).join(' or ')}.`,
        'InvalidParameterCombination',
      )
    }
    if (vpcEndpointType === 'GatewayLoadBalancer') {
      checkGatewayLoadBalancerEndpoint(context, endpoint)
      continue
    }
    const isInterface = vpcEndpointType === 'Interface'
    checkService(context, endpoint, isInterface)
    if (isInterface) checkInterfaceEndpoint(context, endpoint, privateNames)
    else checkGatewayEndpoint(context, endpoint, tables)
  }
}

function checkService(context: CheckContext, { keys, value, vpc }: Endpoint, isInterface: boolean): void {
  const isOwn = isInterface && value.loadBalancer !== undefined
  if (value.serviceName === undefined) {
    if (!isOwn) {
      const other = isInterface ? ', or loadBalancer for a service of your own' : ''
      context.error(
        'missing-key',
        [...keys, 'serviceName'],
        `The endpoint names no service. Give it serviceName${other}.`,
        'MissingParameter',
      )
    }
    return
  }
  const place = [...keys, 'serviceName']
  if (isOwn) {
    context.error(
      'conflicting-keys',
      place,
      'serviceName stands beside loadBalancer. Give one of them.',
      'InvalidParameterCombination',
    )
    return
  }
  const service = fullServiceName(value.serviceName, vpc.region)
  if (!service.startsWith(`com.amazonaws.${vpc.region}.`)) {
    context.error(
      'invalid-value',
      place,
      `${value.serviceName} is a service of another Region than the VPC's. Name one of ${vpc.region}.`,
      'InvalidServiceName',
    )
  } else if (!isInterface && !isGatewayService(service)) {
    context.error(
      'invalid-value',
      place,
      `${value.serviceName} has no gateway endpoint; S3 and DynamoDB have. Write vpcEndpointType: 'Interface', or name s3 or dynamodb.`,
      'InvalidParameter',
    )
  } else if (!isInterface && (context.index.prefixLists.get(service)?.value.entries.length ?? 0) === 0) {
    context.error('invalid-value', place, `No address ranges of ${service} are known. List them in awsServiceRanges.`)
  }
}

/** A table has one route to a service's prefix list. */
function checkGatewayEndpoint(context: CheckContext, { keys, value, vpc }: Endpoint, tables: Map<string, Keys>): void {
  const service = fullServiceName(value.serviceName ?? '', vpc.region)
  for (const [at, name] of (value.routeTables ?? []).entries()) {
    const place = [...keys, 'routeTables', at]
    const table = context.find('routeTables', name, place)
    if (!table) continue
    if (table.vpc !== vpc) wrongVpc(context, place, `The route table ${name}`, table.vpc, vpc)
    const same = `${name} ${service}`
    const first = tables.get(same)
    if (first) {
      context.error(
        'duplicate-route',
        place,
        `The table ${name} has a route to ${service} by ${formatPath(first)} already. Leave one out.`,
        'RouteAlreadyExists',
      )
    } else tables.set(same, place)
  }
}

/** It stands in one subnet, in a zone of its balancer. Source: PrivateLink guide, "Gateway Load Balancer endpoints". */
function checkGatewayLoadBalancerEndpoint(context: CheckContext, { keys, value, vpc }: Endpoint): void {
  const place = [...keys, 'subnets']
  checkPlacements(context, place, value.subnets ?? [], vpc)
  if (value.subnets?.length !== 1) {
    context.error(
      value.subnets ? 'invalid-value' : 'missing-key',
      place,
      `A Gateway Load Balancer endpoint stands in one subnet, and here are ${value.subnets?.length ?? 0}. Write one subnet, and an endpoint for each other zone.`,
      'InvalidParameter',
    )
  }
  if (value.gatewayLoadBalancer === undefined) {
    context.error(
      'missing-key',
      [...keys, 'gatewayLoadBalancer'],
      'The endpoint names no balancer. Give it gatewayLoadBalancer.',
      'MissingParameter',
    )
    return
  }
  const balancer = context.find('gatewayLoadBalancers', value.gatewayLoadBalancer, [...keys, 'gatewayLoadBalancer'])
  const [own] = (value.subnets ?? []).map((each) => context.index.subnets.get(placement(each).subnet))
  const others = (balancer?.value.subnets ?? []).map((each) => context.index.subnets.get(placement(each).subnet))
  if (!balancer || !own || others.some((each) => !each)) return
  const zones = others.flatMap((each) => (each ? [zoneOf(each, firstZone)] : []))
  if (zones.includes(zoneOf(own, firstZone))) return
  context.error(
    'wrong-zone',
    place,
    `The subnet ${own.name} stands in ${zoneOf(own, firstZone)}, where ${balancer.name} has no subnet. Name a subnet in ${zones.join(' or ')}, or add one to the balancer.`,
    'InvalidParameter',
  )
}

function checkInterfaceEndpoint(context: CheckContext, endpoint: Endpoint, privateNames: Map<string, Keys>): void {
  const { keys, value, vpc } = endpoint
  checkPlacements(context, [...keys, 'subnets'], value.subnets ?? [], vpc)
  checkGroups(context, [...keys, 'securityGroups'], value.securityGroups ?? [], vpc)
  if (value.loadBalancer !== undefined) {
    context.find('loadBalancers', value.loadBalancer, [...keys, 'loadBalancer'])
    if (value.privateDnsEnabled === true) {
      context.error(
        'not-simulated',
        [...keys, 'privateDnsEnabled'],
        'Private names of services of your own are not simulated. Leave privateDnsEnabled out.',
      )
    }
    return
  }
  if (value.privateDnsEnabled === false || value.serviceName === undefined) return
  const place = [...keys, 'privateDnsEnabled']
  if (vpc.value.enableDnsSupport === false || vpc.value.enableDnsHostnames !== true) {
    context.error(
      'private-dns',
      place,
      `Private DNS, on unless it is switched off, needs enableDnsSupport and enableDnsHostnames: true in the VPC ${vpc.name}. Set them, or privateDnsEnabled: false.`,
      'InvalidParameter',
    )
  }
  const same = `${vpc.name} ${fullServiceName(value.serviceName, vpc.region)}`
  const first = privateNames.get(same)
  if (first) {
    context.error(
      'private-dns',
      place,
      `The endpoint at ${formatPath(first)} has the service's private name already. Write privateDnsEnabled: false.`,
      'InvalidParameter',
    )
  } else privateNames.set(same, keys)
}

/** Subnets in which a service makes ENIs: they exist, in the VPC where it is known, one per zone. */
export function checkPlacements(
  context: CheckContext,
  keys: Keys,
  placements: readonly SubnetPlacementDesign[],
  vpc: VpcEntry | undefined,
): void {
  const zones = new Map<string, Keys>()
  let home = vpc
  for (const [at, design] of placements.entries()) {
    const place = typeof design === 'string' ? [...keys, at] : [...keys, at, 'subnet']
    const subnet = context.find('subnets', placement(design).subnet, place)
    if (!subnet) continue
    home ??= subnet.vpc
    if (subnet.vpc !== home) wrongVpc(context, place, `The subnet ${subnet.name}`, subnet.vpc, home)
    const zone = zoneOf(subnet, firstZone)
    const first = zones.get(zone)
    if (first) {
      context.error(
        'zone-twice',
        place,
        `${formatPath(first)} stands in ${zone} already, and one subnet per zone is allowed. Leave one out.`,
        'DuplicateSubnetsInSameZone',
      )
    } else zones.set(zone, place)
    if (subnet.value.cidrBlock === undefined) {
      context.error(
        'address-outside',
        place,
        `The subnet ${subnet.name} has no IPv4 addresses, which this needs. Name another subnet.`,
        'InvalidParameter',
      )
    }
  }
}
