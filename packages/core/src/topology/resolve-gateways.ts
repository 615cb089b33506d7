import { hexDigits } from '../aws/resource-id.ts'
import type { VpcOwned } from '../design/design-entry.ts'
import { fullServiceName, serviceDnsName } from '../design/endpoint-service.ts'
import type { VpcEndpointDesign } from '../design/vpc-design.ts'
import { draft } from './draft.ts'
import type {
  GatewayEndpoint,
  GatewayLoadBalancerEndpoint,
  InterfaceEndpoint,
  NatGateway,
  NetworkInterface,
  PeeringConnection,
  TransitGateway,
  TransitGatewayAttachment,
} from './topology.ts'
import { must, type TopologyDrafts } from './topology-drafts.ts'

/** NAT gateways, transit gateways, peerings and endpoints, without their ENIs. */
export function resolveGateways(drafts: TopologyDrafts): void {
  const { index } = drafts
  for (const entry of index.natGateways.values()) {
    drafts.natGateways.set(
      entry.name,
      draft<NatGateway>({
        ...drafts.resource('natGateway', entry),
        vpc: must(drafts.vpcs.get(entry.vpc.name), `VPC ${entry.vpc.name}`),
        subnet: must(drafts.subnets.get(entry.value.subnet), `subnet ${entry.value.subnet}`),
        connectivity: entry.value.connectivityType ?? 'public',
      }),
    )
  }
  resolveTransitGateways(drafts)
  for (const entry of index.vpcPeeringConnections.values()) {
    const requester = must(drafts.vpcs.get(entry.value.vpc), `VPC ${entry.value.vpc}`)
    const accepter = must(drafts.vpcs.get(entry.value.peerVpc), `VPC ${entry.value.peerVpc}`)
    drafts.peeringConnections.set(
      entry.name,
      draft<PeeringConnection>({
        ...drafts.resource('vpcPeeringConnection', entry),
        requester,
        accepter,
        isInterRegion: requester.region !== accepter.region,
      }),
    )
  }
  for (const entry of index.vpcEndpoints.values()) {
    switch (entry.value.vpcEndpointType) {
      case 'Interface':
        resolveInterfaceEndpoint(drafts, entry)
        break
      case 'GatewayLoadBalancer':
        resolveGatewayLoadBalancerEndpoint(drafts, entry)
        break
      case 'Gateway':
      case undefined:
        resolveGatewayEndpoint(drafts, entry)
    }
  }
}

function resolveTransitGateways(drafts: TopologyDrafts): void {
  for (const entry of drafts.index.transitGateways.values()) {
    drafts.transitGateways.set(
      entry.name,
      draft<TransitGateway>({
        ...drafts.resource('transitGateway', entry),
        securityGroupReferencing: entry.value.securityGroupReferencingSupport ?? false,
      }),
    )
  }
  for (const entry of drafts.index.transitGatewayAttachments.values()) {
    const { value, transitGateway } = entry
    drafts.attachments.set(
      entry.name,
      draft<TransitGatewayAttachment>({
        ...drafts.resource('transitGatewayAttachment', entry),
        transitGateway: must(drafts.transitGateways.get(transitGateway.name), `transit gateway ${transitGateway.name}`),
        vpc: must(drafts.vpcs.get(value.vpc), `VPC ${value.vpc}`),
        applianceMode: value.applianceModeSupport ?? false,
        securityGroupReferencing: value.securityGroupReferencingSupport ?? true,
      }),
    )
  }
  for (const gateway of drafts.transitGateways.values()) {
    gateway.attachments = [...drafts.attachments.values()].filter((each) => each.transitGateway === gateway)
  }
}

function resolveGatewayEndpoint(drafts: TopologyDrafts, entry: VpcOwned<VpcEndpointDesign>): void {
  const serviceName = fullServiceName(entry.value.serviceName ?? '', entry.vpc.region)
  drafts.gatewayEndpoints.set(
    entry.name,
    draft<GatewayEndpoint>({
      ...drafts.resource('vpcEndpoint', entry),
      vpc: must(drafts.vpcs.get(entry.vpc.name), `VPC ${entry.vpc.name}`),
      serviceName,
      prefixList: must(drafts.prefixLists.get(serviceName), `prefix list ${serviceName}`),
    }),
  )
}

function resolveGatewayLoadBalancerEndpoint(drafts: TopologyDrafts, entry: VpcOwned<VpcEndpointDesign>): void {
  const name = entry.value.gatewayLoadBalancer ?? ''
  drafts.gatewayLoadBalancerEndpoints.set(
    entry.name,
    draft<GatewayLoadBalancerEndpoint>({
      ...drafts.resource('vpcEndpoint', entry),
      vpc: must(drafts.vpcs.get(entry.vpc.name), `VPC ${entry.vpc.name}`),
      serviceName: ownServiceName(drafts, entry.vpc.region, name),
      gatewayLoadBalancer: must(drafts.gatewayLoadBalancers.get(name), `Gateway Load Balancer ${name}`),
    }),
  )
}

/** The endpoint service that is made for a balancer. */
function ownServiceName(drafts: TopologyDrafts, region: string, balancer: string): string {
  return `com.amazonaws.vpce.${region}.${drafts.makeId('vpcEndpointService', balancer)}`
}

function resolveInterfaceEndpoint(drafts: TopologyDrafts, entry: VpcOwned<VpcEndpointDesign>): void {
  const { value, vpc } = entry
  const resource = drafts.resource('vpcEndpoint', entry)
  const balancer = value.loadBalancer === undefined ? undefined : drafts.loadBalancers.get(value.loadBalancer)
  const serviceName = balancer
    ? ownServiceName(drafts, vpc.region, balancer.name)
    : fullServiceName(value.serviceName ?? '', vpc.region)
  const privateDnsEnabled = balancer === undefined && (value.privateDnsEnabled ?? true)
  // The endpoint's own name: its id, eight digits, the service's parts, the region.
  const parts = serviceName
    .split('.')
    .slice(balancer ? 4 : 3)
    .reverse()
    .join('.')
  const own = `${resource.id}-${hexDigits(drafts.index, ['endpoint', entry.name], 8)}.${parts}.${vpc.region}.vpce.amazonaws.com`
  drafts.interfaceEndpoints.set(
    entry.name,
    draft<InterfaceEndpoint>({
      ...resource,
      vpc: must(drafts.vpcs.get(vpc.name), `VPC ${vpc.name}`),
      serviceName,
      privateDnsEnabled,
      dnsNames: privateDnsEnabled ? [own, serviceDnsName(serviceName)] : [own],
      loadBalancer: balancer,
    }),
  )
}

/** The ENIs of gateways, endpoints and balancers. */
export function linkGatewayInterfaces(drafts: TopologyDrafts): void {
  const byOwner = new Map<unknown, NetworkInterface[]>()
  const add = (owner: unknown, networkInterface: NetworkInterface): void => {
    const known = byOwner.get(owner)
    if (known) known.push(networkInterface)
    else byOwner.set(owner, [networkInterface])
  }
  for (const each of drafts.interfaces.values()) {
    const { attachment } = each
    switch (attachment.kind) {
      case 'nat-gateway':
        add(attachment.gateway, each)
        break
      case 'transit-gateway':
        add(attachment.attachment, each)
        break
      case 'interface-endpoint':
        add(attachment.endpoint, each)
        break
      case 'load-balancer':
        add(attachment.loadBalancer, each)
        break
      case 'gateway-load-balancer':
        add(attachment.gatewayLoadBalancer, each)
        break
      case 'gateway-load-balancer-endpoint':
        add(attachment.endpoint, each)
        break
      case 'instance':
      case 'none':
    }
  }
  for (const gateway of drafts.natGateways.values()) {
    gateway.networkInterface = must(byOwner.get(gateway)?.[0], `network interface of ${gateway.name}`)
  }
  for (const attachment of drafts.attachments.values()) attachment.interfaces = byOwner.get(attachment) ?? []
  for (const endpoint of drafts.interfaceEndpoints.values()) endpoint.interfaces = byOwner.get(endpoint) ?? []
  for (const balancer of drafts.loadBalancers.values()) balancer.interfaces = byOwner.get(balancer) ?? []
  for (const balancer of drafts.gatewayLoadBalancers.values()) balancer.interfaces = byOwner.get(balancer) ?? []
  for (const endpoint of drafts.gatewayLoadBalancerEndpoints.values()) {
    endpoint.networkInterface = must(byOwner.get(endpoint)?.[0], `network interface of ${endpoint.name}`)
  }
}
