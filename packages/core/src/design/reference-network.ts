import type { SecurityGroupDesign } from './security-group-design.ts'
import type { VpcDesign } from './vpc-design.ts'

/** The account of the reference design: AWS's own example number. */
export const REFERENCE_ACCOUNT_ID = '123456789012'
/** The region of the reference design. */
export const REFERENCE_REGION = 'us-west-2'
/** The bucket to which the reference design's flow logs go. */
export const REFERENCE_BUCKET = 'amazon-vpc-traffic-mirroring-logs'

/**
 * The network of the reference article: a VPC over two zones, with a private and a public subnet and a NAT gateway in each. The groups
 * and what else the designs differ in are theirs.
 */
export function referenceVpc(own: Pick<VpcDesign, 'securityGroups' | 'vpcEndpoints'>): VpcDesign {
  return {
    tags: { Name: 'amazon-vpc-traffic-mirroring' },
    cidrBlocks: ['10.0.0.0/16'],
    enableDnsHostnames: true,
    internetGateway: true,
    subnets: {
      'private-a': { cidrBlock: '10.0.1.0/24', availabilityZone: 'us-west-2a', routeTable: 'private-a' },
      'private-b': { cidrBlock: '10.0.2.0/24', availabilityZone: 'us-west-2b', routeTable: 'private-b' },
      'public-a': { cidrBlock: '10.0.101.0/24', availabilityZone: 'us-west-2a', routeTable: 'public' },
      'public-b': { cidrBlock: '10.0.102.0/24', availabilityZone: 'us-west-2b', routeTable: 'public' },
    },
    natGateways: { 'nat-a': { subnet: 'public-a' }, 'nat-b': { subnet: 'public-b' } },
    routeTables: {
      public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] },
      'private-a': { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat-a' }] },
      'private-b': { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat-b' }] },
    },
    ...own,
  }
}

/** The group of the search domain's ENI: HTTPS from the VPC. */
export const SEARCH_GROUP: SecurityGroupDesign = {
  groupName: 'opensearch',
  ingress: [{ ipProtocol: 'tcp', fromPort: 443, cidrBlock: '10.0.0.0/16' }],
}
