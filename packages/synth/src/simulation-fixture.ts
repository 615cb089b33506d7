import type { Design } from '@flowtap/core'

/** For tests: two zones, private instances behind NAT gateways, a public server, and flow logs at three scopes. */
export const TEST_DESIGN: Design = {
  vpcs: {
    main: {
      cidrBlocks: ['10.0.0.0/16'],
      enableDnsHostnames: true,
      internetGateway: true,
      subnets: {
        'private-a': { cidrBlock: '10.0.1.0/24', availabilityZone: 'us-west-2a', routeTable: 'private-a' },
        'private-b': { cidrBlock: '10.0.2.0/24', availabilityZone: 'us-west-2b', routeTable: 'private-b' },
        'public-a': { cidrBlock: '10.0.101.0/24', availabilityZone: 'us-west-2a', routeTable: 'public' },
        'public-b': { cidrBlock: '10.0.102.0/24', availabilityZone: 'us-west-2b', routeTable: 'public' },
      },
      routeTables: {
        'private-a': { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat-a' }] },
        'private-b': { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat-b' }] },
        public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] },
      },
      natGateways: {
        'nat-a': { subnet: 'public-a', publicIp: '44.224.1.10' },
        'nat-b': { subnet: 'public-b', publicIp: '44.224.1.11' },
      },
      securityGroups: {
        web: {
          ingress: [
            { ipProtocol: 'tcp', fromPort: 80, toPort: 80, cidrBlock: '0.0.0.0/0' },
            { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrBlock: '0.0.0.0/0' },
            { ipProtocol: 'icmp', fromPort: 8, toPort: -1, cidrBlock: '0.0.0.0/0' },
          ],
        },
      },
    },
  },
  instances: {
    demo: { subnet: 'private-a', privateIpAddress: '10.0.1.101' },
    worker: { subnet: 'private-b', privateIpAddress: '10.0.2.50' },
    web: { subnet: 'public-a', privateIpAddress: '10.0.101.20', publicIp: '44.224.1.20', securityGroups: ['web'] },
    desktop: { subnet: 'public-b', privateIpAddress: '10.0.102.101', platform: 'windows' },
  },
  flowLogs: {
    vpc: { vpc: 'main', logDestination: 's3://logs' },
    subnet: { subnet: 'private-a', logDestination: 's3://logs' },
    eni: { networkInterface: 'demo', logGroupName: 'flows', maxAggregationInterval: 60 },
  },
}
