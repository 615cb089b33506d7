import type { GatewayEndpoint, NetworkInterface } from '../topology/topology.ts'
import type { PassedLoadBalancer } from './group-path.ts'

/**
 * Whether security groups track every connection with the interface, whatever the rules: those of NAT gateways, Network Load
 * Balancers, interface and Gateway Load Balancer endpoints and Lambda. (Egress-only internet gateways and DynamoDB's gateway
 * endpoints have no interface; their paths say so themselves.)
 * Source: EC2 user guide, "Security group connection tracking", automatically tracked connections.
 */
export function isAutomaticallyTracked(networkInterface: NetworkInterface): boolean {
  switch (networkInterface.interfaceType) {
    case 'nat_gateway':
    case 'network_load_balancer':
    case 'vpc_endpoint':
    case 'gateway_load_balancer_endpoint':
    case 'lambda':
      return true
    case 'interface':
    case 'transit_gateway':
    case 'gateway_load_balancer':
    case 'efa':
      return false
  }
}

/** Of gateway endpoints, DynamoDB's connections are tracked; S3 is not in the list. */
export function isAutomaticallyTrackedEndpoint(endpoint: GatewayEndpoint): boolean {
  return endpoint.serviceName.endsWith('.dynamodb')
}

/** The balancer that the interface belongs to: its connections have timers of their own, and rules may name its groups. */
export function loadBalancerOf(networkInterface: NetworkInterface): PassedLoadBalancer {
  return networkInterface.attachment.kind === 'load-balancer' ? networkInterface.attachment.loadBalancer : false
}
