import type { ServiceOperations } from '../../operation/operation.ts'
import { addressOperations } from './addresses.ts'
import type { Ec2Context } from './ec2-context.ts'
import { flowLogOperations } from './flow-logs.ts'
import { imageOperations } from './images.ts'
import { instanceAttributeOperations } from './instance-attributes.ts'
import { instanceStateOperations } from './instance-states.ts'
import { instanceTypeOperations } from './instance-types.ts'
import { instanceOperations } from './instances.ts'
import { internetGatewayOperations } from './internet-gateways.ts'
import { keyPairOperations } from './key-pairs.ts'
import { launchTemplateOperations } from './launch-templates.ts'
import { natGatewayOperations } from './nat-gateways.ts'
import { networkAclOperations } from './network-acls.ts'
import { networkInterfaceOperations } from './network-interfaces.ts'
import { prefixListOperations } from './prefix-lists.ts'
import { privateAddressOperations } from './private-addresses.ts'
import { regionOperations } from './regions.ts'
import { routeTableOperations } from './route-tables.ts'
import { routeOperations } from './routes.ts'
import { securityGroupRuleOperations } from './security-group-rules.ts'
import { securityGroupOperations } from './security-groups.ts'
import { subnetOperations } from './subnets.ts'
import { tagOperations } from './tags.ts'
import { trafficMirrorFilterRuleOperations } from './traffic-mirror-filter-rules.ts'
import { trafficMirrorFilterOperations } from './traffic-mirror-filters.ts'
import { trafficMirrorSessionOperations } from './traffic-mirror-sessions.ts'
import { trafficMirrorTargetOperations } from './traffic-mirror-targets.ts'
import { volumeOperations } from './volumes.ts'
import { vpcAttributeOperations } from './vpc-attributes.ts'
import { vpcPeeringConnectionOperations } from './vpc-peering-connections.ts'
import { vpcOperations } from './vpcs.ts'

/** The families of EC2's operations, in the order in which a network is made. */
const FAMILIES: readonly ((context: Ec2Context) => ServiceOperations)[] = [
  regionOperations,
  vpcOperations,
  vpcAttributeOperations,
  subnetOperations,
  routeTableOperations,
  routeOperations,
  internetGatewayOperations,
  natGatewayOperations,
  addressOperations,
  securityGroupOperations,
  securityGroupRuleOperations,
  networkAclOperations,
  prefixListOperations,
  networkInterfaceOperations,
  privateAddressOperations,
  imageOperations,
  instanceTypeOperations,
  instanceOperations,
  instanceStateOperations,
  instanceAttributeOperations,
  launchTemplateOperations,
  keyPairOperations,
  volumeOperations,
  vpcPeeringConnectionOperations,
  flowLogOperations,
  trafficMirrorTargetOperations,
  trafficMirrorFilterOperations,
  trafficMirrorFilterRuleOperations,
  trafficMirrorSessionOperations,
  tagOperations,
]

/** Elastic Compute Cloud: networks and what stands in them. */
export function ec2Service(context: Ec2Context): ServiceOperations {
  return Object.assign({}, ...FAMILIES.map((family) => family(context)))
}
