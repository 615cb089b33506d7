import type { EntryKind } from './design-entry.ts'
import type { DesignIndex } from './design-index.ts'

/** Where the names of each kind stand in a design's data. */
const PLACES: Readonly<Record<EntryKind, readonly string[]>> = {
  vpcs: ['vpcs'],
  subnets: ['vpcs', '*', 'subnets'],
  routeTables: ['vpcs', '*', 'routeTables'],
  securityGroups: ['vpcs', '*', 'securityGroups'],
  networkAcls: ['vpcs', '*', 'networkAcls'],
  natGateways: ['vpcs', '*', 'natGateways'],
  vpcEndpoints: ['vpcs', '*', 'vpcEndpoints'],
  instances: ['instances'],
  networkInterfaces: ['networkInterfaces'],
  autoScalingGroups: ['autoScalingGroups'],
  prefixLists: ['prefixLists'],
  loadBalancers: ['loadBalancers'],
  gatewayLoadBalancers: ['gatewayLoadBalancers'],
  targetGroups: ['targetGroups'],
  transitGateways: ['transitGateways'],
  transitGatewayAttachments: ['transitGateways', '*', 'vpcAttachments'],
  transitGatewayRouteTables: ['transitGateways', '*', 'routeTables'],
  vpcPeeringConnections: ['vpcPeeringConnections'],
  flowLogs: ['flowLogs'],
  trafficMirrorFilters: ['trafficMirrorFilters'],
  trafficMirrorTargets: ['trafficMirrorTargets'],
  trafficMirrorSessions: ['trafficMirrorSessions'],
  detectors: ['detectors'],
  internetHosts: ['internetHosts'],
}

/**
 * Whether data that may be wrong in any way has a resource of that kind and name which the index has not: a reference to it is not
 * unknown, the resource itself was left out of the check. A name such as `demo/eth0` goes by the resource before the slash.
 */
export function isLeftOut(data: unknown, index: DesignIndex, kind: EntryKind, name: string): boolean {
  const [owner = ''] = name.split('/')
  const kinds = name.includes('/') ? (Object.keys(PLACES) as EntryKind[]) : [kind]
  return kinds.some((each) => has(data, PLACES[each], owner) && !index[each].has(owner))
}

function has(data: unknown, place: readonly string[], name: string): boolean {
  const [key, ...rest] = place
  if (data === null || typeof data !== 'object') return false
  if (key === undefined) return Object.hasOwn(data, name)
  if (key === '*') return Object.values(data).some((child) => has(child, rest, name))
  return Object.hasOwn(data, key) && has((data as Record<string, unknown>)[key], rest, name)
}
