import type { AvailabilityZone } from '../topology/topology.ts'

/**
 * Values of the record field `traffic-path`; 0 stands for `-`.
 * Source: VPC user guide, "Flow log records", traffic-path.
 */
export const TRAFFIC_PATH = {
  none: 0,
  /** Another resource in the same VPC, AWS-managed interfaces included. */
  sameVpc: 1,
  /** An internet gateway or a gateway endpoint, from anything but a Nitro instance: NAT gateways, balancers, older instances. */
  gateway: 2,
  intraRegionPeering: 4,
  interRegionPeering: 5,
  localZone: 6,
  nitroGatewayEndpoint: 7,
  nitroInternetGateway: 8,
} as const

/** Not documented: a transit gateway is reached through its interface in the VPC, so it counts as a resource of the VPC. */
export const TRANSIT_GATEWAY_TRAFFIC_PATH: number = TRAFFIC_PATH.sameVpc

/** Not documented: what leaves a Local Zone or Wavelength Zone for the internet shows 6, whatever the instance type. */
export const LOCAL_ZONE_INTERNET_TRAFFIC_PATH: number = TRAFFIC_PATH.localZone

/** Values for the internet from a zone; egress-only gateways count as internet gateways (not documented). */
export function gatewayTrafficPaths(zone: AvailabilityZone): Readonly<{ internet: number; nitroInternet: number }> {
  switch (zone.kind) {
    case 'local-zone':
    case 'wavelength-zone':
      return { internet: LOCAL_ZONE_INTERNET_TRAFFIC_PATH, nitroInternet: LOCAL_ZONE_INTERNET_TRAFFIC_PATH }
    case 'availability-zone':
    case 'outpost':
      return { internet: TRAFFIC_PATH.gateway, nitroInternet: TRAFFIC_PATH.nitroInternetGateway }
  }
}
