import { GENEVE_PORT } from '../../packet/geneve.ts'
import { VXLAN_PORT } from '../../packet/vxlan.ts'
import type { CheckContext } from '../check-context.ts'
import type { Entry, SecurityGroupEntry, VpcEntry } from '../design-entry.ts'
import type { InterfacePlan } from '../interface-plan.ts'
import { ALL_PROTOCOLS, protocolNumber, UDP } from '../protocol-number.ts'
import { rulePorts } from '../rule-ports.ts'
import type { SecurityGroupRuleDesign } from '../security-group-design.ts'
import type { TrafficMirrorSessionDesign } from '../traffic-mirror-design.ts'

/**
 * Whether copies can come to the target at all; AWS says nothing where they cannot. Source and target stand in one VPC, or in two of one
 * Region that a peering or a transit gateway joins, and a group of whoever receives copies lets UDP 4789 in, behind a Gateway Load Balancer
 * UDP 6081.
 * Sources: Traffic Mirroring guide, "Traffic mirror source and target connectivity options" and "Traffic mirror targets".
 */
export function checkMirrorReach(context: CheckContext): void {
  const judged = new Set<string>()
  for (const session of context.index.trafficMirrorSessions.values()) {
    const target = context.index.trafficMirrorTargets.get(session.value.trafficMirrorTarget)
    const source = context.interfaceNamed(session.value.networkInterface)
    if (!target || !source) continue
    const { networkInterface, loadBalancer, gatewayLoadBalancerEndpoint } = target.value
    if (networkInterface !== undefined) {
      const plan = context.interfaceNamed(networkInterface)
      if (plan) checkWay(context, session, source.subnet.vpc, plan.subnet.vpc)
      if (plan && !judged.has(target.name)) checkReceiver(context, session, plan, VXLAN_PORT, undefined)
    } else if (loadBalancer !== undefined) {
      const vpc = vpcOf(context, 'load-balancer', loadBalancer)
      if (vpc) checkWay(context, session, source.subnet.vpc, vpc)
      if (!judged.has(target.name)) {
        const ownGroups = context.index.loadBalancers.get(loadBalancer)?.value.securityGroups ?? []
        for (const plan of sensorsBehind(context, loadBalancer))
          checkReceiver(context, session, plan, VXLAN_PORT, ownGroups)
      }
    } else if (gatewayLoadBalancerEndpoint !== undefined) {
      const vpc = vpcOf(context, 'gateway-load-balancer-endpoint', gatewayLoadBalancerEndpoint)
      if (vpc) checkWay(context, session, source.subnet.vpc, vpc)
      if (!judged.has(target.name)) {
        for (const plan of appliancesBehind(context, gatewayLoadBalancerEndpoint))
          checkReceiver(context, session, plan, GENEVE_PORT, [])
      }
    }
    judged.add(target.name)
  }
}

/** The VPC in which a balancer or endpoint has its ENIs. */
function vpcOf(context: CheckContext, kind: InterfacePlan['owner']['kind'], name: string): VpcEntry | undefined {
  return context.interfaces.find(({ owner }) => owner.kind === kind && owner.entry.name === name)?.subnet.vpc
}

function checkWay(
  context: CheckContext,
  { keys }: Entry<TrafficMirrorSessionDesign>,
  from: VpcEntry,
  to: VpcEntry,
): void {
  if (from.name === to.name) return
  const isJoined = from.region === to.region && (arePeered(context, from, to) || shareTransitGateway(context, from, to))
  if (isJoined) return
  context.warn(
    'mirror-unreachable',
    [...keys, 'trafficMirrorTarget'],
    `The target stands in ${to.name}, the source in ${from.name}: mirroring fails without an error. Join the VPCs by a peering in one Region or a transit gateway, or choose a target in ${from.name}.`,
  )
}

function arePeered({ index }: CheckContext, one: VpcEntry, other: VpcEntry): boolean {
  return [...index.vpcPeeringConnections.values()].some(({ value }) => {
    const ends = [value.vpc, value.peerVpc]
    return ends.includes(one.name) && ends.includes(other.name)
  })
}

function shareTransitGateway({ index }: CheckContext, one: VpcEntry, other: VpcEntry): boolean {
  const attachments = [...index.transitGatewayAttachments.values()]
  const gatewaysOf = (vpc: VpcEntry): string[] =>
    attachments.filter(({ value }) => value.vpc === vpc.name).map(({ transitGateway }) => transitGateway.name)
  const others = gatewaysOf(other)
  return gatewaysOf(one).some((name) => others.includes(name))
}

/** ENIs behind a balancer's listener for VXLAN. */
function sensorsBehind(context: CheckContext, loadBalancer: string): readonly InterfacePlan[] {
  const listeners = context.index.loadBalancers.get(loadBalancer)?.value.listeners ?? []
  return listeners
    .filter(({ protocol, port }) => port === VXLAN_PORT && (protocol === 'UDP' || protocol === 'TCP_UDP'))
    .flatMap(({ targetGroup }) => targetsOf(context, targetGroup))
}

/** ENIs behind an endpoint's Gateway Load Balancer. */
function appliancesBehind(context: CheckContext, endpoint: string): readonly InterfacePlan[] {
  const { gatewayLoadBalancer = '' } = context.index.vpcEndpoints.get(endpoint)?.value ?? {}
  const listeners = context.index.gatewayLoadBalancers.get(gatewayLoadBalancer)?.value.listeners ?? []
  return listeners.flatMap(({ targetGroup }) => targetsOf(context, targetGroup))
}

function targetsOf(context: CheckContext, targetGroup: string): readonly InterfacePlan[] {
  return (context.index.targetGroups.get(targetGroup)?.value.targets ?? [])
    .flatMap(({ instance }) => (instance === undefined ? [] : [context.interfaceNamed(instance)]))
    .filter((plan) => plan !== undefined)
}

function checkReceiver(
  context: CheckContext,
  { keys }: Entry<TrafficMirrorSessionDesign>,
  plan: InterfacePlan,
  port: number,
  /** Of the balancer in front, undefined where there is none. */
  balancerGroups: readonly string[] | undefined,
): void {
  const { owner, subnet } = plan
  if (owner.kind !== 'instance' && owner.kind !== 'network-interface') return
  const names = owner.entry.value.securityGroups ?? ['default']
  const groups = names.map((name) => context.index.securityGroup(name, subnet.vpc))
  if (groups.some((group) => group === undefined)) return
  const rules = groups.flatMap((group) => (group ? ingressOf(group) : [])).filter((rule) => isForPort(rule, port))
  if (rules.length === 0) {
    context.warn(
      'mirror-target-group',
      [...keys, 'trafficMirrorTarget'],
      `No group of ${plan.name} lets UDP ${port} in: mirroring to it fails without an error. Add a rule to ${names.join(' or ')}.`,
    )
  } else if (balancerGroups && !rules.some((rule) => holdsBehind(rule, balancerGroups))) {
    context.warn(
      'mirror-target-group',
      [...keys, 'trafficMirrorTarget'],
      `The groups of ${plan.name} let UDP ${port} in from groups alone, which do not hold for ${port === GENEVE_PORT ? 'a Gateway Load Balancer, which has none' : 'the clients of a load balancer'}: mirroring to it may fail without an error. Name the ${port === GENEVE_PORT ? "balancer's subnets" : 'sources'} by a CIDR block.`,
    )
  }
}

/** Whether a rule can match clients of a balancer: by address, or by the balancer's own group. */
function holdsBehind({ securityGroup, self }: SecurityGroupRuleDesign, balancerGroups: readonly string[]): boolean {
  if (securityGroup !== undefined) return balancerGroups.includes(securityGroup)
  return self !== true
}

/** A VPC's default group lets everything of its own members in unless the design says otherwise. */
function ingressOf({ isDefault, value }: SecurityGroupEntry): readonly SecurityGroupRuleDesign[] {
  return value.ingress ?? (isDefault ? [{ ipProtocol: 'all', self: true }] : [])
}

function isForPort(rule: SecurityGroupRuleDesign, port: number): boolean {
  const protocol = protocolNumber(rule.ipProtocol)
  const [from, to] = rulePorts(rule)
  return protocol === ALL_PROTOCOLS || (protocol === UDP && from <= port && port <= to)
}
