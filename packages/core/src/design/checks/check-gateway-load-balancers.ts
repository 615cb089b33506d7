import type { CheckContext } from '../check-context.ts'
import type { Entry } from '../design-entry.ts'
import { placement } from '../interface-plan.ts'
import type { GatewayLoadBalancerDesign } from '../load-balancer-design.ts'
import { checkPlacements } from './check-endpoints.ts'
import { checkBalancerName, checkGroupOfBalancer } from './check-load-balancers.ts'

/** Gateway Load Balancers. Source: Elastic Load Balancing, user guide for Gateway Load Balancers. */
export function checkGatewayLoadBalancers(context: CheckContext): void {
  const users = new Map<string, string>()
  for (const balancer of context.index.gatewayLoadBalancers.values()) checkBalancer(context, balancer, users)
}

function checkBalancer(
  context: CheckContext,
  { name, keys, value }: Entry<GatewayLoadBalancerDesign>,
  users: Map<string, string>,
): void {
  checkBalancerName(context, keys, name)
  if (context.index.loadBalancers.has(name)) {
    context.error(
      'duplicate-name',
      keys,
      `The name ${name} belongs to a Network Load Balancer already. Choose another name: balancers have one name space.`,
      'DuplicateLoadBalancerName',
    )
  }
  checkPlacements(context, [...keys, 'subnets'], value.subnets, undefined)
  for (const [at, each] of value.subnets.entries()) {
    if (placement(each).publicIp === undefined) continue
    context.error(
      'conflicting-keys',
      [...keys, 'subnets', at, 'publicIp'],
      'A Gateway Load Balancer has no public addresses. Leave publicIp out.',
      'InvalidConfigurationRequest',
    )
  }
  const { listeners = [] } = value
  if (listeners.length > 1) {
    context.error(
      'duplicate-listener',
      [...keys, 'listeners', 1],
      `A Gateway Load Balancer has one listener, for all protocols and ports; here are ${listeners.length}. Leave the others out.`,
      'TooManyListeners',
    )
  }
  const vpc = value.subnets.map((each) => context.index.subnets.get(placement(each).subnet)?.vpc).find((each) => each)
  for (const [at, { targetGroup }] of listeners.entries()) {
    const place = [...keys, 'listeners', at, 'targetGroup']
    const group = context.find('targetGroups', targetGroup, place)
    if (!group) continue
    if (group.value.protocol !== 'GENEVE') {
      context.error(
        'listener-protocol',
        place,
        `A Gateway Load Balancer cannot forward to ${group.name}, whose protocol is ${group.value.protocol}. Name a target group of GENEVE.`,
        'IncompatibleProtocols',
      )
    }
    checkGroupOfBalancer(context, place, group, name, vpc, users)
  }
}
