import type { Design, VpcDesign } from '@flowtap/core'
import type { VpcRow } from '../services/ec2/ec2-rows.ts'
import type { Ec2Tables } from '../services/ec2/ec2-tables.ts'
import type { DesignOfOthers } from './design-of-others.ts'
import { instancesOfState, networkInterfacesOfState } from './instances-of-state.ts'
import { managedPrefixLists } from './managed-prefix-lists.ts'
import {
  flowLogsOfState,
  mirrorFiltersOfState,
  mirrorSessionsOfState,
  mirrorTargetsOfState,
} from './monitoring-of-state.ts'
import { named } from './named-resources.ts'
import { routeTablesOfState } from './routes-of-state.ts'
import { networkAclOfState, securityGroupsOfState } from './rules-of-state.ts'
import { StateIndex } from './state-index.ts'
import { peeringConnectionsOfState, transitGatewaysOfState } from './transit-of-state.ts'
import { natGatewaysOfState, vpcEndpointsOfState } from './vpc-services-of-state.ts'

/** Whose network it is. */
export interface NetworkPlace {
  readonly accountId: string
  readonly region: string
}

/**
 * The design of what EC2's tables have and what acts: gateways that are attached, instances that are there, ENIs that are attached or a
 * service's own. Names of resources are their ids. Nothing but the tables decides, so that a restart makes the same network.
 */
export function designOfState(tables: Ec2Tables, place: NetworkPlace, others: DesignOfOthers = {}): Design {
  const index = new StateIndex(tables, others, managedPrefixLists(place.region))
  return {
    ...place,
    vpcs: named(
      tables.vpcs.values(),
      ({ vpcId }) => vpcId,
      (vpc) => vpcOfState(index, vpc),
    ),
    networkInterfaces: networkInterfacesOfState(index),
    instances: instancesOfState(index),
    prefixLists: named(
      tables.prefixLists.values(),
      ({ prefixListId }) => prefixListId,
      ({ prefixListId: id, versions, maxEntries }) => ({
        id,
        entries: (versions.at(-1) ?? []).map(({ cidr }) => cidr),
        maxEntries,
      }),
    ),
    transitGateways: transitGatewaysOfState(index),
    vpcPeeringConnections: peeringConnectionsOfState(index),
    flowLogs: flowLogsOfState(index),
    trafficMirrorFilters: mirrorFiltersOfState(index),
    trafficMirrorTargets: mirrorTargetsOfState(index),
    trafficMirrorSessions: mirrorSessionsOfState(index),
    ...others,
    autoScalingGroups: { ...index.autoScalingGroups, ...others.autoScalingGroups },
  }
}

function vpcOfState(index: StateIndex, vpc: VpcRow): VpcDesign {
  const { tables } = index
  const { vpcId } = vpc
  const gateway = index.internetGatewayOf(vpcId)
  const egressOnly = index.egressOnlyGatewayOf(vpcId)
  const groups = securityGroupsOfState(index, vpcId)
  const { [vpc.defaultSecurityGroupId]: defaultGroup, ...otherGroups } = groups
  const { groupName: _, ...defaultSecurityGroup } = defaultGroup ?? { groupName: '' }
  const edgeTable = gateway && index.tableOfGateway(gateway.internetGatewayId)
  const mainRouteTable = index.mainTableOf(vpcId)
  return {
    id: vpcId,
    tags: index.tagsOf(vpcId),
    cidrBlocks: vpc.cidrBlockAssociations.map(({ cidrBlock }) => cidrBlock),
    ipv6CidrBlocks: vpc.ipv6CidrBlockAssociations.map(({ cidrBlock }) => cidrBlock),
    enableDnsSupport: vpc.enableDnsSupport,
    enableDnsHostnames: vpc.enableDnsHostnames,
    subnets: named(
      index.subnetsOf(vpcId),
      ({ subnetId }) => subnetId,
      (subnet) => {
        const table = index.tableOfSubnet(subnet.subnetId)
        const acl = index.aclOfSubnet(subnet.subnetId)
        return {
          id: subnet.subnetId,
          tags: index.tagsOf(subnet.subnetId),
          availabilityZone: subnet.availabilityZone,
          ...(subnet.cidrBlock !== undefined && { cidrBlock: subnet.cidrBlock }),
          ...(subnet.ipv6CidrBlockAssociation && { ipv6CidrBlock: subnet.ipv6CidrBlockAssociation.cidrBlock }),
          // What a new ENI would get is decided when it is made.
          assignIpv6AddressOnCreation: false,
          ...(table && { routeTable: table.routeTableId }),
          ...(acl && !acl.isDefault && { networkAcl: acl.networkAclId }),
        }
      },
    ),
    routeTables: routeTablesOfState(index, vpc),
    ...(mainRouteTable && { mainRouteTable: mainRouteTable.routeTableId }),
    defaultSecurityGroup,
    securityGroups: otherGroups,
    defaultNetworkAcl: networkAclOfState(index, tables.networkAcls.get(vpc.defaultNetworkAclId)),
    networkAcls: named(
      index.aclsOf(vpcId),
      ({ networkAclId }) => networkAclId,
      (acl) => (acl.isDefault ? undefined : networkAclOfState(index, acl)),
    ),
    ...(gateway && {
      internetGateway: {
        id: gateway.internetGatewayId,
        tags: index.tagsOf(gateway.internetGatewayId),
        ...(edgeTable && { routeTable: edgeTable.routeTableId }),
      },
    }),
    ...(egressOnly && { egressOnlyInternetGateway: { id: egressOnly.egressOnlyInternetGatewayId } }),
    natGateways: natGatewaysOfState(index, vpcId),
    vpcEndpoints: vpcEndpointsOfState(index, vpcId),
  }
}
