import type { Named, NatGatewayDesign, SubnetMappingDesign, VpcEndpointDesign } from '@flowtap/core'
import type { VpcEndpointRow } from '../services/ec2/ec2-rows.ts'
import { named } from './named-resources.ts'
import type { StateIndex } from './state-index.ts'

/** NAT gateways that work. */
export function natGatewaysOfState(index: StateIndex, vpcId: string): Named<NatGatewayDesign> {
  return named(
    index.tables.natGateways.values(),
    ({ natGatewayId }) => natGatewayId,
    (row) => {
      const [primary, ...secondaries] = row.addresses
      if (row.vpcId !== vpcId || row.state !== 'available' || !primary) return undefined
      return {
        id: row.natGatewayId,
        tags: index.tagsOf(row.natGatewayId),
        subnet: row.subnetId,
        connectivityType: row.connectivityType,
        privateIpAddress: primary.privateIp,
        ...(primary.publicIp !== undefined && { publicIp: primary.publicIp }),
        ...(row.networkInterfaceId !== undefined && { networkInterfaceId: row.networkInterfaceId }),
        secondaryAddresses: secondaries.map(({ privateIp, publicIp }) =>
          publicIp === undefined ? privateIp : { privateIpAddress: privateIp, publicIp },
        ),
      }
    },
  )
}

/** Endpoints that are available. */
export function vpcEndpointsOfState(index: StateIndex, vpcId: string): Named<VpcEndpointDesign> {
  return named(
    index.tables.vpcEndpoints.values(),
    ({ vpcEndpointId }) => vpcEndpointId,
    (row) => (row.vpcId === vpcId && row.state === 'available' ? endpointOfState(index, row) : undefined),
  )
}

function endpointOfState(index: StateIndex, row: VpcEndpointRow): VpcEndpointDesign | undefined {
  const common = { id: row.vpcEndpointId, tags: index.tagsOf(row.vpcEndpointId) }
  if (row.vpcEndpointType === 'Gateway') {
    return { ...common, vpcEndpointType: 'Gateway', serviceName: row.serviceName, routeTables: row.routeTableIds }
  }
  const subnets = row.subnetIds.map((subnet, at) => placementOfState(index, subnet, row.networkInterfaceIds[at]))
  const service = [...index.tables.vpcEndpointServices.values()].find(
    ({ serviceName }) => serviceName === row.serviceName,
  )
  if (row.vpcEndpointType === 'GatewayLoadBalancer') {
    const arn = service?.gatewayLoadBalancerArns[0]
    const gatewayLoadBalancer = arn === undefined ? undefined : index.balancerName('gatewayLoadBalancers', arn)
    if (gatewayLoadBalancer === undefined) return undefined
    return { ...common, vpcEndpointType: 'GatewayLoadBalancer', gatewayLoadBalancer, subnets }
  }
  const arn = service?.networkLoadBalancerArns[0]
  const loadBalancer = arn === undefined ? undefined : index.balancerName('loadBalancers', arn)
  if (service && loadBalancer === undefined) return undefined
  return {
    ...common,
    vpcEndpointType: 'Interface',
    ...(loadBalancer === undefined
      ? { serviceName: row.serviceName, privateDnsEnabled: row.privateDnsEnabled }
      : { loadBalancer }),
    subnets,
    securityGroups: row.groupIds.map((id) => index.groupName(id)),
  }
}

/** The ENI of a service in a subnet: the same address and id as in the tables. */
export function placementOfState(
  index: StateIndex,
  subnet: string,
  networkInterfaceId: string | undefined,
): SubnetMappingDesign {
  const row = index.tables.networkInterfaces.get(networkInterfaceId ?? '')
  const address = row?.privateIpAddresses[0]?.privateIpAddress
  return {
    subnet,
    ...(address !== undefined && { privateIpAddress: address }),
    ...(networkInterfaceId !== undefined && { networkInterfaceId }),
  }
}
