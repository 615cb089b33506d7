import { z } from 'zod'
import type { ResourceDesign } from '../design.ts'
import type {
  AddressPairDesign,
  BlockPublicAccessDesign,
  BlockPublicAccessExclusionDesign,
  DefaultSecurityGroupDesign,
  InterfaceAddressDesign,
  InternetGatewayDesign,
  NatGatewayDesign,
  RouteDesign,
  RouteTableDesign,
  SubnetDesign,
  SubnetMappingDesign,
  SubnetPlacementDesign,
  VpcDesign,
  VpcEndpointDesign,
} from '../vpc-design.ts'
import { objectSchema, oneOf, optional, textOf } from './object-schema.ts'
import { networkAclSchema, securityGroupRuleSchema, securityGroupSchema } from './security-group-schema.ts'
import {
  accountId,
  anyBlock,
  ipv4Address,
  ipv4Block,
  ipv6Block,
  named,
  onlyTrue,
  reference,
  region,
  resourceId,
  resourceShape,
} from './text-formats.ts'

const subnetSchema = objectSchema<SubnetDesign>({
  ...resourceShape('subnet'),
  cidrBlock: optional(ipv4Block),
  ipv6CidrBlock: optional(ipv6Block),
  availabilityZone: optional(reference),
  outpostArn: optional(
    textOf(
      (text) => /^arn:aws[\w-]*:outposts:[a-z0-9-]+:\d{12}:outpost\/op-[0-9a-f]{8,17}$/.test(text),
      'an Outpost ARN such as arn:aws:outposts:us-west-2:123456789012:outpost/op-1234567890abcdef0',
    ),
  ),
  routeTable: optional(reference),
  networkAcl: optional(reference),
  mapPublicIpOnLaunch: optional(z.boolean()),
  assignIpv6AddressOnCreation: optional(z.boolean()),
})

const routeSchema = objectSchema<RouteDesign>({
  destinationCidrBlock: optional(anyBlock),
  destinationPrefixList: optional(reference),
  internetGateway: optional(onlyTrue),
  egressOnlyInternetGateway: optional(onlyTrue),
  natGateway: optional(reference),
  transitGateway: optional(reference),
  vpcPeeringConnection: optional(reference),
  networkInterface: optional(reference),
  instance: optional(reference),
  blackhole: optional(onlyTrue),
})

const routeTableSchema = objectSchema<RouteTableDesign>({
  ...resourceShape('routeTable'),
  routes: optional(z.array(routeSchema)),
})

const addressPairSchema = objectSchema<AddressPairDesign>({
  privateIpAddress: optional(ipv4Address),
  publicIp: optional(z.union([z.boolean(), ipv4Address])),
})

/** A private address, or one with a public address. */
export const interfaceAddressSchema: z.ZodType<InterfaceAddressDesign> = z.union([ipv4Address, addressPairSchema])

const subnetMappingSchema = objectSchema<SubnetMappingDesign>({
  subnet: reference,
  privateIpAddress: optional(ipv4Address),
  publicIp: optional(ipv4Address),
  networkInterfaceId: optional(resourceId('networkInterface')),
})

/** A subnet in which a service makes an ENI. */
export const subnetPlacementSchema: z.ZodType<SubnetPlacementDesign> = z.union([reference, subnetMappingSchema])

const natGatewaySchema = objectSchema<NatGatewayDesign>({
  ...resourceShape('natGateway'),
  subnet: reference,
  connectivityType: optional(oneOf<'public' | 'private'>({ public: true, private: true })),
  availabilityMode: optional(oneOf<'zonal'>({ zonal: true })),
  privateIpAddress: optional(ipv4Address),
  publicIp: optional(ipv4Address),
  secondaryAddresses: optional(z.array(interfaceAddressSchema)),
  networkInterfaceId: optional(resourceId('networkInterface')),
})

const vpcEndpointSchema = objectSchema<VpcEndpointDesign>({
  ...resourceShape('vpcEndpoint'),
  vpcEndpointType: optional(
    oneOf<'Gateway' | 'Interface' | 'GatewayLoadBalancer'>({
      Gateway: true,
      Interface: true,
      GatewayLoadBalancer: true,
    }),
  ),
  serviceName: optional(
    textOf(
      (text) => /^(?:com\.amazonaws\.[a-z0-9-]+\.)?[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*$/.test(text),
      'the name of a service such as com.amazonaws.us-west-2.s3, or short: s3',
    ),
  ),
  loadBalancer: optional(reference),
  gatewayLoadBalancer: optional(reference),
  routeTables: optional(z.array(reference)),
  subnets: optional(z.array(subnetPlacementSchema)),
  securityGroups: optional(z.array(reference)),
  privateDnsEnabled: optional(z.boolean()),
})

const internetGatewaySchema = objectSchema<InternetGatewayDesign>({
  ...resourceShape('internetGateway'),
  routeTable: optional(reference),
})

const defaultSecurityGroupSchema = objectSchema<DefaultSecurityGroupDesign>({
  ...resourceShape('securityGroup'),
  ingress: optional(z.array(securityGroupRuleSchema)),
  egress: optional(z.array(securityGroupRuleSchema)),
})

/** A VPC and what belongs to it. */
export const vpcSchema: z.ZodType<VpcDesign> = objectSchema<VpcDesign>({
  ...resourceShape('vpc'),
  ownerId: optional(accountId),
  region: optional(region),
  cidrBlocks: z.array(ipv4Block).min(1),
  ipv6CidrBlocks: optional(z.array(ipv6Block)),
  enableDnsSupport: optional(z.boolean()),
  enableDnsHostnames: optional(z.boolean()),
  subnets: optional(named(subnetSchema)),
  routeTables: optional(named(routeTableSchema)),
  mainRouteTable: optional(reference),
  securityGroups: optional(named(securityGroupSchema)),
  defaultSecurityGroup: optional(defaultSecurityGroupSchema),
  networkAcls: optional(named(networkAclSchema)),
  defaultNetworkAcl: optional(networkAclSchema),
  internetGateway: optional(z.union([z.boolean(), internetGatewaySchema])),
  egressOnlyInternetGateway: optional(
    z.union([z.boolean(), objectSchema<ResourceDesign>(resourceShape('egressOnlyInternetGateway'))]),
  ),
  natGateways: optional(named(natGatewaySchema)),
  vpcEndpoints: optional(named(vpcEndpointSchema)),
})

/** VPC Block Public Access. */
export const blockPublicAccessSchema: z.ZodType<BlockPublicAccessDesign> = objectSchema<BlockPublicAccessDesign>({
  internetGatewayBlockMode: oneOf<BlockPublicAccessDesign['internetGatewayBlockMode']>({
    off: true,
    'block-ingress': true,
    'block-bidirectional': true,
  }),
  exclusions: optional(
    z.array(
      objectSchema<BlockPublicAccessExclusionDesign>({
        vpc: optional(reference),
        subnet: optional(reference),
        internetGatewayExclusionMode: oneOf<BlockPublicAccessExclusionDesign['internetGatewayExclusionMode']>({
          'allow-bidirectional': true,
          'allow-egress': true,
        }),
      }),
    ),
  ),
})
