import { hashNumber, hexDigits } from '../aws/resource-id.ts'
import type { Entry } from '../design/design-entry.ts'
import type { FlowLogDesign, TagFieldSpecificationDesign } from '../design/flow-log-design.ts'
import { flowLogDestination } from '../design/flow-log-destination.ts'
import { logFormatFields } from '../design/log-format-fields.ts'
import { protocolNumber } from '../design/protocol-number.ts'
import type {
  TrafficMirrorFilterDesign,
  TrafficMirrorFilterRuleDesign,
  TrafficMirrorTargetDesign,
} from '../design/traffic-mirror-design.ts'
import type { Detector, FlowDirection, FlowLog, MirrorFilterRule, MirrorSession, MirrorTarget } from './topology.ts'
import { must, type TopologyDrafts } from './topology-drafts.ts'

const MOST_NETWORK_ID = 0xff_ffff

/** Flow logs, with their formats and destinations in full. */
export function resolveFlowLogs(drafts: TopologyDrafts): FlowLog[] {
  return [...drafts.index.flowLogs.values()].map((entry) => {
    const { value } = entry
    const destination = flowLogDestination(value)
    const fields = logFormatFields(value)
    if ('problem' in destination || fields instanceof Error) throw new Error(`flow log ${entry.name} was not checked`)
    const resource = flowLogResource(drafts, value)
    const isTransit = resource.kind === 'transit-gateway' || resource.kind === 'transit-gateway-attachment'
    return {
      ...drafts.resource('flowLog', entry),
      resource,
      trafficType: value.trafficType ?? 'ALL',
      maxAggregationIntervalSeconds: value.maxAggregationInterval ?? (isTransit ? 60 : 600),
      logFormat: [...fields],
      tagKeys: {
        instance: tagKeys(value, 'instance'),
        networkInterface: tagKeys(value, 'network-interface'),
        autoScalingGroup: tagKeys(value, 'auto-scaling-group'),
      },
      destination,
    }
  })
}

function flowLogResource(drafts: TopologyDrafts, value: FlowLogDesign): FlowLog['resource'] {
  if (value.vpc !== undefined) return { kind: 'vpc', vpc: must(drafts.vpcs.get(value.vpc), value.vpc) }
  if (value.subnet !== undefined)
    return { kind: 'subnet', subnet: must(drafts.subnets.get(value.subnet), value.subnet) }
  if (value.networkInterface !== undefined) {
    return { kind: 'network-interface', networkInterface: drafts.interfaceNamed(value.networkInterface) }
  }
  if (value.transitGateway !== undefined) {
    const transitGateway = must(drafts.transitGateways.get(value.transitGateway), value.transitGateway)
    return { kind: 'transit-gateway', transitGateway }
  }
  const name = value.transitGatewayAttachment ?? ''
  return { kind: 'transit-gateway-attachment', attachment: must(drafts.attachments.get(name), name) }
}

function tagKeys(value: FlowLogDesign, resourceType: TagFieldSpecificationDesign['resourceType']): readonly string[] {
  return [...(value.tagFieldSpecifications?.find((each) => each.resourceType === resourceType)?.tagKeys ?? [])]
}

/** Mirror filters and targets. */
export function resolveMirrorFilters(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.trafficMirrorFilters.values()) {
    drafts.mirrorFilters.set(entry.name, {
      ...drafts.resource('trafficMirrorFilter', entry),
      rules: [...rulesOf(drafts, entry, 'ingress'), ...rulesOf(drafts, entry, 'egress')],
      networkServices: [...new Set(entry.value.networkServices ?? [])],
    })
  }
  for (const entry of drafts.index.trafficMirrorTargets.values()) {
    drafts.mirrorTargets.set(entry.name, {
      ...drafts.resource('trafficMirrorTarget', entry),
      target: mirrorTarget(drafts, entry),
    })
  }
}

function mirrorTarget(
  drafts: TopologyDrafts,
  { name, value }: Entry<TrafficMirrorTargetDesign>,
): MirrorTarget['target'] {
  const { networkInterface, loadBalancer, gatewayLoadBalancerEndpoint = '' } = value
  if (networkInterface !== undefined) {
    return { kind: 'network-interface', networkInterface: drafts.interfaceNamed(networkInterface) }
  }
  if (loadBalancer !== undefined) {
    return { kind: 'load-balancer', loadBalancer: must(drafts.loadBalancers.get(loadBalancer), name) }
  }
  const endpoint = must(drafts.gatewayLoadBalancerEndpoints.get(gatewayLoadBalancerEndpoint), name)
  return { kind: 'gateway-load-balancer-endpoint', endpoint }
}

/** Rules of one direction, in order of their numbers. */
function rulesOf(
  drafts: TopologyDrafts,
  filter: Entry<TrafficMirrorFilterDesign>,
  direction: FlowDirection,
): MirrorFilterRule[] {
  const rules = filter.value[direction === 'ingress' ? 'ingressFilterRules' : 'egressFilterRules'] ?? []
  return [...rules]
    .sort((left, right) => left.ruleNumber - right.ruleNumber)
    .map((rule) => resolveRule(drafts, filter.name, direction, rule))
}

function resolveRule(
  drafts: TopologyDrafts,
  filter: string,
  direction: FlowDirection,
  rule: TrafficMirrorFilterRuleDesign,
): MirrorFilterRule {
  const protocol = protocolNumber(rule.protocol ?? 'all')
  const ports = (range: Readonly<{ fromPort: number; toPort: number }> | undefined): MirrorFilterRule['sourcePorts'] =>
    range && { from: range.fromPort, to: range.toPort }
  return {
    id: rule.id ?? drafts.makeId('trafficMirrorFilterRule', `${filter} ${direction} ${rule.ruleNumber}`),
    ruleNumber: rule.ruleNumber,
    direction,
    action: rule.ruleAction,
    protocol: protocol < 0 ? undefined : protocol,
    sourceCidr: drafts.block(rule.sourceCidrBlock),
    destinationCidr: drafts.block(rule.destinationCidrBlock),
    sourcePorts: ports(rule.sourcePortRange),
    destinationPorts: ports(rule.destinationPortRange),
  }
}

/** Mirror sessions, of each source in order of their numbers. */
export function resolveMirrorSessions(drafts: TopologyDrafts): MirrorSession[] {
  const entries = [...drafts.index.trafficMirrorSessions.values()]
  const taken = new Set(entries.flatMap(({ value: { virtualNetworkId: id } }) => (id === undefined ? [] : [id])))
  const sessions = entries.map((entry): MirrorSession => {
    const { name, value } = entry
    return {
      ...drafts.resource('trafficMirrorSession', entry),
      source: drafts.interfaceNamed(value.networkInterface),
      target: must(drafts.mirrorTargets.get(value.trafficMirrorTarget), value.trafficMirrorTarget),
      filter: must(drafts.mirrorFilters.get(value.trafficMirrorFilter), value.trafficMirrorFilter),
      sessionNumber: value.sessionNumber,
      packetLength: value.packetLength,
      virtualNetworkId: value.virtualNetworkId ?? freeNetworkId(hashNumber(drafts.index, ['vni', name]), taken),
    }
  })
  return sessions.sort(
    (left, right) => left.source.index - right.source.index || left.sessionNumber - right.sessionNumber,
  )
}

/** EC2 picks one at random that no session of the account has; 0 is left out because tools show it as none. */
function freeNetworkId(hash: number, taken: Set<number>): number {
  let id = hash % MOST_NETWORK_ID
  while (taken.has(id + 1)) id = (id + 1) % MOST_NETWORK_ID
  taken.add(id + 1)
  return id + 1
}

/** GuardDuty's detectors. */
export function resolveDetectors(drafts: TopologyDrafts): Detector[] {
  return [...drafts.index.detectors.values()].map(({ name, value }) => ({
    id: value.id ?? hexDigits(drafts.index, ['detector', name], 32),
    name,
    tags: { ...value.tags },
    findingPublishingFrequency: value.findingPublishingFrequency ?? 'SIX_HOURS',
    enabled: value.enable ?? true,
  }))
}
