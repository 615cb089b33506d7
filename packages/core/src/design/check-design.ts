import { CheckContext } from './check-context.ts'
import { checkShape } from './check-shape.ts'
import { checkEndpoints } from './checks/check-endpoints.ts'
import { checkFlowLogs } from './checks/check-flow-logs.ts'
import { checkGatewayLoadBalancers } from './checks/check-gateway-load-balancers.ts'
import { checkBlockPublicAccess, checkGateways } from './checks/check-gateways.ts'
import { checkInstances } from './checks/check-instances.ts'
import { checkInterfaces } from './checks/check-interfaces.ts'
import { checkInternet, checkPrefixLists } from './checks/check-internet.ts'
import { checkLoadBalancers } from './checks/check-load-balancers.ts'
import { checkMirrorReach } from './checks/check-mirror-reach.ts'
import { checkMirroring } from './checks/check-mirroring.ts'
import { checkNames } from './checks/check-names.ts'
import { checkNetworkAcls } from './checks/check-network-acls.ts'
import { checkPeering } from './checks/check-peering.ts'
import { checkQuotas } from './checks/check-quotas.ts'
import { checkRoutes } from './checks/check-routes.ts'
import { checkSecurityGroups } from './checks/check-security-groups.ts'
import { checkSubnets } from './checks/check-subnets.ts'
import { checkTransitGateways } from './checks/check-transit-gateways.ts'
import { checkVpcs } from './checks/check-vpcs.ts'
import type { Design } from './design.ts'
import type { Keys } from './design-entry.ts'
import { DesignIndex } from './design-index.ts'
import type { DesignIssue } from './design-issue.ts'
import { copyPlainData } from './plain-data.ts'
import { pruneDesign } from './prune-design.ts'

/** The checks in the order in which a design is read. */
const CHECKS: readonly ((context: CheckContext) => void)[] = [
  checkNames,
  checkVpcs,
  checkSubnets,
  checkPrefixLists,
  checkSecurityGroups,
  checkNetworkAcls,
  checkGateways,
  checkRoutes,
  checkEndpoints,
  checkInterfaces,
  checkInstances,
  checkLoadBalancers,
  checkGatewayLoadBalancers,
  checkTransitGateways,
  checkPeering,
  checkBlockPublicAccess,
  checkFlowLogs,
  checkMirroring,
  checkMirrorReach,
  checkInternet,
  checkQuotas,
]

/** What a check of a design gives. */
export interface CheckedDesign {
  /** The design as plain data of its own; undefined where an issue is an error. */
  readonly design: Design | undefined
  readonly issues: readonly DesignIssue[]
}

/**
 * Checks anything for being a design: its keys and values, references by name, and the rules by which EC2 would refuse it. All issues
 * are found that do not follow from others; it never throws.
 */
export function checkDesign(input: unknown): readonly DesignIssue[] {
  return checkInput(input).issues
}

/** Like {@link checkDesign}, with the design itself. */
export function checkInput(input: unknown): CheckedDesign {
  const { data, issues: dataIssues } = copyPlainData(input)
  const shape = checkShape(data)
  const shapeIssues = shape.issues.filter((issue) => !dataIssues.some((each) => startsWith(issue.keys, each.keys)))
  const structural = [...dataIssues, ...shapeIssues]
  if ('design' in shape && dataIssues.length === 0) {
    const context = new CheckContext(new DesignIndex(shape.design), data)
    for (const check of CHECKS) check(context)
    const { issues } = context
    return { design: issues.some((issue) => issue.severity === 'error') ? undefined : shape.design, issues }
  }
  return { design: undefined, issues: [...structural, ...checkRest(data, structural)] }
}

/** The issues of what remains of a design without the resources whose shape is wrong. */
function checkRest(data: unknown, structural: readonly DesignIssue[]): readonly DesignIssue[] {
  const places = structural.map((issue) => issue.keys)
  // What a region means is unknown to everything else.
  if (places.some((keys) => keys.length === 0 || keys[0] === 'region' || (keys[0] === 'vpcs' && keys.length === 1)))
    return []
  const rest = checkShape(pruneDesign(data, places))
  if (!('design' in rest)) return []
  const context = new CheckContext(new DesignIndex(rest.design), data)
  for (const check of CHECKS) check(context)
  return context.issues
}

function startsWith(keys: Keys, start: Keys): boolean {
  return start.length <= keys.length && start.every((key, index) => key === keys[index])
}
