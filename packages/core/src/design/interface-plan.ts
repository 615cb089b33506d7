import type { Entry, Keys, TransitGatewayOwned, VpcOwned } from './design-entry.ts'
import type { DesignIndex } from './design-index.ts'
import type { InstanceDesign, InterfaceSettings, NetworkInterfaceDesign } from './instance-design.ts'
import type { GatewayLoadBalancerDesign, LoadBalancerDesign } from './load-balancer-design.ts'
import type { TransitGatewayVpcAttachmentDesign } from './transit-gateway-design.ts'
import type {
  AddressPairDesign,
  InterfaceAddressDesign,
  NatGatewayDesign,
  SubnetDesign,
  SubnetMappingDesign,
  SubnetPlacementDesign,
  VpcEndpointDesign,
} from './vpc-design.ts'

/** An ENI that a design asks for, by itself or with what needs one, before addresses are given out. */
export interface InterfacePlan {
  /** The ENI's own name, or one made of its owner's: `demo/eth0`, `nat-a/nat-gateway`, `sensors/load-balancer/us-west-2a`. */
  readonly name: string
  /** The place of what asks for it. */
  readonly keys: Keys
  readonly id: string | undefined
  readonly owner: InterfaceOwner
  readonly subnet: VpcOwned<SubnetDesign>
  /** The primary address first; none in IPv6-only subnets. */
  readonly ipv4: readonly AddressRequest[]
  readonly ipv6: readonly Readonly<{ address: string | undefined; keys: Keys }>[]
}

/** What an ENI is made for. */
export type InterfaceOwner =
  | { readonly kind: 'network-interface'; readonly entry: Entry<NetworkInterfaceDesign> }
  | { readonly kind: 'instance'; readonly entry: Entry<InstanceDesign> }
  | { readonly kind: 'nat-gateway'; readonly entry: VpcOwned<NatGatewayDesign> }
  | { readonly kind: 'transit-gateway'; readonly entry: TransitGatewayOwned<TransitGatewayVpcAttachmentDesign> }
  | { readonly kind: 'interface-endpoint'; readonly entry: VpcOwned<VpcEndpointDesign> }
  | { readonly kind: 'load-balancer'; readonly entry: Entry<LoadBalancerDesign> }
  | { readonly kind: 'gateway-load-balancer'; readonly entry: Entry<GatewayLoadBalancerDesign> }
  | { readonly kind: 'gateway-load-balancer-endpoint'; readonly entry: VpcOwned<VpcEndpointDesign> }

/** A private IPv4 address that an ENI asks for. */
export interface AddressRequest {
  /** undefined: any free one. */
  readonly address: string | undefined
  readonly keys: Keys
  /** `true`: one out of the pool; a text: that one. */
  readonly publicIp: boolean | string
  readonly publicIpKeys: Keys
}

/** The name of the ENI that an instance's `subnet` makes. */
export function instanceInterfaceName(instance: string): string {
  return `${instance}/eth0`
}

/** The zone of a subnet: the region's first where it names none. */
export function zoneOf(subnet: VpcOwned<SubnetDesign>, firstZoneOf: (region: string) => string): string {
  return subnet.value.availabilityZone ?? firstZoneOf(subnet.vpc.region)
}

/** A placement in its long form. */
export function placement(design: SubnetPlacementDesign): SubnetMappingDesign {
  return typeof design === 'string' ? { subnet: design } : design
}

/** An address in its long form. */
export function addressPair(design: InterfaceAddressDesign): AddressPairDesign {
  return typeof design === 'string' ? { privateIpAddress: design } : design
}

/** Every ENI of a design whose subnet exists, in the design's order: ENIs of their own, instances', gateways', endpoints', balancers'. */
export function planInterfaces(index: DesignIndex): InterfacePlan[] {
  return [
    ...[...index.networkInterfaces.values()].flatMap((entry) => planOwn(index, entry)),
    ...[...index.instances.values()].flatMap((entry) => planInstance(index, entry)),
    ...[...index.natGateways.values()].flatMap((entry) => planNatGateway(index, entry)),
    ...[...index.transitGatewayAttachments.values()].flatMap((entry) =>
      planPlacements(index, { kind: 'transit-gateway', entry }, entry.value.subnets, () => false),
    ),
    ...[...index.vpcEndpoints.values()].flatMap((entry) =>
      entry.value.vpcEndpointType === 'Interface'
        ? planPlacements(index, { kind: 'interface-endpoint', entry }, entry.value.subnets ?? [], () => false)
        : [],
    ),
    ...[...index.loadBalancers.values()].flatMap((entry) =>
      planPlacements(index, { kind: 'load-balancer', entry }, entry.value.subnets, (mapping) =>
        entry.value.scheme === 'internal' ? false : (mapping.publicIp ?? true),
      ),
    ),
    ...[...index.gatewayLoadBalancers.values()].flatMap((entry) =>
      planPlacements(index, { kind: 'gateway-load-balancer', entry }, entry.value.subnets, () => false),
    ),
    ...[...index.vpcEndpoints.values()].flatMap((entry) =>
      entry.value.vpcEndpointType === 'GatewayLoadBalancer'
        ? planPlacements(
            index,
            { kind: 'gateway-load-balancer-endpoint', entry },
            entry.value.subnets ?? [],
            () => false,
          )
        : [],
    ),
  ]
}

function planOwn(index: DesignIndex, entry: Entry<NetworkInterfaceDesign>): InterfacePlan[] {
  const { name, keys, value } = entry
  const subnet = index.subnets.get(value.subnet)
  if (!subnet) return []
  const owner: InterfaceOwner = { kind: 'network-interface', entry }
  return [{ name, keys, id: value.id, owner, subnet, ...requests(value, keys, subnet, value.publicIp ?? false) }]
}

function planInstance(index: DesignIndex, entry: Entry<InstanceDesign>): InterfacePlan[] {
  const { name, keys, value } = entry
  const subnet = value.subnet === undefined ? undefined : index.subnets.get(value.subnet)
  if (!subnet) return []
  const publicIp = value.publicIp ?? subnet.value.mapPublicIpOnLaunch ?? false
  const owner: InterfaceOwner = { kind: 'instance', entry }
  const id = value.networkInterfaceId
  return [{ name: instanceInterfaceName(name), keys, id, owner, subnet, ...requests(value, keys, subnet, publicIp) }]
}

/** Addresses of an ENI of its own or of an instance. */
function requests(
  settings: InterfaceSettings,
  keys: Keys,
  subnet: VpcOwned<SubnetDesign>,
  publicIp: boolean | string,
): Pick<InterfacePlan, 'ipv4' | 'ipv6'> {
  const primary: AddressRequest = {
    address: settings.privateIpAddress,
    keys: [...keys, 'privateIpAddress'],
    publicIp,
    publicIpKeys: [...keys, 'publicIp'],
  }
  const secondaries = secondaryRequests(settings.secondaryPrivateIpAddresses, [...keys, 'secondaryPrivateIpAddresses'])
  const isIpv6Only = subnet.value.cidrBlock === undefined
  const wantsAny = settings.privateIpAddress !== undefined || secondaries.length > 0
  const given = (settings.ipv6Addresses ?? []).map((address, at) => ({ address, keys: [...keys, 'ipv6Addresses', at] }))
  const automatic = (subnet.value.assignIpv6AddressOnCreation ?? isIpv6Only) ? 1 : 0
  const count = settings.ipv6AddressCount ?? (given.length > 0 ? 0 : automatic)
  const allocated = Array.from({ length: count }, () => ({ address: undefined, keys: [...keys, 'ipv6AddressCount'] }))
  return { ipv4: isIpv6Only && !wantsAny ? [] : [primary, ...secondaries], ipv6: [...given, ...allocated] }
}

function secondaryRequests(addresses: readonly InterfaceAddressDesign[] | undefined, keys: Keys): AddressRequest[] {
  return (addresses ?? []).map((each, at) => {
    const pair = addressPair(each)
    const place = [...keys, at]
    const isText = typeof each === 'string'
    return {
      address: pair.privateIpAddress,
      keys: isText ? place : [...place, 'privateIpAddress'],
      publicIp: pair.publicIp ?? false,
      publicIpKeys: [...place, 'publicIp'],
    }
  })
}

function planNatGateway(index: DesignIndex, entry: VpcOwned<NatGatewayDesign>): InterfacePlan[] {
  const { name, keys, value } = entry
  const subnet = index.subnets.get(value.subnet)
  if (!subnet) return []
  const isPublic = value.connectivityType !== 'private'
  const primary: AddressRequest = {
    address: value.privateIpAddress,
    keys: [...keys, 'privateIpAddress'],
    publicIp: isPublic ? (value.publicIp ?? true) : false,
    publicIpKeys: [...keys, 'publicIp'],
  }
  const secondaries = secondaryRequests(value.secondaryAddresses, [...keys, 'secondaryAddresses']).map((request) => ({
    ...request,
    publicIp: isPublic ? request.publicIp || true : false,
  }))
  const id = value.networkInterfaceId
  const owner: InterfaceOwner = { kind: 'nat-gateway', entry }
  return [{ name: `${name}/nat-gateway`, keys, id, owner, subnet, ipv4: [primary, ...secondaries], ipv6: [] }]
}

/** One ENI for each subnet in which a service is placed. */
function planPlacements(
  index: DesignIndex,
  owner: InterfaceOwner,
  placements: readonly SubnetPlacementDesign[],
  publicIp: (mapping: SubnetMappingDesign) => boolean | string,
): InterfacePlan[] {
  const { name, keys } = owner.entry
  return placements.flatMap((design, at) => {
    const mapping = placement(design)
    const subnet = index.subnets.get(mapping.subnet)
    if (!subnet) return []
    const place = [...keys, 'subnets', at]
    const request: AddressRequest = {
      address: mapping.privateIpAddress,
      keys: [...place, 'privateIpAddress'],
      publicIp: publicIp(mapping),
      publicIpKeys: [...place, 'publicIp'],
    }
    const id = mapping.networkInterfaceId
    return [
      { name: `${name}/${owner.kind}/${mapping.subnet}`, keys: place, id, owner, subnet, ipv4: [request], ipv6: [] },
    ]
  })
}
