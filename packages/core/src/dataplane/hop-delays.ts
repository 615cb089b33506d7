/**
 * One-way delays of the network's own hops, in microseconds. AWS publishes none; these are of the order that is measured in practice.
 * Hosts on the internet add their own ({@link import('../topology/topology.ts').InternetHost.latencyMicroseconds}).
 */
export const HOP_DELAY = {
  sameSubnet: 80,
  sameZone: 100,
  betweenZones: 500,
  betweenRegions: 30_000,
  internetGateway: 100,
  natGateway: 50,
  transitGateway: 250,
  loadBalancer: 100,
  endpoint: 150,
  /** Amazon DNS, instance metadata and their like. */
  linkLocalService: 100,
  /** From the subnet's router to the host, for ICMP errors. */
  router: 20,
} as const
