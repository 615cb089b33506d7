import { instanceType } from '../../aws/instance-type.ts'
import { canBeMirrorSource, mirrorSourcesPerTarget } from '../../aws/mirror-support.ts'
import type { CheckContext } from '../check-context.ts'
import { DEFAULT_INSTANCE_TYPE, type Entry, type Keys } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import { type InterfacePlan, instanceInterfaceName } from '../interface-plan.ts'
import { hasPorts, protocolNumber } from '../protocol-number.ts'
import type {
  TrafficMirrorFilterDesign,
  TrafficMirrorFilterRuleDesign,
  TrafficMirrorSessionDesign,
} from '../traffic-mirror-design.ts'
import { checkCanonical } from './check-vpcs.ts'
import { checkPortRange } from './rule-ports.ts'

/** Sessions per source ENI. Source: Traffic Mirroring guide, "Traffic Mirroring quotas"; not adjustable. */
export const MIRROR_SESSIONS_PER_SOURCE = 3
/** Rules per filter, both directions together: the guide does not say per direction. Not adjustable. */
export const MIRROR_RULES_PER_FILTER = 10
/** Sessions, targets and filters of an account, each. Source: as above; not adjustable. */
export const MIRROR_RESOURCES_PER_ACCOUNT = 10_000
/** Services whose requester-managed ENIs can be sources. Source: "Traffic Mirroring limitations", sources. */
const MIRRORED_REQUESTERS: ReadonlySet<string> = new Set(['amazon-rds', 'amazon-elasticache'])
/** The longest packet that a Network Load Balancer takes from a mirror session. Source: EC2 API reference, PacketLength. */
const LONGEST_BALANCED_PACKET = 8500
/** The port of VXLAN (RFC 7348). */
const VXLAN_PORT = 4789

/** Mirror filters, targets and sessions. Source: VPC Traffic Mirroring guide. */
export function checkMirroring(context: CheckContext): void {
  checkAccount(context)
  for (const filter of context.index.trafficMirrorFilters.values()) checkFilter(context, filter)
  const targets = checkTargets(context)
  checkSessions(context, targets)
}

function checkAccount(context: CheckContext): void {
  const kinds = [
    ['trafficMirrorSessions', 'sessions', 'TrafficMirrorSessionLimitExceeded'],
    ['trafficMirrorTargets', 'targets', 'TrafficMirrorTargetLimitExceeded'],
    ['trafficMirrorFilters', 'filters', 'TrafficMirrorFilterLimitExceeded'],
  ] as const
  for (const [kind, word, code] of kinds) {
    const count = context.index[kind].size
    if (count <= MIRROR_RESOURCES_PER_ACCOUNT) continue
    context.error(
      'quota',
      [kind],
      `The design has ${count} mirror ${word}; an account has at most ${MIRROR_RESOURCES_PER_ACCOUNT}. Leave some out.`,
      code,
    )
  }
}

function checkFilter(context: CheckContext, { keys, value }: Entry<TrafficMirrorFilterDesign>): void {
  const count = (value.ingressFilterRules?.length ?? 0) + (value.egressFilterRules?.length ?? 0)
  if (count > MIRROR_RULES_PER_FILTER) {
    context.error(
      'quota',
      keys,
      `The filter has ${count} rules; a filter has at most ${MIRROR_RULES_PER_FILTER}. Join rules, or use a second session.`,
      'TrafficMirrorFilterRuleLimitExceeded',
    )
  }
  for (const direction of ['ingressFilterRules', 'egressFilterRules'] as const) {
    const numbers = new Map<number, Keys>()
    for (const [at, rule] of (value[direction] ?? []).entries()) {
      const place = [...keys, direction, at]
      checkRule(context, place, rule)
      const first = numbers.get(rule.ruleNumber)
      if (first) {
        context.error(
          'duplicate-rule',
          [...place, 'ruleNumber'],
          `Number ${rule.ruleNumber} belongs to ${formatPath(first)} already. Numbers are unique per direction: choose another one.`,
          'TrafficMirrorFilterRuleAlreadyExists',
        )
      } else numbers.set(rule.ruleNumber, place)
    }
  }
}

function checkRule(context: CheckContext, keys: Keys, rule: TrafficMirrorFilterRuleDesign): void {
  const protocol = protocolNumber(rule.protocol ?? 'all')
  for (const key of ['sourcePortRange', 'destinationPortRange'] as const) {
    const range = rule[key]
    if (!range) continue
    if (hasPorts(protocol))
      checkPortRange(context, [...keys, key], protocol, { from: range.fromPort, to: range.toPort })
    else checkPortRange(context, [...keys, key], protocol, { from: 0, to: 0 })
  }
  const source = context.block(rule.sourceCidrBlock)
  const destination = context.block(rule.destinationCidrBlock)
  checkCanonical(context, [...keys, 'sourceCidrBlock'], rule.sourceCidrBlock)
  checkCanonical(context, [...keys, 'destinationCidrBlock'], rule.destinationCidrBlock)
  if (source.version !== destination.version) {
    context.error(
      'rule-never-matches',
      [...keys, 'destinationCidrBlock'],
      `${destination} and the source ${source} are of different IP versions. Write both in one, and a second rule for the other.`,
      'InvalidParameterValue',
    )
  }
}

/** ENIs that are targets, by name. */
function checkTargets(context: CheckContext): ReadonlyMap<string, Keys> {
  const interfaces = new Map<string, Keys>()
  const balancers = new Map<string, Keys>()
  for (const { keys, value } of context.index.trafficMirrorTargets.values()) {
    const { networkInterface, loadBalancer, gatewayLoadBalancerEndpoint } = value
    const named = [networkInterface, loadBalancer, gatewayLoadBalancerEndpoint].filter((name) => name !== undefined)
    if (named.length !== 1) {
      const isNone = named.length === 0
      context.error(
        isNone ? 'missing-key' : 'conflicting-keys',
        keys,
        `The target names ${isNone ? 'nothing' : `${named.length} things`}. Give exactly one of networkInterface, loadBalancer and gatewayLoadBalancerEndpoint.`,
        isNone ? 'MissingParameter' : 'InvalidParameterCombination',
      )
    }
    if (value.networkInterface !== undefined)
      checkInterfaceTarget(context, [...keys, 'networkInterface'], value.networkInterface, interfaces)
    if (value.loadBalancer !== undefined)
      checkBalancerTarget(context, [...keys, 'loadBalancer'], value.loadBalancer, balancers)
    if (gatewayLoadBalancerEndpoint !== undefined)
      checkEndpointTarget(context, [...keys, 'gatewayLoadBalancerEndpoint'], gatewayLoadBalancerEndpoint)
  }
  return interfaces
}

function checkInterfaceTarget(context: CheckContext, keys: Keys, name: string, known: Map<string, Keys>): void {
  const plan = context.findInterface(name, keys)
  if (!plan) return
  if (!isPlainInterface(plan)) {
    context.error(
      'mirror-target',
      keys,
      `${plan.name} is no ENI of type interface, and cannot be a target. Name an instance's ENI or a load balancer.`,
      'NetworkInterfaceNotSupported',
    )
  }
  const first = known.get(plan.name)
  if (first)
    context.error(
      'mirror-target',
      keys,
      `${plan.name} is a target at ${formatPath(first)} already. Use that target in both sessions.`,
      'InterfaceInUseByTrafficMirrorTarget',
    )
  else known.set(plan.name, keys)
}

function checkBalancerTarget(context: CheckContext, keys: Keys, name: string, known: Map<string, Keys>): void {
  const balancer = context.find('loadBalancers', name, keys)
  if (!balancer) return
  const listens = balancer.value.listeners?.some(
    (each) => each.port === VXLAN_PORT && (each.protocol === 'UDP' || each.protocol === 'TCP_UDP'),
  )
  if (!listens) {
    context.warn(
      'mirror-listener',
      keys,
      `${name} has no UDP listener on ${VXLAN_PORT}: mirroring to it fails without an error. Add one.`,
    )
  }
  const first = known.get(name)
  if (first)
    context.error(
      'mirror-target',
      keys,
      `${name} is a target at ${formatPath(first)} already. Use that target in both sessions.`,
      'NlbInUseByTrafficMirrorTargetException',
    )
  else known.set(name, keys)
}

/** An endpoint may back several targets, and has any number of sources. Source: "Traffic Mirroring quotas". */
function checkEndpointTarget(context: CheckContext, keys: Keys, name: string): void {
  const endpoint = context.find('vpcEndpoints', name, keys)
  if (!endpoint) return
  const { vpcEndpointType = 'Gateway', gatewayLoadBalancer = '' } = endpoint.value
  if (vpcEndpointType !== 'GatewayLoadBalancer') {
    context.error(
      'mirror-target',
      keys,
      `${name} is an endpoint of type ${vpcEndpointType}, and cannot be a target. Name one of type GatewayLoadBalancer.`,
      'InvalidParameterValue',
    )
    return
  }
  const balancer = context.index.gatewayLoadBalancers.get(gatewayLoadBalancer)
  if (balancer && (balancer.value.listeners ?? []).length === 0) {
    context.warn(
      'mirror-listener',
      keys,
      `${balancer.name}, the balancer behind ${name}, has no listener: mirroring to it fails without an error. Add one.`,
    )
  }
}

function isPlainInterface(plan: InterfacePlan): boolean {
  if (plan.owner.kind === 'instance') return true
  return (
    plan.owner.kind === 'network-interface' && (plan.owner.entry.value.interfaceType ?? 'interface') === 'interface'
  )
}

function checkSessions(context: CheckContext, targets: ReadonlyMap<string, Keys>): void {
  const types = instanceTypesByInterface(context)
  const bySource = new Map<string, number>()
  const numbers = new Map<string, Keys>()
  const sources = new Map<string, Set<string>>()
  for (const session of context.index.trafficMirrorSessions.values()) {
    const { keys, value } = session
    const place = [...keys, 'networkInterface']
    const source = context.findInterface(value.networkInterface, place)
    context.find('trafficMirrorFilters', value.trafficMirrorFilter, [...keys, 'trafficMirrorFilter'])
    checkTarget(context, session, source, types, sources)
    if (!source) continue
    checkSource(context, place, source, types.get(source.name), targets)
    const count = (bySource.get(source.name) ?? 0) + 1
    bySource.set(source.name, count)
    if (count === MIRROR_SESSIONS_PER_SOURCE + 1) {
      context.error(
        'quota',
        keys,
        `${source.name} has more than ${MIRROR_SESSIONS_PER_SOURCE} sessions. Leave one out.`,
        'TrafficMirrorSessionsPerInterfaceLimitExceeded',
      )
    }
    const number = `${source.name} ${value.sessionNumber}`
    const first = numbers.get(number)
    if (first) {
      context.error(
        'duplicate-session-number',
        [...keys, 'sessionNumber'],
        `Number ${value.sessionNumber} belongs to another session of ${source.name}, ${formatPath(first)}. Choose another number.`,
        'InvalidParameterValue',
      )
    } else numbers.set(number, keys)
  }
}

/** Types of the instances, by the names of their ENIs. */
function instanceTypesByInterface(context: CheckContext): ReadonlyMap<string, string> {
  const types = new Map<string, string>()
  for (const { name, value } of context.index.instances.values()) {
    for (const each of value.networkInterfaces ?? [instanceInterfaceName(name)])
      types.set(each, value.instanceType ?? DEFAULT_INSTANCE_TYPE)
  }
  return types
}

function checkSource(
  context: CheckContext,
  keys: Keys,
  source: InterfacePlan,
  typeName: string | undefined,
  targets: ReadonlyMap<string, Keys>,
): void {
  const managed = source.owner.kind === 'network-interface' ? source.owner.entry.value : undefined
  const requester = managed?.requesterManaged === true ? (managed.requesterId ?? 'another service') : undefined
  const type = typeName === undefined ? undefined : instanceType(typeName)
  const target = targets.get(source.name)
  if (!isPlainInterface(source) || (requester !== undefined && !MIRRORED_REQUESTERS.has(requester))) {
    context.error(
      'mirror-source',
      keys,
      `${source.name} cannot be mirrored: of ENIs that a service made, only those of amazon-rds and amazon-elasticache can. Name an instance's ENI.`,
      'NetworkInterfaceNotSupported',
    )
  } else if (type && !canBeMirrorSource(type)) {
    context.error(
      'mirror-source',
      keys,
      `${source.name} belongs to an instance of type ${typeName}, which cannot be mirrored. Choose a type such as t3.micro.`,
      'NetworkInterfaceNotSupported',
    )
  } else if (source.ipv4.length === 0) {
    context.error(
      'mirror-source',
      keys,
      `${source.name} stands in an IPv6-only subnet, where nothing can be mirrored. Name another ENI.`,
      'NetworkInterfaceNotSupported',
    )
  }
  if (target) {
    context.error(
      'mirror-source',
      keys,
      `${source.name} is a mirror target itself, at ${formatPath(target)}. Name another ENI.`,
      'InterfaceInUseByTrafficMirrorTarget',
    )
  }
}

function checkTarget(
  context: CheckContext,
  { keys, value }: Entry<TrafficMirrorSessionDesign>,
  source: InterfacePlan | undefined,
  types: ReadonlyMap<string, string>,
  sources: Map<string, Set<string>>,
): void {
  const place = [...keys, 'trafficMirrorTarget']
  const target = context.find('trafficMirrorTargets', value.trafficMirrorTarget, place)
  if (!target) return
  if (target.value.loadBalancer !== undefined) {
    if ((value.packetLength ?? 0) > LONGEST_BALANCED_PACKET) {
      context.error(
        'mirror-target',
        [...keys, 'packetLength'],
        `A load balancer takes at most ${LONGEST_BALANCED_PACKET} bytes of a packet. Write a smaller number.`,
        'InvalidParameterValue',
      )
    }
    return
  }
  const plan =
    target.value.networkInterface === undefined ? undefined : context.interfaceNamed(target.value.networkInterface)
  if (!plan || !source) return
  const known = sources.get(plan.name) ?? new Set<string>()
  sources.set(plan.name, known)
  const most = mirrorSourcesPerTarget(types.get(plan.name))
  if (known.size === most && !known.has(source.name)) {
    context.error(
      'quota',
      place,
      `${plan.name} has more than ${most} sources. Use a load balancer, or a larger instance as the target.`,
      'TrafficMirrorSourcesPerTargetLimitExceeded',
    )
  }
  known.add(source.name)
}
