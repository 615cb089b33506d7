import type {
  FlowLogDesign,
  Named,
  TrafficMirrorFilterDesign,
  TrafficMirrorFilterRuleDesign,
  TrafficMirrorSessionDesign,
  TrafficMirrorTargetDesign,
} from '@flowtap/core'
import type { FlowLogRow, TrafficMirrorFilterRuleRow, TrafficMirrorTargetRow } from '../services/ec2/ec2-rows.ts'
import { named } from './named-resources.ts'
import type { StateIndex } from './state-index.ts'

/** Flow logs of what is in the network. */
export function flowLogsOfState(index: StateIndex): Named<FlowLogDesign> {
  return named(
    index.tables.flowLogs.values(),
    ({ flowLogId }) => flowLogId,
    (row) => {
      const resource = loggedResource(index, row)
      if (!resource) return undefined
      return {
        id: row.flowLogId,
        tags: index.tagsOf(row.flowLogId),
        ...resource,
        ...(row.trafficType !== undefined && { trafficType: row.trafficType }),
        maxAggregationInterval: row.maxAggregationInterval,
        logFormat: row.logFormat,
        logDestinationType: row.logDestinationType,
        ...(row.logDestination !== undefined && { logDestination: row.logDestination }),
        ...(row.logGroupName !== undefined && { logGroupName: row.logGroupName }),
        ...(row.destinationOptions && { destinationOptions: row.destinationOptions }),
        ...(row.tagFieldSpecifications && { tagFieldSpecifications: row.tagFieldSpecifications }),
      }
    },
  )
}

function loggedResource(index: StateIndex, { resourceId }: FlowLogRow): FlowLogDesign | undefined {
  const { tables } = index
  switch (resourceId.slice(0, resourceId.lastIndexOf('-'))) {
    case 'vpc':
      return tables.vpcs.has(resourceId) ? { vpc: resourceId } : undefined
    case 'subnet':
      return tables.subnets.has(resourceId) ? { subnet: resourceId } : undefined
    case 'eni':
      return index.isInNetwork(resourceId) ? { networkInterface: resourceId } : undefined
    case 'tgw':
      return tables.transitGateways.get(resourceId)?.state === 'available' ? { transitGateway: resourceId } : undefined
    case 'tgw-attach':
      return tables.transitGatewayAttachments.get(resourceId)?.state === 'available'
        ? { transitGatewayAttachment: resourceId }
        : undefined
    default:
      return undefined
  }
}

/** Mirror filters with their rules. */
export function mirrorFiltersOfState(index: StateIndex): Named<TrafficMirrorFilterDesign> {
  const rules = [...index.tables.trafficMirrorFilterRules.values()]
  return named(
    index.tables.trafficMirrorFilters.values(),
    ({ trafficMirrorFilterId }) => trafficMirrorFilterId,
    (row) => {
      const own = rules.filter((rule) => rule.trafficMirrorFilterId === row.trafficMirrorFilterId)
      return {
        id: row.trafficMirrorFilterId,
        tags: index.tagsOf(row.trafficMirrorFilterId),
        ingressFilterRules: own.filter((rule) => rule.trafficDirection === 'ingress').map(ruleOfState),
        egressFilterRules: own.filter((rule) => rule.trafficDirection === 'egress').map(ruleOfState),
        networkServices: row.networkServices,
      }
    },
  )
}

function ruleOfState(rule: TrafficMirrorFilterRuleRow): TrafficMirrorFilterRuleDesign {
  return {
    id: rule.trafficMirrorFilterRuleId,
    ruleNumber: rule.ruleNumber,
    ruleAction: rule.ruleAction,
    ...(rule.protocol !== undefined && { protocol: rule.protocol }),
    sourceCidrBlock: rule.sourceCidrBlock,
    destinationCidrBlock: rule.destinationCidrBlock,
    ...(rule.sourcePortRange && { sourcePortRange: { ...rule.sourcePortRange } }),
    ...(rule.destinationPortRange && { destinationPortRange: { ...rule.destinationPortRange } }),
  }
}

/** Mirror targets whose ENI, balancer or endpoint is in the network. */
export function mirrorTargetsOfState(index: StateIndex): Named<TrafficMirrorTargetDesign> {
  return named(
    index.tables.trafficMirrorTargets.values(),
    ({ trafficMirrorTargetId }) => trafficMirrorTargetId,
    (row) => {
      const target = targetOfState(index, row)
      return target && { id: row.trafficMirrorTargetId, tags: index.tagsOf(row.trafficMirrorTargetId), ...target }
    },
  )
}

function targetOfState(index: StateIndex, row: TrafficMirrorTargetRow): TrafficMirrorTargetDesign | undefined {
  const { networkInterfaceId, networkLoadBalancerArn: arn, gatewayLoadBalancerEndpointId: endpoint } = row
  if (networkInterfaceId !== undefined) {
    return index.isInDesign(networkInterfaceId) ? { networkInterface: networkInterfaceId } : undefined
  }
  if (arn !== undefined) {
    const loadBalancer = index.balancerName('loadBalancers', arn)
    return loadBalancer === undefined ? undefined : { loadBalancer }
  }
  const isThere = endpoint !== undefined && index.tables.vpcEndpoints.get(endpoint)?.state === 'available'
  return isThere ? { gatewayLoadBalancerEndpoint: endpoint } : undefined
}

/** Mirror sessions whose source and target are in the network. Source: Traffic Mirroring guide, "Traffic mirror targets". */
export function mirrorSessionsOfState(index: StateIndex): Named<TrafficMirrorSessionDesign> {
  const { trafficMirrorTargets } = index.tables
  return named(
    index.tables.trafficMirrorSessions.values(),
    ({ trafficMirrorSessionId }) => trafficMirrorSessionId,
    (row) => {
      const target = trafficMirrorTargets.get(row.trafficMirrorTargetId)
      if (!index.isInDesign(row.networkInterfaceId) || !target || !targetOfState(index, target)) return undefined
      return {
        id: row.trafficMirrorSessionId,
        tags: index.tagsOf(row.trafficMirrorSessionId),
        networkInterface: row.networkInterfaceId,
        trafficMirrorTarget: row.trafficMirrorTargetId,
        trafficMirrorFilter: row.trafficMirrorFilterId,
        sessionNumber: row.sessionNumber,
        ...(row.packetLength !== undefined && { packetLength: row.packetLength }),
        virtualNetworkId: row.virtualNetworkId,
      }
    },
  )
}
