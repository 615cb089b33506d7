import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  CreateDefaultSubnetRequest,
  CreateDefaultSubnetResult,
  CreateDefaultVpcRequest,
  CreateDefaultVpcResult,
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
  Vpc,
} from '@aws-sdk/client-ec2'
import { CidrBlock } from '@flowtap/core'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { parseVpcBlock } from './cidr.ts'
import { makeDefaultSubnet, makeDefaultVpc } from './default-vpc.ts'
import { describeRows, type RowFilters } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { dependencyViolation, invalidValue, missingParameter } from './ec2-errors.ts'
import type { SubnetRow, VpcRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'
import { subnetOutput } from './subnets.ts'
import { addAmazonIpv6Block, makeVpc } from './vpc-parts.ts'
import { zonesOf } from './zones.ts'

/** VPCs and their blocks. */
export function vpcOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, region, ids } = context
  const filters: RowFilters<VpcRow> = {
    'vpc-id': (row) => row.vpcId,
    cidr: (row) => row.cidrBlockAssociations[0]?.cidrBlock,
    'cidr-block-association.association-id': (row) => row.cidrBlockAssociations.map((each) => each.associationId),
    'cidr-block-association.cidr-block': (row) => row.cidrBlockAssociations.map((each) => each.cidrBlock),
    'cidr-block-association.state': () => 'associated',
    'ipv6-cidr-block-association.association-id': (row) =>
      row.ipv6CidrBlockAssociations.map((each) => each.associationId),
    'ipv6-cidr-block-association.ipv6-cidr-block': (row) => row.ipv6CidrBlockAssociations.map((each) => each.cidrBlock),
    'ipv6-cidr-block-association.ipv6-pool': (row) => row.ipv6CidrBlockAssociations.map(() => 'Amazon'),
    'ipv6-cidr-block-association.state': (row) => row.ipv6CidrBlockAssociations.map(() => 'associated'),
    'dhcp-options-id': (row) => row.dhcpOptionsId,
    'is-default': (row) => row.isDefault,
    isDefault: (row) => row.isDefault,
    'owner-id': () => context.accountId,
    state: () => 'available',
  }

  const createVpc: Operation<CreateVpcRequest, CreateVpcResult> = {
    acts: ['CidrBlock', 'AmazonProvidedIpv6CidrBlock', 'TagSpecifications'],
    keeps: ['InstanceTenancy'],
    ignores: ['Ipv6CidrBlockNetworkBorderGroup'],
    handle: ({ CidrBlock, AmazonProvidedIpv6CidrBlock, InstanceTenancy, TagSpecifications }) => {
      checkTagSpecifications(TagSpecifications, ['vpc'])
      if (CidrBlock === undefined || CidrBlock === '') throw missingParameter('cidrBlock')
      const cidrBlock = parseVpcBlock(CidrBlock).toString()
      const { vpcId } = makeVpc(context, { cidrBlock, ...(InstanceTenancy && { instanceTenancy: InstanceTenancy }) })
      tags.apply(vpcId, 'vpc', TagSpecifications)
      if (AmazonProvidedIpv6CidrBlock) addAmazonIpv6Block(context, vpcId)
      return { Vpc: { ...vpcOutput(context, existing('vpc', tables.vpcs, vpcId)), State: 'pending' } }
    },
  }
  const createDefaultVpc: Operation<CreateDefaultVpcRequest, CreateDefaultVpcResult> = {
    acts: [],
    handle: () => {
      const other = [...tables.vpcs.values()].find((vpc) => vpc.isDefault)
      if (other) {
        throw new ServiceError(
          'DefaultVpcAlreadyExists',
          `A Default VPC already exists for this account in this region.`,
        )
      }
      return { Vpc: { ...vpcOutput(context, makeDefaultVpc(context)), State: 'pending' } }
    },
  }
  const createDefaultSubnet: Operation<CreateDefaultSubnetRequest, CreateDefaultSubnetResult> = {
    acts: ['AvailabilityZone', 'AvailabilityZoneId'],
    handle: ({ AvailabilityZone, AvailabilityZoneId }) => {
      const zone = zonesOf(region).find(({ name, id }) => name === AvailabilityZone || id === AvailabilityZoneId)
      if (!zone) {
        throw invalidValue(
          `The specified availability zone ${AvailabilityZone ?? AvailabilityZoneId ?? ''} is invalid.`,
        )
      }
      const vpc = [...tables.vpcs.values()].find(({ isDefault }) => isDefault)
      if (!vpc) {
        throw new ServiceError('DefaultVpcDoesNotExist', 'No default VPC exists for this account in this region.')
      }
      const other = [...tables.subnets.values()].find(
        (row) => row.isDefaultForAz && row.availabilityZone === zone.name && row.vpcId === vpc.vpcId,
      )
      if (other) {
        throw new ServiceError(
          'DefaultSubnetAlreadyExistsInAvailabilityZone',
          `'${other.subnetId}' is already the default subnet in ${zone.name}.`,
        )
      }
      const subnetId = makeDefaultSubnet(context, vpc, zone.name)
      return { Subnet: subnetOutput(context, existing('subnet', tables.subnets, subnetId)) }
    },
  }
  const deleteVpc: Operation<DeleteVpcRequest, object> = {
    acts: ['VpcId'],
    handle: ({ VpcId }) => {
      const vpc = existing('vpc', tables.vpcs, VpcId)
      if (isInUse(context, vpc)) {
        throw dependencyViolation(`The vpc '${vpc.vpcId}' has dependencies and cannot be deleted.`)
      }
      removeVpc(context, vpc)
      return {}
    },
  }
  const describeVpcs: Operation<DescribeVpcsRequest, DescribeVpcsResult> = {
    acts: ['Filters', 'VpcIds', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        { kind: 'vpc', rows: tables.vpcs.values(), id: ({ vpcId }) => vpcId, filters, ids: input.VpcIds, tags },
        input,
      )
      return { Vpcs: rows.map((row) => vpcOutput(context, row)), NextToken: nextToken }
    },
  }
  const associate: Operation<AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult> = {
    acts: ['VpcId', 'CidrBlock', 'AmazonProvidedIpv6CidrBlock'],
    ignores: ['Ipv6CidrBlockNetworkBorderGroup'],
    handle: ({ VpcId, CidrBlock, AmazonProvidedIpv6CidrBlock }) => {
      const vpc = existing('vpc', tables.vpcs, VpcId)
      if (AmazonProvidedIpv6CidrBlock) {
        const { associationId, cidrBlock } = addAmazonIpv6Block(context, vpc.vpcId)
        return {
          VpcId,
          Ipv6CidrBlockAssociation: {
            AssociationId: associationId,
            Ipv6CidrBlock: cidrBlock,
            Ipv6CidrBlockState: { State: 'associating' },
            NetworkBorderGroup: region,
            Ipv6Pool: 'Amazon',
          },
        }
      }
      if (CidrBlock === undefined || CidrBlock === '') throw missingParameter('cidrBlock')
      const cidrBlock = parseVpcBlock(CidrBlock).toString()
      const association = { associationId: ids.next('vpc-cidr-assoc'), cidrBlock }
      const cidrBlockAssociations = [...vpc.cidrBlockAssociations, association]
      tables.vpcs.put(vpc.vpcId, { ...vpc, cidrBlockAssociations })
      return {
        VpcId,
        CidrBlockAssociation: {
          AssociationId: association.associationId,
          CidrBlock: cidrBlock,
          CidrBlockState: { State: 'associating' },
        },
      }
    },
  }
  const disassociate: Operation<DisassociateVpcCidrBlockRequest, DisassociateVpcCidrBlockResult> = {
    acts: ['AssociationId'],
    handle: ({ AssociationId }) => {
      for (const vpc of tables.vpcs.values()) {
        const result = takeBlock(context, vpc, AssociationId)
        if (result) return result
      }
      throw new ServiceError(
        'InvalidVpcCidrBlockAssociationID.NotFound',
        `The vpc CIDR block association ID '${AssociationId}' does not exist`,
      )
    },
  }
  return {
    CreateVpc: createVpc,
    CreateDefaultVpc: createDefaultVpc,
    CreateDefaultSubnet: createDefaultSubnet,
    DeleteVpc: deleteVpc,
    DescribeVpcs: describeVpcs,
    AssociateVpcCidrBlock: associate,
    DisassociateVpcCidrBlock: disassociate,
  }
}

function vpcOutput({ tags, accountId, region }: Ec2Context, row: VpcRow): Vpc {
  return {
    VpcId: row.vpcId,
    State: 'available',
    OwnerId: accountId,
    CidrBlock: row.cidrBlockAssociations[0]?.cidrBlock,
    CidrBlockAssociationSet: row.cidrBlockAssociations.map(({ associationId, cidrBlock }) => ({
      AssociationId: associationId,
      CidrBlock: cidrBlock,
      CidrBlockState: { State: 'associated' },
    })),
    Ipv6CidrBlockAssociationSet: row.ipv6CidrBlockAssociations.map(({ associationId, cidrBlock }) => ({
      AssociationId: associationId,
      Ipv6CidrBlock: cidrBlock,
      Ipv6CidrBlockState: { State: 'associated' },
      NetworkBorderGroup: region,
      Ipv6Pool: 'Amazon',
    })),
    DhcpOptionsId: row.dhcpOptionsId,
    InstanceTenancy: row.instanceTenancy as NonNullable<Vpc['InstanceTenancy']>,
    IsDefault: row.isDefault,
    Tags: tags.list(row.vpcId),
  }
}

/** What DeleteVpc would not delete along. A default VPC goes with its default subnets and gateway. */
function isInUse({ tables }: Ec2Context, { vpcId, ...vpc }: VpcRow): boolean {
  const isOfVpc = (row: { readonly vpcId?: string }): boolean => row.vpcId === vpcId
  const some = <Row>(rows: Iterable<Row>, test: (row: Row) => boolean): boolean => [...rows].some(test)
  return (
    some(tables.subnets.values(), isOfVpc) ||
    some(tables.internetGateways.values(), isOfVpc) ||
    some(tables.egressOnlyInternetGateways.values(), isOfVpc) ||
    some(tables.networkInterfaces.values(), isOfVpc) ||
    some(tables.vpcEndpoints.values(), isOfVpc) ||
    some(tables.natGateways.values(), (row) => isOfVpc(row) && row.state === 'available') ||
    some(tables.transitGatewayAttachments.values(), (row) => isOfVpc(row) && row.state === 'available') ||
    some(tables.routeTables.values(), (row) => isOfVpc(row) && !row.associations.some(({ main }) => main)) ||
    some(tables.securityGroups.values(), (row) => isOfVpc(row) && row.groupId !== vpc.defaultSecurityGroupId) ||
    some(tables.networkAcls.values(), (row) => isOfVpc(row) && !row.isDefault) ||
    some(
      tables.vpcPeeringConnections.values(),
      (row) => row.statusCode === 'active' && (row.requesterVpcId === vpcId || row.accepterVpcId === vpcId),
    )
  )
}

function removeVpc({ tables, tags }: Ec2Context, { vpcId, defaultSecurityGroupId, defaultNetworkAclId }: VpcRow): void {
  for (const rule of [...tables.securityGroupRules.values()]) {
    if (rule.groupId === defaultSecurityGroupId) {
      tables.securityGroupRules.delete(rule.securityGroupRuleId)
      tags.forget(rule.securityGroupRuleId)
    }
  }
  for (const table of [...tables.routeTables.values()]) {
    if (table.vpcId !== vpcId) continue
    tables.routeTables.delete(table.routeTableId)
    tags.forget(table.routeTableId)
  }
  for (const log of [...tables.flowLogs.values()]) {
    if (log.resourceId === vpcId) tables.flowLogs.delete(log.flowLogId)
  }
  tables.securityGroups.delete(defaultSecurityGroupId)
  tables.networkAcls.delete(defaultNetworkAclId)
  tables.vpcs.delete(vpcId)
  for (const id of [vpcId, defaultSecurityGroupId, defaultNetworkAclId]) tags.forget(id)
}

function takeBlock(
  { tables, region }: Ec2Context,
  vpc: VpcRow,
  associationId: string | undefined,
): DisassociateVpcCidrBlockResult | undefined {
  const at = vpc.cidrBlockAssociations.findIndex((each) => each.associationId === associationId)
  const found = vpc.cidrBlockAssociations[at]
  if (found) {
    if (at === 0) {
      throw new ServiceError(
        'OperationNotPermitted',
        `The vpc CIDR block with association ID ${associationId} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
      )
    }
    refuseUsedBlock(vpc, found.cidrBlock, [...tables.subnets.values()])
    tables.vpcs.put(vpc.vpcId, { ...vpc, cidrBlockAssociations: vpc.cidrBlockAssociations.filter((e) => e !== found) })
    return {
      VpcId: vpc.vpcId,
      CidrBlockAssociation: {
        AssociationId: found.associationId,
        CidrBlock: found.cidrBlock,
        CidrBlockState: { State: 'disassociating' },
      },
    }
  }
  const found6 = vpc.ipv6CidrBlockAssociations.find((each) => each.associationId === associationId)
  if (!found6) return undefined
  refuseUsedBlock(vpc, found6.cidrBlock, [...tables.subnets.values()])
  const ipv6CidrBlockAssociations = vpc.ipv6CidrBlockAssociations.filter((each) => each !== found6)
  tables.vpcs.put(vpc.vpcId, { ...vpc, ipv6CidrBlockAssociations })
  return {
    VpcId: vpc.vpcId,
    Ipv6CidrBlockAssociation: {
      AssociationId: found6.associationId,
      Ipv6CidrBlock: found6.cidrBlock,
      Ipv6CidrBlockState: { State: 'disassociating' },
      NetworkBorderGroup: region,
    },
  }
}

function refuseUsedBlock(vpc: VpcRow, cidrBlock: string, subnets: readonly SubnetRow[]): void {
  const block = CidrBlock.of(cidrBlock)
  const isUsed = subnets.some(
    (subnet) =>
      subnet.vpcId === vpc.vpcId &&
      [subnet.cidrBlock, subnet.ipv6CidrBlockAssociation?.cidrBlock].some(
        (text) => text !== undefined && block.containsBlock(CidrBlock.of(text)),
      ),
  )
  if (isUsed) {
    throw dependencyViolation(
      `The vpc CIDR block ${cidrBlock} is currently in use by a subnet and may not be disassociated`,
    )
  }
}
