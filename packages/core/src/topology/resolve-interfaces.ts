import { instanceType } from '../aws/instance-type.ts'
import { makeMacAddress } from '../aws/resource-id.ts'
import { DEFAULT_INSTANCE_TYPE } from '../design/design-entry.ts'
import type { InterfaceSettings } from '../design/instance-design.ts'
import { type InterfaceOwner, type InterfacePlan, instanceInterfaceName } from '../design/interface-plan.ts'
import { type Draft, draft } from './draft.ts'
import type {
  ConnectionTrackingTimeouts,
  Instance,
  InterfaceAttachment,
  InterfaceType,
  NetworkInterface,
  SecurityGroup,
} from './topology.ts'
import { must, type TopologyDrafts } from './topology-drafts.ts'

/** Idle seconds of an established TCP connection, after which it is forgotten. Source: EC2 API reference, ConnectionTrackingConfiguration. */
export const TCP_ESTABLISHED_SECONDS = 432_000
/** The same on Nitro v6 instance types. */
export const TCP_ESTABLISHED_SECONDS_ON_NITRO_V6 = 350
const UDP_SECONDS = 30
const UDP_STREAM_SECONDS = 180

/** Instances, without their ENIs. */
export function resolveInstances(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.instances.values()) {
    const { value } = entry
    const type = must(instanceType(value.instanceType ?? DEFAULT_INSTANCE_TYPE), `instance type of ${entry.name}`)
    const group = value.autoScalingGroup
    drafts.instances.set(
      entry.name,
      draft<Instance>({
        ...drafts.resource('instance', entry),
        instanceType: type.name,
        isNitro: type.isNitro,
        isNitroV6: type.nitroVersion >= 6,
        operatingSystem: value.platform ?? 'linux',
        autoScalingGroup:
          group === undefined
            ? undefined
            : { name: group, tags: { ...drafts.index.autoScalingGroups.get(group)?.value.tags } },
        running: value.state !== 'stopped',
      }),
    )
  }
}

/** Every ENI, and the lists of ENIs that VPCs, subnets and instances have. */
export function resolveInterfaces(drafts: TopologyDrafts): void {
  const attached = attachedInterfaces(drafts)
  for (const [index, plan] of drafts.plans.entries()) {
    drafts.interfaces.set(plan.name, resolveInterface(drafts, plan, index, attached.get(plan.name)))
  }
  const all = [...drafts.interfaces.values()]
  for (const vpc of drafts.vpcs.values()) {
    vpc.subnets = [...drafts.subnets.values()].filter((subnet) => subnet.vpc === vpc)
  }
  const byOwner = new Map<unknown, Draft<NetworkInterface>[]>()
  const add = (owner: unknown, networkInterface: Draft<NetworkInterface>): void => {
    const known = byOwner.get(owner)
    if (known) known.push(networkInterface)
    else byOwner.set(owner, [networkInterface])
  }
  for (const each of all) {
    add(each.vpc, each)
    add(each.subnet, each)
  }
  for (const vpc of drafts.vpcs.values()) vpc.interfaces = byOwner.get(vpc) ?? []
  for (const subnet of drafts.subnets.values()) subnet.interfaces = byOwner.get(subnet) ?? []
  for (const { name, value } of drafts.index.instances.values()) {
    const names = value.networkInterfaces ?? [instanceInterfaceName(name)]
    const instance = must(drafts.instances.get(name), `instance ${name}`)
    instance.interfaces = names.map((each) => must(drafts.interfaces.get(each), `network interface ${each}`))
  }
}

type Attachment = Extract<InterfaceAttachment, { kind: 'instance' }>

/** By the ENI's name: the instance that it is attached to. */
function attachedInterfaces(drafts: TopologyDrafts): ReadonlyMap<string, Attachment> {
  const attached = new Map<string, Attachment>()
  for (const { name, value } of drafts.index.instances.values()) {
    const instance = must(drafts.instances.get(name), `instance ${name}`)
    for (const [deviceIndex, each] of (value.networkInterfaces ?? [instanceInterfaceName(name)]).entries()) {
      attached.set(each, { kind: 'instance', instance, deviceIndex })
    }
  }
  return attached
}

function resolveInterface(
  drafts: TopologyDrafts,
  plan: InterfacePlan,
  index: number,
  attached: Attachment | undefined,
): Draft<NetworkInterface> {
  const { owner, subnet } = plan
  const id = plan.id ?? drafts.makeId('networkInterface', plan.name)
  const own = owner.kind === 'network-interface' ? owner.entry.value : undefined
  const settings: InterfaceSettings = owner.kind === 'instance' ? owner.entry.value : (own ?? {})
  const planned = must(drafts.addresses.get(plan), `addresses of ${plan.name}`)
  return draft<NetworkInterface>({
    id,
    name: plan.name,
    tags: { ...own?.tags },
    index,
    vpc: must(drafts.vpcs.get(subnet.vpc.name), `VPC ${subnet.vpc.name}`),
    subnet: must(drafts.subnets.get(subnet.name), `subnet ${subnet.name}`),
    ownerId: subnet.vpc.ownerId,
    interfaceType: own?.interfaceType ?? INTERFACE_TYPES[owner.kind],
    macAddress: own?.macAddress ?? makeMacAddress(drafts.index, id),
    addresses: planned.addresses.map((each) => ({ ...each })),
    ipv6Addresses: [...planned.ipv6Addresses],
    securityGroups: groupsOf(drafts, plan),
    hasSecurityGroups: hasSecurityGroups(owner),
    sourceDestinationCheck: FORWARDS[owner.kind] ? false : (settings.sourceDestCheck ?? true),
    isRequesterManaged: own ? (own.requesterManaged ?? own.interfaceType === 'lambda') : owner.kind !== 'instance',
    requesterId: own?.requesterId ?? (isLoadBalancer(owner) ? 'amazon-elb' : undefined),
    attachment: attachmentOf(drafts, owner, attached),
    connectionTracking: trackingOf(settings, attached?.instance),
  })
}

const INTERFACE_TYPES: Readonly<Record<InterfaceOwner['kind'], InterfaceType>> = {
  'network-interface': 'interface',
  instance: 'interface',
  'nat-gateway': 'nat_gateway',
  'transit-gateway': 'transit_gateway',
  'interface-endpoint': 'vpc_endpoint',
  'load-balancer': 'network_load_balancer',
  'gateway-load-balancer': 'gateway_load_balancer',
  'gateway-load-balancer-endpoint': 'gateway_load_balancer_endpoint',
}

/** Whose ENIs pass on what is neither from nor to them. */
const FORWARDS: Readonly<Record<InterfaceOwner['kind'], boolean>> = {
  'network-interface': false,
  instance: false,
  'nat-gateway': true,
  'transit-gateway': true,
  'interface-endpoint': false,
  'load-balancer': true,
  'gateway-load-balancer': true,
  'gateway-load-balancer-endpoint': true,
}

function hasSecurityGroups(owner: InterfaceOwner): boolean {
  switch (owner.kind) {
    case 'nat-gateway':
    case 'transit-gateway':
    case 'gateway-load-balancer':
    case 'gateway-load-balancer-endpoint':
      return false
    case 'load-balancer':
      return (owner.entry.value.securityGroups?.length ?? 0) > 0
    case 'network-interface':
    case 'instance':
    case 'interface-endpoint':
      return true
  }
}

function isLoadBalancer({ kind }: InterfaceOwner): boolean {
  return kind === 'load-balancer' || kind === 'gateway-load-balancer'
}

/** What is made without a group gets the VPC's default group, but for gateways and balancers. */
function groupsOf(drafts: TopologyDrafts, { owner, subnet }: InterfacePlan): SecurityGroup[] {
  if (!hasSecurityGroups(owner)) return []
  const value = owner.entry.value
  const names = ('securityGroups' in value ? value.securityGroups : undefined) ?? []
  return (names.length > 0 ? names : ['default']).map((name) => drafts.securityGroup(name, subnet.vpc))
}

function attachmentOf(
  drafts: TopologyDrafts,
  owner: InterfaceOwner,
  attached: Attachment | undefined,
): InterfaceAttachment {
  const { name } = owner.entry
  switch (owner.kind) {
    case 'network-interface':
    case 'instance':
      return attached ?? { kind: 'none' }
    case 'nat-gateway':
      return { kind: 'nat-gateway', gateway: must(drafts.natGateways.get(name), `NAT gateway ${name}`) }
    case 'transit-gateway':
      return { kind: 'transit-gateway', attachment: must(drafts.attachments.get(name), `attachment ${name}`) }
    case 'interface-endpoint':
      return { kind: 'interface-endpoint', endpoint: must(drafts.interfaceEndpoints.get(name), `endpoint ${name}`) }
    case 'load-balancer':
      return { kind: 'load-balancer', loadBalancer: must(drafts.loadBalancers.get(name), `load balancer ${name}`) }
    case 'gateway-load-balancer': {
      const gatewayLoadBalancer = must(drafts.gatewayLoadBalancers.get(name), `Gateway Load Balancer ${name}`)
      return { kind: 'gateway-load-balancer', gatewayLoadBalancer }
    }
    case 'gateway-load-balancer-endpoint': {
      const endpoint = must(drafts.gatewayLoadBalancerEndpoints.get(name), `endpoint ${name}`)
      return { kind: 'gateway-load-balancer-endpoint', endpoint }
    }
  }
}

function trackingOf(settings: InterfaceSettings, instance: Instance | undefined): ConnectionTrackingTimeouts {
  const given = settings.connectionTrackingSpecification ?? {}
  const established = instance?.isNitroV6 ? TCP_ESTABLISHED_SECONDS_ON_NITRO_V6 : TCP_ESTABLISHED_SECONDS
  return {
    tcpEstablishedSeconds: given.tcpEstablishedTimeout ?? established,
    udpSeconds: given.udpTimeout ?? UDP_SECONDS,
    udpStreamSeconds: given.udpStreamTimeout ?? UDP_STREAM_SECONDS,
  }
}
