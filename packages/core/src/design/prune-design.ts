type Keys = readonly (string | number)[]

/** Maps of named resources at the top of a design, in VPCs and in transit gateways. */
const NAMED_IN_DESIGN = new Set([
  'vpcs',
  'instances',
  'networkInterfaces',
  'autoScalingGroups',
  'prefixLists',
  'loadBalancers',
  'gatewayLoadBalancers',
  'targetGroups',
  'transitGateways',
  'vpcPeeringConnections',
  'flowLogs',
  'trafficMirrorFilters',
  'trafficMirrorTargets',
  'trafficMirrorSessions',
  'detectors',
  'internetHosts',
  'availabilityZones',
])
const NAMED_IN_OWNER: Readonly<Record<string, ReadonlySet<string>>> = {
  vpcs: new Set(['subnets', 'routeTables', 'securityGroups', 'networkAcls', 'natGateways', 'vpcEndpoints']),
  transitGateways: new Set(['vpcAttachments', 'routeTables']),
}

/**
 * The data without the resources in which a place is wrong, so that the others can be checked against each other. Where the place is in
 * no named resource, its key at the top goes.
 */
export function pruneDesign(data: unknown, wrongPlaces: readonly Keys[]): unknown {
  let pruned = data
  for (const place of wrongPlaces) pruned = without(pruned, resourceKeys(place))
  return pruned
}

/** The keys of the smallest named resource around a place. */
function resourceKeys(place: Keys): Keys {
  const [kind, , inner] = place
  if (typeof kind !== 'string' || place.length < 2 || !NAMED_IN_DESIGN.has(kind)) return place.slice(0, 1)
  const isInner = place.length >= 4 && typeof inner === 'string' && NAMED_IN_OWNER[kind]?.has(inner)
  return place.slice(0, isInner ? 4 : 2)
}

function without(data: unknown, keys: Keys): unknown {
  const [key, ...rest] = keys
  if (key === undefined || data === null || typeof data !== 'object' || !Object.hasOwn(data, key)) return data
  const copy: Record<string | number, unknown> = { ...data }
  if (rest.length === 0) delete copy[key]
  else copy[key] = without(copy[key], rest)
  return copy
}
