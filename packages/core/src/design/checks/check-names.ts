import type { CheckContext } from '../check-context.ts'
import { type Entry, type Keys, KIND_WORDS } from '../design-entry.ts'
import { formatPath } from '../design-issue.ts'
import { placement } from '../interface-plan.ts'

/** Names that stand twice, and ids that two resources claim. */
export function checkNames(context: CheckContext): void {
  for (const { kind, name, keys, firstKeys } of context.index.duplicates) {
    context.error(
      'duplicate-name',
      keys,
      `The name ${name} belongs to another ${KIND_WORDS[kind]} already (${formatPath(firstKeys)}). Choose another name: names are unique in the whole design.`,
    )
  }
  const holders = new Map<string, Keys>()
  for (const { id, keys } of givenIds(context)) {
    const holder = holders.get(id)
    if (holder === undefined) holders.set(id, keys)
    else
      context.error(
        'duplicate-id',
        keys,
        `The id ${id} is given twice, first at ${formatPath(holder)}. Choose another id.`,
      )
  }
}

type GivenId = Readonly<{ id: string; keys: Keys }>

function* givenIds(context: CheckContext): Iterable<GivenId> {
  const { index } = context
  const maps = [
    index.vpcs,
    index.subnets,
    index.routeTables,
    index.securityGroups,
    index.networkAcls,
    index.natGateways,
    index.vpcEndpoints,
    index.instances,
    index.networkInterfaces,
    index.loadBalancers,
    index.gatewayLoadBalancers,
    index.targetGroups,
    index.transitGateways,
    index.transitGatewayAttachments,
    index.transitGatewayRouteTables,
    index.vpcPeeringConnections,
    index.flowLogs,
    index.trafficMirrorFilters,
    index.trafficMirrorTargets,
    index.trafficMirrorSessions,
    index.detectors,
  ]
  for (const map of maps) for (const entry of map.values()) yield* own(entry)
  for (const list of index.prefixLists.values()) if (list.service === undefined) yield* own(list)
  for (const vpc of index.vpcs.values()) {
    for (const key of ['internetGateway', 'egressOnlyInternetGateway'] as const) {
      const gateway = vpc.value[key]
      if (typeof gateway === 'object' && gateway.id !== undefined)
        yield { id: gateway.id, keys: [...vpc.keys, key, 'id'] }
    }
  }
  yield* interfaceIds(context)
  yield* ruleIds(context)
}

function* own(entry: Entry<{ readonly id?: string }>): Iterable<GivenId> {
  if (entry.value.id !== undefined) yield { id: entry.value.id, keys: [...entry.keys, 'id'] }
}

function* interfaceIds({ index }: CheckContext): Iterable<GivenId> {
  for (const map of [index.instances, index.natGateways]) {
    for (const entry of map.values()) {
      const id = entry.value.networkInterfaceId
      if (id !== undefined) yield { id, keys: [...entry.keys, 'networkInterfaceId'] }
    }
  }
  const placed = [index.transitGatewayAttachments, index.vpcEndpoints, index.loadBalancers, index.gatewayLoadBalancers]
  for (const map of placed) {
    for (const entry of map.values()) {
      for (const [at, each] of (entry.value.subnets ?? []).entries()) {
        const id = placement(each).networkInterfaceId
        if (id !== undefined) yield { id, keys: [...entry.keys, 'subnets', at, 'networkInterfaceId'] }
      }
    }
  }
}

function* ruleIds({ index }: CheckContext): Iterable<GivenId> {
  for (const group of index.securityGroups.values()) {
    for (const direction of ['ingress', 'egress'] as const) {
      for (const [at, rule] of (group.value[direction] ?? []).entries()) {
        if (rule.id !== undefined) yield { id: rule.id, keys: [...group.keys, direction, at, 'id'] }
      }
    }
  }
  for (const filter of index.trafficMirrorFilters.values()) {
    for (const direction of ['ingressFilterRules', 'egressFilterRules'] as const) {
      for (const [at, rule] of (filter.value[direction] ?? []).entries()) {
        if (rule.id !== undefined) yield { id: rule.id, keys: [...filter.keys, direction, at, 'id'] }
      }
    }
  }
}
