import { hexDigits } from '../aws/resource-id.ts'
import type { Entry } from '../design/design-entry.ts'
import { placement } from '../design/interface-plan.ts'
import type {
  GatewayLoadBalancerDesign,
  LoadBalancerDesign,
  TargetDesign,
  TargetGroupDesign,
} from '../design/load-balancer-design.ts'
import { IpAddress } from '../net/ip-address.ts'
import { draft } from './draft.ts'
import type { GatewayLoadBalancer, LoadBalancerTarget, NetworkLoadBalancer, Vpc } from './topology.ts'
import { must, type TopologyDrafts } from './topology-drafts.ts'

/** Network and Gateway Load Balancers without ENIs and listeners. */
export function resolveLoadBalancers(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.loadBalancers.values()) {
    const { name, value } = entry
    const vpc = vpcOf(drafts, entry)
    const digits = hexDigits(drafts.index, ['loadBalancer', name], 16)
    drafts.loadBalancers.set(
      name,
      draft<NetworkLoadBalancer>({
        id: value.id ?? arn(drafts, `loadbalancer/net/${name}/${digits}`),
        name,
        tags: { ...value.tags },
        vpc,
        scheme: value.scheme ?? 'internet-facing',
        dnsName: `${name}-${digits}.elb.${vpc.region}.amazonaws.com`,
        crossZone: value.crossZoneEnabled ?? false,
        enforcesInboundRulesOnPrivateLink: value.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic !== 'off',
      }),
    )
  }
  for (const entry of drafts.index.gatewayLoadBalancers.values()) {
    const { name, value } = entry
    const digits = hexDigits(drafts.index, ['gatewayLoadBalancer', name], 16)
    drafts.gatewayLoadBalancers.set(
      name,
      draft<GatewayLoadBalancer>({
        id: value.id ?? arn(drafts, `loadbalancer/gwy/${name}/${digits}`),
        name,
        tags: { ...value.tags },
        vpc: vpcOf(drafts, entry),
        crossZone: value.crossZoneEnabled ?? false,
      }),
    )
  }
}

/** The VPC of a balancer's subnets. */
function vpcOf(drafts: TopologyDrafts, { name, value }: Entry<LoadBalancerDesign | GatewayLoadBalancerDesign>): Vpc {
  const [first] = value.subnets
  return must(drafts.subnets.get(first === undefined ? '' : placement(first).subnet), `subnet of ${name}`).vpc
}

function arn(drafts: TopologyDrafts, resource: string): string {
  const { accountId, region } = drafts.index
  return `arn:aws:elasticloadbalancing:${region}:${accountId}:${resource}`
}

/** Target groups and listeners, once there are ENIs. */
export function resolveListeners(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.targetGroups.values()) resolveTargetGroup(drafts, entry)
  for (const { name, value } of drafts.index.loadBalancers.values() as Iterable<Entry<LoadBalancerDesign>>) {
    const balancer = must(drafts.loadBalancers.get(name), `load balancer ${name}`)
    balancer.listeners = (value.listeners ?? []).map(({ protocol, port, targetGroup }) => ({
      protocol,
      port,
      targetGroup: must(drafts.targetGroups.get(targetGroup), `target group ${targetGroup}`),
    }))
  }
  for (const { name, value } of drafts.index.gatewayLoadBalancers.values()) {
    const balancer = must(drafts.gatewayLoadBalancers.get(name), `Gateway Load Balancer ${name}`)
    const [listener] = value.listeners ?? []
    balancer.targetGroup =
      listener && must(drafts.targetGroups.get(listener.targetGroup), `target group ${listener.targetGroup}`)
  }
}

function resolveTargetGroup(drafts: TopologyDrafts, { name, value }: Entry<TargetGroupDesign>): void {
  const targetType = value.targetType ?? 'instance'
  const isDatagram = value.protocol === 'UDP' || value.protocol === 'TCP_UDP'
  const vpc = must(drafts.vpcs.get(value.vpc), `VPC ${value.vpc}`)
  drafts.targetGroups.set(name, {
    id: value.id ?? arn(drafts, `targetgroup/${name}/${hexDigits(drafts.index, ['targetGroup', name], 16)}`),
    name,
    tags: { ...value.tags },
    protocol: value.protocol,
    targetType,
    // Source: NLB guide, "Client IP preservation": fixed on for UDP, by target type otherwise.
    preserveClientIp:
      isDatagram || (value.protocol !== 'GENEVE' && (value.preserveClientIp ?? targetType === 'instance')),
    targets: (value.targets ?? []).map((target) => resolveTarget(drafts, vpc, value, target)),
  })
}

function resolveTarget(
  drafts: TopologyDrafts,
  vpc: Vpc,
  group: TargetGroupDesign,
  target: TargetDesign,
): LoadBalancerTarget {
  const port = target.port ?? group.port
  const healthy = target.healthy ?? true
  if (target.ipAddress !== undefined) {
    const address = IpAddress.of(target.ipAddress)
    const networkInterface = vpc.interfaces.find((each) => each.addresses.some((one) => one.address.equals(address)))
    return { address, port, networkInterface, healthy }
  }
  const networkInterface = must(drafts.instances.get(target.instance ?? '')?.interfaces[0], `target ${target.instance}`)
  const address = must(networkInterface.addresses[0]?.address, `address of ${networkInterface.name}`)
  return { address, port, networkInterface, healthy }
}
