/**
 * Largest IP packets that parts of the network carry, in bytes.
 * Sources: EC2 user guide, "Network MTU for your EC2 instance"; VPC peering guide, "Basics"; transit gateway guide, "Quotas";
 * PrivateLink guide, "Quotas"; VPC user guide, "NAT gateway basics".
 */
export const MTU = {
  networkInterface: 9001,
  internetGateway: 1500,
  interRegionPeering: 8500,
  transitGateway: 8500,
  natGateway: 8500,
  /** What is larger vanishes without an ICMP error. */
  interfaceEndpoint: 8500,
  /** As above. */
  gatewayLoadBalancerEndpoint: 8500,
} as const

/**
 * Whether a transit gateway fragments IPv4 packets that allow it. AWS says that packets above 8,500 bytes are dropped and does not
 * speak of fragments.
 */
export const TRANSIT_GATEWAY_FRAGMENTS: boolean = false

/** Whether peering between Regions fragments, and answers what it cannot fragment, as internet gateways do. Not documented. */
export const INTER_REGION_PEERING_FRAGMENTS: boolean = true
