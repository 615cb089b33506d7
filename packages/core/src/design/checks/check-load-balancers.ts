import { IpAddress } from '../../net/ip-address.ts'
import { isPublicAddress } from '../../net/public-address.ts'
import { GENEVE_PORT } from '../../packet/geneve.ts'
import type { CheckContext } from '../check-context.ts'
import type { Entry, Keys, VpcEntry } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import { placement } from '../interface-plan.ts'
import type {
  ListenerDesign,
  LoadBalancerDesign,
  LoadBalancerProtocol,
  TargetDesign,
  TargetGroupDesign,
  TargetGroupProtocol,
} from '../load-balancer-design.ts'
import { checkPlacements } from './check-endpoints.ts'
import { checkGroups, hasInternetGateway, noGateway } from './check-interfaces.ts'
import { wrongVpc } from './check-vpcs.ts'

/** Protocols of target groups that a listener of a protocol can forward to. Source: NLB guide, "Listeners". */
const TARGET_PROTOCOLS: Readonly<Record<LoadBalancerProtocol, readonly TargetGroupProtocol[]>> = {
  TCP: ['TCP'],
  TLS: ['TCP', 'TLS'],
  UDP: ['UDP'],
  TCP_UDP: ['TCP_UDP'],
}

/** Transports whose ports a listener takes. */
const TRANSPORTS: Readonly<Record<LoadBalancerProtocol, readonly ('tcp' | 'udp')[]>> = {
  TCP: ['tcp'],
  TLS: ['tcp'],
  UDP: ['udp'],
  TCP_UDP: ['tcp', 'udp'],
}

/** Network Load Balancers and target groups. Source: Elastic Load Balancing, user guide for Network Load Balancers. */
export function checkLoadBalancers(context: CheckContext): void {
  const users = new Map<string, string>()
  for (const balancer of context.index.loadBalancers.values()) checkBalancer(context, balancer, users)
  for (const group of context.index.targetGroups.values()) checkTargetGroup(context, group)
}

function checkBalancer(context: CheckContext, balancer: Entry<LoadBalancerDesign>, users: Map<string, string>): void {
  const { name, keys, value } = balancer
  checkBalancerName(context, keys, name)
  checkPlacements(context, [...keys, 'subnets'], value.subnets, undefined)
  const vpc = value.subnets.map((each) => context.index.subnets.get(placement(each).subnet)?.vpc).find((each) => each)
  if (vpc) {
    checkGroups(context, [...keys, 'securityGroups'], value.securityGroups ?? [], vpc)
    if (value.scheme !== 'internal' && !hasInternetGateway(vpc)) noGateway(context, keys, vpc)
  }
  for (const [at, each] of value.subnets.entries()) {
    if (value.scheme === 'internal' && placement(each).publicIp !== undefined) {
      context.error(
        'conflicting-keys',
        [...keys, 'subnets', at, 'publicIp'],
        "An internal balancer has no public addresses. Leave publicIp out, or write scheme: 'internet-facing'.",
        'InvalidConfigurationRequest',
      )
    }
  }
  const ports = new Map<string, Keys>()
  for (const [at, listener] of (value.listeners ?? []).entries()) {
    checkListener(context, [...keys, 'listeners', at], name, vpc, listener, ports, users)
  }
}

/** Source: Elastic Load Balancing API reference, CreateLoadBalancer and CreateTargetGroup, Name. */
export function checkBalancerName(context: CheckContext, keys: Keys, name: string): void {
  if (/^(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name)) return
  context.error(
    'invalid-name',
    keys,
    `${name} cannot be the name of a balancer or target group: at most 32 letters, digits and hyphens, none at the ends, not beginning with internal-.`,
    'ValidationError',
  )
}

function checkListener(
  context: CheckContext,
  keys: Keys,
  balancer: string,
  vpc: VpcEntry | undefined,
  listener: ListenerDesign,
  ports: Map<string, Keys>,
  users: Map<string, string>,
): void {
  for (const transport of TRANSPORTS[listener.protocol]) {
    const port = `${transport} ${listener.port}`
    const first = ports.get(port)
    if (first) {
      context.error(
        'duplicate-listener',
        [...keys, 'port'],
        `${formatPath(first)} listens at that port already. Choose another port.`,
        'DuplicateListener',
      )
      break
    }
    ports.set(port, keys)
  }
  const place = [...keys, 'targetGroup']
  const group = context.find('targetGroups', listener.targetGroup, place)
  if (!group) return
  const allowed = TARGET_PROTOCOLS[listener.protocol]
  if (!allowed.includes(group.value.protocol)) {
    context.error(
      'listener-protocol',
      place,
      `A ${listener.protocol} listener cannot forward to ${group.name}, whose protocol is ${group.value.protocol}. Name a target group of ${allowed.join(' or ')}.`,
      'IncompatibleProtocols',
    )
  }
  checkGroupOfBalancer(context, place, group, balancer, vpc, users)
}

/** A target group belongs to one balancer, and to its VPC. `users`: the balancers by the groups that they have. */
export function checkGroupOfBalancer(
  context: CheckContext,
  place: Keys,
  group: Entry<TargetGroupDesign>,
  balancer: string,
  vpc: VpcEntry | undefined,
  users: Map<string, string>,
): void {
  const groupVpc = context.index.vpcs.get(group.value.vpc)
  if (vpc && groupVpc && groupVpc !== vpc) wrongVpc(context, place, `The target group ${group.name}`, groupVpc, vpc)
  const user = users.get(group.name)
  if (user !== undefined && user !== balancer) {
    context.error(
      'conflicting-keys',
      place,
      `The target group ${group.name} belongs to the balancer ${user} already. Make another group.`,
      'TargetGroupAssociationLimit',
    )
  } else users.set(group.name, balancer)
}

function checkTargetGroup(context: CheckContext, { name, keys, value }: Entry<TargetGroupDesign>): void {
  checkBalancerName(context, keys, name)
  const vpc = context.find('vpcs', value.vpc, [...keys, 'vpc'])
  if (value.preserveClientIp === false && (value.protocol === 'UDP' || value.protocol === 'TCP_UDP')) {
    context.error(
      'client-address',
      [...keys, 'preserveClientIp'],
      `Client addresses are always kept for ${value.protocol}. Leave preserveClientIp out, or choose TCP or TLS.`,
      'InvalidConfigurationRequest',
    )
  }
  if (value.protocol === 'GENEVE') checkGeneve(context, keys, value)
  const seen = new Map<string, Keys>()
  for (const [at, target] of (value.targets ?? []).entries()) {
    const place = [...keys, 'targets', at]
    checkTarget(context, place, value, target, vpc)
    const same = `${target.instance ?? target.ipAddress}:${target.port ?? value.port}`
    const first = seen.get(same)
    if (first)
      context.error(
        'conflicting-keys',
        place,
        `${same} is registered at ${formatPath(first)} already. Leave one out.`,
        'InvalidTarget',
      )
    else seen.set(same, place)
  }
}

/** Source: Gateway Load Balancer guide, "Target groups": routing configuration. */
function checkGeneve(context: CheckContext, keys: Keys, { port, preserveClientIp, targets }: TargetGroupDesign): void {
  const ports: [number | undefined, Keys][] = [
    [port, [...keys, 'port']],
    ...(targets ?? []).map((target, at): [number | undefined, Keys] => [target.port, [...keys, 'targets', at, 'port']]),
  ]
  for (const [given, place] of ports) {
    if (given === undefined || given === GENEVE_PORT) continue
    context.error(
      'invalid-value',
      place,
      `The port is ${given}; appliances get GENEVE at ${GENEVE_PORT} alone. Write ${GENEVE_PORT}.`,
      'ValidationError',
    )
  }
  if (preserveClientIp !== undefined) {
    context.error(
      'client-address',
      [...keys, 'preserveClientIp'],
      'Packets are carried whole in GENEVE: there is no client address to keep. Leave preserveClientIp out.',
      'InvalidConfigurationRequest',
    )
  }
}

function checkTarget(
  context: CheckContext,
  keys: Keys,
  group: TargetGroupDesign,
  target: TargetDesign,
  vpc: VpcEntry | undefined,
): void {
  const isInstance = group.targetType !== 'ip'
  const [wanted, other] = isInstance ? (['instance', 'ipAddress'] as const) : (['ipAddress', 'instance'] as const)
  if (target[other] !== undefined) {
    context.error(
      'conflicting-keys',
      [...keys, other],
      `Targets of this group are ${isInstance ? 'instances' : 'addresses'}. Give ${wanted}, or another targetType.`,
      'InvalidTarget',
    )
  }
  if (target[wanted] === undefined) {
    if (target[other] === undefined)
      context.error('missing-key', [...keys, wanted], `The target names nothing. Give it ${wanted}.`, 'InvalidTarget')
    return
  }
  if (target.instance !== undefined) {
    const place = [...keys, 'instance']
    if (!context.find('instances', target.instance, place)) return
    const plan = context.interfaceNamed(target.instance)
    if (plan && vpc && plan.subnet.vpc !== vpc)
      wrongVpc(context, place, `The instance ${target.instance}`, plan.subnet.vpc, vpc)
    return
  }
  const address = IpAddress.parse(target.ipAddress ?? '')
  const isInVpc = vpc?.value.cidrBlocks.some((text) => address && context.block(text).contains(address))
  if (address && !isInVpc && isPublicAddress(address)) {
    context.error(
      'address-outside',
      [...keys, 'ipAddress'],
      `${address} is neither in the VPC nor a private address. Name one of the VPC, or of a peered one.`,
      'InvalidTarget',
    )
  }
}
