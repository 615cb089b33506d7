import type { Design } from '@flowtap/core'

// Networks in which it is hard to tell where a packet has come from: for replays of captures.

const EVERYWHERE = '0.0.0.0/0'
const SSH = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrBlock: EVERYWHERE } as const

/** Private targets behind a balancer that the internet reaches. */
export function balanced(preserveClientIp: boolean): Design {
  return {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: {
          'front-a': { cidrBlock: '10.0.1.0/24', availabilityZone: 'us-west-2a', routeTable: 'public' },
          'front-b': { cidrBlock: '10.0.2.0/24', availabilityZone: 'us-west-2b', routeTable: 'public' },
          'back-a': { cidrBlock: '10.0.3.0/24', availabilityZone: 'us-west-2a', routeTable: 'private' },
          'back-b': { cidrBlock: '10.0.4.0/24', availabilityZone: 'us-west-2b', routeTable: 'private' },
        },
        routeTables: {
          public: { routes: [{ destinationCidrBlock: EVERYWHERE, internetGateway: true }] },
          private: { routes: [{ destinationCidrBlock: EVERYWHERE, natGateway: 'nat' }] },
        },
        natGateways: { nat: { subnet: 'front-a', publicIp: '44.224.1.10' } },
        securityGroups: { ssh: { ingress: [SSH] } },
      },
    },
    loadBalancers: {
      lb: {
        subnets: [
          { subnet: 'front-a', privateIpAddress: '10.0.1.100', publicIp: '44.224.1.100' },
          { subnet: 'front-b', privateIpAddress: '10.0.2.100', publicIp: '44.224.1.101' },
        ],
        securityGroups: ['ssh'],
        listeners: [{ protocol: 'TCP', port: 22, targetGroup: 'ssh' }],
      },
    },
    targetGroups: {
      ssh: {
        protocol: 'TCP',
        port: 22,
        vpc: 'main',
        preserveClientIp,
        targets: [{ instance: 'target-a' }, { instance: 'target-b' }],
      },
    },
    instances: {
      'target-a': { subnet: 'back-a', privateIpAddress: '10.0.3.10', securityGroups: ['ssh'] },
      'target-b': { subnet: 'back-b', privateIpAddress: '10.0.4.10', securityGroups: ['ssh'] },
    },
  }
}

/** A public instance under Block Public Access, and a private one behind a NAT gateway. */
export function shielded(internetGatewayBlockMode: 'block-ingress' | 'block-bidirectional'): Design {
  return {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: {
          public: { cidrBlock: '10.0.1.0/24', routeTable: 'public' },
          private: { cidrBlock: '10.0.2.0/24', routeTable: 'private' },
        },
        routeTables: {
          public: { routes: [{ destinationCidrBlock: EVERYWHERE, internetGateway: true }] },
          private: { routes: [{ destinationCidrBlock: EVERYWHERE, natGateway: 'nat' }] },
        },
        natGateways: { nat: { subnet: 'public', publicIp: '44.224.1.10' } },
        securityGroups: { ssh: { ingress: [SSH] } },
      },
    },
    instances: {
      private: { subnet: 'private', privateIpAddress: '10.0.2.10' },
      public: { subnet: 'public', privateIpAddress: '10.0.1.10', publicIp: '44.224.1.20', securityGroups: ['ssh'] },
    },
    vpcBlockPublicAccess: { internetGatewayBlockMode },
  }
}

/** Two VPCs that reach the internet through a third one, with its NAT gateway, over a transit gateway. */
export function centralEgress(): Design {
  const spoke = (number: number): NonNullable<Design['vpcs']>[string] => ({
    cidrBlocks: [`10.${number}.0.0/16`],
    subnets: {
      [`spoke-${number}-a`]: {
        cidrBlock: `10.${number}.1.0/24`,
        availabilityZone: 'us-west-2a',
        routeTable: `spoke-${number}`,
      },
      [`spoke-${number}-b`]: {
        cidrBlock: `10.${number}.2.0/24`,
        availabilityZone: 'us-west-2b',
        routeTable: `spoke-${number}`,
      },
    },
    routeTables: { [`spoke-${number}`]: { routes: [{ destinationCidrBlock: EVERYWHERE, transitGateway: 'hub' }] } },
  })
  return {
    vpcs: {
      'spoke-1': spoke(1),
      'spoke-2': spoke(2),
      egress: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: {
          public: { cidrBlock: '10.0.1.0/24', availabilityZone: 'us-west-2a', routeTable: 'public' },
          transit: { cidrBlock: '10.0.2.0/24', availabilityZone: 'us-west-2a', routeTable: 'transit' },
        },
        routeTables: {
          public: {
            routes: [
              { destinationCidrBlock: EVERYWHERE, internetGateway: true },
              { destinationCidrBlock: '10.0.0.0/8', transitGateway: 'hub' },
            ],
          },
          transit: { routes: [{ destinationCidrBlock: EVERYWHERE, natGateway: 'nat' }] },
        },
        natGateways: { nat: { subnet: 'public', publicIp: '44.224.1.10' } },
      },
    },
    transitGateways: {
      hub: {
        vpcAttachments: {
          'spoke-1': { vpc: 'spoke-1', subnets: ['spoke-1-a', 'spoke-1-b'] },
          'spoke-2': { vpc: 'spoke-2', subnets: ['spoke-2-a'] },
          egress: { vpc: 'egress', subnets: ['transit'] },
        },
        defaultRouteTable: { routes: [{ destinationCidrBlock: EVERYWHERE, attachment: 'egress' }] },
      },
    },
    instances: {
      one: { subnet: 'spoke-1-a', privateIpAddress: '10.1.1.10' },
      two: { subnet: 'spoke-1-b', privateIpAddress: '10.1.2.10' },
      three: { subnet: 'spoke-2-a', privateIpAddress: '10.2.1.10' },
    },
  }
}
